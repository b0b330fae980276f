package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/exit"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/store"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer"
	"guestflow/importer/hold"
	"guestflow/importer/ledger"
	"guestflow/importer/listcheck"
	"guestflow/importer/listfile"
	"guestflow/importer/plural"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
	"guestflow/importer/suppression"
)

type importCommand struct {
	Files    []string `arg:"" name:"file" help:"CSV files, or URLs of them: s3, gs, sftp, https."`
	Event    string   `help:"Event id for rows that name none."`
	Template string   `help:"Template of the email for rows that name none, by id or name: see guestflow templates. Without it no email is sent."`
	Profile  string   `help:"Profile of guestflow.yaml."`
	Key      string   `help:"Column that identifies guests; default is email and name."`
	DryRun   bool     `help:"Print what would happen, with the exit code of the import; nothing is written. Qflow is asked for events and templates, unless it is the sandbox in this process."`
	Preview  int      `help:"Print what would happen, with this many rows as they were read; includes --dry-run." placeholder:"ROWS"`

	spec.Reading
	hold.Rules
	At string `help:"Import it then: a time of day such as 09:00, or a date and time such as 2026-12-01 09:00, in the profile's time zone or else this host's. A running guestflow run does it, with its copy of the file." placeholder:"TIME" group:"Holding"`

	Wait  bool `help:"Wait until every row is settled."`
	Yes   bool `help:"Do not ask, even if real emails are sent." short:"y"`
	Again bool `help:"Import a file again that was imported before. Unchanged guests stay untouched."`

	Resend       bool `help:"Send the email also to guests who had it from an earlier import; asks first."`
	ResendUnsent bool `help:"With --resend: also to guests whose first email has not left yet, who get two then."`

	holds   config.Holds
	json    bool                    // errors too
	fetched map[string]spool.Record // files that came from a URL, by their path
	folder  string                  // of those of a dry run
}

// Run imports files one after the other; one that cannot be imported does not hold up the others. All of them are read
// before anything is opened, so that a misspelt name leaves no trace.
func (c *importCommand) Run(ctx context.Context, line *kong.Context, s *config.Settings, std terminal.Output) error {
	fast := program.LimitMemory()
	defer fast()
	c.forProfile(line)
	c.json, c.holds = s.JSON, config.HoldsOf(c.Rules, line)
	s, err := s.ForProfile(c.Profile)
	if err != nil {
		return err
	}
	what, err := c.spec(s, config.WaysOf(c.Reading, line))
	if err != nil {
		return err
	}
	to := importer.Settings{Spec: what}
	if to.Hold, err = c.holdRules(s); err != nil {
		return err
	}
	defer c.dropFetched()
	if c.dry() {
		return c.dryRun(ctx, s, to, std)
	}
	plans, failed := c.plan(ctx, s, to, std)
	if len(plans) == 0 || ctx.Err() != nil {
		return failed
	}
	a, err := program.Open(ctx, s, s.Logger(true), nil)
	if err != nil {
		return err
	}
	defer a.Close()
	stop, here := workHere(ctx, a, std)
	c.Wait = c.Wait || here
	defer stop()
	if here { // workers need the speed
		fast()
	}
	named, err := a.Operate().ResolveTemplate(ctx, what)
	if err != nil {
		return err
	}
	now, err := a.Store.Client.Time(ctx).Result()
	if err == nil {
		plans, err = laterFirst(ctx, plans, now)
	}
	if err != nil {
		return err
	}
	for _, plan := range plans {
		err := c.one(ctx, a, plan.WithTemplate(named.Template), std)
		if ctx.Err() != nil || errors.Is(err, terminal.ErrDeclined) {
			return err
		}
		failed = worse(failed, c.tell(err, std))
	}
	return failed
}

// forProfile removes what the file and the environment set for imports without a profile: a profile without a template
// sends no emails. What is typed still wins.
func (c *importCommand) forProfile(line *kong.Context) {
	for name, value := range map[string]*string{"event": &c.Event, "template": &c.Template, "key": &c.Key} {
		if c.Profile != "" && !config.Typed(line, name) {
			*value = ""
		}
	}
}

func (c *importCommand) spec(s *config.Settings, how config.Ways) (spec.Spec, error) {
	to, err := s.RequestedImport(c.Profile, config.Lists{Event: c.Event, Template: c.Template, Key: c.Key, Ways: how},
		c.Again || c.Resend)
	if err == nil && c.ResendUnsent && !c.Resend {
		return to, config.Usagef("--resend-unsent says something of --resend only")
	}
	to.Resend, to.ResendUnsent = c.Resend, c.ResendUnsent
	return to, err
}

// maxKept is of how many files the rows are kept from their plans to their imports.
const maxKept = 8

