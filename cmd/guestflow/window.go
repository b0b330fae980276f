package main

import (
	"context"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
)

type windowCommand struct {
	ID    string `arg:"" help:"Import."`
	Hours string `arg:"" optional:"" help:"Hours in which its emails leave from now on, such as '09:00-18:00 Mon-Fri', or none; without them the window is shown."`
}

// windowShown is what the command prints with --json.
type windowShown struct {
	ID     string          `json:"id"`
	Window *operate.Window `json:"window"` // null: emails leave at any time
}

func (c *windowCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.WithImport(ctx, s, c.ID, func(a *program.Account) error {
		w, err := c.window(ctx, a)
		if err != nil {
			return err
		}
		if w == nil {
			return std.Result(windowShown{c.ID, nil}, "%s", "The emails of import "+c.ID+" leave at any time.")
		}
		return std.Result(windowShown{c.ID, w}, "%s", "The emails of import "+c.ID+" leave "+w.Text()+".")
	})
}

func (c *windowCommand) window(ctx context.Context, a *program.Account) (*operate.Window, error) {
	if c.Hours != "" {
		return a.Operate().SetWindow(ctx, cliActor(), c.ID, c.Hours)
	}
	imp, err := a.Ledger.Import(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	now, err := a.Ledger.Now(ctx)
	return operate.WindowOf(imp, now), err
}
