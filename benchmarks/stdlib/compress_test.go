package stdlib

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
)

// The text to compress, which must not change unnoticed: it is what is measured.
const (
	logTextSize = 64 << 10
	logTextCRC  = 0xe04bcd40
)

// logText returns logTextSize bytes of an access log, always the same ones.
var logText = sync.OnceValue(func() []byte {
	random := rand.New(rand.NewPCG(1, 2))
	methods := []string{"GET", "GET", "GET", "HEAD", "POST"}
	pages := []string{"/", "/index.html", "/downloads/", "/blog/2024/08/release-notes", "/api/v1/orders", "/static/main.css"}
	agents := []string{"Mozilla/5.0 (X11; Linux x86_64; rv:129.0) Gecko/20100101 Firefox/129.0", "curl/8.9.1", "Go-http-client/2.0"}
	var text bytes.Buffer
	for second := 0; text.Len() < logTextSize; second++ {
		fmt.Fprintf(&text, "203.0.113.%d - - [13/Aug/2024:%02d:%02d:%02d +0000] \"%s %s?id=%x HTTP/1.1\" %d %d \"-\" \"%s\"\n",
			random.IntN(256), second/3600, second/60%60, second%60, methods[random.IntN(len(methods))],
			pages[random.IntN(len(pages))], random.Uint32(), 200+random.IntN(2)*104, random.IntN(50_000),
			agents[random.IntN(len(agents))])
	}
	return text.Bytes()[:logTextSize]
})

// compressor is what gzip.Writer and flate.Writer have in common.
type compressor interface {
	io.WriteCloser
	Reset(io.Writer)
}

// compressLeaves runs the leaves Compress and Decompress. They reuse w and r, as a server does;
// reset makes r read from the start of another source.
func compressLeaves(b *testing.B, w compressor, r io.Reader, reset func(source io.Reader) error) {
	b.Helper()
	text := logText()
	if crc := crc32.ChecksumIEEE(text); crc != logTextCRC {
		b.Fatalf("the text to compress has CRC %#08x, want %#08x", crc, logTextCRC)
	}

	var compressed bytes.Buffer
	compress := func() error {
		compressed.Reset()
		w.Reset(&compressed)
		if _, err := w.Write(text); err != nil {
			return err
		}
		return w.Close()
	}
	var source bytes.Reader
	decompressed, end := make([]byte, len(text)), make([]byte, 1)
	decompress := func() error {
		source.Reset(compressed.Bytes())
		if err := reset(&source); err != nil {
			return err
		}
		if _, err := io.ReadFull(r, decompressed); err != nil {
			return err
		}
		// The end of the stream, where gzip verifies its checksum.
		if n, err := r.Read(end); n != 0 || err != io.EOF {
			return fmt.Errorf("%d bytes too many, error %w", n, err)
		}
		return nil
	}
	if err := compress(); err != nil {
		b.Fatalf("compress: %v", err)
	}
	if err := decompress(); err != nil {
		b.Fatalf("decompress: %v", err)
	}
	if !bytes.Equal(decompressed, text) {
		b.Fatal("decompressing gave another text than was compressed")
	}
	if compressed.Len() > len(text)/3 || source.Len() != 0 {
		b.Fatalf("%d bytes became %d compressed ones, %d of them unread; want under a third, all read",
			len(text), compressed.Len(), source.Len())
	}

	b.Run("Compress", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		measure(b, func() {
			if err := compress(); err != nil {
				b.Fatalf("compress: %v", err)
			}
		})
		sinkBytes = compressed.Bytes()
	})
	b.Run("Decompress", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		measure(b, func() {
			if err := decompress(); err != nil {
				b.Fatalf("decompress: %v", err)
			}
		})
		sinkBytes = decompressed
	})
}

// BenchmarkGzip measures gzip at the default level on 64 KB of an access log, both ways.
func BenchmarkGzip(b *testing.B) {
	r := new(gzip.Reader)
	compressLeaves(b, gzip.NewWriter(nil), r, r.Reset)
}

// BenchmarkDeflate measures raw DEFLATE at level 1, best speed, on 64 KB of an access log, both ways.
func BenchmarkDeflate(b *testing.B) {
	w, err := flate.NewWriter(nil, flate.BestSpeed)
	if err != nil {
		b.Fatalf("flate.NewWriter: %v", err)
	}
	r := flate.NewReader(bytes.NewReader(nil))
	compressLeaves(b, w, r, func(source io.Reader) error { return r.(flate.Resetter).Reset(source, nil) })
}
