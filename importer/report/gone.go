package report

import (
	"context"
	"encoding/csv"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"guestflow/importer/ledger"
)

var goneColumns = []string{"guestflow_row", "guestflow_line"}

// WriteGone writes the rows of an earlier import whose guests are gone from the list of an import. source is the file
// of the earlier one, or nil where that is not there any more: then only the numbers of its rows are known.
func WriteGone(ctx context.Context, l *ledger.Ledger, imp ledger.Import, header []string,
	source iter.Seq2[SourceRow, error], out *csv.Writer) error {
	gone, err := l.GoneRows(ctx, imp.ID)
	if err != nil {
		return err
	}
	if source == nil {
		header, source = nil, numbersOf(gone)
	}
	_ = out.Write(append(slices.Clone(goneColumns), guard(header)...)) // Error returns what fails
	for row, err := range source {
		if err != nil {
			return err
		}
		if !isGone(gone, row.Row) {
			continue
		}
		line := ""
		if row.Line > 0 {
			line = strconv.Itoa(row.Line)
		}
		_ = out.Write(append([]string{strconv.Itoa(row.Row), line}, guard(row.Cells)...))
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write who is gone: %w", err)
	}
	return nil
}

func isGone(bits []byte, row int) bool {
	at := (row - 1) / 8
	return at < len(bits) && bits[at]&(0x80>>((row-1)%8)) != 0
}

// numbersOf are the rows that have a bit.
func numbersOf(bits []byte) iter.Seq2[SourceRow, error] {
	return func(yield func(SourceRow, error) bool) {
		for row := 1; row <= 8*len(bits); row++ {
			if isGone(bits, row) && !yield(SourceRow{Row: row}, nil) {
				return
			}
		}
	}
}
