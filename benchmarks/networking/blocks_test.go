package networking

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"testing"
)

// blockSize is the size of the writes and reads of the throughput benchmarks.
const blockSize = 64 << 10

// Sizes of the messages around the blocks: the number of blocks that follow; and the
// number of bytes that have arrived with the checksum of the last block.
const (
	headerSize  = 8
	receiptSize = 8 + crc32.Size
)

// randomBytes returns n bytes that do not compress, the same on every call.
func randomBytes(n int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	return data
}

// blockSender sends blocks to a receiveBlocks at the other end of a stream.
type blockSender struct {
	stream io.ReadWriter
	block  []byte
	buffer [receiptSize]byte
}

func newBlockSender(stream io.ReadWriter) *blockSender {
	return &blockSender{stream: stream, block: randomBytes(blockSize)}
}

// send sends the block n times and waits for the receipt for all of them, so that
// nothing is left in the buffers of the stream when it returns.
func (s *blockSender) send(n int) error {
	header, receipt := s.buffer[:headerSize], s.buffer[:receiptSize]
	binary.BigEndian.PutUint64(header, uint64(n))
	if _, err := s.stream.Write(header); err != nil {
		return err
	}
	for range n {
		if _, err := s.stream.Write(s.block); err != nil {
			return err
		}
	}
	if _, err := io.ReadFull(s.stream, receipt); err != nil {
		return err
	}
	if got, want := binary.BigEndian.Uint64(receipt), uint64(n)*blockSize; got != want {
		return fmt.Errorf("%d bytes arrived, want %d", got, want)
	}
	if got, want := binary.BigEndian.Uint32(receipt[8:]), crc32.ChecksumIEEE(s.block); got != want {
		return fmt.Errorf("a block with checksum %08x arrived, want %08x", got, want)
	}
	return nil
}

// check sends some blocks of different content.
func (s *blockSender) check() error {
	for i := range 4 {
		s.block[i*1000]++
		if err := s.send(i + 1); err != nil {
			return err
		}
	}
	return nil
}

// benchmark sends b.N blocks.
func (s *blockSender) benchmark(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(blockSize)
	if err := s.send(b.N); err != nil {
		b.Fatal(err)
	}
}

// receiveBlocks reads blocks and writes receipts until the other side ends the stream.
func receiveBlocks(stream io.ReadWriter) error {
	block := make([]byte, blockSize)
	var header [headerSize]byte
	var receipt [receiptSize]byte
	for {
		if _, err := io.ReadFull(stream, header[:]); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		var received uint64
		for range binary.BigEndian.Uint64(header[:]) {
			n, err := io.ReadFull(stream, block)
			if err != nil {
				return err
			}
			received += uint64(n)
		}
		binary.BigEndian.PutUint64(receipt[:], received)
		binary.BigEndian.PutUint32(receipt[8:], crc32.ChecksumIEEE(block))
		if _, err := stream.Write(receipt[:]); err != nil {
			return err
		}
	}
}
