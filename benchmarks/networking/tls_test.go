package networking

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"slices"
	"testing"
)

// BenchmarkTLSHandshake measures a full TLS handshake on a new TCP connection.
func BenchmarkTLSHandshake(b *testing.B) {
	variants := []struct {
		name    string
		version uint16
		curves  []tls.CurveID // nil: the default of the Go release
	}{
		{"TLS12", tls.VersionTLS12, nil},
		{"TLS13", tls.VersionTLS13, nil},
		{"TLS13_ECDHE", tls.VersionTLS13, []tls.CurveID{tls.X25519}},
	}
	for _, v := range variants {
		serverConfig, clientConfig := serverTLS(), clientTLS()
		for _, config := range []*tls.Config{serverConfig, clientConfig} {
			config.MinVersion, config.MaxVersion = v.version, v.version
			config.CurvePreferences = v.curves
		}
		checkOffer(b, serverConfig, clientConfig)
		server := serveHandshakes(b, serverConfig)
		handshake := func() error {
			return connectTLS(server.address(), clientConfig, v.version, false)
		}
		server.expect(b, 3, times(3, handshake))
		warmUp(b, 1, handshake)
		b.Run(v.name, func(b *testing.B) { repeat(b, handshake) })
	}
}

// checkOffer checks what a client offers to a server: the pinned version and curves, and
// with no pinned curves more than one.
func checkOffer(b *testing.B, serverConfig, clientConfig *tls.Config) {
	b.Helper()
	hellos := make(chan *tls.ClientHelloInfo, 1)
	serverConfig = serverConfig.Clone()
	serverConfig.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		hellos <- hello
		return nil, nil
	}
	server := serveHandshakes(b, serverConfig)
	if err := connectTLS(server.address(), clientConfig, clientConfig.MaxVersion, false); err != nil {
		b.Fatalf("check: %v", err)
	}
	hello := <-hellos
	if want := []uint16{clientConfig.MaxVersion}; !slices.Equal(hello.SupportedVersions, want) {
		b.Fatalf("check: the client offers versions %x, want %x", hello.SupportedVersions, want)
	}
	if want := clientConfig.CurvePreferences; want != nil && !slices.Equal(hello.SupportedCurves, want) {
		b.Fatalf("check: the client offers curves %v, want %v", hello.SupportedCurves, want)
	} else if want == nil && len(hello.SupportedCurves) < 2 {
		b.Fatalf("check: the client offers curves %v, want the default ones", hello.SupportedCurves)
	}
}

// BenchmarkTLSResume measures a TLS 1.3 handshake that resumes a session on a new TCP connection.
func BenchmarkTLSResume(b *testing.B) {
	serverConfig, clientConfig := serverTLS(), clientTLS()
	serverConfig.SessionTicketsDisabled = false
	clientConfig.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	server := serveHandshakes(b, serverConfig)
	if err := connectTLS(server.address(), clientConfig, tls.VersionTLS13, false); err != nil {
		b.Fatalf("first session: %v", err)
	}
	// Each connection resumes with the ticket that the one before has received.
	resume := func() error { return connectTLS(server.address(), clientConfig, tls.VersionTLS13, true) }
	server.expect(b, 3, times(3, resume))
	warmUp(b, 1, resume)
	b.Run("SessionResume", func(b *testing.B) { repeat(b, resume) })
}

// serveHandshakes starts a server that completes the handshake of each connection and
// then closes it.
func serveHandshakes(b *testing.B, config *tls.Config) *countingListener {
	b.Helper()
	return serveTCP(b, func(conn net.Conn) error {
		secure := tls.Server(conn, config)
		defer secure.Close()
		return secure.Handshake()
	})
}

// connectTLS opens a connection, checks what its handshake has negotiated and waits until
// the server, which completes a handshake after the client, has closed the connection.
func connectTLS(address string, config *tls.Config, version uint16, resumed bool) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	secure := tls.Client(conn, config)
	if err := secure.Handshake(); err != nil {
		return err
	}
	state := secure.ConnectionState()
	if state.Version != version || state.DidResume != resumed {
		return fmt.Errorf("negotiated %s with resumed = %t, want %s with resumed = %t",
			tls.VersionName(state.Version), state.DidResume, tls.VersionName(version), resumed)
	}
	// This is also what takes delivery of the tickets of TLS 1.3.
	var one [1]byte
	if n, err := secure.Read(one[:]); n != 0 || err != io.EOF {
		return fmt.Errorf("read %d bytes and %v, want the server's close", n, err)
	}
	return resetOnClose(conn)
}

// BenchmarkTLSThroughput measures sending blocks of 64 KB over one TLS 1.3 connection.
func BenchmarkTLSThroughput(b *testing.B) {
	serverConfig := serverTLS()
	server := serveTCP(b, func(conn net.Conn) error {
		if err := fixBuffers(conn); err != nil {
			return err
		}
		secure := tls.Server(conn, serverConfig)
		defer secure.Close()
		return receiveBlocks(secure)
	})
	var sender *blockSender
	server.expect(b, 1, func() error {
		conn, err := tls.Dial("tcp", server.address(), clientTLS())
		if err != nil {
			return err
		}
		b.Cleanup(func() { _ = conn.Close() })
		if got := conn.ConnectionState().Version; got != tls.VersionTLS13 {
			return fmt.Errorf("negotiated %s, want TLS 1.3", tls.VersionName(got))
		}
		if err := fixBuffers(conn.NetConn()); err != nil {
			return err
		}
		sender = newBlockSender(conn)
		return sender.check()
	})
	warmUp(b, 1, func() error { return sender.send(16) })
	b.Run("64KB", sender.benchmark)
}
