package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer/advice"
	"guestflow/importer/ledger"
)

type importsCommand struct {
	watchedFolder

	Limit *int          `help:"How many to list, the newest first; 20 by default, or all with --since."`
	Since time.Duration `help:"Only imports that were started within this time, such as 24h."`
}

func (c *importsCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.With(ctx, s, func(a *program.Account) error { return c.list(ctx, a, std) })
}

func (c *importsCommand) list(ctx context.Context, a *program.Account, std terminal.Output) error {
	list, err := c.find(ctx, a)
	if err != nil {
		return err
	}
	if std.JSON {
		return std.Encode(terminal.List(list))
	}
	if len(list) == 0 {
		terminal.PrintLine(std.Out, c.none(a.Settings.AccountName()))
		return c.printWaiting(ctx, a, std)
	}
	t := std.Table()
	fmt.Fprintln(t, "ID\tSTARTED\tROWS\tOPEN\tPARKED\tATTENTION\tSOURCE")
	closed, err := a.Gates.Closed(ctx)
	if err != nil {
		return err
	}
	for _, i := range list {
		parked := strconv.Itoa(i.Counts.Parked())
		if operate.IsReleasing(i, closed) {
			parked = advice.Releasing
		}
		terminal.Printf(t, "%s\t%s\t%d\t%d\t%s\t%d\t%s\n", i.ID, i.Started.Local().Format(time.DateTime), i.Rows,
			i.Counts.Open(), parked, i.Counts.Attention(), i.Source)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	halfWay, err := a.Operate().Interrupted(ctx, list)
	for _, i := range list {
		if why := halfWay[i.ID]; why != "" {
			terminal.Printf(std.Out, "Import %s: %s.\n", i.ID, why)
		}
	}
	return errors.Join(err, c.printWaiting(ctx, a, std))
}

// printWaiting says how many files wait, of which there is no import yet.
func (c *importsCommand) printWaiting(ctx context.Context, a *program.Account, std terminal.Output) error {
	all, err := c.places(ctx, a)
	if err != nil {
		return err
	}
	for _, i := range all.Spools.Waiting(ctx) {
		begun := "Not begun"
		if i.PartOf() != "" {
			begun = "A part of it waits"
		}
		terminal.Printf(std.Out, "%s: %s, file %s, %s\n", begun, i.Name, i.ID, i.Why())
	}
	for _, e := range all.Elsewhere {
		terminal.Printf(std.Out, "Not begun: %s\n", e.Text())
	}
	return nil
}

// find lists the newest imports. With --since alone there is no limit.
func (c *importsCommand) find(ctx context.Context, a *program.Account) ([]ledger.Import, error) {
	limit := 20 // what a terminal shows
	switch {
	case c.Limit != nil:
		limit = *c.Limit
	case c.Since > 0:
		limit = 0
	}
	list, err := a.Ledger.Imports(ctx, limit)
	if c.Since > 0 {
		list = slices.DeleteFunc(list, func(i ledger.Import) bool { return time.Since(i.Started) > c.Since })
	}
	return list, err
}

func (c *importsCommand) none(account string) string {
	if c.Since <= 0 {
		return fmt.Sprintf("No imports of account %s yet.", account)
	}
	return fmt.Sprintf("No import of account %s was begun in the last %s, that is since %s.", account, c.Since,
		time.Now().Add(-c.Since).Format(time.DateTime))
}

// printImport prints an import with --json.
func printImport(a *program.Account, std terminal.Output, id string) error {
	if !a.Settings.JSON {
		return nil
	}
	imp, err := a.Ledger.Import(context.Background(), id)
	if err != nil {
		return err
	}
	return std.Encode(imp)
}
