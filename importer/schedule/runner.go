package schedule

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
)

const (
	lease     = time.Minute      // a tick whose process died is taken over this much later
	lookEvery = 15 * time.Second // also without a tick: for lapsed leases, and for clocks that were set
	farewell  = 5 * time.Second  // for the last word to Redis on the way out
)

// retries is the time after the first, second, ... try that ended with an error. It gives a file server twenty minutes to come
// back; what takes longer waits for the next tick, and for a person who reads the log. Elapsed: 1, 3, 8, 18 minutes.
var retries = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute}

// Outcome is what became of a tick.
type Outcome struct {
	Import   string `json:"import,omitempty"` // the import that it made or found
	Text     string `json:"text,omitempty"`   // a short sentence for people
	Failed   bool   `json:"failed,omitempty"` // for good; an error from the Job means that it is worth another try
	Repeated bool   `json:"-"`                // it failed like that before, so the log need not be loud about it
}

// Job runs a tick. It may be run again for the same tick, after an error or a crash, and even beside itself when its process
// was frozen: what it does must be named by the tick's ID or by content. An error is tried again, four times over. When ctx
// ends the process is stopping, or another one has taken over.
type Job func(context.Context, Tick) (Outcome, error)

// Runner runs the schedules of one account.
type Runner struct {
	store     store
	monitor   monitor
	schedules []*Schedule
	log       *slog.Logger
	lease     time.Duration
	retries   []time.Duration

	mu     sync.Mutex
	begun  map[string]bool // by profile: Redis was told the spec
	busy   map[string]bool // by profile: a tick is in this process' hands
	inHand sync.WaitGroup
}

// NewRunner gives a runner. Every process that runs an account's schedules is meant to have the same ones.
func NewRunner(client redis.UniversalClient, l *ledger.Ledger, schedules []*Schedule, log *slog.Logger) *Runner {
	return &Runner{
		store: store{client, l.Prefix()}, monitor: monitor{redis: client, account: l.Account()}, schedules: schedules, log: log,
		lease: lease, retries: retries, begun: map[string]bool{}, busy: map[string]bool{},
	}
}

// Run runs ticks until ctx ends, then waits for the jobs in hand, whose contexts end too.
func (r *Runner) Run(ctx context.Context, job Job) {
	defer r.inHand.Wait()
	for ctx.Err() == nil {
		now := r.now(ctx)
		asked := time.Now()
		wait := time.NewTimer(min(r.look(ctx, now, job).Sub(now)-time.Since(asked), lookEvery))
		select {
		case <-ctx.Done():
		case <-wait.C:
		}
		wait.Stop()
	}
}

// now is the earlier of two clocks, this host's and Redis'. A host that is ahead would run ticks before their time, and have the
// others take them for settled; one that is behind is late by that, unless the others are there first. Without Redis nothing runs,
// and the look says so.
func (r *Runner) now(ctx context.Context) time.Time {
	here := time.Now()
	if there, err := r.store.redis.Time(ctx).Result(); err == nil && there.Before(here) {
		return there
	}
	return here
}

