// Package budget keeps a whole fleet inside Qflow's rate limits. Qflow counts requests per source address, so
// everything behind one address shares one budget in Redis: each call books the next free moment in all the limits that
// it falls under, by one script on Redis' clock, and then waits for that moment. So no slot is lost and none is used
// twice, whatever the hosts' clocks say: they are asked for durations only.
//
// A slot for which no call is made after all is given back, and the next booking has it. A process that dies wastes
// what it had booked, which the horizon bounds. When Redis is away no call is made; a guess at a share of the limit
// would be wrong as soon as a worker comes or goes.
//
// After a 429 the fleet pauses, goes on slower and recovers with time. An account whose calls fail has a retry budget:
// once it is used up its circuit opens and its calls trickle, so that a sick Qflow is not hammered; those that succeed
// close it again. The slots of a process belong to no caller: when one comes, the import whose turn it is takes it.
package budget

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
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
	// Pause is how long no call is made after a 429 that does not say for how long; 0 means DefaultPause.
	Pause time.Duration
}

// Emails is how many guests may be sent an email a minute, each by a call; 0 is no limit.
func (l Limits) Emails() int {
	if l.API == 0 || l.Email == 0 {
		return max(l.API, l.Email)
	}
	return min(l.API, l.Email)
}

// DefaultLimits are those that Qflow documents.
var DefaultLimits = Limits{API: 1000, Email: 300}

const (
	// use is the share of a limit that is spent. The rest is for calls that leave later than their slot, because a process
	// or Redis was held up: in a window of a minute, all of them may be 1.2 s late at once. A limit that is passed closes
	// the door for a minute, which costs as much as the 2 % do in an hour.
	use = 0.98

	// horizon is how far ahead a process may book: long enough for a Redis that is held up, by a fork say, to cost no
	// slot, and for callers that were refused to come back in time; no longer, since slots are lost with a process that is
	// killed.
	horizon = 500 * time.Millisecond

	// lookAgain is how long a booked slot may lie ahead before it is asked once more, a little before the slot, whether
	// the fleet pauses: another process may have met a 429 meanwhile, and a call into a closed door keeps it closed for
	// longer.
	lookAgain = 2 * lead
	lead      = 10 * time.Millisecond

	// late is how long after its slot a call may still be made: less than half of the room that use leaves in a minute. A
	// process that was frozen meanwhile books again, and so does one whose bookings took long to answer, since all of
	// those would then leave at once. One that is late each time gets an error.
	late    = 500 * time.Millisecond
	tooMany = 10

	// patience is how long to wait before asking again at most, however far the next slot is: an operator may have raised
	// the limits by then.
	patience = 5 * time.Second

	// DefaultPause is how long Qflow's edge refuses everything after a limit was passed, when it does not say.
	DefaultPause = time.Minute
)

// ProbeKey is the key under which the probes of closed gates wait.
const ProbeKey = "probes"

var (
	// ErrStopped means that the wait was ended by the stop signal, before any booking was used.
	ErrStopped = errors.New("stopped while waiting for the budget")

	errLate = fmt.Errorf("this process or Redis is too slow to keep to the rate limits: "+
		"%d slots in a row came more than %s late", tooMany, late)
)

// Config is what a budget needs.
type Config struct {
	Egress  string // name of the address that calls leave from; all processes behind it use the same
	Account string // whose calls they are
	Limits  Limits // in force unless SetLimits has set others for the whole fleet
	Log     *slog.Logger
	// OnWait is called with how long a call waited, by the narrowest of its limits. It may be nil.
	OnWait func(Scope, time.Duration)
}

// Budget is one address's budget, as one account draws on it. It is safe for concurrent use.
type Budget struct {
	redis     redis.UniversalClient
	cfg       Config
	keys      []string     // of the address, of the retry budgets, of the minutes before
	zone      atomic.Int64 // the limit that the queues' pace follows
	mu        sync.Mutex   // of the queues
	queues    map[kind]*fairQueue
	successes atomic.Int64 // to be handed over with the next booking
}

// New returns an account's budget at an address.
func New(client redis.UniversalClient, cfg Config) *Budget {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	key := "gf:{budget:" + cfg.Egress + "}"
	b := &Budget{
		redis: client, cfg: cfg, keys: []string{key, key + ":health", key + ":minutes"},
		queues: map[kind]*fairQueue{},
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

// queueOf returns the queue of callers in the same scopes.
func (b *Budget) queueOf(scopes []Scope) *fairQueue {
	kind := kindOf(scopes)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.queues[kind] == nil {
		b.queues[kind] = &fairQueue{
			mu: &b.mu, scopes: scopes, pace: rate.NewLimiter(askRate(int(b.zone.Load())), askBurst),
			lastTurn: map[string]int{}, surplus: make(chan chan struct{}),
		}
	}
	return b.queues[kind]
}

// kind is the scopes of a queue.
type kind struct{ api, email bool }

func kindOf(scopes []Scope) (k kind) {
	for _, s := range scopes {
		k.api, k.email = k.api || s == API, k.email || s == Email
	}
	return k
}

// stuckAfter is how long the queue may be locked: no caller holds it for more than a look.
const stuckAfter = 500 * time.Millisecond

// Stuck reports whether this process's callers keep each other from going on: every call stands in this queue.
func (b *Budget) Stuck() bool {
	for began := time.Now(); !b.mu.TryLock(); {
		if time.Since(began) > stuckAfter {
			return true
		}
		time.Sleep(time.Millisecond)
	}
	b.mu.Unlock()
	return false
}
