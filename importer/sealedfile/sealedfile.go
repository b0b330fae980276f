// Package sealedfile is a temporary file for what is read again soon and must not stay: blocks of guests' data.
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
	"os"
	"slices"
)

// ErrFull is the error of a block for which there is no room.
var ErrFull = errors.New("the temporary file is as long as it may become")

// File takes blocks to its limit. One goroutine appends.
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

// Block is where a block of a file stands.
type Block struct {
	at     int64
	length int
	n      uint64
}

// Append writes one more block, or returns ErrFull.
func (f *File) Append(block []byte) (Block, error) {
	length := len(block) + f.seal.Overhead()
	if f.size+int64(length) > f.limit {
		return Block{}, ErrFull
	}
	f.buf = f.seal.Seal(f.buf[:0], nonce(f.count), block, nil)
	if _, err := f.file.WriteAt(f.buf, f.size); err != nil {
		return Block{}, fmt.Errorf("write a temporary file: %w", err)
	}
	b := Block{f.size, length, f.count}
	f.size += int64(length)
	f.count++
	return b, nil
}

// nonce is that of a block: the key is of this file alone, and each block is sealed once.
func nonce(n uint64) []byte { return binary.LittleEndian.AppendUint64(make([]byte, 4, 12), n) }

// Read returns a block, in the space that the caller has for it if there is enough. Any number of goroutines may read,
// and one append meanwhile.
func (f *File) Read(b Block, space []byte) ([]byte, error) {
	data := slices.Grow(space[:0], b.length)[:b.length]
	if _, err := f.file.ReadAt(data, b.at); err != nil {
		return nil, fmt.Errorf("read a temporary file: %w", err)
	}
	block, err := f.seal.Open(data[:0], nonce(b.n), data, nil)
	if err != nil {
		return nil, fmt.Errorf("read a temporary file: it is damaged: %w", err)
	}
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
