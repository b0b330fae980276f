package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/store"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer"
	"guestflow/importer/hold"
	"guestflow/importer/ledger"
	"guestflow/importer/listfile"
	"guestflow/importer/spool"
	"guestflow/importer/suppression"
)

// holdRules are what imports of this command wait for.
func (c *importCommand) holdRules(s *config.Settings) (hold.Rules, error) {
	rules, err := s.HoldRules(c.Profile, c.holds)
	if err != nil || c.At == "" {
		return rules, err
	}
	zone, err := s.Profiles[c.Profile].HostZone()
	if err != nil {
		return rules, err
	}
	now := time.Now()
	at, err := hold.StartTime(c.At, zone, now)
	switch {
	case err != nil:
		return rules, config.Usagef("--at: %w", err)
	case at.Before(now):
		return rules, config.Usagef("--at: %s is past", localTime(at))
	case c.Wait:
		return rules, config.Usagef("--wait does not go together with --at: the command ends once the file is copied")
	}
	rules.StartAt = at.Format(time.RFC3339)
	return rules, nil
}

// laterImport is what `import --json` prints of a file that is not imported at once.
type laterImport struct {
	Waiting string     `json:"waiting"` // the id of guestflow waiting
	Import  string     `json:"import"`  // the id that its import will have
	Why     string     `json:"why"`
	Start   *time.Time `json:"start,omitempty"`
	Guests  int        `json:"guests"`
	Emails  int        `json:"emails"`
}

// later copies a file into the spool that waits for approval or for its start time; waits is false for one that does
// not, and for one whose import has begun before, which goes on.
func (c *importCommand) later(ctx context.Context, a *program.Account, plan importer.Plan,
	std terminal.Output) (waits bool, err error) {
	if _, err := a.Ledger.Import(ctx, plan.Import); !errors.Is(err, ledger.ErrNotFound) {
		return false, err
	}
	plan, err = c.compared(ctx, a, plan)
	if err != nil {
		return false, err
	}
	r, err := c.laterRecord(ctx, a, plan)
	if err != nil || !waitsFor(r, plan) {
		return false, err
	}
	if a.Store.Kind == store.Embedded || a.Store.Kind == store.Child && a.Store.Owner {
		return true, noProcessLater(plan, r)
	}
	if r.Gate.Approval == "" { // else who approves it is asked
		if err := c.confirm(ctx, a, plan, std); err != nil {
			return true, err
		}
	}
	return true, c.putLater(ctx, a, plan, r, std)
}

// noProcessLater says that nothing would import a file that waits.
func noProcessLater(plan importer.Plan, r spool.Record) error {
	return config.Usagef("%s %s, and no other process is there to import it then: start guestflow run first, with redis_url set", plan.Path, r.Why())
}

// compared is the plan beside what was imported before, by which a rule goes, and a person.
func (c *importCommand) compared(ctx context.Context, a *program.Account, plan importer.Plan) (importer.Plan, error) {
	if plan.Settings.Compare != nil || c.Resend { // a resend is new for every guest
		return plan, nil
	}
	to := plan.Settings
	to.Suppressed = suppression.For(a.Ledger).Check
	return a.Operate().Plan(ctx, plan.Path, to)
}

func (c *importCommand) laterRecord(ctx context.Context, a *program.Account, plan importer.Plan) (spool.Record, error) {
	rules := plan.Settings.Hold
	reason, err := a.Operate().Reason(ctx, plan, rules)
	who := cliActor().Name
	r := spool.Record{
		Name:   filepath.Base(plan.Path),
		Origin: spool.Origin{Door: spool.Command, From: plan.Path, By: who, Also: becameBySudo()},
		Given:  plan.Settings.Given,
		Spec:   &plan.Settings.Spec, Gate: spool.Gate{Rules: rules, Approval: reason}, Plan: spool.PlanOf(plan),
	}
	if now, known := a.Settings.Standing(plan.Settings.Profile); known {
		r.Standing = &now
	}
	if from, fetched := c.fetched[plan.Path]; fetched {
		r.Name, r.Origin.From = from.Name, from.Origin.From
	}
	if reason == "" {
		r.Approved = spool.Approval{By: who, SHA256: plan.SHA256}
	}
	return r, err
}

func waitsFor(r spool.Record, plan importer.Plan) bool {
	zone, err := plan.Settings.Location()
	if err != nil || r.Gate.Approval != "" {
		return r.Gate.Approval != ""
	}
	start, err := r.Gate.Rules.Start(zone, time.Now())
	return err == nil && !start.IsZero()
}

func (c *importCommand) putLater(ctx context.Context, a *program.Account, plan importer.Plan, r spool.Record,
	std terminal.Output) error {
	if err := a.OpenSpool([]*program.Account{a}); err != nil {
		return err
	}
	path, err := c.copyIn(ctx, a, plan)
	if err != nil {
		return err
	}
	done := laterImport{Import: plan.Import, Guests: plan.Guests, Emails: plan.Emails}
	err = a.Operate().Audited(ctx, cliActor(), "import", plan.Import, r.Name, func() (string, error) {
		id, start, err := a.Spool.PutLater(path, r)
		r.Gate.Start = start
		done.Waiting, done.Why = id, r.Why()
		if !start.IsZero() {
			done.Start = &start
		}
		return done.Why + ", as file " + id, err
	})
	if err != nil {
		_ = os.Remove(path) // it holds guests' data
		return err
	}
	if done.Start != nil {
		return std.Result(done,
			"%s is copied: %s. A running guestflow run imports it at %s; until then it is taken back by: guestflow discard %s",
			r.Name, operate.CostText(plan, a.Budget.Limits()), localTime(*done.Start), done.Waiting)
	}
	return std.Result(done,
		"%s is copied and %s. To approve it: guestflow approve %s, or the page Waiting of the console. To remove it: guestflow discard %s",
		r.Name, done.Why, done.Waiting, done.Waiting)
}

// copyIn copies the file of a plan to those on their way into the spool; one that was fetched is there already.
func (c *importCommand) copyIn(ctx context.Context, a *program.Account, plan importer.Plan) (path string, err error) {
	if _, fetched := c.fetched[plan.Path]; fetched {
		return plan.Path, nil
	}
	dir, err := a.Spool.Incoming()
	if err != nil {
		return "", err
	}
	from, err := listfile.Open(ctx, plan.Path)
	if err != nil {
		return "", fmt.Errorf("open the file to copy it: %w", err)
	}
	defer from.Close()
	to, err := os.CreateTemp(dir, ".later-*") // its mode is 0600
	if err != nil {
		return "", fmt.Errorf("copy the file: %w", err)
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Close()); err != nil {
		_ = os.Remove(to.Name())
		return "", fmt.Errorf("copy the file: %w", err)
	}
	return to.Name(), nil
}
