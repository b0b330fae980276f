// Package sealedfile is a temporary file for what is read again soon and must not stay: blocks of guests' data, in the
// order in which they were written.
//
// It is sealed with a key that only this process has, in memory, and has no name on systems that allow it: nothing of
// it can be read by others, and a process that is killed leaves nothing that could be. A map in memory would need no
// key, and as much memory as the list is long.
package sealedfile

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrFull is the error of a block for which there is no room.
var ErrFull = errors.New("the temporary file is as long as it may become")

// maxBlock bounds a block: a damaged length must not take the memory of the process.
const maxBlock = 64 << 20

const lengthSize = 4

// File takes blocks to its limit. One goroutine appends; any number may read what was appended before they began.
type File struct {
	file  *os.File
	seal  cipher.AEAD
	limit int64
	size  int64
	count uint64 // of blocks
	buf   []byte
}

// Create makes an empty file of at most so many bytes, which is to be closed. One that is not is removed with the
// process.
func Create(limit int64) (*File, error) {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	f, err := os.CreateTemp("", "guestflow-*")
	if err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	_ = os.Remove(f.Name()) // some systems cannot until it is closed
	return &File{file: f, seal: seal, limit: limit}, nil
}

// Append writes one more block, or ErrFull.
func (f *File) Append(block []byte) error {
	length := len(block) + f.seal.Overhead()
	if len(block) > maxBlock || f.size+int64(lengthSize+length) > f.limit {
		return ErrFull
	}
	f.buf = binary.LittleEndian.AppendUint32(f.buf[:0], uint32(length)) // bounded by maxBlock
	f.buf = f.seal.Seal(f.buf, nonce(f.count), block, nil)
	if _, err := f.file.WriteAt(f.buf, f.size); err != nil {
		return fmt.Errorf("write a temporary file: %w", err)
	}
	f.size += int64(len(f.buf))
	f.count++
	return nil
}

// nonce is that of a block: the key is of this file alone, and each block is sealed once.
func nonce(n uint64) []byte { return binary.LittleEndian.AppendUint64(make([]byte, 4, 12), n) }

// Reader reads the blocks of a file. It is for one goroutine.
type Reader struct {
	of  *File
	in  *io.SectionReader
	n   uint64
	buf []byte
}

// Reader returns a reader that begins at the first block.
func (f *File) Reader() *Reader { return &Reader{of: f, in: io.NewSectionReader(f.file, 0, f.size)} }

// Next returns the next block, which is the caller's, or io.EOF.
func (r *Reader) Next() ([]byte, error) {
	var head [lengthSize]byte
	if _, err := io.ReadFull(r.in, head[:]); errors.Is(err, io.EOF) {
		return nil, io.EOF
	} else if err != nil {
		return nil, fmt.Errorf("read a temporary file: %w", err)
	}
	length := int64(binary.LittleEndian.Uint32(head[:]))
	if length > r.of.size {
		return nil, errors.New("read a temporary file: it is damaged")
	}
	if int64(cap(r.buf)) < length {
		r.buf = make([]byte, length)
	}
	r.buf = r.buf[:length]
	if _, err := io.ReadFull(r.in, r.buf); err != nil {
		return nil, fmt.Errorf("read a temporary file: %w", err)
	}
	block, err := r.of.seal.Open(nil, nonce(r.n), r.buf, nil)
	if err != nil {
		return nil, fmt.Errorf("read a temporary file: it is damaged: %w", err)
	}
	r.n++
	return block, nil
}

// Close removes the file.
func (f *File) Close() error {
	name := f.file.Name()
	err := f.file.Close()
	if gone := os.Remove(name); err == nil && gone != nil && !errors.Is(gone, os.ErrNotExist) {
		err = gone
	}
	return err
}
