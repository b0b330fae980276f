package main

import (
	"context"
	"fmt"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/exit"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/store"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer"
	"guestflow/importer/hold"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
	"guestflow/importer/spool"
	"guestflow/importer/suppression"
)

func (c *importCommand) dry() bool { return c.DryRun || c.Preview > 0 }

// dryRun prints what an import would do. It returns the error that the import would, as far as files, Redis, events and
// templates decide that: what becomes of rows that were enqueued is not known before.
func (c *importCommand) dryRun(ctx context.Context, s *config.Settings, to importer.Settings,
	std terminal.Output) error {
	to.PreviewRows, to.ShowValues = c.Preview, true
	a, closed := program.OpenDry(ctx, s)
	if closed != nil { // an import reads the files first, and fails by them first
		a = &program.Account{Settings: s}
	}
	defer a.Close()
	if a.Ledger != nil && a.Store.Kind != store.Embedded {
		to = to.Beside(a.Ledger)
		to.Locate = spool.Locate
		to.Suppressed = suppression.For(a.Ledger).Check
	}
	if own := store.FindOwn(ctx, s.StateDir); closed == nil && to.Compare == nil && own.Dir != "" {
		std.Say("Not compared with earlier imports, so every guest counts as new here: they are in guestflow's own Redis (" +
			own.Dir +
			"), which a dry run does not start. The import itself compares; a dry run does while guestflow run is running, or with redis_url.")
	}
	var misnamed error // a template; the plan is made all the same
	if a.Qflow != nil {
		to.Spec, misnamed = a.Operate().ResolveTemplate(ctx, to.Spec)
	}
	plans, failed := c.plan(ctx, s, to, std)
	if len(plans) == 0 || ctx.Err() != nil {
		return failed
	}
	if closed == nil && a.Qflow == nil {
		std.Say("Qflow is not asked for events and templates: " + s.WhyNotAsked() + ".")
	}
	if err := sendNothingTwice(ctx, a, plans); err != nil {
		return err
	}
	if std.JSON {
		if err := std.Encode(plans); err != nil {
			return err
		}
	}
	for _, plan := range plans {
		err := closed
		if err == nil {
			err = c.ending(ctx, a, &plan, misnamed, std)
		}
		if closed == nil {
			failed = worse(failed, c.tell(err, std))
		}
		c.show(plan, s, err, std)
	}
	if closed != nil {
		return closed
	}
	return failed
}

// sendNothingTwice sets what plans cost to nothing whose import was finished before: the same command does nothing then.
func sendNothingTwice(ctx context.Context, a *program.Account, plans []importer.Plan) error {
	for i := range plans {
		if a.Ledger == nil || plans[i].Refused() != nil {
			continue
		}
		_, there, err := a.Operate().Existing(ctx, plans[i])
		if err != nil {
			return err
		}
		if there != nil && there.Done() {
			plans[i].Emails, plans[i].Calls = 0, 0
		}
	}
	return nil
}

// ending returns the error that an import of the plan would end with, and prints what it would find of an earlier one.
func (c *importCommand) ending(ctx context.Context, a *program.Account, plan *importer.Plan, misnamed error,
	std terminal.Output) error {
	refused := plan.Refused()
	switch {
	case refused == nil:
		refused = misnamed
	case a.Qflow != nil:
		a.Operate().NameTemplates(ctx, plan)
	}
	if refused != nil {
		return fmt.Errorf("an import would refuse this file: %w", refused)
	}
	var there *ledger.Import
	if a.Ledger != nil {
		var err error
		if *plan, there, err = a.Operate().Existing(ctx, *plan); err != nil {
			return err
		}
	}
	if a.Qflow != nil {
		if err := a.Operate().Preflight(ctx, plan); err != nil {
			return fmt.Errorf("an import would refuse this file: %w", err)
		}
	}
	if there != nil {
		return c.endingOf(*plan, *there, std)
	}
	if waits, err := c.wouldWait(ctx, a, *plan, std); waits || err != nil {
		return err
	}
	if c.Wait && plan.Rejected > 0 {
		return &unfitRowsError{rows: plan.Rejected, are: "rejected"}
	}
	if held := plan.Near.Held(); c.Wait && held > 0 {
		return &unfitRowsError{rows: held, are: "held, since they are like known guests; " + plan.Near.Advice()}
	}
	return nil
}

// wouldWait reports whether the file would be copied, to wait for approval or its start time, and says for what.
func (c *importCommand) wouldWait(ctx context.Context, a *program.Account, plan importer.Plan,
	std terminal.Output) (bool, error) {
	rules := plan.Settings.Hold
	if rules.None() {
		return false, nil
	}
	r := spool.Record{Gate: spool.Gate{Rules: rules}}
	var err error
	if a.Ledger != nil {
		r.Gate.Approval, err = a.Operate().Reason(ctx, plan, rules)
	} else { // nothing was imported before
		r.Gate.Approval, err = rules.Reason(hold.Facts{Guests: plan.Affected(),
			First: func() (bool, error) { return true, nil }})
	}
	if err != nil || !waitsFor(r, plan) {
		return false, err
	}
	if !a.Settings.RedisURL.Set() {
		return true, noProcessLater(plan, r)
	}
	if zone, err := plan.Settings.Location(); err == nil {
		r.Gate.Start, _ = rules.Start(zone, time.Now()) // as waitsFor has it
	}
	std.Say("An import would copy the file, which then " + r.Why() + ".")
	return true, nil
}

// endingOf is ending where an import of the file is there already.
func (c *importCommand) endingOf(plan importer.Plan, there ledger.Import, std terminal.Output) error {
	if there.Stopped == ledger.StoppedCancelled {
		return &cancelledError{id: there.ID, path: plan.Path, of: plan.Settings.Spec, story: "before, and would not go on"}
	}
	std.Say(beginning(plan, there, false))
	if n := there.Counts.Attention(); c.Wait && n > 0 {
		return &exit.AttentionError{Rows: n, Import: there.ID}
	}
	return nil
}

// unfitRowsError ends a dry run of an import that would wait for its end, and then name rows that were left out.
type unfitRowsError struct {
	rows int
	are  string // rejected or held
}

func (e *unfitRowsError) Error() string {
	if e.rows == 1 {
		return "an import would finish with 1 row that is " + e.are
	}
	return fmt.Sprintf("an import would finish with %s %s", plural.Of(e.rows, "row that is", "rows that are"), e.are)
}

func (e *unfitRowsError) Unwrap() error { return &exit.AttentionError{Rows: e.rows} }

// show prints a plan, below what would end its import.
func (c *importCommand) show(plan importer.Plan, s *config.Settings, failed error, std terminal.Output) {
	if std.JSON {
		return
	}
	if failed != nil { // above the plan, which is long
		terminal.Printf(std.Out, "%s\n", operate.Describe(failed))
	}
	terminal.Printf(std.Out, "%s: %s%s. Nothing was written.\n", plan.Path, operate.CostText(plan, s.Limits()),
		firstProblem(plan))
	terminal.Printf(std.Out, "  %s\n", operate.DestinationText(plan, s.Events()))
	terminal.PrintPlan(std.Out, plan)
}

// firstProblem is what is wrong with the first row that is rejected, or else with the first that has a warning.
func firstProblem(plan importer.Plan) string {
	switch {
	case len(plan.Findings) > 0:
		return fmt.Sprintf(" (line %d: %s)", plan.Findings[0].Line, plan.Findings[0].Text)
	case len(plan.Notices) > 0:
		return fmt.Sprintf("; look at line %d: %s", plan.Notices[0].Line, plan.Notices[0].Text)
	}
	return ""
}