func (c *importCommand) plan(ctx context.Context, s *config.Settings, to importer.Settings,
	std terminal.Output) (plans []importer.Plan, failed error) {
	to.Keep = !c.dry() && len(c.Files) <= maxKept // a look imports nothing
	paths, fetchErrs := make([]string, len(c.Files)), make([]error, len(c.Files))
	for i, name := range c.Files {
		paths[i], fetchErrs[i] = c.here(ctx, s, name)
	}
	others, err := c.otherLists(ctx, paths, to)
	if err != nil {
		return nil, err
	}
	for i, path := range paths {
		err := fetchErrs[i]
		var plan importer.Plan
		if err == nil {
			if to.OtherLists = others; listcheck.SaysNotMeant(path) {
				to.OtherLists = nil // it is asked about itself
			}
			plan, err = importer.MakePlan(ctx, path, to)
		}
		if err != nil {
			failed = worse(failed, c.tell(err, std))
			if !c.json {
				terminal.PrintChoices(std.Err, err)
			}
			continue
		}
		plans = append(plans, plan)
	}
	return plans, failed
}

// otherLists reads the lists whose names say that their guests are not meant, where others are imported with them.
func (c *importCommand) otherLists(ctx context.Context, paths []string, to importer.Settings) (*listcheck.OtherLists, error) {
	if len(paths) < 2 {
		return nil, nil
	}
	there := slices.DeleteFunc(slices.Clone(paths), func(path string) bool { return path == "" })
	return listcheck.ReadOtherLists(ctx, there, to.Reading)
}

// here returns the path of a file, which it fetches if it is a URL. A dry run leaves no trace of it.
func (c *importCommand) here(ctx context.Context, s *config.Settings, name string) (path string, err error) {
	if !isURL(name) {
		return listfile.Resolve(name), nil
	}
	dir, err := c.landing(s)
	if err != nil {
		return "", err
	}
	file, err := program.Fetch(ctx, s, name, c.Profile, dir)
	if err != nil {
		return "", err
	}
	if c.fetched == nil {
		c.fetched = map[string]spool.Record{}
	}
	c.fetched[file.Path] = spool.Record{Name: file.Name, Origin: spool.Origin{Door: spool.Command, From: file.Source},
		AtOrigin: true}
	return file.Path, nil
}

// landing returns the folder that files are fetched to.
func (c *importCommand) landing(s *config.Settings) (dir string, err error) {
	if !c.dry() {
		return program.Incoming(s)
	}
	if c.folder == "" {
		c.folder, err = os.MkdirTemp("", "guestflow")
	}
	return c.folder, err
}

// dropFetched removes fetched files that did not go into the spool: they hold guests' data.
func (c *importCommand) dropFetched() {
	for path := range c.fetched {
		_ = os.Remove(path)
	}
	if c.folder != "" {
		_ = os.RemoveAll(c.folder)
	}
}

// tell prints at once what is wrong with one of several files. That of a single one is printed at the end.
func (c *importCommand) tell(err error, std terminal.Output) error {
	if err != nil && len(c.Files) > 1 {
		std.Fail(operate.Describe(err), exit.Code(err))
	}
	return err
}

// worse returns the error that matters more: a file that was not imported, rather than rows that need attention.
func worse(a, b error) error {
	if a == nil || (b != nil && needsAttention(a)) {
		return b
	}
	return a
}

func needsAttention(err error) bool {
	_, is := errors.AsType[*exit.AttentionError](err)
	return is
}

// workHere starts workers where no other process can do the work: the store belongs to this process.
func workHere(ctx context.Context, a *program.Account, std terminal.Output) (stop func(), here bool) {
	if a.Store.Kind == store.Configured || (a.Store.Kind == store.Child && !a.Store.Owner) {
		return func() {}, false
	}
	std.Say(a.Store.Note())
	return a.Work(ctx), true
}

