package main

import (
	"context"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
)

type approveCommand struct {
	watchedFolder
	spec.Reading

	ID  string `arg:"" help:"File that waits; see guestflow waiting."`
	Yes bool   `help:"Do not ask, even if real emails are sent." short:"y"`
}

// approved is what `approve --json` prints.
type approved struct {
	ID     string `json:"id"`
	Import string `json:"import"`
	Guests int    `json:"guests"`
	Emails int    `json:"emails"`
}

// Run approves a file that waits: it is imported, read as before with what is typed over that.
func (c *approveCommand) Run(ctx context.Context, line *kong.Context, s *config.Settings, std terminal.Output) error {
	if err := s.Only(); err != nil {
		return err
	}
	a, err := program.Open(ctx, s, s.Logger(true), nil)
	if err != nil {
		return err
	}
	defer a.Close()
	item, err := c.find(ctx, a, c.ID)
	if err != nil {
		return err
	}
	plan, err := c.plan(ctx, a, item, config.WaysOf(c.Reading, line).Typed)
	if err != nil {
		if !s.JSON {
			terminal.PrintChoices(std.Err, err)
		}
		return err
	}
	if err := (&importCommand{Yes: c.Yes}).confirm(ctx, a, plan, std); err != nil {
		return err
	}
	err = a.Operate().Audited(ctx, cliActor(), "approve", item.ID, item.Name, func() (string, error) {
		return "import " + plan.Import, item.Spool.Approve(ctx, item.ID, plan.Settings.Spec, cliActor().Name, nil, nil)
	})
	if err != nil {
		return err
	}
	return std.Result(approved{item.ID, plan.Import, plan.Guests, plan.Emails},
		"%s is approved: %d guests, %d emails. A running guestflow run imports it as import %s; follow it with: guestflow status %s",
		item.Name, plan.Guests, plan.Emails, plan.Import, plan.Import)
}

// plan reads the file with the answers, and asks Qflow as an import does.
func (c *approveCommand) plan(
	ctx context.Context, a *program.Account, item spool.Item, typed spec.Reading,
) (importer.Plan, error) {
	to := spec.Spec{Account: a.Settings.AccountName()}
	if item.Spec != nil {
		to = *item.Spec
	}
	if item.Origin.Door == spool.Console {
		return importer.Plan{}, config.Usagef("%s was uploaded and is started in the console, "+
			"where its event and email are chosen", item.ID)
	}
	to.Reading = typed.Over(to.Reading)
	if err := importer.Check(to); err != nil {
		return importer.Plan{}, config.Usagef("%w", err)
	}
	plan, err := importer.MakePlan(ctx, item.Path, importer.Settings{Spec: to})
	if err != nil {
		return plan, err
	}
	return a.Operate().Ready(ctx, plan)
}
