package stdlib

import (
	"os"
	"runtime"
	"testing"

	"goperf.dev/benchmarks/internal/leakcheck"
)

// liveHeap is what a program that uses the standard library might hold anyway. With nothing alive the
// collector runs every 3 MB: then waking its workers, not the library, decides what is read (io.ReadAll of
// 1 KB took 480 or 750 ns, as the machine pleased; beside a live heap it takes 290).
const liveHeap = 8 << 20

// TestMain fails the process of a benchmark that leaves goroutines or files behind.
func TestMain(m *testing.M) {
	live := make([]byte, liveHeap)
	status := leakcheck.Run(m)
	runtime.KeepAlive(live)
	os.Exit(status)
}
