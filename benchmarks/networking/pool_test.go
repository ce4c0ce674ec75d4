package networking

import (
	"context"
	"net"
	"net/http"
	"runtime"
	"testing"
)

// BenchmarkConnectionPool measures HTTP/1.1 requests through a client's pool of connections.
func BenchmarkConnectionPool(b *testing.B) {
	workers := runtime.GOMAXPROCS(0)
	meet := &meeting{size: workers}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /small", serveGreeting)
	mux.HandleFunc("GET /meet", func(w http.ResponseWriter, r *http.Request) {
		meet.wait()
		serveGreeting(w, r)
	})
	server := serveHTTP(b, mux)
	// The pool has room for a connection of each worker.
	transport := &http.Transport{DialContext: dialResetOnClose, MaxIdleConnsPerHost: workers}
	client := newHTTPClient(b, transport)

	warm := func() error { return getGreeting(client, server.url+"/small", 1) }
	cold := func() error {
		// A connection is back in the pool when its response has been read to the end.
		err := warm()
		transport.CloseIdleConnections()
		return err
	}
	server.expect(b, 5, times(5, cold))
	warmUp(b, 1, cold)
	b.Run("ColdPool", func(b *testing.B) { repeat(b, cold) })

	if err := warm(); err != nil {
		b.Fatal(err)
	}
	server.expect(b, 0, times(20, warm))
	warmUp(b, 1, warm)
	b.Run("WarmPool", func(b *testing.B) { repeat(b, warm) })

	// Requests that are answered only when one of each worker is there need a connection each.
	server.expect(b, int64(workers), func() error {
		transport.CloseIdleConnections()
		return concurrently(workers, func() error { return getGreeting(client, server.url+"/meet", 1) })
	})
	server.expect(b, 0, func() error { return concurrently(workers, times(20, warm)) })
	warmUp(b, workers, warm)
	b.Run("WarmPool_Parallel", func(b *testing.B) { repeatParallel(b, warm) })
}

// dialResetOnClose dials a connection whose close resets it, see resetOnClose: closing
// one for each request would use up the ports.
func dialResetOnClose(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if err := resetOnClose(conn); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}
