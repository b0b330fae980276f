package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

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

// Run is the daemon, for one account or all of them. It ends by itself only when it cannot begin.
func (c *runCommand) Run(ctx context.Context, s *settings) error {
	if !c.has("inbox") && !c.has("workers") {
		return &usageError{"--roles names nothing to do: inbox, workers or both"}
	}
	log := s.logger(false)
	apps, err := s.openAll(ctx, log)
	if err != nil {
		return err
	}
	defer closeAll(apps)
	for _, a := range apps {
		if err := a.canOpenSeals(ctx); err != nil {
			return err
		}
	}
	box, err := c.inbox(apps, log)
	if err != nil {
		return err
	}
	for _, a := range apps {
		a.introduce(c.Roles)
	}
	parts, ctx := errgroup.WithContext(ctx)
	if box != nil {
		parts.Go(func() error { box.Run(ctx); return nil })
	}
	if c.Listen != "" {
		parts.Go(func() error {
			if err := console.Serve(ctx, c.Listen, apps[0].metrics, log); err != nil {
				log.Error("no metrics", "error", err)
			}
			return nil
		})
	}
	for _, a := range apps {
		if c.has("workers") {
			parts.Go(func() error { a.renewTokens(ctx); return nil })
			parts.Go(func() error { return worker.Run(ctx, a.worker()) })
		}
	}
	parts.Go(func() error { <-ctx.Done(); return nil })
	return parts.Wait()
}

// introduce says for whom this process works, and on what.
func (a *app) introduce(roles []string) {
	a.log.Info("running", "roles", roles, "store", a.store.Kind, "live", a.live())
	if note := a.store.Note(); note != "" {
		a.log.Info(note)
	}
	if a.sandbox != nil {
		a.log.Warn("no credentials are set: calls go to a sandbox in this process, and nobody is mailed", "sandbox", a.api)
	}
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

// inbox is the drop folder, whose files go to the account of their profile.
func (c *runCommand) inbox(apps []*app, log *slog.Logger) (*inbox.Inbox, error) {
	if !c.has("inbox") || c.Inbox == "" {
		return nil, nil
	}
	by := map[string]*app{}
	for _, a := range apps {
		by[a.settings.account()] = a
	}
	to, err := c.profiles(apps)
	if err != nil {
		return nil, err
	}
	take := func(ctx context.Context, path string, to importer.Settings) (inbox.Taken, error) {
		a, known := by[to.Account]
		if !known {
			return inbox.Taken{}, &importer.FileError{
				Path: path, Problem: "there are several accounts, and nothing says for which it is", Advice: "drop it into the folder of a profile that names its account",
			}
		}
		return a.take(ctx, path, to)
	}
	box, err := inbox.New(c.Inbox, c.Settle, to, take, log)
	if err != nil {
		return nil, &usageError{fmt.Sprintf("--inbox: %v", err)}
	}
	return box, nil
}

// profiles gives the settings of what is dropped into each profile's folder, and under "" into the inbox itself. A profile of
// an account that this process does not serve is left to those that do.
func (c *runCommand) profiles(apps []*app) (map[string]importer.Settings, error) {
	to := map[string]importer.Settings{}
	for _, a := range apps {
		for name, p := range a.settings.profiles {
			if p.Account != "" && p.Account != a.settings.account() {
				continue
			}
			s, err := a.settings.imports(name, "", "", "")
			if err != nil {
				return nil, err
			}
			if p.Account == "" && len(apps) > 1 {
				s.Account = ""
			}
			to[name] = s
		}
	}
	s, err := apps[0].settings.imports("", c.Event, c.Template, "")
	if len(apps) > 1 {
		s.Account = ""
	}
	to[""] = s
	return to, err
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
	if err := a.importer.Run(ctx, plan, imp); err != nil && !errors.Is(err, importer.ErrCancelled) {
		return inbox.Taken{}, err
	}
	return inbox.Taken{Import: imp.ID, Rows: plan.Rows, Rejected: plan.Rejected, Known: !created, Moved: func(to string) error {
		return a.ledger.SetSource(ctx, imp.ID, to)
	}}, nil
}
