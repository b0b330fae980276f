package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kong"

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
	var c budget.Changes
	if typed(line, "rate-per-minute") {
		c.Zone = &s.RatePerMinute
	}
	if typed(line, "send-rate-per-minute") {
		c.Send = &s.SendRatePerMinute
	}
	if c.Zone == nil && c.Send == nil {
		return &usageError{"say the new limits: --rate-per-minute, --send-rate-per-minute or both; 0 is no limit"}
	}
	return s.changeLimits(ctx, std, func(b *budget.Budget) error { return b.SetLimits(ctx, c) })
}

// typed tells whether a flag stands on the command line.
func typed(line *kong.Context, name string) bool {
	return slices.ContainsFunc(line.Path, func(p *kong.Path) bool { return p.Flag != nil && p.Flag.Name == name && !p.Resolved })
}

type limitsReset struct{}

func (limitsReset) Run(ctx context.Context, s *settings, std output) error {
	return s.changeLimits(ctx, std, func(b *budget.Budget) error { return b.ResetLimits(ctx) })
}

func (s *settings) changeLimits(ctx context.Context, std output, change func(*budget.Budget) error) error {
	return s.addresses(ctx, func(apps []*app) error {
		if len(apps) > 1 {
			return &usageError{"the accounts call from several addresses; say which one's limits by --account"}
		}
		if err := change(apps[0].budget); err != nil {
			return err
		}
		return showLimits(ctx, apps, std)
	})
}

// addresses opens the books of one account for each address that calls leave from: limits are the address's.
func (s *settings) addresses(ctx context.Context, do func([]*app) error) error {
	list, err := s.each()
	if err != nil {
		return err
	}
	var apps []*app
	defer func() { closeAll(apps) }()
	for _, one := range list {
		if slices.ContainsFunc(apps, func(a *app) bool { return a.settings.Egress == one.Egress }) {
			continue
		}
		if len(apps) > 0 {
			one.shared = apps[0]
		}
		a, err := one.openBooks(ctx, s.logger(true))
		if err != nil {
			return err
		}
		apps = append(apps, a)
	}
	return do(apps)
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
		fmt.Fprintf(t, "address\t%s\n", s.Egress)
		fmt.Fprintf(t, "calls\t%s\n", limit(s.Zone, s.ZoneSource))
		fmt.Fprintf(t, "emails\t%s\n", limit(s.Send, s.SendSource))
		fmt.Fprintf(t, "pace\t%s\n", pace(s))
		for _, h := range s.Accounts {
			fmt.Fprintf(t, "account %s\t%s\n", h.Account, health(h))
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

func pace(s budget.State) string {
	text := "full"
	if s.Pace < 1 {
		text = fmt.Sprintf("%.0f %% of the limits after Qflow asked for fewer requests; it recovers by itself", 100*s.Pace)
	}
	if s.Paused > 0 {
		return fmt.Sprintf("none for another %s, until %s: Qflow asked for fewer requests; then %s",
			s.Paused.Round(time.Second), s.PausedUntil.Local().Format(time.TimeOnly), text)
	}
	return text
}

func health(h budget.Health) string {
	if h.Braking {
		return "too many calls have failed; they are made at a trickle until they succeed again"
	}
	return fmt.Sprintf("not held back; %.0f of 100 failures left", h.Tokens)
}

// slowed says what keeps an account's fleet from calling; "" when nothing does.
func slowed(s budget.State) string {
	switch {
	case s.Paused > 0:
		return "the whole fleet's pace is " + strings.TrimSuffix(pace(s), "; then full")
	case s.Braking():
		return health(s.Accounts[0])
	}
	return ""
}
