package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/exit"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/store"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/listfile"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
)

// cancelledError says that a person has cancelled an import whose command runs.
type cancelledError struct{ id, path, story string }

func (e *cancelledError) Error() string {
	return fmt.Sprintf("import %s of %s was cancelled %s. %s", e.id, e.path, e.story, anew(e.path))
}

func (e *cancelledError) Unwrap() error { return importer.ErrCancelled }

// enqueue takes a file's rows to the workers, and says what holds that up or ends it.
func enqueue(ctx context.Context, a *program.Account, plan importer.Plan, imp ledger.Import, std terminal.Output) error {
	a.Importer.OnBackpressure = func(h importer.Backpressure) { tellHold(ctx, a, h, std) }
	err := a.Importer.Run(ctx, plan, imp)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, importer.ErrCancelled):
		return cancelledAmid(ctx, a, plan, imp.ID)
	case ctx.Err() != nil:
		terminal.Printf(std.Err, "guestflow: import %s of %s is not complete: %s\n", imp.ID, plan.Path, rest(a, imp.ID))
		return err
	}
	return fmt.Errorf("import %s is not complete; %s: %w", imp.ID, goesOn(imp.ID), err)
}

// tellHold says for what an import waits before its file is read to the end. With --json it stands beside what scripts read.
func tellHold(ctx context.Context, a *program.Account, h importer.Backpressure, std terminal.Output) {
	to := std.Out
	if std.JSON {
		to = std.Err
	}
	at := time.Now().Format(time.TimeOnly)
	if h.Ended {
		terminal.Printf(to, "%s  import %s goes on: %s.\n", at, h.Import, h.Room())
		return
	}
	imp, err := a.Ledger.Import(ctx, h.Import)
	why := ""
	if err == nil {
		why = a.Operate().QueueStall(ctx, imp)
	}
	terminal.Printf(to, "%s  import %s waits: %s: %s.\n",
		at, h.Import, h.Why(), cmp.Or(why, "the workers are at them"))
}

// restFor is how long a command that was interrupted may still look at the ledger.
const restFor = 2 * time.Second

// rest says what is left of an interrupted import, and how it goes on.
func rest(a *program.Account, id string) string {
	if a.Store.Kind == store.Embedded {
		return "its ledger was in this process's memory. Run the same command to begin anew."
	}
	ctx, cancel := context.WithTimeout(context.Background(), restFor)
	defer cancel()
	imp, err := a.Ledger.Import(ctx, id)
	if err != nil {
		return goesOn(id) + "."
	}
	return fmt.Sprintf("%d of its %d rows are enqueued; %s.", imp.Rows-imp.Counts[ledger.New], imp.Rows, goesOn(id))
}

// goesOn says who goes on with an import whose command has ended.
func goesOn(id string) string {
	return fmt.Sprintf("a running guestflow run on this host goes on with the others within two minutes, or the same command does at once; "+
		"follow it with: guestflow status %s --watch", id)
}

// cancelledAmid waits a moment for the cancel to have been everywhere, so that it and this command count alike.
func cancelledAmid(ctx context.Context, a *program.Account, plan importer.Plan, id string) error {
	ctx, cancel := context.WithTimeout(ctx, restFor)
	defer cancel()
	told := &cancelledError{id: id, path: plan.Path, story: "while its file was being read; what had not been queued yet never will be"}
	for {
		imp, err := a.Ledger.Import(ctx, id)
		if err != nil {
			return told
		}
		if imp.Counts[ledger.New] == 0 {
			told.story += fmt.Sprintf("; of %d rows: %s", imp.Rows, terminal.Counts(imp.Counts))
			return told
		}
		select {
		case <-ctx.Done():
			return told
		case <-time.After(terminal.LookEvery):
		}
	}
}

// settle waits until every row is settled.
func settle(ctx context.Context, a *program.Account, plan importer.Plan, imp ledger.Import, std terminal.Output) error {
	imp, err := terminal.Follow(ctx, a.Operate(), imp.ID, std)
	if err != nil {
		if ctx.Err() != nil {
			terminal.Printf(std.Err, "guestflow: import %s of %s is enqueued: %d of its %d rows wait for workers, which go on without this command; follow it with: guestflow status %s --watch\n",
				imp.ID, plan.Path, imp.Counts.Open(), imp.Rows, imp.ID)
		}
		return err
	}
	if err := conclude(imp, std); err != nil || imp.Stopped != ledger.StoppedCancelled {
		return err
	}
	return &cancelledError{id: imp.ID, path: plan.Path, story: fmt.Sprintf("with %d of its %d rows waiting", imp.Counts[ledger.Cancelled], imp.Rows)}
}

