package chunk

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/klauspost/compress/s2"

	"guestflow/qflow"
)

// columnwise begins what Encode writes: how many rows, what nothing can compress (hashes, and ids where all are GUIDs),
// and the rest field by field, compressed.
const columnwise = 2

const (
	textIDs   = 0 // ids are among the texts
	binaryIDs = 1 // ids are in front, 16 bytes each
	plainRest = 2 // added: the rest is not compressed

	maxRest = 1 << 29 // more than Redis takes for a value
)

// Encode writes rows for the store. JSON took six times as long and more than five times the space; row by row and
// uncompressed it was three times the space. zstd saves a tenth more and takes ten times as long.
func Encode(rows []Row) ([]byte, error) { return encode(rows, true) }

// EncodePlain writes rows as Encode does, but compresses nothing: for a short while, where time matters more than
// space.
func EncodePlain(rows []Row) ([]byte, error) { return encode(rows, false) }

func encode(rows []Row, compress bool) ([]byte, error) {
	space := spaces.Get().(*space)
	defer space.release()
	rest := writer{data: space.plain[:0]}
	ids, binaryForm := appendIDs(space.ids[:0], rows)
	rest.rows(rows, binaryForm)
	space.ids, space.plain = ids, rest.data
	if rest.err != nil {
		return nil, fmt.Errorf("encode a chunk: %w", rest.err)
	}
	form, packed := byte(textIDs), rest.data
	if compress {
		packed = space.pack(rest.data)
	} else {
		form = plainRest
	}
	if binaryForm {
		form |= binaryIDs
	} else {
		ids = ids[:0]
	}
	data := make([]byte, 0, 2+binary.MaxVarintLen32+len(ids)+contentSize*len(rows)+len(packed))
	data = append(binary.AppendUvarint(append(data, columnwise), uint64(len(rows))), form)
	data = append(data, ids...)
	for i := range rows {
		data = append(data, rows[i].Content[:]...)
	}
	return append(data, packed...), nil
}

// space is what is needed until a chunk is encoded or decoded; it is used again.
type space struct{ ids, plain, packed []byte }

// pack compresses data, until the space is used again.
func (s *space) pack(data []byte) []byte {
	if need := s2.MaxEncodedLen(len(data)); cap(s.packed) < need {
		s.packed = make([]byte, need)
	}
	return s2.EncodeBetter(s.packed[:cap(s.packed)], data)
}

var spaces = sync.Pool{New: func() any { return &space{} }}

// maxSpace is the longest that is kept: a usual chunk has some kilobytes.
const maxSpace = 1 << 20

func (s *space) release() {
	if cap(s.ids)+cap(s.plain)+cap(s.packed) <= maxSpace {
		spaces.Put(s)
	}
}

const (
	idSize      = len(uuid.UUID{})
	contentSize = len(Row{}.Content)
	textIDSize  = 36
)

// appendIDs appends the ids of all rows, and reports whether each is a GUID as it is usually written, so that it comes
// back as it was.
func appendIDs(ids []byte, rows []Row) ([]byte, bool) {
	var text [textIDSize]byte
	for i := range rows {
		id, err := uuid.Parse(rows[i].Guest.ID)
		if writeID(text[:], id[:]); err != nil || string(text[:]) != rows[i].Guest.ID {
			return ids, false
		}
		ids = append(ids, id[:]...)
	}
	return ids, true
}

// writeID writes a GUID as it is usually written.
func writeID(text, id []byte) {
	at := 0
	for i, size := range [...]int{4, 2, 2, 2, 6} {
		if i > 0 {
			text[at] = '-'
			at++
		}
		at += hex.Encode(text[at:], id[:size])
		id = id[size:]
	}
}

// Decode reads what Encode wrote, now or before it wrote like this.
func Decode(data []byte) ([]Row, error) { return DecodeInto([]Row{}, data) }

// DecodeInto is Decode, in space that the caller has for rows if there is enough; it must be zero.
func DecodeInto(space []Row, data []byte) ([]Row, error) {
	if len(data) == 0 || data[0] != columnwise {
		return decodeBefore(data)
	}
	rows, ok := decodeColumns(space, data[1:])
	if !ok {
		return nil, errors.New("decode a chunk: it is damaged")
	}
	return rows, nil
}

func decodeColumns(into []Row, data []byte) (rows []Row, ok bool) {
	in := reader{data: data}
	n := in.count(contentSize)
	form := in.byte()
	rows = slices.Grow(into[:0], n)[:n]
	binaryForm := form&binaryIDs != 0
	if binaryForm {
		readIDs(rows, in.bytes(idSize*n))
	}
	for i := range rows {
		copy(rows[i].Content[:], in.bytes(contentSize))
	}
	if in.bad {
		return nil, false
	}
	packed := in.data[in.at:]
	if form&plainRest != 0 {
		return rows, readRest(rows, packed, binaryForm)
	}
	if size, err := s2.DecodedLen(packed); err != nil || size > maxRest {
		return nil, false
	}
	space := spaces.Get().(*space)
	defer space.release()
	plain, err := s2.Decode(space.plain[:cap(space.plain)], packed)
	if err != nil {
		return nil, false
	}
	space.plain = plain
	return rows, readRest(rows, plain, binaryForm)
}

