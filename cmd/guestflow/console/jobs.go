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
	// pageWait is how long a page waits for a reading: most are over by then, and a page is to be there within 100 ms.
	pageWait = 60 * time.Millisecond

	// unwatchedTTL is how long a reading goes on after somebody has last looked at how far it is. A page that lives looks every
	// second; without a script somebody has to.
	unwatchedTTL = 30 * time.Second

	// maxQueuedJobs is how many readings there may be that are not over, and lineTime is how long one waits for its turn.
	maxQueuedJobs = 16
	maxQueueTime  = 5 * time.Minute

	// maxJobs are kept at a time, at some kilobytes each.
	maxJobs = 64
)

// jobs are files that are read in the background, a few at a time, and what came of it, for a while. Pages show how far they
// are: none waits for one. A T is what is known so far, and is never changed once it was told.
type jobs[T any] struct {
	slots chan struct{}
	limit time.Duration // of one, from its turn on
	keep  time.Duration // what came of one
	log   *slog.Logger  // of the site

	mu  sync.Mutex
	all map[string]*job[T]
}

// job is one of them. It is over once done is closed.
type job[T any] struct {
	done  chan struct{}
	stop  func()
	timer *time.Timer // to be forgotten, and stopped if it is not over
	until time.Time   // when that is due

	running bool // it has had it
	soFar   T
	err     error
}

// jobState is what a page shows of one.
type jobState[T any] struct {
	SoFar  T
	Queued bool // for its turn
	Done   bool
}

func newJobs[T any](atOnce int, limit, keep time.Duration, log *slog.Logger) *jobs[T] {
	return &jobs[T]{slots: make(chan struct{}, atOnce), limit: limit, keep: keep, log: log, all: map[string]*job[T]{}}
}

// errPanic is no 5xx: what was wrong is in the log already, with its place.
var errPanic = &problem{http.StatusUnprocessableEntity, "This cannot be read", "guestflow has made a mistake with what is in the file. The log of this process says where: tell whoever looks after it. Nothing was imported."}

var errTooManyJobs = &problem{http.StatusServiceUnavailable, "Too many files are being read", "Others look at previews, or search for guests. Nothing was lost: try again in a minute."}

// start starts a reading, unless there is one of that name.
func (l *jobs[T]) start(name string, first T, read func(ctx context.Context, tell func(T)) error) (*job[T], error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k := l.all[name]; k != nil {
		return k, nil
	}
	if !l.hasCapacity() {
		return nil, errTooManyJobs
	}
	// Whoever asked first may not be who looks in the end.
	ctx, stop := context.WithCancel(context.Background()) // run calls it
	k := &job[T]{done: make(chan struct{}), stop: stop, soFar: first, until: time.Now().Add(unwatchedTTL)}
	k.timer = time.AfterFunc(unwatchedTTL, func() { l.expire(name, k) })
	l.all[name] = k
	go l.run(ctx, k, read)
	return k, nil
}

// find gives the reading of that name, or nil.
func (l *jobs[T]) find(name string) *job[T] {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all[name]
}

// hasCapacity forgets what is over where there is too much, and tells whether one more can begin.
func (l *jobs[T]) hasCapacity() bool {
	going := 0
	for name, k := range l.all {
		if !k.finished() {
			going++
		} else if len(l.all) >= maxJobs {
			k.timer.Stop()
			delete(l.all, name)
		}
	}
	return going < maxQueuedJobs
}

func (k *job[T]) finished() bool {
	select {
	case <-k.done:
		return true
	default:
		return false
	}
}

func (k *job[T]) keepFor(d time.Duration) {
	k.until = time.Now().Add(d)
	k.timer.Reset(d)
}

// expire stops what nobody looks at any more.
func (l *jobs[T]) expire(name string, k *job[T]) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all[name] == k && !time.Now().Before(k.until) { // or somebody has just looked, and it will be called again
		delete(l.all, name)
		k.stop()
	}
}

// run reads in its turn. A mistake is soon forgotten: what was wrong may have passed.
func (l *jobs[T]) run(ctx context.Context, k *job[T], read func(context.Context, func(T)) error) {
	defer k.stop()
	err := l.acquire(ctx)
	if err == nil {
		l.update(func() { k.running = true })
		ctx, cancel := context.WithTimeout(ctx, l.limit)
		err = l.recovered(func() error {
			return read(ctx, func(so T) { l.update(func() { k.soFar = so }) })
		})
		cancel()
		<-l.slots
	}
	l.update(func() {
		keep := l.keep
		if k.err = err; err != nil {
			keep = unwatchedTTL
		}
		k.keepFor(keep)
		close(k.done)
	})
}

// recovered ends only this one reading where a file leads to a panic, and says so in the log.
func (l *jobs[T]) recovered(read func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = importer.Recovered(v)
		}
		if m, is := errors.AsType[*importer.PanicError](err); is {
			l.log.Error("reading a file for a page has ended", "error", m, "stack", string(m.Stack))
			err = errPanic
		}
	}()
	return read()
}

func (l *jobs[T]) update(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
}

// acquire is for a turn.
func (l *jobs[T]) acquire(ctx context.Context) error {
	late := time.NewTimer(maxQueueTime)
	defer late.Stop()
	select {
	case l.slots <- struct{}{}:
		return nil
	case <-late.C:
		return errTooManyJobs
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wait tells how far a reading is, after a while in which it may come to its end. Its error is told when it is over, with what
// was known by then.
func (l *jobs[T]) wait(ctx context.Context, k *job[T], while time.Duration) (jobState[T], error) {
	soon := time.NewTimer(while)
	defer soon.Stop()
	select {
	case <-k.done:
	case <-soon.C:
	case <-ctx.Done():
		return jobState[T]{}, ctx.Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := jobState[T]{SoFar: k.soFar, Queued: !k.running, Done: k.finished()}
	if !now.Done {
		k.keepFor(unwatchedTTL)
		return now, nil
	}
	return now, k.err
}

// follows makes a page live until a reading is over. A stream that is asked for too late is given the end all the same, which
// tells the page that it is one (data-over).
func (p *page) follows(r *request, over bool) {
	p.Final = over
	p.Live = !over || r.Header.Get("Accept") == "text/event-stream"
}
