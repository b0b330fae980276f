package console_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guestflow/cmd/guestflow/console"
	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/guestindex"
	"guestflow/importer/hold"
	"guestflow/importer/inbox"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
	"guestflow/qflow/sandbox"
)

const plainList = "First Name,Last Name,Email\nAnn,Lee,ann@party.example\nBob,Lee,bob@party.example\n"

// under has all imports of the console under some rules.
func under(rules hold.Rules) func(*console.Account) {
	return func(a *console.Account) {
		settings := a.Settings
		a.Settings = func(w spec.Spec) (importer.Settings, error) {
			to, err := settings(w)
			to.Hold = rules
			return to, err
		}
	}
}

// comparedSlowly has the console take a while to compare a list with earlier ones.
func comparedSlowly(while time.Duration) func(*console.Account) {
	return func(a *console.Account) {
		settings := a.Settings
		a.Settings = func(w spec.Spec) (importer.Settings, error) {
			to, err := settings(w)
			compare := to.Compare
			to.Compare = func(ctx context.Context, some []guestindex.Guest) ([]guestindex.Claimed, error) {
				time.Sleep(while)
				return compare(ctx, some)
			}
			return to, err
		}
	}
}

// dropped drops a file into a watched folder under some rules, and looks until it waits.
func (d *testConsole) dropped(name, content string, rules hold.Rules) (*inbox.Inbox, spool.Item) {
	d.t.Helper()
	dir := filepath.Join(d.t.TempDir(), "inbox")
	to := importer.Settings{Spec: spec.Spec{
		Account: "main", Event: sandbox.Defaults().EventID, Template: sandbox.Defaults().TemplateID,
	}, Hold: rules}
	box, err := inbox.New(dir, 0, map[string]importer.Settings{"": to}, d.account.Consume, d.logger())
	if err != nil {
		d.t.Fatal(err)
	}
	watched, err := spool.Open(dir, importer.Settings{})
	if err != nil {
		d.t.Fatal(err)
	}
	d.account.Watched = append(d.account.Watched, watched)
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		d.t.Fatal(err)
	}
	box.Look(d.t.Context())
	box.Look(d.t.Context())
	waiting := watched.Waiting(d.t.Context())
	if len(waiting) != 1 {
		d.t.Fatalf("%+v wait\n%s", waiting, d.log)
	}
	return box, waiting[0]
}

// approvals are the entries of the audit log about an item.
func (d *testConsole) approvals(id string) (list []operate.AuditEntry) {
	d.t.Helper()
	list, err := d.account.AuditLog(d.t.Context(), id, 10)
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}

// The page shows what was known when the file came. Its approval is the first to read it here, which takes longer than
// a page waits.
func TestAHeldFileIsApprovedOnThePageOfWhatWaits(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, comparedSlowly(300*time.Millisecond)).as("otto")
	d.wants(d.get("/a/main/waiting"), http.StatusOK, "No file waits.")
	box, item := d.dropped("dropped.csv", plainList, hold.Rules{Hold: "always"})
	shown := d.get("/a/main/waiting")
	d.wants(shown, http.StatusOK, "dropped.csv", "Waits for approval", "hold: always", "2 new, 0 changed", "Approve",
		"Discard")
	seen := seenField.FindStringSubmatch(shown.body)
	if seen == nil {
		t.Fatal("nothing can be approved")
	}
	d.as("vera").wants(d.get("/a/main/waiting"), http.StatusOK, "dropped.csv")
	if body := d.get("/a/main/waiting").body; strings.Contains(body, "<form method=\"post\" action=\"/a/main/new") {
		t.Error("a viewer is offered to approve it")
	}
	form := url.Values{"seen": {seen[1]}}
	d.wants(d.post("/a/main/new/"+item.ID+"/start", form), http.StatusForbidden)
	begun := d.as("otto").post("/a/main/new/"+item.ID+"/start", form)
	d.wants(begun, http.StatusOK, "The import has begun.")
	box.Look(t.Context())
	if imp := d.enqueued(idOf(begun)); imp.Counts[ledger.Queued] != 2 {
		t.Errorf("imported was %+v", imp)
	}
	if log := d.approvals(item.ID); len(log) != 1 || log[0].Actor != "otto" || log[0].Action != "approve" {
		t.Errorf("the audit log has %+v", log)
	}
}

