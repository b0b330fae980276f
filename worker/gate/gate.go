// Package gate keeps an account's gates in Redis: reasons to stop a kind of call for the whole account, or for a part
// of it. A gate is a field of one hash: there when it is closed, with since, why and the time of the next probe. The
// ledger's last look before a call reads the same hash, so a gate that anybody closes stops everybody's next call.
//
// A closed gate is tried by one probe at a time for the whole fleet, on a ladder of growing intervals: Qflow has no way
// to ask whether an account is trusted (docs/qflow-api.md section 3), so the probe is a real call for a real parked
// row. Only an answer that speaks of the gate climbs the ladder: a refused row or a lost connection says nothing of it.
package gate

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/qflow"
)

// ProbeIntervals is the time before the first, second, ... probe; the last step repeats. A person who has just shown a
// passport waits a minute; a gate that is closed for days costs four calls an hour. Elapsed: 1, 3, 8, 18, 33, 48, ...
// minutes.
var ProbeIntervals = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute}

// MaxProbeDelay is the longest wait that Found is given: of a row whose calls have failed often.
const MaxProbeDelay = 10 * time.Minute

// maxDoublings keeps a doubled wait a number: with any first wait from a second on, the ladder's end is reached before.
const maxDoublings = 12

// firstSend is the time before the first probe of the send gate, which one lost answer closes: most often the next is
// not lost, and all sends of the account wait for that. Then the ladder follows; but since each probe of this gate may
// cost a row that a person has to settle, the waits at least double, and go on where they were when it opens only to
// close at once.
const firstSend = 10 * time.Second

// Closed is a closed gate.
type Closed struct {
	Gate        qflow.Gate   `json:"gate"`               // its kind
	Event       string       `json:"event,omitempty"`    // the event that it is closed for; "" is the account
	Template    string       `json:"template,omitempty"` // the template of it; "" is all of them
	Since       time.Time    `json:"since"`
	NextProbe   time.Time    `json:"next_probe"`
	Probes      int          `json:"probes"`           // that found it closed
	Code        string       `json:"code"`             // Qflow's, if anybody may read it
	Import      string       `json:"import,omitempty"` // whose row found it closed
	LastAnswer  string       `json:"last_probe,omitempty"`
	Detail      string       `json:"-"` // Qflow's own code and text, which may quote a guest
	QueuePaused bool         `json:"-"` // its parked queue has been paused
	Parts       []qflow.Gate `json:"-"` // of the same kind that are closed
	mixed       int
}

// Name is the gate with its part.
func (c Closed) Name() qflow.Gate {
	if c.Event == "" {
		return c.Gate
	}
	return c.Gate.For(c.Event, c.Template)
}

// Cause is what has shown a gate to be closed.
type Cause struct {
	Code   string `json:"code"`
	Import string `json:"import,omitempty"`
	Detail string `json:"said,omitempty"`
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
		ladder = ProbeIntervals
	}
	return &Gates{redis: client, key: prefix + "gates", ladder: ladder}
}

//go:embed gate.lua
var source string

var script = redis.NewScript(source)

// stored is a closed gate in Redis, times in milliseconds.
type stored struct {
	Cause

	Since  int64  `json:"since"`
	Next   int64  `json:"next"`
	Probes int    `json:"probes"`
	Answer string `json:"answer"`
	Held   bool   `json:"held"`
}

// Close closes a gate for the account and reports whether this call did it.
func (g *Gates) Close(ctx context.Context, gate qflow.Gate, code string) (bool, error) {
	name, err := g.CloseFor(ctx, gate, Cause{Code: code})
	return name != "", err
}

