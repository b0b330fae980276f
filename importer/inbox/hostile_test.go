//go:build unix

package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"guestflow/importer"
	"guestflow/importer/inbox"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
)

// With this, the test binary is a process that looks once at an inbox, and that a file of the content deadlyText kills.
const (
	dyingFolder = "TEST_INBOX_DYING"
	spared      = "TEST_INBOX_SPARED" // set: the process lives through lateText
)

// The contents that kill: while the file is read, and once it has been read.
const (
	deadlyText = "deadly"
	lateText   = "deadly while its rows are enqueued"
)

func lookOnceAndDie(t *testing.T, dir string) {
	b, err := inbox.New(dir, 0, map[string]importer.Settings{"": {}},
		func(_ context.Context, path string, s importer.Settings) (spool.Result, error) {
			text, err := os.ReadFile(path)
			if err != nil || string(text) == deadlyText {
				die()
			}
			s.Planned()
			if string(text) == lateText && os.Getenv(spared) == "" {
				die()
			}
			return spool.Result{}, nil
		}, slog.New(slog.NewTextHandler(os.Stdout, nil)))
	if err != nil {
		t.Fatal(err)
	}
	b.Abandoned = 0
	for range 4 {
		b.Look(t.Context())
	}
}

func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

// process runs this test binary as such a process until it ends.
func (h *house) process(more ...string) {
	run := exec.CommandContext(h.t.Context(), os.Args[0],
		"-test.run=^TestAFileWhoseTakerDiesThreeTimesIsPutAwayAndNoOtherWithIt$")
	run.Env = append(append(os.Environ(), dyingFolder+"="+h.dir), more...)
	out, _ := run.CombinedOutput() // killed, or not
	h.log.Write(out)
}

func TestAFileWhoseTakerDiesThreeTimesIsPutAwayAndNoOtherWithIt(t *testing.T) {
	if dir := os.Getenv(dyingFolder); dir != "" {
		lookOnceAndDie(t, dir)
		return
	}
	t.Parallel()
	h := newHouse(t)
	h.inbox() // its folders
	h.drop("a deadly.csv", deadlyText)
	for i := range spool.AtOnce - 1 { // as many as are in hand together with it
		h.drop(fmt.Sprintf("list%d.csv", i), "fine")
	}
	processes := 0
	for ; len(h.in("failed")) == 0 && processes < 10; processes++ {
		h.process()
	}
	h.want("failed", "a deadly.csv", "a deadly.csv.txt")
	h.want("processing")
	h.want("done", "list0.csv", "list1.csv", "list2.csv")
	if processes != 4 { // three die, and the fourth puts it away
		t.Errorf("it took %d processes, want 4\n%s", processes, h.log.String())
	}
	texts, _ := filepath.Glob(filepath.Join(h.dir, "failed", "*.txt"))
	if text, err := os.ReadFile(texts[0]); err != nil || !strings.Contains(string(text), "broke down 3 times") {
		t.Errorf("the text beside it says %q, %v", text, err)
	}
}

