package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"guestflow/worker/budget"
)

type limitsCommand struct {
	Show  limitsShow  `cmd:"" default:"1" help:"Show the limits in force, and what slows the fleet down."`
	Set   limitsSet   `cmd:"" help:"Change limits of the whole fleet while it runs."`
	Reset limitsReset `cmd:"" help:"Go back to the limits that the processes were started with."`
}

type limitsShow struct{}

func (limitsShow) Run(ctx context.Context, s *settings, std output) error {
	return s.with(ctx, func(a *app) error { return a.showLimits(ctx, std) })
}

type limitsSet struct {
	Zone *int `name:"calls" help:"Calls a minute; 0 is no limit."`
	Send *int `name:"emails" help:"Emails a minute; 0 is no limit."`
}

func (c *limitsSet) Run(ctx context.Context, s *settings, std output) error {
	if c.Zone == nil && c.Send == nil {
		return &usageError{"--calls and --emails are both missing; say at least one"}
	}
	for flag, n := range map[string]*int{"--calls": c.Zone, "--emails": c.Send} {
		if n != nil && *n < 0 {
			return &usageError{flag + " is too small"}
		}
	}
	return s.with(ctx, func(a *app) error {
		if err := a.budget.SetLimits(ctx, budget.Changes{Zone: c.Zone, Send: c.Send}); err != nil {
			return err
		}
		return a.showLimits(ctx, std)
	})
}

type limitsReset struct{}

func (limitsReset) Run(ctx context.Context, s *settings, std output) error {
	return s.with(ctx, func(a *app) error {
		if err := a.budget.ResetLimits(ctx); err != nil {
			return err
		}
		return a.showLimits(ctx, std)
	})
}

func (a *app) showLimits(ctx context.Context, std output) error {
	state, err := a.budget.State(ctx)
	if err != nil {
		return err
	}
	if a.settings.JSON {
		return json.NewEncoder(std.out).Encode(state)
	}
	fmt.Fprintf(std.out, "Calls a minute:  %s\n", limit(state.Zone, state.ZoneChanged))
	fmt.Fprintf(std.out, "Emails a minute: %s\n", limit(state.Send, state.SendChanged))
	if why := slowed(state); why != "" {
		fmt.Fprintln(std.out, "Now: "+why)
	}
	return nil
}

func limit(n int, changed bool) string {
	text := "no limit"
	if n > 0 {
		text = strconv.Itoa(n)
	}
	if changed {
		return text + " (set while running; guestflow limits reset takes it back)"
	}
	return text
}

// slowed says what keeps the fleet from its limits; "" when nothing does.
func slowed(s budget.State) string {
	switch {
	case s.Paused > 0:
		return fmt.Sprintf("Qflow asked for fewer requests; the whole fleet pauses for another %s", s.Paused.Round(time.Second))
	case s.Tokens < 1:
		return "too many calls have failed; they are made at a trickle until they succeed again"
	case s.Pace < 1:
		return fmt.Sprintf("at %.0f %% of the limits after Qflow asked for fewer requests; it recovers by itself", 100*s.Pace)
	}
	return ""
}
