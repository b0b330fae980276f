package rows

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/gocarina/gocsv"

	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/importer/table"
)

// csvLine is what gocsv fills: it makes three of them for each row, so they are small.
type csvLine struct{ Record *guest.Record }

// recordSpaces are records that are used again when their rows are.
var recordSpaces = sync.Pool{New: func() any { return &guest.Record{} }}

// UnmarshalCSVWithFields is how gocsv fills a line. Its other way, by reflection, allocates for every cell, and took as long as
// all that becomes of a row here.
func (l *csvLine) UnmarshalCSVWithFields(field, value string) error {
	if l.Record == nil {
		l.Record = recordSpaces.Get().(*guest.Record)
	}
	cell := l.Record.Cell(field)
	if cell == nil {
		return fmt.Errorf("a guest has no field %q", field)
	}
	*cell = value
	return nil
}

// cellReader is a batch of rows as gocsv takes them: the fields' names, and then each row's.
type cellReader [][]string

func (m cellReader) ReadAll() ([][]string, error) { return m, nil }

// Read is for gocsv's streams, which lose what is wrong with a row.
func (m cellReader) Read() ([]string, error) { return nil, errors.ErrUnsupported }

// records makes records of the sound rows of a batch, and cleans their cells.
func (r *Reader) records(b *scratch) ([]csvLine, error) {
	b.fields = append(b.fields, r.names)
	for i := range b.rows {
		if b.rows[i].fault != table.NoFault {
			continue
		}
		cells, changed := r.refineCells(b.rows[i].cells)
		if changed || r.hasLegacy {
			b.rows[i].legacy = r.legacyRecord(b.rows[i].cells)
		}
		from := len(b.columns)
		b.columns, b.rows[i].name = r.Columns.ApplyDoubting(cells, b.columns)
		fields := b.columns[from:]
		for n, cell := range fields {
			fields[n] = guest.Clean(cell)
		}
		if r.Columns.HasBeside() {
			b.rows[i].beside = r.Columns.Beside(cells, fields)
		}
		b.fields = append(b.fields, fields)
	}
	var records []csvLine
	if err := gocsv.UnmarshalCSV(b.fields, &records); err != nil {
		return nil, fmt.Errorf("take rows apart: %w", err)
	}
	return records, nil
}

// refineCells refines the cells of a row in a copy: the row itself is shown as it was.
func (r *Reader) refineCells(cells []string) (refined []string, changed bool) {
	refined = cells
	for i, cell := range cells {
		if !r.refined[i] {
			continue
		}
		better := guest.Refine(guest.Unescape(cell), r.Columns.Fields[i])
		better = r.Columns.WithoutListMark(i, better)
		if better == cell {
			continue
		}
		if !changed {
			refined, changed = slices.Clone(cells), true
		}
		refined[i] = better
	}
	return refined, changed
}

// refinable are the columns whose cells are refined: those that fields come from, and no notes, which are a text of any kind.
func refinable(c *columns.Columns) []bool {
	list := make([]bool, len(c.Header))
	for i := range list {
		list[i] = c.Used(i) && c.Fields[i] != columns.Notes
	}
	return list
}

// legacyRecord is the record that versions of guestflow made of a row that neither refined cells nor took a column called Name beside
// another part.
func (r *Reader) legacyRecord(cells []string) *guest.Record {
	was := &guest.Record{}
	for i, cell := range r.Columns.ApplyLegacy(cells, nil) {
		*was.Cell(r.names[i]) = guest.Clean(cell)
	}
	return was
}

// readNotes is how rows that look like notes are made guests.
const readNotes = "or say so: --note-rows read (note_rows in the profile, “Headings and notes” in the console)"

