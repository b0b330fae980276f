package inbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/inbox"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is a folder with an inbox on it, and what was taken from it.
type house struct {
	t   *testing.T
	dir string
	log bytes.Buffer

	mu    sync.Mutex
	taken []string // contents
	moved []string
	err   error // what taking ends with
}

func newHouse(t *testing.T) *house { return &house{t: t, dir: t.TempDir()} }

func (h *house) inbox(profiles ...string) *inbox.Inbox {
	h.t.Helper()
	settings := map[string]importer.Settings{"": {}}
	for _, p := range profiles {
		settings[p] = importer.Settings{Spec: spec.Spec{Profile: p}}
	}
	b, err := inbox.New(h.dir, 0, settings, h.take, slog.New(slog.NewTextHandler(&h.log, nil)))
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

func (h *house) take(_ context.Context, path string, s importer.Settings) (spool.Result, error) {
	content, err := os.ReadFile(path)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.taken = append(h.taken, s.Profile+string(content))
	if err == nil {
		err = h.err
	}
	return spool.Result{SetSource: func(_, to string) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.moved = append(h.moved, to)
		return nil
	}}, err
}

func (h *house) drop(name, content string) string {
	h.t.Helper()
	path := filepath.Join(h.dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
		h.t.Fatal(err)
	}
	return path
}

// in lists a folder of the house: names without their ids, sorted, and without the signs of files in hand and marks of
// others.
func (h *house) in(folder string) []string {
	h.t.Helper()
	entries, err := os.ReadDir(filepath.Join(h.dir, folder))
	if err != nil {
		h.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if folder != "" && strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if _, original, ours := strings.Cut(e.Name(), "--"); ours {
			names = append(names, original)
		} else if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names
}

func (h *house) want(folder string, names ...string) {
	h.t.Helper()
	if got := h.in(folder); !slices.Equal(got, names) {
		h.t.Fatalf("%s/ holds %q, want %q\n%s", folder, got, names, h.log.String())
	}
}

func (h *house) wantTaken(contents ...string) {
	h.t.Helper()
	slices.Sort(h.taken)
	if !slices.Equal(h.taken, contents) {
		h.t.Fatalf("taken: %q, want %q\n%s", h.taken, contents, h.log.String())
	}
}

func TestADroppedFileIsImportedOnceAndMovedToDone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.inbox("gala")
	h.drop("list.csv", "one")
	h.drop("gala/list.CSV", "two")
	for range 4 {
		b.Look(t.Context())
	}
	h.wantTaken("galatwo", "one")
	h.want("done", "list.csv")
	h.want("gala/done", "list.CSV")
	h.want("")
	for _, to := range h.moved {
		if _, err := os.Stat(to); err != nil {
			t.Fatalf("the import was told that its file is at %s: %v", to, err)
		}
	}
	h.drop("list.csv", "the next day's")
	b.Look(t.Context())
	b.Look(t.Context())
	h.want("done", "list.csv", "list.csv")
	h.wantTaken("galatwo", "one", "the next day's")
}

func TestTwoInboxesOnOneFolderTakeEachFileOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var want, names []string
	for i := range 50 {
		want = append(want, fmt.Sprintf("content %02d", i))
		names = append(names, fmt.Sprintf("list%02d.csv", i))
		h.drop(names[i], want[i])
	}
	h.log = bytes.Buffer{}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for range 2 {
		b, err := inbox.New(h.dir, 0, map[string]importer.Settings{"": {}}, h.take, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		b.Every = 5 * time.Millisecond
		running.Go(func() { b.Run(ctx) })
	}
	testkit.Eventually(t, "all files are done", func() bool { return len(h.in("done")) == 50 })
	cancel()
	running.Wait()
	h.wantTaken(want...)
	h.want("done", names...)
	h.want("processing")
}

func TestAFileThatStillGrowsIsLeftAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.inbox()
	path := h.drop("list.csv", "")
	for i := range 5 {
		b.Look(t.Context())
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatalf("after %d looks: %v", i, err)
		}
		_, _ = f.WriteString("more ")
		_ = f.Close()
	}
	h.wantTaken()
	b.Look(t.Context())
	b.Look(t.Context())
	h.wantTaken("more more more more more ")
}

func TestAFileIsStillOnlyAfterTheSettlingTime(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, err := inbox.New(h.dir, time.Hour, map[string]importer.Settings{"": {}}, h.take, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	h.drop("list.csv", "one")
	for range 5 {
		b.Look(t.Context())
	}
	h.wantTaken()
	h.want("", "list.csv")
}

func TestAFileAtFaultGoesToFailedWithTheReasonBeside(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.err = fmt.Errorf("read it: %w", &importer.FileError{Path: "x", Problem: "it has no header", Advice: "add one"})
	b := h.inbox()
	h.drop("list.csv", "one")
	for range 4 {
		b.Look(t.Context())
	}
	h.wantTaken("one")
	h.want("failed", "list.csv", "list.csv.txt")
	h.want("processing")
	reasons, _ := filepath.Glob(filepath.Join(h.dir, "failed", "*.txt"))
	if why, err := os.ReadFile(reasons[0]); err != nil || !strings.Contains(string(why), "it has no header") {
		t.Fatalf("the reason is %q, %v", why, err)
	}
}

func TestHiddenTemporaryLinkedAndOtherFilesAreNotTouched(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.inbox("gala")
	passing := []string{
		"#list.csv#", ".hidden.csv", ".~lock.list.csv#", "Thumbs.db", "list.csv.crdownload", "list.csv.filepart",
		"list.csv.part",
		"list.csv.swp", "list.csv.tmp", "list.csv~", "~$list.xlsx",
	}
	told := []string{"list.csv.gpg", "list.xls", "notes.pdf"}
	for _, name := range append(slices.Clone(passing), told...) {
		h.drop(name, name)
	}
	target := filepath.Join(t.TempDir(), "elsewhere.csv")
	err := os.WriteFile(target, []byte("secret"), 0o600)
	err = errors.Join(err, os.Symlink(target, filepath.Join(h.dir, "link.csv")),
		os.Mkdir(filepath.Join(h.dir, "galla"), 0o700))
	if err != nil {
		t.Fatal(err)
	}
	told = append(told, "link.csv", "galla")
	for range 6 {
		b.Look(t.Context())
	}
	h.wantTaken()
	if left := len(h.in("")); left != len(passing)+len(told)-1+len(told) { // galla is a folder; and the notes
		t.Errorf("%d files are left, some were taken: %q", left, h.in(""))
	}
	for _, name := range told {
		note, err := os.ReadFile(filepath.Join(h.dir, name+".not-imported.txt"))
		if err != nil || !strings.Contains(string(note), name+"\n\nWhy: ") {
			t.Errorf("the note beside %s: %q, %v", name, note, err)
		}
	}
	for _, name := range told {
		if n := strings.Count(h.log.String(), name+"\n"); n != 1 {
			t.Errorf("%s is spoken of %d times, want once", name, n)
		}
	}
	if n := strings.Count(h.log.String(), "\n"); n != len(told) {
		t.Errorf("%d log lines, want %d\n%s", n, len(told), h.log.String())
	}
}

func TestWhatIsLeftAloneIsSaidOnceAndAsLoudlyAsItSurprises(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, err := inbox.New(h.dir, 0, map[string]importer.Settings{"": {}, "gala": {}}, h.take,
		slog.New(slog.NewTextHandler(&h.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	b.Others = []string{"elsewhere"}
	h.drop("elsewhere/list.csv", "of a profile that another process serves")
	h.drop("processing/.20260101T000000-ABCDEF", "")
	levels := map[string]string{
		".hidden.csv": "DEBUG", "~$list.xlsx": "DEBUG", "list.csv.part": "DEBUG", "#list.csv#": "DEBUG", "Thumbs.db": "DEBUG",
		"#1.csv": "INFO", "~guests.csv": "INFO", "notes.pdf": "WARN",
	}
	for name := range levels {
		h.drop(name, name)
	}
	for range 4 {
		b.Look(t.Context())
	}
	h.wantTaken()
	said := strings.Split(strings.TrimSpace(h.log.String()), "\n")
	if len(said) != len(levels) {
		t.Errorf("%d lines for %d names\n%s", len(said), len(levels), h.log.String())
	}
	for name, level := range levels {
		if !slices.ContainsFunc(said, func(line string) bool {
			return strings.Contains(line, "level="+level) && strings.Contains(line, "/"+name) &&
				strings.Contains(line, "left alone")
		}) {
			t.Errorf("no line says at %s that %s is left alone\n%s", level, name, h.log.String())
		}
	}
}

func TestEverySuffixOfAListIsTaken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.inbox()
	names := []string{"a.CSV", "b.tsv", "c.txt", "d.csv.gz", "e.zip", "f.XLSX", "g.csv.txt"}
	for _, name := range names {
		h.drop(name, name)
	}
	testkit.Eventually(t, "all are taken", func() bool { b.Look(t.Context()); return len(h.in("")) == 0 })
	h.want("done", names...)
}

func TestALongNameIsTakenAndKeepsItsEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.inbox()
	h.drop(strings.Repeat("ü", 122)+".again.csv", "one")
	h.drop(strings.Repeat("x", 247)+".csv.gz", "two")
	b.Look(t.Context())
	b.Look(t.Context())
	h.wantTaken("one", "two")
	if names := h.in("done"); !strings.HasSuffix(names[0], "x.csv.gz") || !strings.HasSuffix(names[1], "ü.again.csv") {
		t.Errorf("done/ holds %q", names)
	}
}

// A killed process leaves its file in processing and touches its sign no more. Earlier versions had no sign and touched
// the file itself.
func TestTheFileOfAKilledProcessIsTakenOver(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.inbox()
	long, future := time.Now().Add(-abandoned-time.Second), time.Now().AddDate(50, 0, 0)
	for name, changed := range map[string]time.Time{
		"20260101T000000-ABCDEF.1--my--list.csv": time.Now(),
		".20260101T000000-ABCDEF":                long,
		"20260101T000000-GHIJKL.3--living.csv":   long,
		".20260101T000000-GHIJKL":                time.Now(),
		"20260101T000000-MNOPQR--old.csv":        long,
		"20260101T000000-STUVWX--oldliving.csv":  time.Now(),
		"20260101T000000-YZABCD--wrongclock.csv": future,
		"byhand.csv":                             long,
	} {
		if err := os.Chtimes(h.drop("processing/"+name, name), changed, changed); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		b.Look(t.Context())
	}
	h.want("done", "byhand.csv", "my--list.csv", "old.csv", "wrongclock.csv")
	h.want("processing", "living.csv", "oldliving.csv")
}

func TestAnErrorThatIsNotTheFilesFaultIsTriedAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.inbox()
	h.err = errors.New("another disk is full")
	h.drop("list.csv", "one")
	for range 4 {
		b.Look(t.Context())
	}
	h.wantTaken("one") // not again at once
	h.want("processing", "list.csv")
	h.err = nil
	h.abandon()
	b.Look(t.Context())
	h.wantTaken("one", "one")
	h.want("done", "list.csv")
	h.wantNoSigns()
}

// abandon makes the files in hand look as if their process had been killed a minute ago.
func (h *house) abandon() {
	h.t.Helper()
	long := time.Now().Add(-abandoned - time.Second)
	for _, sign := range h.signs() {
		if err := os.Chtimes(sign, long, long); err != nil {
			h.t.Fatal(err)
		}
	}
}

func (h *house) signs() []string {
	paths, _ := filepath.Glob(filepath.Join(h.dir, "processing", ".*"))
	return paths
}

func (h *house) wantNoSigns() {
	h.t.Helper()
	if left := h.signs(); len(left) > 0 {
		h.t.Errorf("the signs %q of files that no process imports stay", left)
	}
}

// otherUsersInbox makes this test binary look once into an inbox as the user that it runs as.
const otherUsersInbox = "TEST_LOOK_INTO_INBOX"

// Most files are dropped by another user, through a share; who is not their owner may not touch them. A test can only
// play that as root, which CI is: the inbox is looked into by a second process of an unprivileged user.
func TestAFileOfAnotherUserIsTaken(t *testing.T) {
	if dir := os.Getenv(otherUsersInbox); dir != "" {
		h := &house{t: t, dir: dir}
		b := h.inbox()
		b.Look(t.Context())
		b.Look(t.Context())
		h.wantTaken("theirs")
		h.want("done", "list.csv")
		h.wantNoSigns()
		return
	}
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can play two users")
	}
	const us, them = 65534, 12345
	h := &house{t: t, dir: filepath.Join(publicDir(t), "inbox")}
	path := filepath.Join(h.dir, "list.csv")
	err := errors.Join(os.Mkdir(h.dir, 0o700), os.Chown(h.dir, us, us), os.WriteFile(path, []byte("theirs"), 0o600))
	if err = errors.Join(err, os.Chmod(path, 0o644), os.Chown(path, them, them)); err != nil {
		t.Fatal(err)
	}
	exe := filepath.Join(filepath.Dir(h.dir), "inbox.test")
	self, _ := os.Executable()
	// By a process of its own: a file cannot be run that this one has open for writing, or what it starts beside.
	if out, err := exec.Command("cp", self, exe).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestAFileOfAnotherUserIsTaken$")
	cmd.Env = []string{otherUsersInbox + "=" + h.dir}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: us, Gid: us}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// publicDir is a temporary folder that other users may enter.
func publicDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "inbox") // other users may not enter those of t.TempDir
	if err == nil {
		err = os.Chmod(dir, 0o755) // for the other user
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func TestAFileThatWasTakenOverIsNotAtFault(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, err := inbox.New(h.dir, 0, map[string]importer.Settings{"": {}},
		func(_ context.Context, path string, _ importer.Settings) (spool.Result, error) {
			if err := os.Rename(path, filepath.Join(h.dir, "processing", "theirs--list.csv")); err != nil {
				t.Error(err)
			}
			_, err := os.Open(path)
			return spool.Result{}, &importer.FileError{Path: path, Problem: "it cannot be read", Cause: err}
		}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	h.drop("list.csv", "one")
	b.Look(t.Context())
	b.Look(t.Context())
	h.want("failed")
	h.want("processing", "list.csv")
}

func TestManyFilesAreNotAllTakenAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	release := make(chan struct{})
	b, err := inbox.New(h.dir, 0, map[string]importer.Settings{"": {}},
		func(ctx context.Context, path string, s importer.Settings) (spool.Result, error) {
			<-release
			return h.take(ctx, path, s)
		}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		h.drop(fmt.Sprintf("list%02d.csv", i), "x")
	}
	b.Every = time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { b.Run(ctx) })
	testkit.Eventually(t, "some are taken", func() bool { return len(h.in("processing")) > 0 })
	if n := len(h.in("processing")); n > spool.AtOnce || len(h.in("")) < 20-spool.AtOnce {
		t.Errorf("%d files in hand, %d left for others", n, len(h.in("")))
	}
	close(release)
	testkit.Eventually(t, "all are done", func() bool { return len(h.in("done")) == 20 })
	cancel()
	running.Wait()
}

