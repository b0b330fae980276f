package chunk

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"guestflow/qflow"
)

// rowByRow begins what the version before wrote: rows one after the other, with each field as its length and itself,
// where it is not what the row before has. Chunks that are older are JSON, which never begins so.
const rowByRow = 1

// decodeBefore reads what versions before have written.
func decodeBefore(data []byte) ([]Row, error) {
	rows := []Row{}
	if len(data) == 0 || data[0] != rowByRow {
		var old []Row
		if err := json.Unmarshal(data, &old); err != nil {
			return nil, fmt.Errorf("decode a chunk: %w", err)
		}
		return append(rows, old...), nil
	}
	in := reader{data: data[1:], all: string(data[1:])}
	before := &Row{}
	for in.at < len(in.data) {
		rows = append(rows, Row{Row: in.number(), Line: in.number(), Guest: qflow.Guest{PlusOnes: in.number()}})
		r := &rows[len(rows)-1]
		copy(r.Content[:], in.bytes(len(r.Content)))
		r.Guest.IsGroup = in.truth()
		for n := range textFields {
			*text(&r.Guest, n) = in.text(*text(&before.Guest, n))
		}
		r.Guest.ValidFrom, r.Guest.ValidTo = in.time(), in.time()
		before = r
	}
	if in.bad {
		return nil, errors.New("decode a chunk: it is damaged")
	}
	return rows, nil
}

// reader returns zeros after the first error.
type reader struct {
	data []byte
	all  string // the same, of which the texts are parts
	at   int
	bad  bool
}

func (r *reader) fail() {
	r.bad, r.at = true, len(r.data)
}

func (r *reader) number() int {
	n, size := binary.Varint(r.data[r.at:])
	if size <= 0 {
		r.fail()
		return 0
	}
	r.at += size
	return int(n)
}

func (r *reader) truth() bool { return r.number() == 1 }

func (r *reader) bytes(n int) []byte {
	if n > len(r.data)-r.at {
		r.fail()
		return nil
	}
	r.at += n
	return r.data[r.at-n : r.at]
}

// byte is 0 after an error.
func (r *reader) byte() byte {
	if b := r.bytes(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

func (r *reader) text(before string) string {
	n, size := binary.Uvarint(r.data[r.at:])
	switch {
	case size <= 0 || n > uint64(len(r.data)-r.at-size)+1: // never negative: size is within the data
		r.fail()
		return ""
	case n == 0:
		r.at += size
		return before
	}
	from := r.at + size
	r.at = from + int(n) - 1 // within the data
	return r.all[from:r.at]
}

func (r *reader) time() *time.Time {
	size := r.bytes(1)
	if len(size) == 0 || size[0] == 0 {
		return nil
	}
	t := &time.Time{}
	if raw := r.bytes(int(size[0])); raw == nil || t.UnmarshalBinary(raw) != nil {
		r.fail()
		return nil
	}
	return t
}
