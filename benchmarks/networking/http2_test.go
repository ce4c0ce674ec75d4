package networking

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"sync"
	"testing"
)

// BenchmarkHTTP2 measures requests and their responses on one HTTP/2 connection over TLS.
func BenchmarkHTTP2(b *testing.B) {
	const streams, largeSize = 10, 1 << 20
	large := randomBytes(largeSize)
	meet := &meeting{size: streams}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /small", serveGreeting)
	mux.HandleFunc("GET /meet", func(w http.ResponseWriter, r *http.Request) {
		meet.wait()
		serveGreeting(w, r)
	})
	mux.HandleFunc("GET /large", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(large) })
	server := serveHTTPS(b, mux)
	client := newHTTPClient(b, &http.Transport{TLSClientConfig: clientTLS(), ForceAttemptHTTP2: true})

	get := func() error { return getGreeting(client, server.url+"/small", 2) }
	server.expect(b, 1, get)
	server.expect(b, 0, times(5, get))
	warmUp(b, 1, get)
	b.Run("Sequential", func(b *testing.B) { repeat(b, get) })

	// One operation is a batch of ten requests at once. Those of the check are answered
	// only when all ten have arrived, on the connection that is there already.
	server.expect(b, 0, times(3, func() error {
		return concurrently(streams, func() error { return getGreeting(client, server.url+"/meet", 2) })
	}))
	batch := func() error { return concurrently(streams, get) }
	warmUp(b, 1, batch)
	b.Run("Parallel_10", func(b *testing.B) { repeat(b, batch) })

	download := newDownloader(client, server.url+"/large")
	server.expect(b, 0, func() error { return download.check(large) })
	warmUp(b, 1, func() error { return download.count(largeSize) })
	b.Run("Throughput", func(b *testing.B) {
		b.SetBytes(largeSize)
		repeat(b, func() error { return download.count(largeSize) })
	})
}

// concurrently runs op in n goroutines and returns their errors.
func concurrently(n int, op func() error) error {
	errs := make([]error, n)
	var running sync.WaitGroup
	running.Add(n)
	for i := range n {
		go func() {
			defer running.Done()
			errs[i] = op()
		}()
	}
	running.Wait()
	return errors.Join(errs...)
}

// meeting lets goroutines wait until size of them are there, again and again.
type meeting struct {
	mu      sync.Mutex
	size    int
	present int
	begun   chan struct{} // of the meeting that gathers now
}

func (m *meeting) wait() {
	m.mu.Lock()
	if m.present == 0 {
		m.begun = make(chan struct{})
	}
	begun := m.begun
	if m.present++; m.present == m.size {
		m.present = 0
		close(begun)
	}
	m.mu.Unlock()
	<-begun
}

// downloader gets a large response through a buffer.
type downloader struct {
	client *http.Client
	url    string
	buffer []byte
}

func newDownloader(client *http.Client, url string) *downloader {
	return &downloader{client, url, make([]byte, blockSize)}
}

// copyTo copies the body of the response to w.
func (d *downloader) copyTo(w io.Writer) error {
	response, err := d.client.Get(d.url)
	if err != nil {
		return err
	}
	_, err = io.CopyBuffer(w, response.Body, d.buffer)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK || response.ProtoMajor != 2 {
		return fmt.Errorf("%s over %s, want success over HTTP/2", response.Status, response.Proto)
	}
	return nil
}

// check compares the checksum of the response with that of want.
func (d *downloader) check(want []byte) error {
	sum := crc32.NewIEEE()
	if err := d.copyTo(sum); err != nil {
		return err
	}
	if got, want := sum.Sum32(), crc32.ChecksumIEEE(want); got != want {
		return fmt.Errorf("received a body with checksum %08x, want %08x", got, want)
	}
	return nil
}

// count reads the response and checks its size.
func (d *downloader) count(want int) error {
	var size byteCounter
	if err := d.copyTo(&size); err != nil {
		return err
	}
	if int(size) != want {
		return fmt.Errorf("received %d bytes, want %d", size, want)
	}
	return nil
}

// byteCounter counts the bytes written to it.
type byteCounter int

func (c *byteCounter) Write(p []byte) (int, error) {
	*c += byteCounter(len(p))
	return len(p), nil
}
