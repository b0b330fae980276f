package budget

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/redis/go-redis/v9"
)

//go:embed reserve.lua
var reserveSource string

var reserveScript = redis.NewScript(reserveSource)

// paused reports whether the fleet pauses.
func (b *Budget) paused(ctx context.Context) (bool, error) {
	got, err := b.ask(ctx, "book", 0, nil)
	return got.wait > 0, err
}

// answer is what reserve.lua says of a booking.
type answer struct {
	wait      time.Duration // for the slot; without one, before asking again
	moment    int64         // of the slot; 0: none was booked
	unlimited bool          // nothing limits such calls now
}

// ask books a slot, or has calls counted that were made without one.
func (b *Budget) ask(ctx context.Context, what string, made int, scopes []Scope) (answer, error) {
	var successes int64
	if len(scopes) > 0 { // the others hand nothing over
		successes = b.successes.Swap(0)
	}
	limits := b.cfg.Limits
	args := []any{what, b.cfg.Account, successes, horizon.Microseconds(), use, limits.API, limits.Email, made}
	for _, s := range scopes {
		args = append(args, string(s))
	}
	out, err := reserveScript.Run(ctx, b.redis, b.keys, args...).Int64Slice()
	if err != nil {
		b.successes.Add(successes)
		return answer{}, fmt.Errorf("book a call: %w", err)
	}
	b.follow(out[2])
	b.logCircuit(out[3])
	b.logClock(out[4])
	return answer{time.Duration(out[1]) * time.Microsecond, out[5], out[6] == 1}, nil
}

// logClock logs that Redis' clock has gone back, which the script reports to one process of the fleet.
func (b *Budget) logClock(us int64) {
	if us > 0 {
		b.cfg.Log.Warn("Redis' clock has gone back, by a correction or a failover to a host that is behind; "+
			"slots and pauses are moved with it and calls go on. Keep the clocks of all Redis hosts right by NTP",
			"by", time.Duration(us)*time.Microsecond, "egress", b.cfg.Egress)
	}
}

// follow paces this process by the limit in force.
func (b *Budget) follow(zone int64) {
	if b.zone.Swap(zone) == zone {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, q := range b.queues {
		q.pace.SetLimit(askRate(int(zone)))
	}
}

// The changes of an account's circuit, which the script reports to one process of the fleet.
const (
	circuitOpened = 1
	circuitClosed = 2
)

func (b *Budget) logCircuit(change int64) {
	switch change {
	case circuitOpened:
		b.cfg.Log.Warn("too many calls fail; they are made at a trickle until they succeed again", "account", b.cfg.Account)
	case circuitClosed:
		b.cfg.Log.Info("calls succeed again; they are made at full speed", "account", b.cfg.Account)
	}
}

// Report passes to the account's retry budget whether a call failed, in a way that may pass when it is repeated. A
// refusal is no failure, since Qflow was well enough to refuse. Calls that Qflow has not looked at are not reported. A
// success is handed over with the next booking, a failure at once.
func (b *Budget) Report(ctx context.Context, failed bool) error {
	if !failed {
		b.successes.Add(1)
		return nil
	}
	b.limitAgain()
	out, err := reserveScript.Run(ctx, b.redis, b.keys, "fail", b.cfg.Account).Int64Slice()
	if err != nil {
		return fmt.Errorf("count a failed call: %w", err)
	}
	b.logCircuit(out[0])
	return nil
}

// Pause stops the whole fleet for a while, and slows it down afterwards: Qflow has answered 429. A d of 0 means that it
// did not say for how long. It returns how long the pause is, and whether it was the first: of the calls that meet the
// same pause, one is to be logged.
func (b *Budget) Pause(ctx context.Context, d time.Duration) (pause time.Duration, first bool, err error) {
	if d <= 0 {
		d = cmp.Or(b.cfg.Limits.Pause, DefaultPause)
	}
	d += time.Duration(rand.Int64N(int64(time.Second))) // not a secret
	b.limitAgain()
	out, err := reserveScript.Run(ctx, b.redis, b.keys, "pause", d.Microseconds()).Int64Slice()
	if err != nil {
		return 0, false, fmt.Errorf("pause the fleet: %w", err)
	}
	b.logClock(out[1])
	return d, out[0] == 0, nil
}
