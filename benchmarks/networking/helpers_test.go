package networking

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// warmUpTime is how long an operation is repeated before it is measured. It is spent
// once per leaf and process, not each time the testing package raises b.N.
const warmUpTime = 10 * time.Millisecond

// warmUp repeats op in a number of goroutines, so that goroutines, pools, socket buffers
// and the connections of the servers are in their steady state when the timer starts.
func warmUp(b *testing.B, goroutines int, op func() error) {
	b.Helper()
	errs := make(chan error, goroutines)
	deadline := time.Now().Add(warmUpTime)
	for range goroutines {
		go func() {
			var err error
			for err == nil && time.Now().Before(deadline) {
				err = op()
			}
			errs <- err
		}()
	}
	for range goroutines {
		if err := <-errs; err != nil {
			b.Fatalf("warm-up: %v", err)
		}
	}
}

// repeat is the body of a sequential leaf: it runs op b.N times.
func repeat(b *testing.B, op func() error) {
	b.Helper()
	b.ReportAllocs()
	for range b.N {
		if err := op(); err != nil {
			b.Fatal(err)
		}
	}
}

// repeatParallel is the body of a parallel leaf: it runs op b.N times, spread over
// GOMAXPROCS goroutines.
func repeatParallel(b *testing.B, op func() error) {
	b.Helper()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := op(); err != nil {
				b.Error(err) // not Fatal, which is for the goroutine of the benchmark alone
				return
			}
		}
	})
}

// connectionCounter counts the connections that a server has accepted.
type connectionCounter struct{ accepted atomic.Int64 }

// expect checks that ops, a number of operations, need exactly want new connections. It
// tries up to three times, as a client may give up a good connection when the system is
// so busy that a goroutine does not run for tens of milliseconds.
func (c *connectionCounter) expect(b *testing.B, want int64, ops func() error) {
	b.Helper()
	var got int64
	for range 3 {
		before := c.accepted.Load()
		if err := ops(); err != nil {
			b.Fatalf("check: %v", err)
		}
		if got = c.accepted.Load() - before; got == want {
			return
		}
	}
	b.Fatalf("check: the server accepted %d new connections, want %d", got, want)
}

// countingListener is a listener that counts its connections.
type countingListener struct {
	net.Listener
	connectionCounter
}

// Accept waits for the next connection and counts it.
func (l *countingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		l.accepted.Add(1)
	}
	return conn, err
}

// address is what a client dials.
func (l *countingListener) address() string { return l.Addr().String() }

// times makes one function of n calls of op.
func times(n int, op func() error) func() error {
	return func() error {
		for i := range n {
			if err := op(); err != nil {
				return fmt.Errorf("operation %d: %w", i, err)
			}
		}
		return nil
	}
}

// listen opens a listener on a free port of the loopback interface.
func listen(b *testing.B) *countingListener {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	return &countingListener{Listener: l}
}

// serveTCP gives each connection to handle, in a goroutine of its own, until b is done.
// An error of handle fails b; handle closes the connection.
func serveTCP(b *testing.B, handle func(net.Conn) error) *countingListener {
	b.Helper()
	l := listen(b)
	var running sync.WaitGroup
	running.Add(1)
	go func() {
		defer running.Done()
		for {
			conn, err := l.Accept()
			if err != nil {
				return // closed below
			}
			running.Add(1)
			go func() {
				defer running.Done()
				if err := handle(conn); err != nil {
					b.Errorf("server: %v", err)
				}
			}()
		}
	}()
	b.Cleanup(func() {
		_ = l.Close()
		running.Wait()
	})
	return l
}

// resetOnClose makes the close of a client's connection reset it. The side of a TCP
// connection that closes first keeps the port for a minute (TIME_WAIT), so that a
// benchmark of new connections would run out of ports; a reset frees it at once. It
// follows the last byte of each direction and so changes nothing that is measured.
func resetOnClose(conn net.Conn) error {
	return conn.(*net.TCPConn).SetLinger(0)
}

// socketBuffer is the size of the buffers of a connection that sends without pause. Left alone, the system
// lets them grow while data flows, so that a short run would measure small buffers and a long one large ones.
const socketBuffer = 256 << 10

// fixBuffers gives both buffers of a TCP connection their size, once and for all.
func fixBuffers(conn net.Conn) error {
	tcp := conn.(*net.TCPConn)
	return errors.Join(tcp.SetReadBuffer(socketBuffer), tcp.SetWriteBuffer(socketBuffer))
}
