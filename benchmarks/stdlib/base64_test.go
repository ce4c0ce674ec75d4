package stdlib

import (
	"bytes"
	"encoding/base64"
	"testing"
)

// BenchmarkBase64 measures standard base64 encoding and decoding of 8 KB into a reused buffer.
func BenchmarkBase64(b *testing.B) {
	// Of RFC 4648, section 10.
	if got := base64.StdEncoding.EncodeToString([]byte("fooba")); got != "Zm9vYmE=" {
		b.Fatalf(`base64 of "fooba" is %q, want "Zm9vYmE="`, got)
	}
	plain := pattern(8 << 10)
	encoded := make([]byte, base64.StdEncoding.EncodedLen(len(plain)))
	decoded := make([]byte, base64.StdEncoding.DecodedLen(len(encoded)))
	base64.StdEncoding.Encode(encoded, plain)
	if n, err := base64.StdEncoding.Decode(decoded, encoded); err != nil || !bytes.Equal(decoded[:n], plain) {
		b.Fatalf("base64 round trip of %d bytes gave %d other bytes, error %v", len(plain), n, err)
	}

	b.Run("Encode", func(b *testing.B) {
		b.SetBytes(int64(len(plain)))
		measure(b, func() { base64.StdEncoding.Encode(encoded, plain) })
		sinkBytes = encoded
	})
	b.Run("Decode", func(b *testing.B) {
		b.SetBytes(int64(len(plain)))
		measure(b, func() {
			if _, err := base64.StdEncoding.Decode(decoded, encoded); err != nil {
				b.Fatalf("base64 decode: %v", err)
			}
		})
		sinkBytes = decoded
	})
}
