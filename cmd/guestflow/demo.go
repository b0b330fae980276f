package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"guestflow/cmd/guestflow/console"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/store"
	"guestflow/importer"
	"guestflow/importer/ledger"
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

// Run shows the whole way of a file in one process. It touches no live account, whatever is configured.
func (c *demoCommand) Run(ctx context.Context, s *settings, std output) error {
	s.playDemo()
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return &usageError{fmt.Sprintf("--out: %v", err)}
	}
	sample := filepath.Join(c.Out, "guests.csv")
	if err := writeSample(sample, c.Rows); err != nil {
		return err
	}
	box := sandbox.New(sandbox.Options{TrustOpensAfter: c.Gate, Adjust: func(sw *sandbox.Switches) {
		sw.Trusted = false
		sw.ZonePerMinute, sw.SendPerMinute = s.RatePerMinute, s.SendRatePerMinute
	}})
	a, err := s.open(ctx, s.logger(true), box)
	if err != nil {
		return err
	}
	defer a.Close()
	say(std, a, a.store.Note())
	say(std, a, fmt.Sprintf("The sandbox at %s is a local Qflow, %d times as fast as the real one. Its account is not verified for the first %s.", host(a.api), demoSpeed, c.Gate))

	stop := a.work(ctx)
	defer stop()
	closeConsole, err := c.console(ctx, a, std)
	if err != nil {
		return err
	}
	defer closeConsole()
	imp, err := c.play(ctx, a, sample, std)
	if err != nil {
		return err
	}
	if err := c.check(a, imp, std); err != nil || !c.Keep {
		return err
	}
	say(std, a, "Everything goes on running; Ctrl-C ends it.")
	<-ctx.Done()
	return nil
}

// console serves the demo's pages to this machine until stop is called.
func (c *demoCommand) console(ctx context.Context, a *app, std output) (stop func(), err error) {
	if c.Listen == "" {
		return func() {}, nil
	}
	listener, err := console.Listen(ctx, c.Listen)
	if err != nil {
		if listener, err = console.Listen(ctx, "127.0.0.1:0"); err != nil {
			return nil, err
		}
	}
	front := &serving{Listen: listener.Addr().String()}
	serve, err := front.console([]*app{a}, watched([]*app{a}, true), a.log)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	say(std, a, "Watch it at "+console.TLS{}.URL(listener))
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		go operate.NewWatcher(a.account()).RecordHistory(ctx)
		if err := serve(ctx, listener); err != nil {
			a.log.Error("there is no console any more", "error", err)
		}
	}()
	return func() { cancel(); <-ended }, nil
}

// playDemo takes any live account out of the settings, and gives this run a ledger account of its own, so that every demo
// begins with no guests.
func (s *settings) playDemo() {
	s.APIURL, s.IdentityURL, s.ClientID, s.Username, s.EnterprisePin = "", "", "", "", ""
	s.ClientSecret, s.Password, s.SubscriptionKey = "", "", secret.Text("")
	s.Account = "demo-" + strconv.FormatInt(time.Now().UnixMilli(), 36)
	s.Egress = s.Account
	s.RatePerMinute, s.SendRatePerMinute = 1000*demoSpeed, 300*demoSpeed
	s.ProbeIntervals = []time.Duration{2 * time.Second}
}

func (c *demoCommand) play(ctx context.Context, a *app, sample string, std output) (ledger.Import, error) {
	to := importer.Settings{Account: a.settings.account(), Event: sandbox.Defaults().EventID, Template: sandbox.Defaults().TemplateID}
	plan, err := importer.MakePlan(ctx, sample, to)
	if err != nil {
		return ledger.Import{}, err
	}
	say(std, a, fmt.Sprintf("%s: %s.", sample, operate.CostText(plan, a.budget.Limits())))
	imp, _, err := a.importer.Begin(ctx, plan)
	if err != nil {
		return imp, err
	}
	if err := a.importer.Run(ctx, plan, imp); err != nil {
		return imp, err
	}
	return a.await(ctx, imp.ID, std)
}

// check compares three books that know nothing of each other: the file, the ledger and the sandbox.
func (c *demoCommand) check(a *app, imp ledger.Import, std output) error {
	r, err := a.report(context.Background(), imp, imp.Source, c.Out)
	if err != nil {
		return err
	}
	err = a.conclude(imp, std)
	if err != nil && !errors.Is(err, errAttention) { // the sample has rows to reject
		return err
	}
	books := a.sandbox.Summary()
	say(std, a, fmt.Sprintf("The file has %d rows, the states add up to %d. The sandbox has %d guests and %d emails, at most %d for one guest; it refused %d calls while the account was not verified.",
		imp.Rows, imp.Counts.Total(), books.Guests, books.Emails, books.EmailsMax, books.RefusedUntrusted))
	say(std, a, fmt.Sprintf("Result:  %s\nRejects: %s (%d rows to correct and drop again)", r.Result, r.Rejects, r.Rejected))
	if a.store.Kind != store.Embedded {
		say(std, a, fmt.Sprintf("See also: guestflow --account %s status", a.settings.Account))
	}
	sent := imp.Counts[ledger.Accepted]
	if imp.Counts.Total() != imp.Rows || books.Guests != sent || books.Emails != sent || books.EmailsMax > 1 {
		return errors.New("the three books do not agree; this is a bug in guestflow")
	}
	return nil
}
