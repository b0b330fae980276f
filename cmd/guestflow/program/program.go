// Package program puts the parts of guestflow together: for a command that looks at an account or changes something
// (With, Open), and for the process that runs until it is stopped (New, Run).
//
// Everything below it is handed what it needs; only this package reads the settings to decide what that is.
package program

import (
	"context"
	"log/slog"
	"net/http"

	"golang.org/x/sync/errgroup"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/console"
	"guestflow/cmd/guestflow/operate"
	"guestflow/tokencache"
	"guestflow/worker"
)

// Program is one guestflow process that runs until it is stopped, for one account or several.
type Program struct {
	flags    config.Daemon
	lists    config.Ways // how files are read, beside profiles
	accounts []*Account
	probes   http.Handler // metrics and health
	console  serve        // nil: none

	consoleURL string // where it listens; "" until it does

	services []func(context.Context)
	loops    loops
	log      *slog.Logger
}

// New opens the accounts and checks all that can be checked before the process works. The caller calls Close.
func New(ctx context.Context, s *config.Settings, d config.Daemon, lists config.Ways, log *slog.Logger) (*Program,
	error) {
	if err := d.Check(); err != nil {
		return nil, err
	}
	accounts, err := openAll(ctx, s, log)
	if err != nil {
		return nil, err
	}
	p := &Program{flags: d, lists: lists, accounts: accounts, log: log}
	if err := p.prepare(ctx); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

func (p *Program) prepare(ctx context.Context) (err error) {
	for _, a := range p.accounts {
		a.lists, a.inbox, a.settle, a.expect = p.lists, p.flags.Inbox, p.flags.Settle, p.flags.ExpectEvery
		if err := a.canOpenSeals(ctx); err != nil {
			return err
		}
		if err := a.OpenSpool(p.accounts); err != nil {
			return err
		}
		if err := a.takeFormerUploads(ctx); err != nil {
			return err
		}
	}
	inboxes, err := p.inboxes()
	if err != nil {
		return err
	}
	schedules, err := p.schedules()
	if err != nil {
		return err
	}
	p.services = append(inboxes, schedules...)
	p.probes = Probes(p.accounts, p.flags.Has("workers"))
	p.console, err = ConsoleServer(&p.flags.Console, p.accounts, p.probes, config.Values(p.flags), p.log)
	return err
}

// Run runs every part until ctx ends, and waits for all of them.
func (p *Program) Run(ctx context.Context) error {
	var served []func(context.Context) error
	for _, e := range p.endpoints() {
		serve, at, err := e.listen(ctx)
		if err != nil {
			return err
		}
		if e.what == "console" {
			p.consoleURL = console.TLS{Cert: p.flags.TLSCert}.URL(at)
		}
		served = append(served, serve)
	}
	p.logStart(ctx)
	defer p.logEnd()
	if p.flags.Has("workers") {
		defer raiseGCFloor()()
	}
	parts, ctx := errgroup.WithContext(ctx)
	run := func(part func(context.Context)) {
		parts.Go(func() error { part(ctx); return nil })
	}
	for _, service := range p.services {
		run(p.loops.watch("what takes lists in", service))
	}
	for _, serve := range served {
		parts.Go(func() error { return serve(ctx) })
	}
	run(func(ctx context.Context) { forgetOld(ctx, p.accounts) })
	run(p.heartbeat)
	for _, a := range p.accounts {
		run(p.loops.watch("what imports lists", a.Consume))
		run(a.Operate().Resume)
		run(a.notify)
		run(func(ctx context.Context) { a.Operate().NoteSpools(ctx, a.inbox) })
		run(operate.NewWatcher(a.Operate()).RecordHistory)
		if p.flags.Has("workers") {
			run(a.renewTokens)
			parts.Go(func() error { return worker.Run(ctx, a.worker()) })
		}
	}
	run(func(ctx context.Context) { <-ctx.Done() }) // if no other part runs until then
	return parts.Wait()
}

// Close closes the accounts.
func (p *Program) Close() { closeAll(p.accounts) }

// canOpenSeals returns an error if this process has another sealing key than the fleet: it would close the auth gate
// for all.
func (a *Account) canOpenSeals(ctx context.Context) error {
	info, err := a.Tokens.Inspect(ctx)
	if err != nil || info.KeyID == "" || info.KeyKnown {
		return err
	}
	return &tokencache.AuthError{Account: a.Settings.AccountName(), Reason: tokencache.ReasonSealedElsewhere}
}

// renewTokens renews tokens before they expire, so that no guest waits for one.
func (a *Account) renewTokens(ctx context.Context) {
	if err := a.Tokens.Run(ctx); err != nil && ctx.Err() == nil {
		a.Log.Warn("tokens are no longer renewed ahead of time", "error", err)
	}
}
