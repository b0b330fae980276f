package operate

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"guestflow/importer/ledger"
	"guestflow/tokencache"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// Overview is how an account is now.
type Overview struct {
	Account string           `json:"account"`
	Live    bool             `json:"live"` // calls reach real people
	At      time.Time        `json:"at"`
	Running []Progress       `json:"running"` // imports that are not over, the newest first
	Ended   []ledger.Import  `json:"ended"`   // the newest of those that are
	Gates   []gate.Closed    `json:"closed_gates"`
	Parked  int              `json:"parked"`
	Workers int              `json:"workers"`
	Budget  budget.State     `json:"budget"`
	Token   *tokencache.Info `json:"token,omitempty"`
	Stall   string           `json:"waiting,omitempty"` // why nothing moves
}

// Progress is how an import gets on.
type Progress struct {
	ledger.Import
	Rate            float64       `json:"rate"`    // rows settled a second, of late
	Remaining       time.Duration `json:"left_ns"` // until all but the parked rows are settled; 0 if nobody can tell
	RemainingParked time.Duration `json:"then_ns"` // how long the parked rows take once their gate opens
	Stall           string        `json:"waiting,omitempty"`
	Gated           bool          `json:"-"` // some gate is closed

	unread         int  // rows that its importer is yet to enqueue
	importerPaused bool // its importer holds back
}

const (
	// maxListed is how many imports are looked through for those that are over, and for guests; the newest first.
	maxListed = 500

	// maxEndedShown is how many of those that are over an overview shows.
	maxEndedShown = 10

	// endedTTL is how long an import that is over is not looked at again: only a retry or a webhook changes it.
	endedTTL = 15 * time.Second
)

// Watcher looks at an account again and again. It remembers what it saw for rates, and so as not to read hundreds of imports that
// are over each time. It is safe for concurrent use.
type Watcher struct {
	*Account

	Clock Clock // writes the moments of its sentences; nil is Local

	sharing sync.Mutex // whoever looks for others too

	mu         sync.Mutex
	last       Overview
	lastAt     time.Time           // when that was
	samples    map[string][]sample // settled rows of late, by import
	ended      []ledger.Import
	endedUntil time.Time                // when what is over is looked at again
	endedFor   []string                 // ids of the imports that ran then
	reasons    map[string]cachedReasons // by import
}

// NewWatcher begins to watch an account.
func NewWatcher(a *Account) *Watcher {
	return &Watcher{Account: a, samples: map[string][]sample{}, reasons: map[string]cachedReasons{}}
}

// Overview looks.
func (w *Watcher) Overview(ctx context.Context) (Overview, error) {
	began := time.Now() // also by the clock that only goes forward, which UTC forgets
	o := Overview{Account: w.Name(), Live: w.Live, At: began.UTC()}
	running, over, err := w.imports(ctx, began)
	if err != nil {
		return o, err
	}
	o.Ended = over[:min(len(over), maxEndedShown)]
	now, err := w.snapshot(ctx, running...)
	if err != nil {
		return o, err
	}
	o.Gates, o.Workers, o.Budget = now.gates, now.fleet.workers, now.budget
	if w.Tokens != nil {
		info, err := w.Tokens.Inspect(ctx)
		if err != nil {
			return o, err
		}
		o.Token = &info
	}
	o.Running = w.progress(running, began, now)
	for _, p := range o.Running {
		o.Parked += p.Counts.Parked()
	}
	o.Stall = commonStall(o.Running)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last, w.lastAt = o, began
	return o, nil
}

// commonStall is why nothing moves; "" when something does, or there is nothing to do.
func commonStall(running []Progress) (text string) {
	for _, p := range running {
		if p.Stall == "" {
			return ""
		}
		text = cmp.Or(text, p.Stall)
	}
	return text
}

// RecentOverview gives what was seen last unless that is too old, and looks otherwise. Those who ask together look once.
func (w *Watcher) RecentOverview(ctx context.Context, old time.Duration) (Overview, error) {
	w.sharing.Lock()
	defer w.sharing.Unlock()
	w.mu.Lock()
	last, looked := w.last, w.lastAt
	w.mu.Unlock()
	if time.Since(looked) < old {
		return last, nil
	}
	return w.Overview(ctx)
}

// Attention is what an operator should look at, in a few words; "" when there is nothing. What somebody has paused is none.
func (o Overview) Attention() string {
	var list []string
	for _, g := range o.Gates {
		list = append(list, g.Name().Title()+" closed")
	}
	if stuck := o.Stalled(); stuck > 0 {
		list = append(list, count(stuck, "import", "imports")+" stuck")
	}
	return strings.Join(list, ", ")
}

// Stalled counts the imports that are.
func (o Overview) Stalled() (n int) {
	for _, p := range o.Running {
		if o.IsStalled(p) {
			n++
		}
	}
	return n
}

// IsStalled tells whether one of them does not move, though nobody has paused it and it waits for neither a gate nor others.
func (o Overview) IsStalled(p Progress) bool {
	waitsForOthers := p.importerPaused && o.Stall == "" // which move
	return p.Stall != "" && p.Stopped == "" && !p.WaitsForGate() && !waitsForOthers
}

// WaitsForGate tells whether all that is left of an import to do now waits for a gate.
func (p Progress) WaitsForGate() bool {
	parked := p.Counts.Parked()
	return p.Gated && p.Counts.Open()-p.unread == parked && (parked > 0 || p.Stall != "")
}

// Progress looks at one import.
func (w *Watcher) Progress(ctx context.Context, id string) (Progress, error) {
	imp, err := w.Ledger.Import(ctx, id)
	if err != nil {
		return Progress{}, err
	}
	if imp.Done() {
		return Progress{Import: imp}, nil
	}
	running, err := w.Ledger.Running(ctx) // which share the limits with it
	if err != nil {
		return Progress{}, err
	}
	all := append(slices.DeleteFunc(running, func(i ledger.Import) bool { return i.ID == id }), imp)
	now, err := w.snapshot(ctx, all...)
	if err != nil {
		return Progress{}, err
	}
	return w.progress(all, time.Now(), now)[len(all)-1], nil
}

// imports tells those that are over from those that are not. What is over is read anew when an import has begun or ended, and
// now and then.
func (w *Watcher) imports(ctx context.Context, now time.Time) (running, over []ledger.Import, err error) {
	if running, err = w.Ledger.Running(ctx); err != nil {
		return nil, nil, err
	}
	ids := make([]string, len(running))
	for n, imp := range running {
		ids[n] = imp.ID
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if now.Before(w.endedUntil) && slices.Equal(ids, w.endedFor) {
		return running, w.ended, nil
	}
	all, err := w.Ledger.Imports(ctx, maxListed)
	if err != nil {
		return nil, nil, err
	}
	w.ended = slices.DeleteFunc(all, func(i ledger.Import) bool { return !i.Done() })
	w.endedUntil, w.endedFor = now.Add(endedTTL), ids
	return running, w.ended, nil
}

// Settled is how many rows do not move any more.
func (p Progress) Settled() int { return p.Rows - p.Counts.Open() }
