// Package budget keeps a whole fleet inside Qflow's rate limits. Qflow counts requests per source address, so
// everything behind one address shares one budget in Redis: each call books the next free moment in all the limits that
// it falls under, by one script on Redis' clock, and then waits for that moment. So no slot is lost and none is used
// twice, whatever the hosts' clocks say: they are asked for durations only.
//
// A slot for which no call is made after all is given back, and the next booking has it. A process that dies wastes
// what it had booked, which the horizon bounds. When Redis is away nobody calls; a guess at a share of the limit would
// be wrong as soon as a worker comes or goes.
//
// After a 429 the fleet pauses, goes on slower and recovers with time. An account whose calls fail has a retry budget:
// once it is used up its calls trickle, so that a sick Qflow is not hammered, and those that succeed speed it up again.
// The slots of a process belong to no caller: when one comes, the import whose turn it is takes it.
package budget

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/time/rate"
)

// Scope is a limit that a call falls under.
type Scope string

const (
	// API is every call to the API: 1000 a minute (docs/qflow-api.md section 7).
	API Scope = "zone"
	// Email is every call that queues an email: 300 a minute. The rule names only /comms/send; Qflow advises the same
	// pace for atomic sends.
	Email Scope = "send"
)

// Limits are calls per minute; 0 is no limit.
type Limits struct {
	API   int
	Email int
	// Mitigation is how long everybody stays away after a 429 that does not say for how long; 0 means Mitigation.
	Pause time.Duration
}

// DefaultLimits is what Qflow documents.
var DefaultLimits = Limits{API: 1000, Email: 300}

const (
	// use is the share of a limit that is spent. The rest is for calls that leave later than their slot, because a process
	// or Redis was held up: in a window of a minute, all of them may be 1.2 s late at once. A limit that is passed closes
	// the door for a minute, which costs as much as the 2 % do in an hour.
	use = 0.98

	// horizon is how far ahead a process may book: long enough for a Redis that is held up, by a fork say, to cost no
	// slot, and for those who were refused to come back in time; no longer, since slots are lost with a process that is
	// killed.
	horizon = 500 * time.Millisecond

	// lookAgain is how long a booked slot may lie ahead before the fleet's pause is looked at once more, a little before
	// the slot: another process may have met a 429 meanwhile, and a call into a closed door keeps it closed for longer.
	lookAgain = 2 * lead
	lead      = 10 * time.Millisecond

	// late is how long after its slot a call may still be made: less than half of the room that use leaves in a minute. A
	// process that was frozen meanwhile books again, and so does one whose bookings took long to answer, since all of
	// those would then leave at once. One that is late each time is no use to anybody, and says so.
	late    = 500 * time.Millisecond
	tooMany = 10

	// patience is how long to wait before asking again at most, however far the next slot is: a person may have raised the
	// limits by then.
	patience = 5 * time.Second

	// DefaultPause is how long Qflow's edge refuses everything after a limit was passed, when it does not say.
	DefaultPause = time.Minute
)

// ProbeKey is the key under which the probes of closed gates wait.
const ProbeKey = "probes"

var (
	// ErrStopped says that the wait was ended by the stop signal, before any booking was used.
	ErrStopped = errors.New("stopped while waiting for the budget")

	errLate = fmt.Errorf("this process or Redis is too slow to keep to the rate limits: %d slots in a row came more than %s late", tooMany, late)
)

// Config says whose budget it is.
type Config struct {
	Egress  string // name of the address that calls leave from; all processes behind it use the same
	Account string // whose calls they are
	Limits  Limits // in force unless somebody has set others for the whole fleet
	Log     *slog.Logger
	OnWait  func(Scope, time.Duration) // is told how long a call waited, by the narrowest of its limits; may be nil
}

// Budget is one address's budget, as one account draws on it. It is safe for concurrent use.
type Budget struct {
	redis     redis.UniversalClient
	cfg       Config
	keys      []string      // of the address, of the retry budgets, of the minutes before
	local     *rate.Limiter // keeps one process from asking Redis more often than the fleet could ever call
	zone      atomic.Int64  // the limit that local follows
	queue     *fairQueue
	successes atomic.Int64 // to be handed over with the next booking
}

// New gives an account's budget at an address.
func New(client redis.UniversalClient, cfg Config) *Budget {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	key := "gf:{budget:" + cfg.Egress + "}"
	b := &Budget{
		redis: client, cfg: cfg, keys: []string{key, key + ":health", key + ":minutes"},
		local: rate.NewLimiter(askRate(cfg.Limits.API), askBurst), queue: newFairQueue(),
	}
	b.zone.Store(int64(cfg.Limits.API))
	return b
}

// Limits that this process was started with; State knows those in force.
func (b *Budget) Limits() Limits { return b.cfg.Limits }

