package operate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"guestflow/importer"
	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
	"guestflow/qflow"
	"guestflow/worker/budget"
)

// Ready checks a plan before anything of it is started: whether the file is usable, whether an unfinished import of it
// is to be resumed instead, and whether Qflow knows its events and templates.
func (a *Account) Ready(ctx context.Context, plan importer.Plan) (importer.Plan, error) {
	var err error
	if plan.Settings.Compare == nil { // it was made before Redis was opened
		if plan, err = plan.Beside(ctx, a.Ledger); err != nil {
			return plan, err
		}
	}
	if err := plan.Refused(); err != nil {
		return plan, err
	}
	plan, err = a.asGiven(ctx, plan)
	if err != nil {
		return plan, err
	}
	if err := a.Preflight(ctx, &plan); err != nil {
		return plan, fmt.Errorf("nothing was imported: %w", err)
	}
	return plan, nil
}

// Begin creates the import of a plan that is ready, or finds the existing one. The importer enqueues its rows
// afterwards.
func (a *Account) Begin(ctx context.Context, who Actor, plan importer.Plan) (imp ledger.Import, created bool,
	err error) {
	err = a.Audited(ctx, who, "import", plan.Import, "", func() (string, error) {
		imp, created, err = a.Importer.Begin(ctx, plan)
		switch {
		case err != nil:
			return "", err
		case !created:
			return "", errUnchanged // it exists already
		}
		return fmt.Sprintf("started with %s: %s, %s", rows(imp.Rows), guests(plan.Guests), emails(plan.Emails)), nil
	})
	return imp, created, err
}

// resumeOpen returns the plan of an unfinished import of the same file in place of a further one. Without it a command
// that was killed and is typed again would leave the first import open, whose guests the second one would wait for; and
// two resends would each email them.
func (a *Account) resumeOpen(ctx context.Context, plan importer.Plan) (importer.Plan, error) {
	if plan.Settings.Again == "" {
		return plan, nil
	}
	imports, err := a.Ledger.Imports(ctx, 0)
	if err != nil {
		return plan, err
	}
	for _, i := range imports {
		if i.Done() || i.Stopped == ledger.StoppedCancelled || (i.ResendMark != "") != plan.Settings.Resend {
			continue
		}
		same, is := plan.SameAs(i)
		if !is {
			continue
		}
		since, superseded, err := plan.Superseded(ctx, a.Ledger, i)
		if superseded && plan.GivenAgain == nil {
			plan.GivenAgain = &since
		}
		if err != nil || !superseded {
			return same, err
		}
	}
	return plan, nil
}

// asGiven returns the plan as the import that does what its list says, which is given now: that may be an unfinished
// one of the same file, or a further one of a list that was imported before.
func (a *Account) asGiven(ctx context.Context, plan importer.Plan) (importer.Plan, error) {
	plan, err := a.resumeOpen(ctx, plan)
	if err != nil {
		return plan, err
	}
	return plan.AsGiven(ctx, a.Ledger, nil)
}

// Existing returns the plan as Begin takes it, which may be that of an unfinished import, and the import that it would
// find; nil if it would create one.
func (a *Account) Existing(ctx context.Context, plan importer.Plan) (importer.Plan, *ledger.Import, error) {
	plan, err := a.asGiven(ctx, plan)
	if err != nil {
		return plan, nil, err
	}
	imp, err := a.Ledger.Import(ctx, plan.Import)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return plan, nil, nil
	case err != nil:
		return plan, nil, err
	case imp.GivenUp: // a further one does what it has not done
		return plan, nil, nil
	}
	return plan, &imp, nil
}

// Preflight asks Qflow about every event and template of the plan, so that a wrong key or a misspelt template costs one
// call and not ten thousand refused guests. A closed gate is no error: the rows will wait for it. The plan has the
// names of its templates then.
func (a *Account) Preflight(ctx context.Context, plan *importer.Plan) error {
	for _, event := range plan.Events {
		list, out, err := a.Templates(ctx, event)
		if err != nil {
			return err
		}
		if err := CheckTemplates(event, plan.Uses[event], list, out); err != nil {
			if out.Kind == qflow.Refused && plan.Columns.FromHeader(columns.EventID) {
				err = fmt.Errorf("%w; %s", err, guest.ForeignEvent(plan.Columns.Headers[columns.EventID]))
			}
			return err
		}
		nameTemplates(plan, list)
	}
	return nil
}

// namingTimeout is how long Qflow is asked what the templates of a refused list are called. Without an answer they
// stand by their ids.
const namingTimeout = 5 * time.Second

// mostNamed is for how many events of a refused list Qflow is asked.
const mostNamed = 3

// NameTemplates gives the plan of a list that is refused the names of its templates, for what is said of it. No error
// of Qflow counts beside the reason of the refusal.
func (a *Account) NameTemplates(ctx context.Context, plan *importer.Plan) {
	if a.Qflow == nil || len(plan.Templates) == 0 {
		return
	}
	asking, cancel := context.WithTimeout(ctx, namingTimeout)
	defer cancel()
	for _, event := range plan.Events[:min(len(plan.Events), mostNamed)] {
		list, _, err := a.Templates(asking, event)
		if err != nil {
			return
		}
		nameTemplates(plan, list)
	}
}

