package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// nearHouse has a running guestflow and the sandbox, and imports lists one after the other.
type nearHouse struct {
	*house
	box *sandbox.Sandbox
	n   int
}

func newNearHouse(t *testing.T) *nearHouse {
	t.Helper()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	h.start("running", "run")
	return &nearHouse{house: h, box: box}
}

// list imports a list of guests, each "First,Last,Email", and waits until all of its rows are settled.
func (h *nearHouse) list(guests []string, args ...string) (counts map[string]int, said string) {
	h.t.Helper()
	h.n++
	path := h.write(fmt.Sprintf("list%d.csv", h.n), "First Name,Last Name,Email\n"+strings.Join(guests, "\n")+"\n")
	out, errs, code := h.run(append([]string{"import", path, event, template, "--wait", "--json"}, args...)...)
	if code != exit.OK && code != exit.Attention {
		h.t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	return countsOf(h.t, out), errs
}

// sent fails unless so many guests are there, each with one email.
func (h *nearHouse) sent(guests int) {
	h.t.Helper()
	if s := h.box.Summary(); s.Guests != guests || s.Emails != guests || s.EmailsMax > 1 {
		h.t.Errorf("%d guests, %d emails, at most %d for one; want %d", s.Guests, s.Emails, s.EmailsMax, guests)
	}
}

func (h *nearHouse) counts(got map[string]int, want ...any) {
	h.t.Helper()
	all := 0
	for i := 0; i < len(want); i += 2 {
		if got[want[i].(string)] != want[i+1].(int) {
			h.t.Errorf("%v, want %v", got, want)
		}
		all += want[i+1].(int)
	}
	sum := 0
	for _, n := range got {
		sum += n
	}
	if sum != all {
		h.t.Errorf("%v add up to %d, want %d", got, sum, all)
	}
}

var (
	guestList = []string{"Ann,Lee,ann@exmaple.com", "Bob,Lee,bob@example.com", "Cyd,Lee,cyd@example.com",
		"Dan,Lee,dan@example.com"}
	// A typo in an address, Bob -> Robert, one guest gone.
	corrected = []string{"Ann,Lee,ann@example.com", "Robert,Lee,bob@example.com", "Cyd,Lee,cyd@example.com"}
)

// Promise: one email per person and template for everything the index knows, whatever is corrected.
func TestACorrectedListMailsNobodyASecondTime(t *testing.T) {
	t.Parallel()
	h := newNearHouse(t)
	h.list(guestList)
	h.sent(4)
	got, said := h.list(corrected)
	h.counts(got, "filtered", 2, "unchanged", 1)
	h.sent(4)
	if !strings.Contains(said, "--near-misses update") ||
		!strings.Contains(said, "1 known under another name, 1 known under another address") {
		t.Errorf("it says: %s", said)
	}
	held := h.status().ID
	if out := h.must("status"); !strings.Contains(out, "2 held until it is decided") || !strings.Contains(out, "To decide, import the same list again with --near-misses") {
		t.Errorf("its status says\n%s", out)
	}
	got, _ = h.list(corrected, "--near-misses=update")
	h.counts(got, "created", 2, "unchanged", 1)
	h.sent(4)
	if out := h.must("status", held); !strings.Contains(out, "Import "+h.status().ID+" of the same list came later") {
		t.Errorf("its status says\n%s", out)
	}
	got, _ = h.list(corrected, "--again") // as every list that comes later
	h.counts(got, "unchanged", 3)
	h.sent(4)
}

// What has another import own a guest meanwhile: one row sent again, a smaller list with a change, an update.
func TestACorrectedAddressIsKnownWhateverHadTheGuestLast(t *testing.T) {
	t.Parallel()
	twice := []string{"Ann,Lee,ann@example.org", "Robert,Lee,bob@example.com", "Cyd,Lee,cyd@example.com",
		"Dan,Lee,dan@example.com"}
	for name, between := range map[string]func(h *nearHouse){
		"one row sent again": func(h *nearHouse) { h.must("resend", h.status().ID, "1", "--yes", "--wait") },
		"a smaller list":     func(h *nearHouse) { h.list([]string{"ANN,Lee,ann@exmaple.com"}) },
		"an update":          func(h *nearHouse) { h.list(corrected, "--near-misses=update") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newNearHouse(t)
			h.list(guestList)
			between(h)
			emails := h.box.Summary().Emails
			got, _ := h.list(twice)
			if got["accepted"] != 0 || got["filtered"] == 0 || h.box.Summary().Emails != emails {
				t.Errorf("%v, and %d emails after %d", got, h.box.Summary().Emails, emails)
			}
		})
	}
}