// askRate is how often a process may ask for slots: a fifth more often than the fleet could use them, so that one
// process can use them all; and not seldom where there are few, so that a raised limit is noticed soon.
func askRate(zone int) rate.Limit {
	const least = 10 // a second
	if zone == 0 {
		return rate.Inf
	}
	return rate.Limit(max(1.2*float64(zone)/60, least))
}

const askBurst = 10

//go:embed reserve.lua
var reserveSource string

var reserveScript = redis.NewScript(reserveSource)

// paused tells whether the fleet is.
func (b *Budget) paused(ctx context.Context) (bool, error) {
	wait, _, err := b.reserve(ctx, nil)
	return wait > 0, err
}

// reserve gives the moment of a slot and how long it is until then, or 0 and how long to wait before asking again.
func (b *Budget) reserve(ctx context.Context, scopes []Scope) (wait time.Duration, moment int64, err error) {
	var successes int64
	if len(scopes) > 0 { // the others hand nothing over
		successes = b.successes.Swap(0)
	}
	limits := b.cfg.Limits
	args := []any{"book", b.cfg.Account, successes, horizon.Microseconds(), use, limits.API, limits.Email}
	for _, s := range scopes {
		args = append(args, string(s))
	}
	out, err := reserveScript.Run(ctx, b.redis, b.keys, args...).Int64Slice()
	if err != nil {
		b.successes.Add(successes)
		return 0, 0, fmt.Errorf("book a call: %w", err)
	}
	b.follow(out[2])
	b.tell(out[3])
	b.tellBack(out[4])
	return time.Duration(out[1]) * time.Microsecond, out[5], nil
}

// tellBack says that Redis' clock has gone back, which the script tells one process of the fleet.
func (b *Budget) tellBack(us int64) {
	if us > 0 {
		b.cfg.Log.Warn("Redis' clock has gone back, by a correction or a failover to a host that is behind; slots and pauses are moved with it and calls go on. "+
			"Keep the clocks of all Redis hosts right by NTP", "by", time.Duration(us)*time.Microsecond, "egress", b.cfg.Egress)
	}
}

// follow paces this process by the limit in force.
func (b *Budget) follow(zone int64) {
	if b.zone.Swap(zone) != zone {
		b.local.SetLimit(askRate(int(zone)))
	}
}

// The changes of an account's brake, as the script tells one process of the fleet.
const (
	braked    = 1
	recovered = 2
)

func (b *Budget) tell(change int64) {
	switch change {
	case braked:
		b.cfg.Log.Warn("too many calls fail; they are made at a trickle until they succeed again", "account", b.cfg.Account)
	case recovered:
		b.cfg.Log.Info("calls succeed again; they are made at full speed", "account", b.cfg.Account)
	}
}

// Report tells the account's retry budget what became of a call: whether it failed, in a way that may pass when it is
// repeated. A refusal is no failure, since Qflow was well enough to refuse. Calls that Qflow has not looked at are not
// reported. A success is handed over with the next booking, a failure at once.
func (b *Budget) Report(ctx context.Context, failed bool) error {
	if !failed {
		b.successes.Add(1)
		return nil
	}
	out, err := reserveScript.Run(ctx, b.redis, b.keys, "fail", b.cfg.Account).Int64Slice()
	if err != nil {
		return fmt.Errorf("count a failed call: %w", err)
	}
	b.tell(out[0])
	return nil
}

// Pause stops the whole fleet for a while, and slows it down afterwards: Qflow has said 429. A d of 0 means that it did
// not say for how long. It tells for how long, and whether the fleet was still going: of the calls that meet a closed
// door together one gives the alarm.
func (b *Budget) Pause(ctx context.Context, d time.Duration) (pause time.Duration, first bool, err error) {
	if d <= 0 {
		d = cmp.Or(b.cfg.Limits.Pause, DefaultPause)
	}
	d += time.Duration(rand.Int64N(int64(time.Second))) //nolint:gosec // not a secret
	out, err := reserveScript.Run(ctx, b.redis, b.keys, "pause", d.Microseconds()).Int64Slice()
	if err != nil {
		return 0, false, fmt.Errorf("pause the fleet: %w", err)
	}
	b.tellBack(out[1])
	return d, out[0] == 0, nil
}

// stuckAfter is how long the queue may be locked by one caller, who only looks at it and goes.
const stuckAfter = 500 * time.Millisecond

// Stuck reports whether this process's callers keep each other from going on: every call stands in this queue.
func (b *Budget) Stuck() bool {
	for began := time.Now(); !b.queue.mu.TryLock(); {
		if time.Since(began) > stuckAfter {
			return true
		}
		time.Sleep(time.Millisecond)
	}
	b.queue.mu.Unlock()
	return false
}