func (c *importCommand) one(ctx context.Context, a *program.Account, plan importer.Plan, std terminal.Output) error {
	if c.asks(a) && plan.Settings.Suppressed == nil { // so that the question counts the emails that leave
		plan.Settings.Suppressed = suppression.For(a.Ledger).Check
	}
	plan, err := a.Operate().Ready(ctx, plan)
	if err == nil {
		plan, err = a.Operate().AsAnswer(ctx, plan)
	}
	if err != nil {
		return err
	}
	if !plan.Settings.Hold.None() {
		waits, err := c.later(ctx, a, plan, std)
		if waits || err != nil {
			return err
		}
	}
	if err := c.confirm(ctx, a, plan, std); err != nil {
		return err
	}
	if text := plan.GivenAgain.Text(); text != "" {
		terminal.Printf(std.Err, "%s: %s\n", plan.Path, text)
	}
	if text := plan.Gone.Text(); text != "" {
		terminal.Printf(std.Err, "%s: %s\n", plan.Path, text)
	}
	if plan.Near != nil {
		terminal.Printf(std.Err, "%s: %s\n", plan.Path, plan.Near.Text())
	}
	var imp ledger.Import
	work := func(ctx context.Context, path string, to importer.Settings) (r spool.Result, err error) {
		if to.Planned != nil {
			to.Planned()
		}
		plan.Path = path
		imp, r, err = begin(ctx, a, plan, std)
		return r, err
	}
	if record, fetched := c.fetched[plan.Path]; fetched && a.Store.Kind != store.Embedded { // which keeps nothing
		record.Spec = &plan.Settings.Spec
		err = a.ImportFetched(ctx, plan.Path, record, work)
	} else {
		_, err = work(ctx, plan.Path, importer.Settings{})
	}
	if err != nil {
		return err
	}
	held, _, err := a.Operate().HeldRows(ctx, plan, imp, true)
	if err != nil {
		return err
	}
	if !c.Wait {
		if held != nil && !std.JSON {
			terminal.Printf(std.Err, "%s\n", held.Error())
		}
		std.Say(fmt.Sprintf("Import %s is enqueued: %s, %d of %s %s rejected%s. See: guestflow status %s", imp.ID,
			plural.Of(plan.Guests, "guest"), plan.Rejected, plural.Of(plan.Rows, "row"), plural.Word(plan.Rejected, "is", "are"),
			operate.FilteredText(plan.Filtered), imp.ID))
		sayNoWorker(ctx, a, imp.ID, std)
		return printImport(a, std, imp.ID)
	}
	if err := settle(ctx, a, plan, imp, std); err != nil || held == nil {
		return err
	}
	return &heldRowsError{held}
}

// sayNoWorker says of an import that is enqueued while no worker runs how much waits, and what to start. A worker of
// the account on any host counts.
func sayNoWorker(ctx context.Context, a *program.Account, id string, std terminal.Output) {
	if std.JSON {
		return
	}
	workers, err := a.Operate().Workers(ctx)
	if err != nil || workers > 0 || a.Store.Kind == store.Embedded {
		return
	}
	imp, err := a.Ledger.Import(ctx, id)
	if err != nil || imp.Counts.Open() == 0 {
		return
	}
	terminal.Printf(std.Err, "No worker is running for account %s: %s until one does. Start one with: guestflow run\n",
		a.Settings.AccountName(),
		plural.Of(imp.Counts.Open(), "row waits", "rows wait"))
}

// heldRowsError ends a command whose import is finished, and has left rows out until a person has decided about them.
type heldRowsError struct{ question *importer.FileError }

func (e *heldRowsError) Error() string { return e.question.Error() }
func (e *heldRowsError) Unwrap() error { return &exit.AttentionError{} }

// begin begins an import, or goes on with it, until all its rows are enqueued.
func begin(ctx context.Context, a *program.Account, plan importer.Plan, std terminal.Output) (ledger.Import,
	spool.Result, error) {
	imp, created, err := a.Operate().Begin(ctx, cliActor(), plan)
	if err != nil {
		return imp, spool.Result{}, err
	}
	if imp.Stopped == ledger.StoppedCancelled {
		return imp, spool.Result{}, &cancelledError{id: imp.ID, path: plan.Path, of: plan.Settings.Spec, story: "before, and does not go on"}
	}
	std.Say(beginning(plan, imp, created))
	return imp, a.Operate().ResultOf(ctx, plan, imp, created), enqueue(ctx, a, plan, imp, std)
}

// asks reports whether it is asked before a list is imported.
func (c *importCommand) asks(a *program.Account) bool { return !c.Yes && (a.Live() || c.Resend) }

// confirm prints what a live import will do, and asks: it reaches real people.
func (c *importCommand) confirm(ctx context.Context, a *program.Account, plan importer.Plan,
	std terminal.Output) error {
	if !c.asks(a) {
		return nil
	}
	if text := plan.Suppressed.String(); text != "" {
		terminal.Printf(std.Err, "%s: %s\n", plan.Path, text)
	}
	if c.Resend {
		if text := plan.Unsent.Text(); text != "" {
			terminal.Printf(std.Err, "%s: %s\n", plan.Path, text)
		}
		return terminal.Confirm(ctx, std,
			fmt.Sprintf("Send %s, also to guests who have had them already?", plural.Of(plan.Emails, "email")), false)
	}
	terminal.Printf(std.Err, "%s: %s\n%s\n", plan.Path, operate.CostText(plan, a.Budget.Limits()),
		operate.DestinationText(plan, a.Settings.Events()))
	return terminal.Confirm(ctx, std, "This reaches real people. Go on?", false)
}

// isURL reports whether an argument is a URL and not a path.
func isURL(arg string) bool { return strings.Contains(arg, "://") }
