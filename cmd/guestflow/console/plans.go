package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
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
	planTime = 5 * time.Minute

	// peekTime is how long an upload is looked into before it is answered, most of it in a queue.
	peekTime = 2 * time.Second

	// planFor is how long a preview is shown again without reading the file again. What earlier imports have done, which it
	// compares with, changes meanwhile; an import itself looks anew.
	planFor = 5 * time.Minute

	// previewRows are the sample cells of each field.
	previewRows = 3
)

// looks remembers what was found out for pages, so that one that is loaded again costs nothing.
type looks struct {
	plans    *readings[look]
	searches *readings[asked]
	rows     *readings[placed]

	mu        sync.Mutex
	templates map[string]offered
}

// look is what is known of a file under some wish.
type look struct {
	importer.Progress
	Plan *importer.Plan // once it is read to its end
}

func newLooks(log *slog.Logger) *looks {
	return &looks{
		plans: newReadings[look](plansAtOnce, planTime, planFor, log), searches: newReadings[asked](searchesAtOnce, searchTime, searchFor, log),
		rows: newReadings[placed](searchesAtOnce, searchTime, searchFor, log), templates: map[string]offered{},
	}
}

// at tells how far a file is read for its preview. Whoever asks for the same at the same time looks at the same reading.
func (l *looks) at(ctx context.Context, u upload, to importer.Settings) (state[look], error) {
	return l.plan(ctx, glance, []any{u.ID, u.Wish, u.Silent, to.ShowValues}, func(ctx context.Context, tell func(look)) error {
		return readPlan(ctx, u.path(), to, tell)
	})
}

// peek does the same for a file of which only the beginning is looked at, since nothing else can be said.
func (l *looks) peek(ctx context.Context, u upload, sheet string, while time.Duration) (state[look], error) {
	return l.plan(ctx, while, []any{u.ID, sheet}, func(ctx context.Context, tell func(look)) error {
		header, sheets, err := peek(ctx, u.path(), unasked(table.Options{Sheet: sheet}))
		tell(look{Progress: importer.Progress{Header: header, Sheets: sheets}})
		return err
	})
}

func (l *looks) plan(ctx context.Context, while time.Duration, of []any, read func(context.Context, func(look)) error) (state[look], error) {
	name, err := json.Marshal(of)
	if err != nil {
		return state[look]{}, fmt.Errorf("name a preview: %w", err)
	}
	k, err := l.plans.begin(string(name), look{}, read)
	if err != nil {
		return state[look]{}, err
	}
	return l.plans.look(ctx, k, while)
}

// readPlan reads a file to its end, and tells of it from its header on.
func readPlan(ctx context.Context, path string, to importer.Settings, tell func(look)) error {
	var so look
	to.Progress = func(p importer.Progress) {
		so.Progress = p
		tell(so)
	}
	plan, err := importer.MakePlan(ctx, path, to)
	switch {
	case err == nil:
		so.Plan = &plan
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil:
		err = &problem{http.StatusUnprocessableEntity, "The file takes too long to be read", "Import it by the command line or the inbox, or split it."}
	case so.Header == nil: // its columns are not understood, and can be chosen
		so.Header, so.Sheets, _ = peek(ctx, path, unasked(to.Reading())) // the plan has told what is wrong
	}
	tell(so)
	return err
}

// unasked gives the options by which a file's header and sheets are shown whatever is in doubt about them.
func unasked(o table.Options) table.Options {
	o.Field, o.Hidden = nil, table.ReadHidden
	return o
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
func peek(ctx context.Context, path string, as table.Options) (header, sheets []string, err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("open an uploaded file: %w", err)
	}
	defer f.Close()
	t, err := table.Open(ctx, path, until{f, ctx}, as)
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

	// mostOffered is for how many events.
	mostOffered = 64

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
	if len(l.templates) >= mostOffered {
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
