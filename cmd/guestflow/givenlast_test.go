package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"guestflow/deploy/testkit"
)

// Promise: of several lists the one that was given last says where an email goes that has not left: corrected and
// corrected back, and with several files in one command.
func TestTheListThatWasGivenLastSaysWhereEmailsGo(t *testing.T) {
	t.Parallel()
	h := newNearHouse(t)
	list := func(name, member, address string) string {
		return h.write(name, "Member,First Name,Last Name,Email\n"+member+",Ann,Lee"+member+","+address+"\n")
	}
	a, b := list("a.csv", "1", "ann@old.example"), list("b.csv", "1", "ann@new.example")
	with := []string{event, template, "--key=Member", "--near-misses=update", "--yes"}
	closed := append([]string{"--send-window=" + closedHours() + ", UTC"}, with...)
	for _, path := range []string{a, b} {
		h.must(append([]string{"import", path}, closed...)...)
	}
	const says = "had this list before"
	if out, errs, _ := h.run(append([]string{"import", a, "--dry-run"}, closed...)...); !strings.Contains(out, says) {
		t.Errorf("a dry run says\n%s%s", out, errs)
	}
	if out, errs, code := h.run(append([]string{"import", a}, closed...)...); code != 0 || !strings.Contains(errs, says) {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	h.must("window", h.status().ID, "none")
	testkit.Eventually(t, "the email is out", func() bool { return h.box.Summary().Emails == 1 })
	// Two files of one command: no email leaves in between.
	pair := []string{"import", list("c.csv", "2", "bob@old.example"), list("d.csv", "2", "bob@new.example"), "--wait"}
	h.must(append(pair, with...)...)
	got := map[string]int{}
	for _, g := range h.box.History().GuestList {
		got[g.Email]++
	}
	if s := h.box.Summary(); s.Emails != 2 || s.Guests != 2 || got["ann@old.example"] != 1 || got["bob@new.example"] != 1 {
		t.Errorf("%d emails, to %v", s.Emails, got)
	}
}

// Promise: an answer about rows of an older list says who they are, and no more: their guests stay as the later list has
// them, by each door.
func TestAnAnswerAboutAnOlderListLeavesItsGuestsAsTheLaterListHasThem(t *testing.T) {
	t.Parallel()
	older := "First Name,Last Name,Email\nAnn,Lee,ann@exmaple.com\nBob,Lee,bob@example.com\nCyd,Moe,cyd@example.com\nDan,Roe,dan@example.com\n"
	later := strings.NewReplacer("exmaple", "example", "Bob", "Robert").Replace(older)
	for name, bring := range map[string]func(h *nearHouse){
		"the older list alone": func(h *nearHouse) {
			a, b := h.write("a.csv", older), h.write("b.csv", later)
			h.run("import", a, b, event, template, "--wait")
			h.must("import", a, event, template, "--wait", "--near-misses=update")
		},
		"both lists once more": func(h *nearHouse) {
			a, b := h.write("a.csv", older), h.write("b.csv", later)
			h.run("import", a, b, event, template, "--wait")
			h.must("import", a, b, event, template, "--wait", "--near-misses=update")
		},
		"a watched folder": func(h *nearHouse) {
			now := time.Now()
			for i, list := range []string{older, later} {
				path := h.put("in/"+string(rune('a'+i))+".csv", list)
				if err := os.Chtimes(path, now, now.Add(time.Duration(i-5)*time.Second)); err != nil {
					h.t.Fatal(err)
				}
			}
			h.start("running", "run", "--inbox=in", "--settle=100ms", event, template)
			var held []waitingFile
			testkit.Eventually(h.t, "rows of the older list wait", func() bool {
				held = h.waiting("--inbox=in")
				return len(held) == 1 && held[0].Question != ""
			})
			h.must("approve", held[0].ID, "--inbox=in", "--near-misses=update", "--yes")
			testkit.Eventually(h.t, "they are decided", func() bool {
				counts := h.status().Counts
				return counts["unchanged"]+counts["created"] == 4
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newNearHouse(t)
			bring(h)
			got := map[string]bool{}
			for _, g := range h.box.History().GuestList {
				got[g.FirstName+" "+g.Email] = true
			}
			if !got["Ann ann@example.com"] || !got["Robert bob@example.com"] {
				t.Errorf("the guests are %v", got)
			}
			h.sent(4)
		})
	}
}
