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
	// unwanted is when a file that was uploaded and not imported goes.
	unwanted = 24 * time.Hour

	// lookForOrders is how often imports are looked for whose process has died, and files that nobody wants any more.
	lookForOrders = time.Minute

	// signOfLife and abandoned are how often an import in hand is touched, and when it is nobody's any more.
	signOfLife = 15 * time.Second
	abandoned  = time.Minute
)

// enqueuer takes imports that were begun to the workers. It lives as long as the process and not as long as the request that
// began an import; and what it was at when a process died is found by the next one, from the files. Two processes at one import
// do no harm, since enqueueing is idempotent; they only try to stay out of each other's way.
type enqueuer struct {
	orders chan job

	mu     sync.Mutex
	inHand map[string]bool // by upload
}

// job is an import that is to be enqueued.
type job struct {
	account *Account
	upload  upload
}

func newEnqueuer() *enqueuer {
	return &enqueuer{orders: make(chan job, 16), inHand: map[string]bool{}}
}

// put hands an import over. If nobody takes it, it is found among the files within a minute.
func (e *enqueuer) put(j job) {
	select {
	case e.orders <- j:
	default:
	}
}

// Run does what the console does when nobody asks: it enqueues the imports that were begun, also those that another process did
// not finish, and removes old files. It returns when ctx has ended and nothing is in hand any more.
func (s *Site) Run(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	work := func(j job) { running.Go(func() { s.enqueue(ctx, j) }) }
	tick := time.NewTicker(lookForOrders)
	defer tick.Stop()
	s.look(ctx, 0, work) // whoever was at it before has most likely been this process
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-s.enqueuer.orders:
			work(j)
		case <-tick.C:
			s.look(ctx, abandoned, work)
		}
	}
}

// look finds imports at which nobody has been for a while, and files that are too old.
func (s *Site) look(ctx context.Context, quiet time.Duration, work func(job)) {
	for _, a := range s.accounts {
		list, err := a.uploads()
		if err == nil {
			err = a.tidy(ctx, time.Now())
		}
		if err != nil && ctx.Err() == nil {
			s.log.Error("uploaded files cannot be looked through; it is tried again in a minute", "account", a.Name(), "error", err)
		}
		for _, u := range list {
			if u.Order != nil && !u.Order.Over && time.Since(u.Touched).Abs() >= quiet {
				work(job{a, u})
			}
		}
	}
}

// enqueue takes an import to its end, or leaves it to the next look.
func (s *Site) enqueue(ctx context.Context, j job) {
	if !s.enqueuer.take(j.upload.ID) {
		return
	}
	defer s.enqueuer.leave(j.upload.ID)
	stop := j.upload.keepTouching()
	err := j.run(ctx)
	stop()
	log := s.log.With("import", j.upload.Order.Import, "file", j.upload.path())
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
	if err := j.end(ctx); err != nil && ctx.Err() == nil {
		log.Error("it cannot be written down that an import is enqueued; that is tried again in a minute", "error", err)
	}
}

func (e *enqueuer) take(id string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.inHand[id] {
		return false
	}
	e.inHand[id] = true
	return true
}

func (e *enqueuer) leave(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.inHand, id)
}

func (u upload) keepTouching() (stop func()) {
	quit := make(chan struct{})
	go func() {
		tick := time.NewTicker(signOfLife)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
				u.touch()
			}
		}
	}()
	return func() { close(quit) }
}

// run enqueues what is not enqueued yet.
func (j job) run(ctx context.Context) error {
	plan, err := j.upload.plan(j.account.Name())
	if err != nil {
		return err
	}
	imp, err := j.begun(ctx)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := j.account.Keep(ctx, imp.ID, imp.Source, plan.Path); err != nil {
		return err
	}
	return j.account.Importer.Run(ctx, plan, imp)
}

// begun gives the import. If there is none, since a process was killed before it was begun, a person may begin it.
func (j job) begun(ctx context.Context) (ledger.Import, error) {
	u, letGo, err := j.account.hold(j.upload.ID) // whoever is beginning it holds it
	if err != nil {
		return ledger.Import{}, err
	}
	defer letGo()
	imp, err := j.account.Ledger.Import(ctx, j.upload.Order.Import)
	if errors.Is(err, ledger.ErrNotFound) {
		u.Order = nil
		err = errors.Join(err, u.save())
	}
	return imp, err
}

// end writes down that nothing is left to be done. A file that the import has elsewhere goes at once.
func (j job) end(ctx context.Context) error {
	u, letGo, err := j.account.hold(j.upload.ID)
	if errors.Is(err, errNoUpload) {
		return nil
	}
	if err != nil {
		return err
	}
	defer letGo()
	if u.Order == nil {
		return nil
	}
	imp, err := j.account.Ledger.Import(ctx, u.Order.Import)
	if err != nil {
		return err
	}
	if imp.Source != u.path() {
		return u.remove()
	}
	u.Order.Over = true
	return u.save()
}

// outdated tells whether an upload is to go: one that was never imported after a day, one that was after its time, but not while
// rows of it are open, whose report needs it.
func (a *Account) outdated(ctx context.Context, e os.DirEntry, now time.Time) (bool, error) {
	u, err := a.upload(e.Name())
	if err != nil { // it never came whole
		info, err := e.Info()
		return err == nil && now.Sub(info.ModTime()) > unwanted, nil
	}
	age := now.Sub(u.Touched)
	switch {
	case u.Order == nil:
		return age > unwanted, nil
	case !u.Order.Over || a.KeepFiles == 0 || age <= a.KeepFiles:
		return false, nil
	}
	imp, err := a.Ledger.Import(ctx, u.Order.Import)
	if errors.Is(err, ledger.ErrNotFound) {
		return true, nil
	}
	return err == nil && imp.Done(), err
}
