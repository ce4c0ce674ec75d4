package runtime

import (
	"fmt"
	"runtime"
	"runtime/metrics"
	"time"
)

const (
	// settleCycles is how many collections the collector's pacing needs to adapt to a workload:
	// the runtime plans the next one by the last four.
	settleCycles = 4
	// settleTime ends the warm-up of a workload that is collected rarely, such as with a high GOGC.
	settleTime = 20 * time.Millisecond
)

// metric reads one unsigned counter of the runtime without stopping the world.
func metric(name string) uint64 {
	sample := []metrics.Sample{{Name: name}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// gcCycles counts the collections that the runtime started by itself.
func gcCycles() uint64 { return metric("/gc/cycles/automatic:gc-cycles") }

// reachableHeap collects the garbage and returns the number of bytes that are left.
func reachableHeap() int64 {
	runtime.GC()
	return int64(metric("/gc/heap/live:bytes"))
}

// settle runs work, which allocates, until the heap has grown to the size that it will have
// and the collector has adapted to it.
func settle(work func()) {
	first := gcCycles()
	for start := time.Now(); gcCycles()-first < settleCycles && time.Since(start) < settleTime; {
		work()
	}
}

// warmUp runs work for as long as goroutines and their stacks take to get into their rhythm.
func warmUp(work func()) {
	for start := time.Now(); time.Since(start) < 5*time.Millisecond; {
		work()
	}
}

// fillHeap lets build make a live heap of about want bytes and settles it by work. It fails
// unless the heap then has that size: the collector has to free what work drops and keep what it holds.
func fillHeap(want int64, build, work func()) error {
	before := reachableHeap()
	build()
	settle(work)
	if live := reachableHeap() - before; live < want*9/10 || live > want*3/2 {
		return fmt.Errorf("the live heap has %d bytes, want about %d", live, want)
	}
	return nil
}

// enterPeriod lets work, which allocates size bytes, allocate what passes in one and a half periods
// between two collections of a heap of live bytes at GOGC=100. The testing package starts every run
// of a benchmark with a forced collection. The pacing recovers from it in the first period; and in the
// middle of a period a short run sees neither too few nor too many collections on average.
func enterPeriod(live, size int64, work func()) {
	for done := int64(0); done < live*3/2; done += size {
		work()
	}
}