func TestAFileWhoseReadingPanicsThreeTimesIsPutAway(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	tries := 0
	b, err := inbox.New(h.dir, 0, map[string]importer.Settings{"": {}},
		func(context.Context, string, importer.Settings) (spool.Result, error) {
			tries++
			panic("a reader's fault")
		}, slog.New(slog.NewTextHandler(&h.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	b.Abandoned = 0
	h.drop("list.csv", "x")
	for range 8 {
		b.Look(t.Context())
	}
	h.want("failed", "list.csv", "list.csv.txt")
	if tries != 3 {
		t.Errorf("it was tried %d times, want 3", tries)
	}
}

func TestAFileThatHasBeenReadIsTriedHoweverOftenItsTakerIsKilled(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.inbox() // its folders
	h.drop("list.csv", lateText)
	for range 5 {
		h.process()
	}
	h.want("processing", "list.csv")
	h.process(spared + "=yes")
	h.want("failed")
	h.want("done", "list.csv")
}

// exchanged puts something in the place of a file.
func exchanged(t *testing.T, path string, with func(path string) error) {
	t.Helper()
	if err := errors.Join(os.Remove(path), with(path)); err != nil {
		t.Fatal(err)
	}
}

func fifo(path string) error { return syscall.Mkfifo(path, 0o600) }

// within fails the test when something does not come back: a FIFO that was opened waits for ever.
func within(t *testing.T, what string, do func()) {
	t.Helper()
	over := make(chan struct{})
	go func() {
		defer close(over)
		do()
	}()
	select {
	case <-over:
	case <-time.After(2 * time.Minute):
		t.Fatalf("%s: it does not come back", what)
	}
}

func TestNothingThatIsExchangedForAFileFreezesTheInboxOrIsRead(t *testing.T) {
	t.Parallel()
	elsewhere := filepath.Join(t.TempDir(), "secret.csv")
	if err := os.WriteFile(elsewhere, []byte("First Name,Email\nSecret,s@guests.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, with := range map[string]func(string) error{
		"a FIFO":   fifo,
		"a link":   func(path string) error { return os.Symlink(elsewhere, path) },
		"a folder": func(path string) error { return os.Mkdir(path, 0o700) },
		"a device": func(path string) error { return os.Symlink("/dev/zero", path) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			var read string
			b, err := inbox.New(h.dir, 0, map[string]importer.Settings{"": {Spec: spec.Spec{Account: "main", Event: "gala"}}},
				func(ctx context.Context, path string, s importer.Settings) (spool.Result, error) {
					exchanged(t, path, with) // at the worst moment
					plan, err := importer.MakePlan(ctx, path, s)
					read = plan.SHA256
					return spool.Result{}, err
				}, slog.New(slog.NewTextHandler(&h.log, nil)))
			if err != nil {
				t.Fatal(err)
			}
			h.drop("list.csv", "First Name,Email\nAda,a@guests.example\n")
			within(t, "a look at the inbox", func() {
				for range 4 {
					b.Look(t.Context())
				}
			})
			if read != "" || strings.Contains(h.log.String(), "Secret") {
				t.Errorf("what was exchanged for the file was read\n%s", h.log.String())
			}
			h.want("done")
			h.want("failed")
		})
	}
}

func TestAFIFOInPlaceOfASignAMarkOrATextFreezesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.err = &importer.FileError{Path: "list.csv", Problem: "it is broken", Advice: "mend it"}
	b := h.inbox()
	b.Failed = func(context.Context, spool.Failure) error { return errors.New("it cannot be sent yet") }
	h.drop("list.csv", "x")
	b.Look(t.Context())
	b.Look(t.Context())
	h.want("failed", "list.csv", "list.csv.txt")
	texts, _ := filepath.Glob(filepath.Join(h.dir, "failed", "*.txt"))
	marks, _ := filepath.Glob(filepath.Join(h.dir, "failed", ".*.read"))
	for _, path := range slices.Concat(texts, marks) {
		exchanged(t, path, fifo)
	}
	within(t, "tidying up", func() { b.Tidy(t.Context()) })

	h.err = errors.New("Redis is away")
	b.Abandoned = 0
	h.drop("other.csv", "y")
	b.Look(t.Context())
	b.Look(t.Context())
	h.want("processing", "other.csv")
	signs, _ := filepath.Glob(filepath.Join(h.dir, "processing", ".2*"))
	if len(signs) != 1 {
		t.Fatalf("there are the signs %q, want one", signs)
	}
	exchanged(t, signs[0], fifo)
	h.err = nil
	within(t, "taking the file over", func() {
		b.Look(t.Context())
		b.Look(t.Context())
	})
	h.want("done", "other.csv")
}

func TestATextIsNotWrittenThroughALinkThatWasPutThere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	target := filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(target, []byte("as it was"), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := inbox.New(h.dir, 0, map[string]importer.Settings{"": {}},
		func(_ context.Context, path string, _ importer.Settings) (spool.Result, error) {
			id, name, _ := strings.Cut(filepath.Base(path), "--")
			id, _, _ = strings.Cut(id, ".")
			if err := os.Symlink(target, filepath.Join(h.dir, "failed", id+"--"+name+".txt")); err != nil {
				t.Error(err)
			}
			return spool.Result{}, &importer.FileError{Path: path, Problem: "it is broken", Advice: "mend it"}
		}, slog.New(slog.NewTextHandler(&h.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	h.drop("list.csv", "x")
	b.Look(t.Context())
	b.Look(t.Context())
	h.want("failed", "list.csv", "list.csv.txt")
	if text, err := os.ReadFile(target); err != nil || string(text) != "as it was" {
		t.Errorf("the file that the link leads to holds %q, %v", text, err)
	}
}

// endless is a file without disk blocks, which may take hours to read.
func endless(path string, size int64) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString("First Name,Email\n")
	return errors.Join(err, f.Truncate(size), f.Close())
}

func TestAStopEndsTheReadingOfAnyFileAndLeavesItWhereItIs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	reading := make(chan struct{}, 1)
	hashing := make(chan struct{}, 1)
	b, err := inbox.New(h.dir, 0, map[string]importer.Settings{"": {Spec: spec.Spec{Account: "main", Event: "gala"}}},
		func(ctx context.Context, path string, s importer.Settings) (spool.Result, error) {
			if strings.HasSuffix(path, "done.csv") { // its hash is taken after it
				hashing <- struct{}{}
				return spool.Result{Import: "x"}, nil
			}
			reading <- struct{}{}
			_, err := importer.MakePlan(ctx, path, s)
			return spool.Result{}, err
		}, slog.New(slog.NewTextHandler(&h.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	for name, size := range map[string]int64{"list.csv": 1 << 42, "done.csv": 4 << 30} {
		if err := endless(filepath.Join(h.dir, name), size); err != nil {
			t.Skip(err) // a file system without sparse files
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	b.Every = time.Millisecond
	over := make(chan struct{})
	go func() {
		defer close(over)
		b.Run(ctx)
	}()
	<-reading
	<-hashing
	stop()
	within(t, "stopping", func() { <-over })
	h.want("failed")
	h.want("done")
	h.want("processing", "done.csv", "list.csv")
}

func TestAFileOfATerabyteIsPutAwayWithoutBeingReadToItsEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, err := inbox.New(h.dir, 0, map[string]importer.Settings{"": {Spec: spec.Spec{Account: "main", Event: "gala"}}},
		func(ctx context.Context, path string, s importer.Settings) (spool.Result, error) {
			_, err := importer.MakePlan(ctx, path, s)
			return spool.Result{}, err
		}, slog.New(slog.NewTextHandler(&h.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := endless(filepath.Join(h.dir, "list.csv"), 1<<42); err != nil {
		t.Skip(err)
	}
	within(t, "a look at the inbox", func() {
		b.Look(t.Context())
		b.Look(t.Context())
		b.Tidy(t.Context())
	})
	h.want("failed", "list.csv", "list.csv.txt")
}
