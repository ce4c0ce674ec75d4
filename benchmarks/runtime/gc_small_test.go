package runtime

import (
	"sync"
	"testing"
	"unsafe"
)

// smallNode is an object of 24 bytes that is mostly pointers.
type smallNode struct {
	left, right *smallNode
	value       int64
}

const (
	smallTreeDepth = 9
	smallTreeNodes = 1<<smallTreeDepth - 1
	smallTreeBytes = smallTreeNodes * int64(unsafe.Sizeof(smallNode{}))
	smallTrees     = 340
	smallLiveBytes = smallTrees * smallTreeBytes
)

// smallForest keeps the youngest trees.
type smallForest struct {
	trees  [smallTrees]*smallNode
	oldest int
}

func newSmallTree(depth int) *smallNode {
	if depth == 0 {
		return nil
	}
	return &smallNode{left: newSmallTree(depth - 1), right: newSmallTree(depth - 1), value: int64(depth)}
}

func (n *smallNode) count() int {
	if n == nil {
		return 0
	}
	return 1 + n.left.count() + n.right.count()
}

// replant replaces the oldest tree by a new one.
func (f *smallForest) replant() {
	f.trees[f.oldest] = newSmallTree(smallTreeDepth)
	f.oldest = (f.oldest + 1) % smallTrees
}

var liveForest = sync.OnceValues(func() (*smallForest, error) {
	forest := new(smallForest)
	fill := func() {
		for range smallTrees {
			forest.replant()
		}
	}
	err := fillHeap(smallLiveBytes, fill, forest.replant)
	return forest, err
})

// BenchmarkGCSmallObjects measures replacing 511 objects of 24 bytes in a live heap of 4 MB of them.
func BenchmarkGCSmallObjects(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(smallTreeBytes)
	forest, err := liveForest()
	if err != nil {
		b.Fatal(err)
	}
	for i, tree := range forest.trees {
		if got := tree.count(); got != smallTreeNodes {
			b.Fatalf("tree %d has %d nodes, want %d", i, got, smallTreeNodes)
		}
	}
	enterPeriod(smallLiveBytes, smallTreeBytes, forest.replant)
	b.ResetTimer()
	for range b.N {
		forest.replant()
	}
}
