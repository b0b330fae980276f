// Package gate keeps an account's gates in Redis: account-wide reasons to stop a kind of call. A gate is a field of one
// hash: there when it is closed, with since, why and the time of the next probe. The ledger's last look before a call reads
// the same hash, so a gate that anybody closes stops everybody's next call.
//
// A closed gate is tried by one probe at a time for the whole fleet, on a ladder of growing intervals: Qflow has no way to
// ask whether an account is trusted (fact sheet section 3), so the probe is a real call for a real parked row.
package gate

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/qflow"
)

// Ladder is the time before the first, second, ... probe; the last step repeats. A person who has just shown a passport
// waits a minute; a gate that is closed for days costs four calls an hour. Elapsed: 1, 3, 8, 18, 33, 48, ... minutes.
var Ladder = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute}

// Closed is a closed gate.
type Closed struct {
	Gate   qflow.Gate `json:"gate"`
	Since  time.Time  `json:"since"`
	Next   time.Time  `json:"next_probe"`
	Probes int        `json:"probes"`
	Code   string     `json:"code"`
	Held   bool       `json:"-"` // its parked queue has been paused
}

// Gates of one account. They are safe for concurrent use.
type Gates struct {
	redis  redis.UniversalClient
	key    string
	ladder []time.Duration
}

// New gives the gates under the ledger's key prefix. A nil ladder means Ladder.
func New(client redis.UniversalClient, prefix string, ladder []time.Duration) *Gates {
	if len(ladder) == 0 {
		ladder = Ladder
	}
	return &Gates{redis: client, key: prefix + "gates", ladder: ladder}
}

//go:embed gate.lua
var source string

var script = redis.NewScript(source)

// stored is a closed gate in Redis, times in milliseconds.
type stored struct {
	Since  int64  `json:"since"`
	Next   int64  `json:"next"`
	Probes int    `json:"probes"`
	Code   string `json:"code"`
	Held   bool   `json:"held"`
}

// Close closes a gate and tells whether this call did it: then the caller says so, once for the fleet.
func (g *Gates) Close(ctx context.Context, gate qflow.Gate, code string) (bool, error) {
	return g.run(ctx, "close", gate, code, g.step(0).Milliseconds())
}

// Open opens a gate and tells whether this call did it.
func (g *Gates) Open(ctx context.Context, gate qflow.Gate) (bool, error) {
	return g.run(ctx, "open", gate)
}

// ProbeNow makes the next probe due at once, and tells whether the gate is closed at all.
func (g *Gates) ProbeNow(ctx context.Context, gate qflow.Gate) (bool, error) {
	return g.run(ctx, "hurry", gate)
}

// Freed says that a parked queue that was held is found running: a person has done that, and wants to see a probe. It is due
// at once, and one caller is told so.
func (g *Gates) Freed(ctx context.Context, gate qflow.Gate) (bool, error) {
	return g.run(ctx, "freed", gate)
}

// SetHeld notes that the gate's parked queue was paused.
func (g *Gates) SetHeld(ctx context.Context, gate qflow.Gate) error {
	_, err := g.run(ctx, "held", gate)
	return err
}

// ClaimProbe gives one caller of the fleet the right to probe when a probe is due.
func (g *Gates) ClaimProbe(ctx context.Context, c Closed) (bool, error) {
	return g.run(ctx, "probe", c.Gate, c.Probes, g.step(c.Probes+1).Milliseconds())
}

// step of the ladder, up to a tenth longer, so that the probes of many accounts do not fall together.
func (g *Gates) step(n int) time.Duration {
	d := g.ladder[min(n, len(g.ladder)-1)]
	return d + time.Duration(rand.Int64N(int64(d/10)+1)) //nolint:gosec // not a secret
}

func (g *Gates) run(ctx context.Context, verb string, gate qflow.Gate, args ...any) (bool, error) {
	done, err := script.Run(ctx, g.redis, []string{g.key}, append([]any{verb, string(gate)}, args...)...).Bool()
	if err != nil {
		return false, fmt.Errorf("%s the %s gate: %w", verb, gate, err)
	}
	return done, nil
}

// Closed lists the closed gates, those that block most first.
func (g *Gates) Closed(ctx context.Context) ([]Closed, error) {
	fields, err := g.redis.HGetAll(ctx, g.key).Result()
	if err != nil {
		return nil, fmt.Errorf("read the gates: %w", err)
	}
	var list []Closed
	for _, gate := range qflow.Gates {
		raw, closed := fields[string(gate)]
		if !closed {
			continue
		}
		var s stored
		if err := json.Unmarshal([]byte(raw), &s); err != nil {
			return nil, fmt.Errorf("read the %s gate: %w", gate, err)
		}
		list = append(list, Closed{
			Gate: gate, Since: time.UnixMilli(s.Since).UTC(), Next: time.UnixMilli(s.Next).UTC(), Probes: s.Probes, Code: s.Code, Held: s.Held,
		})
	}
	return list, nil
}

// Meaning says what a closed gate means and what opens it, for people.
func Meaning(gate qflow.Gate) string {
	switch gate {
	case qflow.GateTrust:
		return "the Qflow account is not verified; finish the verification at qflowhub.io/manage, then everything goes out by itself"
	case qflow.GateComms:
		return "the Qflow account may not send through the API; ask Qflow's support to enable comms for it"
	case qflow.GatePlan:
		return "Qflow takes no more guests from this account, as far as known because of its plan's limit; upgrade the plan"
	case qflow.GateAuth:
		return "there is no way to sign in to Qflow, or it refuses the subscription key; run: guestflow doctor"
	}
	return "unknown gate"
}
