package report

import (
	"context"
	"encoding/csv"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"guestflow/importer/formula"
	"guestflow/importer/ledger"
)

// SourceRow is one record of the file, as it stands there.
type SourceRow struct {
	Row   int
	Line  int
	Cells []string // empty where the record could not be taken apart
}

// The columns that a report adds to the file's own; an importer ignores them when a corrected file comes back. In
// the rejects they stand first, so that a row with too few or too many cells stays as wrong as it is until it is
// corrected.
var (
	resultColumns  = []string{"guestflow_row", "guestflow_line", "guestflow_state", "guestflow_reason"}
	rejectsColumns = []string{"guestflow_line", "guestflow_reason"}
)

// fileWindow is how many rows are looked up in one round trip; it bounds a report's memory.
const fileWindow = 500

// Write joins a file with the ledger: every row with its state into result, and the rows to be corrected and dropped
// again into rejects. Cells that a spreadsheet would run are guarded. It returns the number of rejects.
func Write(
	ctx context.Context, l *ledger.Ledger, id string, header []string, source iter.Seq2[SourceRow, error],
	result, rejects *csv.Writer,
) (int, error) {
	imp, err := l.Import(ctx, id)
	if err != nil {
		return 0, err
	}
	w := writer{imp: imp, width: len(header), result: result, rejects: rejects}
	if err := result.Write(guard(header, resultColumns...)); err != nil {
		return 0, fmt.Errorf("write the result: %w", err)
	}
	if err := rejects.Write(append(slices.Clone(rejectsColumns), guard(header)...)); err != nil {
		return 0, fmt.Errorf("write the rejects: %w", err)
	}
	var window []SourceRow
	for row, err := range source {
		if err != nil {
			return 0, err
		}
		if window = append(window, row); len(window) == fileWindow {
			if err := w.window(ctx, l, window); err != nil {
				return 0, err
			}
			window = window[:0]
		}
	}
	if err := w.window(ctx, l, window); err != nil {
		return 0, err
	}
	result.Flush()
	rejects.Flush()
	if err := result.Error(); err != nil {
		return 0, fmt.Errorf("write the result: %w", err)
	}
	if err := rejects.Error(); err != nil {
		return 0, fmt.Errorf("write the rejects: %w", err)
	}
	return w.rejected, nil
}

// window looks some rows up and writes them.
func (w *writer) window(ctx context.Context, l *ledger.Ledger, window []SourceRow) error {
	if len(window) == 0 {
		return nil
	}
	bytes, err := l.RowBytes(ctx, w.imp.ID, window[0].Row, window[len(window)-1].Row)
	if err != nil {
		return err
	}
	numbers := make([]int, len(window))
	for i, row := range window {
		numbers[i] = row.Row
	}
	reasons, err := l.Reasons(ctx, w.imp.ID, numbers)
	if err != nil {
		return err
	}
	for i, row := range window {
		if err := w.write(row, bytes[i].State(), w.imp.Reason(bytes[i].State(), reasons[i])); err != nil {
			return err
		}
	}
	return nil
}

type writer struct {
	imp             ledger.Import
	width           int
	result, rejects *csv.Writer
	rejected        int
}

func (w *writer) write(row SourceRow, s ledger.State, why ledger.Reason) error {
	line := strconv.Itoa(row.Line)
	said := formula.Guard(why.String())
	if err := w.result.Write(guard(w.fit(row.Cells), strconv.Itoa(row.Row), line, s.String(), said)); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	if s != ledger.Rejected && s != ledger.Refused {
		return nil
	}
	w.rejected++
	if err := w.rejects.Write(append([]string{line, said}, guard(row.Cells)...)); err != nil {
		return fmt.Errorf("write the rejects: %w", err)
	}
	return nil
}

// fit makes a ragged row as wide as the header, so that our columns stand where their headers are. What is too much
// stays visible in the last cell.
func (w *writer) fit(cells []string) []string {
	if len(cells) > w.width && w.width > 0 {
		cells = append(slices.Clone(cells[:w.width-1]), strings.Join(cells[w.width-1:], ","))
	}
	return append(slices.Clone(cells), make([]string, w.width-len(cells))...)
}

func guard(cells []string, more ...string) []string {
	out := make([]string, 0, len(cells)+len(more))
	for _, c := range cells {
		out = append(out, formula.Guard(c))
	}
	return append(out, more...)
}
