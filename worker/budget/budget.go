// Package budget keeps a whole fleet inside Qflow's rate limits. Qflow counts requests per source address, so everything
// behind one address shares one budget in Redis: each call books the next free moment in all the limits that it falls
// under, by one script on Redis' clock, and then waits for that moment. Nobody polls, nobody is refused and comes back, so
// no slot is lost and none is used twice, whatever the hosts' clocks say.
//
// A booking is never given back: a process that dies wastes what it had booked, which the horizon bounds to two seconds'
// worth. When Redis is away nobody calls; a guess at a share of the limit would be wrong as soon as a worker comes or goes.
package budget

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"math/rand/v2"
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

	// Mitigation is how long Qflow's edge refuses everything after a limit was passed, when it does not say.
	Mitigation = time.Minute
)

// ErrStopped says that the wait was ended by the stop signal, before any booking was used.
var ErrStopped = errors.New("stopped while waiting for the budget")

// Budget is one address's budget. It is safe for concurrent use.
type Budget struct {
	redis  redis.UniversalClient
	key    string
	limits Limits
	local  *rate.Limiter // keeps one process from asking Redis more often than the fleet could ever call
}

// New gives the budget of an egress address; all processes behind it use the same name.
func New(client redis.UniversalClient, egress string, limits Limits) *Budget {
	local := rate.NewLimiter(rate.Inf, 0)
	if limits.Zone > 0 {
		local = rate.NewLimiter(rate.Limit(1.2*float64(limits.Zone)/60), 10)
	}
	return &Budget{redis: client, key: "gf:{budget:" + egress + "}", limits: limits, local: local}
}

// Limits in force.
func (b *Budget) Limits() Limits { return b.limits }

//go:embed reserve.lua
var reserveSource string

var reserveScript = redis.NewScript(reserveSource)

// Wait books a call in all its scopes and returns when its moment has come. stop ends the wait with ErrStopped.
func (b *Budget) Wait(ctx context.Context, stop <-chan struct{}, scopes ...Scope) error {
	if err := b.waitLocal(ctx, stop); err != nil {
		return err
	}
	for {
		wait, booked, err := b.reserve(ctx, scopes)
		if err != nil {
			return err
		}
		if err := sleep(ctx, stop, wait); err != nil {
			return err
		}
		if booked && wait > lookAgain {
			booked, err = b.open(ctx)
		}
		if booked || err != nil {
			return err
		}
	}
}

// lookAgain is how long a booked slot may lie ahead before the fleet's pause is looked at once more: another process may
// have met a 429 meanwhile, and a call into a closed door keeps it closed for longer.
const lookAgain = 20 * time.Millisecond

// open tells whether the fleet is not paused.
func (b *Budget) open(ctx context.Context) (bool, error) {
	wait, _, err := b.reserve(ctx, nil)
	return wait == 0, err
}

func (b *Budget) waitLocal(ctx context.Context, stop <-chan struct{}) error {
	r := b.local.Reserve()
	if err := sleep(ctx, stop, r.Delay()); err != nil {
		r.Cancel()
		return err
	}
	return nil
}

func (b *Budget) reserve(ctx context.Context, scopes []Scope) (time.Duration, bool, error) {
	args := []any{horizon.Microseconds()}
	for _, s := range scopes {
		if limit := b.limit(s); limit > 0 {
			args = append(args, string(s), time.Minute.Microseconds()*100/int64(use*100*float64(limit)))
		}
	}
	out, err := reserveScript.Run(ctx, b.redis, []string{b.key}, args...).Int64Slice()
	if err != nil {
		return 0, false, fmt.Errorf("book a call: %w", err)
	}
	wait := time.Duration(out[1]) * time.Microsecond
	if out[0] == 1 {
		return wait, true, nil
	}
	// Those who come back for a slot come at different times.
	return wait + time.Duration(rand.Int64N(int64(horizon/4))), false, nil //nolint:gosec // not a secret
}

func (b *Budget) limit(s Scope) int {
	if s == Send {
		return b.limits.Send
	}
	return b.limits.Zone
}

// Pause stops the whole fleet for a while: Qflow has said 429. A d of 0 means that it did not say for how long. It tells
// for how long, and whether the fleet was still going: of the calls that meet a closed door together one gives the alarm.
func (b *Budget) Pause(ctx context.Context, d time.Duration) (pause time.Duration, first bool, err error) {
	if d <= 0 {
		d = cmp.Or(b.limits.Mitigation, Mitigation)
	}
	d += time.Duration(rand.Int64N(int64(time.Second))) //nolint:gosec // not a secret
	out, err := reserveScript.Run(ctx, b.redis, []string{b.key}, "pause", d.Microseconds()).Int64Slice()
	if err != nil {
		return 0, false, fmt.Errorf("pause the fleet: %w", err)
	}
	return d, out[1] == 0, nil
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
