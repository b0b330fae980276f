package operate

import (
	"context"
	"slices"
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

	mu    sync.Mutex
	seen  map[string][]sample // settled rows of late, by import
	over  []ledger.Import
	until time.Time          // when what is over is looked at again
	ran   []string           // ids of the imports that ran then
	why   map[string]reasons // by import
}

// NewWatch begins to watch an account.
func NewWatch(a *Account) *Watch {
	return &Watch{Account: a, seen: map[string][]sample{}, why: map[string]reasons{}}
}

// sample is how many rows were settled at a moment.
type sample struct {
	at      time.Time
	settled int
}

// rateOver is the time that the rate is taken over: long enough to be steady, short enough to show that nothing moves.
const rateOver = 15 * time.Second

// Overview looks.
func (w *Watch) Overview(ctx context.Context) (Overview, error) {
	o := Overview{Account: w.Name(), Live: w.Live, At: time.Now().UTC()}
	running, over, err := w.imports(ctx, o.At)
	if err != nil {
		return o, err
	}
	o.Ended = over[:min(len(over), ended)]
	now, err := w.around(ctx, running...)
	if err != nil {
		return o, err
	}
	o.Gates, o.Workers, o.Budget = now.gates, now.workers, now.budget
	if w.Tokens != nil {
		info, err := w.Tokens.Inspect(ctx)
		if err != nil {
			return o, err
		}
		o.Token = &info
	}
	for _, imp := range running {
		p := w.progress(imp, o.At, now)
		o.Parked += imp.Counts.Parked()
		if o.Running = append(o.Running, p); o.Waiting == "" && p.Waiting != "" {
			o.Waiting = p.Waiting
		}
	}
	for _, p := range o.Running {
		if p.Waiting == "" {
			o.Waiting = "" // something moves
		}
	}
	return o, nil
}

// Progress looks at one import.
func (w *Watch) Progress(ctx context.Context, id string) (Progress, error) {
	imp, err := w.Ledger.Import(ctx, id)
	if err != nil {
		return Progress{}, err
	}
	now, err := w.around(ctx, imp)
	return w.progress(imp, time.Now(), now), err
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

func (w *Watch) progress(imp ledger.Import, at time.Time, now around) Progress {
	p := Progress{Import: imp}
	if imp.Done() {
		return p
	}
	rate, known := w.rate(imp.ID, sample{at, imp.Rows - imp.Counts.Open()})
	if p.Rate = rate; imp.Stopped != "" {
		p.Rate = 0 // how fast it was is not how fast it is
	}
	gone := 0
	if halfWay(imp, now.living) != "" {
		gone = imp.Counts[ledger.New] // nobody reads them any more
	}
	p.Left, p.Then = left(imp, gone, p.Rate, now.budget)
	if p.Rate < 1 && (known || !now.busy() || gone > 0) {
		p.Waiting = now.waiting(imp)
	}
	return p
}

// left is how long the rows that can move take at the present rate and, before there is one, at the limits; and how long those
// take that are parked, once they can.
func left(imp ledger.Import, gone int, rate float64, state budget.State) (now, then time.Duration) {
	parked := imp.Counts.Parked()
	moving := imp.Counts.Open() - parked - gone
	allowed := perSecond(imp, state)
	if allowed > 0 {
		then = time.Duration(float64(parked) / allowed * float64(time.Second))
	}
	switch {
	case moving == 0 || imp.Stopped != "":
	case rate >= 1:
		now = time.Duration(float64(moving) / rate * float64(time.Second))
	case allowed > 0:
		now = time.Duration(float64(moving) / allowed * float64(time.Second))
	}
	return now.Round(time.Second), then.Round(time.Second)
}

// perSecond is how many rows of an import the limits let through; those without an email go two hundred at a time.
func perSecond(imp ledger.Import, s budget.State) float64 {
	zone, send := float64(s.Zone)/60*s.Pace, float64(s.Send)/60*s.Pace
	if imp.Template == "" {
		return zone * 200
	}
	if s.Send > 0 && (s.Zone == 0 || send < zone) {
		return send
	}
	return zone
}

// rate is rows settled a second, over what was seen of late; at the first look nobody knows.
func (w *Watch) rate(id string, s sample) (perSecond float64, known bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := append(w.seen[id], s)
	for s.at.Sub(list[0].at) > rateOver {
		list = list[1:]
	}
	w.seen[id] = list
	if len(w.seen) > listed {
		clear(w.seen)
	}
	took := s.at.Sub(list[0].at).Seconds()
	if took <= 0 {
		return 0, false
	}
	return float64(s.settled-list[0].settled) / took, true
}

// Settled is how many rows do not move any more.
func (p Progress) Settled() int { return p.Rows - p.Counts.Open() }
