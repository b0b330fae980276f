package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"guestflow/importer"
	"guestflow/importer/ledger"
)

type reportCommand struct {
	ID   string `arg:"" optional:"" help:"Import; default is the newest."`
	Out  string `help:"Folder for the two files." default:"." type:"path"`
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
	fmt.Fprintf(std.out, "%s: every row with its state\n%s: %d rows to correct and drop again\n", r.Result, r.Rejects, r.Rejected)
	return nil
}

// report is where an import's report is, with --json in this shape.
type report struct {
	ledger.Import
	Result   string `json:"result_file"`
	Rejects  string `json:"rejects_file"`
	Rejected int    `json:"rejects"`
}

// report joins the imported file and the ledger into two files. Both hold guests' data, so they are for their owner only.
func (a *app) report(ctx context.Context, imp ledger.Import, source, folder string) (r report, err error) {
	header, rows, closeSource, err := importer.Source(source, imp.SHA256)
	if err != nil {
		return r, err
	}
	defer closeSource() //nolint:errcheck // only read
	r = report{Import: imp, Result: filepath.Join(folder, imp.ID+"-result.csv"), Rejects: filepath.Join(folder, imp.ID+"-rejects.csv")}
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
	r.Rejected, err = a.ledger.Report(ctx, imp.ID, header, rows, csv.NewWriter(result), csv.NewWriter(rejects))
	return r, err
}
