package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

const german = "Vorname;Nachname;E-Mail-Adresse;Sitzung;Firma\nAnn;Lee;ann@gmial.com;A;Acme\nBob;Fox;bob@example.com;B;Acme\nEve;;eve@nowhere;A;Acme\n"

func TestAPreviewShowsWhatAFileIsTakenForAndWritesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	path := h.write("gäste.csv", german)
	out := h.must("import", path, "--preview=2", "--map=tags=VIP, {{Sitzung}}", event, template)
	for _, want := range []string{`delimiter ";"`, "first_name", `from "Vorname" (alias)`, `"VIP, {{Sitzung}}" (template)`,
		`column "Firma" is not used`, "VIP, A", "gmial", "email_slip", "bad_email", "1 of 3 rows rejected"} {
		if !strings.Contains(out, want) {
			t.Errorf("the preview says nothing of %q:\n%s", want, out)
		}
	}
	if entries, _ := os.ReadDir(h.dir); len(entries) != 1 {
		t.Fatalf("a preview left %v", entries)
	}
}

func TestAPreviewSaysWhereItHasFoundTheHeader(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	titled := h.write("titled.csv", "Our guests;;;;\n;;;;\n"+german)
	for path, want := range map[string]bool{titled: true, h.write("plain.csv", german): false} {
		out := h.must("import", path, "--preview=1", event, template)
		if strings.Contains(out, "header in line 3\n") != want {
			t.Errorf("%s: whether the header's line is said is to be %t:\n%s", path, want, out)
		}
	}
}

// A profile says how its lists are read; a flag wins.
func TestAProfilesWayOfReadingHoldsUnlessAFlagSaysOtherwise(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	h.write("guestflow.yaml", "profiles:\n  gala:\n    event: "+sandbox.Defaults().EventID+
		"\n    mapping:\n      tags: 'VIP, {{Sitzung}}'\n      notes: Firma\n    strict: true\n")
	path := h.write("gäste.csv", german)
	if _, errs, code := h.run("import", path, "--profile=gala"); code != exit.Input ||
		!strings.Contains(errs, "a strict import allows none") {
		t.Fatalf("exit %d: %s", code, errs)
	}
	good := h.write("gute.csv", strings.Replace(german, "eve@nowhere", "eve@example.com", 1))
	h.start("running", "run")
	if out, errs, code := h.run("import", good, "--profile=gala", "--map=notes==Presse", "--wait"); code != exit.OK {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	for _, g := range box.History().GuestList {
		if g.AdditionalInfo != "Presse" || !strings.HasPrefix(g.Tags, "VIP, ") {
			t.Errorf("a guest with the notes %q and the tags %q", g.AdditionalInfo, g.Tags)
		}
	}
	out := h.must("import", good, "--profile=gala", "--map=notes==Presse", "--dry-run")
	if !strings.Contains(out, "0 new, 0 changed, 3 unchanged") || !strings.Contains(out, "at least 0 calls") {
		t.Fatalf("beside the earlier import:\n%s", out)
	}
	out = h.must("import", good, "--profile=gala", "--map=notes==Radio", "--dry-run")
	if !strings.Contains(out, "0 new, 3 changed, 0 unchanged") || !strings.Contains(out, "at least 1 call,") {
		t.Fatalf("with other notes:\n%s", out)
	}
}

func TestMistakesInReadingAreNamed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	path := h.write("gäste.csv", german)
	for _, c := range []struct{ flag, say string }{
		{"--map=seat=Sitzung", "seat"}, {"--map=tags=Sitz", "Sitz"}, {"--map=tags={{Sitzung", "{{"},
		{"--max-rejects=many", "max_rejects"}, {"--dates=soon", "DD.MM.YYYY"},
	} {
		if _, errs, code := h.run("import", path, "--dry-run", c.flag, event); code != exit.Usage && code != exit.Input ||
			!strings.Contains(errs, c.say) {
			t.Errorf("%s: exit %d, %s", c.flag, code, errs)
		}
	}
}

