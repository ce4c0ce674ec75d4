package networking

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"runtime"
	"testing"
)

// BenchmarkTCPConnect measures opening, accepting and closing a TCP connection over loopback.
func BenchmarkTCPConnect(b *testing.B) {
	// The server closes first and the client waits for it: one operation is the
	// whole life of a connection on both sides, and no backlog builds up.
	server := serveTCP(b, net.Conn.Close)
	connect := func() error { return connectTCP(server.address()) }
	server.expect(b, 5, times(5, connect))

	warmUp(b, 1, connect)
	b.Run("Sequential", func(b *testing.B) { repeat(b, connect) })
	warmUp(b, runtime.GOMAXPROCS(0), connect)
	b.Run("Parallel", func(b *testing.B) { repeatParallel(b, connect) })
}

// connectTCP opens a connection, waits until the server has closed it and closes it.
func connectTCP(address string) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	var one [1]byte
	if n, err := conn.Read(one[:]); n != 0 || err != io.EOF {
		return fmt.Errorf("read %d bytes and %v, want the server's close", n, err)
	}
	return resetOnClose(conn)
}

// BenchmarkTCPKeepAlive measures a round trip of 64 bytes on a TCP connection that is kept open.
func BenchmarkTCPKeepAlive(b *testing.B) {
	server := serveTCP(b, echo)
	var conn net.Conn
	server.expect(b, 1, func() (err error) {
		conn, err = net.Dial("tcp", server.address())
		if err != nil {
			return err
		}
		b.Cleanup(func() { _ = conn.Close() })
		return roundTrip(conn, make([]byte, 64), make([]byte, 64))
	})

	request, response := randomBytes(64), make([]byte, 64)
	exchange := func() error { return roundTrip(conn, request, response) }
	server.expect(b, 0, times(100, func() error {
		clear(response)
		if err := exchange(); err != nil {
			return err
		}
		if !bytes.Equal(response, request) {
			return fmt.Errorf("received %x, want %x", response, request)
		}
		return nil
	}))
	warmUp(b, 1, exchange)
	b.Run("Default", func(b *testing.B) { repeat(b, exchange) })
}

// echo sends back what it reads until the other side closes.
func echo(conn net.Conn) error {
	defer conn.Close()
	buffer := make([]byte, 1024)
	for {
		n, err := conn.Read(buffer)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := conn.Write(buffer[:n]); err != nil {
			return err
		}
	}
}

// roundTrip sends a request and waits for the whole of the response.
func roundTrip(conn net.Conn, request, response []byte) error {
	if _, err := conn.Write(request); err != nil {
		return err
	}
	_, err := io.ReadFull(conn, response)
	return err
}

// BenchmarkTCPThroughput measures sending blocks of 64 KB over one TCP connection.
func BenchmarkTCPThroughput(b *testing.B) {
	server := serveTCP(b, func(conn net.Conn) error {
		defer conn.Close()
		if err := fixBuffers(conn); err != nil {
			return err
		}
		return receiveBlocks(conn)
	})
	var sender *blockSender
	server.expect(b, 1, func() error {
		conn, err := net.Dial("tcp", server.address())
		if err != nil {
			return err
		}
		b.Cleanup(func() { _ = conn.Close() })
		if err := fixBuffers(conn); err != nil {
			return err
		}
		sender = newBlockSender(conn)
		return sender.check()
	})
	warmUp(b, 1, func() error { return sender.send(16) })
	b.Run("64KB", sender.benchmark)
}
