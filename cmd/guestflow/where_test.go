package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// exports are lists as programs write them, with people who said no, and the rule that a question about them names
// first.
var exports = map[string]struct{ list, rule string }{
	"luma.csv": {
		rule: "approval_status = approved",
		list: `api_id,name,first_name,last_name,email,phone_number,created_at,approval_status,checked_in_at,custom_source,qr_code_url
gst-1,Ann Lee,Ann,Lee,ann@luma.example,,2027-01-02T10:00:00Z,approved,,,https://luma.example/1
gst-2,Bob Ray,Bob,Ray,bob@luma.example,,2027-01-02T10:00:00Z,declined,,,https://luma.example/2
gst-3,Cyd Orr,Cyd,Orr,cyd@luma.example,,2027-01-02T10:00:00Z,waitlist,,,https://luma.example/3
gst-4,Dee Fox,Dee,Fox,,,2027-01-02T10:00:00Z,pending_approval,,,https://luma.example/4
`},
	"eventbrite.csv": {
		rule: "Attendee Status in Attending, Checked In",
		list: `Order no.,Order Date,First Name,Last Name,Email,Ticket Type,Attendee Status
1,2027-01-02,Ann,Lee,ann@eb.example,GA,Attending
2,2027-01-02,Bob,Ray,bob@eb.example,GA,Not Attending
3,2027-01-02,Cyd,Orr,cyd@eb.example,GA,Refunded
4,2027-01-02,Dee,Fox,dee@eb.example,GA,Refunded
`},
	"mailchimp.csv": {
		rule: "UNSUB_TIME is empty",
		list: `Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,UNSUB_TIME,UNSUB_REASON
ann@mc.example,Ann,Lee,2,2026-01-02 10:00:00,192.0.2.1,,
bob@mc.example,Bob,Ray,2,2026-01-02 10:00:00,192.0.2.1,2026-11-02 10:00:00,NORMAL
cyd@mc.example,Cyd,Orr,2,2026-01-02 10:00:00,192.0.2.1,2026-11-03 10:00:00,SPAM
dee@mc.example,Dee,Fox,2,2026-01-02 10:00:00,192.0.2.1,2026-11-04 10:00:00,
`},
}

// Promise: a list of a program that says who declined, is refunded or unsubscribed mails none of them: it is refused
// with the question which rows are meant, and the rule that the question names mails the others.
func TestWhoSaidNoInAnExportIsAskedAboutAndLeftOut(t *testing.T) {
	t.Parallel()
	for name, export := range exports {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
			box := h.sandbox(sandbox.Options{Adjust: noLimits})
			h.start("running", "run")
			list := filepath.Join(h.dir, name)
			write(t, list, export.list)
			_, errs, code := h.run("import", list, event, template, "--wait")
			if s := box.Summary(); code != exit.Input || s.Emails != 0 || s.Guests != 0 ||
				!strings.Contains(errs, "may not be meant") ||
				!strings.Contains(errs, "--where '"+export.rule+"'") || !strings.Contains(errs, "--where all") {
				t.Fatalf("exit %d, %d guests, %d emails\n%s", code, s.Guests, s.Emails, errs)
			}
			for _, flag := range regexp.MustCompile(`--where '([^']+)'`).FindAllStringSubmatch(errs, -1) {
				out, errs, _ := h.run("import", list, event, template, "--where", flag[1], "--dry-run", "--json")
				if flag[1] == export.rule && !strings.Contains(out, `"filtered":3`) || strings.Contains(out, `"filtered":0`) {
					t.Errorf("%s: %s%s", flag[1], out, errs)
				}
			}
			out, errs, code := h.run("import", list, event, template, "--wait", "--json", "--where", export.rule)
			if c := countsOf(t, out); code != exit.OK || c["accepted"] != 1 || c["filtered"] != 3 || len(c) != 2 {
				t.Fatalf("exit %d, %v\n%s", code, c, errs)
			}
			if s := box.Summary(); s.Guests != 1 || s.Emails != 1 {
				t.Errorf("%d guests, %d emails", s.Guests, s.Emails)
			}
			h.reportsFiltered(export.rule, 3)
			if out := h.must("status"); !strings.Contains(out, export.rule) || !strings.Contains(out, "filtered  3") {
				t.Errorf("status says\n%s", out)
			}
		})
	}
}

