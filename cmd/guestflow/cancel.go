package main

import (
	"context"
	"fmt"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
	"guestflow/importer/spec"
)

type cancelCommand struct {
	ID   string   `arg:"" help:"Import."`
	Rows []string `arg:"" optional:"" name:"row" help:"Rows of it alone, such as 3,7-9; 50 at most."`
	Yes  bool     `help:"Do not ask." short:"y"`
}

func (c *cancelCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	if len(c.Rows) > 0 {
		return c.cancelRows(ctx, s, std)
	}
	return withSteerable(ctx, s, c.ID, operate.Cancel, func(a *program.Account, imp ledger.Import) error {
		if err := c.warn(ctx, a, nil, std); err != nil {
			return err
		}
		question := fmt.Sprintf("Cancel %s of import %s for good? What was sent stays sent.", plural.Of(imp.Counts.Open(), "row"), imp.ID)
		if err := terminal.Confirm(ctx, std, question, c.Yes); err != nil {
			return err
		}
		return steer(ctx, a, operate.Cancel, c.ID, std, func(imp ledger.Import, story string) string {
			return fmt.Sprintf("Import %s is cancelled: %s. %s", imp.ID, story, anew(imp.ID, imp.Source, imp.Spec))
		})
	})
}

// cancelRows cancels rows that are named. The others go on.
func (c *cancelCommand) cancelRows(ctx context.Context, s *config.Settings, std terminal.Output) error {
	numbers, err := operate.ParseRows(c.Rows...)
	if err != nil {
		return err
	}
	return withSteerable(ctx, s, c.ID, operate.Cancel, func(a *program.Account, imp ledger.Import) error {
		if err := c.warn(ctx, a, numbers, std); err != nil {
			return err
		}
		question := fmt.Sprintf("Cancel %s of import %s for good, as far as nothing of it has begun?",
			plural.Of(len(numbers), "row"), imp.ID)
		if err := terminal.Confirm(ctx, std, question, c.Yes); err != nil {
			return err
		}
		story, err := a.Operate().CancelRows(ctx, cliActor(), c.ID, numbers)
		if err != nil {
			return err
		}
		if imp, err = a.Ledger.Import(ctx, c.ID); err != nil {
			return err
		}
		return std.Result(steered{operate.Cancel, story, imp}, "Of import %s %s.", imp.ID, story)
	})
}

// warn says what becomes of emails by it that an operator may not expect.
func (c *cancelCommand) warn(ctx context.Context, a *program.Account, numbers []int, std terminal.Output) error {
	warnings, err := a.Operate().CancelWarnings(ctx, c.ID, numbers)
	for _, text := range warnings {
		terminal.PrintLine(std.Aside(), text)
	}
	return err
}

// anew says how what a cancelled import was to do can be done again.
func anew(id, path string, of spec.Spec) string {
	switch {
	case of.Resends != nil:
		return fmt.Sprintf("To send the emails all the same: guestflow resend %s %s --decision after-%s", of.Resends.Import,
			operate.RowList(of.Resends.Rows), id)
	case of.Resend:
		return fmt.Sprintf("To send the emails again all the same: guestflow import %s --resend", path)
	}
	return fmt.Sprintf("To import it anew: guestflow import %s --again", path)
}
