package chunk

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"guestflow/qflow"
)

// binaryRows begins what Encode writes. Chunks that are older are JSON, which never begins so.
const binaryRows = 1

// Encode writes rows for the store: their numbers, and each field as its length and itself, where it is not what the
// row before has. JSON took six times as long, and more than twice the space.
func Encode(rows []Row) ([]byte, error) {
	const usual = 160 // bytes a row
	w := writer{data: append(make([]byte, 0, 1+usual*len(rows)), binaryRows)}
	before := &Row{}
	for i := range rows {
		r := &rows[i]
		w.number(r.Row)
		w.number(r.Line)
		w.number(r.Guest.PlusOnes)
		w.data = append(w.data, r.Content[:]...)
		w.truth(r.Guest.IsGroup)
		then := texts(&before.Guest)
		for n, text := range texts(&r.Guest) {
			w.text(*text, *then[n])
		}
		w.time(r.Guest.ValidFrom)
		w.time(r.Guest.ValidTo)
		before = r
	}
	if w.err != nil {
		return nil, fmt.Errorf("encode a chunk: %w", w.err)
	}
	return w.data, nil
}

// Decode reads what Encode wrote, now or before it wrote like this.
func Decode(data []byte) ([]Row, error) {
	rows := []Row{}
	if len(data) == 0 || data[0] != binaryRows {
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
		then := texts(&before.Guest)
		for n, text := range texts(&r.Guest) {
			*text = in.text(*then[n])
		}
		r.Guest.ValidFrom, r.Guest.ValidTo = in.time(), in.time()
		before = r
	}
	if in.bad {
		return nil, errors.New("decode a chunk: it is damaged")
	}
	return rows, nil
}

// texts are a guest's fields that are text, in the order in which they are written. A new one goes to the end, with a
// new first byte.
func texts(g *qflow.Guest) [12]*string {
	return [...]*string{
		&g.ID, &g.EventID, &g.FirstName, &g.OtherNames, &g.LastName, &g.Email,
		&g.Notes, &g.Barcode, &g.Tags, &g.CustomID, &g.TemplateID, &g.CorrelationID,
	}
}

type writer struct {
	data []byte
	err  error
}

func (w *writer) number(n int) { w.data = binary.AppendVarint(w.data, int64(n)) }

func (w *writer) truth(is bool) {
	if is {
		w.number(1)
	} else {
		w.number(0)
	}
}

// text writes one more than the length, and 0 for the same as before.
func (w *writer) text(s, before string) {
	if s == before {
		w.data = append(w.data, 0)
		return
	}
	w.data = append(binary.AppendUvarint(w.data, uint64(len(s))+1), s...)
}

// time writes its length first, and 0 for none.
func (w *writer) time(t *time.Time) {
	if t == nil {
		w.data = append(w.data, 0)
		return
	}
	raw, err := t.MarshalBinary()
	if err != nil {
		w.err = err
	}
	w.data = append(append(w.data, byte(len(raw))), raw...) // 15 or 16
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
