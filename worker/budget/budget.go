// Package budget keeps a whole fleet inside Qflow's rate limits. Qflow counts requests per source address, so everything
// behind one address shares one budget in Redis: each call books the next free moment in all the limits that it falls
// under, by one script on Redis' clock, and then waits for that moment. Nobody polls, nobody is refused and comes back, so
// no slot is lost and none is used twice, whatever the hosts' clocks say.
//
// A booking is never given back: a process that dies wastes what it had booked, which the horizon bounds to two seconds'
// worth. When Redis is away nobody calls; a guess at a share of the limit would be wrong as soon as a worker comes or goes.
//
// After a 429 the fleet pauses, then goes on slower and recovers (additive increase, multiplicative decrease). An account whose
// calls fail has a retry budget: once it is used up its calls trickle, so that a sick Qflow is not hammered, and the first
// that succeed speed it up again. Limits can be changed while everything runs.
package budget

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/time/rate"
)

// Scope is a limit that a call falls under.
type Scope string

const (
	// Zone is every call to the API: 1000 a minute (fact sheet section 7).
	Zone Scope = "zone"
	// Send is every call that queues an email: 300 a minute. The rule names only /comms/send; Qflow advises the same
	// pace for atomic sends.
	Send Scope = "send"
)

// Limits are calls per minute; 0 is no limit.
type Limits struct {
	Zone int
	Send int
	// Mitigation is how long everybody stays away after a 429 that does not say for how long; 0 means Mitigation.
	Mitigation time.Duration
}

// Default is what Qflow documents.
var Default = Limits{Zone: 1000, Send: 300}

const (
	// use is the share of a limit that is spent. The rest is for calls that leave later than their slot, because a process or
	// Redis was held up: in a window of a minute, all of them may be 1.2 s late at once. A limit that is passed closes the
	// door for a minute, which costs as much as the 2 % do in an hour.
	use = 0.98

	// horizon is how far ahead a process may book.
	horizon = 2 * time.Second

	// earned is what a success gives back of the retry budget, of which a failure takes 1: an account whose calls fail one in
	// six is not slowed down. The script has the other numbers.
	earned = 0.2

	// late is how long after its booked moment a call may still be made. A process that was frozen meanwhile books again.
	late = 500 * time.Millisecond

	// Mitigation is how long Qflow's edge refuses everything after a limit was passed, when it does not say.
	Mitigation = time.Minute
)

// ErrStopped says that the wait was ended by the stop signal, before any booking was used.
var ErrStopped = errors.New("stopped while waiting for the budget")

// Budget is one address's budget, as one account draws on it. It is safe for concurrent use.
type Budget struct {
	redis  redis.UniversalClient
	keys   []string // of the address, of the account's retry budget
	limits Limits
	log    *slog.Logger
	turns  *turns
	local  *rate.Limiter // keeps one process from asking Redis more often than the fleet could ever call

	mu      sync.Mutex
	earned  float64 // tokens of the retry budget, not yet handed over
	inForce Limits  // as of the last booking
}

// Config is whose budget it is.
type Config struct {
	Egress  string // name of the address that calls leave from; all processes behind it use the same
	Account string // whose calls they are
	Limits  Limits // in force unless somebody has set others for the whole fleet
	Log     *slog.Logger
}

// New gives a budget.
func New(client redis.UniversalClient, c Config) *Budget {
	key := "gf:{budget:" + c.Egress + "}"
	b := &Budget{
		redis: client, keys: []string{key, key + ":health:" + c.Account}, limits: c.Limits, log: c.Log,
		turns: newTurns(), local: rate.NewLimiter(rate.Inf, 0),
	}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	b.learn(c.Limits)
	return b
}

// Limits that this process was started with.
func (b *Budget) Limits() Limits { return b.limits }

//go:embed reserve.lua
var reserveSource string

var reserveScript = redis.NewScript(reserveSource)

// Wait books a call in all its scopes and returns when its moment has come. Those who wait take turns by key, which is the
// import: one with twenty rows gets every other slot beside one with two hundred thousand. stop ends the wait with ErrStopped.
func (b *Budget) Wait(ctx context.Context, stop <-chan struct{}, key string, scopes ...Scope) error {
	for {
		booked, err := b.inTurn(ctx, stop, key, scopes)
		if err != nil {
			return err
		}
		if err := sleep(ctx, stop, time.Until(booked.moment)); err != nil {
			return err
		}
		if time.Since(booked.moment) > late {
			continue
		}
		if !booked.ahead {
			return nil
		}
		if open, err := b.open(ctx); open || err != nil {
			return err
		}
	}
}

// booking is a call's moment, on this process's monotonic clock.
type booking struct {
	moment time.Time
	ahead  bool // so far that the fleet may be paused before it comes
}

// lookAgain is how long a booked slot may lie ahead before the fleet's pause is looked at once more: another process may
// have met a 429 meanwhile, and a call into a closed door keeps it closed for longer.
const lookAgain = 20 * time.Millisecond

