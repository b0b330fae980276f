package operate

import (
	"context"
	"errors"
	"slices"
	"time"

	"guestflow/importer"
	"guestflow/importer/hold"
	"guestflow/importer/ledger"
	"guestflow/importer/spool"
	"guestflow/importer/suppression"
	"guestflow/qflow"
)

// preflightTimeout is how long the import of a file waits while Qflow is asked about its events. Without an answer it
// begins: its rows wait for Qflow like all others.
const preflightTimeout = 30 * time.Second

// Consume imports a file of a spool, from its plan to the last of its rows in a queue. It may be killed at any point
// and called again, here or in another process: what is there already is gone on with.
func (a *Account) Consume(ctx context.Context, path string, to importer.Settings) (spool.Result, error) {
	if to.Admit != nil { // a person goes by what would be sent
		to.Suppressed = suppression.For(a.Ledger).Check
	}
	plan, err := a.planNamed(ctx, path, to)
	defer func() { plan.Close() }()
	if err == nil {
		plan, err = plan.AsGiven(ctx, a.Ledger, func(i ledger.Import) bool { return spool.SameItem(i.Source, path) })
	}
	planned := plannedOf(plan, err)
	if err == nil {
		if err = plan.Refused(); err != nil {
			a.NameTemplates(ctx, &plan)
			planned = plannedOf(plan, nil)
		}
	}
	if err == nil {
		err = a.refusedByQflow(ctx, &plan)
		planned = plannedOf(plan, nil)
	}
	if err == nil {
		err = a.admitted(ctx, plan)
	}
	if err == nil {
		err = a.inTurn(ctx, plan)
	}
	if rejects, held := errors.AsType[*importer.RejectsError](err); held { // for a person to decide
		err = &importer.FileError{Path: path, Problem: rejects.Problem(), Advice: rejects.Advice()}
	}
	if err != nil {
		return spool.Result{Plan: planned}, err
	}
	imp, created, err := a.Importer.Begin(ctx, plan)
	if err != nil {
		return spool.Result{}, err
	}
	err = a.Importer.Run(ctx, plan, imp)
	cancelled := errors.Is(err, importer.ErrCancelled)
	if err != nil && !cancelled {
		return spool.Result{}, err
	}
	r := a.ResultOf(ctx, plan, imp, created)
	r.Plan = planned
	r.Cancelled = r.Cancelled || cancelled
	r.Resumed = r.Resumed && !cancelled
	if !r.Cancelled {
		ours := created || r.Resumed || spool.SameItem(imp.Source, path)
		r.Question, r.Held, err = a.HeldRows(ctx, plan, imp, ours)
	}
	return r, err
}

// plannedOf is what a record keeps of a plan, nil if it could not be made.
func plannedOf(plan importer.Plan, err error) *spool.Plan {
	if err != nil {
		return nil
	}
	return spool.PlanOf(plan)
}

// planNamed makes the plan of a file whose template may be given by name. Without an answer the file is tried again
// later: it cannot be known which email is meant.
func (a *Account) planNamed(ctx context.Context, path string, to importer.Settings) (plan importer.Plan, err error) {
	asking, cancel := context.WithTimeout(ctx, preflightTimeout)
	defer cancel()
	if to.Spec, err = a.ResolveTemplate(asking, to.Spec); err != nil {
		return plan, qflowRefuses(path, err)
	}
	to.Keep = true
	return a.Plan(ctx, path, to)
}

// qflowRefuses returns an error as one of the file, if it is that Qflow does not know its event or template.
func qflowRefuses(path string, err error) error {
	answer, is := errors.AsType[*qflow.Error](err)
	if !is || answer.Outcome.Kind != qflow.Refused {
		return err
	}
	return &importer.FileError{
		Path: path, Problem: "Qflow refuses it: " + Describe(err),
		Advice: "correct the event or the template, in the file or in its profile", Cause: err,
	}
}

// ResultOf is what becomes of a file whose import was as Begin returned it, and whose rows are all enqueued by now.
func (a *Account) ResultOf(ctx context.Context, plan importer.Plan, imp ledger.Import, created bool) spool.Result {
	return spool.Result{
		Import: imp.ID, Rows: plan.Rows, Rejected: plan.Rejected, Filtered: plan.Filtered,
		Known: !created, Resumed: !created && imp.Enqueued*imp.Chunk < imp.Rows,
		Cancelled: imp.Stopped == ledger.StoppedCancelled, Source: imp.Source,
		SetSource: func(id, to string) error { return a.Ledger.SetSource(ctx, id, to) },
	}
}

// admitted returns why a new import is not to begin yet, or nil. One that has begun goes on.
func (a *Account) admitted(ctx context.Context, plan importer.Plan) error {
	if plan.Settings.Admit == nil {
		return nil
	}
	if _, err := a.Ledger.Import(ctx, plan.Import); !errors.Is(err, ledger.ErrNotFound) {
		return err
	}
	return plan.Settings.Admit(ctx, plan, func() (bool, error) { return a.firstOf(ctx, plan.Settings.Profile) })
}

// inTurn returns why a new import is not to begin before a list that came later, or nil.
func (a *Account) inTurn(ctx context.Context, plan importer.Plan) error {
	if plan.Settings.GiveWay == nil {
		return nil
	}
	if _, err := a.Ledger.Import(ctx, plan.Import); !errors.Is(err, ledger.ErrNotFound) {
		return err
	}
	return plan.Settings.GiveWay(ctx, plan)
}

// firstOf reports whether no import was made under a profile, as far as the ledger goes back; those that were cancelled
// do not count. Without a profile there is no first one.
func (a *Account) firstOf(ctx context.Context, profile string) (bool, error) {
	if profile == "" {
		return false, nil
	}
	imports, err := a.Ledger.Imports(ctx, 0)
	before := slices.ContainsFunc(imports, func(i ledger.Import) bool {
		return i.Profile == profile && i.Stopped != ledger.StoppedCancelled
	})
	return !before && err == nil, err
}

// Reason returns why a plan waits for approval by some rules, or "".
func (a *Account) Reason(ctx context.Context, plan importer.Plan, rules hold.Rules) (string, error) {
	return rules.Reason(hold.Facts{
		Guests: plan.Affected(), First: func() (bool, error) { return a.firstOf(ctx, plan.Settings.Profile) },
	})
}

// refusedByQflow returns a *importer.FileError for a new import whose events or templates Qflow does not know.
func (a *Account) refusedByQflow(ctx context.Context, plan *importer.Plan) error {
	if _, err := a.Ledger.Import(ctx, plan.Import); !errors.Is(err, ledger.ErrNotFound) || a.Qflow == nil {
		return err
	}
	asking, cancel := context.WithTimeout(ctx, preflightTimeout)
	defer cancel()
	err := qflowRefuses(plan.Path, a.Preflight(asking, plan))
	if _, is := errors.AsType[*importer.FileError](err); is {
		return err
	}
	return ctx.Err()
}
