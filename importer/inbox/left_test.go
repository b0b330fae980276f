package inbox_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"guestflow/importer/spool"
)

// A note stands beside what is left as long as that is there. It is never taken for a list, and a file of a person that
// has its name is neither written over nor removed.
func TestANoteStandsBesideWhatIsLeftAndGoesWithIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.inbox()
	look := func() {
		for range 3 {
			b.Look(t.Context())
		}
	}
	ugly := "evil\x1b[2J\u202etxt\n.xls"
	h.drop("old.xls", "x")
	h.drop(ugly, "x")
	h.drop(strings.Repeat("n", 240)+".xls", "x")
	h.drop("mine.xls", "x")
	h.drop("mine.xls.not-imported.txt", "a person's own text")
	h.drop("other.not-imported.txt", "a person's own text")
	look()
	note, err := os.ReadFile(filepath.Join(h.dir, "old.xls.not-imported.txt"))
	if err != nil || !strings.Contains(string(note), ".xlsx or .csv") {
		t.Fatalf("the note says %q, %v", note, err)
	}
	if note, err := os.ReadFile(filepath.Join(h.dir, ugly+".not-imported.txt")); err != nil ||
		strings.ContainsAny(string(note), "\x1b\u202e") {
		t.Errorf("the note of an ugly name: %q, %v", note, err)
	}
	for _, name := range []string{"mine.xls", "other"} {
		if text, err := os.ReadFile(filepath.Join(h.dir, name+".not-imported.txt")); err != nil ||
			string(text) != "a person's own text" {
			t.Errorf("a person's file was changed: %q, %v", text, err)
		}
	}
	h.wantTaken()
	for _, name := range []string{"old.xls", ugly, "mine.xls"} {
		if err := os.Remove(filepath.Join(h.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	look()
	if left := h.in(""); len(left) != 4 || !slices.Contains(left, "mine.xls.not-imported.txt") {
		t.Errorf("left: %q", left)
	}
}

func TestAThousandFilesAreLeftWithSomeNotesAndABoundedList(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.inbox()
	for n := range 1000 {
		h.drop(fmt.Sprintf("%04d.jpg", n), "x")
	}
	for range 3 {
		b.Look(t.Context())
	}
	notes, _ := filepath.Glob(filepath.Join(h.dir, "*.not-imported.txt"))
	if len(notes) != 200 {
		t.Errorf("%d notes", len(notes))
	}
	list, all, err := (&spool.Watch{}).Left(h.dir, 100)
	if err != nil || len(list) != 100 || all < 1000 {
		t.Errorf("%d of %d listed, %v", len(list), all, err)
	}
}
