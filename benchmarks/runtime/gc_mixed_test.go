package runtime

import (
	"math/rand/v2"
	"sync"
	"testing"
	"unsafe"
)

// lifetime is how long the mixed workload holds an object.
type lifetime int

const (
	dropped lifetime = iota // until the next object
	brief                   // until the next round
	lasting                 // for mixedRounds rounds
)

const (
	mixedObjects = 256 // allocated by each round
	mixedRounds  = 160
)

// mixedObject is a header that points to its payload and to the object before it.
type mixedObject struct {
	payload  []byte
	previous *mixedObject
}

// mixedPlan says what a round allocates. Every round allocates the same and replaces each object
// by one of the same size, so that the live heap stays as large as it is.
type mixedPlan [mixedObjects]struct {
	size int
	life lifetime
}

func newMixedPlan() (plan mixedPlan) {
	random := rand.New(rand.NewPCG(1, 2))
	between := func(low, high int) int { return low + random.IntN(high-low) }
	for i := range plan {
		switch p := random.IntN(100); {
		case p < 60:
			plan[i].size = between(16, 64)
		case p < 90:
			plan[i].size = between(64, 512)
		case p < 99:
			plan[i].size = between(512, 4<<10)
		default:
			plan[i].size = between(4<<10, 40<<10)
		}
		switch p := random.IntN(100); {
		case p < 50:
			plan[i].life = dropped
		case p < 75:
			plan[i].life = brief
		default:
			plan[i].life = lasting
		}
	}
	return plan
}

// bytes is what one round allocates of objects that are held at least as long as life.
func (p *mixedPlan) bytes(life lifetime) (sum int64) {
	for _, object := range p {
		if object.life >= life {
			sum += int64(unsafe.Sizeof(mixedObject{})) + int64(object.size)
		}
	}
	return sum
}

// mixedHeap is the state of the mixed workload.
type mixedHeap struct {
	plan    mixedPlan
	round   int
	dropped *mixedObject
	brief   [mixedObjects]*mixedObject
	lasting [mixedRounds]*mixedObject // lists of what a round has left
}

// allocate runs one round.
func (h *mixedHeap) allocate() {
	var last *mixedObject
	for i := range h.plan {
		object := &mixedObject{payload: make([]byte, h.plan[i].size)}
		object.payload[0] = 1
		switch h.plan[i].life {
		case dropped:
			h.dropped = object
		case brief:
			h.brief[i] = object
		case lasting:
			object.previous = last
			last = object
		}
	}
	h.lasting[h.round%mixedRounds] = last
	h.round++
}

var liveMixedHeap = sync.OnceValues(func() (*mixedHeap, error) {
	heap := &mixedHeap{plan: newMixedPlan()}
	// The second time round, the objects lie in the gaps that shorter-lived ones have left, as they do ever after.
	fill := func() {
		for range 2 * mixedRounds {
			heap.allocate()
		}
	}
	err := fillHeap(mixedRounds*heap.plan.bytes(lasting), fill, heap.allocate)
	return heap, err
})

// BenchmarkGCMixedWorkload measures allocating 256 objects of 16 B to 40 KB beside a live heap of 5 MB.
func BenchmarkGCMixedWorkload(b *testing.B) {
	b.ReportAllocs()
	heap, err := liveMixedHeap()
	if err != nil {
		b.Fatal(err)
	}
	perRound, kept := heap.plan.bytes(dropped), heap.plan.bytes(lasting)
	b.SetBytes(perRound)
	for i, object := range heap.lasting {
		held := int64(0)
		for ; object != nil; object = object.previous {
			held += int64(unsafe.Sizeof(*object)) + int64(len(object.payload))*int64(object.payload[0])
		}
		if held != kept {
			b.Fatalf("round %d has left %d bytes, want %d", i, held, kept)
		}
	}
	enterPeriod(mixedRounds*kept, perRound, heap.allocate)
	b.ResetTimer()
	for range b.N {
		heap.allocate()
	}
}
