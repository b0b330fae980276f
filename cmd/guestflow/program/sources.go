package program

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/importer"
	"guestflow/importer/notify"
	"guestflow/importer/plural"
	"guestflow/importer/remote"
	"guestflow/importer/schedule"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
)

// Folders of the state folder. What is in them holds guests' data and is removed in time.
const (
	fetchedDir = "fetched" // ACCOUNT/: files that an earlier version fetched by URL, and ACCOUNT/PROFILE/ by schedule
	sourcesDir = "sources" // PROFILE/: an inbox for each source that an earlier version polled
)

// feed is a profile's source on behalf of an account.
type feed struct {
	name string
	config.Profile
	app      *Account
	Source   *remote.Source
	to       importer.Settings
	reported sync.Map // contents of files that cannot be imported, and names, of which was notified or logged
}

// feeds are the sources of the account's profiles.
func (a *Account) feeds(how config.Ways) ([]*feed, error) {
	var list []*feed
	for _, name := range slices.Sorted(maps.Keys(a.Settings.Profiles)) {
		p := a.Settings.Profiles[name]
		if p.Source == "" || p.Account != "" && p.Account != a.Settings.AccountName() {
			continue
		}
		f, err := a.Feed(name, how)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

func (a *Account) Feed(name string, how config.Ways) (*feed, error) {
	p := a.Settings.Profiles[name]
	to, err := a.Settings.ImportSettings(name, config.Lists{Ways: how})
	if err != nil {
		return nil, err
	}
	source, err := p.Open(name)
	if err != nil {
		return nil, err
	}
	return &feed{name: name, Profile: p, app: a, Source: source, to: to}, nil
}

// Gathered is what came of one look at a source.
type Gathered struct {
	Imports              []string
	known                int      // imports that were there before
	cancelled            int      // those of them that a person has cancelled
	held                 []string // why files wait
	found                remote.Result
	fresh                bool // a fault is one that was not reported before
	Rows, Rejected       int
	Faults, Interruption []error // for good, and worth another try
}

// nightPatience is how long a look by schedule waits for lists that are being written: the next one may be a day away.
// What takes longer is worth another try, of which a schedule has some.
const nightPatience = 5 * time.Minute

// Gather imports what is new at the source, by the same way as the inbox. A file that cannot be imported stays at the
// source and is looked at again the next time; it holds up no other. say is called with what is waited for.
func (f *feed) Gather(ctx context.Context, say func(string)) Gathered {
	var g Gathered
	dir, err := f.app.Spool.Incoming()
	if err == nil {
		take := func(ctx context.Context, file remote.File) error { return f.take(ctx, file, &g) }
		waits := func(unsettled []remote.Unsettled, pause time.Duration) {
			f.logFuture(unsettled)
			say(fmt.Sprintf("%s, changed a moment ago and perhaps not finished; it is looked at again in %s",
				unsettledNames(unsettled), pause.Round(time.Second)))
		}
		log := remote.NewFetchLog(f.app.Store.Client, f.app.Ledger.Prefix())
		g.found, err = f.Source.CollectAndWait(ctx, log, dir, take, nightPatience, waits)
	}
	f.logSkipped(g.found.Skipped)
	for _, err := range parts(err) {
		if fault, is := permanent(err); is {
			g.Faults = append(g.Faults, fault)
			_, away := errors.AsType[*remote.Error](fault)
			g.fresh = g.fresh || away
		} else {
			g.Interruption = append(g.Interruption, err)
		}
	}
	f.app.consumer.Tidy(ctx)
	return g
}

// record is that of a file of the source.
func (f *feed) record(file remote.File) spool.Record {
	return spool.Record{
		Name: file.Name, Origin: spool.Origin{Door: spool.Source, From: file.Source}, Spec: &f.to.Spec,
		Gate: spool.Gate{Rules: f.to.Hold},
	}
}

func (f *feed) take(ctx context.Context, file remote.File, g *Gathered) error {
	r := f.record(file)
	r.AtOrigin = true
	taken, err := f.app.consumer.ImportNow(ctx, f.app.Spool, file.Path, r)
	if held, is := errors.AsType[*spool.HeldError](err); is { // it is in the spool from now on
		g.held = append(g.held, held.Why)
		return nil
	}
	if fault, is := errors.AsType[*importer.FileError](err); is {
		named := *fault
		named.Path = file.Name
		g.fresh = f.notifyFailure(ctx, file, named.Error()) || g.fresh
		return &named
	}
	if err != nil {
		return err
	}
	g.Imports = append(g.Imports, taken.Import)
	if taken.Known {
		g.known++
		if taken.Cancelled {
			g.cancelled++
		}
	} else {
		g.Rows += taken.Rows
		g.Rejected += taken.Rejected
	}
	return nil
}

// notifyFailure notifies of a file that cannot be imported, and reports whether that is the first time for its content:
// it stays at the source and comes again at every look.
func (f *feed) notifyFailure(ctx context.Context, file remote.File, reason string) (first bool) {
	id := spec.ID("failed", f.name, file.Name, file.SHA256)
	if _, before := f.reported.LoadOrStore(id, true); before {
		return false
	}
	err := f.app.notifier().PublishFailure(ctx, notify.FileFailure{
		ID: id, Name: file.Name, Reason: reason, At: time.Now(),
		Where: fmt.Sprintf("It stays at %s, the source of the profile %s, and is looked at again the next time.",
			f.Source, f.name),
	})
	if err != nil {
		f.reported.Delete(id)
	}
	return true
}

// parts takes joined errors apart.
func parts(err error) []error {
	if joined, is := err.(interface{ Unwrap() []error }); is {
		return joined.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// permanent reports whether an error will be the same at the next try, and returns what to show of it.
func permanent(err error) (error, bool) {
	if fault, is := errors.AsType[*importer.FileError](err); is {
		return fault, true
	}
	if fault, is := errors.AsType[*remote.Error](err); is {
		return fault, fault.Kind == remote.Denied || fault.Kind == remote.TooLarge
	}
	return err, false
}

const (
	namedImports = 20 // imports that an outcome names
	namedFaults  = 3  // faults that an outcome shows in full
)

// Outcome is what a schedule's list shows of it.
func (g Gathered) Outcome() schedule.Outcome {
	var said []string
	if begun := len(g.Imports) - g.known; begun > 0 {
		said = append(said, fmt.Sprintf("%s with %s, %d of them rejected", files(begun), plural.Of(g.Rows, "row"),
			g.Rejected))
	}
	if before := g.known - g.cancelled; before > 0 {
		said = append(said, fmt.Sprintf("%s with content that was imported before", files(before)))
	}
	if g.cancelled > 0 {
		said = append(said, fmt.Sprintf("%s with content whose import was cancelled: nothing was done", files(g.cancelled)))
	}
	said = append(said, g.held[:min(len(g.held), namedFaults)]...)
	if len(g.Imports)+len(g.Faults)+len(g.held) == 0 {
		said = append(said, "nothing new")
	}
	for _, err := range g.Faults[:min(len(g.Faults), namedFaults)] {
		said = append(said, err.Error())
	}
	if more := len(g.Faults) - namedFaults; more > 0 {
		said = append(said, "and "+plural.Of(more, "more failure"))
	}
	if g.found.Waited > 0 {
		said = append(said, fmt.Sprintf("waited %s until %s was no longer written to",
			g.found.Waited.Round(time.Second), unsettledNames(g.found.Unsettled)))
	}
	return schedule.Outcome{
		Import: strings.Join(g.Imports[:min(len(g.Imports), namedImports)], " "),
		Text:   strings.Join(said, "; "), Failed: len(g.Faults) > 0, Repeated: !g.fresh,
	}
}

// logFuture logs once of a file that its time lies in the future, which is a clock's fault.
func (f *feed) logFuture(unsettled []remote.Unsettled) {
	for _, y := range unsettled {
		if y.Ahead < noteworthyAhead {
			continue
		}
		if _, before := f.reported.LoadOrStore("ahead "+y.Name, true); !before {
			f.app.Log.Warn("the time of a file lies in the future; do the clocks of the hosts differ? "+
				"It is taken once it has been unchanged for a while by this host's clock",
				"profile", f.name, "source", f.Source.String(), "file", y.Name, "ahead", y.Ahead.Round(time.Second))
		}
	}
}

// logSkipped logs once of a file why it is not fetched although it fits the pattern.
func (f *feed) logSkipped(names []string) {
	for _, name := range names {
		if _, before := f.reported.LoadOrStore("left "+name, true); !before {
			f.app.Log.Warn("a file is left at its source, as names that begin with ~ or # are those of temporary files; "+
				"rename it to have it imported",
				"profile", f.name, "source", f.Source.String(), "file", name)
		}
	}
}

// noteworthyAhead is how far a file's time is in the future when that is said: clocks differ by some seconds
// everywhere.
const noteworthyAhead = time.Minute

// unsettledNames names some files.
func unsettledNames(unsettled []remote.Unsettled) string {
	var names []string
	for _, y := range unsettled[:min(len(unsettled), namedFaults)] {
		names = append(names, y.Name)
	}
	if more := len(unsettled) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}

func files(n int) string { return plural.Of(n, "file") }

// polled are the feeds without a schedule.
func polled(feeds []*feed) []*feed {
	return slices.DeleteFunc(slices.Clone(feeds), func(f *feed) bool { return f.Cron != "" })
}

// poll puts what is new at the source into the account's spool until ctx ends. A source that cannot be read is logged
// once.
func (f *feed) poll(ctx context.Context, every time.Duration) {
	log := f.app.Log.With("profile", f.name, "source", f.Source.String())
	log.Info("a source is looked at again and again", "every", every)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for trouble := ""; ; {
		dropped, err := f.drop(ctx)
		f.noteLook(ctx, dropped, err)
		if dropped > 0 {
			log.Info("new files were fetched", "files", dropped)
			f.app.consumer.Wake()
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && err.Error() != trouble:
			trouble = err.Error()
			log.Error("a source cannot be read; it is tried again and again", "error", err)
		case err == nil && trouble != "":
			trouble = ""
			log.Info("the source can be read again")
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (f *feed) drop(ctx context.Context) (int, error) {
	dir, err := f.app.Spool.Incoming()
	if err != nil {
		return 0, err
	}
	log := remote.NewFetchLog(f.app.Store.Client, f.app.Ledger.Prefix())
	found, err := f.Source.Collect(ctx, log, dir, func(_ context.Context, file remote.File) error {
		_, err := f.app.Spool.Put(file.Path, f.record(file), spool.Approved)
		return err
	})
	f.logFuture(found.Unsettled)
	f.logSkipped(found.Skipped)
	return found.Taken, err
}

// Fetch gets a file that was named by a URL. The profile's credentials go to the place of the profile's source only.
func Fetch(ctx context.Context, s *config.Settings, address, profile, dir string) (remote.File, error) {
	p := s.Profiles[profile]
	var o remote.Options
	if full, same := p.Reaches(address); same {
		address = full
		var err error
		if o, err = p.Credentials(profile); err != nil {
			return remote.File{}, err
		}
	}
	file, err := remote.Fetch(ctx, address, o, dir)
	if wrong, is := errors.AsType[*remote.SettingError](err); is && o == (remote.Options{}) {
		return file, config.Usagef("%v; credentials come from the profile whose source is at the same place", wrong)
	}
	return file, err
}
