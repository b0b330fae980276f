package schedule

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// keep is how long Redis remembers a schedule that no process has any more, or that does not tick: over a year, so that one
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

// slack is how far a time may lie ahead of Redis' clock before it is taken for the mistake of a clock: far more than clocks that
// are kept right ever differ by. A schedule stands still for so long at most when Redis' clock goes back.
const slack = 5 * time.Minute

// state of one schedule. Times are zero where there is nothing.
type state struct {
	now     time.Time // by Redis' clock
	spec    string
	since   time.Time // the spec counts from here on
	cursor  time.Time // the last tick that is settled
	sound   time.Time // the last one that was settled when Redis' clock had come to it
	claim   time.Time // the last tick that was claimed: open if after the cursor
	owned   bool      // somebody has the open claim, or died with it
	lease   time.Time // of the open claim: nobody else takes it before
	tries   int       // of the open claim
	trouble string    // what the try before ended with
	last    Run
}

func (st state) open() bool { return st.claim.After(st.cursor) }

// from is when ticks count from: the last one that is settled, or since the spec counts. A clock that was years ahead, a host's or
// Redis' own, may have left either in the future, and nothing would run until then; so what has come by neither clock counts as if
// it were not there. mistaken tells of it.
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
		cursor = believed(st.sound)
	}
	if from = later(cursor, since); from.IsZero() && mistaken {
		from = now.Add(-grace)
	}
	return from, mistaken
}

func (s store) key(profile string) string { return s.prefix + "schedule:" + profile }

// read gives the state; the zero state of a schedule that Redis does not know.
func (s store) read(ctx context.Context, profile string) (state, error) {
	pipe := s.redis.Pipeline()
	fields, now := pipe.HGetAll(ctx, s.key(profile)), pipe.Time(ctx)
	if _, err := pipe.Exec(ctx); err != nil {
		return state{}, fmt.Errorf("read the schedule of %s: %w", profile, err)
	}
	f := fields.Val()
	return state{
		now: now.Val(), sound: at(f["sound"]),
		spec: f["spec"], since: at(f["since"]), cursor: at(f["cursor"]), claim: at(f["claim"]), owned: f["owner"] != "",
		lease: at(f["lease"]), tries: int(number(f["tries"])), trouble: f["trouble"],
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

// do runs the script; see there for the verbs.
func (s store) do(ctx context.Context, profile, verb string, args ...any) (int, error) {
	argv := append([]any{int(keep.Seconds()), verb}, args...)
	n, err := script.Run(ctx, s.redis, []string{s.key(profile)}, argv...).Int()
	if err != nil {
		return 0, fmt.Errorf("%s the schedule of %s: %w", verb, profile, err)
	}
	return n, nil
}

func (s store) begin(ctx context.Context, sch *Schedule, now time.Time) (bool, error) {
	n, err := s.do(ctx, sch.Profile, "begin", sch.spec(), now.UnixMilli())
	return n > 0, err
}

// rewind has ticks count from an earlier time on, and tells whether this call did it.
func (s store) rewind(ctx context.Context, profile string, st state, from time.Time) (bool, error) {
	n, err := s.do(ctx, profile, "rewind", milli(st.cursor), milli(st.since), from.UnixMilli())
	return n > 0, err
}

// milli is the inverse of at.
func milli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func (s store) claim(ctx context.Context, profile string, tick time.Time, owner string, lease, delay time.Duration) (try int, err error) {
	return s.do(ctx, profile, "claim", tick.UnixMilli(), owner, lease.Milliseconds(), delay.Milliseconds())
}

func (s store) skip(ctx context.Context, profile string, tick time.Time) (bool, error) {
	n, err := s.do(ctx, profile, "skip", tick.UnixMilli(), slack.Milliseconds())
	return n > 0, err
}

// The last four tell whether the claim was still the owner's.

func (s store) renew(ctx context.Context, profile, owner string, lease time.Duration) (bool, error) {
	n, err := s.do(ctx, profile, "renew", owner, lease.Milliseconds())
	return n > 0, err
}

func (s store) release(ctx context.Context, profile, owner string) (bool, error) {
	n, err := s.do(ctx, profile, "release", owner)
	return n > 0, err
}

func (s store) retry(ctx context.Context, profile, owner string, delay time.Duration, trouble string) (bool, error) {
	n, err := s.do(ctx, profile, "retry", owner, delay.Milliseconds(), trouble)
	return n > 0, err
}

func (s store) settle(ctx context.Context, profile, owner string, o Outcome) (bool, error) {
	failed := ""
	if o.Failed {
		failed = "1"
	}
	n, err := s.do(ctx, profile, "settle", owner, o.Import, o.Text, failed, slack.Milliseconds())
	return n > 0, err
}
