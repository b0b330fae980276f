package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"guestflow/importer"
	"guestflow/importer/inbox"
	"guestflow/importer/ledger"
)

type reportCommand struct {
	ID   string `arg:"" optional:"" help:"Import; default is the newest."`
	Out  string `help:"Folder for the files." default:"." type:"path"`
	File string `help:"The imported file, if it is no longer where it was." type:"path"`
}

func (c *reportCommand) Run(ctx context.Context, s *settings, std output) error {
	return s.with(ctx, func(a *app) error { return c.write(ctx, a, std) })
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
	fmt.Fprintf(std.out, "%s: every row with its state\n%s: %d rows to correct and drop again\n%s: the numbers and reasons on one page, without guests' data\n",
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
	header, rows, closeSource, err := importer.SourceSheet(source, imp.SHA256, imp.Sheet)
	if err != nil {
		return r, err
	}
	defer closeSource() //nolint:errcheck // only read
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
	if r.Rejected, err = a.ledger.Report(ctx, imp.ID, header, rows, csv.NewWriter(result), csv.NewWriter(rejects)); err != nil {
		return r, err
	}
	return r, a.summarise(ctx, imp.ID, r.Summary)
}

// summarise writes the page.
func (a *app) summarise(ctx context.Context, id, path string) (err error) {
	summary, err := a.ledger.Summarise(ctx, id, time.Now())
	if err != nil {
		return err
	}
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
		return inbox.ErrOpen
	}
	_, err = a.report(ctx, imp, source, folder)
	return err
}
