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

type resumeCommand struct {
	ID string `arg:"" help:"Import."`
}

func (c *resumeCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.WithImport(ctx, s, c.ID, func(a *program.Account) error {
		return steer(ctx, a, operate.Resume, c.ID, std, func(imp ledger.Import, story string) string {
			return fmt.Sprintf("Import %s goes on: %s.", imp.ID, story)
		})
	})
}
