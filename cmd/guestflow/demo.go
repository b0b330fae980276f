package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/console"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/sample"
	"guestflow/cmd/guestflow/store"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
	"guestflow/importer/spec"
	"guestflow/qflow/sandbox"
	"guestflow/tokencache/secret"
)

type demoCommand struct {
	Rows int           `help:"Rows of the sample file." default:"2400"`
	Gate time.Duration `help:"How long the account is not verified." default:"15s"`
	Out  string        `help:"Folder for the sample, the result and the rejects." default:"guestflow-demo" type:"path"`
	Keep bool          `help:"Leave everything running at the end, until Ctrl-C."`

	Listen string `help:"Address of the console; another one if it is taken, none if it is empty." default:"127.0.0.1:8088"`
}

// demoSpeed is how much faster than Qflow the demo's sandbox is: with the real limits 2,400 emails take eight minutes.
const demoSpeed = 20

// Run shows the way of a file in one process. It uses no live account, whatever is configured.
func (c *demoCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	demoSettings(s)
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return config.Usagef("--out: %v", err)
	}
	list := filepath.Join(c.Out, "guests.csv")
	if err := sample.Write(list, c.Rows); err != nil {
		return config.Usagef("--out: %v", err)
	}
	box := sandbox.New(sandbox.Options{TrustOpensAfter: c.Gate, Adjust: func(sw *sandbox.Switches) {
		sw.Trusted = false
		sw.ZonePerMinute, sw.SendPerMinute = int(s.RatePerMinute), int(s.SendRatePerMinute)
	}})
	a, err := program.Open(ctx, s, s.Logger(true), box)
	if err != nil {
		return err
	}
	defer a.Close()
	std.Say(a.Store.Note())
	std.Say(fmt.Sprintf("The sandbox at %s is a local Qflow, %d times as fast as the real one. Its account is not verified for the first %s.", host(a.APIURL), demoSpeed, c.Gate))

	stop := a.Work(ctx)
	defer stop()
	closeConsole, err := c.console(ctx, a, std)
	if err != nil {
		return err
	}
	defer closeConsole()
	imp, err := c.play(ctx, a, list, std)
	if err != nil {
		return err
	}
	if err := c.check(a, imp, std); err != nil || !c.Keep {
		return err
	}
	std.Say("Everything keeps running; Ctrl-C ends it.")
	<-ctx.Done()
	return nil
}

// console serves the demo's pages to this machine until stop is called.
func (c *demoCommand) console(ctx context.Context, a *program.Account, std terminal.Output) (stop func(), err error) {
	if c.Listen == "" {
		return func() {}, nil
	}
	listener, err := console.Listen(ctx, c.Listen)
	if err != nil {
		if listener, err = console.Listen(ctx, "127.0.0.1:0"); err != nil {
			return nil, err
		}
	}
	if err := a.OpenSpool([]*program.Account{a}); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	front := &config.Console{Listen: listener.Addr().String()}
	serve, err := program.ConsoleServer(front, []*program.Account{a}, program.Probes([]*program.Account{a}, true), nil,
		a.Log)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	std.Say("Watch it at " + console.TLS{}.URL(listener))
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		go operate.NewWatcher(a.Operate()).RecordHistory(ctx)
		var consuming sync.WaitGroup
		consuming.Go(func() { a.Consume(ctx) })
		defer consuming.Wait()
		if err := serve(ctx, listener); err != nil {
			a.Log.Error("the console ended", "error", err)
		}
	}()
	return func() { cancel(); <-ended }, nil
}

// demoSettings removes a live account from the settings, and sets a ledger account for this run only, so that every
// demo starts without guests.
func demoSettings(s *config.Settings) {
	s.APIURL, s.IdentityURL, s.ClientID, s.Username, s.EnterprisePin = "", "", "", "", ""
	s.ClientSecret, s.Password, s.SubscriptionKey = "", "", secret.Text("")
	s.Account = "demo-" + strconv.FormatInt(time.Now().UnixMilli(), 36)
	s.Egress = s.Account
	s.RatePerMinute, s.SendRatePerMinute = 1000*demoSpeed, 300*demoSpeed
	s.ProbeIntervals = []time.Duration{2 * time.Second}
}

func (c *demoCommand) play(ctx context.Context, a *program.Account, list string, std terminal.Output) (ledger.Import,
	error) {
	to := importer.Settings{Spec: spec.Spec{Account: a.Settings.AccountName(), Event: sandbox.Defaults().EventID,
		Template: sandbox.Defaults().TemplateID}}
	plan, err := importer.MakePlan(ctx, list, to)
	if err != nil {
		return ledger.Import{}, err
	}
	std.Say(fmt.Sprintf("%s: %s.", list, operate.CostText(plan, a.Budget.Limits())))
	imp, _, err := a.Importer.Begin(ctx, plan)
	if err != nil {
		return imp, err
	}
	if err := a.Importer.Run(ctx, plan, imp); err != nil {
		return imp, err
	}
	return terminal.Follow(ctx, a.Operate(), imp.ID, std)
}

// check compares three independent records: the file, the ledger and the sandbox.
func (c *demoCommand) check(a *program.Account, imp ledger.Import, std terminal.Output) error {
	r, err := a.Report(context.Background(), imp, imp.Source, c.Out)
	if err != nil {
		return err
	}
	err = conclude(imp, std)
	if err != nil && !needsAttention(err) { // the sample has rows to reject
		return err
	}
	made := a.Sandbox.Summary()
	std.Say(fmt.Sprintf("The file has %s, the states add up to %d. The sandbox has %s and %s, at most %d for one guest; it refused %s while the account was not verified.",
		plural.Of(imp.Rows, "row"), imp.Counts.Total(), plural.Of(made.Guests, "guest"), plural.Of(made.Emails, "email"),
		made.EmailsMax, plural.Of(made.RefusedUntrusted, "call")))
	std.Say("Result:  " + r.Result)
	std.Say(fmt.Sprintf("Rejects: %s (%s to correct and drop again)", r.Rejects, plural.Of(r.Rejected, "row")))
	if a.Store.Kind != store.Embedded {
		std.Say(fmt.Sprintf("See also: guestflow --account %s status", a.Settings.Account))
	}
	sent := imp.Counts[ledger.Accepted]
	if imp.Counts.Total() != imp.Rows || made.Guests != sent || made.Emails != sent || made.EmailsMax > 1 {
		return errors.New("file, ledger and sandbox do not agree; this is a bug in guestflow")
	}
	return nil
}
