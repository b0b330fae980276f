package rows

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"

	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/importer/guestindex"
	"guestflow/importer/personname"
	"guestflow/importer/rowstatus"
	"guestflow/importer/seen"
	"guestflow/importer/table"
	"guestflow/qflow"
)

const (
	readRows  = 256
	readBytes = 256 << 10 // a row may have a mebibyte, and a hundred of them are too much to hold
	// batchesAhead is how many batches are worked on while the caller has one: enough for reading, checking and the caller to run
	// beside each other.
	batchesAhead = 2
)

// rawRow is a record as it was read.
type rawRow struct {
	line   int
	sheet  string // where several of a workbook are read
	cells  []string
	fault  table.Fault
	column int

	origin  rowstatus.Origin // but for its number
	remarks []table.Remark
	name    personname.Doubt
	beside  columns.Beside
	legacy  *guest.Record // what versions before made of it, where that may tell another guest
}

// rawBatch is some rows, and why there are no more after them.
type rawBatch struct {
	*scratch
	first int // number of the first row
	err   error
}

// scratch is what a batch needs only until it is checked. It is used again, which spares the collector a third of its work.
type scratch struct {
	rows  []rawRow
	cells []string // of all rows

	fields  cellReader // the same as gocsv takes them
	columns []string
}

var scratches = sync.Pool{New: func() any { return &scratch{} }}

func (s *scratch) release() {
	clear(s.cells)
	clear(s.columns)
	clear(s.rows)
	s.rows, s.cells, s.fields, s.columns = s.rows[:0], s.cells[:0], s.fields[:0], s.columns[:0]
	scratches.Put(s)
}

type checkedBatch struct {
	rows  []Row
	space *rowSpace
	err   error // after the rows: io.EOF, or a *FileError when the rest of the file cannot be read
}

// read takes the next records, one reader at a time.
func (r *Reader) read() rawBatch {
	b := rawBatch{scratch: scratches.Get().(*scratch), first: r.Count + 1}
	for size := 0; len(b.rows) < readRows && size < readBytes; {
		rec, err := r.File.Next()
		if err != nil {
			b.err = err
			break
		}
		section, from := r.sections.follow(&rec), len(b.cells)
		b.cells = append(b.cells, rec.Cells...)
		for _, cell := range rec.Cells {
			size += len(cell)
		}
		b.rows = append(b.rows, rawRow{
			line: rec.Line, sheet: rec.Sheet, cells: b.cells[from:len(b.cells):len(b.cells)],
			fault: rec.Fault, column: rec.Column, remarks: rec.Remarks,
			origin: rowstatus.Origin{Sheet: cmp.Or(rec.Sheet, r.sheet), Section: section, Struck: rec.Struck, Comment: rec.Comment,
				Elsewhere: rec.Elsewhere, Colour: rec.Colour},
		})
	}
	r.Count += len(b.rows)
	return b
}

// check does with a batch what needs to know of no other row. Batches are checked beside each other.
func (r *Reader) check(b rawBatch) checkedBatch {
	defer b.release()
	space := r.rowSpace(len(b.rows))
	out, work := checkedBatch{rows: space.rows, space: space, err: b.err}, space.work
	records, err := r.records(b.scratch)
	if err != nil {
		return checkedBatch{err: err}
	}
	valid := r.valid // a copy: each batch remembers for itself
	ids := guest.NewIdentifier(r.account, r.keyField, len(b.rows))
	var hashes guest.Hasher
	good := 0 // rows that could be taken apart, which is their place in b.fields
	for i, raw := range b.rows {
		o := &out.rows[i]
		o.Row, o.space = &work[i], space
		o.Row.Row, o.Line = b.first+i, raw.line
		if o.Row.Row <= r.withCells {
			o.Cells = slices.Clone(raw.cells)
		}
		if raw.fault != table.NoFault {
			o.Findings = append([]guest.Finding{r.faultFinding(raw)}, r.remarkFindings(raw)...)
			raw.nameSheet(o)
			continue
		}
		o.Record, records = records[0].Record, records[1:]
		good++
		from := raw.origin
		from.Row = o.Row.Row
		o.Colour = raw.origin.Colour
		o.Statuses = r.Columns.RowStatuses(raw.cells, from, nil)
		if o.Filtered = !r.Columns.Meant(raw.cells, b.fields[good], from); o.Filtered {
			o.other = otherID(o, &valid, ids)
			continue
		}
		r.checkRow(o, raw, &valid, ids, &hashes)
		if remarks := r.remarkFindings(raw); len(o.Findings) > 0 || r.lacksValue(raw) {
			o.Findings = append(o.Findings, remarks...) // it may be why
		} else {
			o.Warnings = append(o.Warnings, remarks...)
		}
		raw.nameSheet(o)
	}
	hashes.Finish()
	return out
}