func nameTemplates(plan *importer.Plan, list []qflow.Template) {
	for _, t := range list {
		if id := guest.CanonicalID(t.ID); t.Name != "" && slices.Contains(plan.Templates, id) {
			if plan.TemplateNames == nil {
				plan.TemplateNames = map[string]string{}
			}
			plan.TemplateNames[id] = t.Name
		}
	}
}

// Templates asks Qflow for an event's templates: the call that distinguishes wrong credentials, a wrong key, an unknown
// event and a missing right before any guest is touched. A token that has just expired is worth a second try.
func (a *Account) Templates(ctx context.Context, event string) (list []qflow.Template, out qflow.Outcome, err error) {
	for range 2 {
		if out = a.Qflow.Prepare(ctx); out.Kind == qflow.NoToken { // no call was made, so no slot is booked
			return nil, out, nil
		}
		if err := a.Budget.Wait(ctx, nil, "commands", budget.API); err != nil {
			return nil, out, err
		}
		list, out = a.Qflow.Templates(ctx, event)
		if out.Kind != qflow.Unauthorized {
			break
		}
	}
	return list, out, nil
}

// shownEvent returns how an error, which is logged, calls an event. What its column has instead of an id may be a name.
func shownEvent(event string) string {
	if !strings.ContainsAny(event, "0123456789") || looksLikeText(event) {
		return "the event, which is not named here since it does not look like an id"
	}
	return "the event " + event
}

// shownTemplate returns how an error calls a template, by the same rule; one without digits may have been typed.
func shownTemplate(id string) string {
	if looksLikeText(id) {
		return "template like the one that is given, which is not named here since it does not look like an id"
	}
	return "template " + id
}

func looksLikeText(id string) bool {
	return strings.Contains(id, "@") || strings.ContainsFunc(id, unicode.IsSpace)
}

// CheckTemplates returns why an event and the wanted templates of it cannot be used, judging by the result of
// Templates, or nil.
func CheckTemplates(event string, wanted []string, list []qflow.Template, out qflow.Outcome) error {
	switch out.Kind {
	case qflow.Accepted:
		return checkKnown(event, wanted, list)
	case qflow.GateClosed, qflow.RateLimited:
		return nil
	case qflow.Refused:
		return fmt.Errorf("%s: %w", shownEvent(event), out.Err())
	case qflow.Unauthorized, qflow.KeyRefused, qflow.Transient, qflow.Ambiguous, qflow.NoToken:
	}
	return out.Err()
}

func checkKnown(event string, wanted []string, list []qflow.Template) error {
	for _, id := range wanted {
		if !slices.ContainsFunc(list, func(t qflow.Template) bool { return strings.EqualFold(t.ID, id) }) {
			no := qflow.Outcome{Kind: qflow.Refused, Status: 404, Code: "unknown_template",
				Text: fmt.Sprintf("%s has no %s", shownEvent(event), shownTemplate(id))}
			return no.Err()
		}
	}
	return nil
}

// CostText is what an import takes, in a sentence.
func CostText(p importer.Plan, limits budget.Limits) string {
	text := fmt.Sprintf("%s, %s, at least %s, about %s; %d of %s rejected", guests(p.Guests), emails(p.Emails),
		plural.Of(p.Calls, "call", "calls"), DurationText(p, limits), p.Rejected, rows(p.Rows)) + FilteredText(p.Filtered)
	if w := WindowOfSpec(p.Settings.Spec, time.Now()); w != nil && p.Emails > 0 {
		text += "; emails leave " + w.Text()
	}
	return text
}

// FilteredText says how many rows the rule of an import leaves out, if any.
func FilteredText(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d left out by the rule", n)
}

func guests(n int) string { return plural.Of(n, "guest", "guests") }
func emails(n int) string { return plural.Of(n, "email", "emails") }

// DurationText is how long an import takes at some limits, if nothing else is running.
func DurationText(p importer.Plan, limits budget.Limits) string {
	minutes := 0.0
	if limits.API > 0 {
		minutes = float64(p.Calls) / float64(limits.API)
	}
	if limits.Email > 0 {
		minutes = max(minutes, float64(p.Emails)/float64(limits.Email))
	}
	if minutes < 1 {
		return "a minute or less"
	}
	return time.Duration(minutes * float64(time.Minute)).Round(time.Minute).String()
}

// IsInputError reports whether an error of Ready or Begin is about the file or its settings, and not about this
// process.
func IsInputError(err error) bool {
	_, file := errors.AsType[*importer.FileError](err)
	_, rejects := errors.AsType[*importer.RejectsError](err)
	_, answer := errors.AsType[*qflow.Error](err)
	return file || rejects || answer
}