// reportsFiltered wants the report to list rows with the rule as their reason, and none of them as a reject.
func (h *house) reportsFiltered(rule string, rows int) {
	h.t.Helper()
	h.must("report")
	for file, want := range map[string]int{"result": rows, "rejects": 0} {
		found, err := filepath.Glob(filepath.Join(h.dir, "*-"+file+".csv"))
		if err != nil || len(found) != 1 {
			h.t.Fatalf("%v, %v", found, err)
		}
		text, err := os.ReadFile(found[0])
		if n := strings.Count(string(text), ",filtered,"); err != nil || n != want ||
			strings.Count(string(text), "where: "+rule) != want {
			h.t.Errorf("%s has %d filtered rows, want %d with %q: %v\n%s", file, n, want, rule, err, text)
		}
	}
}

// Promise: a dropped file that says who is not meant waits, and its question names the rule; a profile that has a rule
// is not asked, until a word comes that the rule does not name.
func TestADroppedListWaitsForTheRuleThatItsProfileLacks(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	ids := sandbox.Defaults()
	h.write("guestflow.yaml", fmt.Sprintf(`profiles:
  gala: {event: %[1]s, template: %[2]s}
  nightly: {event: %[1]s, template: %[2]s, where: "status != declined"}
`, ids.EventID, ids.TemplateID))
	h.start("running", "run", "--inbox=in", "--settle=100ms")
	const header = "First Name,Last Name,Email,Status\n"
	h.put("in/gala/list.csv", header+"Ann,Lee,ann@a.example,approved\nBob,Ray,bob@a.example,declined\n")
	h.put("in/nightly/known.csv", header+"Cyd,Lee,cyd@a.example,approved\nDee,Ray,dee@a.example,Declined\n")
	h.put("in/nightly/new.csv", header+"Eve,Lee,eve@a.example,approved\nFay,Ray,fay@a.example,waitlist\n")
	h.put("in/nightly/other.csv", "First Name,Last Name,Email,Statuss\nGil,Lee,gil@a.example,approved\n")
	var waiting []waitingFile
	testkit.Eventually(t, "three wait and one is imported", func() bool {
		waiting = h.waiting("--inbox=in")
		return len(waiting) == 3 && box.Summary().Emails == 1
	})
	for _, f := range waiting {
		want, answer := map[string][2]string{
			"list.csv":  {"--where 'Status != declined'", "Status != declined"},
			"new.csv":   {"--where 'status != declined and Status != waitlist'", "status != declined and Status != waitlist"},
			"other.csv": {`is "Statuss" meant?`, "Statuss = approved"},
		}[f.File], ""
		if answer = want[1]; !strings.Contains(f.Question, want[0]) {
			t.Errorf("%s asks %s", f.File, f.Question)
		}
		h.must("approve", f.ID, "--inbox=in", "--yes", "--where", answer)
	}
	testkit.Eventually(t, "the others are out", func() bool { return box.Summary().Emails == 4 })
	if s := box.Summary(); s.Guests != 4 || s.EmailsMax != 1 {
		t.Errorf("%d guests, at most %d emails for one", s.Guests, s.EmailsMax)
	}
}

// Promise: a rule that cannot be read, or that a file has no column for, imports nothing and says why; every row is
// imported once a person says so.
func TestARuleImportsNothingItDoesNotFit(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	h.start("running", "run")
	list := filepath.Join(h.dir, "list.csv")
	write(t, list, "First Name,Last Name,Email,Approval Status\nAnn,Lee,ann@a.example,approved\nBob,Ray,bob@a.example,declined\n")
	for rule, want := range map[string]struct {
		code int
		said string
	}{
		"aproval_status = approved":                 {exit.Input, `is "Approval Status" meant?`},
		"status = approved":                         {exit.Input, `is "Approval Status" meant?`},
		"approval_status = approvd":                 {exit.Input, "leaves out all of its rows (2)"},
		"approval_status = approved or declined":    {exit.Usage, "expected =, !=, in"},
		"approval_status != declined, cancelled":    {exit.Usage, `at character 28, ","`},
		"plus_ones is empty":                        {exit.Input, `there is no column "plus_ones"`},
		"approval_status = approved and email = no": {exit.Input, "leaves out all"},
	} {
		if _, errs, code := h.run("import", list, event, template, "--where", rule); code != want.code ||
			!strings.Contains(errs, want.said) {
			t.Errorf("%s: exit %d, want %d with %q\n%s", rule, code, want.code, want.said, errs)
		}
	}
	if s := box.Summary(); s.Guests != 0 {
		t.Fatalf("%d guests", s.Guests)
	}
	if out, errs, code := h.run("import", list, event, template, "--wait", "--where=all"); code != exit.OK ||
		box.Summary().Emails != 2 {
		t.Errorf("all: exit %d, %d emails\n%s%s", code, box.Summary().Emails, out, errs)
	}
}
