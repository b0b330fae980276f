package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer"
	"guestflow/importer/spool"
	"guestflow/importer/visible"
)

// watchedFolder says where dropped files wait.
type watchedFolder struct {
	Inbox string `help:"The watched folder, as for run; that of a running program on this host is found without it." type:"path"`
}

// operate is the account with the watched folder.
func (w watchedFolder) operate(a *program.Account) *operate.Account {
	op := a.Operate()
	op.Spools = append(op.Spools, a.Watched(w.Inbox)...)
	return op
}

// places are where files of the account wait.
func (w watchedFolder) places(ctx context.Context, a *program.Account) (operate.Places, error) {
	op := w.operate(a)
	return op.Places(ctx, op.Spools)
}

// find returns an item that waits.
func (w watchedFolder) find(ctx context.Context, a *program.Account, id string) (spool.Item, error) {
	all, err := w.places(ctx, a)
	if err != nil {
		return spool.Item{}, err
	}
	item, err := all.Spools.Find(ctx, id)
	switch {
	case errors.Is(err, spool.ErrNotFound):
		return item, notWaiting(id, all.Elsewhere)
	case err == nil && item.State != spool.Waiting:
		return item, config.Usagef("%s, %s, no longer waits: it is %s", id, visible.Line(item.Name), item.State)
	}
	return item, err
}

// notWaiting says that no file of an id waits, and where else one may.
func notWaiting(id string, elsewhere []operate.Elsewhere) error {
	texts := []string{fmt.Sprintf("no file %s waits; guestflow waiting lists those that do", id)}
	for _, e := range elsewhere {
		texts = append(texts, e.Text())
	}
	return config.Usagef("%s", strings.Join(texts, "; "))
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
	StartAt   string      `json:"start_at,omitempty"`   // of one that waits for a person first
	Undo      string      `json:"undo,omitempty"`       // the same: how long it can be taken back then
	Approved  string      `json:"approved_by,omitempty"`
	Plan      *spool.Plan `json:"plan,omitempty"`
	Takes     string      `json:"takes,omitempty"` // how long the import of the plan takes

	Window  *operate.Window `json:"window,omitempty"`           // in which its emails leave
	Changed []string        `json:"settings_changed,omitempty"` // of its profile, since it was looked at

	SoFar  string `json:"so_far"` // what of it was imported
	PartOf string `json:"part_of,omitempty"`

	why, discard, destination string
}

func waitingOf(i spool.Item, a *program.Account) waitingFile {
	f := waitingFile{
		ID: i.ID, File: i.Name, Path: i.Path, Since: i.Came(), Question: i.Question,
		Door: i.Origin.Door, From: i.Origin.From, By: i.Origin.By,
		Approval: i.Gate.Approval, ApproveBy: i.Gate.Rules.ApproveBy, Plan: i.Plan, Approved: i.Approved.By,
		SoFar: i.SoFar(), PartOf: i.PartOf(), why: i.Why(), discard: "remove it",
	}
	f.Changed, _ = a.Operate().SettingsChanged(i.Record)
	if f.PartOf != "" {
		f.discard = "leave these rows out"
	}
	if i.Scheduled() {
		f.Start = &i.Gate.Start
	} else {
		f.StartAt, f.Undo = i.Gate.Rules.StartAt, i.Gate.Rules.Undo
	}
	if p := i.Plan; p != nil {
		f.Takes = operate.DurationText(importer.Plan{Emails: p.Emails, Calls: p.Calls}, a.Budget.Limits())
		f.destination = p.Destination(a.Settings.Events())
	}
	if i.Spec != nil && !i.NoEmail {
		f.Window = operate.WindowOfSpec(*i.Spec, time.Now())
	}
	return f
}

func (c *waitingCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.With(ctx, s, func(a *program.Account) error {
		all, err := c.places(ctx, a)
		if err != nil {
			return err
		}
		list := []waitingFile{}
		for _, i := range all.Spools.Waiting(ctx) {
			list = append(list, waitingOf(i, a))
		}
		if std.JSON {
			err = std.Encode(list)
		} else {
			err = printWaiting(list, len(all.Elsewhere) == 0, std)
		}
		for _, e := range all.Elsewhere {
			terminal.PrintLine(std.Err, "More: "+e.Text()+".")
		}
		return err
	})
}

func printWaiting(list []waitingFile, all bool, std terminal.Output) error {
	switch {
	case len(list) == 0 && all:
		terminal.PrintLine(std.Out, "No file waits.")
		return nil
	case len(list) == 0:
		terminal.PrintLine(std.Out, "No file waits that can be seen here.")
		return nil
	}
	t := std.Table()
	fmt.Fprintln(t, "ID\tSINCE\tFROM\tBY\tFILE")
	for _, f := range list {
		terminal.Printf(t, "%s\t%s\t%s\t%s\t%s\n", f.ID, f.Since.Local().Format(time.DateTime), f.Door, cmp.Or(f.By, "-"),
			f.File)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, f := range list {
		f.print(std)
	}
	return nil
}

// print says why a file waits, what it would do, and the commands that decide.
func (f waitingFile) print(std terminal.Output) {
	if f.Start != nil {
		f.why = fmt.Sprintf("starts at %s; nothing of it leaves before", localTime(*f.Start))
	}
	terminal.Printf(std.Out, "\n%s %s\n", f.ID, f.why)
	lines := []string{f.SoFar}
	if f.Plan != nil {
		plan := f.Plan.Text()
		if !f.Plan.AtMost {
			plan += "; takes " + f.Takes
		}
		lines = append(append(lines, plan, f.destination), f.Plan.Differences()...)
	}
	if f.Window != nil {
		lines = append(lines, "emails leave "+f.Window.Text())
	}
	if len(f.Changed) > 0 {
		lines = append(lines, (&spool.ChangedError{Settings: f.Changed}).Error()+"; a guestflow run that is started now plans "+
			"it anew")
	}
	for _, l := range append(lines, f.commands()) {
		if l == "" {
			continue
		}
		terminal.Printf(std.Out, "  %s\n", l)
	}
}

// commands are those that decide about a file.
func (f waitingFile) commands() string {
	discard := fmt.Sprintf("to %s: guestflow discard %s", f.discard, f.ID)
	switch {
	case f.Start != nil:
		return fmt.Sprintf("to start it at once: guestflow approve %s --now; to have it wait for approval: guestflow hold %s; %s",
			f.ID, f.ID, discard)
	case f.Question != "":
		return fmt.Sprintf("to import it: guestflow approve %s with the option that is right; %s", f.ID, discard)
	case f.Approval == "" && f.Door == spool.Console:
		return "to start it: its page in the console; " + discard
	}
	return fmt.Sprintf("to approve it: guestflow approve %s; %s", f.ID, discard)
}

// localTime is a time on the clock of this host, with its offset: it may be that of another day.
func localTime(at time.Time) string { return at.Local().Format("2006-01-02 15:04:05 -07:00") }
