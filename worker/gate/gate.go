// Package gate keeps an account's gates in Redis: reasons to stop a kind of call for the whole account, or for a part
// of it. A gate is a field of one hash: there when it is closed, with since, why and the time of the next probe. The
// ledger's last look before a call reads the same hash, so a gate that one process closes stops the next call of all.
//
// A closed gate is tried by one probe at a time for the whole fleet, at growing intervals: Qflow has no way to ask
// whether an account is trusted (docs/qflow-api.md section 3), so the probe is a real call for a real parked row. Only
// an answer that speaks of the gate leads to a longer interval: a refused row or a lost connection says nothing of it.
package gate

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/qflow"
)

// Cause is what has shown a gate to be closed.
type Cause struct {
	Code   string `json:"code"`
	Import string `json:"import,omitempty"`
	Detail string `json:"said,omitempty"`
}

// Gates of one account. They are safe for concurrent use.
type Gates struct {
	redis     redis.UniversalClient
	key       string
	intervals []time.Duration
}

// New returns the gates under the ledger's key prefix. Nil intervals mean ProbeIntervals.
func New(client redis.UniversalClient, prefix string, intervals []time.Duration) *Gates {
	if len(intervals) == 0 {
		intervals = ProbeIntervals
	}
	return &Gates{redis: client, key: prefix + "gates", intervals: intervals}
}

//go:embed gate.lua
var source string

var script = redis.NewScript(source)

// Close closes a gate for the account and reports whether this call did it.
func (g *Gates) Close(ctx context.Context, gate qflow.Gate, code string) (bool, error) {
	name, err := g.CloseFor(ctx, gate, Cause{Code: code})
	return name != "", err
}

// CloseFor closes a gate, or the part of it that is named, and returns what this call has closed: the caller logs it,
// once for the fleet. That is the whole gate if another event has a part of it that is closed as well, unless a success
// has shown since that the account is not to blame; and nothing if it was closed before.
func (g *Gates) CloseFor(ctx context.Context, name qflow.Gate, cause Cause) (qflow.Gate, error) {
	raw, err := json.Marshal(cause)
	if err != nil {
		return "", fmt.Errorf("encode why the %s gate is closed: %w", name, err)
	}
	args := []any{raw}
	for n := range maxDoublings {
		args = append(args, g.interval(name, n).Milliseconds())
	}
	done, err := g.run(ctx, "close", name, args...)
	switch {
	case err != nil || done == 0:
		return "", err
	case done == 2:
		return name.Kind(), nil
	}
	return name, nil
}

// Open opens a gate for all of the account and reports whether it was closed.
func (g *Gates) Open(ctx context.Context, gate qflow.Gate) (bool, error) {
	return g.did(ctx, "open", gate.Kind())
}

// OpenProven opens what a probe has shown to be open, with the parts that its call was for, and reports whether this
// call did it.
func (g *Gates) OpenProven(ctx context.Context, c Closed, event, template string) (bool, error) {
	return g.did(ctx, "open_proven", c.Name(), string(c.Gate.For(event, template)))
}

// ProbeNow makes the next probe due at once, and reports whether the gate is closed at all.
func (g *Gates) ProbeNow(ctx context.Context, gate qflow.Gate) (bool, error) {
	return g.did(ctx, "probe_now", gate.Kind())
}

// SetQueuePaused notes that the gate's parked queue was paused.
func (g *Gates) SetQueuePaused(ctx context.Context, gate qflow.Gate) error {
	_, err := g.run(ctx, "queue_paused", gate.Kind())
	return err
}

// QueueUnpaused notes that a parked queue that was paused is found running. Unless the fleet has just released it, an
// operator did that and wants to see a probe: it is due at once, and true is returned to one caller.
func (g *Gates) QueueUnpaused(ctx context.Context, gate qflow.Gate) (bool, error) {
	return g.did(ctx, "queue_unpaused", gate.Kind())
}

// BeginRelease notes that the caller is about to let a parked queue run, and reports whether it may: not while its gate
// is closed.
func (g *Gates) BeginRelease(ctx context.Context, gate qflow.Gate) (bool, error) {
	return g.did(ctx, "begin_release", gate.Kind())
}

// MarkMixed notes that chunks that wait for nothing may stand in the gate's paused queue.
func (g *Gates) MarkMixed(ctx context.Context, gate qflow.Gate) error {
	_, err := g.run(ctx, "mark_mixed", gate.Kind())
	return err
}

// ClearMixed notes that the chunks that stood in a mixed queue were returned. If it has become so again meanwhile, it
// stays so.
func (g *Gates) ClearMixed(ctx context.Context, c Closed) error {
	_, err := g.run(ctx, "clear_mixed", c.Gate, c.mixed)
	return err
}

// ClaimProbe gives one caller of the fleet the right to probe when a probe is due, until the same interval has passed.
// RecordProbe takes its result.
func (g *Gates) ClaimProbe(ctx context.Context, c Closed) (bool, error) {
	return g.did(ctx, "claim_probe", c.Name(), c.Probes, g.interval(c.Gate, c.Probes).Milliseconds())
}

// RecordProbe notes the answer to a probe that did not open its gate. If it says that the gate is closed, the next one
// comes after the next interval; if it says nothing of it, after the same one, or after a delay that is longer, of at
// most MaxProbeDelay.
func (g *Gates) RecordProbe(ctx context.Context, c Closed, closed bool, delay time.Duration, answer string) error {
	n, counts := c.Probes, 0
	if closed {
		n, counts = n+1, 1
	}
	wait := max(g.interval(c.Gate, n), min(delay, MaxProbeDelay))
	_, err := g.run(ctx, "record_probe", c.Name(), wait.Milliseconds(), counts, answer)
	return err
}

func (g *Gates) did(ctx context.Context, verb string, name qflow.Gate, args ...any) (bool, error) {
	done, err := g.run(ctx, verb, name, args...)
	return done > 0, err
}

func (g *Gates) run(ctx context.Context, verb string, name qflow.Gate, args ...any) (int, error) {
	done, err := script.Run(ctx, g.redis, []string{g.key}, append([]any{verb, string(name)}, args...)...).Int()
	if err != nil {
		return 0, fmt.Errorf("%s gate: %s: %w", name, verb, err)
	}
	return done, nil
}

// Closed lists the closed gates, those that block most first, and no part of one that is closed for all of the account.
func (g *Gates) Closed(ctx context.Context) ([]Closed, error) {
	fields, err := g.redis.HGetAll(ctx, g.key).Result()
	if err != nil {
		return nil, fmt.Errorf("read the gates: %w", err)
	}
	var list []Closed
	for _, kind := range qflow.Gates {
		parts := partsOf(kind, fields)
		names := parts
		if _, whole := fields[string(kind)]; whole {
			names = []qflow.Gate{kind}
		}
		for _, name := range names {
			c, err := read(name, fields[string(name)])
			if err != nil {
				return nil, err
			}
			c.Parts = parts
			c.mixed, _ = strconv.Atoi(fields["mixed:"+string(kind)])
			list = append(list, c)
		}
	}
	return list, nil
}
