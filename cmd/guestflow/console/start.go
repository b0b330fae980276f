package console

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/spool"
)

// startWait is how long a start waits for its file to be read. What was shown may be some minutes old; and the page of
// what waits shows what is known of a file without reading it, so that its approval is the first to do so.
const startWait = 5 * time.Second

// start begins the import that was shown, and no other.
func (s *Site) start(ctx context.Context, r *request) (next, done string, err error) {
	u, err := r.upload(ctx, r.PathValue("upload"))
	if err != nil {
		return "", "", err
	}
	if u.Started() { // pressed twice
		return r.startedAt(ctx, u), "", nil
	}
	if changed, _ := r.SettingsChanged(u.Record); len(changed) > 0 {
		return "", "", &problem{http.StatusConflict, "The settings have changed",
			"Nothing was begun: " + (&spool.ChangedError{Settings: changed}).Error() +
				". Restart guestflow run, which plans it anew, or approve it by guestflow approve with --settings now or before."}
	}
	shown := planShown{Upload: u, Values: r.User.Guests}
	if err := s.readFile(ctx, r, &shown, startWait); err != nil {
		return "", "", err
	}
	if shown.Reading != nil {
		return r.at("new", u.ID), "Nothing was begun: the file is still being read. Start it below once that is done.", nil
	}
	if shown.Fault == "" && shown.Plan != nil {
		err = r.compare(ctx, &shown)
	}
	if err == nil {
		err = r.checkConfirmed(shown)
	}
	if err != nil {
		return "", "", err
	}
	plan := *shown.Plan
	if r.PostFormValue("again") != "" && shown.Same != nil && !shown.Resumes {
		plan = plan.WithAgain(u.ID) // a second start of the same file is of the same import
	} else if shown.Resumes {
		plan, _ = plan.SameAs(*shown.Same)
	}
	if u.Origin.Door == spool.Console && u.Gate.Approval == "" && r.mayApprove(plan.Settings.Hold, u.Origin.By) != nil {
		return s.ask(ctx, r, u, plan)
	}
	return s.begin(ctx, r, u, plan)
}

// givenNow is when a list was given: an upload is, once it is started.
func givenNow(given time.Time) time.Time {
	if given.IsZero() {
		return time.Now().UTC().Truncate(time.Microsecond)
	}
	return given
}

// startedAt is the page of an import that another start has begun, or that of its file until it has.
func (r *request) startedAt(ctx context.Context, u upload) string {
	if _, err := r.Ledger.Import(ctx, u.Import); err != nil {
		return r.at("new", u.ID)
	}
	return r.at("imports", u.Import)
}

var errChanged = &problem{http.StatusConflict, "The preview has changed",
	"Something was changed since you looked, or other imports have had the same guests. Nothing was begun. Go back, read it again, and start then."}

// checkConfirmed wants a person to have seen and said what it takes.
func (r *request) checkConfirmed(p planShown) error {
	no := func(title, text string) error { return &problem{http.StatusConflict, title, text} }
	switch {
	case p.Fault != "" || p.Plan == nil:
		return no("The file cannot be imported as it is", p.Fault)
	case r.PostFormValue("seen") != p.Seen:
		return errChanged
	case p.Same != nil && !p.Resumes && r.PostFormValue("again") == "":
		return no("This file was imported already",
			"It is import "+p.Same.ID+". To import it once more, say so on the page of the preview.")
	case r.Live && r.PostFormValue("sure") == "":
		return no("This reaches real people", "Nothing was begun. Say on the page of the preview that you mean it.")
	}
	return nil
}

// readyTimeout is how long a person waits while Qflow is asked about every event of a file.
const readyTimeout = 30 * time.Second

func (r *request) ready(ctx context.Context, plan importer.Plan) (importer.Plan, error) {
	asking, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	plan, err := r.Ready(asking, plan)
	switch {
	case err == nil:
	case asking.Err() != nil && ctx.Err() == nil:
		err = &problem{http.StatusServiceUnavailable, "Nothing was imported",
			"Qflow does not say in time whether it knows these events and templates. Try again, or import the file by the command line, which waits longer."}
	case operate.IsInputError(err):
		err = &problem{http.StatusUnprocessableEntity, "Nothing was imported", operate.Describe(err)}
	}
	return plan, err
}

// begin approves the item and begins its import, so that the page of the import is there. From then on any process goes
// on with it.
func (s *Site) begin(ctx context.Context, r *request, u upload, plan importer.Plan) (next, done string, err error) {
	plan.Settings.Given = u.Given
	plan, err = r.ready(ctx, plan)
	if err != nil {
		return "", "", err
	}
	ctx = context.WithoutCancel(ctx) // a person who goes away now has begun it all the same
	id := plan.Import
	behind := r.Spools.LaterThan(ctx, u.Item, plan)
	decision := spool.Decision{
		Approval: r.approval(plan), Spec: plan.Settings.Spec, Events: plan.Events,
		Agree: func(now *spool.Record) error {
			if !reflect.DeepEqual(now.Spec, u.Spec) || now.NoEmail != u.NoEmail {
				return errChanged
			}
			now.Import, now.Plan = id, spool.PlanOf(plan)
			now.Given = givenNow(now.Given)
			if u.Origin.Door == spool.Console && u.Gate.Rules.None() {
				now.Gate.Rules = plan.Settings.Hold
			}
			return nil
		},
		Begin: func(path string) error {
			plan.Path = path
			imp, _, err := r.Begin(ctx, r.actor(), plan)
			if err == nil && imp.Stopped == ledger.StoppedCancelled {
				err = &problem{http.StatusConflict, "This import was cancelled",
					"It is import " + imp.ID + ". To import its file anew, say so on the page of the preview."}
			}
			id = imp.ID
			return err
		},
	}
	if behind != nil { // it is not begun, and waits
		decision.Begin = nil
	}
	start, err := u.Spool.Approve(ctx, u.ID, decision)
	if errors.Is(err, spool.ErrNotWaiting) { // another start was faster
		u, err = r.upload(ctx, u.ID)
		return r.startedAt(ctx, u), "", err
	}
	if err != nil {
		return "", "", decided(err)
	}
	if err := r.audited(ctx, u, id, start); err != nil {
		return "", "", err
	}
	r.Approved()
	if !start.IsZero() {
		return r.at("waiting"), u.Name + " starts by itself at its time. Until then it can be taken back.", nil
	}
	if behind != nil {
		return r.at("waiting"), u.Name + " " + behind.Why() + ".", nil
	}
	return r.at("imports", id), "The import has begun.", nil
}
