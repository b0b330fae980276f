package schedule

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
)

const (
	leaseTTL  = time.Minute      // a tick whose process died is taken over this much later
	pollEvery = 15 * time.Second // also without a tick: for lapsed leases, and for clocks that were set
)

// Job runs a tick. It may be run again for the same tick, after an error or a crash, and even beside itself when its
// process was frozen: what it does must be named by the tick's ID or by content. An error is retried, four times over.
// When ctx ends the process is stopping, or another one has taken over.
type Job func(context.Context, Tick) (Outcome, error)

// Outcome is how a tick ended.
type Outcome struct {
	Import   string `json:"import,omitempty"` // the import that it made or found
	Text     string `json:"text,omitempty"`   // a short sentence for people
	Failed   bool   `json:"failed,omitempty"` // for good; an error from the Job is retried
	Repeated bool   `json:"-"`                // it failed like that before, and was logged as an error then
}

// Runner runs the schedules of one account.
type Runner struct {
	store     store
	monitor   monitor
	schedules []*Schedule
	log       *slog.Logger
	leaseTTL  time.Duration
	retries   []time.Duration

	mu         sync.Mutex
	registered map[string]bool // by profile: its spec is in Redis
	running    map[string]bool // by profile: this process runs a tick of it
	jobs       sync.WaitGroup
}

// NewRunner returns a runner. All processes that run an account's schedules must have the same ones.
func NewRunner(client redis.UniversalClient, l *ledger.Ledger, schedules []*Schedule, log *slog.Logger) *Runner {
	return &Runner{
		store: store{client, l.Prefix()}, monitor: monitor{redis: client, account: l.Account()},
		schedules: schedules, log: log, leaseTTL: leaseTTL, retries: retries,
		registered: map[string]bool{}, running: map[string]bool{},
	}
}

// Run runs ticks until ctx ends, then waits for the running jobs, whose contexts end too.
func (r *Runner) Run(ctx context.Context, job Job) {
	defer r.jobs.Wait()
	for ctx.Err() == nil {
		now := r.now(ctx)
		asked := time.Now()
		wait := time.NewTimer(min(r.startDue(ctx, now, job).Sub(now)-time.Since(asked), pollEvery))
		select {
		case <-ctx.Done():
		case <-wait.C:
		}
		wait.Stop()
	}
}

// now returns the earlier of two clocks, this host's and Redis'. A host that is ahead would run ticks before their
// time, and the others would take them for settled; one that is behind is late by that, unless the others come first.
// Without Redis nothing runs, and startDue logs that.
func (r *Runner) now(ctx context.Context) time.Time {
	here := time.Now()
	if there, err := r.store.redis.Time(ctx).Result(); err == nil && there.Before(here) {
		return there
	}
	return here
}

// startDue starts the ticks that are due at a time, and returns when to look again.
func (r *Runner) startDue(ctx context.Context, now time.Time, job Job) (next time.Time) {
	next = now.Add(pollEvery)
	for _, s := range r.schedules {
		if err := r.startIfDue(ctx, s, now, job); err != nil && ctx.Err() == nil {
			r.log.Error("a schedule cannot be followed; it is retried in "+pollEvery.String(),
				"profile", s.Profile, "error", err)
			continue
		}
		if fire := s.nextFire(now); !fire.IsZero() && fire.Before(next) {
			next = fire
		}
	}
	if err := r.publish(ctx, now); err != nil && ctx.Err() == nil {
		r.log.Warn("the dashboard's list of schedules cannot be written", "error", err)
	}
	return next
}

// startIfDue starts a schedule's tick if one is due and no other process runs it.
func (r *Runner) startIfDue(ctx context.Context, s *Schedule, now time.Time, job Job) error {
	if r.has(r.running, s) {
		return nil
	}
	st, err := r.loadState(ctx, s, now)
	if err != nil {
		return err
	}
	tick, err := r.dueTick(ctx, s, st, now)
	if err != nil || tick.At.IsZero() {
		return err
	}
	claim := r.store.claim(s.Profile, r.leaseTTL)
	if tick.Try, err = claim.acquire(ctx, tick.At, r.retries[len(r.retries)-1]); err != nil || tick.Try == 0 {
		return err
	}
	r.set(r.running, s, true)
	r.jobs.Go(func() {
		defer r.set(r.running, s, false)
		r.runTick(ctx, tick, claim, job)
	})
	return nil
}

// dueTick returns the tick that is to run: one that was begun and has not ended, or else the newest that is due. Its
// time is zero if there is none.
func (r *Runner) dueTick(ctx context.Context, s *Schedule, st state, now time.Time) (Tick, error) {
	if st.open() {
		return Tick{Profile: s.Profile, At: st.claim}, nil
	}
	from, mistaken := st.from(now)
	tick := Tick{Profile: s.Profile, At: s.newestDue(from, now)}
	if tick.At.IsZero() {
		return Tick{}, nil
	}
	if mistaken {
		if err := r.rewind(ctx, s, st, from); err != nil {
			return Tick{}, err
		}
	}
	tick.Late = now.Sub(s.Fire(tick.At)) > grace
	if tick.Late && s.Missed == Skip {
		return Tick{}, r.skip(ctx, tick)
	}
	return tick, nil
}

func (r *Runner) skip(ctx context.Context, tick Tick) error {
	skipped, err := r.store.skip(ctx, tick.Profile, tick.At)
	if skipped {
		r.log.Warn("a scheduled import was missed and is skipped", "profile", tick.Profile, "tick", tick.At)
	}
	return err
}

// rewind makes a schedule go on that a wrong clock has moved into the future.
func (r *Runner) rewind(ctx context.Context, s *Schedule, st state, from time.Time) error {
	done, err := r.store.rewind(ctx, s.Profile, st, from)
	if done {
		r.log.Warn("a schedule was settled up to a time in the future, by a host whose clock was ahead or before "+
			"Redis' clock went back; it goes on now. Keep the clocks of all hosts right by NTP",
			"profile", s.Profile, "settled", later(st.cursor, st.since), "now", st.now)
	}
	return err
}

// loadState reads a schedule's state, and registers a schedule that is new or was changed: it counts from now on, so
// that ticks which an expression would have had before it was written are not missed ones. A process registers a
// schedule once. During a change from one configuration to the next both are followed, and neither side undoes what the
// other has written.
func (r *Runner) loadState(ctx context.Context, s *Schedule, now time.Time) (state, error) {
	st, err := r.store.read(ctx, s.Profile)
	if err != nil || st.spec != "" && r.has(r.registered, s) {
		return st, err
	}
	changed, err := r.store.register(ctx, s, now)
	if err != nil {
		return state{}, err
	}
	r.set(r.registered, s, true)
	if !changed {
		return st, nil
	}
	r.log.Info("a schedule is new or was changed",
		"profile", s.Profile, "cron", s.Cron, "zone", s.Zone, "next", s.nextFire(now).In(s.zone))
	return r.store.read(ctx, s.Profile)
}

func (r *Runner) has(set map[string]bool, s *Schedule) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return set[s.Profile]
}

func (r *Runner) set(set map[string]bool, s *Schedule, to bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	set[s.Profile] = to
}
