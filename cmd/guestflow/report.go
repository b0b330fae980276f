package main

import (
	"cmp"
	"context"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer/plural"
)

type reportCommand struct {
	ID   string `arg:"" optional:"" help:"Import; default is the newest."`
	Out  string `help:"Folder for the files." default:"." type:"path"`
	File string `help:"The imported file, if it is no longer where it was." type:"path"`
}

func (c *reportCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.WithImport(ctx, s, c.ID, func(a *program.Account) error { return c.write(ctx, a, std) })
}

func (c *reportCommand) write(ctx context.Context, a *program.Account, std terminal.Output) error {
	imp, err := a.Find(ctx, c.ID)
	if err != nil {
		return err
	}
	r, err := a.Report(ctx, imp, cmp.Or(c.File, imp.Source), c.Out)
	if err != nil {
		return err
	}
	if std.JSON {
		return std.Encode(r)
	}
	terminal.Printf(std.Out,
		"%s: every row with its state\n%s: %s to correct and drop again\n%s: the numbers and reasons on one page, without guests' data\n",
		r.Result, r.Rejects, plural.Of(r.Rejected, "row"), r.Summary)
	if r.GoneFile != "" {
		terminal.Printf(std.Out, "%s: %s of import %s whose guests are not in this list\n", r.GoneFile,
			plural.Of(imp.Gone.Rows, "row"), imp.Gone.Import)
	}
	return nil
}
