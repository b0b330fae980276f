// Package seen finds what comes twice in a stream of hashes, exactly, in memory that does not grow with the stream.
//
// A map would take 40 bytes each. Here a filter of fixed size says of nearly all that are new that they are new, and
// the rest is looked up where all are kept: in small buffers by a part of the hash, and from there in a temporary file,
// so that one look-up is one read. Sorting in a second pass would need no filter, but a stream needs the answer at
// once.
//
// The file has no name on systems that allow it, and holds hashes and numbers only.
package seen

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
)

// Hash must be evenly spread in its first five and last six bytes, as hashes and UUIDs of version 5 are.
type Hash [16]byte

const (
	// The filter's lines are 2 MiB: of a million hashes, a few in a thousand that are new are looked up for nothing.
	// Beyond that it only becomes slower, at two million by a third.
	filterLines = 1 << 15
	probes      = 4
	// filterFrom is the number of hashes from which there is a filter. So few are looked up among four others, which is
	// less than to clear the filter for each of the times that a short list is read.
	filterFrom = 4 * bucketCount

	entrySize   = len(Hash{}) + 4
	bucketCount = 512
	// A place's buffer has room for 102 entries, and all of them take 1 MiB: of the first 30,000 hashes none goes to
	// the file.
	bufferSize = 102 * entrySize
	// firstSize is what a place's buffer has room for at first. Most places of a short list stay below.
	firstSize = 4 * entrySize
	// bucketStride is how far apart places begin in the file, which has holes between them. An even spread fills one at
	// 100 million, and some file systems end at 4 GiB.
	bucketStride = 4 << 20
)

// Set is for one goroutine.
type Set struct {
	filter  [][8]uint64 // nil until there are filterFrom hashes
	added   int
	buckets [bucketCount]bucket
	file    *os.File
	read    []byte

	prefetched uint64 // nothing; without it a compiler may leave out what Prefetch reads
}

type bucket struct {
	buffered []byte
	offset   int64 // in the file
	stored   int   // bytes there
}

// New returns an empty set, which must be closed.
func New() *Set { return &Set{} }

// Add adds a hash with a number, or returns the number that it was first added with.
func (s *Set) Add(h Hash, number int) (first int, twice bool, err error) {
	i := binary.LittleEndian.Uint16(h[10:]) % bucketCount
	p := &s.buckets[i]
	if s.filter == nil || s.testAndSet(h) {
		if first, twice = findEntry(p.buffered, h); !twice && p.stored > 0 {
			if first, twice, err = s.findInFile(p, h); err != nil {
				return 0, false, err
			}
		}
		if twice {
			return first, true, nil
		}
	}
	switch len(p.buffered) {
	case 0:
		if p.buffered == nil {
			p.buffered, p.offset = make([]byte, 0, firstSize), int64(i)*bucketStride
		}
	case firstSize:
		p.buffered = slices.Grow(p.buffered, bufferSize-firstSize)
	}
	p.buffered = binary.LittleEndian.AppendUint32(append(p.buffered, h[:]...),
		uint32(number)) // rows fit 32 bits
	if s.added++; s.filter == nil && (s.added == filterFrom || len(p.buffered) == bufferSize) {
		s.makeFilter()
	}
	if len(p.buffered) == bufferSize {
		err = s.flush(p)
	}
	return 0, false, err
}

// makeFilter begins the filter with all hashes so far. None is in the file yet, which nothing but the filter says.
func (s *Set) makeFilter() {
	s.filter = make([][8]uint64, filterLines)
	for i := range s.buckets {
		for entries := s.buckets[i].buffered; len(entries) > 0; entries = entries[entrySize:] {
			s.testAndSet(Hash(entries[:len(Hash{})]))
		}
	}
}

// Contains reports whether a hash was added.
func (s *Set) Contains(h Hash) (bool, error) {
	_, found, err := s.Find(h)
	return found, err
}

// Find returns the number that a hash was added with.
func (s *Set) Find(h Hash) (number int, found bool, err error) {
	p := &s.buckets[binary.LittleEndian.Uint16(h[10:])%bucketCount]
	number, found = findEntry(p.buffered, h)
	if found || p.stored == 0 {
		return number, found, nil
	}
	return s.findInFile(p, h)
}

// Prefetch says that a hash will be added soon. Its part of the filter is seldom in the processor's cache, and Add
// would wait for memory each time; for many that are expected one after another it waits once.
func (s *Set) Prefetch(h Hash) {
	if s.filter != nil {
		s.prefetched ^= s.filter[binary.LittleEndian.Uint32(h[12:])%filterLines][0]
	}
}

// testAndSet reports whether a hash may be there, and adds it to the filter. All its bits are in one line of the
// processor's cache.
func (s *Set) testAndSet(h Hash) bool {
	line := &s.filter[binary.LittleEndian.Uint32(h[12:])%filterLines]
	bits, there := binary.LittleEndian.Uint64(h[:]), true
	for range probes {
		word, bit := &line[bits>>6%8], uint64(1)<<(bits%64)
		there = there && *word&bit != 0
		*word |= bit
		bits >>= 9
	}
	return there
}

func findEntry(entries []byte, h Hash) (number int, found bool) {
	for ; len(entries) > 0; entries = entries[entrySize:] {
		if Hash(entries[:len(h)]) == h {
			return int(binary.LittleEndian.Uint32(entries[len(h):])), true
		}
	}
	return 0, false
}

func (s *Set) findInFile(p *bucket, h Hash) (number int, found bool, err error) {
	if cap(s.read) < p.stored {
		s.read = make([]byte, 2*p.stored)
	}
	all := s.read[:p.stored]
	if _, err := s.file.ReadAt(all, p.offset); err != nil {
		return 0, false, fmt.Errorf("look for duplicates: %w", err)
	}
	number, found = findEntry(all, h)
	return number, found, nil
}

func (s *Set) flush(p *bucket) error {
	if s.file == nil {
		f, err := os.CreateTemp("", "guestflow-*")
		if err != nil {
			return fmt.Errorf("keep what was seen: %w", err)
		}
		_ = os.Remove(f.Name()) // some systems cannot until it is closed
		s.file = f
	}
	if _, err := s.file.WriteAt(p.buffered, p.offset+int64(p.stored)); err != nil {
		return fmt.Errorf("keep what was seen: %w", err)
	}
	p.stored += len(p.buffered)
	p.buffered = p.buffered[:0]
	return nil
}

// Close deletes the file.
func (s *Set) Close() error {
	if s.file == nil {
		return nil
	}
	name := s.file.Name()
	err := s.file.Close()
	if gone := os.Remove(name); err == nil && !errors.Is(gone, os.ErrNotExist) {
		err = gone
	}
	s.file = nil
	return err
}
