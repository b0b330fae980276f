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
	Waiting string           `json:"waiting,omitempty"` // why nothing moves
}

// Progress is how an import gets on.
type Progress struct {
	ledger.Import
	Rate    float64       `json:"rate"`    // rows settled a second, of late
	Left    time.Duration `json:"left_ns"` // until all but the parked rows are settled; 0 if nobody can tell
	Then    time.Duration `json:"then_ns"` // how long the parked rows take once their gate opens
	Waiting string        `json:"waiting,omitempty"`
	Gated   bool          `json:"-"` // some gate is closed

	toRead int  // rows that its importer is yet to enqueue
	held   bool // its importer holds back
}

const (
	// listed is how many imports are looked through for those that are over, and for guests; the newest first.
	listed = 500

	// ended is how many of those that are over an overview shows.
	ended = 10

	// sureFor is how long an import that is over is not looked at again: only a retry or a webhook changes it.
	sureFor = 15 * time.Second
)

// Watch looks at an account again and again. It remembers what it saw for rates, and so as not to read hundreds of imports that
// are over each time. It is safe for concurrent use.
type Watch struct {
	*Account

	Clock Clock // writes the moments of its sentences; nil is Local

	glance sync.Mutex // whoever looks for others too

	mu     sync.Mutex
	last   Overview
	looked time.Time           // when that was
	seen   map[string][]sample // settled rows of late, by import
	over   []ledger.Import
	until  time.Time          // when what is over is looked at again
	ran    []string           // ids of the imports that ran then
	why    map[string]reasons // by import
}

// NewWatch begins to watch an account.
func NewWatch(a *Account) *Watch {
	return &Watch{Account: a, seen: map[string][]sample{}, why: map[string]reasons{}}
}

// Overview looks.
func (w *Watch) Overview(ctx context.Context) (Overview, error) {
	began := time.Now() // also by the clock that only goes forward, which UTC forgets
	o := Overview{Account: w.Name(), Live: w.Live, At: began.UTC()}
	running, over, err := w.imports(ctx, began)
	if err != nil {
		return o, err
	}
	o.Ended = over[:min(len(over), ended)]
	now, err := w.around(ctx, running...)
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
	o.Waiting = standstill(o.Running)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last, w.looked = o, began
	return o, nil
}

// standstill is why nothing moves; "" when something does, or there is nothing to do.
func standstill(running []Progress) (text string) {
	for _, p := range running {
		if p.Waiting == "" {
			return ""
		}
		text = cmp.Or(text, p.Waiting)
	}
	return text
}

// Glance gives what was seen last unless that is too old, and looks otherwise. Those who ask together look once.
func (w *Watch) Glance(ctx context.Context, old time.Duration) (Overview, error) {
	w.glance.Lock()
	defer w.glance.Unlock()
	w.mu.Lock()
	last, looked := w.last, w.looked
	w.mu.Unlock()
	if time.Since(looked) < old {
		return last, nil
	}
	return w.Overview(ctx)
}

// Trouble is what an operator should look at, in a few words; "" when there is nothing. What somebody has paused is none.
func (o Overview) Trouble() string {
	var list []string
	for _, g := range o.Gates {
		list = append(list, g.Name().Title()+" closed")
	}
	if stuck := o.Stuck(); stuck > 0 {
		list = append(list, count(stuck, "import", "imports")+" stuck")
	}
	return strings.Join(list, ", ")
}

// Stuck counts the imports that are.
func (o Overview) Stuck() (n int) {
	for _, p := range o.Running {
		if o.IsStuck(p) {
			n++
		}
	}
	return n
}

// IsStuck tells whether one of them does not move, though nobody has paused it and it waits for neither a gate nor others.
func (o Overview) IsStuck(p Progress) bool {
	waitsForOthers := p.held && o.Waiting == "" // which move
	return p.Waiting != "" && p.Stopped == "" && !p.AtGate() && !waitsForOthers
}

// AtGate tells whether all that is left of an import to do now waits for a gate.
func (p Progress) AtGate() bool {
	parked := p.Counts.Parked()
	return p.Gated && p.Counts.Open()-p.toRead == parked && (parked > 0 || p.Waiting != "")
}

// Progress looks at one import.
func (w *Watch) Progress(ctx context.Context, id string) (Progress, error) {
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
	now, err := w.around(ctx, all...)
	if err != nil {
		return Progress{}, err
	}
	return w.progress(all, time.Now(), now)[len(all)-1], nil
}

// imports tells those that are over from those that are not. What is over is read anew when an import has begun or ended, and
// now and then.
func (w *Watch) imports(ctx context.Context, now time.Time) (running, over []ledger.Import, err error) {
	if running, err = w.Ledger.Running(ctx); err != nil {
		return nil, nil, err
	}
	ids := make([]string, len(running))
	for n, imp := range running {
		ids[n] = imp.ID
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if now.Before(w.until) && slices.Equal(ids, w.ran) {
		return running, w.over, nil
	}
	all, err := w.Ledger.Imports(ctx, listed)
	if err != nil {
		return nil, nil, err
	}
	w.over = slices.DeleteFunc(all, func(i ledger.Import) bool { return !i.Done() })
	w.until, w.ran = now.Add(sureFor), ids
	return running, w.over, nil
}

// Settled is how many rows do not move any more.
func (p Progress) Settled() int { return p.Rows - p.Counts.Open() }