// Promise: a short import is not held up by long ones, whose importers may hold back for hours.
func TestASmallFileIsTakenThoughAllHandsAreFullOfLargeOnes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	release := make(chan struct{})
	b, err := inbox.New(h.dir, 0, map[string]importer.Settings{"": {}},
		func(ctx context.Context, path string, s importer.Settings) (spool.Result, error) {
			if strings.Contains(path, "long") {
				<-release
			}
			return h.take(ctx, path, s)
		}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", spool.Small+1)
	for i := range spool.AtOnce + 1 {
		h.drop(fmt.Sprintf("long%d.csv", i), long)
	}
	b.Every = time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { b.Run(ctx) })
	testkit.Eventually(t, "all hands are full", func() bool { return len(h.in("processing")) == spool.AtOnce })
	h.drop("short.csv", "x")
	testkit.Eventually(t, "the short one is done", func() bool { return len(h.in("done")) == 1 })
	if n := len(h.in("processing")); n != spool.AtOnce {
		t.Errorf("%d large files in hand", n)
	}
	close(release)
	testkit.Eventually(t, "all are done", func() bool { return len(h.in("done")) == spool.AtOnce+2 })
	cancel()
	running.Wait()
}

func TestAProfileIsAFolderBelowTheInbox(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"..", ".", "a/b", "/etc", "done", "processing", ".hidden"} {
		if _, err := inbox.New(t.TempDir(), 0, map[string]importer.Settings{name: {}}, nil,
			slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("the profile %q was taken for a folder", name)
		}
	}
}

