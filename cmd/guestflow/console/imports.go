package console

import (
	"context"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/ledger"
)

const (
	// maxImports is how many are looked through for what they have in common, the newest first.
	maxImports = 500

	// importsPageSize is how many a page lists.
	importsPageSize = 100
)

// importsShown is a page of the list.
type importsShown struct {
	ledger.Page
	Pager pager
}

// importsPage lists imports.
func importsPage(ctx context.Context, r *request) (page, error) {
	after, before, err := r.cursors(importID)
	if err != nil {
		return page{}, err
	}
	list, err := r.Ledger.Page(ctx, after, before, importsPageSize)
	shown := importsShown{Page: list, Pager: pager{Items: "imports", Path: r.at("imports"), Newer: list.Newer, Older: list.Older}}
	return page{Template: "imports", Title: "Imports", Data: shown}, err
}

// importShown is one import's page.
type importShown struct {
	operate.Progress
	Verbs    []verbShown
	Audit    []operate.AuditEntry
	Chart    template.HTML
	Reasons  []ledger.ReasonLine
	Complete bool // they are all
}

// verbShown is a way to steer the import as it is now.
type verbShown struct {
	Verb operate.Verb
	Rows int
}

func importPage(ctx context.Context, r *request) (page, error) {
	p, err := r.Progress(ctx, r.PathValue("id"))
	if err != nil {
		return page{}, err
	}
	shown := importShown{Progress: p, Verbs: verbs(p.Import)}
	if shown.Reasons, shown.Complete, err = r.Reasons(ctx, p.Import); err != nil {
		return page{}, err
	}
	if !r.User.Guests {
		shown.Reasons = operate.RedactReasons(shown.Reasons)
	}
	history, err := r.Ledger.History(ctx, p.ID)
	if err != nil {
		return page{}, err
	}
	if !p.Done() {
		history = append(history, ledger.Moment{At: time.Now().UTC(), Counts: p.Counts})
	}
	shown.Chart = stateChart(history)
	shown.Audit, err = r.AuditLog(ctx, p.ID, 50)
	return page{Template: "import", Title: p.FileName(), Live: true, Data: shown}, err
}

// verbs are those that would change something.
func verbs(imp ledger.Import) (list []verbShown) {
	for _, v := range operate.Verbs() {
		if v.HasEffect(imp) {
			list = append(list, verbShown{Verb: v, Rows: v.Affected(imp)})
		}
	}
	return list
}

// steerShown asks before something is done.
type steerShown struct {
	Import ledger.Import
	Verb   operate.Verb
	Rows   int
}

// verbTexts are the verbs as they stand in a path and on a page.
var verbTexts = map[operate.Verb]struct {
	slug, label, question string
	danger                bool
}{
	operate.Pause:  {"pause", "Pause", "Stop this import until it is resumed? Calls that are on their way end normally.", false},
	operate.Resume: {"resume", "Resume", "Let this import go on?", false},
	operate.Cancel: {"cancel", "Cancel", "Stop this import for good? What was sent stays sent.", true},
	operate.Retry:  {"retry", "Try again", "Try what was refused and what failed every time once more?", false},
	operate.RetryUnknown: {"retry-unknown", "Try again, unknown ones too",
		"Try again also what may have been sent already? Look in Qflow first who has an email: some guests may get a second one.", true},
}

// verbOf finds a verb by its name in a path.
func verbOf(slug string) (operate.Verb, error) {
	for v, w := range verbTexts {
		if w.slug == slug {
			return v, nil
		}
	}
	return "", errNoPage
}

func steerPage(ctx context.Context, r *request) (page, error) {
	v, err := verbOf(r.PathValue("verb"))
	if err != nil {
		return page{}, err
	}
	if !r.User.Operator {
		return page{}, errOperator
	}
	imp, err := r.Ledger.Import(ctx, r.PathValue("id"))
	if err == nil {
		err = v.Allowed(imp)
	}
	return page{Template: "steer", Title: verbTexts[v].label, Data: steerShown{Import: imp, Verb: v, Rows: v.Affected(imp)}}, err
}

func steer(ctx context.Context, r *request) (next, done string, err error) {
	v, err := verbOf(r.PathValue("verb"))
	if err != nil {
		return "", "", err
	}
	id := r.PathValue("id")
	agreed, err := strconv.Atoi(r.PostFormValue("rows"))
	if err != nil {
		return "", "", &problem{http.StatusUnprocessableEntity, "Nothing was done", "The form does not say how many rows were shown. Open the import's page and choose there."}
	}
	story, err := r.Steer(ctx, r.actor(), v, id, agreed)
	return r.at("imports", id), story + ".", err
}
