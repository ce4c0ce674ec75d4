package runtime

import (
	"fmt"
	"hash/crc32"
	"slices"
	"sync"
	"testing"
	"time"
	"unsafe"
)

// field is an object of 64 bytes of a session.
type field struct {
	next *field
	text [56]byte
}

const (
	sessionFields = 32
	sessionBytes  = sessionFields * int64(unsafe.Sizeof(field{}))
	sessions      = 2048
	sessionsBytes = sessions * sessionBytes
	// latencies is how many of the last requests the percentiles are taken from.
	latencies = 1 << 16
)

// sessionStore keeps the latest sessions.
type sessionStore struct {
	lists  [sessions]*field
	oldest int
}

// request allocates a session in the place of the oldest, which it reads.
func (s *sessionStore) request() (sum uint32) {
	for f := s.lists[s.oldest]; f != nil; f = f.next {
		sum = crc32.Update(sum, crc32.IEEETable, f.text[:])
	}
	var head *field
	for i := range sessionFields {
		head = &field{next: head}
		for j := range head.text {
			head.text[j] = byte(i + j)
		}
	}
	s.lists[s.oldest] = head
	s.oldest = (s.oldest + 1) % sessions
	return sum
}

var liveSessions = sync.OnceValues(func() (*sessionStore, error) {
	store := new(sessionStore)
	fill := func() {
		for range sessions {
			store.request()
		}
	}
	if err := fillHeap(sessionsBytes, fill, func() { store.request() }); err != nil {
		return nil, err
	}
	var text []byte
	for i := range sessionFields {
		for j := range len(field{}.text) {
			text = append(text, byte(sessionFields-1-i+j))
		}
	}
	want := crc32.ChecksumIEEE(text)
	for range sessions {
		if got := store.request(); got != want {
			return nil, fmt.Errorf("a session has the checksum %#x, want %#x", got, want)
		}
	}
	return store, nil
})

var (
	// requestTimes is static so that it is no part of the heap. Longer ones than 4 s do not fit.
	requestTimes [latencies]uint32
	checksumSink uint32
)

// BenchmarkGCLatency measures the latency of requests that allocate 2 KiB in a live heap of 4 MiB.
func BenchmarkGCLatency(b *testing.B) {
	b.ReportAllocs()
	store, err := liveSessions()
	if err != nil {
		b.Fatal(err)
	}
	enterPeriod(sessionsBytes, sessionBytes, func() { store.request() })
	longest := time.Duration(0)
	b.ResetTimer()
	last := time.Now()
	for i := range b.N {
		checksumSink = store.request()
		now := time.Now()
		requestTimes[i%latencies] = uint32(now.Sub(last))
		longest = max(longest, now.Sub(last))
		last = now
	}
	b.StopTimer()
	times := requestTimes[:min(b.N, latencies)]
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2]), "p50-ns")
	b.ReportMetric(float64(times[len(times)*99/100]), "p99-ns")
	b.ReportMetric(float64(longest), "max-ns")
}
