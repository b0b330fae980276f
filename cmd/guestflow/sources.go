package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"guestflow/importer"
	"guestflow/importer/inbox"
	"guestflow/importer/ledger"
	"guestflow/importer/listfile"
	"guestflow/importer/notify"
	"guestflow/importer/remote"
	"guestflow/importer/schedule"
	"guestflow/tokencache/secret"
)

// Folders of the state folder. What is in them holds guests' data and is removed in time.
const (
	fetchedDir = "fetched" // ACCOUNT/PROFILE/: files of scheduled imports; ACCOUNT/: those that somebody named by a URL
	sourcesDir = "sources" // PROFILE/: an inbox for each source that is polled
)

// feed is a profile's source on behalf of an account.
type feed struct {
	name string
	profile
	app    *app
	source *remote.Source
	to     importer.Settings
	told   sync.Map // contents of files that cannot be imported, of which was told
}

// checkSource tells what is wrong with a profile's source and schedule. Files are looked at by open, since only the hosts
// that import have them.
func (p profile) checkSource(name string) error {
	if p.Source == "" {
		for _, key := range slices.Sorted(maps.Keys(p.values())) {
			if key == "cron" {
				return errors.New("cron says when, and nothing says from where; add source: a URL or a folder. Files that are dropped into the inbox need no cron")
			}
			if strings.HasPrefix(key, "source_") {
				return fmt.Errorf("%s is set without a source; add source: a URL or a folder", key)
			}
		}
	}
	if name != filepath.Base(name) || strings.HasPrefix(name, ".") {
		return errors.New("its name cannot be a folder's, and its files need one")
	}
	if p.Cron != "" {
		if _, err := p.schedule(name); err != nil {
			return err
		}
	} else if p.Missed != "" || p.Jitter != "" {
		return errors.New("missed and jitter belong to a cron; add cron, such as \"30 2 * * *\", or take them out")
	}
	if p.Source == "" {
		return nil
	}
	if err := p.signsIn(); err != nil {
		return err
	}
	_, err := p.unread()
	return err
}

// unread gives the source without its secret, to check and to show it.
func (p profile) unread() (*remote.Source, error) {
	o := p.options()
	if p.SourceSecretFile != "" {
		o.Secret = "not read"
	}
	return remote.New(p.Source, o)
}

// signsIn says it by our keys if a kind of source lacks what it cannot do without.
func (p profile) signsIn() error {
	scheme, _, _ := strings.Cut(p.Source, "://")
	switch {
	case scheme == "gs" && (p.SourceID == "" || p.SourceSecretFile == ""):
		return errors.New("gs:// needs an HMAC key (Cloud Storage, Settings, Interoperability); set source_id and source_secret_file")
	case scheme == "sftp" && p.SourceKnownHosts == "":
		return errors.New("sftp:// needs source_known_hosts: a file with the server's key, as ssh-keyscan writes it; ask the server's owner whether it is right")
	case scheme == "sftp" && p.SourceKeyFile == "" && p.SourceSecretFile == "":
		return errors.New("sftp:// needs a way to sign in; set source_key_file, or source_secret_file for a password")
	}
	return nil
}

func (p profile) options() remote.Options {
	o := remote.Options{
		Pattern: p.SourcePattern, After: remote.After(p.SourceAfter),
		ID: p.SourceID, KeyFile: p.SourceKeyFile, KnownHosts: p.SourceKnownHosts,
	}
	if o.Pattern == "" && !web(p.Source) {
		o.Pattern = "*.csv" // or whatever else lies in that folder would be taken, moved or deleted
	}
	return o
}

func web(address string) bool {
	return strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")
}

// credentials reads the secret and looks whether the other files are there.
func (p profile) credentials(name string) (remote.Options, error) {
	o := p.options()
	var raw []byte
	for _, f := range []struct {
		key, path string
		into      *[]byte
	}{
		{"source_secret_file", p.SourceSecretFile, &raw}, {"source_key_file", p.SourceKeyFile, new([]byte)}, {"source_known_hosts", p.SourceKnownHosts, new([]byte)},
	} {
		if f.path == "" {
			continue
		}
		var err error
		if *f.into, err = os.ReadFile(f.path); err != nil {
			return o, &usageError{fmt.Sprintf("profile %s: %s cannot be read: %v", name, f.key, err)}
		}
	}
	var err error
	if o.Secret, err = secret.FromFile(raw); err != nil {
		return o, &usageError{fmt.Sprintf("profile %s: source_secret_file: %v", name, err)}
	}
	return o, nil
}

