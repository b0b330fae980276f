package console

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"guestflow/importer/table"
)

const (
	// pageWait is how long a page waits for a job: most have finished by then, and a page should take 100 ms.
	pageWait = 60 * time.Millisecond

	// unwatchedTTL is how long a job runs after its progress was last read. A live page reads it every second; without
	// JavaScript the user reloads.
	unwatchedTTL = 30 * time.Second

	// maxQueuedJobs bounds the unfinished jobs, and maxQueueTime the time that one is queued.
	maxQueuedJobs = 16
	maxQueueTime  = 5 * time.Minute

	// maxJobs bounds the kept jobs, at some kilobytes each.
	maxJobs = 64
)

// jobs read files in the background, a few at a time, and keep the results for a while. Pages show their progress, and
// do not wait for them. A T is the result so far; it is immutable once it was reported.
type jobs[T any] struct {
	slots chan struct{}
	limit time.Duration // of one, from its start
	keep  time.Duration // of a result
	log   *slog.Logger  // of the site

	mu  sync.Mutex
	all map[string]*job[T]
}

// job is one of them. It has finished once done is closed.
type job[T any] struct {
	done  chan struct{}
	stop  func()
	timer *time.Timer // expires the job, which stops it if it has not finished
	until time.Time   // when that is due

	running bool // it has left the queue
	soFar   T
	err     error
}

// jobState is what a page shows of a job.
type jobState[T any] struct {
	SoFar  T
	Queued bool // it has not started yet
	Done   bool
}

func newJobs[T any](atOnce int, limit, keep time.Duration, log *slog.Logger) *jobs[T] {
	return &jobs[T]{slots: make(chan struct{}, atOnce), limit: limit, keep: keep, log: log, all: map[string]*job[T]{}}
}

// errPanic is no 5xx: the panic is in the log already, with its stack.
var errPanic = &problem{http.StatusUnprocessableEntity, "This cannot be read", "guestflow failed on the content of " +
	"this file. The log of this process has the details: tell its administrator. Nothing was imported."}

var errTooManyJobs = &problem{http.StatusServiceUnavailable, "Too many files are being read",
	"Other previews and searches are running. Try again in a minute."}

// start starts a job, unless there is one of that name.
func (l *jobs[T]) start(name string, first T, read func(ctx context.Context, tell func(T)) error) (*job[T], error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k := l.all[name]; k != nil {
		return k, nil
	}
	if !l.hasCapacity() {
		return nil, errTooManyJobs
	}
	// The job outlives the request that starts it.
	ctx, stop := context.WithCancel(context.Background()) // run calls it
	k := &job[T]{done: make(chan struct{}), stop: stop, soFar: first, until: time.Now().Add(unwatchedTTL)}
	k.timer = time.AfterFunc(unwatchedTTL, func() { l.expire(name, k) })
	l.all[name] = k
	go l.run(ctx, k, read)
	return k, nil
}

// find returns the job of that name, or nil.
func (l *jobs[T]) find(name string) *job[T] {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all[name]
}

// forget drops a job that has finished, so that it can be started once more.
func (l *jobs[T]) forget(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k := l.all[name]; k != nil && k.finished() {
		k.timer.Stop()
		delete(l.all, name)
	}
}

// hasCapacity drops finished jobs if there are too many, and reports whether one more can start.
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

// expire stops a job whose progress is not read any more, and drops it.
func (l *jobs[T]) expire(name string, k *job[T]) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all[name] == k && !time.Now().Before(k.until) { // otherwise it was just read, and the timer was set again
		delete(l.all, name)
		k.stop()
	}
}

// run runs a job when a slot is free. An error is kept for a short time only, since its cause may have passed.
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

// recovered returns a panic as an error, which ends this job only, and logs it.
func (l *jobs[T]) recovered(read func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = table.Recovered(v)
		}
		if m, is := errors.AsType[*table.PanicError](err); is {
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

// acquire waits for a free slot.
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

// wait returns the progress of a job after a while, or when it has finished; then with its error, and the result so
// far.
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

// follows makes a page live until a job has finished. A stream that is opened later still gets the final frame, by
// which the page knows that it is final (data-over).
func (p *page) follows(r *request, over bool) {
	p.Final = over
	p.Live = !over || r.Header.Get("Accept") == "text/event-stream"
}