// look starts what is due at a time, and says when to look again.
func (r *Runner) look(ctx context.Context, now time.Time, job Job) (next time.Time) {
	next = now.Add(lookEvery)
	for _, s := range r.schedules {
		if err := r.consider(ctx, s, now, job); err != nil && ctx.Err() == nil {
			r.log.Error("a schedule cannot be followed; it is tried again in "+lookEvery.String(), "profile", s.Profile, "error", err)
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

// consider starts a schedule's tick if there is one to run and nobody else has it.
func (r *Runner) consider(ctx context.Context, s *Schedule, now time.Time, job Job) error {
	if r.has(r.busy, s) {
		return nil
	}
	st, err := r.state(ctx, s, now)
	if err != nil {
		return err
	}
	tick := Tick{Profile: s.Profile, At: st.claim}
	if !st.open() {
		from, mistaken := st.from(now)
		tick.At = s.newestDue(from, now)
		if tick.At.IsZero() {
			return nil
		}
		if mistaken {
			if err := r.rewind(ctx, s, st, from); err != nil {
				return err
			}
		}
		tick.Late = now.Sub(s.Fire(tick.At)) > grace
		if tick.Late && s.Missed == Skip {
			skipped, err := r.store.skip(ctx, s.Profile, tick.At)
			if skipped {
				r.log.Warn("a scheduled import was missed and is skipped", "profile", s.Profile, "tick", tick.At)
			}
			return err
		}
	}
	owner := rand.Text()
	if tick.Try, err = r.store.claim(ctx, s.Profile, tick.At, owner, r.lease, r.retries[len(r.retries)-1]); err != nil || tick.Try == 0 {
		return err
	}
	r.set(r.busy, s, true)
	r.inHand.Go(func() {
		defer r.set(r.busy, s, false)
		r.work(ctx, tick, owner, job)
	})
	return nil
}

// rewind has a schedule go on that a wrong clock has moved into the future.
func (r *Runner) rewind(ctx context.Context, s *Schedule, st state, from time.Time) error {
	done, err := r.store.rewind(ctx, s.Profile, st, from)
	if done {
		r.log.Warn("a schedule was settled up to a time in the future, by a host whose clock was ahead or before Redis' clock went back; it goes on now. "+
			"Keep the clocks of all hosts right by NTP", "profile", s.Profile, "settled", later(st.cursor, st.since), "now", st.now)
	}
	return err
}

// state reads a schedule's state, and tells Redis of a schedule that is new or was changed: it counts from now on, so that
// ticks which an expression would have had before it was written are not missed ones. Only the first look at a schedule
// replaces another spec. During a change from one configuration to the next both are followed, and neither side undoes what
// the other has written.
func (r *Runner) state(ctx context.Context, s *Schedule, now time.Time) (state, error) {
	st, err := r.store.read(ctx, s.Profile)
	if err != nil || st.spec != "" && r.has(r.begun, s) {
		return st, err
	}
	changed, err := r.store.begin(ctx, s, now)
	if err != nil {
		return state{}, err
	}
	r.set(r.begun, s, true)
	if !changed {
		return st, nil
	}
	r.log.Info("a schedule begins", "profile", s.Profile, "cron", s.Cron, "zone", s.Zone, "next", s.nextFire(now).In(s.zone))
	return r.store.read(ctx, s.Profile)
}

// work runs the job of a claimed tick and writes down what came of it.
func (r *Runner) work(ctx context.Context, tick Tick, owner string, job Job) {
	log := r.log.With("profile", tick.Profile, "tick", tick.At)
	if tick.Try > len(r.retries)+1 { // it took its processes with it, time and again
		r.settle(ctx, log, tick, owner, Outcome{Failed: true, Text: "given up: the processes that ran it did not survive"})
		return
	}
	log.Info("a scheduled import begins", "try", tick.Try, "late", tick.Late)
	held, stop := r.hold(ctx, tick, owner)
	outcome, err := job(held, tick)
	stop()
	switch {
	case err == nil:
		r.settle(ctx, log, tick, owner, outcome)
	case errors.Is(context.Cause(held), errTakenOver):
		log.Warn("another process has taken this tick over; was this one frozen?", "error", err)
	case ctx.Err() != nil:
		r.release(ctx, log, tick, owner)
	case tick.Try > len(r.retries):
		r.settle(ctx, log, tick, owner, Outcome{Import: outcome.Import, Failed: true, Text: err.Error()})
	default:
		r.retry(ctx, log, tick, owner, err)
	}
}

var errTakenOver = errors.New("another process has taken the tick over")

// hold keeps the claim by renewing its lease, and ends the context when it is lost all the same.
func (r *Runner) hold(ctx context.Context, tick Tick, owner string) (held context.Context, stop func()) {
	held, cancel := context.WithCancelCause(ctx)
	var renewing sync.WaitGroup
	quit := make(chan struct{})
	renewing.Go(func() {
		every := time.NewTicker(r.lease / 3)
		defer every.Stop()
		for {
			select {
			case <-quit:
				return
			case <-held.Done():
				return
			case <-every.C:
				if ours, err := r.store.renew(held, tick.Profile, owner, r.lease); err == nil && !ours {
					cancel(errTakenOver)
				} // an error is no news: it is tried again, and a lapsed lease does no harm
			}
		}
	})
	return held, func() {
		close(quit)
		renewing.Wait()
	}
}

// last gives a context for the last word on a tick, which is to be said even when the process is stopping.
func last(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), farewell)
}

func (r *Runner) settle(ctx context.Context, log *slog.Logger, tick Tick, owner string, o Outcome) {
	ctx, cancel := last(ctx)
	defer cancel()
	ours, err := r.store.settle(ctx, tick.Profile, owner, o)
	switch {
	case err != nil:
		log.Error("the end of a scheduled import cannot be written down; it will be run again, which is harmless", "error", err)
	case !ours:
		log.Warn("another process has taken this tick over; was this one frozen?", "import", o.Import)
	case o.Failed && o.Repeated:
		log.Info("a scheduled import still cannot take what it could not take before", "import", o.Import, "text", o.Text)
	case o.Failed:
		log.Error("a scheduled import failed", "import", o.Import, "text", o.Text)
	default:
		log.Info("a scheduled import ended", "import", o.Import, "text", o.Text)
	}
	if ours {
		if err := r.monitor.ran(ctx, tick, o); err != nil {
			log.Warn("the dashboard's history of a schedule cannot be written", "error", err)
		}
	}
}

func (r *Runner) release(ctx context.Context, log *slog.Logger, tick Tick, owner string) {
	ctx, cancel := last(ctx)
	defer cancel()
	_, err := r.store.release(ctx, tick.Profile, owner)
	log.Info("a scheduled import is left to another process, as this one stops", "error", err)
}

func (r *Runner) retry(ctx context.Context, log *slog.Logger, tick Tick, owner string, trouble error) {
	ctx, cancel := last(ctx)
	defer cancel()
	wait := r.retries[tick.Try-1]
	_, err := r.store.retry(ctx, tick.Profile, owner, wait, trouble.Error())
	log.Error("a scheduled import met an error and is tried again", "in", wait, "try", tick.Try, "error", errors.Join(trouble, err))
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
