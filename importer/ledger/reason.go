package ledger

import (
	"context"
	"fmt"
)

// Reason says why a row has not succeeded. It holds no value of the row: the ledger is shown on pages, and people who
// may see guests' data have the file.
type Reason struct {
	Code   string `json:"c"`
	Text   string `json:"t,omitempty"`
	Line   int    `json:"l,omitempty"` // physical line in the file, from 1
	Column string `json:"k,omitempty"` // the header as it stands in the file
}

// IsZero reports whether there is no reason.
func (r Reason) IsZero() bool { return r == Reason{} }

// String is the reason as a person reads it.
func (r Reason) String() string {
	if r.IsZero() {
		return ""
	}
	s := r.Code
	if r.Column != "" {
		s += " (" + r.Column + ")"
	}
	if r.Text != "" {
		s += ": " + r.Text
	}
	return s
}

// CodeFiltered is the code of rows that the import's rule leaves out.
const CodeFiltered = "where"

// Reason returns why a row is in a state, kept being what is kept of the row. Of a filtered one nothing is: the import's
// rule is the reason of all.
func (i Import) Reason(s State, kept Reason) Reason {
	if s == Filtered && kept.IsZero() {
		return Reason{Code: CodeFiltered, Text: i.Where}
	}
	return kept
}

// EachReason reads why the rows of an import in a state are so, some at a time.
func (l *Ledger) EachReason(ctx context.Context, id string, in State, do func(Reason)) error {
	return l.EachWindow(ctx, id, func(first int, bytes []RowByte) error {
		var rows []int
		for i, b := range bytes {
			if b.State() == in {
				rows = append(rows, first+i)
			}
		}
		reasons, err := l.Reasons(ctx, id, rows)
		for _, why := range reasons {
			do(why)
		}
		return err
	})
}

// Reasons reads why rows have not succeeded; a row without a reason has the zero Reason.
func (l *Ledger) Reasons(ctx context.Context, id string, rows []int) ([]Reason, error) {
	values, err := l.hmget(ctx, l.keys.Reasons(id), rows)
	if err != nil {
		return nil, fmt.Errorf("read reasons of import %s: %w", id, err)
	}
	reasons := make([]Reason, len(rows))
	for i, v := range values {
		if v == "" {
			continue
		}
		if reasons[i], err = l.seal.decodeReason(l.keys.Reasons(id), v); err != nil {
			return nil, fmt.Errorf("read the reason of row %d of import %s: %w", rows[i], id, err)
		}
	}
	return reasons, nil
}
