package operate

import (
	"context"
	"slices"
	"sync"
	"time"

	"guestflow/importer/ledger"
)

const (
	// maxListed is how many imports are searched for finished ones, and for guests; the newest first.
	maxListed = 500

	// maxEndedShown is how many finished imports an overview shows.
	maxEndedShown = 10

	// endedTTL is how long finished imports are not read again: only a retry or a webhook changes them.
	endedTTL = 15 * time.Second
)

// Watcher reads the state of an account repeatedly. It keeps what it saw, to measure rates, and to avoid reading
// hundreds of finished imports each time. It is safe for concurrent use.
type Watcher struct {
	*Account

	Clock Clock // formats the times in its sentences; nil is the local time zone

	sharing sync.Mutex // held by the caller of RecentOverview that reads for all

	mu         sync.Mutex
	last       Overview
	lastAt     time.Time           // when it was read
	samples    map[string][]sample // recent ones, by import
	ended      []ledger.Import
	endedUntil time.Time                // when the finished ones are read again
	endedFor   []string                 // ids of the imports that were running then
	reasons    map[string]cachedReasons // by import
	leftOut    map[string]cachedLeftOut // by import

	signIn   *SignIn
	signInAt time.Time // when it was read
}

// NewWatcher returns a watcher of an account.
func NewWatcher(a *Account) *Watcher {
	return &Watcher{Account: a, samples: map[string][]sample{}, reasons: map[string]cachedReasons{}, leftOut: map[string]cachedLeftOut{}}
}

// Overview reads the state of the account.
func (w *Watcher) Overview(ctx context.Context) (Overview, error) {
	began := time.Now() // with its monotonic clock, which UTC drops
	o := Overview{Account: w.Name(), Events: w.Events, Live: w.Live, At: began.UTC()}
	running, ended, err := w.imports(ctx, began)
	if err != nil {
		return o, err
	}
	o.Ended = ended[:min(len(ended), maxEndedShown)]
	s, err := w.snapshot(ctx, running...)
	if err != nil {
		return o, err
	}
	o.Gates, o.Workers, o.Budget = s.gates, s.fleet.workers, s.budget
	if w.Tokens != nil {
		info, err := w.Tokens.Inspect(ctx)
		if err != nil {
			return o, err
		}
		o.Token = &info
	}
	o.SignIn = signInOf(o.Account, o.Token, o.Gates)
	o.Running = w.progress(running, began, s)
	for _, p := range o.Running {
		o.Parked += p.Counts.Parked()
	}
	o.Stall = commonStall(o.Running)
	if o.WaitingFiles, err = w.WaitingFiles(ctx); err != nil {
		return o, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last, w.lastAt = o, began
	return o, nil
}

// RecentOverview returns the last overview if it is younger than maxAge, and reads one otherwise. Concurrent callers
// share one read.
func (w *Watcher) RecentOverview(ctx context.Context, maxAge time.Duration) (Overview, error) {
	w.sharing.Lock()
	defer w.sharing.Unlock()
	w.mu.Lock()
	last, lastAt := w.last, w.lastAt
	w.mu.Unlock()
	if time.Since(lastAt) < maxAge {
		return last, nil
	}
	return w.Overview(ctx)
}

// RecentSignIn is SignIn, read at most once within maxAge: every page asks for it.
func (w *Watcher) RecentSignIn(ctx context.Context, maxAge time.Duration) (*SignIn, error) {
	w.mu.Lock()
	last, lastAt := w.signIn, w.signInAt
	w.mu.Unlock()
	now := time.Now()
	if now.Sub(lastAt) < maxAge {
		return last, nil
	}
	s, err := w.SignIn(ctx)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.signIn, w.signInAt = s, now
	return s, nil
}

// Progress reads the progress of one import.
func (w *Watcher) Progress(ctx context.Context, id string) (Progress, error) {
	imp, err := w.Ledger.Import(ctx, id)
	if err != nil {
		return Progress{}, err
	}
	if imp.Done() {
		return Progress{Import: imp}, nil
	}
	s, err := w.snapshotOf(ctx, imp)
	if err != nil {
		return Progress{}, err
	}
	all := w.progress(s.imports, time.Now(), s) // those that share the limits with it, and it as the last
	return all[len(all)-1], nil
}

// imports returns running and finished imports. The finished ones are read again when an import has started or
// finished, and now and then.
func (w *Watcher) imports(ctx context.Context, now time.Time) (running, ended []ledger.Import, err error) {
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
