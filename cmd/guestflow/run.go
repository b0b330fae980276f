package main

import (
	"context"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/program"
)

type runCommand struct{ config.Daemon }

// Run runs until ctx ends; it ends by itself only where it cannot start.
func (c *runCommand) Run(ctx context.Context, line *kong.Context, s *config.Settings) error {
	how := config.WaysOf(c.Reading, line)
	how.Holds = config.HoldsOf(c.Rules, line)
	p, err := program.New(ctx, s, c.Daemon, how, s.Logger(false))
	if err != nil {
		return err
	}
	defer p.Close()
	return p.Run(ctx)
}
