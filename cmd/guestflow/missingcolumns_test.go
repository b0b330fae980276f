package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer/notify"
	"guestflow/qflow/sandbox"
)

// Promise: a list that has no column for a field empties nothing of known guests unless a person says so.
func TestAListWithFewerColumnsEmptiesNothingUnasked(t *testing.T) {
	t.Parallel()
	h := newNearHouse(t)
	full := h.write("guests.csv", "First Name,Last Name,Email,Tags,Notes,Plus 1's,Custom ID\n"+
		"Ann,Lee,ann@example.com,VIP,allergic,2,C1\nBob,Fox,bob@example.com,,,,\n")
	reminder := h.write("reminder.csv", "First Name,Last Name,Email\nAnn,Lee,ann@example.com\nBob,Fox,bob@example.com\n"+
		"Cyd,Ray,cyd@example.com\n")
	second := "--template=" + sandbox.Defaults().SecondTemplate
	ann := func() string { return hasOf(h.box, "Ann") }
	h.must("import", full, event, template, "--wait", "--yes")
	out, errs, code := h.run("import", reminder, event, second, "--yes", "--wait")
	const lost = "1 known guest is written as this list has them, which has no column for Plus 1's, Guest notes, Tags, Custom ID"
	if code != exit.Input || !strings.Contains(errs, lost) || !strings.Contains(errs, "--missing-columns keep") || h.box.Summary().Emails != 2 {
		t.Errorf("exit %d, %d emails\n%s%s", code, h.box.Summary().Emails, out, errs)
	}
	out = h.must("import", reminder, event, second, "--missing-columns=keep", "--dry-run")
	if !strings.Contains(out, "2 known guests, 2 emails of another template; 1 new, 0 changed") {
		t.Errorf("a dry run says\n%s", out)
	}
	h.must("import", reminder, event, second, "--missing-columns=keep", "--yes", "--wait")
	if s := h.box.Summary(); s.Emails != 5 || s.EmailsMax != 1 || ann() != "VIP|allergic|2|C1" {
		t.Errorf("%d emails, at most %d for one; Ann has %s", s.Emails, s.EmailsMax, ann())
	}
	// What was kept is asked about by the next list as well, and an answer that empties it does.
	if _, errs, code := h.run("import", reminder, event, template, "--again", "--yes"); code != exit.Input || !strings.Contains(errs, "Plus 1's") {
		t.Errorf("exit %d, %s", code, errs)
	}
	h.must("import", reminder, event, template, "--again", "--missing-columns=empty", "--yes", "--wait")
	if s := h.box.Summary(); s.Emails != 6 || ann() != "||0|" {
		t.Errorf("%d emails; Ann has %s", s.Emails, ann())
	}
}

// hasOf returns what Qflow has of a guest besides name and address.
func hasOf(box *sandbox.Sandbox, firstName string) string {
	for _, g := range box.History().GuestList {
		if g.FirstName == firstName {
			return fmt.Sprintf("%s|%s|%d|%s", g.Tags, g.AdditionalInfo, g.PlusOnes, g.CustomID)
		}
	}
	return "nobody"
}

// Promise: a dropped list that lacks columns waits with the question, and goes on by its answer; where the profile has said it,
// nothing is asked.
func TestADroppedListWithFewerColumnsWaitsUnlessItsProfileHasSaid(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	k := h.hook()
	ids := sandbox.Defaults()
	h.write("guestflow.yaml", fmt.Sprintf(`profiles:
  gala: {event: %[1]s, template: %[2]s}
  reminders: {event: %[1]s, template: %[3]s, missing_columns: keep}
`, ids.EventID, ids.TemplateID, ids.SecondTemplate))
	h.start("running", "run", "--inbox=in", "--settle=100ms")
	h.put("in/gala/full.csv", "First Name,Last Name,Email,Tags,Notes,Plus 1's\nAnn,Lee,ann@example.com,VIP,allergic,2\n")
	testkit.Eventually(t, "the full list is out", func() bool { return box.Summary().Emails == 1 })
	const short = "First Name,Last Name,Email\nAnn,Lee,ann@example.com\nBob,Fox,bob@example.com\n"
	h.put("in/reminders/short.csv", short)
	testkit.Eventually(t, "the reminder is out", func() bool { return box.Summary().Emails == 3 })
	if has := hasOf(box, "Ann"); has != "VIP|allergic|2|" {
		t.Errorf("after the reminder Ann has %s", has)
	}
	h.put("in/gala/short.csv", short)
	var list []waitingFile
	testkit.Eventually(t, "the short list waits", func() bool { list = h.waiting("--inbox=in"); return len(list) == 1 })
	testkit.Eventually(t, "it is notified", func() bool { return len(k.of(notify.FileFailed)) == 1 })
	texts, _ := filepath.Glob(filepath.Join(h.dir, "in/gala/waiting/*.txt"))
	if len(texts) != 1 {
		t.Fatalf("beside it are %q", texts)
	}
	beside, err := os.ReadFile(texts[0])
	for of, text := range map[string]string{"the question": list[0].Question, "the text beside it": string(beside), "the notification": k.of(notify.FileFailed)[0].Text} {
		if !strings.Contains(text, "has no column for Plus 1's, Guest notes, Tags") || !strings.Contains(text, "--missing-columns keep") {
			t.Errorf("%s says %s: %v", of, text, err)
		}
	}
	if _, errs, code := h.run("approve", list[0].ID, "--inbox=in", "--yes"); code != exit.Input || hasOf(box, "Ann") != "VIP|allergic|2|" {
		t.Errorf("without an answer it ends with %d: %s", code, errs)
	}
	h.must("approve", list[0].ID, "--inbox=in", "--missing-columns=empty", "--yes")
	testkit.Eventually(t, "it is written as the list has it", func() bool { return hasOf(box, "Ann") == "||0|" && box.Summary().Emails == 4 })
}
