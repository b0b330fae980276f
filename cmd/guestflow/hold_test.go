package main

import (
	"encoding/json"
	"slices"
	"strings"
	"syscall"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer/notify"
	"guestflow/qflow/sandbox"
)

// Promise: with hold, a dropped file mails no one until a person has approved it, and then each guest once.
func TestADroppedFileThatIsHeldIsMailedOnceItIsApproved(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(),
		"GUESTFLOW_CONSOLE_URL=https://guestflow.example.com/")...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	k := h.hook()
	names := strings.NewReplacer(sandbox.Defaults().EventID, "spring gala", sandbox.Defaults().TemplateID, "invitation")
	h.write("guestflow.yaml", "event_names: {"+sandbox.Defaults().EventID+": Spring Gala}\n"+
		names.Replace(gala("hold: always")))
	daemon := h.start("running", "run", "--inbox=in", "--settle=100ms")
	h.put("in/gala/list.csv", "First Name,Last Name,Email\nAnn,Lee,ann@example.com\nBob,Lee,bob@example.com\n")
	h.put("in/gala/unwanted.csv", "First Name,Last Name,Email\nEve,Lee,eve@example.com\n")
	var list []waitingFile
	testkit.Eventually(t, "both wait", func() bool { list = h.waiting("--inbox=in"); return len(list) == 2 })
	byName := map[string]waitingFile{}
	for _, f := range list {
		byName[f.File] = f
	}
	held, unwanted := byName["list.csv"], byName["unwanted.csv"]
	if held.Plan == nil || held.Plan.Emails != 2 || held.Plan.Compared.New != 2 ||
		!strings.Contains(held.Approval, "hold: always") {
		t.Errorf("it waits as %+v", held)
	}
	testkit.Eventually(t, "it is notified", func() bool { return len(k.of(notify.FileWaiting)) == 2 })
	if e := k.of(notify.FileWaiting)[0]; e.Fields["url"] != "https://guestflow.example.com/a/sandbox/waiting" ||
		strings.Contains(e.Text, "@") {
		t.Errorf("notified of %+v", e)
	}
	if out := h.must("waiting", "--inbox=in"); !strings.Contains(out, "2 guests, 2 emails") ||
		!strings.Contains(out, "to event Spring Gala ("+sandbox.Defaults().EventID+"); email Invitation (") ||
		!strings.Contains(out, "waits for approval") {
		t.Error(out)
	}
	if out := h.must("status", held.ID, "--inbox=in"); !strings.Contains(out, "waits for approval") {
		t.Error(out)
	}
	h.write("guestflow.yaml", "event_names: {"+sandbox.Defaults().EventID+": Spring Gala}\n"+
		names.Replace(gala("hold: always", `where: '"Last Name" = Lee'`))) // it is corrected meanwhile
	if _, errs, code := h.run("approve", held.ID, "--inbox=in", "--yes"); code != exit.Usage ||
		!strings.Contains(errs, "where. By those of now: guestflow approve "+held.ID+" --settings now") {
		t.Errorf("exit %d, %s", code, errs)
	}
	if shown := h.waiting("--inbox=in"); len(shown) != 2 || !slices.Equal(shown[0].Changed, []string{"where"}) {
		t.Errorf("%+v wait", shown)
	}
	if _, page := visit(t, listening.FindStringSubmatch(daemon.String())[1]+"/a/sandbox/waiting"); !strings.Contains(page, "were changed since it was looked at: where") {
		t.Error("the console that runs does not say that the profile was changed")
	}
	daemon.End(syscall.SIGKILL) // and another process goes on
	h.start("running", "run", "--inbox=in", "--settle=100ms")
	testkit.Eventually(t, "both are planned anew", func() bool {
		list = h.waiting("--inbox=in")
		return len(list) == 2 && strings.Contains(list[0].Approval+list[1].Approval, "while it waited: where")
	})
	if s := box.Summary(); s.Guests != 0 || s.Emails != 0 {
		t.Fatalf("%d guests and %d emails before the approval", s.Guests, s.Emails)
	}
	h.must("discard", unwanted.ID, "--inbox=in", "--yes")
	h.must("approve", held.ID, "--inbox=in", "--yes")
	testkit.Eventually(t, "it is out", func() bool { return box.Summary().Emails == 2 })
	if s := box.Summary(); s.Guests != 2 || s.EmailsMax != 1 {
		t.Errorf("%d guests, at most %d emails for one", s.Guests, s.EmailsMax)
	}
	h.put("in/gala/again.csv", "First Name,Last Name,Email\nAnn,Lee,ann@example.com\nBob,Lee,bob@example.com\n")
	testkit.Eventually(t, "what was imported before is put away", func() bool {
		return strings.Contains(h.must("imports"), "list.csv") && len(h.waiting("--inbox=in")) == 0
	})
}

