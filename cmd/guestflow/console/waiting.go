package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/hold"
	"guestflow/importer/spool"
	"guestflow/worker/budget"
)

// waitingShown is what waits for an answer, for approval or for its start time.
type waitingShown struct {
	Items     []waitingItem
	Elsewhere []operate.Elsewhere // files that cannot be shown here
}

// waitingItem is a file that waits, and what can be done about it.
type waitingItem struct {
	upload
	Seen     string // what approving it is to be about
	Duration string // that its import takes
	Refused  string // why this user may not approve it
	Changed  string // which settings of its profile were changed since it was looked at
	Again    bool   // it asks for a further import, which its own page says

	Window *operate.Window // in which its emails leave; nil for at any time
}

func waitingPage(ctx context.Context, r *request) (page, error) {
	state, err := r.Budget.State(ctx)
	if err != nil {
		return page{}, err
	}
	limits := budget.Limits{API: state.APILimit, Email: state.EmailLimit}
	found, err := r.places(ctx)
	if err != nil {
		return page{}, err
	}
	shown := waitingShown{Elsewhere: found.Elsewhere}
	for _, u := range r.uploads(ctx) {
		shown.Items = append(shown.Items, r.waitingItem(u, limits))
	}
	return page{Template: "waiting", Title: "Waiting", Live: true, Data: shown}, nil
}

func (r *request) waitingItem(u upload, limits budget.Limits) waitingItem {
	shown := waitingItem{upload: u, Again: u.Request().Again != ""}
	if changed, _ := r.SettingsChanged(u.Record); len(changed) > 0 {
		shown.Changed = (&spool.ChangedError{Settings: changed}).Error()
	}
	if err := r.mayApprove(u.Gate.Rules, u.Origin.By); err != nil {
		shown.Refused = err.Error()
	}
	if p := u.Plan; p != nil {
		plan := importer.Plan{Import: p.Import, Guests: p.Guests, Emails: p.Emails, Calls: p.Calls}
		shown.Seen, shown.Duration = fingerprint(plan), operate.DurationText(plan, limits)
		shown.Window = operate.WindowOfSpec(u.Request(), time.Now())
	}
	return shown
}

// mayApprove returns why the request's user may not approve what another has brought, or nil.
func (r *request) mayApprove(rules hold.Rules, brought string) error {
	if !rules.ByOther() || hold.MayApprove(brought, r.User.Name, r.User.Name != access.NoLogin) {
		return nil
	}
	if r.User.Name == access.NoLogin {
		return errNoLogins
	}
	return &spool.OtherError{Brought: brought}
}

// errNoLogins is why a console without logins approves nothing that another operator has to.
var errNoLogins = &problem{http.StatusForbidden, "Another operator has to approve it",
	"This console has no logins, so it is not known who " +
		"approves (approve_by: other). Another user of the host approves it by guestflow approve, or set up logins: guestflow user add."}

// Waits says why it waits, in two or three words.
func (i waitingItem) Waits() string {
	switch {
	case i.Item.Question != "":
		return "Waits for an answer"
	case i.Gate.Approval != "":
		return "Waits for approval"
	case i.Behind():
		return "Waits for a later list"
	case i.Scheduled():
		return "Starts by itself"
	}
	return "Not started"
}

// Undo reports whether its import can be taken back for a while, rather than that it has a start time of its own.
func (i waitingItem) Undo() bool { return i.Gate.Rules.Undo != "" && i.Gate.Rules.StartAt == "" }

// Year is that of its start time, if it is another than this one.
func (i waitingItem) Year() int {
	if start := i.Gate.Start.Year(); start != time.Now().Year() {
		return start
	}
	return 0
}

// approval is that of the request's user, for the file that a plan is of.
func (r *request) approval(plan importer.Plan) spool.Approval {
	return spool.Approval{
		By: r.User.Name, SHA256: plan.SHA256, Login: r.User.Name != access.NoLogin, Now: r.PostFormValue("now") != "",
	}
}

// startText says when an import begins that is started now, or "" for at once.
func (a *Account) startText(plan importer.Plan) string {
	rules := plan.Settings.Hold
	zone, err := plan.Settings.Location()
	if err != nil {
		return ""
	}
	start, err := rules.Start(zone, time.Now())
	switch {
	case err != nil || start.IsZero():
		return ""
	case rules.StartAt == "":
		return "It begins " + rules.Undo + " after it was started, and can be taken back until then."
	}
	return "It begins at " + a.Clock(start) + ", and can be taken back until then."
}

// ask has an upload wait for another operator, since who brought it may not approve it.
func (s *Site) ask(ctx context.Context, r *request, u upload, plan importer.Plan) (next, done string, err error) {
	plan, err = r.ready(ctx, plan)
	if err != nil {
		return "", "", err
	}
	reason, err := r.Reason(ctx, plan, plan.Settings.Hold)
	if err != nil {
		return "", "", err
	}
	err = r.Audited(ctx, r.actor(), "ask for approval", u.ID, u.Name, func() (string, error) {
		return "waits for another operator", u.Spool.Amend(ctx, u.ID, func(now *spool.Record) {
			now.Spec, now.Plan = &plan.Settings.Spec, spool.PlanOf(plan)
			now.Gate.Rules, now.Gate.Approval = plan.Settings.Hold, reason
			now.Given = givenNow(now.Given)
		})
	})
	return r.at("waiting"), u.Name + " waits for another operator's approval.", decided(err)
}

// audited writes down who has approved a file that waited.
func (r *request) audited(ctx context.Context, u upload, importID string, start time.Time) error {
	if start.IsZero() && u.Gate.Approval == "" && !u.Scheduled() { // a start, which is the import's own entry
		return nil
	}
	return r.Audited(ctx, r.actor(), "approve", u.ID, u.Name+" "+u.Why(), func() (string, error) {
		if start.IsZero() {
			return "import " + importID, nil
		}
		return fmt.Sprintf("import %s, starts at %s", importID, start.UTC().Format(time.RFC3339)), nil
	})
}

// holdItem has a file wait for approval that waits for its start time.
func holdItem(ctx context.Context, r *request) (next, done string, err error) {
	u, err := r.upload(ctx, r.PathValue("upload"))
	if err != nil {
		return "", "", err
	}
	err = r.Audited(ctx, r.actor(), "hold", u.ID, u.Name+" "+u.Why(), func() (string, error) {
		return "waits for approval", u.Spool.Hold(ctx, u.ID, r.User.Name)
	})
	return r.at("waiting"), u.Name + " is held: nothing of it is imported until it is approved.", decided(err)
}

// decided makes a problem of an error that says why a decision is not possible.
func decided(err error) error {
	_, other := errors.AsType[*spool.OtherError](err)
	switch {
	case other:
		return &problem{http.StatusForbidden, "Another operator has to approve it", err.Error()}
	case errors.Is(err, spool.ErrChanged):
		return errChanged
	case errors.Is(err, spool.ErrNotWaiting), errors.Is(err, spool.ErrImporting):
		return &problem{http.StatusConflict, "This file no longer waits",
			"It is being imported, or was removed. See the imports."}
	}
	return err
}
