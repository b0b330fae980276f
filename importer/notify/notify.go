// Package notify tells people and programs what has changed: an import is over, a file was not imported, a gate has closed or
// opened. Once for every change, however many processes see it and however often they are restarted.
//
// What has changed is found by looking, and not told by whoever changed it: a process that is killed right after the change
// would take the news with it. Every process looks; an event's id is derived from the change, and Redis takes an id once. The
// price: news is some seconds late, and a gate that closes and opens again between two looks (15 s) is not told of. Such a gate
// has held up nobody for long, and stands in the log.
//
// From there an event is delivered at least once through every channel, by one process at a time. A receiver that fails is
// tried again for a day. Exactly once cannot be had: a process may be killed between sending and writing that down. So every
// delivery carries the event's id, by which a receiver drops repeats.
//
// Events hold counts and names of files, gates and imports, and nothing of a guest.
package notify

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
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
	// keep is for how long an event is known, and so not told again. The ledger forgets imports at the same age.
	keep = ledger.DefaultRetention

	// detectEvery and pollEvery bound how late news is; each look is a few reads of Redis.
	detectEvery = 15 * time.Second
	pollEvery   = 5 * time.Second

	// lease outlasts every try, so that only a dead process loses a claim.
	lease   = 3 * time.Minute
	timeout = 30 * time.Second
)

// retryDelays are the times between tries; after the last one an event is given up. Elapsed: 10 s, 1 min, 6 min, 21 min, 1 h 21,
// 4 h 21, 10 h 21, 22 h 21: a receiver that is mended in the morning misses nothing.
var retryDelays = []time.Duration{
	10 * time.Second, 50 * time.Second, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

// Kind of an event; the set grows, so a receiver should pass over those that it does not know.
type Kind string

// The kinds.
const (
	ImportFinished Kind = "import.finished"
	FileFailed     Kind = "file.failed"
	GateClosed     Kind = "gate.closed"
	GateOpened     Kind = "gate.opened"
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

// Channel is a way to somebody. Its name stands in Redis: another one under the same name gets what the former has left.
type Channel struct {
	Name string
	Send func(ctx context.Context, e Event) error
}

// ClosedGate is a closed gate.
type ClosedGate struct {
	Gate    qflow.Gate // with the part of the account that it is closed for
	Since   time.Time  // tells one closing from the next
	Code    string     // Qflow's, if it gave one
	Meaning string     // what it means and what opens it
}

// Notifier tells of one account's changes. It is safe for concurrent use.
type Notifier struct {
	redis       redis.UniversalClient
	ledger      *ledger.Ledger
	gates       func(ctx context.Context) ([]ClosedGate, error)
	channels    []Channel
	log         *slog.Logger
	retryDelays []time.Duration
	lease       time.Duration
	wake        []chan struct{} // by channel: something was put in here
}

// New gives a notifier. gates lists the closed gates. Without channels nothing is told, and nothing is remembered as told.
func New(client redis.UniversalClient, books *ledger.Ledger, gates func(ctx context.Context) ([]ClosedGate, error), channels []Channel, log *slog.Logger) *Notifier {
	n := &Notifier{redis: client, ledger: books, gates: gates, channels: channels, log: log, retryDelays: retryDelays, lease: lease}
	for range channels {
		n.wake = append(n.wake, make(chan struct{}, 1))
	}
	return n
}

// Publish puts an event in, unless one with its id was put in before, by anybody. Run delivers it, here or in another process.
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
	first, err := putScript.Run(ctx, n.redis, keys, e.ID, raw, keep.Milliseconds()).Bool()
	if err != nil {
		return fmt.Errorf("put in the event %s: %w", e.ID, err)
	}
	if first {
		for _, wake := range n.wake {
			select {
			case wake <- struct{}{}:
			default:
			}
		}
	}
	return nil
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

var (
	//go:embed lua/put.lua
	putSource string
	//go:embed lua/claim.lua
	claimSource string
	//go:embed lua/settle.lua
	settleSource string
	//go:embed lua/since.lua
	sinceSource string

	putScript    = redis.NewScript(putSource)
	claimScript  = redis.NewScript(claimSource)
	settleScript = redis.NewScript(settleSource)
	sinceScript  = redis.NewScript(sinceSource)
)

func (n *Notifier) prefix() string            { return n.ledger.Prefix() + "notify:" }
func (n *Notifier) eventKey(id string) string { return n.prefix() + "event:" + id }
func (n *Notifier) dueKey(c Channel) string   { return n.prefix() + "due:" + c.Name }
func (n *Notifier) triesKey(c Channel) string { return n.prefix() + "tries:" + c.Name }
func (n *Notifier) gatesKey() string          { return n.prefix() + "gates" }
func (n *Notifier) sinceKey() string          { return n.prefix() + "since" }

// errNone says that no event is due.
var errNone = errors.New("no event is due")

type delivery struct {
	event Event
	try   int
	token string
}

func (n *Notifier) claim(ctx context.Context, c Channel) (delivery, error) {
	args := []any{n.lease.Milliseconds(), n.eventKey("")}
	for _, wait := range n.retryDelays {
		args = append(args, wait.Milliseconds())
	}
	out, err := claimScript.Run(ctx, n.redis, []string{n.dueKey(c), n.triesKey(c)}, args...).Slice()
	if errors.Is(err, redis.Nil) {
		return delivery{}, errNone
	}
	if err != nil {
		return delivery{}, fmt.Errorf("claim an event for %s: %w", c.Name, err)
	}
	cl := delivery{try: int(out[1].(int64)), token: out[2].(string)}
	if err := json.Unmarshal([]byte(out[3].(string)), &cl.event); err != nil {
		return delivery{}, fmt.Errorf("read the event %v: %w", out[0], err)
	}
	return cl, nil
}

// settle ends a claim; never is no further try.
func (n *Notifier) settle(ctx context.Context, c Channel, cl delivery, next time.Duration) error {
	ms := next.Milliseconds()
	if next < 0 {
		ms = -1
	}
	if err := settleScript.Run(ctx, n.redis, []string{n.dueKey(c), n.triesKey(c)}, cl.event.ID, cl.token, ms).Err(); err != nil {
		return fmt.Errorf("note what became of the event %s for %s: %w", cl.event.ID, c.Name, err)
	}
	return nil
}

const never = -time.Second
