package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/spool"
	"guestflow/importer/table"
)

type reportCommand struct {
	ID   string `arg:"" optional:"" help:"Import; default is the newest."`
	Out  string `help:"Folder for the files." default:"." type:"path"`
	File string `help:"The imported file, if it is no longer where it was." type:"path"`
}

func (c *reportCommand) Run(ctx context.Context, s *settings, std output) error {
	return s.withImport(ctx, c.ID, func(a *app) error { return c.write(ctx, a, std) })
}

func (c *reportCommand) write(ctx context.Context, a *app, std output) error {
	imp, err := a.find(ctx, c.ID)
	if err != nil {
		return err
	}
	r, err := a.report(ctx, imp, first(c.File, imp.Source), c.Out)
	if err != nil {
		return err
	}
	if a.settings.JSON {
		return json.NewEncoder(std.out).Encode(r)
	}
	printf(std.out, "%s: every row with its state\n%s: %d rows to correct and drop again\n%s: the numbers and reasons on one page, without guests' data\n",
		r.Result, r.Rejects, r.Rejected, r.Summary)
	return nil
}

// report is where an import's report is, with --json in this shape.
type report struct {
	ledger.Import
	Result   string `json:"result_file"`
	Rejects  string `json:"rejects_file"`
	Summary  string `json:"summary_file"`
	Rejected int    `json:"rejects"`
}

// report joins the imported file and the ledger into two files, which hold guests' data, and sums the ledger up in a third,
// which does not. All are for their owner only.
func (a *app) report(ctx context.Context, imp ledger.Import, source, folder string) (r report, err error) {
	file, err := importer.OpenSource(ctx, source, imp.SHA256, importer.ReadingOf(imp))
	if err != nil {
		return r, err
	}
	defer file.Close()
	at := filepath.Join(folder, imp.ID)
	r = report{Import: imp, Result: at + "-result.csv", Rejects: at + "-rejects.csv", Summary: at + "-summary.html"}
	result, err := os.OpenFile(r.Result, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return r, &usageError{fmt.Sprintf("the report cannot be written: %v", err)}
	}
	defer func() { err = worse(result.Close(), err) }()
	rejects, err := os.OpenFile(r.Rejects, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return r, &usageError{fmt.Sprintf("the report cannot be written: %v", err)}
	}
	defer func() { err = worse(rejects.Close(), err) }()
	all, err := likeSource(result, file.Format)
	if err != nil {
		return r, err
	}
	wrong, err := likeSource(rejects, file.Format)
	if err != nil {
		return r, err
	}
	if r.Rejected, err = a.ledger.Report(ctx, imp.ID, file.Header, file.Rows, all, wrong); err != nil {
		return r, err
	}
	return r, a.summarise(ctx, imp.ID, r.Summary)
}

// likeSource writes CSV as the program reads it that wrote the imported file: a spreadsheet of a country whose numbers have commas
// wants semicolons, and one that is not told takes UTF-8 for its own code page. Scripts that write plain UTF-8 get it back.
func likeSource(out io.Writer, f table.Format) (*csv.Writer, error) {
	w := csv.NewWriter(out)
	w.Comma, _ = utf8.DecodeRuneInString(first(f.Delimiter, ","))
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
func (a *app) summarise(ctx context.Context, id, path string) (err error) {
	summary, err := a.ledger.Summarise(ctx, id, time.Now())
	if err != nil {
		return err
	}
	summary.Reasons = operate.RedactReasons(summary.Reasons)
	page, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return &usageError{fmt.Sprintf("the summary cannot be written: %v", err)}
	}
	defer func() { err = worse(page.Close(), err) }()
	return summary.HTML(page)
}

// reportBeside writes the reports of an import whose file an inbox has taken, once all its rows are settled.
func (a *app) reportBeside(ctx context.Context, id, source, folder string) error {
	imp, err := a.ledger.Import(ctx, id)
	if err != nil {
		return err
	}
	if !imp.Done() {
		return spool.ErrOpen
	}
	_, err = a.report(ctx, imp, source, folder)
	return err
}
