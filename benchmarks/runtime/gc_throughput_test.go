package runtime

import (
	"sync"
	"testing"
	"unsafe"
)

// treeNode is an object of 64 bytes, two of its words pointers.
type treeNode struct {
	left, right *treeNode
	payload     [6]uint64
}

const (
	liveTreeDepth  = 16
	liveTreeNodes  = 1<<liveTreeDepth - 1
	liveTreeBytes  = liveTreeNodes * int64(unsafe.Sizeof(treeNode{}))
	garbageNodes   = 4096
	garbageBytes   = garbageNodes * int64(unsafe.Sizeof(treeNode{}))
	garbageListLen = 64
)

var garbageSink *treeNode

// newTree returns a complete tree of the given depth.
func newTree(depth int) *treeNode {
	if depth == 0 {
		return nil
	}
	return &treeNode{left: newTree(depth - 1), right: newTree(depth - 1), payload: [6]uint64{1}}
}

// count adds up the payloads of a tree: 1 for each node.
func (n *treeNode) count() uint64 {
	if n == nil {
		return 0
	}
	return n.payload[0] + n.left.count() + n.right.count()
}

// makeGarbage allocates lists that are dropped at once.
func makeGarbage() {
	for list := 0; list < garbageNodes/garbageListLen; list++ {
		var head *treeNode
		for range garbageListLen {
			head = &treeNode{left: head}
		}
		garbageSink = head
	}
}

// liveTree is what the collector has to mark in every cycle of BenchmarkGCThroughput.
var liveTree = sync.OnceValues(func() (*treeNode, error) {
	var tree *treeNode
	err := fillHeap(liveTreeBytes, func() { tree = newTree(liveTreeDepth) }, makeGarbage)
	return tree, err
})

// BenchmarkGCThroughput measures allocating 256 KiB of short-lived objects beside a live heap of 4 MiB.
func BenchmarkGCThroughput(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(garbageBytes)
	tree, err := liveTree()
	if err != nil {
		b.Fatal(err)
	}
	if got := tree.count(); got != liveTreeNodes {
		b.Fatalf("the live tree has %d nodes, want %d", got, liveTreeNodes)
	}
	enterPeriod(liveTreeBytes, garbageBytes, makeGarbage)
	cycles := gcCycles()
	b.ResetTimer()
	for range b.N {
		makeGarbage()
	}
	b.StopTimer()
	b.ReportMetric(float64(gcCycles()-cycles)/float64(b.N), "gc-cycles/op")
}
