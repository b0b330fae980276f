package sealedfile

import (
	"encoding/binary"
	"errors"
	"math"
)

// ErrDamaged says that what was kept is not what was written.
var ErrDamaged = errors.New("the rows that were kept of the file are damaged; run the same command again")

// Fields reads what was appended to a block, or to a record, field by field; zeros after the first error.
type Fields struct {
	Data []byte // that is not read yet
	bad  bool
}

// Err is ErrDamaged once a field was asked for that is not there.
func (f *Fields) Err() error {
	if f.bad {
		return ErrDamaged
	}
	return nil
}

// Take reads n bytes.
func (f *Fields) Take(n int) []byte {
	if n < 0 || n > len(f.Data) {
		f.Data, f.bad = nil, true
		return make([]byte, 16) // as much as any field of fixed size has
	}
	part := f.Data[:n]
	f.Data = f.Data[n:]
	return part
}

// Number reads a number that an int can hold.
func (f *Fields) Number() int {
	number, n := binary.Uvarint(f.Data)
	if n <= 0 || number > math.MaxInt32 {
		f.Data, f.bad = nil, true
		return 0
	}
	f.Take(n)
	return int(number)
}

// Text reads a text that stands behind its length.
func (f *Fields) Text() string { return string(f.Take(f.Number())) }
