package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
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

// decided makes a mistake of usage of an error that says why a decision is not possible.
func decided(item spool.Item, err error) error {
	_, other := errors.AsType[*spool.OtherError](err)
	switch {
	case other:
		return config.Usagef("%s: %w", visible.Line(item.Name), err)
	case errors.Is(err, spool.ErrNotWaiting), errors.Is(err, spool.ErrImporting):
		return config.Usagef("%s no longer waits; what of it is imported is paused or cancelled as an import: "+
			"guestflow pause or guestflow cancel, with the id of guestflow imports", visible.Line(item.Name))
	case errors.Is(err, spool.ErrChanged):
		return config.Usagef("%s: %w; look at it again", visible.Line(item.Name), err)
	}
	return err
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

	Approval  string      `json:"approval,omitempty"`   // why a person has to approve it
	ApproveBy string      `json:"approve_by,omitempty"` // who may
	Start     *time.Time  `json:"start,omitempty"`      // of one that waits for nothing else
	Approved  string      `json:"approved_by,omitempty"`
	Plan      *spool.Plan `json:"plan,omitempty"`

	why string
}

func waitingOf(i spool.Item) waitingFile {
	f := waitingFile{
		ID: i.ID, File: i.Name, Path: i.Path, Since: i.Came(), Question: i.Question,
		Door: i.Origin.Door, From: i.Origin.From, By: i.Origin.By,
		Approval: i.Gate.Approval, ApproveBy: i.Gate.Rules.ApproveBy, Plan: i.Plan, Approved: i.Approved.By, why: i.Why(),
	}
	if i.Scheduled() {
		f.Start = &i.Gate.Start
	}
	return f
}

func (c *waitingCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.With(ctx, s, func(a *program.Account) error {
		all, err := c.spools(a)
		if err != nil {
			return err
		}
		list := []waitingFile{}
		for _, i := range all.Waiting(ctx) {
			list = append(list, waitingOf(i))
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
	t := std.Table()
	fmt.Fprintln(t, "ID\tSINCE\tFROM\tBY\tFILE")
	for _, f := range list {
		terminal.Printf(t, "%s\t%s\t%s\t%s\t%s\n", f.ID, f.Since.Local().Format(time.DateTime), f.Door, cmp.Or(f.By, "-"), f.File)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, f := range list {
		f.print(std)
	}
	return nil
}

// print says why a file waits, and what it would do.
func (f waitingFile) print(std terminal.Output) {
	if f.Start != nil {
		f.why = fmt.Sprintf("starts at %s; nothing of it leaves before", localTime(*f.Start))
	}
	terminal.Printf(std.Out, "%s %s\n", f.ID, f.why)
	if f.Plan != nil {
		terminal.Printf(std.Out, "  %s\n", planLine(*f.Plan))
	}
}

// localTime is a time on the clock of this host, with its offset: it may be that of another day.
func localTime(at time.Time) string { return at.Local().Format("2006-01-02 15:04:05 -07:00") }

func planLine(p spool.Plan) string {
	text := fmt.Sprintf("%d guests, %d emails, %d of %d rows rejected", p.Guests, p.Emails, p.Rejected, p.Rows)
	if c := p.Compared; c != nil {
		text += fmt.Sprintf("; beside earlier imports %d new, %d changed, %d unchanged", c.New, c.Changed, c.Unchanged)
	}
	return text
}
