package main

import (
	"context"
	"fmt"
	"math"
	"os/user"

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

// steered is what pause, resume, cancel and retry print with --json: what was done, and the import as it is then.
type steered struct {
	Done  operate.Verb `json:"done"`
	Story string       `json:"story"`
	ledger.Import
}

func steer(ctx context.Context, a *program.Account, v operate.Verb, id string, std terminal.Output, told func(imp ledger.Import, story string) string) error {
	story, err := a.Operate().Steer(ctx, cliActor(), v, id, math.MaxInt) // whoever types a command has been asked
	if err != nil {
		return err
	}
	imp, err := a.Ledger.Import(ctx, id)
	if err != nil {
		return err
	}
	return std.Result(steered{v, story, imp}, "%s", told(imp, story))
}

// withSteerable finds the import that a command is about, and refuses what cannot be done before anything is asked.
func withSteerable(ctx context.Context, s *config.Settings, id string, v operate.Verb, do func(*program.Account, ledger.Import) error) error {
	return program.WithImport(ctx, s, id, func(a *program.Account) error {
		imp, err := a.Ledger.Import(ctx, id)
		if err == nil {
			err = v.Allowed(imp)
		}
		if err != nil {
			return err
		}
		return do(a, imp)
	})
}

// cliActor is who types commands, for the audit trail.
func cliActor() operate.Actor {
	name := "somebody"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return operate.Actor{Name: name, Via: "command"}
}
