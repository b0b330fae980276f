package inbox_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/inbox"
	"guestflow/importer/spool"
)

// With an hour to settle and an hour between looks, only the kernel's word can have a file taken.
func TestAFileThatIsRenamedInIsTakenAtOnce(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells of renamed files")
	}
	h := newHouse(t)
	b, err := inbox.New(h.dir, time.Hour, map[string]importer.Settings{"": {}, "gala": {}}, h.take,
		slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	b.Every = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { b.Run(ctx) })
	defer running.Wait()
	defer cancel()
	h.drop("written.csv", "still being written, for all we know")
	elsewhere := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(elsewhere, []byte("from elsewhere"), 0o600); err != nil {
		t.Fatal(err)
	}
	// It cannot be seen whether the watch is on already, so the files go out and in until they are taken.
	for _, move := range [][2]string{{elsewhere, "gala/list.csv"}, {h.drop("list.csv.part", "from beside"), "list.csv"}} {
		from, to := move[0], filepath.Join(h.dir, move[1])
		testkit.Eventually(t, move[1]+" is taken", func() bool {
			if err := errors.Join(os.Rename(from, to), os.Rename(to, from)); err == nil {
				return false
			}
			return len(h.in(filepath.Join(filepath.Dir(move[1]), "done"))) == 1
		})
	}
	h.want("", "written.csv")
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wantTaken("from beside", "from elsewhere")
}

// A program that has a file open writes to it wherever it is renamed to: half a list must not be imported as a whole
// one, nor be called broken.
func TestAFileThatIsWrittenToWhileInHandIsTakenAgainWhole(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var tries []string
	b, err := inbox.New(h.dir, 0, map[string]importer.Settings{"": {}},
		func(ctx context.Context, path string, s importer.Settings) (spool.Result, error) {
			content, _ := os.ReadFile(path)
			if tries = append(tries, string(content)); len(tries) > 1 {
				return spool.Result{Import: "whole"}, nil
			}
			f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			if err == nil {
				_, err = f.WriteString("the rest")
			}
			return spool.Result{}, errors.Join(err, f.Close(), &importer.FileError{Path: path, Problem: "it ends in the middle"})
		}, slog.New(slog.NewTextHandler(&h.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	h.drop("list.csv", "half, and ")
	for range 4 {
		b.Look(t.Context())
	}
	h.want("failed")
	h.want("processing", "list.csv")
	h.abandon()
	b.Look(t.Context())
	h.want("done", "list.csv")
	if want := "half, and the rest"; len(tries) != 2 || tries[1] != want {
		t.Errorf("imported %q, want %q at last", tries, want)
	}
	if !strings.Contains(h.log.String(), "written to") {
		t.Errorf("it was not logged\n%s", h.log.String())
	}
}

func TestFoldersThatWereClearedAwayComeBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.inbox()
	for _, sub := range []string{"processing", "done", "failed"} {
		if err := os.Remove(filepath.Join(h.dir, sub)); err != nil {
			t.Fatal(err)
		}
	}
	h.drop("list.csv", "one")
	b.Look(t.Context())
	b.Look(t.Context())
	h.want("done", "list.csv")
}

func TestAFolderThatIsAwayIsSpokenOfOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.inbox()
	away := h.dir + "-away"
	if err := os.Rename(h.dir, away); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		b.Look(t.Context())
	}
	if n := bytes.Count(h.log.Bytes(), []byte("\n")); n != 2 { // the folder and processing in it
		t.Errorf("%d log lines\n%s", n, h.log.String())
	}
	if err := os.Rename(away, h.dir); err != nil {
		t.Fatal(err)
	}
	h.drop("list.csv", "one")
	b.Look(t.Context())
	b.Look(t.Context())
	h.want("done", "list.csv")
}
