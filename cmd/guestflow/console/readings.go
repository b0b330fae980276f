package console

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"guestflow/importer"
)

const (
	// glance is how long a page waits for a reading: most are over by then, and a page is to be there within 100 ms.
	glance = 60 * time.Millisecond

	// unwatched is how long a reading goes on after somebody has last looked at how far it is. A page that lives looks every
	// second; without a script somebody has to.
	unwatched = 30 * time.Second

	// mostInLine is how many readings there may be that are not over, and lineTime is how long one waits for its turn.
	mostInLine = 16
	lineTime   = 5 * time.Minute

	// mostReadings are kept at a time, at some kilobytes each.
	mostReadings = 64
)

// readings are files that are read in the background, a few at a time, and what came of it, for a while. Pages show how far they
// are: none waits for one. A T is what is known so far, and is never changed once it was told.
type readings[T any] struct {
	slots chan struct{}
	limit time.Duration // of one, from its turn on
	keep  time.Duration // what came of one
	log   *slog.Logger  // of the site

	mu  sync.Mutex
	all map[string]*reading[T]
}

// reading is one of them. It is over once done is closed.
type reading[T any] struct {
	done  chan struct{}
	stop  func()
	wake  *time.Timer // to be forgotten, and stopped if it is not over
	until time.Time   // when that is due

	turn  bool // it has had it
	soFar T
	err   error
}

// state is what a page shows of one.
type state[T any] struct {
	SoFar T
	Waits bool // for its turn
	Over  bool
}

func newReadings[T any](atOnce int, limit, keep time.Duration, log *slog.Logger) *readings[T] {
	return &readings[T]{slots: make(chan struct{}, atOnce), limit: limit, keep: keep, log: log, all: map[string]*reading[T]{}}
}

// errMistake is no 5xx: what was wrong is in the log already, with its place.
var errMistake = &problem{http.StatusUnprocessableEntity, "This cannot be read", "guestflow has made a mistake with what is in the file. The log of this process says where: tell whoever looks after it. Nothing was imported."}

var errCrowd = &problem{http.StatusServiceUnavailable, "Too many files are being read", "Others look at previews, or search for guests. Nothing was lost: try again in a minute."}

// begin starts a reading, unless there is one of that name.
func (l *readings[T]) begin(name string, first T, read func(ctx context.Context, tell func(T)) error) (*reading[T], error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k := l.all[name]; k != nil {
		return k, nil
	}
	if !l.room() {
		return nil, errCrowd
	}
	// Whoever asked first may not be who looks in the end.
	ctx, stop := context.WithCancel(context.Background()) //nolint:gosec // run calls it
	k := &reading[T]{done: make(chan struct{}), stop: stop, soFar: first, until: time.Now().Add(unwatched)}
	k.wake = time.AfterFunc(unwatched, func() { l.forget(name, k) })
	l.all[name] = k
	go l.run(ctx, k, read)
	return k, nil
}

// find gives the reading of that name, or nil.
func (l *readings[T]) find(name string) *reading[T] {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all[name]
}

// room forgets what is over where there is too much, and tells whether one more can begin.
func (l *readings[T]) room() bool {
	going := 0
	for name, k := range l.all {
		if !k.over() {
			going++
		} else if len(l.all) >= mostReadings {
			k.wake.Stop()
			delete(l.all, name)
		}
	}
	return going < mostInLine
}

func (k *reading[T]) over() bool {
	select {
	case <-k.done:
		return true
	default:
		return false
	}
}

func (k *reading[T]) remember(d time.Duration) {
	k.until = time.Now().Add(d)
	k.wake.Reset(d)
}

// forget stops what nobody looks at any more.
func (l *readings[T]) forget(name string, k *reading[T]) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all[name] == k && !time.Now().Before(k.until) { // or somebody has just looked, and it will be called again
		delete(l.all, name)
		k.stop()
	}
}

// run reads in its turn. A mistake is soon forgotten: what was wrong may have passed.
func (l *readings[T]) run(ctx context.Context, k *reading[T], read func(context.Context, func(T)) error) {
	defer k.stop()
	err := l.wait(ctx)
	if err == nil {
		l.set(func() { k.turn = true })
		ctx, cancel := context.WithTimeout(ctx, l.limit)
		err = l.guarded(func() error {
			return read(ctx, func(so T) { l.set(func() { k.soFar = so }) })
		})
		cancel()
		<-l.slots
	}
	l.set(func() {
		keep := l.keep
		if k.err = err; err != nil {
			keep = unwatched
		}
		k.remember(keep)
		close(k.done)
	})
}

// guarded ends only this one reading where a file leads to a panic, and says so in the log.
func (l *readings[T]) guarded(read func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = importer.Caught(v)
		}
		if m, is := errors.AsType[*importer.Mistake](err); is {
			l.log.Error("reading a file for a page has ended", "error", m, "stack", string(m.Stack))
			err = errMistake
		}
	}()
	return read()
}

func (l *readings[T]) set(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
}

// wait is for a turn.
func (l *readings[T]) wait(ctx context.Context) error {
	late := time.NewTimer(lineTime)
	defer late.Stop()
	select {
	case l.slots <- struct{}{}:
		return nil
	case <-late.C:
		return errCrowd
	case <-ctx.Done():
		return ctx.Err()
	}
}

// look tells how far a reading is, after a while in which it may come to its end. Its error is told when it is over, with what
// was known by then.
func (l *readings[T]) look(ctx context.Context, k *reading[T], while time.Duration) (state[T], error) {
	soon := time.NewTimer(while)
	defer soon.Stop()
	select {
	case <-k.done:
	case <-soon.C:
	case <-ctx.Done():
		return state[T]{}, ctx.Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := state[T]{SoFar: k.soFar, Waits: !k.turn, Over: k.over()}
	if !now.Over {
		k.remember(unwatched)
		return now, nil
	}
	return now, k.err
}

// follows makes a page live until a reading is over. A stream that is asked for too late is given the end all the same, which
// tells the page that it is one (data-over).
func (p *page) follows(r *request, over bool) {
	p.Over = over
	p.Live = !over || r.Header.Get("Accept") == "text/event-stream"
}
