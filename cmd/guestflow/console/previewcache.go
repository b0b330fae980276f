package console

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/rows"
	"guestflow/importer/spec"
	"guestflow/importer/table"
	"guestflow/qflow"
)

const (
	// maxPreviews is how many files are read at a time for previews: each takes a core for a second in 300,000 rows,
	// and workers may be in the same process.
	maxPreviews = 2

	// previewTimeout bounds one preview. A small archive may unpack to gigabytes.
	previewTimeout = 5 * time.Minute

	// peekTimeout is how long an upload's first lines are read before it is answered, most of it in the queue.
	peekTimeout = 2 * time.Second

	// previewTTL is how long a preview is reused without reading the file again. The earlier imports that it compares
	// with change meanwhile; the import itself compares again.
	previewTTL = 5 * time.Minute

	// previewRows are the sample cells of each field.
	previewRows = 3
)

// previewCache keeps results for pages, so that reloading one costs nothing.
type previewCache struct {
	previews *jobs[preview]
	searches *jobs[guestSearch]
	rows     *jobs[locatedRow]

	comparisons *jobs[operate.Crosscheck]
	emails      *jobs[operate.EmailPreview]
	names       *jobs[templateOffer]

	mu        sync.Mutex
	templates map[string]templateOffer
}

// preview is what is known of a file with some settings.
type preview struct {
	importer.Progress
	Plan *importer.Plan // once it is read to its end
}

func newPreviewCache(log *slog.Logger) *previewCache {
	return &previewCache{
		previews: newJobs[preview](maxPreviews, previewTimeout, previewTTL, log),
		searches: newJobs[guestSearch](maxSearches, searchTimeout, searchTTL, log),
		rows:     newJobs[locatedRow](maxSearches, searchTimeout, searchTTL, log), templates: map[string]templateOffer{},

		comparisons: newJobs[operate.Crosscheck](maxComparisons, compareTimeout, compareTTL, log),
		emails:      newJobs[operate.EmailPreview](maxSearches, resendTimeout, templatesTTL, log), // with their templates
		names:       newJobs[templateOffer](maxComparisons, templatesTimeout, namesTTL, log),
	}
}

// preview returns the progress of a file's preview after a while, or when it is whole. Concurrent requests for the same
// one share a job.
func (l *previewCache) preview(ctx context.Context, u upload, to importer.Settings,
	while time.Duration) (jobState[preview], error) {
	return l.run(ctx, while, []any{u.ID, u.Request(), u.NoEmail, to.ShowValues},
		func(ctx context.Context, tell func(preview)) error {
			return readPlan(ctx, u.Path, to, tell)
		})
}

// peek is preview for a file of which only the beginning is read, since its settings are invalid.
func (l *previewCache) peek(ctx context.Context, u upload, sheet string, while time.Duration) (jobState[preview],
	error) {
	return l.run(ctx, while, []any{u.ID, sheet}, func(ctx context.Context, tell func(preview)) error {
		header, sheets, err := peek(ctx, u.Path, lenient(table.Options{Sheet: sheet}))
		tell(preview{Progress: importer.Progress{Header: header, Sheets: sheets}})
		return err
	})
}

func (l *previewCache) run(ctx context.Context, while time.Duration, of []any,
	read func(context.Context, func(preview)) error) (jobState[preview], error) {
	name, err := json.Marshal(of)
	if err != nil {
		return jobState[preview]{}, fmt.Errorf("name a preview: %w", err)
	}
	k, err := l.previews.start(string(name), preview{}, read)
	if err != nil {
		return jobState[preview]{}, err
	}
	return l.previews.wait(ctx, k, while)
}

// readPlan reads a file to its end, and reports progress from its header on.
func readPlan(ctx context.Context, path string, to importer.Settings, tell func(preview)) error {
	var so preview
	to.Progress = func(p importer.Progress) {
		so.Progress = p
		tell(so)
	}
	plan, err := importer.MakePlan(ctx, path, to)
	switch {
	case err == nil:
		so.Plan = &plan
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil:
		err = &problem{http.StatusUnprocessableEntity, "The file takes too long to be read",
			"Import it by the command line or the inbox, or split it."}
	case so.Header == nil: // its columns are not understood, and can be chosen
		// the plan has returned the error
		so.Header, so.Sheets, _ = peek(ctx, path, lenient(rows.TableOptions(to.Reading)))
	}
	tell(so)
	return err
}

