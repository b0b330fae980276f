package main

import (
	"context"
	"fmt"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
)

type discardCommand struct {
	watchedFolder

	ID  string `arg:"" help:"File that waits; see guestflow waiting."`
	Yes bool   `help:"Do not ask." short:"y"`
}

func (c *discardCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.With(ctx, s, func(a *program.Account) error {
		item, err := c.find(ctx, a, c.ID)
		if err != nil {
			return err
		}
		question := fmt.Sprintf("Remove the file %s? %s", item.Name, item.SoFar())
		if item.PartOf() != "" {
			question = fmt.Sprintf("Leave out for good the rows of %s that wait? %s", item.Name, item.SoFar())
		}
		if err := terminal.Confirm(ctx, std, question, c.Yes); err != nil {
			return err
		}
		err = a.Operate().Audited(ctx, cliActor(), "discard", item.ID, item.Name, func() (string, error) {
			return "removed", decided(item, item.Spool.Discard(item.ID))
		})
		if err != nil {
			return err
		}
		return std.Result(map[string]string{"removed": item.ID}, "%s", item.Discarded())
	})
}
