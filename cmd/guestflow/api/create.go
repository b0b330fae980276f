package api

import (
	"context"
	"errors"
	"net/http"
	"os"
	"time"

	"guestflow/cmd/guestflow/console/access"
	"guestflow/importer"
	"guestflow/importer/hold"
	"guestflow/importer/ledger"
	"guestflow/importer/spool"
)

// createdView is what became of a list that was sent.
type createdView struct {
	Import  string       `json:"import"` // its id; of a list that waits or of a dry run, the id that it has once it begins
	State   string       `json:"state"`  // started, known, waiting or dry_run
	Plan    *planView    `json:"plan,omitempty"`
	Waiting *waitingView `json:"waiting,omitempty"`
}

// waitingView says for what a list waits.
type waitingView struct {
	ID     string    `json:"id"` // of the file, for guestflow approve and discard
	Why    string    `json:"why"`
	Starts time.Time `json:"starts,omitzero"`
}

// planView is what an import does, without guests' data.
type planView struct {
	Rows       int                `json:"rows"`
	Rejected   int                `json:"rejected"`
	Filtered   int                `json:"filtered"`
	Guests     int                `json:"guests"`
	Emails     int                `json:"emails"`
	Suppressed int                `json:"suppressed"` // guests whose address is not mailed any more
	Near       int                `json:"near_misses"`
	Compared   *importer.Compared `json:"compared,omitempty"`
	Findings   []findingView      `json:"findings"` // what is wrong with the first rejected rows
	Events     []string           `json:"events,omitempty"`
}

type findingView struct {
	Row  int    `json:"row"`
	Line int    `json:"line"`
	Code string `json:"code"`
	Text string `json:"text"`
}

func planOf(p importer.Plan) *planView {
	v := planView{
		Rows: p.Rows, Rejected: p.Rejected, Filtered: p.Filtered, Guests: p.Guests, Emails: p.Emails,
		Suppressed: p.Suppressed.Total(),
		Compared:   p.Compared, Findings: make([]findingView, len(p.Findings)), Events: p.Events,
	}
	if p.Near != nil {
		v.Near = p.Near.Total()
	}
	for n, f := range p.Findings {
		v.Findings[n] = findingView{f.Row, f.Line, string(f.Code), f.Text}
	}
	return &v
}

// createImport takes a list, and begins its import, or has it wait, or says what would happen.
func (a *API) createImport(ctx context.Context, c *call) (*answer, error) {
	select {
	case a.arriving <- struct{}{}:
		defer func() { <-a.arriving }()
	default:
		return nil, &access.Problem{Title: "Busy", Status: http.StatusServiceUnavailable,
			Detail: "Other lists are being received. Try again in some seconds."}
	}
	got, err := c.receive()
	defer func() { _ = os.Remove(got.path) }() // gone by then if all is well
	if err != nil {
		return nil, err
	}
	return c.once(ctx, got, func() (*answer, error) { return c.create(ctx, got) })
}

func (c *call) create(ctx context.Context, got received) (*answer, error) {
	plan, err := c.plan(ctx, got)
	if err == nil {
		err = plan.Refused()
	}
	if err == nil && !got.DryRun {
		plan, err = c.Ready(ctx, plan)
	}
	if err != nil {
		return nil, err
	}
	if got.DryRun {
		if err := c.Preflight(ctx, &plan); err != nil {
			return nil, err
		}
		return &answer{body: createdView{Import: plan.Import, State: "dry_run", Plan: planOf(plan)}}, nil
	}
	known, err := c.known(ctx, plan)
	if known != nil || err != nil {
		return known, err
	}
	return c.put(context.WithoutCancel(ctx), got, plan) // a program that goes away now has begun it all the same
}

// known answers a list that was imported before, unless its import was never enqueued to its end.
func (c *call) known(ctx context.Context, plan importer.Plan) (*answer, error) {
	imp, err := c.Ledger.Import(ctx, plan.Import)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case imp.Stopped == ledger.StoppedCancelled:
		return nil, &access.Problem{Title: "Cancelled before", Status: http.StatusConflict, Import: imp.ID,
			Detail: "The import of this list was cancelled for good. To import it anew, send it with again."}
	case imp.Counts[ledger.New] > 0:
		return nil, nil
	}
	return &answer{location: Path + "/imports/" + imp.ID,
		body: createdView{Import: imp.ID, State: "known", Plan: planOf(plan)}}, nil
}

// plan reads the list beside what earlier imports have done.
func (c *call) plan(ctx context.Context, got received) (importer.Plan, error) {
	asked := got.spec()
	if got.Again {
		asked.Again = c.Header.Get(keyHeader) // a repeated request is of the same import
	}
	to, err := c.Settings(asked)
	if err != nil {
		return importer.Plan{}, wrong("", err.Error()+".")
	}
	to.Again = asked.Again
	if got.Hold {
		to.Hold = hold.Rules{Hold: "always"}.Over(to.Hold)
	}
	if to.Spec, err = c.ResolveTemplate(ctx, to.Spec); err != nil {
		return importer.Plan{}, err
	}
	return c.Plan(ctx, got.path, to)
}

// put moves the list into the spool, where its import begins, or waits for a person or its time.
func (c *call) put(ctx context.Context, got received, plan importer.Plan) (*answer, error) {
	reason, err := c.Reason(ctx, plan, plan.Settings.Hold)
	if err != nil {
		return nil, err
	}
	record := spool.Record{
		Name: got.Name, Origin: spool.Origin{Door: spool.API, By: c.User.Name}, Spec: &plan.Settings.Spec,
		Plan: spool.PlanOf(plan), Gate: spool.Gate{Rules: plan.Settings.Hold, Approval: reason},
	}
	record.Standing = c.StandingOf(plan.Settings.Profile)
	id, err := c.Spool.Put(got.path, record, spool.Waiting)
	if err != nil {
		return nil, err
	}
	made := createdView{Import: plan.Import, State: "waiting", Plan: planOf(plan),
		Waiting: &waitingView{ID: id, Why: record.Why()}}
	if reason == "" {
		made, err = c.begin(ctx, id, plan, made)
	}
	if err != nil { // the program sends it again; one that was begun all the same stays
		_ = c.Spool.Discard(id)
	}
	if err == nil && made.State == "waiting" { // a start is audited by itself
		err = c.Audited(ctx, c.actor(), "import", plan.Import, "",
			func() (string, error) { return made.Waiting.Why + ", as file " + id, nil })
	}
	return &answer{status: http.StatusAccepted, location: Path + "/imports/" + plan.Import, body: made}, err
}

// begin begins an import that needs no approval, at once or at its start time.
func (c *call) begin(ctx context.Context, id string, plan importer.Plan, made createdView) (createdView, error) {
	start, err := c.Spool.Approve(ctx, id, spool.Decision{
		Approval: spool.Approval{By: c.User.Name, SHA256: plan.SHA256}, Spec: plan.Settings.Spec,
		Agree: func(now *spool.Record) error { now.Import = plan.Import; return nil },
		Begin: func(path string) error {
			plan.Path = path
			_, _, err := c.Begin(ctx, c.actor(), plan)
			return err
		},
	})
	if err != nil {
		return made, err
	}
	c.Approved()
	if start.IsZero() {
		made.State, made.Waiting = "started", nil
		return made, nil
	}
	made.Waiting.Starts, made.Waiting.Why = start, "starts by itself"
	return made, nil
}
