// Package notify reports changes to people and programs, by webhook and email: an import has finished, a file was not
// imported or waits for approval, a gate has closed or opened. Each change is reported once, however many processes see
// it and however often they are restarted.
//
// Changes are found by polling, and not published by the code that made them: a process that is killed right after a
// change would take the event with it. Every process polls; an event's id is derived from the change, and Redis takes
// an id once. The price: an event is some seconds late, and a gate that closes and opens again between two polls (15 s)
// is not reported. Such a gate has held up little, and is in the log.
//
// From there an event is delivered at least once through every channel, by one process at a time: a queue with a
// visibility timeout for each channel, in which claiming an event moves it into the future. It is not a lease (package
// lease): it is never renewed, since it outlasts every try. A receiver that fails is retried for a day. Exactly once
// cannot be had: a process may be killed between sending and recording that. So every delivery carries the event's id,
// by which a receiver drops repeats.
//
// Events hold counts and names of files, gates and imports, and nothing of a guest.
package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
	"guestflow/qflow"
)

const (
	// keep is how long an event's id is known, so that it is not published again. The ledger forgets imports at the
	// same age.
	keep = ledger.DefaultRetention

	// detectEvery and deliverEvery bound how late an event is; each poll is a few reads of Redis.
	detectEvery  = 15 * time.Second
	deliverEvery = 5 * time.Second

	// claimFor outlasts every try, so that only a dead process loses a claim.
	claimFor = 3 * time.Minute
	timeout  = 30 * time.Second
)

// retryDelays are the times between tries; after the last one an event is dropped. Elapsed: 10 s, 1 min, 6 min, 21 min,
// 1 h 21, 4 h 21, 10 h 21, 22 h 21: a receiver that is repaired in the morning misses nothing.
var retryDelays = []time.Duration{
	10 * time.Second, 50 * time.Second, 5 * time.Minute, 15 * time.Minute,
	time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

// Kind of an event; the set grows, so a receiver should pass over those that it does not know.
type Kind string

// The kinds.
const (
	ImportFinished Kind = "import.finished"
	FileFailed     Kind = "file.failed"
	FileWaiting    Kind = "file.waiting"
	GateClosed     Kind = "gate.closed"
	GateOpened     Kind = "gate.opened"

	SignInFailed    Kind = "signin.failed"
	SignInRecovered Kind = "signin.recovered"

	SourceFailed      Kind = "source.failed"
	SourceRecovered   Kind = "source.recovered"
	ScheduleFailed    Kind = "schedule.failed"
	ScheduleRecovered Kind = "schedule.recovered"
	ListMissing       Kind = "list.missing"
	ListArrived       Kind = "list.arrived"
)

// Event is one change, as a webhook receives it.
type Event struct {
	ID      string         `json:"id"` // the same for everybody who sees the same change
	Kind    Kind           `json:"kind"`
	Account string         `json:"account"`
	At      time.Time      `json:"at"` // of the change
	Import  string         `json:"import,omitempty"`
	Title   string         `json:"title"`            // one line
	Text    string         `json:"text"`             // what happened, to what, and what to do
	Fields  map[string]any `json:"fields,omitempty"` // the numbers in it, for programs
}

// Channel is a way to a receiver. Its name stands in Redis: another channel of the same name gets what the former has
// left.
type Channel struct {
	Name string
	Send func(ctx context.Context, e Event) error
}

// ClosedGate is a gate that is closed.
type ClosedGate struct {
	Gate    qflow.Gate // with the part of the account that it is closed for
	Since   time.Time  // tells one closing from the next
	Code    string     // Qflow's, if it gave one
	Meaning string     // what it means and what opens it
}

// Notifier reports one account's changes. It is safe for concurrent use.
type Notifier struct {
	redis       redis.UniversalClient
	ledger      *ledger.Ledger
	gates       func(ctx context.Context) ([]ClosedGate, error)
	troubles    []func(ctx context.Context) ([]Trouble, error)
	channels    []Channel
	log         *slog.Logger
	events      qflow.EventNames
	retryDelays []time.Duration
	claimFor    time.Duration
	published   []chan struct{} // by channel: this process has published an event
}

// New returns a notifier. gates lists the closed gates. Without channels nothing is published, and nothing is recorded
// as published.
func New(
	client redis.UniversalClient, l *ledger.Ledger, gates func(ctx context.Context) ([]ClosedGate, error),
	channels []Channel, log *slog.Logger,
) *Notifier {
	n := &Notifier{
		redis: client, ledger: l, gates: gates, channels: channels, log: log, retryDelays: retryDelays, claimFor: claimFor,
	}
	for range channels {
		n.published = append(n.published, make(chan struct{}, 1))
	}
	return n
}

// NameEvents has events called by their names; it is called before the notifier is used.
func (n *Notifier) NameEvents(names qflow.EventNames) { n.events = names }

// Publish queues an event for every channel, unless one with its id was published before, by any process. Run delivers
// it, here or in another process.
func (n *Notifier) Publish(ctx context.Context, e Event) error {
	if len(n.channels) == 0 {
		return nil
	}
	e.Account, e.Title = n.ledger.Account(), oneLine(e.Title)
	raw, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode the event %s: %w", e.ID, err)
	}
	keys := []string{n.eventKey(e.ID)}
	for _, c := range n.channels {
		keys = append(keys, n.dueKey(c))
	}
	first, err := publishScript.Run(ctx, n.redis, keys, e.ID, raw, keep.Milliseconds()).Bool()
	if err != nil {
		return fmt.Errorf("publish the event %s: %w", e.ID, err)
	}
	if first {
		n.wakeAll()
	}
	return nil
}

func (n *Notifier) wakeAll() {
	for _, wake := range n.published {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
}

// oneLine keeps a file's name from becoming a mail's header.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}
