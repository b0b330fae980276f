package program

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/charset"
	"guestflow/importer/ledger"
	"guestflow/importer/report"
	"guestflow/importer/reread"
	"guestflow/importer/spool"
	"guestflow/importer/table"
)

// Report is the files of an import's report, as guestflow report --json prints them.
type Report struct {
	ledger.Import
	Result   string `json:"result_file"`
	Rejects  string `json:"rejects_file"`
	Summary  string `json:"summary_file"`
	Rejected int    `json:"rejects"`
	GoneFile string `json:"gone_file,omitempty"` // where guests of an earlier import are gone from the list
}

// Report writes the report of an import: two files with the rows of the imported file and their states, which hold
// guests' data, and a page with the numbers, which does not. Only the owner can read them.
func (a *Account) Report(ctx context.Context, imp ledger.Import, source, folder string) (r Report, err error) {
	file, err := reread.OpenSource(ctx, spool.Locate(source), imp.SHA256, imp.Reading)
	if err != nil {
		return r, err
	}
	defer file.Close()
	at := filepath.Join(folder, imp.ID)
	r = Report{Import: imp, Result: at + "-result.csv", Rejects: at + "-rejects.csv", Summary: at + "-summary.html"}
	result, err := create(r.Result)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, result.Close()) }()
	rejects, err := create(r.Rejects)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, rejects.Close()) }()
	all, err := likeSource(result, file.Format)
	if err != nil {
		return r, err
	}
	wrong, err := likeSource(rejects, file.Format)
	if err != nil {
		return r, err
	}
	if r.Rejected, err = report.Write(ctx, a.Ledger, imp.ID, file.Header, file.Rows, all, wrong); err != nil {
		return r, err
	}
	if imp.Gone != nil {
		r.GoneFile = at + "-gone.csv"
		if err := a.reportGone(ctx, imp, r.GoneFile); err != nil {
			return r, err
		}
	}
	return r, a.summarise(ctx, imp.ID, r.Summary)
}

// reportGone writes the rows of the earlier import whose guests are gone: as they stand in its file, or by their
// numbers alone where that is gone or was changed.
func (a *Account) reportGone(ctx context.Context, imp ledger.Import, path string) (err error) {
	out, err := create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	file, err := a.sourceOf(ctx, imp.Gone.Import)
	if err != nil {
		return err
	}
	if file == nil {
		return report.WriteGone(ctx, a.Ledger, imp, nil, nil, csv.NewWriter(out))
	}
	defer file.Close()
	w, err := likeSource(out, file.Format)
	if err != nil {
		return err
	}
	return report.WriteGone(ctx, a.Ledger, imp, file.Header, file.Rows, w)
}

// sourceOf opens the file of an import; nil where it is not there as it was.
func (a *Account) sourceOf(ctx context.Context, id string) (*reread.SourceFile, error) {
	of, err := a.Ledger.Import(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	file, err := reread.OpenSource(ctx, spool.Locate(of.Source), of.SHA256, of.Reading)
	if _, unread := errors.AsType[*importer.FileError](err); unread {
		return nil, nil
	}
	return file, err
}

// create creates a file of a report, or empties it.
func create(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, config.Usagef("the report cannot be written: %v", err)
	}
	return file, nil
}

// likeSource writes CSV in the format of the imported file, so that the program that wrote it can read the report: a
// spreadsheet in a country with decimal commas needs semicolons, and a mark to recognise UTF-8. Scripts that write
// plain UTF-8 get it back.
func likeSource(out io.Writer, f table.Format) (*csv.Writer, error) {
	w := csv.NewWriter(out)
	w.Comma, _ = utf8.DecodeRuneInString(cmp.Or(f.Delimiter, ","))
	head := ""
	if f.Marked || f.Container == table.Workbook || f.Encoding != charset.UTF8 || w.Comma == ';' {
		head = "\ufeff"
	}
	if !strings.ContainsRune(",;\t|", w.Comma) { // spreadsheets do not detect others
		head += "sep=" + string(w.Comma) + "\n"
	}
	if _, err := io.WriteString(out, head); err != nil {
		return nil, fmt.Errorf("write the report: %w", err)
	}
	return w, nil
}

// summarise writes the page with the numbers.
func (a *Account) summarise(ctx context.Context, id, path string) (err error) {
	summary, err := report.Summarise(ctx, a.Ledger, id, time.Now())
	if err != nil {
		return err
	}
	summary.Reasons = operate.RedactReasons(summary.Reasons)
	page, err := create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, page.Close()) }()
	return summary.HTML(page)
}

// reportBeside writes the report of an import once all its rows are settled.
func (a *Account) reportBeside(ctx context.Context, id, source, folder string) error {
	imp, err := a.Ledger.Import(ctx, id)
	if err != nil {
		return err
	}
	if !imp.Done() {
		return spool.ErrOpen
	}
	_, err = a.Report(ctx, imp, source, folder)
	return err
}
