package stdlib

import (
	"bufio"
	"bytes"
	"io"
	"runtime"
	"strings"
	"testing"
)

// readAllHeap is what a program that reads might hold anyway. With nothing alive, waking the collector's workers
// decides what is read: 480 or 750 ns for 1 KB, as the machine pleases. With 8 MB and more alive a short run sees
// another part of the collector's period than a long one.
const readAllHeap = 4 << 20

// BenchmarkIOReadAll measures io.ReadAll from memory, which grows its buffer as it reads.
func BenchmarkIOReadAll(b *testing.B) {
	live := make([]byte, readAllHeap)
	defer runtime.KeepAlive(live)
	for _, size := range []struct {
		name  string
		bytes int
	}{{"Size1KB", 1 << 10}, {"Size1MB", 1 << 20}} {
		b.Run(size.name, func(b *testing.B) {
			data := pattern(size.bytes)
			r := bytes.NewReader(data)
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, data) {
				b.Fatalf("io.ReadAll gave %d bytes that differ from the %d of the source, error %v", len(got), len(data), err)
			}
			b.SetBytes(int64(len(data)))
			measure(b, func() {
				r.Reset(data)
				got, err := io.ReadAll(r)
				if err != nil || len(got) != len(data) {
					b.Fatalf("io.ReadAll gave %d bytes, error %v, want %d bytes", len(got), err, len(data))
				}
				sinkBytes = got
			})
		})
	}
}

// Buffered I/O moves bufferedSize bytes in pieces that don't divide bufio's buffer of 4 KB.
const (
	bufferedSize  = 64 << 10
	bufferedPiece = 48
)

// BenchmarkBufferedIO measures moving 64 KB through bufio in pieces of 48 bytes.
func BenchmarkBufferedIO(b *testing.B) {
	data := pattern(bufferedSize)

	b.Run("Reader", func(b *testing.B) {
		source := bytes.NewReader(data)
		r := bufio.NewReader(source)
		got := make([]byte, bufferedSize)
		read := func() {
			source.Reset(data)
			r.Reset(source)
			for rest := got; len(rest) > 0; {
				n, err := io.ReadFull(r, rest[:min(bufferedPiece, len(rest))])
				if err != nil {
					b.Fatalf("read through bufio.Reader: %v", err)
				}
				rest = rest[n:]
			}
		}
		read()
		if _, err := r.ReadByte(); err != io.EOF || !bytes.Equal(got, data) {
			b.Fatalf("bufio.Reader gave other bytes than the source has, or no io.EOF after them but %v", err)
		}
		b.SetBytes(bufferedSize)
		measure(b, read)
		sinkBytes = got
	})

	b.Run("Writer", func(b *testing.B) {
		var target bytes.Buffer
		w := bufio.NewWriter(&target)
		write := func() {
			target.Reset()
			w.Reset(&target)
			for rest := data; len(rest) > 0; {
				n, err := w.Write(rest[:min(bufferedPiece, len(rest))])
				if err != nil {
					b.Fatalf("write through bufio.Writer: %v", err)
				}
				rest = rest[n:]
			}
			if err := w.Flush(); err != nil {
				b.Fatalf("flush bufio.Writer: %v", err)
			}
		}
		write()
		if !bytes.Equal(target.Bytes(), data) {
			b.Fatalf("bufio.Writer passed on %d bytes that differ from the %d written", target.Len(), len(data))
		}
		b.SetBytes(bufferedSize)
		measure(b, write)
		sinkBytes = target.Bytes()
	})
}

// BenchmarkIOWriteString measures writing 64 short strings with io.WriteString into a bytes.Buffer.
func BenchmarkIOWriteString(b *testing.B) {
	words := strings.Split(strings.Repeat("GET /index.html HTTP/1.1 200 1043 - Mozilla/5.0 ", 10), " ")[:64]
	want := strings.Join(words, "")
	var target bytes.Buffer
	write := func(w io.Writer) {
		for _, word := range words {
			if _, err := io.WriteString(w, word); err != nil {
				b.Fatalf("io.WriteString: %v", err)
			}
		}
	}
	write(&target)
	if target.String() != want {
		b.Fatalf("io.WriteString wrote %q, want %q", target.String(), want)
	}
	b.SetBytes(int64(len(want)))
	measure(b, func() {
		target.Reset()
		write(&target)
	})
	sinkBytes = target.Bytes()
}
