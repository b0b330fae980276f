package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"guestflow/cmd/guestflow/console"
	"guestflow/importer"
	"guestflow/importer/inbox"
	"guestflow/tokencache"
	"guestflow/worker"
)

type runCommand struct {
	Roles  []string      `help:"What this process does." default:"inbox,workers" enum:"inbox,workers"`
	Inbox  string        `help:"Folder whose CSV files are imported; those in a subfolder under the profile of that name." type:"path"`
	Settle time.Duration `help:"How long a file must be unchanged before it is taken." default:"5s"`
	Event  string        `help:"Event id for rows that name none, outside of profiles."`
	// The template has no default here on purpose: a dropped file must not mail anybody unless somebody said so.
	Template string `help:"Template id for rows that name none, outside of profiles."`
	Listen   string `help:"Address for /metrics, such as 127.0.0.1:9464; it has no login. Off by default."`
}

// Run is the daemon. It ends by itself only when it cannot begin.
func (c *runCommand) Run(ctx context.Context, s *settings) error {
	if !c.has("inbox") && !c.has("workers") {
		return &usageError{"--roles names nothing to do: inbox, workers or both"}
	}
	a, err := s.open(ctx, s.logger(false), nil)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.canOpenSeals(ctx); err != nil {
		return err
	}
	a.log.Info("running", "account", s.account(), "roles", c.Roles, "store", a.store.Kind, "live", a.live())
	if note := a.store.Note(); note != "" {
		a.log.Info(note)
	}
	if a.sandbox != nil {
		a.log.Warn("no credentials are set: calls go to a sandbox in this process, and nobody is mailed", "sandbox", a.api)
	}
	var parts sync.WaitGroup
	defer parts.Wait()
	if c.has("inbox") && c.Inbox != "" {
		box, err := c.inbox(a)
		if err != nil {
			return err
		}
		parts.Go(func() { box.Run(ctx) })
	}
	if c.Listen != "" {
		parts.Go(func() {
			if err := console.Serve(ctx, c.Listen, a.metrics, a.log); err != nil {
				a.log.Error("no metrics", "error", err)
			}
		})
	}
	if c.has("workers") {
		parts.Go(func() { a.renewTokens(ctx) })
		return worker.Run(ctx, a.worker())
	}
	<-ctx.Done()
	return nil
}

func (c *runCommand) has(role string) bool { return slices.Contains(c.Roles, role) }

// canOpenSeals ends a process that has another sealing key than the rest of the fleet: it would close the auth gate for all.
func (a *app) canOpenSeals(ctx context.Context) error {
	info, err := a.tokens.Inspect(ctx)
	if err != nil || info.KeyID == "" || info.KeyKnown {
		return err
	}
	return &tokencache.AuthError{Account: a.settings.account(), Reason: tokencache.ReasonSealedElsewhere}
}

// renewTokens renews ahead of expiry, so that no guest waits for a token.
func (a *app) renewTokens(ctx context.Context) {
	if err := a.tokens.Run(ctx); err != nil && ctx.Err() == nil {
		a.log.Warn("tokens are no longer renewed ahead of time", "error", err)
	}
}

func (c *runCommand) inbox(a *app) (*inbox.Inbox, error) {
	profiles := []string{""}
	for name := range a.settings.profiles {
		profiles = append(profiles, name)
	}
	slices.Sort(profiles)
	to := map[string]importer.Settings{}
	for _, name := range profiles {
		event, template := c.Event, c.Template
		if name != "" {
			event, template = "", ""
		}
		s, err := a.settings.imports(name, event, template, "")
		if err != nil {
			return nil, err
		}
		to[name] = s
	}
	box, err := inbox.New(c.Inbox, c.Settle, to, a.take, a.log)
	if err != nil {
		return nil, &usageError{fmt.Sprintf("--inbox: %v", err)}
	}
	return box, nil
}

// take imports a file of the inbox. The file moves to done before the import is over, so its new place is written down.
func (a *app) take(ctx context.Context, path string, to importer.Settings) (inbox.Taken, error) {
	plan, err := importer.MakePlan(ctx, path, to)
	if err == nil {
		err = plan.Usable()
	}
	if err != nil {
		return inbox.Taken{}, err
	}
	imp, created, err := a.importer.Begin(ctx, plan)
	if err != nil {
		return inbox.Taken{}, err
	}
	if err := a.importer.Run(ctx, plan, imp); err != nil {
		return inbox.Taken{}, err
	}
	return inbox.Taken{Import: imp.ID, Rows: plan.Rows, Rejected: plan.Rejected, Known: !created, Moved: func(to string) error {
		return a.ledger.SetSource(ctx, imp.ID, to)
	}}, nil
}
