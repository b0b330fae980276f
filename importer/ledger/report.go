package ledger

import (
	"context"
	"encoding/csv"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// SourceRow is one record of the file, as it stands there.
type SourceRow struct {
	Row   int
	Line  int
	Cells []string // empty where the record could not be taken apart
}

// The columns that a report adds to the file's own; an importer takes no notice of them when a corrected file comes back. In
// the rejects they stand first, so that a row with too few or too many cells stays as wrong as it is until somebody corrects
// it.
var (
	resultColumns  = []string{"guestflow_row", "guestflow_line", "guestflow_state", "guestflow_reason"}
	rejectsColumns = []string{"guestflow_line", "guestflow_reason"}
)

// reportWindow is how many rows are looked up in one round trip; it bounds a report's memory.
const reportWindow = 500

// Report joins a file with the ledger: every row with its state into result, and the rows to be corrected and dropped again
// into rejects. Cells that a spreadsheet would run are guarded. It gives the number of rejects.
func (l *Ledger) Report(ctx context.Context, id string, header []string, source iter.Seq2[SourceRow, error], result, rejects *csv.Writer) (int, error) {
	w := reportWriter{width: len(header), result: result, rejects: rejects}
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
		if window = append(window, row); len(window) == reportWindow {
			if err := l.reportWindow(ctx, id, window, &w); err != nil {
				return 0, err
			}
			window = window[:0]
		}
	}
	if err := l.reportWindow(ctx, id, window, &w); err != nil {
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

func (l *Ledger) reportWindow(ctx context.Context, id string, window []SourceRow, w *reportWriter) error {
	if len(window) == 0 {
		return nil
	}
	marks, err := l.RowBytes(ctx, id, window[0].Row, window[len(window)-1].Row)
	if err != nil {
		return err
	}
	numbers := make([]int, len(window))
	for i, row := range window {
		numbers[i] = row.Row
	}
	reasons, err := l.Reasons(ctx, id, numbers)
	if err != nil {
		return err
	}
	for i, row := range window {
		if err := w.write(row, marks[i].State(), reasons[i]); err != nil {
			return err
		}
	}
	return nil
}

type reportWriter struct {
	width           int
	result, rejects *csv.Writer
	rejected        int
}

func (w *reportWriter) write(row SourceRow, s State, why Reason) error {
	line := strconv.Itoa(row.Line)
	if err := w.result.Write(guard(w.fit(row.Cells), strconv.Itoa(row.Row), line, s.String(), Guard(why.String()))); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	if s != Rejected && s != Refused {
		return nil
	}
	w.rejected++
	if err := w.rejects.Write(append([]string{line, Guard(why.String())}, guard(row.Cells)...)); err != nil {
		return fmt.Errorf("write the rejects: %w", err)
	}
	return nil
}

// fit gives a ragged row the header's width, so that our columns stand where their headers are. What is too much stays
// visible in the last cell.
func (w *reportWriter) fit(cells []string) []string {
	if len(cells) > w.width && w.width > 0 {
		cells = append(slices.Clone(cells[:w.width-1]), strings.Join(cells[w.width-1:], ","))
	}
	return append(slices.Clone(cells), make([]string, w.width-len(cells))...)
}

func guard(cells []string, more ...string) []string {
	out := make([]string, 0, len(cells)+len(more))
	for _, c := range cells {
		out = append(out, Guard(c))
	}
	return append(out, more...)
}

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