// A list that is dropped again sends no email twice; only --resend does, and it asks.
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
	if _, errs, code := h.run("import", path, event, template, "--resend"); code != exit.Declined ||
		!strings.Contains(errs, "had them already") {
		t.Fatalf("exit %d: %s", code, errs)
	}
	for n := 2; n <= 3; n++ {
		h.must("import", path, event, template, "--wait", "--resend", "--yes")
		if s := box.Summary(); s.Emails != 25*n || s.Guests != 25 || s.EmailsMax != n {
			t.Fatalf("%d guests, %d emails, at most %d for one, after %d sends", s.Guests, s.Emails, s.EmailsMax, n)
		}
	}
}

// What stands in the file or the environment for lists without a profile must not mail the guests of one that sends no
// emails.
func TestAProfileTakesNoEventAndTemplateFromElsewhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_TEMPLATE="+sandbox.Defaults().TemplateID)
	h.write("guestflow.yaml",
		"event: 11111111-1111-1111-1111-111111111111\nprofiles:\n  staff:\n    event: 22222222-2222-2222-2222-222222222222\n")
	path := h.file("guests.csv", 3)
	if out := h.must("import", path, "--profile=staff", "--dry-run", "--json"); !strings.Contains(out, "22222222-") ||
		strings.Contains(out, "11111111-") || !strings.Contains(out, `"emails":0`) {
		t.Fatal(out)
	}
	if out := h.must("import", path, "--profile=staff", "--dry-run", "--json", template); !strings.Contains(out,
		`"emails":3`) {
		t.Fatal(out)
	}
}

// A mapping is a way of reading, but a field of it may send emails, or make another guest of the same one.
func TestAMappingOutsideOfAProfileDecidesNeitherWhomItMailsNorWhoIsTheSameGuest(t *testing.T) {
	t.Parallel()
	const mapping = "template_id==T;event_id==E2;email==x@example.com;custom_id==C;barcode==B;first_name==F;last_name==L;other_names==O;notes==all"
	profiles := "profiles:\n  mute:\n    event: " + sandbox.Defaults().EventID + "\n"
	var file strings.Builder
	for field := range strings.SplitSeq(mapping, ";") {
		name, value, _ := strings.Cut(field, "=")
		file.WriteString("  " + name + ": '" + value + "'\n")
	}
	plan := func(t *testing.T, h *house, args ...string) (p struct {
		Emails  int
		Events  []string
		Columns struct {
			Sources []struct{ Field, Kind string }
		}
	}) {
		t.Helper()
		if err := json.Unmarshal([]byte(h.must(append([]string{"import", h.file("guests.csv", 3), "--dry-run", "--json"},
			args...)...)), &[]any{&p}); err != nil {
			t.Fatal(err)
		}
		return p
	}
	for name, h := range map[string]*house{"the environment": newHouse(t, "GUESTFLOW_MAP="+mapping),
		"the file": newHouse(t)} {
		if h.write("guestflow.yaml", profiles); name == "the file" {
			h.write("guestflow.yaml", profiles+"map:\n"+file.String())
		}
		p := plan(t, h, "--profile=mute")
		if p.Emails != 0 || len(p.Events) != 1 || p.Events[0] != sandbox.Defaults().EventID {
			t.Errorf("%s: %+v", name, p)
		}
		for _, s := range p.Columns.Sources {
			if (s.Kind == "constant") != (s.Field == "notes") {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if p := plan(t, h, "--profile=mute", "--map=template_id==T", "--map=last_name=Last Name"); p.Emails != 3 {
			t.Errorf("%s, and a flag: %+v", name, p)
		}
	}
}

// A sheet that is named for all lists is for the workbooks among them. One that is named for this list is a mistake if
// it has none.
func TestASheetForAllListsRefusesNoneWithoutSheets(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(), "GUESTFLOW_SHEET=Guests")...)
	h.sandbox(sandbox.Options{Adjust: noLimits})
	h.write("guestflow.yaml", "profiles:\n  open: {}\n  own:\n    sheet: Gala\n")
	path := h.file("guests.csv", 3)
	plain := h.must("import", path, "--dry-run", "--json", event)
	for _, args := range [][]string{{"--sheet=Gala"}, {"--profile=own"}, {"--profile=open", "--sheet=Gala"}} {
		if _, errs, code := h.run(append([]string{"import", path, "--dry-run", event}, args...)...); code != exit.Input ||
			!strings.Contains(errs, `the sheet "Gala" is asked for`) {
			t.Errorf("%v: exit %d, %s", args, code, errs)
		}
	}
	h.must("import", path, "--dry-run", "--profile=open", event)
	h.env = append(h.env, "GUESTFLOW_SHEET=Others")
	if again := h.must("import", path, "--dry-run", "--json", event); again != plain {
		t.Errorf("it is another import under another sheet for workbooks:\n%s%s", plain, again)
	}
	book, err := os.ReadFile("../../importer/testdata/workbook.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	if _, errs, code := h.run("import", h.write("book.xlsx", string(book)), "--dry-run", event); code != exit.Input ||
		!strings.Contains(errs, "Others") {
		t.Errorf("a workbook without the sheet: exit %d, %s", code, errs)
	}
	h.start("running", "run", "--inbox=box", "--settle=10ms", "--event="+sandbox.Defaults().EventID)
	h.put("box/a.csv", "First Name,Last Name\nAda,Lovelace\n")
	testkit.Eventually(t, "a dropped list is taken", func() bool {
		found, _ := filepath.Glob(filepath.Join(h.dir, "box", "done", "*a.csv"))
		return len(found) > 0
	})
}

// A resend that was killed goes on when its command is repeated; it sends no email twice.
func TestARepeatedResendGoesOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	path := h.file("guests.csv", 25)
	for range 2 { // there is no worker yet: the first one is not over
		h.must("import", path, event, template, "--resend", "--yes")
	}
	h.start("running", "run")
	testkit.Eventually(t, "it is done", func() bool { return h.status().Counts["accepted"] == 25 })
	if out := h.must("imports"); box.Summary().EmailsMax != 1 || strings.Count(out, "guests.csv") != 1 {
		t.Fatalf("at most %d emails for one guest\n%s", box.Summary().EmailsMax, out)
	}
}