// Promise: what is imported with a start time, or can be taken back, leaves no sooner, is held and taken back until
// then, and goes out once.
func TestAnImportOfTheCommandLineWaitsForItsTime(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	h.write("guestflow.yaml", gala("timezone: Europe/Berlin"))
	h.start("running", "run")
	later := func(name string, flags ...string) (id string) {
		t.Helper()
		var said laterImport
		out := h.must(append([]string{"import", h.file(name, 1, "Bob,"+strings.TrimSuffix(name, ".csv")+",bob@"+name+".example"), "--profile=gala",
			"--yes", "--json"}, flags...)...)
		if err := json.Unmarshal([]byte(out), &said); err != nil || said.Start == nil || said.Emails == 0 {
			t.Fatalf("%v: %s", err, out)
		}
		return said.Waiting
	}
	started, undone, held := later("at.csv", "--at=2099-12-01 09:00"), later("undo.csv", "--undo=1h"),
		later("held.csv", "--undo=1h")
	list := h.waiting()
	if len(list) != 3 || list[0].Door != "command" || list[0].By == "" {
		t.Fatalf("%+v wait", list)
	}
	for _, f := range list {
		if f.ID == started && f.Start.UTC().Format("2006-01-02T15:04") != "2099-12-01T08:00" {
			t.Errorf("it starts at %s", f.Start)
		}
	}
	if out := h.must("status", started); !strings.Contains(out, "2099-12-01") {
		t.Error(out)
	}
	h.must("discard", undone, "--yes")
	if out := h.must("hold", held, "--json"); !json.Valid([]byte(out)) || !strings.Contains(out, held) {
		t.Error(out)
	}
	if _, errs, code := h.run("hold", held); code != exit.Usage || !strings.Contains(errs, "already") {
		t.Errorf("held twice: exit %d, %s", code, errs)
	}
	soon := later("soon.csv", "--undo=1s")
	testkit.Eventually(t, "it has started by itself", func() bool { return box.Summary().Emails == 2 })
	h.must("approve", started, "--now", "--yes")
	h.must("approve", held, "--now", "--yes")
	testkit.Eventually(t, "the others are out", func() bool { return box.Summary().Emails == 4 })
	if _, errs, code := h.run("discard", soon, "--yes"); code != exit.Usage || !strings.Contains(errs, "no longer waits") {
		t.Errorf("taken back too late: exit %d, %s", code, errs)
	}
	if s := box.Summary(); s.EmailsMax != 1 {
		t.Errorf("at most %d emails for one", s.EmailsMax)
	}
}

func TestAHoldThatCannotBeIsAMistakeOfUsage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	list := h.file("list.csv", 1)
	for want, args := range map[string][]string{
		"hold is none of":                      {"import", list, "--hold=sometimes"},
		"approve_by is neither":                {"import", list, "--approve-by=anna"},
		"undo is not a time":                   {"import", list, "--undo=soon"},
		"--at: the start time":                 {"import", list, "--at=noon"},
		"is past":                              {"import", list, "--at=2020-01-01 09:00"},
		"does not go together":                 {"import", list, "--at=2099-01-01 09:00", "--wait"},
		"start guestflow run first":            {"import", list, "--undo=10m", "--yes"},
		"no file 20260101T000000-ABCDEF waits": {"hold", "20260101T000000-ABCDEF"},
	} {
		if out, errs, code := h.run(args...); code != exit.Usage || !strings.Contains(errs, want) {
			t.Errorf("%v: exit %d, %s%s", args, code, out, errs)
		}
	}
	h.write("guestflow.yaml", gala("start_at: '09:00'"))
	if _, errs, code := h.run("config"); code != exit.Usage || !strings.Contains(errs, "time zone") {
		t.Errorf("a time of day without a zone: exit %d, %s", code, errs)
	}
}

// Promise: under approve_by: other, who brought a list cannot approve it, nor lift the rule by a flag.
func TestWhoBroughtAListDoesNotApproveItOnTheCommandLine(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	h.write("guestflow.yaml", gala("approve_by: other"))
	h.must("import", h.file("list.csv", 2), "--profile=gala", "--yes", "--approve-by=anyone", "--hold=never")
	list := h.waiting()
	if len(list) != 1 || !strings.Contains(list[0].Approval, "approve_by: other") {
		t.Fatalf("%+v wait", list)
	}
	if _, errs, code := h.run("approve", list[0].ID, "--yes"); code != exit.Usage ||
		!strings.Contains(errs, "another operator") {
		t.Errorf("exit %d, %s", code, errs)
	}
	// The rule is of the event: the same rows wait by whatever way they come, in whatever file; those of other events do
	// not.
	other := strings.Replace(gala(), "gala:", "other:", 1)
	h.write("guestflow.yaml", gala("approve_by: other")+strings.TrimPrefix(other, "profiles:\n"))
	rows := []string{h.file("rows0.csv", 3), h.file("rows1.csv", 4), h.file("rows2.csv", 5)}
	for n, args := range [][]string{{event, template}, {strings.ToUpper(event[len("--event="):]), template},
		{"--profile=other"}} {
		if n == 1 {
			args[0] = "--event=" + args[0]
		}
		h.must(append([]string{"import", rows[n], "--yes", "--approve-by=anyone"}, args...)...)
	}
	inRows := h.write("inrows.csv", "First Name,Last Name,Email,Event ID\nEve,Ek,eve@example.com,"+
		sandbox.Defaults().EventID+"\n")
	h.must("import", inRows, template, "--yes")
	if list := h.waiting(); box.Summary().Guests != 0 || len(list) != 5 ||
		!strings.Contains(list[0].Approval, "approve_by: other") {
		t.Errorf("%d guests; %+v wait", box.Summary().Guests, list)
	}
	h.write("guestflow.yaml",
		strings.Replace(gala("approve_by: other"), sandbox.Defaults().EventID, "e0000000-0000-4000-8000-00000000000f", 1))
	h.must("import", rows[0], event, template, "--yes")
	if len(h.waiting()) != 5 {
		t.Error("a list of another event waits")
	}
}