type importCommand struct {
	Files    []string `arg:"" name:"file" help:"CSV files, or URLs of them: s3, gs, sftp, https."`
	Event    string   `help:"Event id for rows that name none."`
	Template string   `help:"Template id of the email for rows that name none; without it no email is sent."`
	Profile  string   `help:"Profile of guestflow.yaml."`
	Key      string   `help:"Column that tells guests apart; default is email and name."`
	DryRun   bool     `help:"Say what would happen, and end as the import would; nothing is written. Qflow is asked for events and templates, where it is not the sandbox in this process."`
	Preview  int      `help:"Say what would happen, with this many rows as they were understood; includes --dry-run." placeholder:"ROWS"`

	spec.Reading
	Wait  bool `help:"Wait until every row is settled."`
	Yes   bool `help:"Do not ask, even where real people are mailed." short:"y"`
	Again bool `help:"Import a file again that was imported before. Guests that are unchanged stay untouched."`

	Resend bool `help:"Send the email also to those who have had it from an earlier import; asks first."`

	json    bool                    // errors too
	fetched map[string]spool.Record // files that came from a URL, by their path
	folder  string                  // of those of a dry run
}

// Run imports files one after the other. A file that cannot be imported does not keep the others from it. All of them are
// read before anything is opened, so that a misspelt name leaves no trace.
func (c *importCommand) Run(ctx context.Context, line *kong.Context, s *config.Settings, std terminal.Output) error {
	fast := program.LimitMemory()
	defer fast()
	c.forProfile(line)
	c.json = s.JSON
	s, err := s.ForProfile(c.Profile)
	if err != nil {
		return err
	}
	what, err := c.spec(s, config.WaysOf(c.Reading, line))
	if err != nil {
		return err
	}
	to := importer.Settings{Spec: what}
	var dry *program.Account
	if c.dry() {
		to.PreviewRows, to.ShowValues = c.Preview, true
		if dry, err = program.OpenDry(ctx, s); err != nil {
			return err
		}
		defer dry.Close()
		if s.RedisURL.Set() && !c.Resend { // which is new to everybody
			to.Compare = guestindex.For(dry.Ledger).Compare
		}
	}
	defer c.dropFetched()
	plans, failed := c.plan(ctx, s, to, std)
	if len(plans) == 0 || ctx.Err() != nil {
		return failed
	}
	if c.dry() {
		return worse(failed, c.show(ctx, dry, plans, std))
	}
	a, err := program.Open(ctx, s, s.Logger(true), nil)
	if err != nil {
		return err
	}
	defer a.Close()
	stop, here := workHere(ctx, a, std)
	c.Wait = c.Wait || here
	defer stop()
	if here { // and workers want their speed
		fast()
	}
	for _, plan := range plans {
		err := c.one(ctx, a, plan, std)
		if ctx.Err() != nil || errors.Is(err, terminal.ErrDeclined) {
			return err
		}
		failed = worse(failed, c.tell(err, std))
	}
	return failed
}

// forProfile forgets what the file and the environment say for imports without a profile: a profile without a template mails
// nobody. What is typed still wins.
func (c *importCommand) forProfile(line *kong.Context) {
	for name, value := range map[string]*string{"event": &c.Event, "template": &c.Template, "key": &c.Key} {
		if c.Profile != "" && !config.Typed(line, name) {
			*value = ""
		}
	}
}

func (c *importCommand) spec(s *config.Settings, how config.Ways) (spec.Spec, error) {
	to, err := s.RequestedImport(c.Profile, config.Lists{Event: c.Event, Template: c.Template, Key: c.Key, Ways: how}, c.Again || c.Resend)
	to.Resend = c.Resend
	return to, err
}

func (c *importCommand) dry() bool { return c.DryRun || c.Preview > 0 }

