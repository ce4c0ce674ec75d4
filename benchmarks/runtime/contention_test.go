package runtime

import (
	"sync"
	"sync/atomic"
	"testing"
)

// lockedCounter is a counter that a mutex protects.
type lockedCounter struct {
	mu    sync.Mutex
	value int
}

func (c *lockedCounter) add() {
	c.mu.Lock()
	c.value++
	c.mu.Unlock()
}

// countTogether has goroutines call add, each times times.
func countTogether(goroutines, times int, add func()) {
	var done sync.WaitGroup
	for range goroutines {
		done.Add(1)
		go func() {
			defer done.Done()
			for range times {
				add()
			}
		}()
	}
	done.Wait()
}

// BenchmarkMutexContention measures incrementing a counter under a mutex that all goroutines want.
func BenchmarkMutexContention(b *testing.B) {
	b.ReportAllocs()
	var tried lockedCounter
	if countTogether(4, 1000, tried.add); tried.value != 4000 {
		b.Fatalf("4,000 increments made %d", tried.value)
	}
	var counter lockedCounter
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			counter.add()
		}
	})
	b.StopTimer()
	if counter.value != b.N {
		b.Fatalf("%d increments made %d", b.N, counter.value)
	}
}

// BenchmarkAtomicContention measures incrementing an atomic counter that all goroutines share.
func BenchmarkAtomicContention(b *testing.B) {
	b.ReportAllocs()
	var tried atomic.Int64
	if countTogether(4, 1000, func() { tried.Add(1) }); tried.Load() != 4000 {
		b.Fatalf("4,000 increments made %d", tried.Load())
	}
	var counter atomic.Int64
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			counter.Add(1)
		}
	})
	b.StopTimer()
	if counter.Load() != int64(b.N) {
		b.Fatalf("%d increments made %d", b.N, counter.Load())
	}
}
