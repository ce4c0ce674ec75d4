package networking

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// greeting is the body of the small responses.
const greeting = "Hello, gopher!\n"

// BenchmarkHTTPRequest measures an HTTP/1.1 request and its response on a connection that is kept open.
func BenchmarkHTTPRequest(b *testing.B) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /small", serveGreeting)
	mux.HandleFunc("POST /checksum", serveChecksum)
	server := serveHTTP(b, mux)
	client := newHTTPClient(b, &http.Transport{})

	get := func() error { return getGreeting(client, server.url+"/small", 1) }
	body := randomBytes(1024)
	post := func() error { return postBody(client, server.url+"/checksum", body) }
	server.expect(b, 1, get)
	server.expect(b, 0, times(5, get))
	server.expect(b, 0, times(5, post))

	warmUp(b, 1, get)
	b.Run("GET_Small", func(b *testing.B) { repeat(b, get) })
	warmUp(b, 1, post)
	b.Run("POST_1KB", func(b *testing.B) { repeat(b, post) })
}

// serveGreeting answers with a few bytes.
func serveGreeting(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, greeting) }

// serveChecksum answers with the CRC-32 of the request's body.
func serveChecksum(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_, _ = w.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body)))
}

// getGreeting gets the greeting from url and checks it and the major version of HTTP.
func getGreeting(client *http.Client, url string, major int) error {
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	body, err := readBody(response)
	if err != nil {
		return err
	}
	if string(body) != greeting || response.ProtoMajor != major {
		return fmt.Errorf("received %q over %s, want %q over HTTP/%d", body, response.Proto, greeting, major)
	}
	return nil
}

// postBody posts body to url and checks the checksum that comes back.
func postBody(client *http.Client, url string, body []byte) error {
	response, err := client.Post(url, "application/octet-stream", bytes.NewReader(body))
	if err != nil {
		return err
	}
	got, err := readBody(response)
	if err != nil {
		return err
	}
	if want := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body)); !bytes.Equal(got, want) {
		return fmt.Errorf("the server received a body with checksum %x, want %x", got, want)
	}
	return nil
}

// readBody reads and closes the body of a response, which must be a success.
func readBody(response *http.Response) ([]byte, error) {
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", response.Status, strings.TrimSpace(string(body)))
	}
	return body, nil
}

// webServer is a running HTTP server.
type webServer struct {
	*countingListener
	url string
}

// serveHTTP starts an HTTP/1.1 server that runs until b is done.
func serveHTTP(b *testing.B, handler http.Handler) *webServer {
	b.Helper()
	l := listen(b)
	server := &http.Server{Handler: handler}
	startHTTP(b, server, func() error { return server.Serve(l) })
	return &webServer{l, "http://" + l.address()}
}

// serveHTTPS starts a server of HTTP/2 over TLS that runs until b is done.
func serveHTTPS(b *testing.B, handler http.Handler) *webServer {
	b.Helper()
	l := listen(b)
	server := &http.Server{Handler: handler, TLSConfig: serverTLS()}
	startHTTP(b, server, func() error { return server.ServeTLS(l, "", "") })
	return &webServer{l, "https://" + l.address()}
}

// startHTTP calls serve, which serves with server, in the background until b is done.
func startHTTP(b *testing.B, server *http.Server, serve func() error) {
	var running sync.WaitGroup
	running.Add(1)
	go func() {
		defer running.Done()
		if err := serve(); err != http.ErrServerClosed {
			b.Errorf("server: %v", err)
		}
	}()
	b.Cleanup(func() {
		_ = server.Close()
		running.Wait()
	})
}

// newHTTPClient returns a client whose idle connections are closed when b is done.
func newHTTPClient(b *testing.B, transport *http.Transport) *http.Client {
	b.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}
