package inbox_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"guestflow/importer"
	"guestflow/importer/inbox"
	"guestflow/importer/ledger"
	"guestflow/importer/spool"
)

// slowCopy drops a part of a list and keeps the file open, as a copy does that pauses for longer than the settling
// time.
func (o *office) slowCopy(name, part string) *os.File {
	o.t.Helper()
	f, err := os.OpenFile(filepath.Join(o.dir, name), os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(part)
	}
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { _ = f.Close() })
	return f
}

// mail brings an import's rows to their end.
func (o *office) mail(imp ledger.Import) {
	o.t.Helper()
	for row := range imp.Rows {
		if _, _, err := o.books.Move(o.t.Context(), imp.ID, []ledger.Move{{Row: row + 1, To: ledger.Accepted}}); err != nil {
			o.t.Fatal(err)
		}
	}
}

func TestAFileThatGrowsAfterItWasTakenIsTakenAgainAndOnlyItsNewRowsGoOut(t *testing.T) {
	t.Parallel()
	whole := list("a", 5)
	for _, when := range []string{"before its report", "after its report", "after a restart", "twice",
		"as a repeated file"} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			o, part := newOffice(t), whole[:len(list("a", 2))]
			over, fault := map[string]bool{}, error(nil)
			open := func() *inbox.Inbox {
				b := o.open()
				o.reports(b, over, &fault)
				b.Abandoned = time.Nanosecond
				return b
			}
			b := open()
			look := func() { b.Look(t.Context()); b.Look(t.Context()); b.Tidy(t.Context()) }
			copying := o.slowCopy("list.csv", part)
			look()
			first := o.wantImports(1)[0]
			o.mail(first)
			switch when {
			case "after its report":
				over[first.ID] = true
				b.Tidy(t.Context())
				o.want("done", "list.csv", "list.csv.report")
			case "as a repeated file":
				_ = copying.Close()
				copying = o.slowCopy("copy.csv", part)
				look()
				o.want("done", "copy.csv", "copy.csv.txt", "list.csv")
			}
			grow := func(more string) {
				if _, err := copying.WriteString(more); err != nil {
					t.Fatal(err)
				}
				if when == "after a restart" {
					b = open()
				}
				b.Tidy(t.Context())
			}
			again := 1
			if when == "twice" {
				again = 2
				grow(whole[len(part):len(list("a", 4))])
				look()
				part = whole[:len(list("a", 4))]
			}
			grow(whole[len(part):])
			if n := len(o.in("processing")); n != 1 {
				t.Fatalf("processing/ holds %q\n%s", o.in("processing"), o.log.String())
			}
			for range 3 {
				look()
			}
			o.want("processing")
			o.want("failed")
			imports, err := o.books.Imports(t.Context(), 10)
			if err != nil || len(imports) != 1+again {
				t.Fatalf("%d imports, %v; want %d\n%s", len(imports), err, 1+again, o.log.String())
			}
			last := imports[0]
			if last.Rows != 5 || last.Counts[ledger.Unchanged] != 2 || last.Counts[ledger.Queued] != 3 {
				t.Errorf("the whole file's import has %d rows and counts %v", last.Rows, last.Counts)
			}
			if content, err := os.ReadFile(last.Source); err != nil || string(content) != whole {
				t.Errorf("done/ holds %q, %v", content, err)
			}
			if n := strings.Count(o.log.String(), "taken again in a minute"); n != again {
				t.Errorf("said %d times, want %d\n%s", n, again, o.log.String())
			}
			over[last.ID] = true
			b.Tidy(t.Context())
			if _, err := os.Stat(last.Source + ".report"); err != nil {
				t.Error(err)
			}
			text, _ := os.ReadFile(o.textAbout(first))
			for _, say := range []string{"part of it", first.ID, "--settle"} {
				if !strings.Contains(string(text), say) {
					t.Errorf("the text beside does not say %q: %q", say, text)
				}
			}
		})
	}
}

// textAbout is the text that names an import.
func (o *office) textAbout(imp ledger.Import) (path string) {
	texts, _ := filepath.Glob(filepath.Join(o.dir, "done", "*.txt"))
	for _, t := range texts {
		if content, err := os.ReadFile(t); err == nil && strings.Contains(string(content), imp.ID) {
			path = t
		}
	}
	return path
}

func TestTwoProcessesTakeAGrownFileAgainOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.open()
	copying := o.slowCopy("list.csv", list("a", 2))
	a.Look(t.Context())
	a.Look(t.Context())
	if _, err := copying.WriteString(strings.TrimPrefix(list("a", 4), list("a", 2))); err != nil {
		t.Fatal(err)
	}
	both := []*inbox.Inbox{a, o.open()}
	var tidying sync.WaitGroup
	for _, b := range both {
		tidying.Go(func() { b.Tidy(t.Context()) })
	}
	tidying.Wait()
	o.want("processing", "list.csv")
	for range 3 {
		for _, b := range both {
			b.Abandoned = time.Nanosecond
			b.Look(t.Context())
		}
	}
	o.want("processing")
	o.wantImports(2)
}

