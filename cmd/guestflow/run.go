package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/sync/errgroup"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/inbox"
	"guestflow/importer/ledger"
	"guestflow/importer/spool"
	"guestflow/tokencache"
	"guestflow/worker"
)

type runCommand struct {
	Roles  []string      `help:"What this process does; inbox is also for sources without a cron." default:"inbox,schedules,workers" enum:"inbox,schedules,workers"`
	Inbox  string        `help:"Folder whose CSV files are imported; those in a subfolder under the profile of that name." type:"path"`
	Settle time.Duration `help:"How long a file must be unchanged before it is taken." default:"5s"`
	// A minute is soon enough for a person who waits, and few enough requests for any server.
	SourceEvery time.Duration `help:"How often the source of a profile without a cron is looked at." default:"1m"`
	Event       string        `help:"Event id for rows that name none, outside of profiles."`
	// The template has no default here on purpose: a dropped file must not mail anybody unless somebody said so.
	Template string `help:"Template id for rows that name none, outside of profiles."`
	Key      string `help:"Column that tells guests apart, outside of profiles; default is email and name."`

	serving

	reading
}

// Run is the daemon, for one account or all of them. It ends by itself only when it cannot begin.
func (c *runCommand) Run(ctx context.Context, line *kong.Context, s *settings) error {
	if len(c.Roles) == 0 {
		return &usageError{"--roles names nothing to do: inbox, schedules, workers or some of them"}
	}
	if c.SourceEvery < time.Second {
		return &usageError{"--source-every is less than a second"}
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
	how := c.ways(line)
	for _, a := range apps {
		a.settings.how = how
	}
	all, err := c.inboxes(apps, how, log)
	if err != nil {
		return err
	}
	ticking, err := c.schedules(apps, how)
	if err != nil {
		return err
	}
	c.process = valuesOf(*c)
	watch := watched(apps, c.has("workers"))
	serve, err := c.console(apps, watch, log)
	if err != nil {
		return err
	}
	for _, a := range apps {
		a.introduce(c.Roles)
	}
	parts, ctx := errgroup.WithContext(ctx)
	for _, part := range append(all, ticking...) {
		parts.Go(func() error { part(ctx); return nil })
	}
	if serve != nil {
		parts.Go(func() error { open(ctx, "console", c.Listen, serve, log); return nil })
	}
	if c.Metrics != "" {
		parts.Go(func() error { open(ctx, "metrics", c.Metrics, probesAlone(watch, log), log); return nil })
	}
	parts.Go(func() error { forgetOld(ctx, apps); return nil })
	for _, a := range apps {
		parts.Go(func() error { a.notifyOf(ctx); return nil })
		parts.Go(func() error { operate.NewWatcher(a.account()).RecordHistory(ctx); return nil })
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

// inboxes are the drop folder, and one for each source that is polled.
func (c *runCommand) inboxes(apps []*app, how ways, log *slog.Logger) (parts []func(context.Context), err error) {
	if !c.has("inbox") {
		return nil, nil
	}
	if c.Inbox != "" {
		to, err := c.profiles(apps, how)
		if err != nil {
			return nil, err
		}
		box, err := inbox.New(c.Inbox, c.Settle, to, takeFor(apps), log)
		if err != nil {
			return nil, &usageError{fmt.Sprintf("--inbox: %v", err)}
		}
		wire(box, apps)
		parts = append(parts, box.Run)
	}
	tidying, err := leftovers(apps, log)
	if err != nil {
		return nil, err
	}
	parts = append(parts, tidying...)
	for _, a := range apps {
		feeds, err := a.feeds(how)
		if err != nil {
			return nil, err
		}
		for _, f := range polled(feeds) {
			box, err := f.box()
			if err != nil {
				return nil, err
			}
			parts = append(parts, box.Run, func(ctx context.Context) { f.poll(ctx, c.SourceEvery) })
		}
	}
	return parts, nil
}

// schedules are the runners of accounts that have some.
func (c *runCommand) schedules(apps []*app, how ways) (parts []func(context.Context), err error) {
	if !c.has("schedules") {
		return nil, nil
	}
	for _, a := range apps {
		feeds, err := a.feeds(how)
		if err != nil {
			return nil, err
		}
		runner, job, err := a.scheduled(feeds)
		if err != nil {
			return nil, err
		}
		if runner != nil {
			parts = append(parts, func(ctx context.Context) { runner.Run(ctx, job) })
		}
	}
	return parts, nil
}

// takeFor imports a file for the account of its profile.
func takeFor(apps []*app) spool.Import {
	by := map[string]*app{}
	for _, a := range apps {
		by[a.settings.account()] = a
	}
	return func(ctx context.Context, path string, to importer.Settings) (spool.Result, error) {
		a, known := by[to.Account]
		if !known {
			return spool.Result{}, &importer.FileError{
				Path: path, Problem: "there are several accounts, and nothing says for which it is", Advice: "drop it into the folder of a profile that names its account",
			}
		}
		return a.take(ctx, path, to)
	}
}

// reportFor writes the report of an import, whose account a file in an inbox does not tell.
func reportFor(apps []*app) spool.Report {
	return func(ctx context.Context, id, source, folder string) (err error) {
		for _, a := range apps {
			if err = a.reportBeside(ctx, id, source, folder); !errors.Is(err, ledger.ErrNotFound) {
				break
			}
		}
		return err
	}
}

// profiles gives the settings of what is dropped into each profile's folder, and under "" into the inbox itself. A profile of
// an account that this process does not serve is left to those that do. A profile takes no event, template and key from outside,
// nor a mapping of them: whom it mails, and who is the same guest, stands in it or nowhere. How lists are read may stand outside.
func (c *runCommand) profiles(apps []*app, how ways) (map[string]importer.Settings, error) {
	to := map[string]importer.Settings{}
	for _, a := range apps {
		for name, p := range a.settings.profiles {
			if p.Account != "" && p.Account != a.settings.account() {
				continue
			}
			s, err := a.settings.imports(name, lists{ways: how})
			if err != nil {
				return nil, err
			}
			if p.Account == "" && len(apps) > 1 {
				s.Account = ""
			}
			to[name] = s
		}
	}
	s, err := apps[0].settings.imports("", lists{event: c.Event, template: c.Template, key: c.Key, ways: how})
	if len(apps) > 1 {
		s.Account = ""
	}
	to[""] = s
	return to, err
}

// take imports a file of an inbox or a source. The file moves to done before the import is over, so its new place is written down.
func (a *app) take(ctx context.Context, path string, to importer.Settings) (spool.Result, error) {
	plan, err := importer.MakePlan(ctx, path, to)
	if err == nil {
		err = plan.Refused()
	}
	if rejects, held := errors.AsType[*importer.RejectsError](err); held { // for a person to decide
		err = &importer.FileError{Path: path, Problem: rejects.Problem(), Advice: rejects.Advice()}
	}
	if err != nil {
		return spool.Result{}, err
	}
	imp, created, err := a.importer.Begin(ctx, plan)
	if err != nil {
		return spool.Result{}, err
	}
	err = a.importer.Run(ctx, plan, imp)
	cancelled := errors.Is(err, importer.ErrCancelled)
	if err != nil && !cancelled {
		return spool.Result{}, err
	}
	resumed := !created && !cancelled && imp.Enqueued*imp.Chunk < imp.Rows
	return spool.Result{
		Import: imp.ID, Rows: plan.Rows, Rejected: plan.Rejected, Known: !created, Resumed: resumed,
		Cancelled: cancelled || imp.Stopped == ledger.StoppedCancelled, Source: imp.Source,
		SetSource: func(to string) error { return a.ledger.SetSource(ctx, imp.ID, to) },
	}, nil
}
