package stdlib

import (
	"os"
	"testing"

	"goperf.dev/benchmarks/internal/leakcheck"
)

// TestMain fails the process of a benchmark that leaves goroutines or files behind.
func TestMain(m *testing.M) { os.Exit(leakcheck.Run(m)) }
