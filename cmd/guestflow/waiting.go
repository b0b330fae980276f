package main

import (
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
	t := std.Table()
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
