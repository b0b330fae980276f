package main

import (
	"os"
	"strings"
	"testing"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/qflow/sandbox"
)

const german = "Vorname;Nachname;E-Mail-Adresse;Sitzung;Firma\nAnn;Lee;ann@gmial.com;A;Acme\nBob;Fox;bob@example.com;B;Acme\nEve;;eve@nowhere;A;Acme\n"

func TestAPreviewShowsWhatAFileIsTakenForAndWritesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	path := h.write("gäste.csv", german)
	out := h.must("import", path, "--preview=2", "--map=tags=VIP, {{Sitzung}}", event, template)
	for _, want := range []string{`delimiter ";"`, "first_name", `from "Vorname" (alias)`, `"VIP, {{Sitzung}}" (template)`, `column "Firma" is not used`, "VIP, A", "gmial", "email_slip", "bad_email", "1 of 3 rows are rejected"} {
		if !strings.Contains(out, want) {
			t.Errorf("the preview says nothing of %q:\n%s", want, out)
		}
	}
	if entries, _ := os.ReadDir(h.dir); len(entries) != 1 {
		t.Fatalf("a preview left %v", entries)
	}
}

// A profile says how its lists are read; a flag wins.
func TestAProfilesWayOfReadingHoldsUnlessAFlagSaysOtherwise(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	h.write("guestflow.yaml", "profiles:\n  gala:\n    event: "+sandbox.Defaults().EventID+"\n    mapping:\n      tags: 'VIP, {{Sitzung}}'\n      notes: Firma\n    strict: true\n")
	path := h.write("gäste.csv", german)
	if _, errs, code := h.run("import", path, "--profile=gala"); code != exitInput || !strings.Contains(errs, "a strict import allows none") {
		t.Fatalf("exit %d: %s", code, errs)
	}
	good := h.write("gute.csv", strings.Replace(german, "eve@nowhere", "eve@example.com", 1))
	h.start("running", "run")
	if out, errs, code := h.run("import", good, "--profile=gala", "--map=notes==Presse", "--wait"); code != exitOK {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	for _, g := range box.Books().GuestList {
		if g.AdditionalInfo != "Presse" || !strings.HasPrefix(g.Tags, "VIP, ") {
			t.Errorf("a guest with the notes %q and the tags %q", g.AdditionalInfo, g.Tags)
		}
	}
	out := h.must("import", good, "--profile=gala", "--map=notes==Presse", "--dry-run")
	if !strings.Contains(out, "0 new, 0 changed, 3 unchanged") || !strings.Contains(out, "at least 0 calls") {
		t.Fatalf("beside the earlier import:\n%s", out)
	}
	out = h.must("import", good, "--profile=gala", "--map=notes==Radio", "--dry-run")
	if !strings.Contains(out, "0 new, 3 changed, 0 unchanged") || !strings.Contains(out, "at least 1 calls") {
		t.Fatalf("with other notes:\n%s", out)
	}
}

func TestMistakesInReadingAreNamed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	path := h.write("gäste.csv", german)
	for _, c := range []struct{ flag, say string }{
		{"--map=seat=Sitzung", "seat"}, {"--map=tags=Sitz", "Sitz"}, {"--map=tags={{Sitzung", "{{"},
		{"--max-rejects=many", "many"}, {"--dates=soon", "DD.MM.YYYY"},
	} {
		if _, errs, code := h.run("import", path, "--dry-run", c.flag, event); code != exitUsage && code != exitInput || !strings.Contains(errs, c.say) {
			t.Errorf("%s: exit %d, %s", c.flag, code, errs)
		}
	}
}

// A list that is dropped again mails nobody twice; only --resend does, and it asks.
func TestOnlyAResendMailsAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	h.start("running", "run")
	path := h.file("guests.csv", 25)
	h.must("import", path, event, template, "--wait")
	h.must("import", path, event, template, "--wait", "--again")
	if n := box.Summary().Emails; n != 25 {
		t.Fatalf("%d emails after the same list again", n)
	}
	if _, errs, code := h.run("import", path, event, template, "--resend"); code != exitDeclined || !strings.Contains(errs, "had them already") {
		t.Fatalf("exit %d: %s", code, errs)
	}
	for n := 2; n <= 3; n++ {
		h.must("import", path, event, template, "--wait", "--resend", "--yes")
		if s := box.Summary(); s.Emails != 25*n || s.Guests != 25 || s.EmailsMax != n {
			t.Fatalf("%d guests, %d emails, at most %d for one, after %d sends", s.Guests, s.Emails, s.EmailsMax, n)
		}
	}
}

// What stands in the file or the environment for lists without a profile must not mail the guests of one that mails nobody.
func TestAProfileTakesNoEventAndTemplateFromElsewhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_TEMPLATE="+sandbox.Defaults().TemplateID)
	h.write("guestflow.yaml", "event: 11111111-1111-1111-1111-111111111111\nprofiles:\n  staff:\n    event: 22222222-2222-2222-2222-222222222222\n")
	path := h.file("guests.csv", 3)
	if out := h.must("import", path, "--profile=staff", "--dry-run", "--json"); !strings.Contains(out, "22222222-") || strings.Contains(out, "11111111-") || !strings.Contains(out, `"emails":0`) {
		t.Fatal(out)
	}
	if out := h.must("import", path, "--profile=staff", "--dry-run", "--json", template); !strings.Contains(out, `"emails":3`) {
		t.Fatal(out)
	}
}

// A resend that was killed goes on when its command is repeated; nobody is mailed twice by it.
func TestARepeatedResendGoesOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	path := h.file("guests.csv", 25)
	for range 2 { // nobody works on them yet: the first one is not over
		h.must("import", path, event, template, "--resend", "--yes")
	}
	h.start("running", "run")
	await(t, "it is done", func() bool { return h.status().Counts["accepted"] == 25 })
	if out := h.must("imports"); box.Summary().EmailsMax != 1 || strings.Count(out, "guests.csv") != 1 {
		t.Fatalf("at most %d emails for one guest\n%s", box.Summary().EmailsMax, out)
	}
}
