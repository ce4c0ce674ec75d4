package runtime

import (
	"sync"
	"testing"
	"time"
	"unsafe"
)

// createGoroutines is how many goroutines BenchmarkGoroutineCreate has at a time.
const createGoroutines = 64

// goroutineBatch counts what its goroutines do.
type goroutineBatch struct {
	done sync.WaitGroup
	ran  [createGoroutines]int
}

// run creates the goroutines and waits for them.
func (g *goroutineBatch) run() {
	g.done.Add(createGoroutines)
	for i := range g.ran {
		go func() {
			g.ran[i]++
			g.done.Done()
		}()
	}
	g.done.Wait()
}

// check fails unless every goroutine has run once for each of the given runs.
func (g *goroutineBatch) check(b *testing.B, runs int) {
	b.Helper()
	for i, ran := range g.ran {
		if ran != runs {
			b.Fatalf("goroutine %d ran %d times, want %d", i, ran, runs)
		}
	}
}

// warmCreation leaves as many dead goroutines for reuse as there are ever to be.
var warmCreation = sync.OnceFunc(func() { warmUp(new(goroutineBatch).run) })

// BenchmarkGoroutineCreate measures creating 64 goroutines and waiting for them to end.
func BenchmarkGoroutineCreate(b *testing.B) {
	b.ReportAllocs()
	warmCreation()
	batch := new(goroutineBatch)
	batch.run()
	batch.check(b, 1)
	b.ResetTimer()
	for range b.N {
		batch.run()
	}
	b.StopTimer()
	batch.check(b, 1+b.N)
}

// stackDepth is how deep BenchmarkStackGrowth recurses, with frames of a little over 256 bytes.
const stackDepth = 200

// recurse needs over 50 KB of stack at stackDepth.
//
//go:noinline
func recurse(depth int) int {
	var frame [256]byte
	frame[depth%len(frame)] = 1
	if depth == 0 {
		return int(frame[0])
	}
	return recurse(depth-1) + int(frame[depth%len(frame)])
}

// growStack recurses and reports whether that moved the stack to a larger one.
//
//go:noinline
func growStack() (sum int, moved bool) {
	var local byte
	before := uintptr(unsafe.Pointer(&local))
	sum = recurse(stackDepth)
	return sum, uintptr(unsafe.Pointer(&local)) != before
}

// growthResult is what a goroutine of BenchmarkStackGrowth found.
type growthResult struct {
	sum   int
	moved bool
}

// growNew has a new goroutine grow its stack.
func growNew(results chan growthResult) growthResult {
	go func() {
		var r growthResult
		r.sum, r.moved = growStack()
		results <- r
	}()
	return <-results
}

// growthWarmUp is spent before every run, not once per process: a forced collection, with which the testing
// package starts each, leaves the goroutines of the next ten to thirty milliseconds a quarter slower.
const growthWarmUp = 10 * time.Millisecond

// BenchmarkStackGrowth measures a new goroutine whose stack grows from its initial size to 64 KiB.
func BenchmarkStackGrowth(b *testing.B) {
	b.ReportAllocs()
	results := make(chan growthResult)
	if r := growNew(results); r.sum != stackDepth+1 || !r.moved {
		b.Fatalf("the recursion returned %d, want %d; stack moved: %t", r.sum, stackDepth+1, r.moved)
	}
	for start := time.Now(); time.Since(start) < growthWarmUp; {
		growNew(results)
	}
	b.ResetTimer()
	for range b.N {
		growNew(results)
	}
}

// pingPong is a goroutine that sends back each value it receives, plus one.
type pingPong struct{ ping, pong chan int }

func newPingPong(b *testing.B) *pingPong {
	p := &pingPong{make(chan int), make(chan int)}
	go func() {
		defer close(p.pong)
		for value := range p.ping {
			p.pong <- value + 1
		}
	}()
	b.Cleanup(func() {
		close(p.ping)
		<-p.pong
	})
	return p
}

// exchange sends a value and returns what comes back.
func (p *pingPong) exchange(value int) int {
	p.ping <- value
	return <-p.pong
}

// warmPingPong lets the scheduler have the two goroutines where it keeps them.
var warmPingPong sync.Once

// BenchmarkChannelPingPong measures sending a value to another goroutine and back on unbuffered channels.
func BenchmarkChannelPingPong(b *testing.B) {
	b.ReportAllocs()
	p := newPingPong(b)
	for value := range 100 {
		if got := p.exchange(value); got != value+1 {
			b.Fatalf("%d came back as %d, want %d", value, got, value+1)
		}
	}
	warmPingPong.Do(func() { warmUp(func() { p.exchange(0) }) })
	b.ResetTimer()
	for i := range b.N {
		p.exchange(i)
	}
}