// How lists are read may stand outside of profiles, and a profile may say otherwise; what is typed wins over both.
func TestReadingOutsideOfAProfileHoldsUnlessTheProfileSaysOtherwise(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_MAX_REJECTS=90%")
	h.write("guestflow.yaml",
		"strict: true\ndates: DD.MM.YYYY\nmap:\n  notes: Firma\n  tags: =all\nprofiles:\n  as_is:\n    mapping:\n      tags: Sitzung\n  lax:\n    strict: false\n")
	bad := h.write("gäste.csv", german)
	for _, c := range []struct {
		args []string
		code int
	}{
		{nil, exit.Input},
		{[]string{"--no-strict"}, exit.OK},
		{[]string{"--profile=as_is"}, exit.Input},
		{[]string{"--profile=as_is", "--no-strict"}, exit.OK},
		{[]string{"--profile=lax"}, exit.OK},
		{[]string{"--profile=lax", "--strict"}, exit.Input},
	} {
		out, errs, code := h.run(append([]string{"import", bad, event, "--preview=1"}, c.args...)...)
		if code != c.code || !strings.Contains(out, `"Firma"`) {
			t.Errorf("%v: exit %d\n%s%s", c.args, code, out, errs)
		}
		if code == exit.Input && !strings.Contains(errs, "an import would refuse this file") {
			t.Errorf("%v says nothing of what an import would do: %s", c.args, errs)
		}
	}
	if out := h.must("import", bad, event, "--profile=lax", "--preview=1"); !strings.Contains(out, `"all" (constant)`) {
		t.Error(out)
	}
	if out := h.must("import", bad, event, "--profile=as_is", "--no-strict", "--preview=1"); !strings.Contains(out,
		`"Sitzung"`) || strings.Contains(out, `"all"`) {
		t.Error(out)
	}
}