// open gives the profile's source, or nil if it has none.
func (p profile) open(name string) (*remote.Source, error) {
	if p.Source == "" {
		return nil, nil
	}
	o, err := p.credentials(name)
	if err != nil {
		return nil, err
	}
	source, err := remote.New(p.Source, o)
	if err != nil {
		return nil, &usageError{fmt.Sprintf("profile %s: %v", name, err)}
	}
	return source, nil
}

// feeds are the sources of the account's profiles.
func (a *app) feeds(how ways) ([]*feed, error) {
	var list []*feed
	for _, name := range slices.Sorted(maps.Keys(a.settings.profiles)) {
		p := a.settings.profiles[name]
		if p.Source == "" || p.Account != "" && p.Account != a.settings.account() {
			continue
		}
		f, err := a.feed(name, how)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

func (a *app) feed(name string, how ways) (*feed, error) {
	p := a.settings.profiles[name]
	to, err := a.settings.imports(name, lists{ways: how})
	if err != nil {
		return nil, err
	}
	source, err := p.open(name)
	if err != nil {
		return nil, err
	}
	return &feed{name: name, profile: p, app: a, source: source, to: to}, nil
}

// fetched makes the folder for what is fetched on behalf of a profile.
func (s *settings) fetched(profile string) (string, error) {
	dir := filepath.Join(s.StateDir, fetchedDir, s.account(), profile)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make the folder for fetched files: %w", err)
	}
	return dir, nil
}

// gathered is what came of one look at a source.
type gathered struct {
	imports              []string
	known                int // imports that were there before
	cancelled            int // those of them that a person has cancelled
	found                remote.Result
	fresh                bool // a fault is one that was not told before
	rows, rejected       int
	faults, interruption []error // for good, and worth another try
}

// nightPatience is how long a look by schedule waits for lists that are being written: the next one may be a day away. What takes
// longer is worth another try, of which a schedule has some.
const nightPatience = 5 * time.Minute

// gather imports what is new at the source, by the same way as the inbox. A file that cannot be imported stays at the source
// and is looked at again the next time; it holds up no other. say is told what is waited for.
func (f *feed) gather(ctx context.Context, say func(string)) gathered {
	var g gathered
	dir, err := f.app.settings.fetched(f.name)
	if err == nil {
		take := func(ctx context.Context, file remote.File) error { return f.take(ctx, file, &g) }
		waits := func(young []remote.Unsettled, pause time.Duration) {
			f.tellAhead(young)
			say(fmt.Sprintf("%s, changed a moment ago and perhaps not finished; it is looked at again in %s", youngNames(young), pause.Round(time.Second)))
		}
		g.found, err = f.source.CollectAndWait(ctx, remote.NewFetchLog(f.app.store.Client, f.app.ledger.Prefix()), dir, take, nightPatience, waits)
	}
	f.tellLeft(g.found.Skipped)
	for _, err := range parts(err) {
		if fault, is := hopeless(err); is {
			g.faults = append(g.faults, fault)
			_, away := errors.AsType[*remote.Error](fault)
			g.fresh = g.fresh || away
		} else {
			g.interruption = append(g.interruption, err)
		}
	}
	f.app.forgetFetched(ctx)
	return g
}

func (f *feed) take(ctx context.Context, file remote.File, g *gathered) error {
	taken, err := f.app.take(ctx, file.Path, f.to)
	if fault, is := errors.AsType[*importer.FileError](err); is {
		named := *fault
		named.Path = file.Name
		g.fresh = f.tell(ctx, file, named.Error()) || g.fresh
		return &named
	}
	if err != nil {
		return err
	}
	g.imports = append(g.imports, taken.Import)
	if taken.Known {
		g.known++
		if taken.Cancelled {
			g.cancelled++
		}
	} else {
		g.rows += taken.Rows
		g.rejected += taken.Rejected
	}
	kept, err := f.app.account().KeepFile(ctx, taken.Import, taken.Source, file.Path)
	if err == nil && !kept {
		err = os.Remove(file.Path)
	}
	return err
}

// tell has somebody told of a file that cannot be imported, and whether that is the first time for its content: it stays at the
// source and comes again at every look.
func (f *feed) tell(ctx context.Context, file remote.File, reason string) (first bool) {
	id := ledger.NewID("failed", f.name, file.Name, file.SHA256)
	if _, told := f.told.LoadOrStore(id, true); told {
		return false
	}
	err := f.app.notifier().PublishFailure(ctx, notify.FileFailure{
		ID: id, Name: file.Name, Reason: reason, At: time.Now(),
		Where: fmt.Sprintf("It stays at %s, the source of the profile %s, and is looked at again the next time.", f.source, f.name),
	})
	if err != nil {
		f.told.Delete(id)
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

// hopeless tells whether an error will be the same at the next try, and what to show of it.
func hopeless(err error) (error, bool) {
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
	namedFaults  = 3  // faults that an outcome tells in full
)

// outcome is what a schedule's list tells of it.
func (g gathered) outcome() schedule.Outcome {
	var said []string
	if begun := len(g.imports) - g.known; begun > 0 {
		said = append(said, fmt.Sprintf("%s with %d rows, %d of them rejected", files(begun), g.rows, g.rejected))
	}
	if before := g.known - g.cancelled; before > 0 {
		said = append(said, fmt.Sprintf("%s with content that was imported before", files(before)))
	}
	if g.cancelled > 0 {
		said = append(said, fmt.Sprintf("%s with content whose import was cancelled: nothing was done", files(g.cancelled)))
	}
	if len(g.imports)+len(g.faults) == 0 {
		said = append(said, "nothing new")
	}
	for _, err := range g.faults[:min(len(g.faults), namedFaults)] {
		said = append(said, err.Error())
	}
	if more := len(g.faults) - namedFaults; more > 0 {
		said = append(said, fmt.Sprintf("and %d more failures", more))
	}
	if g.found.Waited > 0 {
		said = append(said, fmt.Sprintf("waited %s until nobody wrote to %s", g.found.Waited.Round(time.Second), youngNames(g.found.Unsettled)))
	}
	return schedule.Outcome{
		Import: strings.Join(g.imports[:min(len(g.imports), namedImports)], " "),
		Text:   strings.Join(said, "; "), Failed: len(g.faults) > 0, Repeated: !g.fresh,
	}
}

// tellAhead says once of a file that its time is to come, which is a clock's fault.
func (f *feed) tellAhead(young []remote.Unsettled) {
	for _, y := range young {
		if y.Ahead < noteworthy {
			continue
		}
		if _, told := f.told.LoadOrStore("ahead "+y.Name, true); !told {
			f.app.log.Warn("the time of a file lies in the future; do the clocks of the hosts differ? It is taken once it has been unchanged for a while by this host's clock",
				"profile", f.name, "source", f.source.String(), "file", y.Name, "ahead", y.Ahead.Round(time.Second))
		}
	}
}

// tellLeft says once of a file why it is not fetched although it fits the pattern.
func (f *feed) tellLeft(names []string) {
	for _, name := range names {
		if _, told := f.told.LoadOrStore("left "+name, true); !told {
			f.app.log.Warn("a file is left at its source, as names that begin with ~ or # are those of temporary files; rename it to have it imported",
				"profile", f.name, "source", f.source.String(), "file", name)
		}
	}
}

// noteworthy is how far a file's time is in the future when that is said: clocks differ by some seconds everywhere.
const noteworthy = time.Minute

// youngNames names some files.
func youngNames(young []remote.Unsettled) string {
	var names []string
	for _, y := range young[:min(len(young), namedFaults)] {
		names = append(names, y.Name)
	}
	if more := len(young) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}

func files(n int) string {
	if n == 1 {
		return "1 file"
	}
	return fmt.Sprintf("%d files", n)
}

// forgetFetched removes fetched files that are as old as what an inbox removes. Those of imports with open rows stay, for
// their reports.
func (a *app) forgetFetched(ctx context.Context) {
	keep := a.settings.KeepFiles
	if keep == 0 {
		return
	}
	root := filepath.Join(a.settings.StateDir, fetchedDir, a.settings.account())
	var old []string
	_ = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil //nolint:nilerr // what cannot be read cannot be removed either
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > keep {
			old = append(old, path)
		}
		return nil
	})
	if len(old) == 0 {
		return
	}
	imports, err := a.ledger.Imports(ctx, 0)
	if err != nil {
		return // the next one does it
	}
	for _, path := range old {
		if !slices.ContainsFunc(imports, func(i ledger.Import) bool { return i.Source == path && !i.Done() }) && os.Remove(path) == nil {
			a.log.Info("an old file was removed, as guests' data is not kept for ever", "file", path)
		}
	}
}

// polled are the feeds without a schedule.
func polled(feeds []*feed) []*feed {
	return slices.DeleteFunc(slices.Clone(feeds), func(f *feed) bool { return f.Cron != "" })
}

// inbox is where a polled source's files are dropped.
func (f *feed) inbox() string { return filepath.Join(f.app.settings.StateDir, sourcesDir, f.name) }

// box imports what is dropped there. Files come by a rename, so none has to settle.
func (f *feed) box() (*inbox.Inbox, error) {
	box, err := inbox.New(f.inbox(), 0, map[string]importer.Settings{"": f.to}, f.app.take, f.app.log)
	if err == nil {
		wire(box, []*app{f.app})
	}
	return box, err
}

// poll drops what is new at the source into an inbox of its own until ctx ends. A source that cannot be read is told once.
func (f *feed) poll(ctx context.Context, every time.Duration) {
	log := f.app.log.With("profile", f.name, "source", f.source.String())
	log.Info("a source is looked at again and again", "every", every)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for trouble := ""; ; {
		dropped, err := f.drop(ctx)
		if dropped > 0 {
			log.Info("new files were fetched", "files", dropped, "into", f.inbox())
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
	dir, err := f.app.settings.fetched(f.name) // and from there by a rename, which makes a file complete at once
	if err != nil {
		return 0, err
	}
	found, err := f.source.Collect(ctx, remote.NewFetchLog(f.app.store.Client, f.app.ledger.Prefix()), dir, func(_ context.Context, file remote.File) error {
		return os.Rename(file.Path, filepath.Join(f.inbox(), listfile.ListName(filepath.Base(file.Path))))
	})
	f.tellAhead(found.Unsettled)
	f.tellLeft(found.Skipped)
	return found.Taken, err
}

// isURL tells an address from a path.
func isURL(arg string) bool { return strings.Contains(arg, "://") }

// fetch gets a file that was named by a URL. The profile's credentials go to the place of the profile's source only.
func (s *settings) fetch(ctx context.Context, address, profile, dir string) (remote.File, error) {
	p := s.profiles[profile]
	var o remote.Options
	if full, same := p.reaches(address); same {
		address = full
		var err error
		if o, err = p.credentials(profile); err != nil {
			return remote.File{}, err
		}
	}
	file, err := remote.Fetch(ctx, address, o, dir)
	if wrong, is := errors.AsType[*remote.SettingError](err); is && o == (remote.Options{}) {
		return file, &usageError{fmt.Sprintf("%v; credentials come from the profile whose source is at the same place", wrong)}
	}
	return file, err
}

// reaches tells whether an address is at the place of the profile's source: the same host, bucket and user. A bucket's region
// and endpoint need not be repeated, and none but the source's is given its credentials.
func (p profile) reaches(address string) (full string, same bool) {
	u, err := url.Parse(address)
	if err != nil || p.Source == "" {
		return "", false
	}
	source, err := url.Parse(p.Source)
	if err != nil || source.Scheme != u.Scheme || source.Host != u.Host || source.User.String() != u.User.String() {
		return "", false
	}
	if web(address) {
		return address, true
	}
	if u.RawQuery == "" {
		u.RawQuery = source.RawQuery
	}
	return u.String(), u.RawQuery == source.RawQuery
}
