package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kong"

	"guestflow/importer/schedule"
)

// schedule gives the profile's schedule. A cron wants a time zone that somebody has written down: an import at another hour
// than was meant is found out the next day.
func (p profile) schedule(name string) (*schedule.Schedule, error) {
	if p.Timezone == "" {
		return nil, errors.New("cron needs a time zone; add timezone: Europe/London, America/New_York or UTC")
	}
	var jitter time.Duration
	if p.Jitter != "" {
		var err error
		if jitter, err = time.ParseDuration(p.Jitter); err != nil {
			return nil, fmt.Errorf("jitter %q is not a duration such as 5m or 30s", p.Jitter)
		}
	}
	made, err := schedule.New(schedule.Setting{Profile: name, Cron: p.Cron, Zone: p.Timezone, Missed: schedule.Missed(p.Missed), Jitter: jitter})
	if wrong, is := errors.AsType[*schedule.SettingError](err); is {
		return nil, fmt.Errorf("%s %q: %s; %s", strings.Replace(wrong.Field, "zone", "timezone", 1), wrong.Value, wrong.Problem, wrong.Advice)
	}
	return made, err
}

// scheduled gives the runner of the account's schedules and its job; nil if it has none.
func (a *app) scheduled(feeds []*feed) (*schedule.Runner, schedule.Job, error) {
	var list []*schedule.Schedule
	by := map[string]*feed{}
	for _, f := range feeds {
		if f.Cron == "" {
			continue
		}
		s, err := f.schedule(f.name)
		if err != nil {
			return nil, nil, &usageError{fmt.Sprintf("profile %s: %v", f.name, err)}
		}
		list = append(list, s)
		by[f.name] = f
	}
	if len(list) == 0 {
		return nil, nil, nil
	}
	job := func(ctx context.Context, tick schedule.Tick) (schedule.Outcome, error) {
		g := by[tick.Profile].gather(ctx, func(what string) {
			a.log.Info("a scheduled import waits", "profile", tick.Profile, "for", what)
		})
		return g.outcome(), errors.Join(g.interruption...)
	}
	return schedule.NewRunner(a.store.Client, a.ledger, list, a.log), job, nil
}

type schedulesCommand struct {
	List schedulesList `cmd:"" default:"1" help:"List scheduled imports with their next and last runs."`
	Run  schedulesRun  `cmd:"" help:"Import what is new at a profile's source now."`
}

type schedulesList struct{}

// scheduleStatus is what the command prints of a schedule, with --json in this shape.
type scheduleStatus struct {
	Account string `json:"account"`
	schedule.Status
	Source  string   `json:"source"`
	Imports []string `json:"imports,omitempty"` // of the last run
}

func (schedulesList) Run(ctx context.Context, s *settings, std output) error {
	all, err := s.each()
	if err != nil {
		return err
	}
	list := []scheduleStatus{}
	for _, one := range all {
		err := one.with(ctx, func(a *app) error {
			of, err := a.schedules(ctx)
			list = append(list, of...)
			return err
		})
		if err != nil {
			return err
		}
	}
	if s.JSON {
		return json.NewEncoder(std.out).Encode(list)
	}
	return printSchedules(list, std)
}

// schedules tells where the account's schedules stand.
func (a *app) schedules(ctx context.Context) ([]scheduleStatus, error) {
	var feeds []*feed // without their sources: the files that these need may be on other hosts
	for _, name := range slices.Sorted(maps.Keys(a.settings.profiles)) {
		p := a.settings.profiles[name]
		if p.Cron == "" || p.Account != "" && p.Account != a.settings.account() {
			continue
		}
		source, err := p.unread()
		if err != nil {
			return nil, err
		}
		feeds = append(feeds, &feed{name: name, profile: p, source: source})
	}
	runner, _, err := a.scheduled(feeds)
	if err != nil || runner == nil {
		return nil, err
	}
	states, err := runner.List(ctx, time.Now())
	if err != nil {
		return nil, err
	}
	list := make([]scheduleStatus, len(states))
	for i, st := range states {
		list[i] = scheduleStatus{Account: a.settings.account(), Status: st, Source: feeds[i].source.String()}
		if st.Last != nil {
			list[i].Imports = strings.Fields(st.Last.Import)
		}
	}
	return list, nil
}