// The inbox and sources read lists as the file and the environment say, unless their profile says otherwise. Who is the
// same guest is for lists without a profile only.
func TestTheInboxAndSourcesReadListsAsTheConfigurationSays(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(), "GUESTFLOW_STRICT=true",
		"GUESTFLOW_KEY=E-Mail-Adresse")...)
	h.sandbox(sandbox.Options{Adjust: noLimits})
	h.write("guestflow.yaml", "event: "+sandbox.Defaults().EventID+"\nprofiles:\n  strict:\n    event: "+
		sandbox.Defaults().EventID+
		"\n  lax:\n    event: "+sandbox.Defaults().EventID+"\n    strict: false\n    source: "+h.dir+"/lists\n")
	for _, dir := range []string{"box/strict", "box/lax", "lists"} {
		if err := os.MkdirAll(filepath.Join(h.dir, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	h.start("running", "run", "--inbox=box", "--settle=10ms", "--roles=inbox,workers")
	at := func(pattern string) func() bool {
		return func() bool { found, _ := filepath.Glob(filepath.Join(h.dir, pattern)); return len(found) > 0 }
	}
	h.write("box/a.csv", german)
	h.write("box/strict/b.csv", german)
	testkit.Eventually(t, "a strict list is refused", at("box/failed/*a.csv"))
	testkit.Eventually(t, "a strict profile's too", at("box/strict/failed/*b.csv"))
	// Not before: the guests of a.csv would be known under another key, and a.csv would wait for an answer.
	h.write("box/lax/c.csv", german)
	// Other guests than those of c.csv, which would be known under another key.
	h.write("box/d.csv", strings.NewReplacer("Ann;Lee;ann", "Cid;Orr;cid", "Bob;Fox;bob", "Dan;Poe;dan",
		"Eve;;eve@nowhere", "Fay;;fay@example.com").Replace(german))
	testkit.Eventually(t, "a lax profile's is taken", at("box/lax/done/*c.csv"))
	testkit.Eventually(t, "a good list is taken", at("box/done/*d.csv"))
	var list []struct{ Source, Key, Profile string }
	if err := json.Unmarshal([]byte(h.must("imports", "--json")), &list); err != nil || len(list) != 2 {
		t.Fatalf("%v: %+v", err, list)
	}
	for _, i := range list {
		if (i.Key != "") != (i.Profile == "") {
			t.Errorf("%s is told apart by %q under the profile %q", i.Source, i.Key, i.Profile)
		}
	}
	h.drop("e.csv", 3, "Bob,Bad,bob@nowhere")
	if out := h.must("schedules", "run", "lax"); !strings.Contains(out, "1 of them rejected") {
		t.Error(out)
	}
	h.drop("f.csv", 4, "Bob,Bad,bob@nowhere")
	if _, errs, code := h.run("schedules", "run", "lax", "--strict"); code != exit.Input ||
		!strings.Contains(errs, "a strict import allows none") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// A dry run ends as the import would, after the same plan, and writes nothing.
func TestADryRunEndsAsTheImportWould(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	path := h.write("gäste.csv", german)
	h.write("hopeless.csv", "First Name,Email\nAnn,nowhere\n")
	for _, c := range []struct {
		args []string
		code int
		say  string
	}{
		{[]string{path}, exit.OK, ""},
		{[]string{path, "--strict"}, exit.Input, "a strict import allows none"},
		{[]string{path, "--strict", "--json"}, exit.Input, "a strict import allows none"},
		{[]string{path, "--max-rejects=0"}, exit.Input, "0 are allowed"},
		{[]string{path, "--max-rejects=50%"}, exit.OK, ""},
		{[]string{"hopeless.csv"}, exit.Input, "its only row"},
		{[]string{"hopeless.csv", path}, exit.Input, "its only row"},
	} {
		out, errs, code := h.run(append([]string{"import", event, "--dry-run"}, c.args...)...)
		if code != c.code || !strings.Contains(out, "bad_email") || !strings.Contains(errs, c.say) ||
			(code == exit.OK) != (problems(errs) == "") {
			t.Errorf("%v: exit %d\n%s%s", c.args, code, out, errs)
		}
	}
	if entries, _ := os.ReadDir(h.dir); len(entries) != 2 {
		t.Fatalf("a dry run left %v", entries)
	}
}
