package stdlib

import (
	"crypto/rand"
	"crypto/rsa"
	"testing"
)

// BenchmarkRSAKeyGen measures generating RSA keys; its time varies with the luck of finding primes.
//
// crypto/rsa takes no seed, so that nothing about the keys can be fixed; and one key takes longer than
// a usual sample, so that there is no warm-up, and the checks are on a key that was timed.
func BenchmarkRSAKeyGen(b *testing.B) {
	for _, size := range []struct {
		name string
		bits int
	}{{"Bits2048", 2048}, {"Bits4096", 4096}} {
		b.Run(size.name, func(b *testing.B) {
			var key *rsa.PrivateKey
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				var err error
				if key, err = rsa.GenerateKey(rand.Reader, size.bits); err != nil {
					b.Fatalf("rsa.GenerateKey: %v", err)
				}
			}
			b.StopTimer()
			if got := key.N.BitLen(); got != size.bits {
				b.Fatalf("rsa.GenerateKey made a modulus of %d bits, want %d", got, size.bits)
			}
			if err := key.Validate(); err != nil {
				b.Fatalf("rsa.GenerateKey made an invalid key: %v", err)
			}
		})
	}
}