func TestNearMissesAreNewOrLeftOutWhereThatIsDecided(t *testing.T) {
	t.Parallel()
	h := newNearHouse(t)
	h.list(guestList)
	got, _ := h.list(corrected, "--near-misses=skip,1=new")
	h.counts(got, "accepted", 1, "filtered", 1, "unchanged", 1)
	h.sent(5)
	got, said := h.list(corrected)
	h.counts(got, "filtered", 1, "unchanged", 2)
	h.sent(5)
	if !strings.Contains(said, "1 known under another name") {
		t.Errorf("it says: %s", said)
	}
}

// Promise: a list most of which is known under another key sends no email before that is decided, also with a profile.
func TestAnotherKeyOrSplittingOfNamesIsHeldWhole(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first, then []string // arguments
		say         string
	}{
		"a key": {nil, []string{"--key=Email"},
			"told apart by email and name and are now by the column"},
		"a key that is gone":          {[]string{"--key=Email"}, nil, "are now by email and name"},
		"a key, and a rule for lists": {nil, []string{"--key=Email", "--near-misses=update"}, "3 known under another key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newNearHouse(t)
			h.list(corrected, c.first...)
			path := filepath.Join(h.dir, "list1.csv")
			command := append([]string{"import", path, event, template, "--yes", "--wait", "--json"}, c.then...)
			out, errs, code := h.run(command...)
			if code != exit.Input || !strings.Contains(errs, c.say) || !strings.Contains(errs, "most=update") {
				t.Fatalf("exit %d\n%s%s", code, out, errs)
			}
			h.sent(3)
			answered := append(command, "--near-misses=most=update")
			h.counts(countsOf(t, h.must(answered...)), "created", 3)
			h.sent(3)
			h.counts(countsOf(t, h.must(append(answered, "--again")...)), "unchanged", 3)
			h.sent(3)
		})
	}
}

