package sealedfile

import (
	"encoding/binary"
	"iter"
	"slices"
	"sort"
)

const (
	// recordBlock is about how much of records is written together. One that is asked for alone has its block opened.
	recordBlock = 4 << 10
	// memoryBlocks is how many blocks stay in memory before there is a file: 256 KiB.
	memoryBlocks = 64
	// recordsLimit bounds the file.
	recordsLimit = 1 << 30
)

// Records are many short texts by their numbers, in the order in which they came. The first 256 KiB stay in memory, where the
// collector finds no pointers in it; what comes after it goes to a File. The zero Records has none. They are for one goroutine.
type Records struct {
	file   *File
	blocks []recordsBlock
	last   []byte // the block that is being filled
	count  int

	opened int // the number of the block in space, and 1; 0 for none
	space  []byte
}

type recordsBlock struct {
	first int    // number of its first record
	text  []byte // where it is in memory
	at    Block
}

// Append adds a record, whose number is how many there were.
func (r *Records) Append(record []byte) error {
	if r.last == nil {
		r.last = make([]byte, 0, recordBlock+recordBlock/4)
	}
	if len(r.last) == 0 {
		r.blocks = append(r.blocks, recordsBlock{first: r.count})
	}
	r.last = append(binary.AppendUvarint(r.last, uint64(len(record))), record...)
	if r.count++; len(r.last) < recordBlock {
		return nil
	}
	return r.end()
}

// end puts the block that was filled where it stays.
func (r *Records) end() (err error) {
	b := &r.blocks[len(r.blocks)-1]
	if len(r.blocks) <= memoryBlocks {
		b.text = slices.Clone(r.last)
	} else {
		if r.file == nil {
			if r.file, err = Create(recordsLimit); err != nil {
				return err
			}
		}
		if b.at, err = r.file.Append(r.last); err != nil {
			return err
		}
	}
	r.last = r.last[:0]
	return nil
}

// block returns the text of a block.
func (r *Records) block(n int) (text []byte, err error) {
	b := r.blocks[n]
	switch {
	case n == len(r.blocks)-1 && len(r.last) > 0:
		return r.last, nil
	case b.text != nil:
		return b.text, nil
	case r.opened != n+1:
		r.opened = 0
		if r.space, err = r.file.Read(b.at, r.space); err != nil {
			return nil, err
		}
		r.opened = n + 1
	}
	return r.space, nil
}

// Read returns a record, which is good until the next one is read or added.
func (r *Records) Read(n int) ([]byte, error) {
	at := sort.Search(len(r.blocks), func(i int) bool { return r.blocks[i].first > n }) - 1
	text, err := r.block(at)
	if err != nil {
		return nil, err
	}
	var record []byte
	for i := r.blocks[at].first; i <= n; i++ {
		record, text = cut(text)
	}
	return record, nil
}

// All returns the records in their order; each is good until the next one.
func (r *Records) All() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for n := range r.blocks {
			text, err := r.block(n)
			if err != nil {
				yield(nil, err)
				return
			}
			for len(text) > 0 {
				var record []byte
				if record, text = cut(text); !yield(record, nil) {
					return
				}
			}
		}
	}
}

// cut takes the first record off a block.
func cut(text []byte) (record, rest []byte) {
	size, n := binary.Uvarint(text)
	end := n + int(size) // of a block that Append has written
	return text[n:end], text[end:]
}

// Close forgets the records, and removes what was written of them.
func (r *Records) Close() error {
	file := r.file
	*r = Records{}
	if file == nil {
		return nil
	}
	return file.Close()
}
