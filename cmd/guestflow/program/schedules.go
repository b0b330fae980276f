package program

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/importer/schedule"
)

// schedules returns the runners of accounts with schedules.
func (p *Program) schedules() (parts []func(context.Context), err error) {
	if !p.flags.Has("schedules") {
		return nil, nil
	}
	for _, a := range p.accounts {
		feeds, err := a.feeds(p.lists)
		if err != nil {
			return nil, err
		}
		runner, job, err := a.scheduled(feeds)
		if err != nil {
			return nil, err
		}
		if runner != nil {
			parts = append(parts, func(ctx context.Context) { runner.Run(ctx, job) })
		}
	}
	return parts, nil
}

// scheduled returns the runner of the account's schedules and its job; nil if it has none.
func (a *Account) scheduled(feeds []*feed) (*schedule.Runner, schedule.Job, error) {
	var list []*schedule.Schedule
	by := map[string]*feed{}
	for _, f := range feeds {
		if f.Cron == "" {
			continue
		}
		s, err := f.Schedule(f.name)
		if err != nil {
			return nil, nil, config.Usagef("profile %s: %v", f.name, err)
		}
		list = append(list, s)
		by[f.name] = f
	}
	if len(list) == 0 {
		return nil, nil, nil
	}
	job := func(ctx context.Context, tick schedule.Tick) (schedule.Outcome, error) {
		g := by[tick.Profile].Gather(ctx, func(what string) {
			a.Log.Info("a scheduled import is waiting", "profile", tick.Profile, "for", what)
		})
		by[tick.Profile].noteLook(ctx, len(g.Imports)-g.known, errors.Join(g.Interruption...))
		return g.Outcome(), errors.Join(g.Interruption...)
	}
	return schedule.NewRunner(a.Store.Client, a.Ledger, list, a.Log), job, nil
}

// ScheduleStatus is the state of a schedule, as guestflow schedules --json prints it.
type ScheduleStatus struct {
	Account string `json:"account"`
	schedule.Status
	Source  string   `json:"source"`
	Imports []string `json:"imports,omitempty"` // of the last run
}

// Schedules returns the state of the account's schedules.
func (a *Account) Schedules(ctx context.Context) ([]ScheduleStatus, error) {
	var feeds []*feed // without their sources: the files that these need may be on other hosts
	for _, name := range slices.Sorted(maps.Keys(a.Settings.Profiles)) {
		p := a.Settings.Profiles[name]
		if p.Cron == "" || p.Account != "" && p.Account != a.Settings.AccountName() {
			continue
		}
		source, err := p.Unread()
		if err != nil {
			return nil, err
		}
		feeds = append(feeds, &feed{name: name, Profile: p, Source: source})
	}
	runner, _, err := a.scheduled(feeds)
	if err != nil || runner == nil {
		return nil, err
	}
	states, err := runner.Statuses(ctx, time.Now())
	if err != nil {
		return nil, err
	}
	list := make([]ScheduleStatus, len(states))
	for i, st := range states {
		list[i] = ScheduleStatus{Account: a.Settings.AccountName(), Status: st, Source: feeds[i].Source.String()}
		if st.Last != nil {
			list[i].Imports = strings.Fields(st.Last.Import)
		}
	}
	return list, nil
}
