package main

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"text/tabwriter"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/operate"
	"guestflow/worker/budget"
)

type limitsCommand struct {
	Show  limitsShow  `cmd:"" default:"1" help:"Show the limits in force, and what slows the fleet down."`
	Set   limitsSet   `cmd:"" help:"Change --rate-per-minute, --send-rate-per-minute or both for the whole fleet, while it runs."`
	Reset limitsReset `cmd:"" help:"Go back to the limits that the processes were started with."`
}

type limitsShow struct{}

func (limitsShow) Run(ctx context.Context, s *settings, std output) error {
	return s.addresses(ctx, func(apps []*app) error { return showLimits(ctx, apps, std) })
}

type limitsSet struct{}

// Run sets what stands on the command line. The same settings in the environment or in guestflow.yaml are what this process
// would work by, and no wish to change the fleet's.
func (limitsSet) Run(ctx context.Context, line *kong.Context, s *settings, std output) error {
	var c budget.LimitChanges
	if typed(line, "rate-per-minute") {
		c.API = &s.RatePerMinute
	}
	if typed(line, "send-rate-per-minute") {
		c.Email = &s.SendRatePerMinute
	}
	if c.API == nil && c.Email == nil {
		return &usageError{"say the new limits: --rate-per-minute, --send-rate-per-minute or both; 0 is no limit"}
	}
	return s.changeLimits(ctx, std, func(a *operate.Account) error { return a.SetLimits(ctx, cliActor(), c) })
}

// typed tells whether a flag stands on the command line.
func typed(line *kong.Context, name string) bool {
	return slices.ContainsFunc(line.Path, func(p *kong.Path) bool { return p.Flag != nil && p.Flag.Name == name && !p.Resolved })
}

type limitsReset struct{}

func (limitsReset) Run(ctx context.Context, s *settings, std output) error {
	return s.changeLimits(ctx, std, func(a *operate.Account) error { return a.ResetLimits(ctx, cliActor()) })
}

func (s *settings) changeLimits(ctx context.Context, std output, change func(*operate.Account) error) error {
	return s.addresses(ctx, func(apps []*app) error {
		if len(apps) > 1 {
			return &usageError{"the accounts call from several addresses; say which one's limits by --account"}
		}
		if err := change(apps[0].account()); err != nil {
			return err
		}
		return showLimits(ctx, apps, std)
	})
}

// addresses opens the books of one account for each address that calls leave from: limits are the address's.
func (s *settings) addresses(ctx context.Context, do func([]*app) error) error {
	known := map[string]bool{}
	return s.withEach(ctx, func(one *settings) bool {
		first := !known[one.Egress]
		known[one.Egress] = true
		return first
	}, do)
}

func showLimits(ctx context.Context, apps []*app, std output) error {
	states := make([]budget.State, len(apps))
	for i, a := range apps {
		var err error
		if states[i], err = a.budget.State(ctx); err != nil {
			return err
		}
	}
	if apps[0].settings.JSON {
		return json.NewEncoder(std.out).Encode(states)
	}
	t := tabwriter.NewWriter(std.out, 0, 8, 2, ' ', 0)
	for _, s := range states {
		printf(t, "address\t%s\n", s.Egress)
		printf(t, "calls\t%s\n", limit(s.APILimit, s.APISource))
		printf(t, "emails\t%s\n", limit(s.EmailLimit, s.EmailSource))
		printf(t, "pace\t%s\n", operate.PaceText(s))
		for _, h := range s.Accounts {
			printf(t, "account %s\t%s\n", h.Account, operate.HealthText(h))
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
		return text + ", set while running; guestflow limits reset takes it back"
	}
	return text + ", as configured"
}