// open tells whether the fleet is not paused.
func (b *Budget) open(ctx context.Context) (bool, error) {
	wait, _, err := b.reserve(ctx, nil)
	return wait == 0, err
}

// inTurn books as soon as it is the key's turn. Where there is no limit nobody waits for anybody.
func (b *Budget) inTurn(ctx context.Context, stop <-chan struct{}, key string, scopes []Scope) (booking, error) {
	if most := b.bookers(scopes); most > 0 {
		if err := b.turns.take(ctx, stop, key, most); err != nil {
			return booking{}, err
		}
		defer b.turns.give()
	}
	if err := b.waitLocal(ctx, stop); err != nil {
		return booking{}, err
	}
	for {
		wait, booked, err := b.reserve(ctx, scopes)
		if err != nil {
			return booking{}, err
		}
		if booked {
			return booking{moment: time.Now().Add(wait), ahead: wait > lookAgain}, nil
		}
		if err := sleep(ctx, stop, wait); err != nil {
			return booking{}, err
		}
	}
}

// bookers is how many of a process may book at once. One is fair, and books 200 calls a second from a Redis 5 ms away; more
// are needed where the limit is higher. 0: any number, since there is no limit.
func (b *Budget) bookers(scopes []Scope) int {
	const each = 50 * 60 // calls a minute, with room for a slow Redis
	b.mu.Lock()
	defer b.mu.Unlock()
	least := 0
	for _, s := range scopes {
		if limit := b.inForce.of(s); limit > 0 && (least == 0 || limit < least) {
			least = limit
		}
	}
	if least == 0 {
		return 0
	}
	return least/each + 1
}

func (b *Budget) waitLocal(ctx context.Context, stop <-chan struct{}) error {
	r := b.local.Reserve()
	if err := sleep(ctx, stop, r.Delay()); err != nil {
		r.Cancel()
		return err
	}
	return nil
}

func (b *Budget) reserve(ctx context.Context, scopes []Scope) (wait time.Duration, booked bool, err error) {
	args := []any{"book", horizon.Microseconds(), b.take(), use, b.limits.Zone, b.limits.Send}
	for _, s := range scopes {
		args = append(args, string(s))
	}
	out, err := reserveScript.Run(ctx, b.redis, b.keys, args...).Int64Slice()
	if err != nil {
		return 0, false, fmt.Errorf("book a call: %w", err)
	}
	b.learn(Limits{Zone: int(out[2]), Send: int(out[3])})
	if out[4] == 1 {
		b.log.Info("calls succeed again, at full speed")
	}
	wait = time.Duration(out[1]) * time.Microsecond
	if out[0] == 1 {
		return wait, true, nil
	}
	// Processes that come back for a slot come at different times.
	return wait + time.Duration(rand.Int64N(int64(horizon/4))), false, nil //nolint:gosec // not a secret
}

// take gives what was earned since the last booking.
func (b *Budget) take() float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	earned := b.earned
	b.earned = 0
	return earned
}

// learn takes over what a booking says of the limits in force.
func (b *Budget) learn(inForce Limits) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if inForce.Zone == b.inForce.Zone {
		b.inForce = inForce
		return
	}
	b.inForce = inForce
	b.local.SetLimit(rate.Inf)
	if zone := inForce.Zone; zone > 0 { // every call is in it
		b.local.SetBurst(10)
		b.local.SetLimit(rate.Limit(1.2 * float64(zone) / 60))
	}
}

func (l Limits) of(s Scope) int {
	if s == Send {
		return l.Send
	}
	return l.Zone
}

// Report tells the account's retry budget what became of a call: whether it failed, in a way that may pass when it is repeated.
func (b *Budget) Report(ctx context.Context, failed bool) error {
	if !failed {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.earned += earned
		return nil
	}
	out, err := reserveScript.Run(ctx, b.redis, b.keys, "fail").Int64Slice()
	if err != nil {
		return fmt.Errorf("count a failed call: %w", err)
	}
	if out[0] == 1 {
		b.log.Warn("too many calls fail; they are made at a trickle until they succeed again")
	}
	return nil
}

// Pause stops the whole fleet for a while: Qflow has said 429. A d of 0 means that it did not say for how long. It tells
// for how long, and whether the fleet was still going: of the calls that meet a closed door together one gives the alarm.
func (b *Budget) Pause(ctx context.Context, d time.Duration) (pause time.Duration, first bool, err error) {
	if d <= 0 {
		d = cmp.Or(b.limits.Mitigation, Mitigation)
	}
	d += time.Duration(rand.Int64N(int64(time.Second))) //nolint:gosec // not a secret
	out, err := reserveScript.Run(ctx, b.redis, b.keys, "pause", d.Microseconds()).Int64Slice()
	if err != nil {
		return 0, false, fmt.Errorf("pause the fleet: %w", err)
	}
	return d, out[0] == 0, nil
}

// sleep looks at stop even where there is nothing to wait for: with budget to spare, a stopped worker would go on calling.
func sleep(ctx context.Context, stop <-chan struct{}, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-stop:
		return ErrStopped
	default:
	}
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-stop:
		return ErrStopped
	case <-t.C:
		return nil
	}
}