func printSchedules(list []scheduleStatus, std output) error {
	if len(list) == 0 {
		printLine(std.out, "No profile has a cron. One with a source and a cron is imported by schedule: see guestflow.yaml.")
		return nil
	}
	t := tabwriter.NewWriter(std.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "PROFILE\tCRON\tZONE\tNEXT\tLAST\tIMPORTS\tOUTCOME")
	for _, s := range list {
		last, imports, outcome := s.lastRun()
		printf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.Profile, s.Cron, s.Zone, clock(s.Next), last, imports, outcome)
	}
	return t.Flush()
}

func clock(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.Format("2006-01-02 15:04 MST")
}

// lastRun tells of the tick that runs, or else of the last one, in the schedule's own time.
func (s scheduleStatus) lastRun() (at, imports, outcome string) {
	zone := s.Next.Location()
	switch {
	case s.Running != nil && s.Running.Trouble != "" && !s.Running.NextTry.IsZero():
		return clock(s.Running.Tick.In(zone)), "-", fmt.Sprintf("try %d failed, the next is at %s: %s", s.Running.Try, clock(s.Running.NextTry.In(zone)), s.Running.Trouble)
	case s.Running != nil:
		return clock(s.Running.Tick.In(zone)), "-", fmt.Sprintf("in hand, try %d", s.Running.Try)
	case s.Last == nil:
		return "-", "-", "not run yet"
	case s.Last.Failed:
		outcome = "FAILED: "
	}
	return clock(s.Last.Tick.In(zone)), first(strings.Join(s.Imports, " "), "-"), outcome + s.Last.Text
}

type schedulesRun struct {
	Profile string `arg:"" help:"Profile whose source is looked at; it needs no cron."`
	Yes     bool   `help:"Do not ask, even where real people are mailed." short:"y"`

	reading
}

// Run does by hand what a tick does. The schedule goes on as if nothing had been.
func (c *schedulesRun) Run(ctx context.Context, line *kong.Context, s *settings, std output) error {
	if s.profiles[c.Profile].Source == "" {
		return &usageError{fmt.Sprintf("there is no profile %q with a source; profiles stand in guestflow.yaml", c.Profile)}
	}
	s, err := s.forProfile(c.Profile)
	if err != nil {
		return err
	}
	a, err := s.open(ctx, s.logger(true), nil)
	if err != nil {
		return err
	}
	defer a.Close()
	f, err := a.feed(c.Profile, c.ways(line))
	if err != nil {
		return err
	}
	if a.live() {
		if err := ask(ctx, std, fmt.Sprintf("What is new at %s is imported, and reaches real people. Go on?", f.source), c.Yes); err != nil {
			return err
		}
	}
	stop, wait := a.workHere(ctx, std)
	defer stop()
	g := f.gather(ctx, func(what string) { printf(std.err, "guestflow: waits for %s\n", what) })
	return c.tell(ctx, a, g, wait, std)
}

// ranNow is what `schedules run --json` prints.
type ranNow struct {
	Imports  []string `json:"imports"`
	Rows     int      `json:"rows"`
	Rejected int      `json:"rejected"`
	Failures []string `json:"failures"`
}

func (c *schedulesRun) tell(ctx context.Context, a *app, g gathered, wait bool, std output) error {
	failed := append(g.faults, g.interruption...)
	switch {
	case a.settings.JSON:
		ran := ranNow{Imports: append([]string{}, g.imports...), Rows: g.rows, Rejected: g.rejected, Failures: []string{}}
		for _, err := range failed {
			ran.Failures = append(ran.Failures, err.Error())
		}
		if err := json.NewEncoder(std.out).Encode(ran); err != nil {
			return err
		}
	case len(g.imports) > 0 || len(failed) == 0:
		g.faults = nil // they are told at the end
		o := g.outcome()
		printLine(std.out, strings.TrimSpace(fmt.Sprintf("%s: %s. %s", c.Profile, o.Text, o.Import)))
	}
	if len(failed) > 0 {
		return &fault{errors.Join(failed...)}
	}
	for _, id := range g.imports {
		if !wait {
			break
		}
		if _, err := a.await(ctx, id, std); err != nil {
			return err
		}
	}
	return nil
}

// fault shows several errors on one line.
type fault struct{ error }

func (f *fault) Error() string { return strings.ReplaceAll(f.error.Error(), "\n", "; ") }

func (f *fault) Unwrap() error { return f.error }
