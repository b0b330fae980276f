package main

import (
	"context"
	"strconv"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/worker/budget"
)

type limitsCommand struct {
	Show  limitsShow  `cmd:"" default:"1" help:"Show the limits in force, and what slows the fleet down."`
	Set   limitsSet   `cmd:"" help:"Change --rate-per-minute, --send-rate-per-minute or both for the whole fleet, while it runs."`
	Reset limitsReset `cmd:"" help:"Go back to the limits that the processes were started with."`
}

type limitsShow struct{}

func (limitsShow) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return withEachEgress(ctx, s, func(accounts []*program.Account) error { return showLimits(ctx, accounts, std) })
}

type limitsSet struct{}

// Run sets the limits on the command line. Those in the environment or in guestflow.yaml are what processes start with,
// and do not change a running fleet.
func (limitsSet) Run(ctx context.Context, line *kong.Context, s *config.Settings, std terminal.Output) error {
	var c budget.LimitChanges
	if config.Typed(line, "rate-per-minute") {
		c.API = new(int(s.RatePerMinute))
	}
	if config.Typed(line, "send-rate-per-minute") {
		c.Email = new(int(s.SendRatePerMinute))
	}
	if c.API == nil && c.Email == nil {
		return config.Usagef("no limit is given: set --rate-per-minute, --send-rate-per-minute or both; none is no limit")
	}
	return changeLimits(ctx, s, std, func(a *operate.Account) error { return a.SetLimits(ctx, cliActor(), c) })
}

type limitsReset struct{}

func (limitsReset) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return changeLimits(ctx, s, std, func(a *operate.Account) error { return a.ResetLimits(ctx, cliActor()) })
}

func changeLimits(ctx context.Context, s *config.Settings, std terminal.Output,
	change func(*operate.Account) error) error {
	return withEachEgress(ctx, s, func(accounts []*program.Account) error {
		if len(accounts) > 1 {
			return config.Usagef("the accounts call from several addresses; name one by --account")
		}
		if err := change(accounts[0].Operate()); err != nil {
			return err
		}
		return showLimits(ctx, accounts, std)
	})
}

// withEachEgress opens one account for each address that calls come from: limits apply to an address.
func withEachEgress(ctx context.Context, s *config.Settings, do func([]*program.Account) error) error {
	known := map[string]bool{}
	return program.WithEach(ctx, s, func(one *config.Settings) bool {
		first := !known[one.Egress]
		known[one.Egress] = true
		return first
	}, do)
}

func showLimits(ctx context.Context, accounts []*program.Account, std terminal.Output) error {
	states := make([]budget.State, len(accounts))
	for i, a := range accounts {
		var err error
		if states[i], err = a.Budget.State(ctx); err != nil {
			return err
		}
	}
	if std.JSON {
		return std.Encode(states)
	}
	t := std.Table()
	for _, s := range states {
		terminal.Printf(t, "address\t%s\n", s.Egress)
		terminal.Printf(t, "calls\t%s\n", limit(s.APILimit, s.APISource))
		terminal.Printf(t, "emails\t%s\n", limit(s.EmailLimit, s.EmailSource))
		if note := operate.LiftedText(s); note != "" {
			terminal.Printf(t, "note\t%s\n", note)
		}
		terminal.Printf(t, "pace\t%s\n", operate.PaceText(s))
		for _, h := range s.Accounts {
			terminal.Printf(t, "account %s\t%s\n", h.Account, operate.HealthText(h))
		}
	}
	return t.Flush()
}

func limit(n int, from budget.Source) string {
	text := "no limit"
	if n > 0 {
		text = strconv.Itoa(n) + " a minute"
	}
	if from == budget.FromCommand {
		return text + ", set while running; undo it with: guestflow limits reset"
	}
	return text + ", as configured"
}