// faultFinding says what is wrong with the form of a row.
func (r *Reader) faultFinding(raw rawRow) guest.Finding {
	switch {
	case raw.fault == table.RepeatedHeader:
		return guest.Finding{Code: guest.OtherTable, Text: "this line is the header once more"}
	case raw.fault == table.OtherTable && raw.line == raw.column:
		return guest.Finding{Code: guest.OtherTable, Text: "here begins another table, whose rows are not read under this header; " +
			"import it as a file of its own"}
	case raw.fault == table.OtherTable:
		return guest.Finding{Code: guest.OtherTable, Text: fmt.Sprintf(
			"line %d is the header of another table, whose rows are not read under this one; import it as a file of its own", raw.column)}
	case raw.fault == table.OtherEncoding:
		return guest.Finding{Code: guest.NotUTF8, Text: "the row is written in another encoding than the rest of the file; save the whole file as CSV UTF-8"}
	case raw.fault == table.ControlCharacters:
		return guest.Finding{Code: guest.NotUTF8, Text: "the row has control characters where letters should be, from an encoding that was mistaken once; correct it, and save the file as CSV UTF-8"}
	case raw.fault == table.BrokenQuotes:
		return guest.Finding{Code: guest.BadQuotes, Text: fmt.Sprintf(
			"the quotes are broken near character %d; a cell with a quote in it is quoted, and the quote written twice", raw.column)}
	case raw.fault == table.CutRow:
		return guest.Finding{Code: guest.BadShape, Text: "the row seems to begin in the line before it, as if a line break had cut it; a cell with a line break needs quotes"}
	case raw.fault == table.SingleCell && !table.IsTotals(raw.cells):
		return guest.Finding{Code: guest.TotalsRow, Text: "only one cell of the row is filled, as in a note beside the list; if it is a guest, fill in the last name or the email, " + readNotes}
	case raw.fault == table.Note:
		return guest.Finding{Code: guest.TotalsRow, Text: "the row looks like a heading or a note beside the list; if it is a guest, correct the names or fill in the email, " + readNotes}
	case raw.fault == table.Commented:
		return guest.Finding{Code: guest.TotalsRow, Text: "the row is marked as one that is left out (// or #); take the mark off if the guest is meant"}
	case strings.TrimSpace(strings.Join(raw.cells, "")) == "":
		return guest.EmptyRowFinding
	case table.IsTotals(raw.cells):
		return guest.TotalsRowFinding
	}
	return guest.Finding{Code: guest.BadShape, Text: fmt.Sprintf(
		"the row has not as many cells as the header, which has %d; a cell with a delimiter or a line break needs quotes", len(r.Columns.Header))}
}

// lacksValue reports whether the value of a formula is missing in a name or an address, so that it is not known who the guest is.
func (r *Reader) lacksValue(raw rawRow) bool {
	return slices.ContainsFunc(raw.remarks, func(m table.Remark) bool {
		if m.Kind != table.FormulaWithoutValue || m.Column < 0 || m.Column >= len(r.Columns.Fields) {
			return false
		}
		switch r.Columns.Fields[m.Column] {
		case columns.FirstName, columns.LastName, columns.FullName, columns.Email:
			return true
		}
		return false
	})
}

// remarkFindings says what is odd about the form of a row.
func (r *Reader) remarkFindings(raw rawRow) (findings []guest.Finding) {
	for _, remark := range raw.remarks {
		if at := remark.Column; remark.Kind == table.ShownOtherwise && (at < 0 || at >= len(r.Columns.Fields) || r.Columns.Fields[at] == "") {
			continue // nothing is taken from it
		}
		f := guest.Finding{Code: remarkCodes[remark.Kind], Text: remark.Text}
		if remark.Column >= 0 && remark.Column < len(r.Columns.Header) {
			f.Column = r.Columns.Header[remark.Column]
		}
		findings = append(findings, f)
	}
	return findings
}

var remarkCodes = map[table.RemarkKind]guest.Code{
	table.RowsInQuotes: guest.OddLines, table.DoubleEncoded: guest.OddText, table.FormulaWithoutValue: guest.NoValue, table.MergedCells: guest.Merged,
	table.MaybeNote: guest.NoteRow, table.ShownOtherwise: guest.OddFormat,
}
