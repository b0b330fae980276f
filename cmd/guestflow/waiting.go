package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
	"guestflow/importer/visible"
)

// watchedFolder says where dropped files wait.
type watchedFolder struct {
	Inbox string `help:"The watched folder, as for run." type:"path"`
}

// spools are those in which files of the account wait.
func (w watchedFolder) spools(a *program.Account) (spool.Spools, error) {
	if err := a.OpenSpool([]*program.Account{a}); err != nil {
		return nil, err
	}
	return append(spool.Spools{a.Spool}, a.Watched(w.Inbox)...), nil
}

// find returns an item that waits.
func (w watchedFolder) find(ctx context.Context, a *program.Account, id string) (spool.Item, error) {
	all, err := w.spools(a)
	if err != nil {
		return spool.Item{}, err
	}
	item, err := all.Find(ctx, id)
	switch {
	case errors.Is(err, spool.ErrNotFound):
		return item, config.Usagef("no file %s waits; guestflow waiting lists those that do, "+
			"with --inbox also those of the watched folder", id)
	case err == nil && item.State != spool.Waiting:
		return item, config.Usagef("%s, %s, no longer waits: it is %s", id, visible.Line(item.Name), item.State)
	}
	return item, err
}

type waitingCommand struct{ watchedFolder }

// waitingFile is what `waiting --json` prints of each.
type waitingFile struct {
	ID       string     `json:"id"`
	File     string     `json:"file"`
	Path     string     `json:"path"`
	Since    time.Time  `json:"since"`
	Door     spool.Door `json:"door"`
	From     string     `json:"from,omitempty"`
	By       string     `json:"by,omitempty"`
	Question string     `json:"question,omitempty"`
}

func (c *waitingCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.With(ctx, s, func(a *program.Account) error {
		all, err := c.spools(a)
		if err != nil {
			return err
		}
		list := []waitingFile{}
		for _, i := range all.Waiting(ctx) {
			list = append(list, waitingFile{
				ID: i.ID, File: i.Name, Path: i.Path, Since: i.Came(), Question: i.Question,
				Door: i.Origin.Door, From: i.Origin.From, By: i.Origin.By,
			})
		}
		if std.JSON {
			return std.Encode(list)
		}
		return printWaiting(list, std)
	})
}

func printWaiting(list []waitingFile, std terminal.Output) error {
	if len(list) == 0 {
		terminal.PrintLine(std.Out, "No file waits.")
		return nil
	}
	t := tabwriter.NewWriter(std.Out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tSINCE\tFROM\tFILE")
	for _, f := range list {
		terminal.Printf(t, "%s\t%s\t%s\t%s\n", f.ID, f.Since.Local().Format(time.DateTime), f.Door, f.File)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, f := range list {
		if f.Question != "" {
			terminal.Printf(std.Out, "%s: %s\n", f.ID, f.Question)
		}
	}
	return nil
}

type approveCommand struct {
	watchedFolder
	spec.Reading

	ID  string `arg:"" help:"File that waits; see guestflow waiting."`
	Yes bool   `help:"Do not ask, even where real people are mailed." short:"y"`
}

// Run has a file imported that waits, read as before but for what is typed.
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
	std.Say(fmt.Sprintf("%s is approved: %d guests, %d emails. A running guestflow run imports it as import %s; "+
		"follow it with: guestflow status %s", item.Name, plan.Guests, plan.Emails, plan.Import, plan.Import))
	return nil
}

// plan reads the file by the answers, and asks Qflow as an import does.
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
		question := fmt.Sprintf("Remove the file %s? Nothing of it was imported.", item.Name)
		if err := terminal.Confirm(ctx, std, question, c.Yes); err != nil {
			return err
		}
		err = a.Operate().Audited(ctx, cliActor(), "discard", item.ID, item.Name, func() (string, error) {
			return "removed", item.Spool.Discard(item.ID)
		})
		if err == nil {
			std.Say(item.Name + " was removed. Nothing of it was imported.")
		}
		return err
	})
}