func (c *importCommand) plan(ctx context.Context, s *config.Settings, to importer.Settings, std terminal.Output) (plans []importer.Plan, failed error) {
	for _, name := range c.Files {
		path, err := c.here(ctx, s, name)
		var plan importer.Plan
		if err == nil {
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

// here fetches a file that was named by a URL. A dry run leaves no trace of it.
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
	c.fetched[file.Path] = spool.Record{Name: file.Name, Origin: spool.Origin{Door: spool.Command, From: file.Source}, AtOrigin: true}
	return file.Path, nil
}

// landing is where a file is fetched to.
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

// tell says at once what is wrong with one of several files; with a single one that is said at the end.
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
	plan, err := a.Operate().Ready(ctx, plan)
	if err != nil {
		return err
	}
	if err := c.confirm(ctx, a, plan, std); err != nil {
		return err
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
	if !c.Wait {
		std.Say(fmt.Sprintf("Import %s is enqueued: %d guests, %d of %d rows are rejected. See: guestflow status %s", imp.ID, plan.Guests, plan.Rejected, plan.Rows, imp.ID))
		return printImport(a, std, imp.ID)
	}
	return settle(ctx, a, plan, imp, std)
}

// begin begins an import, or goes on with it, until all its rows are enqueued.
func begin(ctx context.Context, a *program.Account, plan importer.Plan, std terminal.Output) (ledger.Import, spool.Result, error) {
	imp, created, err := a.Operate().Begin(ctx, cliActor(), plan)
	if err != nil {
		return imp, spool.Result{}, err
	}
	if imp.Stopped == ledger.StoppedCancelled {
		return imp, spool.Result{}, &cancelledError{id: imp.ID, path: plan.Path, story: "before, and does not go on"}
	}
	std.Say(beginning(plan, imp, created))
	return imp, a.Operate().ResultOf(ctx, plan, imp, created), enqueue(ctx, a, plan, imp, std)
}

func beginning(plan importer.Plan, imp ledger.Import, created bool) string {
	switch {
	case created && plan.Import != imp.ID:
		return fmt.Sprintf("Import %s of %s: %d rows. Import %s of the same file was given up when the file had other content; this one does what that one has not done.",
			imp.ID, plan.Path, imp.Rows, plan.Import)
	case created:
		return fmt.Sprintf("Import %s of %s: %d rows", imp.ID, plan.Path, imp.Rows)
	case imp.Done():
		return fmt.Sprintf("Import %s of the same file was finished %s; --again imports it again.", imp.ID, imp.Finished.Local().Format(time.DateTime))
	case plan.Settings.Again != "":
		return fmt.Sprintf("Import %s of %s is not over: it goes on where it was, and no further one is begun.", imp.ID, plan.Path)
	}
	return fmt.Sprintf("Import %s of %s goes on where it was.", imp.ID, plan.Path)
}

// confirm says what a live import will do, and asks: it reaches real people.
func (c *importCommand) confirm(ctx context.Context, a *program.Account, plan importer.Plan, std terminal.Output) error {
	if c.Yes || (!a.Live() && !c.Resend) {
		return nil
	}
	if c.Resend {
		return terminal.Confirm(ctx, std, fmt.Sprintf("Send %d emails, also to guests who have had them already?", plan.Emails), false)
	}
	terminal.Printf(std.Err, "%s: %s\n", plan.Path, operate.CostText(plan, a.Budget.Limits()))
	return terminal.Confirm(ctx, std, "This reaches real people. Go on?", false)
}

// show prints a dry run. It ends as the import would, as far as the files and Qflow's events and templates decide that.
func (c *importCommand) show(ctx context.Context, a *program.Account, plans []importer.Plan, std terminal.Output) error {
	s := a.Settings
	if std.JSON {
		if err := std.Encode(plans); err != nil {
			return err
		}
	}
	var failed error
	for _, plan := range plans {
		err := plan.Refused()
		if err == nil && a.Qflow != nil {
			err = a.Operate().Preflight(ctx, plan)
		}
		if err != nil {
			err = fmt.Errorf("an import would refuse this file: %w", err)
			failed = worse(failed, c.tell(err, std))
		}
		if !s.JSON {
			if err != nil { // above the plan, which is long
				terminal.Printf(std.Out, "%v\n", err)
			}
			terminal.Printf(std.Out, "%s: %s%s. Nothing was written.\n", plan.Path, operate.CostText(plan, s.Limits()), firstProblem(plan))
			terminal.PrintPlan(std.Out, plan)
		}
	}
	return failed
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

// conclude prints how an import ended. Rows that want a person make an exit code of their own.
func conclude(imp ledger.Import, std terminal.Output) error {
	if std.JSON {
		if err := std.Encode(imp); err != nil {
			return err
		}
	} else {
		how := "finished"
		if imp.Stopped == ledger.StoppedCancelled {
			how = "cancelled"
		}
		terminal.Printf(std.Out, "Import %s is %s: %s; %d rows in all.\n", imp.ID, how, terminal.Counts(imp.Counts), imp.Counts.Total())
	}
	if n := imp.Counts.Attention(); n > 0 {
		return &exit.AttentionError{Rows: n, Import: imp.ID}
	}
	return nil
}

// isURL tells an address from a path.
func isURL(arg string) bool { return strings.Contains(arg, "://") }
