package schedule

import (
	"context"
	"crypto/rand"
	_ "embed"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// keep is how long Redis keeps a schedule that no process has any more, or that does not tick: over a year, so that one
// that ticks once a year is not forgotten in between.
const keep = 400 * 24 * time.Hour

//go:embed schedule.lua
var source string

var script = redis.NewScript(source)

// store is the state of an account's schedules in Redis.
type store struct {
	redis  redis.UniversalClient
	prefix string
}

// slack is how far a time may lie ahead of Redis' clock before it is taken for the mistake of a clock: far more than
// clocks that are kept right ever differ by. A schedule stands still for so long at most when Redis' clock goes back.
const slack = 5 * time.Minute

// state of one schedule. Times are zero where there is nothing.
type state struct {
	now       time.Time // by Redis' clock
	spec      string
	since     time.Time // the spec counts from here on
	cursor    time.Time // the last tick that is settled
	confirmed time.Time // the last one that was settled when Redis' clock had come to it
	claim     time.Time // the last tick that was claimed: open if after the cursor
	owned     bool      // the open claim has an owner, which may have died
	lease     time.Time // end of the open claim's lease, or of the wait before a retry
	tries     int       // of the open claim
	lastError string    // of the try before
	last      Run
}

func (st state) open() bool { return st.claim.After(st.cursor) }

// from is when ticks count from: the last one that is settled, or since the spec counts. A clock that was years ahead,
// a host's or Redis' own, may have left either in the future, and nothing would run until then; so what has come by
// neither clock counts as if it were not there. mistaken reports that.
func (st state) from(now time.Time) (from time.Time, mistaken bool) {
	believed := func(t time.Time) time.Time {
		if t.After(now) && t.After(st.now.Add(slack)) {
			return time.Time{}
		}
		return t
	}
	cursor, since := believed(st.cursor), believed(st.since)
	mistaken = !cursor.Equal(st.cursor) || !since.Equal(st.since)
	if !cursor.Equal(st.cursor) {
		cursor = believed(st.confirmed)
	}
	if from = later(cursor, since); from.IsZero() && mistaken {
		from = now.Add(-grace)
	}
	return from, mistaken
}

func (s store) key(profile string) string { return s.prefix + "schedule:" + profile }

// read returns the state; the zero state for a schedule that Redis does not have.
func (s store) read(ctx context.Context, profile string) (state, error) {
	pipe := s.redis.Pipeline()
	fields, now := pipe.HGetAll(ctx, s.key(profile)), pipe.Time(ctx)
	if _, err := pipe.Exec(ctx); err != nil {
		return state{}, fmt.Errorf("read the schedule of %s: %w", profile, err)
	}
	f := fields.Val()
	return state{
		now: now.Val(), confirmed: at(f["sound"]),
		spec: f["spec"], since: at(f["since"]), cursor: at(f["cursor"]), claim: at(f["claim"]), owned: f["owner"] != "",
		lease: at(f["lease"]), tries: int(number(f["tries"])), lastError: f["trouble"],
		last: Run{
			Tick: at(f["tick"]), Started: at(f["began"]), Ended: at(f["ended"]), Tries: int(number(f["tried"])),
			Outcome: Outcome{Import: f["import"], Text: f["text"], Failed: f["failed"] != ""},
		},
	}, nil
}

func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64) // written by our script only; an absent field is 0
	return n
}

func at(ms string) time.Time {
	if n := number(ms); n > 0 {
		return time.UnixMilli(n).UTC()
	}
	return time.Time{}
}

// run runs the script; see there for the verbs.
func (s store) run(ctx context.Context, profile, verb string, args ...any) (int, error) {
	argv := append([]any{int(keep.Seconds()), verb}, args...)
	n, err := script.Run(ctx, s.redis, []string{s.key(profile)}, argv...).Int()
	if err != nil {
		return 0, fmt.Errorf("%s the schedule of %s: %w", verb, profile, err)
	}
	return n, nil
}

func (s store) register(ctx context.Context, sch *Schedule, now time.Time) (bool, error) {
	n, err := s.run(ctx, sch.Profile, "register", sch.spec(), now.UnixMilli())
	return n > 0, err
}

// rewind makes ticks count from an earlier time on, and reports whether this call did.
func (s store) rewind(ctx context.Context, profile string, st state, from time.Time) (bool, error) {
	n, err := s.run(ctx, profile, "rewind", milli(st.cursor), milli(st.since), from.UnixMilli())
	return n > 0, err
}

// milli is the inverse of at.
func milli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func (s store) skip(ctx context.Context, profile string, tick time.Time) (bool, error) {
	n, err := s.run(ctx, profile, "skip", tick.UnixMilli(), slack.Milliseconds())
	return n > 0, err
}

// claim is a process' claim of a tick. It is a lease in every way but where it is kept: in the schedule's hash, since
// it is granted together with the cursor, and since a process of a version before must see it.
type claim struct {
	store   store
	profile string
	owner   string
	ttl     time.Duration
}

func (s store) claim(profile string, ttl time.Duration) claim {
	return claim{store: s, profile: profile, owner: rand.Text(), ttl: ttl}
}

// acquire claims a tick and returns which try of it this is; 0 if it is settled or another process has it. longest is
// the longest wait before a retry.
func (c claim) acquire(ctx context.Context, tick time.Time, longest time.Duration) (try int, err error) {
	return c.store.run(ctx, c.profile, "claim", tick.UnixMilli(), c.owner, c.ttl.Milliseconds(), longest.Milliseconds())
}

// The next four report whether the claim was still this owner's.

func (c claim) renew(ctx context.Context) (bool, error) {
	return c.run(ctx, "renew", c.ttl.Milliseconds())
}

// release frees the claim as if the tick had not been tried.
func (c claim) release(ctx context.Context) (bool, error) { return c.run(ctx, "release") }

func (c claim) retry(ctx context.Context, delay time.Duration, lastError string) (bool, error) {
	return c.run(ctx, "retry", delay.Milliseconds(), lastError)
}

func (c claim) settle(ctx context.Context, o Outcome) (bool, error) {
	failed := ""
	if o.Failed {
		failed = "1"
	}
	return c.run(ctx, "settle", o.Import, o.Text, failed, slack.Milliseconds())
}

func (c claim) run(ctx context.Context, verb string, args ...any) (bool, error) {
	n, err := c.store.run(ctx, c.profile, verb, append([]any{c.owner}, args...)...)
	return n > 0, err
}
