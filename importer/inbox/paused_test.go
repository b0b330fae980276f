package inbox_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"guestflow/deploy/testkit"
	"guestflow/importer/spool"
)

// packed gives a list in a zip, or compressed.
func packed(t *testing.T, list string, gz bool) string {
	t.Helper()
	var b bytes.Buffer
	write := func(w io.Writer, ends ...io.Closer) {
		_, err := io.WriteString(w, list)
		for _, end := range ends {
			err = errors.Join(err, end.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if gz {
		w := gzip.NewWriter(&b)
		write(w, w)
		return b.String()
	}
	z := zip.NewWriter(&b)
	w, err := z.Create("list.csv")
	if err != nil {
		t.Fatal(err)
	}
	write(w, z)
	return b.String()
}

func TestAPausedCopyWhoseFirstPartFailedIsTakenAgainWhole(t *testing.T) {
	t.Parallel()
	whole := list("a", 5)
	for name, c := range map[string]struct {
		file, content string
		part          int
		begins        string // what is written over the beginning at last
		held          bool   // the part leaves a doubt, so it waits
	}{
		"nothing yet":   {file: "list.csv", content: whole},
		"half a header": {file: "list.csv", content: whole, part: 8, held: true},
		"half a zip":    {file: "list.zip", content: packed(t, whole, false), part: 60},
		"a zip with its lengths set": {file: "list.zip", content: packed(t, whole, false), part: 60,
			begins: packed(t, whole, false)[:30], held: true},
		"half of a compressed list": {file: "list.csv.gz", content: packed(t, whole, true), part: 30},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.settle = 50 * time.Millisecond
			b := o.open()
			b.Abandoned = time.Nanosecond
			rests := "failed"
			if c.held {
				rests = "waiting"
			}
			part := c.content[:c.part]
			if c.begins != "" {
				part = strings.Repeat("\x01", len(c.begins)) + part[len(c.begins):]
			}
			copying := o.slowCopy(c.file, part)
			testkit.Eventually(t, "the part fails",
				func() bool { b.Look(t.Context()); b.Tidy(t.Context()); return len(o.in(rests)) == 2 })
			b = o.open() // the next process knows of it too
			b.Abandoned = time.Nanosecond
			var told []spool.Failure
			b.Failed = func(_ context.Context, f spool.Failure) error { told = append(told, f); return nil }
			_, err := copying.WriteString(c.content[c.part:])
			if c.begins != "" && err == nil {
				_, err = copying.WriteAt([]byte(c.begins), 0)
			}
			if err != nil {
				t.Fatal(err)
			}
			b.Tidy(t.Context())
			o.want(rests, c.file, c.file+".txt") // it has to settle first, like any other
			testkit.Eventually(t, "the whole is imported",
				func() bool { b.Look(t.Context()); b.Tidy(t.Context()); return len(o.in("done")) > 0 })
			o.want("processing")
			o.want("waiting")
			if imp := o.wantImports(1)[0]; imp.Rows != 5 {
				t.Errorf("%d rows", imp.Rows)
			}
			if c.held {
				o.want("failed")
			} else {
				o.want("failed", c.file+".txt")
				o.wantTakenAgain()
			}
			if len(told) != 0 {
				t.Errorf("a fault of what was only a part was told: %+v", told)
			}
			if marks, _ := filepath.Glob(filepath.Join(o.dir, "failed", ".*")); len(marks) != 0 {
				t.Errorf("%q stay", marks)
			}
		})
	}
}

// wantTakenAgain looks for the text about a part, and for the one line in the log.
func (o *office) wantTakenAgain() {
	o.t.Helper()
	for _, say := range []string{"went on writing", "taken again", "no email was sent"} {
		if text := o.text("failed"); !strings.Contains(text, say) {
			o.t.Errorf("the text does not say %q: %q", say, text)
		}
	}
	if n := strings.Count(o.log.String(), "taken again in a minute"); n != 1 {
		o.t.Errorf("said %d times\n%s", n, o.log.String())
	}
}

func TestWhatPeopleDoToARestingFileIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"done", "failed"} {
		content, n := list("a", 3), 1
		if folder == "failed" {
			content, n = noList, 0
		}
		for name, edited := range map[string]string{
			"a cell":                  "X" + content[1:],
			"a line less":             content[:len(content)-5],
			"rewritten":               list("b", 9),
			"more, but an hour later": content + "Bob,Lee,bob@example.com\n",
		} {
			t.Run(folder+" "+name, func(t *testing.T) {
				t.Parallel()
				o := newOffice(t)
				b := o.open()
				b.Abandoned = time.Nanosecond
				over, fault := map[string]bool{}, error(nil)
				o.reports(b, over, &fault)
				o.drop("list.csv", content)
				b.Look(t.Context())
				b.Look(t.Context())
				for _, imp := range o.wantImports(n) {
					over[imp.ID] = true
				}
				b.Tidy(t.Context())
				rests := o.in(folder)
				path := o.one(folder + "/*--list.csv")
				o.age(2 * time.Hour)
				if err := os.WriteFile(path, []byte(edited), 0o600); err != nil {
					t.Fatal(err)
				}
				for range 3 {
					b.Tidy(t.Context())
					b.Look(t.Context())
				}
				o.want(folder, rests...)
				o.want("processing")
				o.wantImports(n)
				if got, _ := os.ReadFile(path); string(got) != edited {
					t.Errorf("%s holds %q", path, got)
				}
				if n := strings.Count(o.log.String(), "it is left alone"); n != 1 {
					t.Errorf("said %d times\n%s", n, o.log.String())
				}
			})
		}
	}
}

