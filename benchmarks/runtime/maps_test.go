package runtime

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
)

const (
	largeMapSize  = 100_000
	filledMapSize = 1000
)

var (
	mapSink    map[uint64]uint64
	lookupSink uint64
)

// largeMap is what BenchmarkSwissMapLarge looks up and updates.
type largeMap struct {
	entries         map[uint64]uint64
	present, absent []uint64
}

var newLargeMap = sync.OnceValues(func() (*largeMap, error) {
	random := rand.New(rand.NewPCG(3, 4))
	m := &largeMap{
		entries: make(map[uint64]uint64, largeMapSize),
		present: make([]uint64, largeMapSize),
		absent:  make([]uint64, largeMapSize),
	}
	for i := range m.present {
		// The lowest bit tells the keys that the map has from those that it has not.
		m.present[i], m.absent[i] = random.Uint64()|1, random.Uint64()&^1
		m.entries[m.present[i]] = uint64(i)
	}
	if len(m.entries) != largeMapSize {
		return nil, fmt.Errorf("the map has %d entries, want %d", len(m.entries), largeMapSize)
	}
	for i := range m.present {
		if value, ok := m.entries[m.present[i]]; !ok || value != uint64(i) {
			return nil, fmt.Errorf("the map has %d for key %d, want %d", value, m.present[i], i)
		}
		if _, ok := m.entries[m.absent[i]]; ok {
			return nil, fmt.Errorf("the map has key %d, which was not inserted", m.absent[i])
		}
	}
	return m, nil
})

// BenchmarkSwissMapLarge measures a hit, a miss and an update in a map of 100,000 entries.
func BenchmarkSwissMapLarge(b *testing.B) {
	b.ReportAllocs()
	m, err := newLargeMap()
	if err != nil {
		b.Fatal(err)
	}
	var sum uint64
	i := 0
	b.ResetTimer()
	for range b.N {
		sum += m.entries[m.present[i]]
		sum += m.entries[m.absent[i]]
		m.entries[m.present[largeMapSize-1-i]]++
		if i++; i == largeMapSize {
			i = 0
		}
	}
	lookupSink = sum
}

// fill inserts the keys 0 to filledMapSize-1.
func fill(m map[uint64]uint64) map[uint64]uint64 {
	for key := range uint64(filledMapSize) {
		m[key] = key + 1
	}
	return m
}

func presizedMap() map[uint64]uint64 { return fill(make(map[uint64]uint64, filledMapSize)) }

func grownMap() map[uint64]uint64 { return fill(make(map[uint64]uint64)) }

// allocsOfMaps counts the allocations of making a presized and a growing map.
var allocsOfMaps = sync.OnceValue(func() (allocs struct{ presized, grown float64 }) {
	allocs.presized = testing.AllocsPerRun(10, func() { mapSink = presizedMap() })
	allocs.grown = testing.AllocsPerRun(10, func() { mapSink = grownMap() })
	return allocs
})

var settleMaps = sync.OnceFunc(func() {
	settle(func() {
		mapSink = presizedMap()
		mapSink = grownMap()
	})
})

// BenchmarkSwissMapPresized measures inserting 1,000 entries into a new map made with or without a size.
func BenchmarkSwissMapPresized(b *testing.B) {
	if allocs := allocsOfMaps(); allocs.presized >= allocs.grown {
		b.Fatalf("a presized map takes %v allocations, a growing one %v", allocs.presized, allocs.grown)
	}
	settleMaps()
	run := func(name string, newMap func() map[uint64]uint64) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			checkFilled(b, newMap())
			b.ResetTimer()
			for range b.N {
				mapSink = newMap()
			}
		})
	}
	run("Presized", presizedMap)
	run("GrowAsNeeded", grownMap)
}

func checkFilled(b *testing.B, m map[uint64]uint64) {
	b.Helper()
	if len(m) != filledMapSize {
		b.Fatalf("the map has %d entries, want %d", len(m), filledMapSize)
	}
	for key := range uint64(filledMapSize) {
		if m[key] != key+1 {
			b.Fatalf("the map has %d at %d, want %d", m[key], key, key+1)
		}
	}
}

// sumOf iterates over a map.
func sumOf(m map[uint64]uint64) (sum uint64) {
	for key, value := range m {
		sum += key ^ value
	}
	return sum
}

// BenchmarkSwissMapIteration measures iterating over all entries of a map.
func BenchmarkSwissMapIteration(b *testing.B) {
	b.Run("Size1000", func(b *testing.B) {
		b.ReportAllocs()
		m := grownMap()
		var want uint64
		for key := range uint64(filledMapSize) {
			want += key ^ (key + 1)
		}
		if got := sumOf(m); got != want {
			b.Fatalf("iteration gives the sum %d, want %d", got, want)
		}
		b.ResetTimer()
		for range b.N {
			lookupSink = sumOf(m)
		}
	})
}
