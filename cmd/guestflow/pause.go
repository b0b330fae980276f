package main

import (
	"context"
	"fmt"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer/ledger"
)

type pauseCommand struct {
	ID string `arg:"" help:"Import."`
}

func (c *pauseCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.WithImport(ctx, s, c.ID, func(a *program.Account) error {
		return steer(ctx, a, operate.Pause, c.ID, std, func(imp ledger.Import, story string) string {
			return fmt.Sprintf("Import %s is paused; %s. Go on with: guestflow resume %s", imp.ID, story, imp.ID)
		})
	})
}