func TestSplitNamesAreHeldWhole(t *testing.T) {
	t.Parallel()
	h := newNearHouse(t)
	path := h.write("full.csv", "First Name,Email\nAnn Lee,ann@example.com\nBob van Dyk,bob@example.com\n")
	split := h.write("split.csv", "Name,Email\nAnn Lee,ann@example.com\nBob van Dyk,bob@example.com\n")
	h.must("import", path, event, template, "--map=first_name=First Name", "--wait")
	h.sent(2)
	out, errs, code := h.run("import", split, event, template, "--split-names", "--wait")
	if code != exit.Input || !strings.Contains(errs, "full names are split now") {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	h.sent(2)
}

// The list itself says that they are two, by other first names at one address or by numbered addresses of one name.
func TestFamiliesAndNamesakesInAListAreAllMailed(t *testing.T) {
	t.Parallel()
	h := newNearHouse(t)
	family := []string{"Ann,Lee,lee@example.com", "Ben,Lee,lee@example.com", "John,Smith,john1@example.com",
		"John,Smith,john2@example.com"}
	h.list(family)
	h.sent(4)
	got, _ := h.list(append(family, "Cyd,Lee,lee@example.com", "John,Smith,john3@example.com"))
	h.counts(got, "accepted", 2, "unchanged", 4)
	h.sent(6)
	// A short list of further guests: who has a known address, or a known name, is asked about, and no one else.
	further := []string{"Eve,Lee,lee@example.com", "Ann,Lee,ann.lee@example.com", "Fay,Lee,fay@example.com"}
	got, _ = h.list(further)
	h.counts(got, "accepted", 1, "filtered", 2)
	h.sent(7)
	got, _ = h.list(further, "--near-misses=address=new")
	h.counts(got, "accepted", 1, "filtered", 1, "unchanged", 1)
	h.sent(8)
}

func TestAListInAnotherEncodingIsNoNearMiss(t *testing.T) {
	t.Parallel()
	h := newNearHouse(t)
	h.must("import", h.write("utf8.csv",
		"First Name,Last Name,Email\nJörg,Müller,jm@example.com\nZoë,Lee,zoe@example.com\n"), event, template, "--wait")
	h.must("import", h.write("latin.csv",
		"First Name,Last Name,Email\nJ\xf6rg,M\xfcller,jm@example.com\nZo\xeb,Lee,zoe@example.com\n"), event, template,
		"--encoding=windows-1252", "--wait")
	h.sent(2)
}

// Case 18.
func TestADryRunSaysWhoseNameWasCorrected(t *testing.T) {
	t.Parallel()
	h := newNearHouse(t)
	cases := filepath.Join("..", "..", "importer", "testdata", "cases")
	first, err := filepath.Abs(filepath.Join(cases, "18-corrected-1.csv"))
	if err != nil {
		t.Fatal(err)
	}
	second := strings.Replace(first, "-1.csv", "-2.csv", 1)
	h.must("import", first, event, template, "--wait")
	out := h.must("import", second, event, template, "--dry-run")
	for _, say := range []string{"2 known under another name", "2 held, and not mailed", "--near-misses update",
		"row 1, line 2 Ida Holm (hold): the address is that of row 1 of import"} {
		if !strings.Contains(out, say) {
			t.Errorf("it does not say %q:\n%s", say, out)
		}
	}
	if out, errs, code := h.run("import", second, event, template, "--wait"); code != exit.Attention {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	h.sent(2)
}

// Promise: rows that are held wait for their answer beside the file, also after a kill, and the sums add up.
func TestADroppedListWaitsForAnAnswerAboutItsNearMisses(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	h.write("guestflow.yaml", gala())
	begin := func() *testkit.Process { return h.start("running", "run", "--inbox=in", "--settle=100ms") }
	running := begin()
	killed := func() { // whatever it is doing
		running.End(syscall.SIGKILL)
		running = begin()
	}
	const header = "First Name,Last Name,Email\n"
	h.put("in/gala/monday.csv", header+strings.Join(guestList, "\n")+"\n")
	testkit.Eventually(t, "the first list is out", func() bool { return box.Summary().Emails == 4 })
	h.put("in/gala/tuesday.csv", header+strings.Join(append(corrected, "Eve,Lee,eve@example.com"), "\n")+"\n")
	var list []waitingFile
	testkit.Eventually(t, "the second list waits", func() bool { list = h.waiting("--inbox=in"); return len(list) == 1 })
	killed()
	testkit.Eventually(t, "its other rows are out", func() bool { return box.Summary().Emails == 5 })
	if q := list[0].Question; !strings.Contains(q, "2 rows are like guests of earlier imports") ||
		!strings.Contains(q, "--near-misses update") {
		t.Errorf("it asks: %s", q)
	}
	if p := list[0].Plan; p == nil || p.Guests != 2 || p.Emails != 2 || !p.AtMost || p.Near.Held() != 2 ||
		p.Near.Total() != 2 {
		t.Errorf("of what waits it says %+v", p)
	}
	if _, errs, code := h.run("approve", list[0].ID, "--inbox=in", "--yes"); code != exit.Input ||
		!strings.Contains(errs, "--near-misses update") {
		t.Errorf("without an answer it ends with %d: %s", code, errs)
	}
	if out := h.must("status", list[0].PartOf, "--inbox=in", "--json"); strings.Count(out, `"`+list[0].ID+`"`) != 1 || !strings.Contains(out, `"held_file"`) {
		t.Errorf("the file that waits is not named once: %s", out)
	}
	h.must("approve", list[0].ID, "--inbox=in", "--near-misses=update", "--yes")
	killed()
	testkit.Eventually(t, "it is imported", func() bool {
		done, _ := filepath.Glob(filepath.Join(h.dir, "in/gala/done/*--tuesday.csv"))
		return len(done) == 1
	})
	if first := h.must("status", list[0].PartOf, "--json"); !strings.Contains(first, "/done/") {
		t.Errorf("the file of the import of its other rows is not where it lies: %s", first)
	}
	h.put("in/gala/wednesday.csv", header+strings.Join(corrected, "\n")+"\n")
	testkit.Eventually(t, "a third list is imported", func() bool {
		done, _ := filepath.Glob(filepath.Join(h.dir, "in/gala/done/*--wednesday.csv"))
		return len(done) == 1
	})
	if s := box.Summary(); s.Guests != 5 || s.Emails != 5 || s.EmailsMax != 1 || len(h.waiting("--inbox=in")) != 0 {
		t.Errorf("%d guests, %d emails, at most %d for one", s.Guests, s.Emails, s.EmailsMax)
	}
}
