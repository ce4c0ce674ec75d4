package runtime

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

const syncMapKeys = 1024 // a power of two

// syncMapFixture holds the keys as interfaces so that only the map allocates.
type syncMapFixture struct {
	entries sync.Map
	keys    [syncMapKeys]any
}

// filledSyncMap returns the map that both sub-benchmarks use.
var filledSyncMap = sync.OnceValues(func() (*syncMapFixture, error) {
	f := new(syncMapFixture)
	for i := range f.keys {
		f.keys[i] = i
		f.entries.Store(f.keys[i], f.keys[i])
	}
	// Before Go 1.24, a map serves reads without a lock once all of its keys have been looked for.
	for range 2 {
		for _, key := range f.keys {
			f.entries.Load(key)
		}
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	number := uint(0)
	settle(func() {
		for range 100 {
			f.use(number)
			number += 15
		}
	})
	return f, nil
})

// key returns a key; consecutive numbers are of keys far apart.
func (f *syncMapFixture) key(number uint) any { return f.keys[number*387%syncMapKeys] }

// use runs 16 operations: 12 Load, 2 Store, a Delete and the LoadOrStore that undoes it.
func (f *syncMapFixture) use(number uint) (found int) {
	for i := range uint(12) {
		if _, ok := f.entries.Load(f.key(number + i)); ok {
			found++
		}
	}
	for i := range uint(2) {
		key := f.key(number + 12 + i)
		f.entries.Store(key, key)
	}
	key := f.key(number + 14)
	f.entries.Delete(key)
	if _, loaded := f.entries.LoadOrStore(key, key); loaded {
		found++
	}
	return found
}

// check fails unless use finds all keys but the one that it has deleted, and changes nothing.
func (f *syncMapFixture) check() error {
	for number := range uint(syncMapKeys) {
		if found := f.use(number * 15); found != 12 {
			return fmt.Errorf("the map found %d keys, want 12", found)
		}
	}
	for i, key := range f.keys {
		if value, ok := f.entries.Load(key); !ok || value != i {
			return fmt.Errorf("the map has %v at %d", value, i)
		}
	}
	return nil
}

var foundSink atomic.Int64

// BenchmarkSyncMap measures 12 loads, 2 stores, a delete and an insertion in a sync.Map of 1,024 entries.
func BenchmarkSyncMap(b *testing.B) {
	b.Run("SingleThreaded", func(b *testing.B) {
		b.ReportAllocs()
		f, err := filledSyncMap()
		if err != nil {
			b.Fatal(err)
		}
		found := 0
		b.ResetTimer()
		for i := range uint(b.N) {
			found += f.use(i * 15)
		}
		foundSink.Store(int64(found))
	})
	b.Run("Parallel", func(b *testing.B) {
		b.ReportAllocs()
		f, err := filledSyncMap()
		if err != nil {
			b.Fatal(err)
		}
		var goroutines atomic.Uint64
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			number, found := uint(goroutines.Add(1)*syncMapKeys/2), 0
			for pb.Next() {
				found += f.use(number)
				number += 15
			}
			foundSink.Add(int64(found))
		})
	})
}
