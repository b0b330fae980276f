package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/store"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/listfile"
	"guestflow/qflow/sandbox"
	"guestflow/worker"
)

type importCommand struct {
	Files    []string `arg:"" name:"file" help:"CSV files, or URLs of them: s3, gs, sftp, https."`
	Event    string   `help:"Event id for rows that name none."`
	Template string   `help:"Template id of the email for rows that name none; without it no email is sent."`
	Profile  string   `help:"Profile of guestflow.yaml."`
	Key      string   `help:"Column that tells guests apart; default is email and name."`
	DryRun   bool     `help:"Say what would happen, and end as the import would; nothing is written. Qflow is asked for events and templates, where it is not the sandbox in this process."`
	Preview  int      `help:"Say what would happen, with this many rows as they were understood; includes --dry-run." placeholder:"ROWS"`

	reading
	Wait  bool `help:"Wait until every row is settled."`
	Yes   bool `help:"Do not ask, even where real people are mailed." short:"y"`
	Again bool `help:"Import a file again that was imported before. Guests that are unchanged stay untouched."`

	Resend bool `help:"Send the email also to those who have had it from an earlier import; asks first."`

	json    bool     // errors too
	fetched []string // files that came from a URL, or their folders, and are no import's
}

// Run imports files one after the other. A file that cannot be imported does not keep the others from it. All of them are
// read before anything is opened, so that a misspelt name leaves no trace.
func (c *importCommand) Run(ctx context.Context, line *kong.Context, s *settings, std output) error {
	fast := lean()
	defer fast()
	c.forProfile(line)
	c.json = s.JSON
	s, err := s.forProfile(c.Profile)
	if err != nil {
		return err
	}
	to, err := c.settings(s, c.ways(line))
	if err != nil {
		return err
	}
	var dry *app
	if c.dry() {
		to.PreviewRows, to.ShowValues = c.Preview, true
		if dry, err = s.openDry(ctx); err != nil {
			return err
		}
		defer dry.Close()
		if s.RedisURL.Set() && !c.Resend { // which is new to everybody
			to.Compare = dry.ledger.Compare
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
	a, err := s.open(ctx, s.logger(true), nil)
	if err != nil {
		return err
	}
	defer a.Close()
	stop, here := a.workHere(ctx, std)
	c.Wait = c.Wait || here
	defer stop()
	if here { // and workers want their speed
		fast()
	}
	for _, plan := range plans {
		err := c.one(ctx, a, plan, std)
		if ctx.Err() != nil || errors.Is(err, errDeclined) {
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
		if c.Profile != "" && !typed(line, name) {
			*value = ""
		}
	}
}

func (c *importCommand) settings(s *settings, how ways) (importer.Settings, error) {
	to, err := s.imports(c.Profile, lists{event: c.Event, template: c.Template, key: c.Key, ways: how})
	if err != nil {
		return to, err
	}
	if s.sandboxed() && s.APIURL == "" && to.Event == "" { // the sandbox in this process has one event
		to.Event, to.Template = sandbox.Defaults().EventID, first(to.Template, sandbox.Defaults().TemplateID)
	}
	to.Resend = c.Resend
	if c.Again || c.Resend {
		to.Again = strconv.FormatInt(time.Now().UnixNano(), 36)
	}
	return to, nil
}

func (c *importCommand) dry() bool { return c.DryRun || c.Preview > 0 }

func (c *importCommand) plan(ctx context.Context, s *settings, to importer.Settings, std output) (plans []importer.Plan, failed error) {
	for _, name := range c.Files {
		path, err := c.here(ctx, s, name)
		var plan importer.Plan
		if err == nil {
			plan, err = importer.MakePlan(ctx, path, to)
		}
		if err != nil {
			failed = worse(failed, c.tell(err, std))
			if !c.json {
				showChoices(std.err, err)
			}
			continue
		}
		plans = append(plans, plan)
	}
	return plans, failed
}

// here fetches a file that was named by a URL. A dry run leaves no trace of it.
func (c *importCommand) here(ctx context.Context, s *settings, name string) (path string, err error) {
	if !isURL(name) {
		return listfile.Resolve(name), nil
	}
	dir, err := c.landing(s)
	if err != nil {
		return "", err
	}
	file, err := s.fetch(ctx, name, c.Profile, dir)
	if c.dry() {
		c.fetched = append(c.fetched, dir)
	} else if err == nil {
		c.fetched = append(c.fetched, file.Path)
	}
	return file.Path, err
}

// landing is where a file is fetched to.
func (c *importCommand) landing(s *settings) (string, error) {
	if c.dry() {
		return os.MkdirTemp("", "guestflow")
	}
	return s.fetched("")
}

// dropFetched removes fetched files that no import needs: they hold guests' data.
func (c *importCommand) dropFetched() {
	for _, path := range c.fetched {
		_ = os.RemoveAll(path)
	}
}

// tell says at once what is wrong with one of several files; with a single one that is said at the end.
func (c *importCommand) tell(err error, std output) error {
	if err != nil && len(c.Files) > 1 {
		complain(std.err, c.json, describe(err), exitCode(err))
	}
	return err
}

// worse keeps the error that matters more: a file that was not imported, over rows that want a person.
func worse(a, b error) error {
	if a == nil || (b != nil && errors.Is(a, errAttention)) {
		return b
	}
	return a
}

// workHere starts workers in this process when no other process could do the work: a store of our own is nobody else's.
func (a *app) workHere(ctx context.Context, std output) (stop func(), here bool) {
	if a.store.Kind == store.Configured || (a.store.Kind == store.Child && !a.store.Owner) {
		return func() {}, false
	}
	say(std, a, a.store.Note())
	return a.work(ctx), true
}

// work runs workers in this process until stop is called.
func (a *app) work(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := worker.Run(ctx, a.worker()); err != nil {
			a.log.Error("the worker ended", "error", err)
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

func say(std output, a *app, text string) {
	if text != "" && !a.settings.JSON {
		printLine(std.out, text)
	}
}

func (c *importCommand) one(ctx context.Context, a *app, plan importer.Plan, std output) error {
	plan, err := a.account().Ready(ctx, plan)
	if err != nil {
		return err
	}
	if err := c.confirm(ctx, a, plan, std); err != nil {
		return err
	}
	imp, created, err := a.account().Begin(ctx, cliActor(), plan)
	if err != nil {
		return err
	}
	if err := c.keep(ctx, a, imp, plan.Path); err != nil {
		return err
	}
	if imp.Stopped == ledger.StoppedCancelled {
		return &cancelledError{id: imp.ID, path: plan.Path, story: "before, and does not go on"}
	}
	say(std, a, beginning(plan, imp, created))
	if err := a.enqueue(ctx, plan, imp, std); err != nil {
		return err
	}
	if !c.Wait {
		say(std, a, fmt.Sprintf("Import %s is enqueued: %d guests, %d of %d rows are rejected. See: guestflow status %s", imp.ID, plan.Guests, plan.Rejected, plan.Rows, imp.ID))
		return a.print(std, imp.ID)
	}
	return a.settle(ctx, plan, imp, std)
}

// keep leaves a fetched file to the import, whose report needs it.
func (c *importCommand) keep(ctx context.Context, a *app, imp ledger.Import, path string) error {
	i := slices.Index(c.fetched, path)
	if i < 0 {
		return nil
	}
	kept, err := a.account().KeepFile(ctx, imp.ID, imp.Source, path)
	if kept {
		c.fetched = slices.Delete(c.fetched, i, i+1)
		a.forgetFetched(ctx)
	}
	return err
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
func (c *importCommand) confirm(ctx context.Context, a *app, plan importer.Plan, std output) error {
	if c.Yes || (!a.live() && !c.Resend) {
		return nil
	}
	if c.Resend {
		return ask(ctx, std, fmt.Sprintf("Send %d emails, also to guests who have had them already?", plan.Emails), false)
	}
	printf(std.err, "%s: %s\n", plan.Path, operate.CostText(plan, a.budget.Limits()))
	return ask(ctx, std, "This reaches real people. Go on?", false)
}

// show prints a dry run. It ends as the import would, as far as the files and Qflow's events and templates decide that.
func (c *importCommand) show(ctx context.Context, a *app, plans []importer.Plan, std output) error {
	s := a.settings
	if s.JSON {
		if err := json.NewEncoder(std.out).Encode(plans); err != nil {
			return err
		}
	}
	var failed error
	for _, plan := range plans {
		if !s.JSON {
			printf(std.out, "%s: %s. Nothing was written.\n", plan.Path, operate.CostText(plan, s.limits()))
			showPlan(std.out, plan)
		}
		err := plan.Refused()
		if err == nil && a.qflow != nil {
			err = a.account().Preflight(ctx, plan)
		}
		if err != nil {
			failed = worse(failed, c.tell(fmt.Errorf("an import would refuse this file: %w", err), std))
		}
	}
	return failed
}
