// Package leakcheck fails a test binary that leaves goroutines, sockets or files behind.
//
// Each sample is a process of its own, so a leak could not spoil the next one;
// but a benchmark that leaks measures a program that grows while it is timed.
package leakcheck

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"runtime/pprof"
	"testing"
	"time"
)

// patience is how long closing goroutines and sockets may take to go away.
const patience = 3 * time.Second

// Run runs the tests or benchmarks of m and returns the exit status for os.Exit:
// that of m, or 1 if goroutines or file descriptors are left that were not there before.
func Run(m *testing.M) int {
	openNetpoll()
	goroutines, files := runtime.NumGoroutine(), openFiles()
	status := m.Run()
	if status != 0 {
		return status
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		extraGoroutines, extraFiles := runtime.NumGoroutine()-goroutines, openFiles()-files
		if extraGoroutines <= 0 && extraFiles <= 0 {
			return 0
		}
		if time.Now().After(deadline) {
			fmt.Fprintf(os.Stderr, "leak: %d goroutines and %d open files more than at the start\n", extraGoroutines, extraFiles)
			_ = pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
			return 1
		}
	}
}

// openNetpoll makes the runtime open the descriptors that it keeps for polling,
// which are not a benchmark's.
func openNetpoll() {
	if l, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
		_ = l.Close()
	}
}

// openFiles counts this process's open descriptors; 0 where the system does not tell.
func openFiles() int {
	for _, dir := range []string{"/proc/self/fd", "/dev/fd"} {
		if entries, err := os.ReadDir(dir); err == nil {
			return len(entries)
		}
	}
	return 0
}
