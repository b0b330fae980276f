package main

import (
	"context"
	"errors"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer/spool"
	"guestflow/importer/visible"
)

type holdCommand struct {
	watchedFolder

	ID string `arg:"" help:"File that waits for its start time, or of which nothing was imported; see guestflow waiting."`
}

// Run has a file wait for approval of which nothing was imported yet.
func (c *holdCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.With(ctx, s, func(a *program.Account) error {
		item, err := c.holdable(ctx, a)
		if err != nil {
			return err
		}
		who := cliActor()
		err = a.Operate().Audited(ctx, who, "hold", item.ID, item.Name+" "+item.Why(), func() (string, error) {
			return "waits for approval", decided(item, item.Spool.Hold(ctx, item.ID, who.Name))
		})
		if err != nil {
			return err
		}
		return std.Result(map[string]string{"held": item.ID},
			"%s is held: nothing of it is imported until it is approved: guestflow approve %s", item.Name, item.ID)
	})
}

// holdable returns an item of which nothing was imported, and that waits for no person yet.
func (c *holdCommand) holdable(ctx context.Context, a *program.Account) (spool.Item, error) {
	all, err := c.places(ctx, a)
	if err != nil {
		return spool.Item{}, err
	}
	item, err := all.Spools.Find(ctx, c.ID)
	if errors.Is(err, spool.ErrNotFound) {
		if imp, err := a.Find(ctx, c.ID); err == nil {
			return item, config.Usagef("%s is an import that has begun; pause it instead: guestflow pause %s", imp.ID, imp.ID)
		}
		return item, notWaiting(c.ID, all.Elsewhere)
	}
	switch {
	case err != nil:
	case item.State == spool.Waiting && !item.ByItself():
		err = config.Usagef("%s %s already", visible.Line(item.Name), item.Why())
	case item.State != spool.Waiting && item.State != spool.Approved:
		err = decided(item, spool.ErrImporting)
	}
	return item, err
}