// readRest reads all but hashes, and reports whether it was whole.
func readRest(rows []Row, plain []byte, withoutIDs bool) bool {
	rest := reader{data: plain, all: string(plain)}
	rest.rows(rows, withoutIDs)
	return !rest.bad && rest.at == len(plain)
}

// readIDs sets the rows' ids, all of which are parts of one text.
func readIDs(rows []Row, ids []byte) {
	if len(ids) < idSize*len(rows) {
		return
	}
	text := make([]byte, textIDSize*len(rows))
	for i := range rows {
		writeID(text[textIDSize*i:], ids[idSize*i:][:idSize])
	}
	all := string(text)
	for i := range rows {
		rows[i].Guest.ID = all[textIDSize*i:][:textIDSize]
	}
}

// textFields is how many fields of a guest are text. A new one goes to the end, with a new first byte.
const textFields = 12

// text returns a field of a guest by its number, in the order in which they are written.
func text(g *qflow.Guest, n int) *string {
	switch n {
	case 0:
		return &g.ID
	case 1:
		return &g.EventID
	case 2:
		return &g.FirstName
	case 3:
		return &g.OtherNames
	case 4:
		return &g.LastName
	case 5:
		return &g.Email
	case 6:
		return &g.Notes
	case 7:
		return &g.Barcode
	case 8:
		return &g.Tags
	case 9:
		return &g.CustomID
	case 10:
		return &g.TemplateID
	}
	return &g.CorrelationID
}

func times(g *qflow.Guest) [2]**time.Time { return [...]**time.Time{&g.ValidFrom, &g.ValidTo} }

type writer struct {
	data []byte
	err  error
}

// rows writes all but hashes, field by field: numbers as steps from the row before, a text where it is another than
// there.
func (w *writer) rows(rows []Row, withoutIDs bool) {
	before := &Row{}
	for i := range rows {
		r := &rows[i]
		w.number(r.Row - before.Row)
		w.number(r.Line - before.Line)
		before = r
	}
	for i := range rows {
		w.number(rows[i].Guest.PlusOnes)
		w.truth(rows[i].Guest.IsGroup)
	}
	for n := firstText(withoutIDs); n < textFields; n++ {
		then := ""
		for i := range rows {
			now := *text(&rows[i].Guest, n)
			w.text(now, then)
			then = now
		}
	}
	for n := range times(&before.Guest) {
		var then *time.Time
		for i := range rows {
			now := *times(&rows[i].Guest)[n]
			w.moment(now, then)
			then = now
		}
	}
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

// moment writes a time as a text, "" for none.
func (w *writer) moment(t, before *time.Time) {
	switch {
	case t == before, t != nil && before != nil && *t == *before: //nolint:QF1009 // another zone is another text
		w.data = append(w.data, 0)
	case t == nil:
		w.data = append(w.data, 1)
	default:
		raw, err := t.MarshalBinary()
		if err != nil {
			w.err = err
		}
		w.data = append(binary.AppendUvarint(w.data, uint64(len(raw))+1), raw...)
	}
}

func firstText(withoutIDs bool) int {
	if withoutIDs {
		return 1
	}
	return 0
}

// readMoment reads what moment has written. The time package takes more nanoseconds than a second has for a time that
// is written otherwise.
func readMoment(raw string, t *time.Time) bool {
	const nanoseconds = 1 + 8 // behind a version and the seconds
	return t.UnmarshalBinary([]byte(raw)) == nil &&
		binary.BigEndian.Uint32([]byte(raw[nanoseconds:])) == uint32(t.Nanosecond())
}

// count reads how many things of so many bytes each follow, at least.
func (r *reader) count(size int) int {
	n, used := binary.Uvarint(r.data[r.at:])
	if used <= 0 || n > uint64(len(r.data)/size) {
		r.fail()
		return 0
	}
	r.at += used
	return int(n) // within the data
}

func (r *reader) rows(rows []Row, withoutIDs bool) {
	before := &Row{}
	for i := range rows {
		rows[i].Row, rows[i].Line = before.Row+r.number(), before.Line+r.number()
		before = &rows[i]
	}
	for i := range rows {
		rows[i].Guest.PlusOnes, rows[i].Guest.IsGroup = r.number(), r.truth()
	}
	for n := firstText(withoutIDs); n < textFields; n++ {
		then := ""
		for i := range rows {
			then = r.text(then)
			*text(&rows[i].Guest, n) = then
		}
	}
	for n := range times(&before.Guest) {
		then := ""
		var moments []time.Time // of all rows
		for i := range rows {
			now := r.text(then)
			if now == "" {
				then = now
				continue
			}
			if moments == nil {
				moments = make([]time.Time, len(rows))
			}
			if now == then {
				moments[i] = moments[i-1]
			} else if !readMoment(now, &moments[i]) {
				r.fail()
				return
			}
			*times(&rows[i].Guest)[n], then = &moments[i], now
		}
	}
}
