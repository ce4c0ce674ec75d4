package stdlib

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"hash/fnv"
	"testing"

	"golang.org/x/crypto/sha3"
)

// hashSize is the size of the message that every hash is measured on, pattern(hashSize).
const hashSize = 8 << 10

// measureHash times hashing the message. The hash must give the published digest of a test vector, and
// of the message the digest ofMessage, which was computed in Python (hashlib, zlib).
func measureHash(b *testing.B, h hash.Hash, vector, ofVector, ofMessage string) {
	b.Helper()
	message, sum := pattern(hashSize), make([]byte, 0, h.Size())
	digest := func(data []byte) {
		h.Reset()
		_, _ = h.Write(data) // a hash.Hash never returns an error
		sum = h.Sum(sum[:0])
	}
	if digest([]byte(vector)); hex.EncodeToString(sum) != ofVector {
		b.Fatalf("digest of %q is %x, want %s", vector, sum, ofVector)
	}
	if digest(message); hex.EncodeToString(sum) != ofMessage {
		b.Fatalf("digest of the %d-byte message is %x, want %s", hashSize, sum, ofMessage)
	}
	b.SetBytes(hashSize)
	measure(b, func() { digest(message) })
	sinkBytes = sum
}

// BenchmarkSHA measures SHA-1, SHA-256, SHA-512 and SHA3-256 (of golang.org/x/crypto) of 8 KB.
func BenchmarkSHA(b *testing.B) {
	// Of "abc": the examples of FIPS 180 and FIPS 202. SHA3-256 is x/crypto's because crypto/sha3 is newer
	// than Go 1.23; where there is a crypto/sha3, recent versions of x/crypto pass on to it.
	b.Run("SHA1", func(b *testing.B) {
		measureHash(b, sha1.New(), "abc", "a9993e364706816aba3e25717850c26c9cd0d89d",
			"af99e56a73bb60c07a7f7154be3381d665673e75")
	})
	b.Run("SHA256", func(b *testing.B) {
		measureHash(b, sha256.New(), "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
			"25df2449b2e5a35fea14e02a7158e283801a1069c9f84631b9a9dacb2f809a7f")
	})
	b.Run("SHA512", func(b *testing.B) {
		measureHash(b, sha512.New(), "abc",
			"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"+
				"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
			"80b7e9a1fceebc4d2552a21ef78c0bc39008b9454f6f647f06ac2767de3a0225"+
				"dcfd517f71604cfc5a6dfc2eba5106da66c26eaef3141249cc699a085f600e81")
	})
	b.Run("SHA3_256", func(b *testing.B) {
		measureHash(b, sha3.New256(), "abc", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
			"ae1e2d41aabdd5f20028d82dbd03bb02c64de6021b9c5afb5db3bec5b415528c")
	})
}

// BenchmarkMD5 measures MD5 of 8 KB.
func BenchmarkMD5(b *testing.B) {
	// Of "abc": RFC 1321, A.5.
	measureHash(b, md5.New(), "abc", "900150983cd24fb0d6963f7d28e17f72", "5756928d3feb9c830c61f92b56416d95")
}

// BenchmarkCRC32 measures CRC-32 with the IEEE polynomial of 8 KB.
func BenchmarkCRC32(b *testing.B) {
	b.Run("IEEE", func(b *testing.B) {
		// Of "123456789": the check value of every catalogue of CRCs.
		measureHash(b, crc32.NewIEEE(), "123456789", "cbf43926", "fe7c712f")
	})
}

// BenchmarkFNVHash measures the 64-bit FNV-1a hash of 8 KB.
func BenchmarkFNVHash(b *testing.B) {
	b.Run("FNV1a_64", func(b *testing.B) {
		// Of "foobar": the test vectors of the FNV reference code.
		measureHash(b, fnv.New64a(), "foobar", "85944171f73967e8", "2fd057dbd9e66365")
	})
}
