// Package emailevent writes down what Qflow's webhooks report of rows' emails, and moves the rows accordingly: an
// accepted email is delivered, comes back, or could not be sent after all.
//
// The events of a row are kept as a set, and its state is a function of that set (record.lua), so that events may
// come in any order, any number of times, and overtake the answer of the call that they are about. The price is 9
// bytes an event, and a script that weighs all of a row's events each time. A counter per kind would be smaller; it
// could not know a repeated event.
package emailevent

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
	"guestflow/qflow/webhook"
)

// Event is one event of a row's email.
type Event struct {
	Kind       webhook.Kind
	Invitation string    // Qflow's id of the send, if it gave one
	At         time.Time // to the second
	Delivery   string    // id of the webhook delivery that reported it, by which a repeated delivery is known
}

// Effect is what an event has changed. It is a metric's label, hence a closed set; record.lua explains each.
type Effect string

// The effects.
const (
	RowNotFound       Effect = "gone"
	DuplicateDelivery Effect = "repeated"
	CallInFlight      Effect = "busy"
	KnownEvent        Effect = "known"
	Recorded          Effect = "noted"
	StateChanged      Effect = "moved"
)

// Result is the answer of Record.
type Result struct {
	Effect   Effect
	From, To ledger.State
	Finished bool // this event has settled the import's last open row
}

const (
	// deliveryTTL is for how long a delivery is known again: a little longer than its signature can be valid, which
	// is from five minutes before its time to five minutes after it. A repeat that comes later is known by the event
	// itself.
	deliveryTTL = 2*webhook.Window + time.Minute

	// rowsPerKey and maxEvents keep the events of an import in Redis' compact encoding, at most 128 entries of 64
	// bytes: three events of a row take 30 bytes. A row with more than seven costs its neighbours that encoding, and
	// one with more than 14 has them weighed but no longer kept; a kind counts once for an invitation.
	rowsPerKey = 128
	maxEvents  = 14
)

// sources are the states that an event may move a row from, by the state it moves it to, apart from the ledger's
// table: that one is for what we do, this one for what has become true meanwhile. An email that is out is out, also
// if its row was refused, exhausted or cancelled since.
//
// A failed send goes to refused, where a person finds it in rejects.csv: dropping that file sends it again, to a
// guest that exists. It is not held against a row whose call is in flight. Undeliverable would keep other imports
// from sending it.
var sources = map[ledger.State][]ledger.State{
	ledger.Accepted:      undelivered,
	ledger.Delivered:     append(slices.Clone(undelivered), ledger.Accepted, ledger.Undeliverable),
	ledger.Undeliverable: append(slices.Clone(undelivered), ledger.Accepted, ledger.Delivered),
	ledger.Refused:       {ledger.Unknown, ledger.Accepted},
}

// undelivered are the states of rows whose emails, as far as we know, are not at Qflow.
var undelivered = []ledger.State{
	ledger.Queued, ledger.Parked, ledger.ParkedTried, ledger.Sending, ledger.Unknown, ledger.Exhausted, ledger.Refused,
	ledger.Cancelled, ledger.Suppressed,
}

//go:embed record.lua
var recordSource string

var recordScript = func() *redis.Script {
	transitions := map[ledger.State][]ledger.State{}
	for to, all := range sources {
		for _, from := range all {
			transitions[from] = append(transitions[from], to)
		}
	}
	constants := []string{
		ledger.Transitions("EVENT_TRANSITIONS", transitions),
		fmt.Sprintf("local EVENT_SIZE = %d\n", eventSize),
	}
	for _, l := range letters {
		constants = append(constants, ledger.LuaString(l.name, string(l.letter)))
	}
	return ledger.Script(append(constants, recordSource)...)
}()

// Log is the events of an account's emails.
type Log struct{ ledger *ledger.Ledger }

// For returns the events beside an account's ledger.
func For(l *ledger.Ledger) Log { return Log{l} }

// Record writes an event down and moves the row, in one step.
func (g Log) Record(ctx context.Context, of ledger.Owner, e Event) (Result, error) {
	result, err := g.record(ctx, of, e)
	if err == nil && (result.Effect == Recorded || result.Effect == StateChanged) {
		g.ledger.Journal.Add(of, func(ctx context.Context) (missing bool, err error) {
			again, err := g.record(ctx, of, e)
			return again.Effect == RowNotFound, err
		})
	}
	return result, err
}

func (g Log) record(ctx context.Context, of ledger.Owner, e Event) (Result, error) {
	letter, known := letterOf(e.Kind)
	if !known {
		return Result{}, fmt.Errorf("an event of the kind %s is about no row", e.Kind)
	}
	k := g.ledger.Keys()
	key, field := g.key(of)
	args := []any{of.Row, field, e.encode(letter), maxEvents * eventSize, deliveryTTL.Milliseconds()}
	args = append(args, reasonArgs...)
	out, err := recordScript.Run(ctx, g.ledger.Redis(), []string{
		k.Import(of.Import), k.Rows(of.Import), k.Reasons(of.Import), k.Tries(of.Import), key, g.deliveryKey(e.Delivery),
	}, args...).Slice()
	if err != nil {
		return Result{}, fmt.Errorf("write down an email event of import %s: %w", of.Import, err)
	}
	result := Result{Effect: Effect(out[0].(string)), Finished: out[3].(int64) == 1}
	result.From, result.To = ledger.State(out[1].(int64)), ledger.State(out[2].(int64)) // states of the script
	if result.Effect == StateChanged {
		g.ledger.Announce(ctx, of, result.From, result.To, reasonOf(out[4].(string)), result.Finished)
	}
	return result, nil
}

// List returns the events of a row's email in the order in which they happened. Delivery and Invitation are not kept.
func (g Log) List(ctx context.Context, of ledger.Owner) ([]Event, error) {
	key, field := g.key(of)
	raw, err := g.ledger.Redis().HGet(ctx, key, field).Bytes()
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("read the email events of import %s: %w", of.Import, err)
	}
	var list []Event
	for ; len(raw) >= eventSize; raw = raw[eventSize:] {
		list = append(list, Event{Kind: kindOf(raw[0]), At: time.Unix(int64(binary.BigEndian.Uint32(raw[5:])), 0).UTC()})
	}
	slices.SortStableFunc(list, func(a, b Event) int { return a.At.Compare(b.At) })
	return list, nil
}

func (g Log) key(of ledger.Owner) (key, field string) {
	n := of.Row - 1
	return fmt.Sprintf("%s:events:%d", g.ledger.Keys().Import(of.Import), n/rowsPerKey), strconv.Itoa(n % rowsPerKey)
}

// deliveryKey is a hash of what came from outside, which may be of any length.
func (g Log) deliveryKey(delivery string) string {
	sum := sha256.Sum256([]byte(delivery))
	return fmt.Sprintf("%swebhook:seen:%x", g.ledger.Prefix(), sum[:12])
}

// Forget removes the events of a row's email; its state stays as it is.
func (g Log) Forget(ctx context.Context, of ledger.Owner) error {
	key, field := g.key(of)
	if err := g.ledger.Redis().HDel(ctx, key, field).Err(); err != nil {
		return fmt.Errorf("forget the email events of row %d of import %s: %w", of.Row, of.Import, err)
	}
	return nil
}