// lenient returns the options that read a file's header and sheets in spite of open questions.
func lenient(o table.Options) table.Options {
	o.Field, o.Hidden = nil, table.ReadHidden
	return o
}

// contextReader reads until its context ends.
type contextReader struct {
	io.Reader
	ctx context.Context // for readers that take no context
}

func (u contextReader) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.Reader.Read(p)
}

// peek returns a file's header and sheets, even if its columns are not recognised.
func peek(ctx context.Context, path string, as table.Options) (header, sheets []string, err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("open an uploaded file: %w", err)
	}
	defer f.Close()
	t, err := table.Open(ctx, path, contextReader{f, ctx}, as)
	if ctx.Err() != nil && err != nil { // the error is not the file's
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
	// templatesTTL is how long an event's templates are reused without asking Qflow again.
	templatesTTL = time.Minute

	// templatesRetry is the same after a failure.
	templatesRetry = 10 * time.Second

	// maxTemplateLists is the number of events whose templates are kept, with their texts: of 4 MiB an event at most.
	maxTemplateLists = 16

	// templatesTimeout is how long a page waits for them: it works without.
	templatesTimeout = 5 * time.Second
)

// templateOffer are an event's templates, or why there are none to choose from.
type templateOffer struct {
	List []qflow.Template
	Why  string

	at    time.Time
	err   error
	out   qflow.Outcome
	event string
}

// offerTemplates asks Qflow for an event's templates.
func (l *previewCache) offerTemplates(ctx context.Context, a *Account, event string) templateOffer {
	if event == "" || a.Qflow == nil {
		return templateOffer{}
	}
	key := a.Name() + " " + event
	l.mu.Lock()
	found, known := l.templates[key]
	l.mu.Unlock()
	if known && found.fresh() {
		return found
	}
	o := a.ask(ctx, event)
	if ctx.Err() != nil { // the client is gone, and Qflow did not fail
		return o
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.templates) >= maxTemplateLists {
		clear(l.templates)
	}
	l.templates[key] = o
	return o
}

func (o templateOffer) fresh() bool {
	keep := templatesTTL
	if o.Why != "" {
		keep = templatesRetry
	}
	return time.Since(o.at) < keep
}

func (a *Account) ask(ctx context.Context, event string) templateOffer {
	ctx, cancel := context.WithTimeout(ctx, templatesTimeout)
	defer cancel()
	o := templateOffer{event: event}
	if o.List, o.out, o.err = a.Templates(ctx, event); o.err != nil {
		o.Why = "Qflow does not say in time which templates this event has."
	} else if err := operate.CheckTemplates(event, nil, o.List, o.out); err != nil {
		o.Why = operate.Describe(err)
	} else if o.out.Kind != qflow.Accepted {
		o.Why = "Qflow does not say now which templates this event has: " + operate.Describe(o.out.Err())
	}
	o.at = time.Now()
	return o
}

// resolve puts the id of a template into a spec that names it. It returns why there is none; "" if there is.
func (o templateOffer) resolve(s *spec.Spec) (fault string) {
	if o.event == "" { // Qflow is not asked
		return ""
	}
	if o.Why != "" {
		return fmt.Sprintf("the template %q is not an id, and its name cannot be looked up: %s", s.Template, o.Why)
	}
	id, err := operate.PickTemplate(o.event, s.Template, o.List)
	if err != nil {
		return operate.Describe(err)
	}
	s.Template = id
	return ""
}

// fault returns why the plan's templates cannot be used; "" if that is unknown.
func (o templateOffer) fault(p importer.Plan) string {
	if o.event == "" || o.err != nil {
		return ""
	}
	if err := operate.CheckTemplates(o.event, p.Uses[o.event], o.List, o.out); err != nil {
		return operate.Describe(err)
	}
	return ""
}

// doubts are about the tokens of the plan's templates, such as that no column fills one.
func (o templateOffer) doubts(p importer.Plan) (list []string) {
	for _, t := range o.List {
		if !slices.ContainsFunc(p.Uses[o.event], func(id string) bool { return strings.EqualFold(id, t.ID) }) {
			continue
		}
		for _, doubt := range operate.TemplateDoubts(p, t) {
			list = append(list, cmp.Or(t.Name, t.ID)+": "+doubt)
		}
	}
	return list
}