func TestAnImportIsTakenBackHeldAndStartedOnThePageOfWhatWaits(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, under(hold.Rules{Undo: "1h"})).as("gina")
	d.run()
	preview := d.upload("list.csv", []byte(plainList))
	d.wants(preview, http.StatusOK, "can be taken back until then")
	waits := d.start(preview)
	d.wants(waits, http.StatusOK, "starts by itself", "Start now", "Undo", "Hold", "Started by gina")
	id := d.waiting()[0].ID
	if len(d.imports()) != 0 {
		t.Fatal("it did not wait")
	}
	d.wants(d.post("/a/main/waiting/"+id+"/hold", nil), http.StatusOK, "is held", "it was held by gina")
	d.wants(d.post("/a/main/new/"+id+"/discard", nil), http.StatusOK, "was removed")
	d.wants(d.post("/a/main/waiting/"+id+"/hold", nil), http.StatusNotFound)

	other := d.start(d.upload("other.csv", []byte(plainList)))
	item := d.waiting()[0]
	begun := d.post("/a/main/new/"+item.ID+"/start",
		url.Values{"seen": {seenField.FindStringSubmatch(other.body)[1]}, "now": {"yes"}})
	d.wants(begun, http.StatusOK, "The import has begun.")
	d.enqueued(idOf(begun))
	if log := d.approvals(item.ID); len(log) != 3 { // uploaded, started, started at once
		t.Errorf("the audit log has %+v", log)
	}
}

// Promise: under approve_by: other, nothing goes out that only the one has seen who brought it.
func TestAnUploadWaitsForAnotherOperator(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, under(hold.Rules{ApproveBy: "other"})).as("gina")
	d.run()
	preview := d.upload("list.csv", []byte(plainList))
	d.wants(preview, http.StatusOK, "Ask for approval")
	asked := d.start(preview)
	d.wants(asked, http.StatusOK, "Waits for approval", "approve_by: other", "gina has brought this file")
	if seenField.MatchString(asked.body) {
		t.Error("gina is offered to approve her own")
	}
	d.wants(d.start(d.get(preview.at)), http.StatusForbidden, "another operator has to approve it")
	if len(d.imports()) != 0 {
		t.Fatal("it did not wait")
	}
	shown := d.as("otto").get("/a/main/waiting")
	d.wants(shown, http.StatusOK, "by gina", "Approve")
	begun := d.post(preview.at+"/start", url.Values{"seen": {seenField.FindStringSubmatch(shown.body)[1]}})
	d.wants(begun, http.StatusOK, "The import has begun.")
	d.enqueued(idOf(begun))
}

// An approval is of the settings that were looked at.
func TestSettingsThatChangeAfterTheStartAreApprovedAnew(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, under(hold.Rules{Undo: "1h"})).as("gina")
	preview := d.upload("list.csv", []byte(plainList))
	d.start(preview)
	d.post(preview.at, url.Values{"template": {sandbox.Defaults().TemplateID}})
	if item := d.waiting()[0]; item.Scheduled() || !strings.Contains(item.Gate.Approval, "changed") ||
		item.Approved.By != "" {
		t.Errorf("it waits as %+v", item.Record)
	}
}

