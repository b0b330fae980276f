package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/table"
	"guestflow/qflow"
)

const (
	// plansAtOnce is how many files are read at a time for previews: each takes a core for a second in 300,000 rows, and
	// workers may be in the same process.
	plansAtOnce = 2

	// planTime is how long one may take. What a small archive unfolds to may be gigabytes.
	planTime = 2 * time.Minute

	// peekTime is how long a page waits for a file's header alone, most of it in a queue.
	peekTime = 30 * time.Second

	// planFor is how long a preview is shown again without reading the file again. What earlier imports have done, which it
	// compares with, changes meanwhile; an import itself looks anew.
	planFor = 2 * time.Minute

	// mostPlans is how many are kept, at some kilobytes each.
	mostPlans = 64

	// previewRows are the sample cells of each field.
	previewRows = 3
)

// looks remembers what was found out for previews, so that a page that is loaded again costs nothing.
type looks struct {
	slots chan struct{}

	mu        sync.Mutex
	plans     map[string]*look
	templates map[string]offered
}

// look is what a file looks like under some wish. It is complete once done is closed.
type look struct {
	done   chan struct{}
	at     time.Time
	plan   importer.Plan
	header []string
	sheets []string
	err    error

	waiting int    // who waits for it
	stop    func() // when nobody does
}

func newLooks() *looks {
	return &looks{slots: make(chan struct{}, plansAtOnce), plans: map[string]*look{}, templates: map[string]offered{}}
}

