package importer

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"

	"github.com/google/uuid"

	"guestflow/importer/chunk"
	"guestflow/importer/columns"
	"guestflow/importer/correction"
	"guestflow/importer/guest"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/personname"
	"guestflow/importer/rowstatus"
	"guestflow/importer/seen"
	"guestflow/importer/table"
)

// row is a record that has been decoded, checked and identified. It is handed around as a pointer's size: rows are many.
type row struct{ *checked }

type checked struct {
	*chunk.Row
	id       uuid.UUID
	legacyID uuid.UUID // the id that versions before gave the guest, or zero
	contact  guestindex.Contact
	spelled  string          // how else its address and name may be written
	byColumn bool            // a chosen column tells the guest apart
	barcode  seen.Hash       // zero when it has none
	other    uuid.UUID       // of a row that is not imported and says that its guest is not meant
	twin     int             // the imported row of the guest of one that is not
	notMeant int             // a row before that is not imported, and says that the guest of this one is not meant
	findings []guest.Finding // any: the row is rejected
	warnings []guest.Finding // what a person should look at, and what is imported all the same

	filtered bool               // the rule of the rows that are meant leaves it out; nothing more is known of it
	standing []rowstatus.Status // what cells that nothing is taken from say of whether the row is meant
	dates    guest.DateOrders   // in which its dates can be read that have no order of their own
	name     personname.Doubt   // what is in doubt of its name
	colour   string             // of the row in a workbook
	beside   columns.Beside     // other people and addresses that it has
	letters  addressLetters     // of one without findings

	space *rowSpace // that it is in

	raw []string      // the cells as they stand in the file, where a preview shows them
	rec *guest.Record // nil when the row could not be taken apart
}

// Columns is what each column of a file is taken for.
type Columns = columns.Columns

// rows returns a file's rows in order, in memory that does not grow with the file. Two passes over one file give the same.
type rows struct {
	file      *table.Reader
	columns   Columns
	names     []string // of the fields that columns gives
	valid     guest.Validator
	account   string
	sheet     string // of a workbook, where one is read
	sections  sections
	keyField  string
	refined   []bool // per column: its cells are refined
	hasLegacy bool   // a row may have been another guest to versions before
	preview   int    // rows that a plan shows

	reuse bool // each row is done with before the next one is asked for, but for keeping it

	jointNames string // what becomes of names of several people
	seeds      [2]maphash.Seed
	count      int // of records read
	ahead      *readAhead

	now checkedBatch
	at  int // in now
	// seen has every guest and barcode so far. The ledger cannot stand in for it: it leaves a guest that an earlier import owns
	// to that import, and so would not see him twice in this.
	seen   *seen.Set
	others *seen.Set // guests of rows that are not imported and say that they are not meant; nil where there are none
}

func (s Settings) rows(ctx context.Context, path string, in io.Reader) (*rows, error) {
	s = s.canonicalIDs()
	layout, err := guest.ParseDateLayout(s.Dates)
	if err != nil {
		return nil, &FileError{Path: path, Problem: err.Error(), Advice: "correct the date layout", Cause: err}
	}
	zone, err := s.Location()
	if err != nil {
		return nil, &FileError{Path: path, Problem: err.Error(), Advice: "correct the time zone", Cause: err}
	}
	order := guest.ParseDateOrder(s.Dates)
	file, err := table.Open(ctx, path, in, TableOptions(s.Reading))
	if err != nil {
		return nil, err
	}
	header, line := file.Header()
	if err := s.sheetIn(path, file); err != nil {
		_ = file.Close() // only read
		return nil, err
	}
	c, problem := columns.Map(header, columns.Options{
		Key: s.Key, Chosen: s.Mapping, SplitNames: s.SplitsNames(), Surname: s.Surname, Clean: guest.Clean,
		Rows: file.Sample(), Fits: guest.Fits, Unnamed: file.Headerless(), Emails: s.Template != "", Where: s.Where,
	})
	if problem != nil {
		problem.Path, problem.Line = path, line
		_ = file.Close() // only read
		return nil, problem
	}
	r := &rows{
		file: file, columns: c, names: c.Names(), account: s.Account, keyField: c.KeyField(s.Key), preview: s.PreviewRows, jointNames: s.JointNames, seen: seen.New(),
		seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
		valid: guest.Validator{Columns: c, Event: s.Event, Template: s.Template, Location: zone, Layout: layout, Order: order},
	}
	if f := file.Format(); f.Container == table.Workbook {
		r.sheet = f.Member
	}
	r.sections.reads = s.NoteRows == table.ReadNotes
	r.sections.start(file.Above())
	r.refined, r.hasLegacy = refinable(&r.columns), r.columns.HasLegacy()
	r.ahead = &readAhead{read: r.read, check: r.check}
	return r, nil
}

