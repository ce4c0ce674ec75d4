package stdlib

import (
	"testing"
	"time"
)

// warmUpTime is how long a leaf runs, once per process, before anything is timed: long enough for
// the heap, pools and caches that the operation uses to reach the size that they keep.
const warmUpTime = 10 * time.Millisecond

// warm has the names of the leaves that are warmed up. Benchmarks run one at a time: it needs no lock.
var warm = map[string]bool{}

// Results go here, so that the compiler can't drop the work that makes them.
var (
	sinkBytes   []byte
	sinkString  string
	sinkStrings []string
	sinkUint64  uint64
)

// measure times b.N calls of op. Its caller has set op up and checked what it does.
func measure(b *testing.B, op func()) {
	b.Helper()
	if name := b.Name(); !warm[name] {
		warm[name] = true
		for start := time.Now(); time.Since(start) < warmUpTime; {
			op()
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		op()
	}
}

// pattern returns n bytes that any other implementation can make again, for known answers:
// 0, 1, ..., 250, 0, 1, ...
func pattern(n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i % 251)
	}
	return data
}
