package main

import (
	"context"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/terminal"
)

type topCommand struct{ terminal.Watcher }

// Run shows the account's imports, what moves fastest first.
func (c *topCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return watch(ctx, s, std, &c.Watcher, "", terminal.Ranking)
}
