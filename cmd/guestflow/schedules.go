package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer/hold"
	"guestflow/importer/spec"
)

type schedulesCommand struct {
	List schedulesList `cmd:"" default:"1" help:"List scheduled imports with their next and last runs."`
	Run  schedulesRun  `cmd:"" help:"Import what is new at a profile's source now."`
}

type schedulesList struct{}

func (schedulesList) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	all, err := s.Each()
	if err != nil {
		return err
	}
	list := []program.ScheduleStatus{}
	for _, one := range all {
		err := program.With(ctx, one, func(a *program.Account) error {
			of, err := a.Schedules(ctx)
			list = append(list, of...)
			return err
		})
		if err != nil {
			return err
		}
	}
	if std.JSON {
		return std.Encode(list)
	}
	return printSchedules(list, std)
}

func printSchedules(list []program.ScheduleStatus, std terminal.Output) error {
	if len(list) == 0 {
		terminal.PrintLine(std.Out,
			"No profile has a cron. One with a source and a cron is imported by schedule: see guestflow.yaml.")
		return nil
	}
	t := std.Table()
	fmt.Fprintln(t, "PROFILE\tCRON\tZONE\tNEXT\tLAST\tIMPORTS\tOUTCOME")
	for _, s := range list {
		last, imports, outcome := lastRun(s)
		terminal.Printf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.Profile, s.Cron, s.Zone, clock(s.Next), last, imports, outcome)
	}
	return t.Flush()
}

func clock(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.Format("2006-01-02 15:04 MST")
}

// lastRun describes the tick that runs, or else of the last one, in the schedule's own time.
func lastRun(s program.ScheduleStatus) (at, imports, outcome string) {
	zone := s.Next.Location()
	switch {
	case s.Running != nil && s.Running.LastError != "" && !s.Running.NextTry.IsZero():
		return clock(s.Running.Tick.In(zone)), "-",
			fmt.Sprintf("try %d failed, the next is at %s: %s", s.Running.Try, clock(s.Running.NextTry.In(zone)),
				s.Running.LastError)
	case s.Running != nil:
		return clock(s.Running.Tick.In(zone)), "-", fmt.Sprintf("running, try %d", s.Running.Try)
	case s.Last == nil:
		return "-", "-", "not run yet"
	case s.Last.Failed:
		outcome = "FAILED: "
	}
	return clock(s.Last.Tick.In(zone)), cmp.Or(strings.Join(s.Imports, " "), "-"), outcome + s.Last.Text
}

type schedulesRun struct {
	Profile string `arg:"" help:"Profile whose source is looked at; it needs no cron."`
	Yes     bool   `help:"Do not ask, even if real emails are sent." short:"y"`

	spec.Reading
	hold.Rules
}

// Run does by hand what a tick does. The schedule goes on as if nothing had been.
func (c *schedulesRun) Run(ctx context.Context, line *kong.Context, s *config.Settings, std terminal.Output) error {
	if s.Profiles[c.Profile].Source == "" {
		return config.Usagef("there is no profile %q with a source; profiles stand in guestflow.yaml", c.Profile)
	}
	s, err := s.ForProfile(c.Profile)
	if err != nil {
		return err
	}
	a, err := program.Open(ctx, s, s.Logger(true), nil)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.OpenSpool([]*program.Account{a}); err != nil {
		return err
	}
	how := config.WaysOf(c.Reading, line)
	how.Holds = config.HoldsOf(c.Rules, line)
	f, err := a.Feed(c.Profile, how)
	if err != nil {
		return err
	}
	if a.Live() {
		if err := terminal.Confirm(ctx, std,
			fmt.Sprintf("What is new at %s is imported, and reaches real people. Go on?", f.Source), c.Yes); err != nil {
			return err
		}
	}
	stop, wait := workHere(ctx, a, std)
	defer stop()
	g := f.Gather(ctx, func(what string) { terminal.Printf(std.Err, "guestflow: waits for %s\n", what) })
	return c.tell(ctx, a, g, wait, std)
}

// ranNow is what `schedules run --json` prints.
type ranNow struct {
	Imports  []string `json:"imports"`
	Rows     int      `json:"rows"`
	Rejected int      `json:"rejected"`
	Failures []string `json:"failures"`
}

func (c *schedulesRun) tell(ctx context.Context, a *program.Account, g program.Gathered, wait bool,
	std terminal.Output) error {
	failed := append(g.Faults, g.Interruption...)
	switch {
	case a.Settings.JSON:
		ran := ranNow{Imports: append([]string{}, g.Imports...), Rows: g.Rows, Rejected: g.Rejected, Failures: []string{}}
		for _, err := range failed {
			ran.Failures = append(ran.Failures, err.Error())
		}
		if err := std.Encode(ran); err != nil {
			return err
		}
	case len(g.Imports) > 0 || len(failed) == 0:
		g.Faults = nil // they are told at the end
		o := g.Outcome()
		terminal.PrintLine(std.Out, strings.TrimSpace(fmt.Sprintf("%s: %s. %s", c.Profile, o.Text, o.Import)))
	}
	if len(failed) > 0 {
		return &fault{errors.Join(failed...)}
	}
	for _, id := range g.Imports {
		if !wait {
			break
		}
		if _, err := terminal.Follow(ctx, a.Operate(), id, std); err != nil {
			return err
		}
	}
	return nil
}

// fault shows several errors on one line.
type fault struct{ error }

func (f *fault) Error() string { return strings.ReplaceAll(f.error.Error(), "\n", "; ") }

func (f *fault) Unwrap() error { return f.error }
