package console

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"guestflow/importer"
	"guestflow/importer/ledger"
)

const (
	// discardAfter is when a file that was uploaded and not imported goes.
	discardAfter = 24 * time.Hour

	// scanInterval is how often imports are looked for whose process has died, and files that nobody wants any more.
	scanInterval = time.Minute

	// heartbeatInterval and abandoned are how often an import in hand is touched, and when it is nobody's any more.
	heartbeatInterval = 15 * time.Second
	abandonedAfter    = time.Minute
)

// enqueuer takes imports that were begun to the workers. It lives as long as the process and not as long as the request that
// began an import; and what it was at when a process died is found by the next one, from the files. Two processes at one import
// do no harm, since enqueueing is idempotent; they only try to stay out of each other's way.
type enqueuer struct {
	queue chan enqueueJob

	mu     sync.Mutex
	active map[string]bool // by upload
}

// enqueueJob is an import that is to be enqueued.
type enqueueJob struct {
	account *Account
	upload  upload
}

func newEnqueuer() *enqueuer {
	return &enqueuer{queue: make(chan enqueueJob, 16), active: map[string]bool{}}
}

// submit hands an import over. If nobody takes it, it is found among the files within a minute.
func (e *enqueuer) submit(j enqueueJob) {
	select {
	case e.queue <- j:
	default:
	}
}

// Run does what the console does when nobody asks: it enqueues the imports that were begun, also those that another process did
// not finish, and removes old files. It returns when ctx has ended and nothing is in hand any more.
func (s *Site) Run(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	work := func(j enqueueJob) { running.Go(func() { s.enqueue(ctx, j) }) }
	tick := time.NewTicker(scanInterval)
	defer tick.Stop()
	s.scanUploads(ctx, 0, work) // whoever was at it before has most likely been this process
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-s.enqueuer.queue:
			work(j)
		case <-tick.C:
			s.scanUploads(ctx, abandonedAfter, work)
		}
	}
}

// scanUploads finds imports at which nobody has been for a while, and files that are too old.
func (s *Site) scanUploads(ctx context.Context, quiet time.Duration, work func(enqueueJob)) {
	for _, a := range s.accounts {
		list, err := a.uploads()
		if err == nil {
			err = a.removeExpired(ctx, time.Now())
		}
		if err != nil && ctx.Err() == nil {
			s.log.Error("uploaded files cannot be looked through; it is tried again in a minute", "account", a.Name(), "error", err)
		}
		for _, u := range list {
			if u.Started != nil && !u.Started.Done && time.Since(u.Touched).Abs() >= quiet {
				work(enqueueJob{a, u})
			}
		}
	}
}

// enqueue takes an import to its end, or leaves it to the next look.
func (s *Site) enqueue(ctx context.Context, j enqueueJob) {
	if !s.enqueuer.claim(j.upload.ID) {
		return
	}
	defer s.enqueuer.release(j.upload.ID)
	stop := j.upload.keepAlive()
	err := j.run(ctx)
	stop()
	log := s.log.With("import", j.upload.Started.Import, "file", j.upload.path())
	fault, file := errors.AsType[*importer.FileError](err)
	switch {
	case err == nil, errors.Is(err, importer.ErrCancelled):
	case ctx.Err() != nil:
		return
	case file:
		log.Error("an uploaded file cannot be imported to its end", "reason", fault.Error())
	default:
		log.Error("an uploaded file could not be imported to its end; it goes on in a minute", "error", err)
		return
	}
	if err := j.finish(ctx); err != nil && ctx.Err() == nil {
		log.Error("it cannot be written down that an import is enqueued; that is tried again in a minute", "error", err)
	}
}

func (e *enqueuer) claim(id string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.active[id] {
		return false
	}
	e.active[id] = true
	return true
}

func (e *enqueuer) release(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.active, id)
}

func (u upload) keepAlive() (stop func()) {
	quit := make(chan struct{})
	go func() {
		tick := time.NewTicker(heartbeatInterval)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
				u.heartbeat()
			}
		}
	}()
	return func() { close(quit) }
}

// run enqueues what is not enqueued yet.
func (j enqueueJob) run(ctx context.Context) error {
	plan, err := j.upload.plan(j.account.Name())
	if err != nil {
		return err
	}
	imp, err := j.importBegun(ctx)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := j.account.KeepFile(ctx, imp.ID, imp.Source, plan.Path); err != nil {
		return err
	}
	return j.account.Importer.Run(ctx, plan, imp)
}

// importBegun gives the import. If there is none, since a process was killed before it was begun, a person may begin it.
func (j enqueueJob) importBegun(ctx context.Context) (ledger.Import, error) {
	u, letGo, err := j.account.lock(j.upload.ID) // whoever is beginning it holds it
	if err != nil {
		return ledger.Import{}, err
	}
	defer letGo()
	imp, err := j.account.Ledger.Import(ctx, j.upload.Started.Import)
	if errors.Is(err, ledger.ErrNotFound) {
		u.Started = nil
		err = errors.Join(err, u.save())
	}
	return imp, err
}

// finish writes down that nothing is left to be done. A file that the import has elsewhere goes at once.
func (j enqueueJob) finish(ctx context.Context) error {
	u, letGo, err := j.account.lock(j.upload.ID)
	if errors.Is(err, errNoUpload) {
		return nil
	}
	if err != nil {
		return err
	}
	defer letGo()
	if u.Started == nil {
		return nil
	}
	imp, err := j.account.Ledger.Import(ctx, u.Started.Import)
	if err != nil {
		return err
	}
	if imp.Source != u.path() {
		return u.remove()
	}
	u.Started.Done = true
	return u.save()
}

// expired tells whether an upload is to go: one that was never imported after a day, one that was after its time, but not while
// rows of it are open, whose report needs it.
func (a *Account) expired(ctx context.Context, e os.DirEntry, now time.Time) (bool, error) {
	u, err := a.upload(e.Name())
	if err != nil { // it never came whole
		info, err := e.Info()
		return err == nil && now.Sub(info.ModTime()) > discardAfter, nil
	}
	age := now.Sub(u.Touched)
	switch {
	case u.Started == nil:
		return age > discardAfter, nil
	case !u.Started.Done || a.KeepFiles == 0 || age <= a.KeepFiles:
		return false, nil
	}
	imp, err := a.Ledger.Import(ctx, u.Started.Import)
	if errors.Is(err, ledger.ErrNotFound) {
		return true, nil
	}
	return err == nil && imp.Done(), err
}