// The real thing: Redis is away when the file is dropped, and the file is imported once it is back.
func TestAFileDroppedWhileRedisIsAwayIsImportedLater(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	options := server.Redis()
	options.MaxRetries = -1 // the error is wanted
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	books, err := ledger.For(client, "main")
	if err != nil {
		t.Fatal(err)
	}
	im := importer.New(client, books, slog.New(slog.DiscardHandler))
	h := newHouse(t)
	const event = "6f1f9d1e-5d8b-4b8e-9a53-0f2b1a0c7d11"
	b, err := inbox.New(h.dir, 0, map[string]importer.Settings{"": {Spec: spec.Spec{Account: "main", Event: event}}},
		func(ctx context.Context, path string, s importer.Settings) (spool.Result, error) {
			return importInto(ctx, im, books, path, s)
		}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	h.drop("list.csv", "First Name,Last Name,Email\nAnn,Lee,ann@example.com\n")
	server.Kill()
	b.Look(t.Context())
	b.Look(t.Context())
	h.want("processing", "list.csv")
	restart(t, server)
	h.abandon()
	testkit.Eventually(t, "the file is imported",
		func() bool { b.Look(t.Context()); h.abandon(); return len(h.in("done")) == 1 })
	list, err := books.Imports(t.Context(), 10)
	if err != nil || len(list) != 1 || list[0].Counts[ledger.Queued] != 1 {
		t.Fatalf("imports %+v, %v", list, err)
	}
	if _, err := os.Stat(list[0].Source); errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("the report would look for the file at %s", list[0].Source)
	}
}

func restart(t *testing.T, s *redisserver.Server) {
	t.Helper()
	again, err := redistest.Restart(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(again.Kill)
}

// importInto is what run does with a dropped file.
func importInto(ctx context.Context, im *importer.Importer, books *ledger.Ledger, path string,
	s importer.Settings) (spool.Result, error) {
	plan, err := importer.MakePlan(ctx, path, s)
	if err != nil {
		return spool.Result{}, err
	}
	imp, created, err := im.Begin(ctx, plan)
	if err != nil {
		return spool.Result{}, err
	}
	if err := im.Run(ctx, plan, imp); err != nil {
		return spool.Result{}, err
	}
	resumed := !created && imp.Enqueued*imp.Chunk < imp.Rows
	return spool.Result{Import: imp.ID, Rows: plan.Rows, Rejected: plan.Rejected, Known: !created, Resumed: resumed,
		Source: imp.Source, SetSource: func(_, to string) error {
			return books.SetSource(ctx, imp.ID, to)
		}}, nil
}

// abandoned is how long a claim must lie untouched to be void.
const abandoned = time.Minute
