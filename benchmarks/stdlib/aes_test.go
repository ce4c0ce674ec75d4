package stdlib

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"hash/crc32"
	"testing"
)

// aesSizes are the message sizes, with known answers for pattern(bytes): the CRC-32 of its ciphertext
// under AES-256-CTR and its tag under AES-256-GCM, with the keys, IV, nonce and additional data below.
// They were computed with OpenSSL.
var aesSizes = []struct {
	name   string
	bytes  int
	ctrCRC uint32
	gcmTag string
}{
	{"Size1KB", 1 << 10, 0xc613ed8e, "92d6d43a3a310b04adfbf89902199b6c"},
	{"Size64KB", 64 << 10, 0x274cf1c3, "732ddf6aa14551b7777feecdb5af671a"},
	{"Size1MB", 1 << 20, 0x10957268, "310a2c329e4e188ddd94470071667a39"},
}

// CTR-AES256.Encrypt of NIST SP 800-38A, F.5.5.
const (
	ctrKey        = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"
	ctrIV         = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
	ctrPlaintext  = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
	ctrCiphertext = "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c52b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6"
)

// Test case 16 of "The Galois/Counter Mode of Operation (GCM)" by McGrew and Viega.
const (
	gcmKey        = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
	gcmNonce      = "cafebabefacedbaddecaf888"
	gcmAdditional = "feedfacedeadbeeffeedfacedeadbeefabaddad2"
	gcmPlaintext  = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
	gcmSealed     = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" + "76fc6ece0f4e1768cddf8853bb2d551b"
)

// unhex returns the bytes of a constant in hexadecimal.
func unhex(b *testing.B, s string) []byte {
	b.Helper()
	data, err := hex.DecodeString(s)
	if err != nil {
		b.Fatalf("%q: %v", s, err)
	}
	return data
}

// aesBlock returns AES with the key in hexadecimal.
func aesBlock(b *testing.B, key string) cipher.Block {
	b.Helper()
	block, err := aes.NewCipher(unhex(b, key))
	if err != nil {
		b.Fatalf("aes.NewCipher: %v", err)
	}
	return block
}

// BenchmarkAESCTR measures AES-256-CTR encryption of pieces of 1 KB to 1 MB of one stream.
func BenchmarkAESCTR(b *testing.B) {
	block, iv := aesBlock(b, ctrKey), unhex(b, ctrIV)
	crypt := func(dst, src []byte) { cipher.NewCTR(block, iv).XORKeyStream(dst, src) }

	got := make([]byte, len(ctrPlaintext)/2)
	if crypt(got, unhex(b, ctrPlaintext)); hex.EncodeToString(got) != ctrCiphertext {
		b.Fatalf("AES-CTR of the NIST test vector gave %x, want %s", got, ctrCiphertext)
	}
	for _, size := range aesSizes {
		b.Run(size.name, func(b *testing.B) {
			plain, encrypted, decrypted := pattern(size.bytes), make([]byte, size.bytes), make([]byte, size.bytes)
			crypt(encrypted, plain)
			crypt(decrypted, encrypted)
			if crc := crc32.ChecksumIEEE(encrypted); crc != size.ctrCRC || !bytes.Equal(decrypted, plain) {
				b.Fatalf("AES-CTR ciphertext has CRC %#08x, want %#08x; or it doesn't decrypt", crc, size.ctrCRC)
			}
			b.SetBytes(int64(size.bytes))
			stream := cipher.NewCTR(block, iv)
			measure(b, func() { stream.XORKeyStream(encrypted, plain) })
			sinkBytes = encrypted
		})
	}
}

// BenchmarkAESGCM measures sealing messages of 1 KB to 1 MB with AES-256-GCM into a reused buffer.
func BenchmarkAESGCM(b *testing.B) {
	aead, err := cipher.NewGCM(aesBlock(b, gcmKey))
	if err != nil {
		b.Fatalf("cipher.NewGCM: %v", err)
	}
	nonce, additional := unhex(b, gcmNonce), unhex(b, gcmAdditional)

	if got := aead.Seal(nil, nonce, unhex(b, gcmPlaintext), additional); hex.EncodeToString(got) != gcmSealed {
		b.Fatalf("AES-GCM of the published test case gave %x, want %s", got, gcmSealed)
	}
	for _, size := range aesSizes {
		b.Run(size.name, func(b *testing.B) {
			plain := pattern(size.bytes)
			sealed := aead.Seal(nil, nonce, plain, additional)
			if tag := hex.EncodeToString(sealed[len(plain):]); tag != size.gcmTag {
				b.Fatalf("AES-GCM gave tag %s, want %s", tag, size.gcmTag)
			}
			opened, err := aead.Open(nil, nonce, sealed, additional)
			if err != nil || !bytes.Equal(opened, plain) {
				b.Fatalf("AES-GCM doesn't open what it sealed, error %v", err)
			}
			sealed[len(sealed)-1] ^= 1
			if _, err := aead.Open(opened[:0], nonce, sealed, additional); err == nil {
				b.Fatal("AES-GCM opens a message with a changed tag")
			}
			b.SetBytes(int64(size.bytes))
			measure(b, func() { sealed = aead.Seal(sealed[:0], nonce, plain, additional) })
			sinkBytes = sealed
		})
	}
}
