package runtime

import (
	"bytes"
	"sync"
	"testing"
	"unsafe"
)

// object64 is an object of 64 bytes without pointers.
type object64 struct{ words [8]uint64 }

var object64Sink *object64

func allocateObject64(word uint64) { object64Sink = &object64{words: [8]uint64{word}} }

var settleObjects64 = sync.OnceFunc(func() {
	settle(func() {
		for i := range uint64(1000) {
			allocateObject64(i)
		}
	})
})

// BenchmarkSmallAllocSpecialized measures allocating a small object of a size known at compile time.
func BenchmarkSmallAllocSpecialized(b *testing.B) {
	b.Run("Size64", func(b *testing.B) {
		b.ReportAllocs()
		if size := unsafe.Sizeof(*object64Sink); size != 64 {
			b.Fatalf("the object has %d bytes, want 64", size)
		}
		if allocs := testing.AllocsPerRun(1000, func() { allocateObject64(1) }); allocs != 1 {
			b.Fatalf("the object takes %v allocations, want 1", allocs)
		}
		settleObjects64()
		b.ResetTimer()
		for i := range b.N {
			allocateObject64(uint64(i))
		}
	})
}

// point is a value that escapes when its address is returned.
type point struct{ x, y, z int }

var pointSink *point

// newPoint may not be inlined, as the caller could then keep the value on its stack.
//
//go:noinline
func newPoint(x int) *point { return &point{x, x + 1, x + 2} }

var settlePoints = sync.OnceFunc(func() {
	settle(func() {
		for i := range 1000 {
			pointSink = newPoint(i)
		}
	})
})

// BenchmarkEscapeAnalysis measures a function that returns a pointer to its local variable.
func BenchmarkEscapeAnalysis(b *testing.B) {
	b.Run("Heap", func(b *testing.B) {
		b.ReportAllocs()
		if allocs := testing.AllocsPerRun(1000, func() { pointSink = newPoint(1) }); allocs != 1 {
			b.Fatalf("the value takes %v heap allocations, want 1", allocs)
		}
		if got, want := *newPoint(1), (point{1, 2, 3}); got != want {
			b.Fatalf("the value is %v, want %v", got, want)
		}
		settlePoints()
		b.ResetTimer()
		for i := range b.N {
			pointSink = newPoint(i)
		}
	})
}

// pooledText is what a user of the pool writes into its buffer.
var pooledText = bytes.Repeat([]byte("0123456789abcdef"), 16)

// bufferPool counts the buffers that it makes.
type bufferPool struct {
	pool sync.Pool
	made int
}

func newBufferPool() *bufferPool {
	p := new(bufferPool)
	p.pool.New = func() any {
		p.made++
		return new(bytes.Buffer)
	}
	return p
}

// use takes a buffer, fills it and puts it back.
func (p *bufferPool) use() int {
	buffer := p.pool.Get().(*bytes.Buffer)
	buffer.Reset()
	buffer.Write(pooledText)
	n := buffer.Len()
	p.pool.Put(buffer)
	return n
}

var pooledSink int

// BenchmarkSyncPool measures taking a buffer from a sync.Pool, writing 256 bytes to it and putting it back.
func BenchmarkSyncPool(b *testing.B) {
	b.ReportAllocs()
	p := newBufferPool()
	if n := p.use(); n != len(pooledText) {
		b.Fatalf("the buffer has %d bytes, want %d", n, len(pooledText))
	}
	if allocs := testing.AllocsPerRun(1000, func() { p.use() }); allocs != 0 || p.made > 100 {
		b.Fatalf("1,000 uses take %v allocations each and %d buffers, want them reused", allocs, p.made)
	}
	p.use() // The count of allocations has changed GOMAXPROCS, which empties the pool.
	b.ResetTimer()
	for range b.N {
		pooledSink = p.use()
	}
}
