package main

import (
	"context"
	"errors"
	"time"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
	"guestflow/importer/suppression"
	"guestflow/importer/visible"
)

type approveCommand struct {
	watchedFolder
	spec.Reading

	ID       string `arg:"" help:"File that waits; see guestflow waiting."`
	Settings string `help:"By which settings of its profile, where those were changed since the file was looked at: now or before." enum:"now,before," default:"" placeholder:"WHICH"`

	Now bool `help:"Start it at once, whatever its start time and the time in which it can be taken back."`
	Yes bool `help:"Do not ask, even if real emails are sent." short:"y"`
}

// approved is what `approve --json` prints.
type approved struct {
	ID     string `json:"id"`
	Import string `json:"import"`
	Guests int    `json:"guests"`
	Emails int    `json:"emails"`

	Start *time.Time `json:"start,omitempty"` // nothing leaves before
}

// Run approves a file that waits: it is imported, read as before with what is typed over that.
func (c *approveCommand) Run(ctx context.Context, line *kong.Context, s *config.Settings, std terminal.Output) error {
	if err := s.Only(); err != nil {
		return err
	}
	a, err := program.Open(ctx, s, s.Logger(true), nil)
	if err != nil {
		return err
	}
	defer a.Close()
	item, err := c.find(ctx, a, c.ID)
	if err != nil {
		return err
	}
	standing, err := c.chooseSettings(a, &item)
	if err != nil {
		return err
	}
	plan, err := c.plan(ctx, a, item, config.WaysOf(c.Reading, line).Typed)
	if err != nil {
		if !s.JSON {
			terminal.PrintChoices(std.Err, err)
		}
		return err
	}
	if err := (&importCommand{Yes: c.Yes}).confirm(ctx, a, plan, std); err != nil {
		return err
	}
	done := approved{ID: item.ID, Import: plan.Import, Guests: plan.Guests, Emails: plan.Emails}
	err = a.Operate().Audited(ctx, cliActor(), "approve", item.ID, item.Name, func() (string, error) {
		start, err := item.Spool.Approve(ctx, item.ID, spool.Decision{
			Approval: spool.Approval{By: cliActor().Name, Also: becameBySudo(), SHA256: plan.SHA256, Now: c.Now},
			Spec:     plan.Settings.Spec,
			Events:   plan.Events, Plan: spool.PlanOf(plan),
			Agree: func(r *spool.Record) error { r.Standing = standing; return nil },
		})
		if start.IsZero() {
			return "import " + plan.Import, decided(item, err)
		}
		done.Start = &start
		return "import " + plan.Import + ", starts at " + start.UTC().Format(time.RFC3339), decided(item, err)
	})
	if err != nil {
		return err
	}
	if done.Start != nil {
		return std.Result(done,
			"%s is approved: %s, %s. A running guestflow run imports it at %s; until then it is taken back by: guestflow discard %s",
			item.Name, plural.Of(plan.Guests, "guest"), plural.Of(plan.Emails, "email"), localTime(*done.Start), item.ID)
	}
	return std.Result(done,
		"%s is approved: %s, %s. A running guestflow run imports it as import %s; follow it with: guestflow status %s",
		item.Name, plural.Of(plan.Guests, "guest"), plural.Of(plan.Emails, "email"), plan.Import, plan.Import)
}

// chooseSettings has an item go by the settings of its profile that are meant, and returns what those are now; nil is
// not known. Where they were changed since the item was looked at, that is said and not guessed.
func (c *approveCommand) chooseSettings(a *program.Account, item *spool.Item) (*spec.Spec, error) {
	changed, now := a.Operate().SettingsChanged(item.Record)
	switch {
	case len(changed) == 0:
		return item.Standing, nil
	case c.Settings == "now":
		item.Record = item.By(now)
	case c.Settings == "":
		return nil, config.Usagef("%s: %w. By those of now: guestflow approve %s --settings now; "+
			"as guestflow waiting shows it: --settings before. A guestflow run that is started now plans it anew",
			visible.Line(item.Name), &spool.ChangedError{Settings: changed}, item.ID)
	}
	return &now, nil
}

// plan reads the file with the answers, and asks Qflow as an import does.
func (c *approveCommand) plan(
	ctx context.Context, a *program.Account, item spool.Item, typed spec.Reading,
) (importer.Plan, error) {
	to := spec.Spec{Account: a.Settings.AccountName()}
	if item.Spec != nil {
		to = *item.Spec
	}
	if item.Origin.Door == spool.Console && item.Gate.Approval == "" && !item.ByItself() {
		return importer.Plan{}, config.Usagef("%s was uploaded and is started in the console, "+
			"where its event and email are chosen", item.ID)
	}
	to.Reading = typed.Over(to.Reading)
	if err := importer.Check(to); err != nil {
		return importer.Plan{}, config.Usagef("%w", err)
	}
	to, err := a.Operate().ResolveTemplate(ctx, to) // the profile may name it
	if err != nil {
		return importer.Plan{}, err
	}
	plan, err := a.Operate().Plan(ctx, item.Path, importer.Settings{Spec: to, Suppressed: suppression.For(a.Ledger).Check})
	if err == nil {
		plan, err = a.Operate().Ready(ctx, plan)
	}
	if err != nil {
		return plan, err
	}
	return plan, stillAsked(ctx, a, plan)
}

// stillAsked returns the question about rows that are held, if that is all that is left of the list: without an answer
// it would be the import that has been, and wait again.
func stillAsked(ctx context.Context, a *program.Account, plan importer.Plan) error {
	held := plan.Near.Held()
	if held == 0 {
		return nil
	}
	_, err := a.Ledger.Import(ctx, plan.Import)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	return plan.HeldRows(held)
}