// age makes what rests look as if it had been put there that long ago.
func (h *house) age(by time.Duration) {
	h.t.Helper()
	marks, _ := filepath.Glob(filepath.Join(h.dir, "*", ".*.read"))
	if len(marks) == 0 {
		h.t.Fatal("nothing is known of any file")
	}
	for _, m := range marks {
		if err := os.Chtimes(m, time.Now().Add(-by), time.Now().Add(-by)); err != nil {
			h.t.Fatal(err)
		}
	}
}

// An import may wait for a gate for days, and then its file is no archive yet.
func TestGrowthCountsUntilTheReportIsWritten(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.open()
	over, fault := map[string]bool{}, error(nil)
	o.reports(b, over, &fault)
	copying := o.slowCopy("list.csv", list("a", 2))
	b.Look(t.Context())
	b.Look(t.Context())
	b.Tidy(t.Context())
	o.age(48 * time.Hour)
	if _, err := copying.WriteString(strings.TrimPrefix(list("a", 4), list("a", 2))); err != nil {
		t.Fatal(err)
	}
	b.Tidy(t.Context())
	o.want("processing", "list.csv")
}

func TestATouchedFileIsNotAnEditedOne(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.open()
	o.drop("list.csv", list("a", 2))
	b.Look(t.Context())
	b.Look(t.Context())
	if err := os.Chtimes(o.one("done/*--list.csv"), time.Time{}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	b.Tidy(t.Context())
	b.Tidy(t.Context())
	o.want("done", "list.csv")
	if strings.Contains(o.log.String(), "left alone") {
		t.Error(o.log.String())
	}
}

func TestTheMarkGoesWithItsFile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.inbox()
	b.Keep = time.Nanosecond
	h.drop("list.csv", "one")
	b.Look(t.Context())
	b.Look(t.Context())
	testkit.Eventually(t, "it is removed", func() bool { b.Tidy(t.Context()); return len(h.in("done")) == 0 })
	if marks, _ := filepath.Glob(filepath.Join(h.dir, "done", ".*")); len(marks) != 0 {
		t.Errorf("%q stay", marks)
	}
}

func TestACancelledListThatIsDroppedAgainIsToldThatItWasCancelled(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.open()
	o.drop("list.csv", list("a", 3))
	b.Look(t.Context())
	b.Look(t.Context())
	imp := o.wantImports(1)[0]
	o.cancelled = true
	o.drop("list.csv", list("a", 3))
	b.Look(t.Context())
	b.Look(t.Context())
	text := o.text("done")
	for _, say := range []string{"cancelled", imp.ID, "list.again.csv", "guestflow report " + imp.ID} {
		if !strings.Contains(text, say) {
			t.Errorf("the text does not say %q:\n%s", say, text)
		}
	}
	if strings.Contains(text, "imported before") {
		t.Errorf("the text says that it was imported:\n%s", text)
	}
}

// unreadableInbox makes this test binary look into an inbox with a file that its user may not read.
const unreadableInbox = "TEST_LOOK_INTO_UNREADABLE_INBOX"

// That a file may not be read is no fault of the file. Root may read all, so an unprivileged process plays it.
func TestAFileThatMayNotBeReadStaysAndIsTakenOnceItMay(t *testing.T) {
	if dir := os.Getenv(unreadableInbox); dir != "" {
		h := &house{t: t, dir: dir}
		b := h.inbox()
		path := h.drop("list.csv", "one")
		if err := os.Chmod(path, 0); err != nil {
			t.Fatal(err)
		}
		for range 4 {
			b.Look(t.Context())
		}
		h.want("", "list.csv")
		h.want("failed")
		h.want("processing")
		if n := strings.Count(h.log.String(), "may not be read by this user"); n != 1 {
			t.Errorf("said %d times\n%s", n, h.log.String())
		}
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
		b.Look(t.Context())
		h.wantTaken("one")
		h.want("done", "list.csv")
		return
	}
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can play another user")
	}
	const us = 65534
	dir := filepath.Join(publicDir(t), "inbox")
	exe := filepath.Join(filepath.Dir(dir), "inbox.test")
	self, _ := os.Executable()
	binary, err := os.ReadFile(self)
	if err = errors.Join(err, os.WriteFile(exe, binary, 0o755), os.Mkdir(dir, 0o700), os.Chown(dir, us, us)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestAFileThatMayNotBeReadStaysAndIsTakenOnceItMay$")
	cmd.Env = []string{unreadableInbox + "=" + dir}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: us, Gid: us}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
