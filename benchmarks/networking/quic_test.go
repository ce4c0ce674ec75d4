package networking

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"

	"github.com/quic-go/quic-go"
)

// BenchmarkQUIC measures QUIC over loopback: a full handshake, and sending blocks of 64 KB on one stream.
func BenchmarkQUIC(b *testing.B) {
	// Where the system limits the size of UDP buffers, quic-go says so among the results.
	b.Setenv("QUIC_GO_DISABLE_RECEIVE_BUFFER_WARNING", "true")
	client := &quic.Transport{Conn: listenUDP(b)}
	b.Cleanup(func() { _ = client.Close() })

	// The server tells when it has accepted a connection, which it does after the client
	// is ready, and when it has seen the connection close.
	seen := make(chan struct{})
	accepting := serveQUIC(b, func(conn quic.Connection) error {
		seen <- struct{}{}
		<-conn.Context().Done()
		seen <- struct{}{}
		return nil
	})
	handshake := func() error { return connectQUIC(client, accepting.address, seen) }
	accepting.expect(b, 3, times(3, handshake))
	warmUp(b, 1, handshake)
	b.Run("Handshake", func(b *testing.B) { repeat(b, handshake) })

	receiving := serveQUIC(b, receiveStream)
	var sender *blockSender
	receiving.expect(b, 1, func() error {
		conn, err := dialQUIC(client, receiving.address)
		if err != nil {
			return err
		}
		b.Cleanup(func() { _ = conn.CloseWithError(0, "") })
		stream, err := conn.OpenStreamSync(context.Background())
		if err != nil {
			return err
		}
		sender = newBlockSender(stream)
		return sender.check()
	})
	// It takes more than the usual warm-up until the congestion and flow-control windows
	// have grown and the size of the packets has been discovered.
	if err := sender.send(128); err != nil {
		b.Fatalf("warm-up: %v", err)
	}
	b.Run("Throughput", sender.benchmark)
}

// connectQUIC opens a connection, waits until the server has accepted it, closes it and
// waits until the server has seen that, so that no work of one operation is left for the next.
func connectQUIC(client *quic.Transport, address net.Addr, seen <-chan struct{}) error {
	conn, err := dialQUIC(client, address)
	if err != nil {
		return err
	}
	select {
	case <-seen:
	case <-conn.Context().Done():
		return fmt.Errorf("lost the connection: %w", context.Cause(conn.Context()))
	}
	if err := conn.CloseWithError(0, ""); err != nil {
		return err
	}
	<-seen
	return nil
}

// dialQUIC opens a connection and checks what its handshake has negotiated.
func dialQUIC(client *quic.Transport, address net.Addr) (quic.Connection, error) {
	config := clientTLS()
	config.NextProtos = []string{protocol}
	conn, err := client.Dial(context.Background(), address, config, nil)
	if err != nil {
		return nil, err
	}
	if state := conn.ConnectionState(); state.TLS.Version != tls.VersionTLS13 || state.TLS.DidResume || state.Used0RTT {
		err := fmt.Errorf("negotiated %s with resumed = %t and 0-RTT = %t, want a full handshake of TLS 1.3",
			tls.VersionName(state.TLS.Version), state.TLS.DidResume, state.Used0RTT)
		return nil, errors.Join(err, conn.CloseWithError(0, ""))
	}
	return conn, nil
}

// protocol is what client and server agree on by ALPN, without which there is no QUIC.
const protocol = "goperf"

// closed tells whether err says that the other side has closed the connection as planned.
func closed(err error) bool {
	var application *quic.ApplicationError
	return errors.As(err, &application) && application.Remote && application.ErrorCode == 0
}

// receiveStream receives blocks on the first stream of a connection until the client closes it.
func receiveStream(conn quic.Connection) error {
	stream, err := conn.AcceptStream(context.Background())
	if err != nil {
		return err
	}
	if err := receiveBlocks(stream); !closed(err) {
		return fmt.Errorf("the connection ended with %v, want the client's close", err)
	}
	return nil
}

// listenUDP opens a UDP socket on a free port of the loopback interface, closed when b is done.
func listenUDP(b *testing.B) *net.UDPConn {
	b.Helper()
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = socket.Close() })
	return socket
}

// quicServer is a running QUIC server.
type quicServer struct {
	connectionCounter
	address net.Addr
}

// serveQUIC gives each connection to handle, in a goroutine of its own, until b is done.
// An error of handle fails b.
func serveQUIC(b *testing.B, handle func(quic.Connection) error) *quicServer {
	b.Helper()
	transport := &quic.Transport{Conn: listenUDP(b)}
	config := serverTLS()
	config.NextProtos = []string{protocol}
	// Without tickets quic-go 0.48 panics on Go 1.26 and later, see
	// https://github.com/quic-go/quic-go/issues/5572. So the server sends a ticket on
	// every connection, but as no client keeps it, none can resume; dialQUIC checks that.
	config.SessionTicketsDisabled = false
	listener, err := transport.Listen(config, nil)
	if err != nil {
		b.Fatal(err)
	}
	server := &quicServer{address: listener.Addr()}
	var running sync.WaitGroup
	running.Add(1)
	go func() {
		defer running.Done()
		for {
			conn, err := listener.Accept(context.Background())
			if err != nil {
				return // closed below
			}
			server.accepted.Add(1)
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
		_ = listener.Close()
		running.Wait()
		_ = transport.Close()
	})
	return server
}
