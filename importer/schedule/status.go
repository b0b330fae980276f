package schedule

import (
	"context"
	"time"
)

// Run is a tick that has ended.
type Run struct {
	Tick    time.Time `json:"tick"`
	Started time.Time `json:"began"`
	Ended   time.Time `json:"ended"`
	Tries   int       `json:"tries"`
	Outcome
}

// Running is a tick that has started and not ended.
type Running struct {
	Tick      time.Time `json:"tick"`
	Try       int       `json:"try"`
	LastError string    `json:"trouble,omitempty"` // of the last try
	NextTry   time.Time `json:"again,omitzero"`    // the next try, if none runs
}

// Status is where a schedule stands.
type Status struct {
	Profile string    `json:"profile"`
	Cron    string    `json:"cron"`
	Zone    string    `json:"zone"`
	Next    time.Time `json:"next,omitzero"`  // with jitter, in the schedule's time zone
	Running *Running  `json:"doing,omitzero"` // nil if none is
	Last    *Run      `json:"last,omitzero"`  // nil before the first
}

// Statuses returns the states of the schedules, in their order. No process need run them.
func (r *Runner) Statuses(ctx context.Context, now time.Time) ([]Status, error) {
	list := make([]Status, 0, len(r.schedules))
	for _, s := range r.schedules {
		st, err := r.store.read(ctx, s.Profile)
		if err != nil {
			return nil, err
		}
		list = append(list, s.status(st, now))
	}
	return list, nil
}

func (s *Schedule) status(st state, now time.Time) Status {
	status := Status{Profile: s.Profile, Cron: s.Cron, Zone: s.Zone}
	if next := s.nextFire(now); !next.IsZero() {
		status.Next = next.In(s.zone)
	}
	if !st.last.Tick.IsZero() {
		status.Last = &st.last
	}
	if st.open() {
		status.Running = &Running{Tick: st.claim, Try: st.tries, LastError: st.lastError}
		if !st.owned {
			status.Running.NextTry = later(st.lease, now)
		}
	}
	return status
}
