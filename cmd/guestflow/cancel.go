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
)

type cancelCommand struct {
	ID  string `arg:"" help:"Import."`
	Yes bool   `help:"Do not ask." short:"y"`
}

func (c *cancelCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return withSteerable(ctx, s, c.ID, operate.Cancel, func(a *program.Account, imp ledger.Import) error {
		question := fmt.Sprintf("Cancel %s of import %s for good? What was sent stays sent.", plural.Of(imp.Counts.Open(), "row"), imp.ID)
		if err := terminal.Confirm(ctx, std, question, c.Yes); err != nil {
			return err
		}
		return steer(ctx, a, operate.Cancel, c.ID, std, func(imp ledger.Import, story string) string {
			return fmt.Sprintf("Import %s is cancelled: %s. %s", imp.ID, story, anew(imp.Source))
		})
	})
}

// anew says how the file of a cancelled import can be imported again.
func anew(path string) string {
	return fmt.Sprintf("To import it anew: guestflow import %s --again", path)
}