// at reads a file, or gives what was read of late. Whoever asks for the same at the same time waits for the same reading.
func (l *looks) at(ctx context.Context, u upload, to importer.Settings) (*look, error) {
	key, err := json.Marshal([]any{u.ID, u.Wish, u.Silent, to.ShowValues})
	if err != nil {
		return nil, fmt.Errorf("name a preview: %w", err)
	}
	l.mu.Lock()
	found, known := l.plans[string(key)]
	if !known || found.old() {
		l.forget()
		reading, stop := context.WithCancel(context.WithoutCancel(ctx)) // it may be others who wait in the end
		found = &look{done: make(chan struct{}), stop: stop}
		l.plans[string(key)] = found
		go l.read(reading, found, u.path(), to)
	}
	found.waiting++
	l.mu.Unlock()
	defer l.leave(string(key), found)
	select {
	case <-found.done:
		return found, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// leave ends a reading for which nobody waits any more.
func (l *looks) leave(key string, found *look) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if found.waiting--; found.waiting > 0 {
		return
	}
	found.stop()
	select {
	case <-found.done:
	default:
		if l.plans[key] == found {
			delete(l.plans, key)
		}
	}
}

// old tells whether it is to be looked at again. A fault of the file stays; one of the world around it may have passed.
func (k *look) old() bool {
	select {
	case <-k.done:
	default:
		return false
	}
	_, fault := errors.AsType[*importer.FileError](k.err)
	return time.Since(k.at) > planFor || k.err != nil && !fault
}

// forget makes room.
func (l *looks) forget() {
	for key, k := range l.plans {
		if k.old() || len(l.plans) >= mostPlans {
			delete(l.plans, key)
		}
	}
}

func (l *looks) read(ctx context.Context, k *look, path string, to importer.Settings) {
	defer close(k.done)
	if k.err = l.turn(ctx); k.err != nil {
		return
	}
	defer l.next()
	ctx, cancel := context.WithTimeout(ctx, planTime)
	defer cancel()
	k.plan, k.err = importer.MakePlan(ctx, path, to)
	if errors.Is(k.err, context.DeadlineExceeded) && ctx.Err() != nil {
		k.err = &problem{http.StatusUnprocessableEntity, "The file takes too long to be read", "Import it by the command line or the inbox, or split it."}
	}
	k.header, k.sheets, _ = peek(ctx, path, to.Sheet) // the plan has told what is wrong
	k.at = time.Now()
}

// turn waits until few enough files are being read, and next lets the next one be.
func (l *looks) turn(ctx context.Context) error {
	select {
	case l.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *looks) next() { <-l.slots }

// peek gives a file's header and sheets in its turn, while somebody waits for them. What a workbook unfolds to cannot be stopped
// in the middle; until it ends by itself it is still its turn.
func (l *looks) peek(ctx context.Context, path, sheet string) (*look, error) {
	ctx, cancel := context.WithTimeout(ctx, peekTime)
	defer cancel()
	if err := l.turn(ctx); err != nil {
		return nil, err
	}
	done := make(chan *look, 1)
	go func() {
		defer l.next()
		var k look
		k.header, k.sheets, k.err = peek(ctx, path, sheet)
		done <- &k
	}()
	select {
	case k := <-done:
		return k, k.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// until reads as long as it is wanted.
type until struct {
	io.Reader
	ctx context.Context //nolint:containedctx // it is handed to what knows no context
}

func (u until) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.Reader.Read(p)
}

// peek gives a file's header and sheets, also where its columns are not understood.
func peek(ctx context.Context, path, sheet string) (header, sheets []string, err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("open an uploaded file: %w", err)
	}
	defer f.Close()
	t, err := table.Open(path, until{f, ctx}, table.Options{Sheet: sheet})
	if ctx.Err() != nil && err != nil { // it says nothing of the file
		return nil, nil, ctx.Err()
	}
	if err != nil {
		return nil, nil, err
	}
	defer t.Close()
	header, _ = t.Header()
	return slices.Clone(header), t.Sheets(), nil
}

const (
	// offeredFor is how long an event's templates are offered without asking Qflow again.
	offeredFor = time.Minute

	// offeredAgain is the same where Qflow did not give them.
	offeredAgain = 10 * time.Second

	// offerTime is how long a page waits for them: it can be used without.
	offerTime = 5 * time.Second
)

// offered are an event's templates, or why there are none to choose from.
type offered struct {
	List []qflow.Template
	Why  string

	at    time.Time
	err   error
	out   qflow.Outcome
	event string
}

// offer asks Qflow for an event's templates.
func (l *looks) offer(ctx context.Context, a *Account, event string) offered {
	if event == "" || a.Qflow == nil {
		return offered{}
	}
	key := a.Name() + " " + event
	l.mu.Lock()
	found, known := l.templates[key]
	l.mu.Unlock()
	if known && found.fresh() {
		return found
	}
	o := a.ask(ctx, event)
	if ctx.Err() != nil { // who asked has gone, and not Qflow
		return o
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.templates) >= mostPlans {
		clear(l.templates)
	}
	l.templates[key] = o
	return o
}

func (o offered) fresh() bool {
	keep := offeredFor
	if o.Why != "" {
		keep = offeredAgain
	}
	return time.Since(o.at) < keep
}

func (a *Account) ask(ctx context.Context, event string) offered {
	ctx, cancel := context.WithTimeout(ctx, offerTime)
	defer cancel()
	o := offered{event: event}
	if o.List, o.out, o.err = a.Templates(ctx, event); o.err != nil {
		o.Why = "Qflow does not say in time which templates this event has."
	} else if err := operate.Usable(event, nil, o.List, o.out); err != nil {
		o.Why = operate.Describe(err)
	} else if o.out.Kind != qflow.Accepted {
		o.Why = "Qflow does not say now which templates this event has: " + operate.Describe(o.out.Err())
	}
	o.at = time.Now()
	return o
}

// fault tells why the plan's templates cannot be used, as far as this answer does.
func (o offered) fault(p importer.Plan) string {
	if o.event == "" || o.err != nil {
		return ""
	}
	if err := operate.Usable(o.event, p.Uses[o.event], o.List, o.out); err != nil {
		return operate.Describe(err)
	}
	return ""
}
