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
	"guestflow/importer/ledger"
	"guestflow/importer/report"
	"guestflow/importer/spool"
	"guestflow/importer/table"
)

// Report is where an import's report is, with --json in this shape.
type Report struct {
	ledger.Import
	Result   string `json:"result_file"`
	Rejects  string `json:"rejects_file"`
	Summary  string `json:"summary_file"`
	Rejected int    `json:"rejects"`
}

// Report joins the imported file and the ledger into two files, which hold guests' data, and sums the ledger up in a third,
// which does not. All are for their owner only.
func (a *Account) Report(ctx context.Context, imp ledger.Import, source, folder string) (r Report, err error) {
	file, err := importer.OpenSource(ctx, spool.Locate(source), imp.SHA256, importer.TableOptions(imp.Reading))
	if err != nil {
		return r, err
	}
	defer file.Close()
	at := filepath.Join(folder, imp.ID)
	r = Report{Import: imp, Result: at + "-result.csv", Rejects: at + "-rejects.csv", Summary: at + "-summary.html"}
	result, err := os.OpenFile(r.Result, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return r, config.Usagef("the report cannot be written: %v", err)
	}
	defer func() { err = errors.Join(err, result.Close()) }()
	rejects, err := os.OpenFile(r.Rejects, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return r, config.Usagef("the report cannot be written: %v", err)
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
	return r, a.summarise(ctx, imp.ID, r.Summary)
}

// likeSource writes CSV as the program reads it that wrote the imported file: a spreadsheet of a country whose numbers have commas
// wants semicolons, and one that is not told takes UTF-8 for its own code page. Scripts that write plain UTF-8 get it back.
func likeSource(out io.Writer, f table.Format) (*csv.Writer, error) {
	w := csv.NewWriter(out)
	w.Comma, _ = utf8.DecodeRuneInString(cmp.Or(f.Delimiter, ","))
	head := ""
	if f.Marked || f.Container == table.Workbook || f.Encoding != table.UTF8 || w.Comma == ';' {
		head = "\ufeff"
	}
	if !strings.ContainsRune(",;\t|", w.Comma) { // others are not found out, only told
		head += "sep=" + string(w.Comma) + "\n"
	}
	if _, err := io.WriteString(out, head); err != nil {
		return nil, fmt.Errorf("write the report: %w", err)
	}
	return w, nil
}

// summarise writes the page.
func (a *Account) summarise(ctx context.Context, id, path string) (err error) {
	summary, err := report.Summarise(ctx, a.Ledger, id, time.Now())
	if err != nil {
		return err
	}
	summary.Reasons = operate.RedactReasons(summary.Reasons)
	page, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return config.Usagef("the summary cannot be written: %v", err)
	}
	defer func() { err = errors.Join(err, page.Close()) }()
	return summary.HTML(page)
}

// reportBeside writes the reports of an import whose file an inbox has taken, once all its rows are settled.
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
