package main

import (
	"cmp"
	"context"
	"math"
	"os"
	"os/user"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer/ledger"
)

// steered is what pause, resume, cancel and retry print with --json: what was done, and the import as it is then.
type steered struct {
	Done  operate.Verb `json:"done"`
	Story string       `json:"story"`
	ledger.Import
}

// steer applies a verb to an import, and prints what it did.
func steer(ctx context.Context, a *program.Account, v operate.Verb, id string, std terminal.Output,
	text func(imp ledger.Import, story string) string) error {
	story, err := a.Operate().Steer(ctx, cliActor(), v, id, math.MaxInt) // confirmed by the command
	if err != nil {
		return err
	}
	imp, err := a.Ledger.Import(ctx, id)
	if err != nil {
		return err
	}
	return std.Result(steered{v, story, imp}, "%s", text(imp, story))
}

// withSteerable opens the account that has an import. A verb that is not possible is refused before the command asks
// anything.
func withSteerable(ctx context.Context, s *config.Settings, id string, v operate.Verb,
	do func(*program.Account, ledger.Import) error) error {
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

// cliActor returns who runs commands, for the audit log.
func cliActor() operate.Actor {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return operate.Actor{Name: name, Via: "command"}
}

// becameBySudo is the user who has become the one of cliActor by sudo or doas; "" without that. It is set by a
// variable, so it only ever keeps a person from approving.
func becameBySudo() string { return cmp.Or(os.Getenv("SUDO_USER"), os.Getenv("DOAS_USER")) }