// Promise: of a file of which a part was imported each text says what is out and what waits, and the file stays for its
// report.
func TestAFileOfWhichAPartIsOutSaysWhatWaits(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	d.run()
	d.enqueued(idOf(d.start(d.upload("monday.csv", []byte(plainList+"Cyd,Lee,cyd@party.example\n")))))
	_, item := d.dropped("tuesday.csv",
		"First Name,Last Name,Email\nAnn,Lee,ann@party.example\nRobert,Lee,bob@party.example\n"+
			"Dan,Lee,dan@party.example\n", hold.Rules{})
	const soFar = "1 of its 3 rows waits; the others are imported, as import "
	text, err := os.ReadFile(filepath.Join(filepath.Dir(item.Path), item.ID+"--tuesday.csv.txt"))
	if err != nil || !strings.Contains(string(text), soFar) || strings.Contains(string(text), "Nothing of it") {
		t.Errorf("beside it: %s, %v", text, err)
	}
	for _, say := range []string{"1 known under another name", "what waits: 1 guest, at most 1 email"} {
		if !strings.Contains(string(text), say) {
			t.Errorf("beside it is not said %q: %s", say, text)
		}
	}
	page := d.get("/a/main/waiting")
	d.wants(page, http.StatusOK, soFar, "1 known under another name", "Emails, at most", "Answer", "Leave these rows out")
	if strings.Contains(page.body, "Nothing of") {
		t.Error("the page says that nothing of it was imported")
	}
	d.wants(d.get("/a/main/new/"+item.ID), http.StatusOK, soFar)
	d.wants(d.post("/a/main/new/"+item.ID+"/discard", nil), http.StatusOK, "stay left out of import "+item.PartOf(),
		"so does the file")
	done, err := item.Spool.Find(t.Context(), item.ID)
	if err != nil || done.State != spool.Done || done.Import != item.PartOf() {
		t.Errorf("it became %+v, %v", done, err)
	}
}

// Promise: a process that dies between an import and what it writes of its held rows leaves them waiting all the same.
func TestHeldRowsWaitAlsoAfterAKillBetweenTheirImportAndTheirQuestion(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	d.run()
	d.enqueued(idOf(d.start(d.upload("monday.csv", []byte(plainList+"Cyd,Lee,cyd@party.example\n")))))
	dir, kills := filepath.Join(t.TempDir(), "inbox"), 0
	to := importer.Settings{Spec: spec.Spec{Account: "main", Event: sandbox.Defaults().EventID,
		Template: sandbox.Defaults().TemplateID}}
	take := func(ctx context.Context, path string, s importer.Settings) (spool.Result, error) {
		r, err := d.account.Consume(ctx, path, s)
		if kills++; kills <= 2 && err == nil {
			return spool.Result{}, errors.New("killed")
		}
		return r, err
	}
	box, err := inbox.New(dir, 0, map[string]importer.Settings{"": to}, take, d.logger())
	if err != nil {
		t.Fatal(err)
	}
	box.Abandoned = 0
	// An address that was corrected is known by the rest of the list, which belongs to this import by now.
	text := "First Name,Last Name,Email\nAnn,Lee,ann@other.example\nRobert,Lee,bob@party.example\nCyd,Lee,cyd@party.example\nDan,Lee,dan@party.example\n"
	if err := os.WriteFile(filepath.Join(dir, "tuesday.csv"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	watched, err := spool.Open(dir, importer.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	for range 6 {
		box.Look(t.Context())
	}
	waiting := watched.Waiting(t.Context())
	if len(waiting) != 1 || !strings.Contains(waiting[0].SoFar(), "2 of its 4 rows wait") || kills < 3 {
		t.Fatalf("%d imports; %+v wait\n%s", kills, waiting, d.log)
	}
	imp, err := d.account.Ledger.Import(t.Context(), waiting[0].PartOf())
	if err != nil || imp.Counts[ledger.Filtered] != 2 || imp.Counts.Total() != 4 {
		t.Errorf("%+v, %v", imp.Counts, err)
	}
}

func TestAQuestionShowsThePlanThatItIsAbout(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	_, item := d.dropped("answers.csv",
		"First Name,Last Name,Email,RSVP\nAnn,Lee,ann@party.example,yes\nBob,Lee,bob@party.example,no\n", hold.Rules{})
	if item.Plan == nil || item.Plan.Guests != 2 ||
		!strings.Contains(item.SoFar(), "Nothing of it was imported, and no email was sent.") {
		t.Errorf("it waits as %+v", item.Record)
	}
	d.wants(d.get("/a/main/waiting"), http.StatusOK, "RSVP", "2 new, 0 changed", "Answer", "Discard",
		"Nothing of it was imported")
}
