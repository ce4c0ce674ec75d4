package runtime

import (
	"math/rand/v2"
	"sync"
	"testing"
)

const accessMapSize = 10_000

var accessSink uint64

// accessMap has the keys 0 to accessMapSize-1.
var accessMap = sync.OnceValue(func() map[uint64]uint64 {
	m := make(map[uint64]uint64, accessMapSize)
	for key := range uint64(accessMapSize) {
		m[key] = key
	}
	return m
})

// BenchmarkMapAccess measures looking up integer keys of a map of 10,000 entries in order and at random.
func BenchmarkMapAccess(b *testing.B) {
	m := accessMap()
	run := func(name string, order []int) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var sum uint64
			for _, key := range order {
				value, ok := m[uint64(key)]
				if !ok || value != uint64(key) {
					b.Fatalf("the map has %d at %d", value, key)
				}
				sum += value
			}
			if want := uint64(accessMapSize * (accessMapSize - 1) / 2); sum != want {
				b.Fatalf("the values add up to %d, want %d", sum, want)
			}
			i := 0
			b.ResetTimer()
			for range b.N {
				sum += m[uint64(order[i])]
				if i++; i == accessMapSize {
					i = 0
				}
			}
			accessSink = sum
		})
	}
	sequential := make([]int, accessMapSize)
	for i := range sequential {
		sequential[i] = i
	}
	run("Sequential", sequential)
	run("Random", rand.New(rand.NewPCG(5, 6)).Perm(accessMapSize))
}