// sheetIn refuses a file that has no sheets where one is named: it may be another list than was meant, and its guests would be
// mailed. A source takes it all the same, for imports that were made before this was asked.
func (s Settings) sheetIn(path string, file *table.Reader) error {
	if s.Sheet == "" || s.AnySheet || file.HasSheets() {
		return nil
	}
	return &FileError{
		Path: path, Problem: fmt.Sprintf("the sheet %q is asked for, and this file is no workbook, so it has no sheets", s.Sheet),
		Advice: "name the workbook, or leave the sheet out (--sheet, or sheet in the profile)",
	}
}

// close releases what the rows were read with.
func (r *rows) close() error {
	r.ahead.wait()
	err := errors.Join(r.file.Close(), r.seen.Close())
	if r.others != nil {
		err = errors.Join(err, r.others.Close())
	}
	return err
}

// next returns the next row, or io.EOF, or a *FileError when the rest of the file cannot be read.
func (r *rows) next() (row, error) {
	for r.at == len(r.now.rows) {
		if r.now.err != nil {
			return row{}, r.now.err
		}
		r.now.space.release()
		r.now, r.at = r.ahead.next(), 0
		for i := range r.now.rows {
			r.seen.Prefetch(seen.Hash(r.now.rows[i].id))
			r.seen.Prefetch(r.now.rows[i].barcode)
			r.seen.Prefetch(contactHash(r.now.rows[i].contact))
		}
	}
	out := row{&r.now.rows[r.at]}
	r.at++
	if len(out.findings) > 0 || out.filtered {
		return out, r.meetOther(out)
	}
	return r.rejectDuplicate(out)
}

// rejectDuplicate rejects a guest who came before, and a barcode that another guest of the event has.
func (r *rows) rejectDuplicate(out row) (row, error) {
	first, twice, err := r.seen.Add(seen.Hash(out.id), out.Row.Row)
	switch {
	case err != nil:
		return out, err
	case twice:
		out.twin = first
		out.findings, err = r.sameGuest(first, out.barcode)
	default:
		if err = r.meetGuest(out); err == nil {
			err = r.rejectDuplicateBarcode(out)
		}
	}
	if len(out.findings) > 0 {
		out.Guest.ID, out.Content = "", [8]byte{}
	}
	return out, err
}

// sameGuest is the finding of a guest who came before. Who buys several tickets has a barcode for each.
func (r *rows) sameGuest(first int, barcode seen.Hash) ([]guest.Finding, error) {
	f := guest.Finding{Code: guest.DuplicateRow, Text: sameGuest(first)}
	if barcode != (seen.Hash{}) && r.keyField == "" {
		known, err := r.seen.Contains(barcode)
		if err != nil {
			return nil, err
		}
		if !known {
			header := r.columns.Headers[columns.Barcode]
			f.Text += fmt.Sprintf(" with another barcode; if each barcode is a guest, let it tell them apart "+
				"(--key %q, key in the profile, “Identifies a guest” in the console)", header)
		}
	}
	return []guest.Finding{f}, nil
}

// rejectDuplicateBarcode rejects a barcode of another guest, and takes a former id from a row if it is another row's.
func (r *rows) rejectDuplicateBarcode(out row) error {
	if out.legacyID != uuid.Nil {
		_, taken, err := r.seen.Add(seen.Hash(out.legacyID), out.Row.Row)
		if err != nil {
			return err
		}
		if taken {
			out.legacyID = uuid.Nil
		}
	}
	if out.barcode == (seen.Hash{}) {
		return nil
	}
	first, taken, err := r.seen.Add(out.barcode, out.Row.Row)
	if taken {
		out.findings = []guest.Finding{{
			Code: guest.DuplicateBarcode, Column: r.columns.Headers[columns.Barcode], Text: fmt.Sprintf("row %d has the same barcode", first), Field: columns.Barcode,
		}}
	}
	return err
}

// isGuest reports whether a row becomes a guest: it is neither left out nor rejected.
func (r row) isGuest() bool { return !r.filtered && len(r.findings) == 0 }

// guest is what the guest index needs of a row.
func (r row) guest() guestindex.Guest {
	return guestindex.Guest{
		Row: r.Row.Row, ID: r.id, Former: r.legacyID, Event: r.Guest.EventID, Content: r.Content, Template: r.Guest.TemplateID,
		Contact: r.contact, Spelled: r.spelled, ByColumn: r.byColumn,
		Person: correction.Person(&r.Guest),
	}
}

// reason is what the ledger keeps of the findings: the first one's code and place, and the texts of all.
func (r row) reason() ledger.Reason {
	first := r.findings[0]
	return ledger.Reason{Code: string(first.Code), Text: texts(r.findings), Line: r.Line, Column: first.Column}
}

func texts(findings []guest.Finding) string {
	text := findings[0].Text
	for _, f := range findings[1:] {
		text += "; "
		if f.Column != "" {
			text += f.Column + ": "
		}
		text += f.Text
	}
	return text
}
