package importer

import (
	"io"

	"github.com/google/uuid"
	"golang.org/x/text/cases"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
)

// row is a record that has been decoded, checked and identified.
type row struct {
	chunk.Row
	id       uuid.UUID
	findings []Finding // any: the row is rejected
}

// rows gives a file's rows in order. Two passes over one file give the same.
type rows struct {
	*decoder
	check validator
	ids   identifier
	// first maps each guest to its first row: the one thing that grows with the file, some 40 bytes a guest. The ledger cannot
	// stand in for it: it leaves a guest that an earlier import owns to that import, and so would not see him twice in this.
	first map[uuid.UUID]int32
}

func (s Settings) rows(path string, in io.Reader) (*rows, error) {
	d, err := open(path, in, s.Key)
	if err != nil {
		return nil, err
	}
	s = s.settled()
	return &rows{
		decoder: d,
		check:   validator{columns: d.columns, event: s.Event, template: s.Template, location: s.location()},
		ids:     identifier{account: s.Account, keyField: d.columns.keyField(s.Key), folder: cases.Fold()},
		first:   map[uuid.UUID]int32{},
	}, nil
}

// next gives the next row, or io.EOF, or a *FileError when the rest of the file cannot be read.
func (r *rows) next() (row, error) {
	rec, line, broken, err := r.read()
	if err != nil {
		return row{}, err
	}
	out := row{Row: chunk.Row{Row: r.row, Line: line}}
	if broken != nil {
		out.findings = []Finding{*broken}
		return out, nil
	}
	rec.clean()
	if out.Guest, out.findings = r.check.guest(rec); len(out.findings) > 0 {
		return out, nil
	}
	var ok bool
	if out.id, ok = r.ids.identify(rec, &out.Guest); !ok {
		out.findings = []Finding{{
			Code: NoKey, Column: r.columns.Headers[r.ids.keyField], Text: "the cell that tells this guest from others is empty",
		}}
		return out, nil
	}
	if first, twice := r.first[out.id]; twice {
		out.findings = []Finding{{Code: DuplicateRow, Text: sameGuest(int(first))}}
		return out, nil
	}
	r.first[out.id] = int32(r.row) //nolint:gosec // rows fit 32 bits; the ledger stores them so
	out.Guest.ID = out.id.String()
	out.Content = contentHash(&out.Guest)
	return out, nil
}

// indexed is what the guest index needs of a row.
func (r row) indexed() ledger.Guest {
	return ledger.Guest{Row: r.Row.Row, ID: r.id, Event: r.Guest.EventID, Content: r.Content, Template: r.Guest.TemplateID}
}

// reason is what the ledger keeps of the findings: the first one's code and place, and the texts of all.
func (r row) reason() ledger.Reason {
	first := r.findings[0]
	text := first.Text
	for _, f := range r.findings[1:] {
		text += "; "
		if f.Column != "" {
			text += f.Column + ": "
		}
		text += f.Text
	}
	return ledger.Reason{Code: string(first.Code), Text: text, Line: r.Line, Column: first.Column}
}
