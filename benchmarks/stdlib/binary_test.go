package stdlib

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// packet is a fixed-size struct with every kind of field that encoding/binary treats on its own.
type packet struct {
	Magic   uint32
	Version uint8
	Urgent  bool
	Length  uint16
	Seq     uint64
	Delta   int32
	Ratio   float32
	Time    float64
	Address [4]byte
	Ports   [4]uint16
	Inner   struct{ X, Y int16 }
}

// packetValue and packetWire are the same packet, in memory and in big-endian bytes.
var (
	packetValue = packet{
		Magic: 0xcafebabe, Version: 7, Urgent: true, Length: 0x1234, Seq: 0x0102030405060708,
		Delta: -2, Ratio: 1.5, Time: -2.25, Address: [4]byte{192, 0, 2, 1}, Ports: [4]uint16{80, 443, 8080, 65535},
		Inner: struct{ X, Y int16 }{X: -1, Y: 258},
	}
	packetWire = []byte("\xca\xfe\xba\xbe" + "\x07" + "\x01" + "\x12\x34" + "\x01\x02\x03\x04\x05\x06\x07\x08" +
		"\xff\xff\xff\xfe" + "\x3f\xc0\x00\x00" + "\xc0\x02\x00\x00\x00\x00\x00\x00" + "\xc0\x00\x02\x01" +
		"\x00\x50\x01\xbb\x1f\x90\xff\xff" + "\xff\xff\x01\x02")
)

// BenchmarkBinaryEncode measures binary.Append of a 48-byte fixed-size struct to a reused buffer.
func BenchmarkBinaryEncode(b *testing.B) {
	b.Run("Append", func(b *testing.B) {
		value := packetValue
		buf, err := binary.Append(nil, binary.BigEndian, &value)
		if err != nil || !bytes.Equal(buf, packetWire) {
			b.Fatalf("binary.Append gave % x, %v, want % x", buf, err, packetWire)
		}
		b.SetBytes(int64(len(packetWire)))
		measure(b, func() {
			buf, err = binary.Append(buf[:0], binary.BigEndian, &value)
			if err != nil {
				b.Fatalf("binary.Append: %v", err)
			}
		})
		sinkBytes = buf
	})
}

// BenchmarkBinaryDecode measures binary.Read of a 48-byte fixed-size struct from memory.
func BenchmarkBinaryDecode(b *testing.B) {
	b.Run("Read", func(b *testing.B) {
		var value packet
		r := bytes.NewReader(packetWire)
		if err := binary.Read(r, binary.BigEndian, &value); err != nil || value != packetValue {
			b.Fatalf("binary.Read gave %+v, %v, want %+v", value, err, packetValue)
		}
		b.SetBytes(int64(len(packetWire)))
		measure(b, func() {
			r.Reset(packetWire)
			if err := binary.Read(r, binary.BigEndian, &value); err != nil {
				b.Fatalf("binary.Read: %v", err)
			}
		})
		sinkUint64 = value.Seq
	})
}