// nameSheet adds to what is said of a row in which sheet its line is.
func (raw rawRow) nameSheet(o *Row) {
	if raw.sheet == "" {
		return
	}
	for _, said := range [][]guest.Finding{o.Findings, o.Warnings} {
		for i := range said {
			said[i].Text += fmt.Sprintf(" (sheet %q)", raw.sheet)
		}
	}
}

func (r *Reader) checkRow(o *Row, raw rawRow, valid *guest.Validator, ids *guest.Identifier, hashes *guest.Hasher) {
	o.Findings, o.Warnings = valid.Check(o.Record, &o.Guest)
	o.Dates, o.NameDoubt, o.Beside = valid.Orders, raw.name, raw.beside
	r.nameFindings(o)
	if len(o.Findings) == 0 {
		o.Letters = addressLettersOf(o)
	}
	r.refuseMovedCells(o, raw.cells)
	nameless := o.Record.FirstName == "" || o.Record.LastName == ""
	if nameless && !strings.Contains(o.Record.Email, "@") && table.IsTotals(raw.cells) {
		o.Findings = []guest.Finding{guest.TotalsRowFinding}
	}
	if len(o.Findings) > 0 {
		o.other = otherID(o, valid, ids)
		return
	}
	var ok bool
	if o.ID, ok = ids.ID(o.Record, &o.Guest); !ok {
		o.Findings = []guest.Finding{{
			Code: guest.NoKey, Column: r.Columns.Headers[r.keyField], Text: "the cell that tells this guest from others is empty", Field: r.keyField,
		}}
		return
	}
	o.LegacyID = ids.FormerSpelling(&o.Guest, o.ID)
	if o.LegacyID == uuid.Nil && raw.legacy != nil {
		o.LegacyID = ids.LegacyID(raw.legacy, &o.Guest, o.ID)
	}
	o.Guest.ID = ids.Text(o.ID)
	address, name := ids.Contact(&o.Guest)
	o.Contact, o.ByColumn = guestindex.Contact{Address: address, Name: name}, r.keyField != ""
	o.Spelled = ids.Spellings(&o.Guest)
	hashes.Add(&o.Guest, (*[8]byte)(&o.Content))
	if o.Guest.Barcode != "" {
		o.barcode = r.barcodeHash(&o.Guest)
	}
}

// barcodeHash is for this pass only: its seeds are drawn anew, so that a barcode cannot be found from it.
func (r *Reader) barcodeHash(g *qflow.Guest) (h seen.Hash) {
	for i, seed := range r.seeds {
		binary.LittleEndian.PutUint64(h[8*i:], maphash.Comparable(seed, [2]string{g.EventID, g.Barcode}))
	}
	return h
}

// readAhead makes batches before they are asked for. Each goroutine makes one and ends, whether it is taken or not, so a
// caller may walk away at any time.
type readAhead struct {
	read  func() rawBatch
	check func(rawBatch) checkedBatch
	turn  chan struct{} // closed once the latest goroutine has read
	queue []chan checkedBatch
}

func (l *readAhead) start() {
	before, mine, out := l.turn, make(chan struct{}), make(chan checkedBatch, 1)
	l.turn, l.queue = mine, append(l.queue, out)
	go func() {
		raw, err := l.safeRead(before, mine)
		if err != nil {
			out <- checkedBatch{err: err}
			return
		}
		out <- l.safeCheck(raw)
	}()
}

// safeRead reads in its turn. A panic here would end the process, so it becomes an error of the file.
func (l *readAhead) safeRead(before, mine chan struct{}) (raw rawBatch, err error) {
	defer close(mine)
	defer func() {
		if v := recover(); v != nil {
			err = table.Recovered(v)
		}
	}()
	if before != nil {
		<-before
	}
	return l.read(), nil
}

func (l *readAhead) safeCheck(raw rawBatch) (b checkedBatch) {
	defer func() {
		if v := recover(); v != nil {
			b = checkedBatch{err: table.Recovered(v)}
		}
	}()
	return l.check(raw)
}

func (l *readAhead) next() checkedBatch {
	for len(l.queue) <= batchesAhead {
		l.start()
	}
	b := <-l.queue[0]
	l.queue = slices.Delete(l.queue, 0, 1)
	return b
}

// wait lets those that run end, so that what they read from can be closed.
func (l *readAhead) wait() {
	for _, out := range l.queue {
		<-out
	}
	l.queue = nil
}
