package main

import (
	"context"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/qflow/sandbox"
)

type sandboxCommand struct {
	Listen          string        `help:"Address to listen on." default:"127.0.0.1:8099"`
	Untrusted       bool          `help:"Refuse emails with 403 trust_required until its switch is set."`
	TrustOpensAfter time.Duration `help:"Start untrusted, and become trusted after this time."`
}

// Run runs the local Qflow until it is stopped. Its admin API under /admin/ changes switches and shows the books.
func (c *sandboxCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	if !config.Loopback("http://" + c.Listen) {
		return config.Usagef("--listen %s: the sandbox has no login, so it listens on this machine only, such as 127.0.0.1:8099", c.Listen)
	}
	box := sandbox.New(sandbox.Options{TrustOpensAfter: c.TrustOpensAfter, Adjust: func(sw *sandbox.Switches) {
		sw.Trusted = !c.Untrusted && c.TrustOpensAfter == 0
		sw.ZonePerMinute, sw.SendPerMinute = int(s.RatePerMinute), int(s.SendRatePerMinute)
	}})
	url, err := box.Listen(c.Listen)
	if err != nil {
		return config.Usagef("the sandbox cannot listen on %s: %v", c.Listen, err)
	}
	defer box.Close()
	account := sandbox.Defaults()
	at := map[string]string{"url": url, "event": account.EventID, "template": account.TemplateID}
	err = std.Result(at, `The sandbox listens. In another terminal:
export GUESTFLOW_API_URL=%s
guestflow import FILE --event %s --template %s
Its books: %s/admin/summary`, url, account.EventID, account.TemplateID, url)
	if err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}