func TestADropThatCompletesAHalfImportIsItsFileAndGetsItsReport(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.open()
	over, fault := map[string]bool{}, error(nil)
	o.reports(b, over, &fault)
	o.crash = "begun"
	o.drop("list.csv", list("a", 3))
	b.Look(t.Context())
	b.Look(t.Context())
	o.want("processing", "list.csv")
	o.drop("copy.csv", list("a", 3))
	b.Look(t.Context())
	b.Look(t.Context())
	o.want("done", "copy.csv")
	imp := o.wantImports(1)[0]
	over[imp.ID] = true
	b.Tidy(t.Context())
	o.want("done", "copy.csv", "copy.csv.report")
	if filepath.Base(imp.Source) != filepath.Base(strings.TrimSuffix(o.one("done/*.report"), ".report")) {
		t.Errorf("the import's file is %s", imp.Source)
	}
	o.abandon()
	b.Look(t.Context())
	b.Look(t.Context())
	o.want("done", "copy.csv", "copy.csv.report", "list.csv", "list.csv.txt")
	b.Tidy(t.Context())
	o.want("done", "copy.csv", "copy.csv.report", "list.csv", "list.csv.txt") // one report is enough
}

// one gives the one path that fits.
func (h *house) one(pattern string) string {
	h.t.Helper()
	paths, _ := filepath.Glob(filepath.Join(h.dir, pattern))
	if len(paths) != 1 {
		h.t.Fatalf("%s: %q", pattern, paths)
	}
	return paths[0]
}

func TestAFileWhoseReportCanNeverBeWrittenIsRemovedLikeAnyOther(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.inbox()
	b.Report = func(context.Context, string, string, string) error {
		return &importer.FileError{Problem: "it is not the file that was imported"}
	}
	old := time.Now().UTC().Add(-b.Keep - time.Hour).Format("20060102T150405")
	h.drop("done/"+old+"-AAAAAA-oldimport--list.csv", "guests")
	h.drop("done/"+time.Now().UTC().Format("20060102T150405")+"-BBBBBB-newimport--list.csv", "guests")
	b.Tidy(t.Context())
	h.want("done", "list.csv")
	if !strings.Contains(h.one("done/*.csv"), "newimport") {
		t.Error("the wrong one was removed")
	}
}

func TestOldFilesInFoldersOfFormerProfilesAreRemoved(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.inbox("gala")
	b.Others = []string{"elsewhere"}
	b.Report = func(_ context.Context, id, _, _ string) error {
		if id == "open" {
			return spool.ErrOpen
		}
		return ledger.ErrNotFound
	}
	old := time.Now().UTC().Add(-b.Keep - time.Hour).Format("20060102T150405")
	young := time.Now().UTC().Format("20060102T150405")
	for _, folder := range []string{"former", "elsewhere"} {
		h.drop(folder+"/done/"+old+"-AAAAAA-over--old.csv", "guests")
		h.drop(folder+"/done/"+old+"-BBBBBB-open--open.csv", "guests")
		h.drop(folder+"/done/"+young+"-CCCCCC-over--young.csv", "guests")
		h.drop(folder+"/done/mine.csv", "a user's own")
		h.drop(folder+"/failed/"+old+"-DDDDDD--failed.csv", "guests")
		h.drop(folder+"/waits.csv", "never taken")
	}
	b.Tidy(t.Context())
	h.want("former/done", "mine.csv", "open.csv", "young.csv")
	h.want("former/failed")
	h.want("former", "waits.csv")
	h.want("elsewhere/done", "mine.csv", "old.csv", "open.csv", "young.csv")
	h.want("elsewhere/failed", "failed.csv")
	for range 3 {
		b.Look(t.Context())
	}
	h.wantTaken()
	if _, err := inbox.New(filepath.Join(t.TempDir(), "none"), 0, nil, h.take, slog.New(slog.DiscardHandler)); err != nil {
		t.Errorf("an inbox for former profiles only: %v", err)
	}
}

func TestEveryFailedFileIsNotifiedOfUntilThatSucceeds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.err = &importer.FileError{Problem: "it has no header", Advice: "add one"}
	b := h.inbox("gala")
	var told []spool.Failure
	fault := errors.New("it cannot be sent")
	b.Failed = func(_ context.Context, f spool.Failure) error {
		told = append(told, f)
		return fault
	}
	h.drop("gala/list.csv", "one")
	b.Look(t.Context())
	b.Look(t.Context())
	b.Tidy(t.Context())
	fault = nil
	b.Tidy(t.Context())
	b.Tidy(t.Context())
	if len(told) != 2 || told[0] != told[1] {
		t.Fatalf("told %+v, want the same twice: the first time it could not be sent", told)
	}
	if f := told[0]; f.Name != "list.csv" || f.Reason != "list.csv: it has no header; add one" || f.ID == "" ||
		time.Since(f.At) > time.Minute {
		t.Errorf("told %+v", f)
	}
}

func TestOnlyTheProcessThatWroteAReportSaysSo(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	var ready sync.WaitGroup
	ready.Add(2)
	both := []*inbox.Inbox{o.open(), o.open()}
	for _, b := range both {
		b.Report = func(_ context.Context, _, _, folder string) error {
			ready.Done()
			ready.Wait() // both write it at the same time
			return os.WriteFile(filepath.Join(folder, "result.csv"), nil, 0o600)
		}
	}
	o.drop("list.csv", list("a", 3))
	both[0].Look(t.Context())
	both[0].Look(t.Context())
	var tidying sync.WaitGroup
	for _, b := range both {
		tidying.Go(func() { b.Tidy(t.Context()) })
	}
	tidying.Wait()
	o.want("done", "list.csv", "list.csv.report")
	if n := strings.Count(o.log.String(), "report written"); n != 1 {
		t.Errorf("said %d times\n%s", n, o.log.String())
	}
}