// CloseFor closes a gate, or the part of it that is named, and gives what this call has closed: the caller says so,
// once for the fleet. That is the whole gate if another event has a part of it that is closed as well, unless a success
// has shown since that the account is not to blame; and nothing if it was closed before.
func (g *Gates) CloseFor(ctx context.Context, name qflow.Gate, why Cause) (qflow.Gate, error) {
	raw, err := json.Marshal(why)
	if err != nil {
		return "", fmt.Errorf("encode why the %s gate is closed: %w", name, err)
	}
	args := []any{raw}
	for n := range maxDoublings {
		args = append(args, g.step(name, n).Milliseconds())
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
	args := []any{string(c.Gate.For(event, template))}
	return g.did(ctx, "proven", c.Name(), args...)
}

// ProbeNow makes the next probe due at once, and reports whether the gate is closed at all.
func (g *Gates) ProbeNow(ctx context.Context, gate qflow.Gate) (bool, error) {
	return g.did(ctx, "hurry", gate.Kind())
}

// QueueUnpaused says that a parked queue that was held is found running. Unless the fleet has just released it, a
// person did that and wants to see a probe: it is due at once, and one caller is told so.
func (g *Gates) QueueUnpaused(ctx context.Context, gate qflow.Gate) (bool, error) {
	return g.did(ctx, "freed", gate.Kind())
}

// SetQueuePaused notes that the gate's parked queue was paused.
func (g *Gates) SetQueuePaused(ctx context.Context, gate qflow.Gate) error {
	_, err := g.run(ctx, "held", gate.Kind())
	return err
}

// BeginRelease says that the caller is about to let a parked queue run, and reports whether it may: not while its gate
// is closed.
func (g *Gates) BeginRelease(ctx context.Context, gate qflow.Gate) (bool, error) {
	return g.did(ctx, "releasing", gate.Kind())
}

// MarkMixed says that chunks that wait for nothing may stand in the gate's paused queue.
func (g *Gates) MarkMixed(ctx context.Context, gate qflow.Gate) error {
	_, err := g.run(ctx, "mixed", gate.Kind())
	return err
}

// IsMixed reports whether chunks that wait for nothing may stand in the gate's paused queue.
func (c Closed) IsMixed() bool { return c.mixed > 0 }

// ClearMixed says that the chunks that stood in a mixed queue were led out of it. If it has become so again meanwhile,
// it stays so.
func (g *Gates) ClearMixed(ctx context.Context, c Closed) error {
	_, err := g.run(ctx, "sorted", c.Gate, c.mixed)
	return err
}

// ClaimProbe gives one caller of the fleet the right to probe when a probe is due, until the same step of the ladder is
// over. Found says what came of it.
func (g *Gates) ClaimProbe(ctx context.Context, c Closed) (bool, error) {
	return g.did(ctx, "probe", c.Name(), c.Probes, g.step(c.Gate, c.Probes).Milliseconds())
}

// RecordProbe notes the answer to a probe that did not open its gate. If it says that the gate is closed, the next one
// comes a step later; if it says nothing of it, after the same step, or after a wait that is longer, of at most
// MaxWait.
func (g *Gates) RecordProbe(ctx context.Context, c Closed, closed bool, wait time.Duration, answer string) error {
	n, counts := c.Probes, 0
	if closed {
		n, counts = n+1, 1
	}
	_, err := g.run(ctx, "probed", c.Name(), max(g.step(c.Gate, n), min(wait, MaxProbeDelay)).Milliseconds(), counts,
		answer)
	return err
}

// step of the ladder, up to a tenth longer, so that the probes of many accounts do not fall together.
func (g *Gates) step(gate qflow.Gate, n int) time.Duration {
	d := g.rung(gate, n)
	return d + time.Duration(rand.Int64N(int64(d/10)+1)) //nolint:gosec // not a secret
}

func (g *Gates) rung(gate qflow.Gate, n int) time.Duration {
	ladder := g.ladder
	if gate == qflow.GateSend && ladder[0] > firstSend {
		ladder = append([]time.Duration{firstSend}, ladder...)
	}
	d := ladder[min(n, len(ladder)-1)]
	if gate == qflow.GateSend {
		d = max(d, min(ladder[0]<<min(n, maxDoublings), ProbeIntervals[len(ProbeIntervals)-1]))
	}
	return d
}

func (g *Gates) did(ctx context.Context, verb string, name qflow.Gate, args ...any) (bool, error) {
	done, err := g.run(ctx, verb, name, args...)
	return done > 0, err
}

func (g *Gates) run(ctx context.Context, verb string, name qflow.Gate, args ...any) (int, error) {
	done, err := script.Run(ctx, g.redis, []string{g.key}, append([]any{verb, string(name)}, args...)...).Int()
	if err != nil {
		return 0, fmt.Errorf("%s the %s gate: %w", verb, name, err)
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

func partsOf(kind qflow.Gate, fields map[string]string) (names []qflow.Gate) {
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if name := qflow.Gate(field); name != kind && name.Kind() == kind {
			names = append(names, name)
		}
	}
	return names
}

func read(name qflow.Gate, raw string) (Closed, error) {
	var s stored
	if err := json.Unmarshal([]byte(raw), &s); err != nil {
		return Closed{}, fmt.Errorf("read the %s gate: %w", name, err)
	}
	c := Closed{
		Gate: name.Kind(), Since: time.UnixMilli(s.Since).UTC(), NextProbe: time.UnixMilli(s.Next).UTC(), Probes: s.Probes,
		Code: s.Code, Import: s.Import, Detail: s.Detail, LastAnswer: s.Answer, QueuePaused: s.Held,
	}
	c.Event, c.Template = name.Part()
	return c, nil
}

// Meaning says what a closed gate means and what opens it, for people.
func (c Closed) Meaning() string {
	if c.Event == "" {
		return Meaning(c.Gate)
	}
	of := "this event"
	if c.Template != "" {
		of = "this event with this template"
	}
	return "Qflow refuses guests of " + of + " with a 403 that guestflow does not know; check at Qflow that the account may change the " +
		"event and use the template, and that its plan is not full; other events go on, until a second one is refused in the same way"
}

// Meaning says what a closed gate of a kind means and what opens it, for people.
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
	case qflow.GateSend:
		return "Qflow's /comms/send gave no clear answer, so its row is unknown (guestflow report lists it); one row at a time tries " +
			"again, and the others go out by themselves once an answer is clear"
	}
	return "unknown gate"
}
