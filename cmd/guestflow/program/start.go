package program

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/store"
	"guestflow/worker/budget"
)

// logStart logs what this process does and for whom, and what an operator would want to know before the first list.
func (p *Program) logStart(ctx context.Context) {
	for _, a := range p.accounts {
		a.logStart(p.flags.Roles)
	}
	first := p.accounts[0]
	if first.Store.Kind != store.Embedded { // of which it is said where it is opened
		for _, f := range first.Store.Diagnose(ctx, first.Settings.RedisReplicas) {
			switch {
			case f.Err != nil:
				p.log.Error("Redis is not fit for a ledger; see guestflow doctor", "check", f.Check, "problem", f.Err)
			case f.Warning:
				p.log.Warn("Redis should be set up otherwise; see guestflow doctor", "check", f.Check, "problem", f.Text)
			}
		}
	}
	p.logInbox()
}

// logStart logs what this process does for one account.
func (a *Account) logStart(roles []string) {
	s := a.Settings
	if s.Sandboxed() {
		a.Log.Warn("sandbox: no Qflow account is configured, so that this is practice and nobody is mailed", "sandbox",
			a.APIURL)
	}
	a.Log.Info("running", "roles", roles, "store", a.Store.Kind, "live", a.Live(),
		"rate_per_minute", s.RatePerMinute.String(), "send_rate_per_minute", s.SendRatePerMinute.String())
	if a.Live() && s.SendRatePerMinute == 0 {
		a.Log.Warn("the limit of emails is lifted: they go out as fast as calls are allowed", "calls_a_minute",
			s.RatePerMinute.String())
	}
	if note := a.Store.Note(); note != "" {
		a.Log.Info(note)
	}
}

// logEnd says at the end, too, which accounts were the sandbox.
func (p *Program) logEnd() {
	for _, a := range p.accounts {
		if a.Settings.Sandboxed() {
			a.Log.Info("sandbox: nobody was mailed")
		}
	}
}

// logInbox logs for whom lists are taken that are dropped into the watched folder, how fast they go out, and where to
// look at them: what a person who drops the first list wants to know.
func (p *Program) logInbox() {
	f := p.flags
	if f.Inbox == "" || !f.Has("inbox") {
		return
	}
	var accounts []string
	for _, a := range p.accounts {
		accounts = append(accounts, a.Settings.AccountName())
	}
	limits, events := p.accounts[0].Settings.Limits(), p.accounts[0].Settings.Events()
	p.log.Info("watching the inbox", "inbox", f.Inbox, "event", cmp.Or(events.Text(events.ID(f.Event)), "each row's own"),
		"template",
		cmp.Or(f.Template, "none: no emails"), "account", strings.Join(accounts, ","), "calls_a_minute",
		budget.LimitText(limits.API),
		"emails_a_minute", budget.LimitText(limits.Email), "console", cmp.Or(p.consoleURL, "none"))
	if f.Event == "" {
		p.log.Warn("a list in the inbox itself is imported only if each row names its event; set --event, or use the folders of profiles",
			"inbox", f.Inbox)
	}
}

// checkInbox returns an error for a folder that is not there: it is rather misspelt than new.
func checkInbox(folder string) error {
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return config.Usagef("--inbox: the folder %s is not there; make it, or correct its name", folder)
	case err != nil:
		return config.Usagef("--inbox: %w", err)
	case !info.IsDir():
		return config.Usagef("--inbox: %s is no folder", folder)
	}
	return nil
}
