package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/testkit"
	"guestflow/importer/ledger"
	"guestflow/importer/suppression"
	"guestflow/qflow/sandbox"
	"guestflow/tokencache"
	"guestflow/tokencache/secret"
)

// emailsTo counts the emails of the first template that the sandbox has queued, by address.
func emailsTo(box *sandbox.Sandbox) map[string]int {
	all := box.History()
	address := map[string]string{}
	for _, g := range all.GuestList {
		address[g.ID] = g.Email
	}
	to := map[string]int{}
	for _, e := range all.EmailList {
		to[address[e.GuestID]] += e.Count
	}
	return to
}

func (r *receiving) wantEmails(want map[string]int) {
	r.t.Helper()
	if got := emailsTo(r.box); !maps.Equal(got, want) {
		r.t.Errorf("emails %v, want %v", got, want)
	}
}

func TestARowIsSentAgainOnceByOneDecision(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	h.start("running", "run")
	h.must("import", h.file("guests.csv", 5), event, template, "--wait")
	id := h.status().ID

	if out := h.must("resend", id, "2,4-5", "--yes", "--wait"); !strings.Contains(out, "3 rows (2,4-5) of import "+id) {
		t.Error(out)
	}
	sent := h.status().ID
	want := map[string]int{"ann0@example.com": 1, "ann1@example.com": 2, "ann2@example.com": 1, "ann3@example.com": 2,
		"ann4@example.com": 2}
	h.wantEmails(want)

	out, errs, code := h.run("resend", id, "2", "4-5", "--yes", "--wait")
	if code != exit.OK || !strings.Contains(out, "Import "+sent+" of the same decision was finished") {
		t.Errorf("the same again: exit %d\n%s%s", code, out, errs)
	}
	if out, _, code := h.run("resend", id, "2", "4-5", "--yes"); code != exit.OK || strings.Contains(out, "sends them") {
		t.Errorf("the same again, without waiting: exit %d\n%s", code, out)
	}
	out, errs, code = h.run("resend", id, "4", "--yes")
	if code != exit.Usage || !strings.Contains(errs, "--decision 2") {
		t.Errorf("one of them again: exit %d\n%s%s", code, out, errs)
	}
	h.must("resend", id, "3-4", "--yes", "--wait")
	want["ann2@example.com"] = 2
	h.wantEmails(want)

	h.must("resend", id, "4", "--yes", "--wait", "--decision=2")
	want["ann3@example.com"] = 3
	h.wantEmails(want)
	// The hours are those that stand in the file by now, unless others are typed.
	hour := time.Now().UTC().Add(3 * time.Hour).Format("15")
	h.write("guestflow.yaml", "send_window: '"+hour+":00-"+hour+":30, UTC'\n")
	out, errs, code = h.run("resend", id, "1", "--yes")
	say := "by guestflow.yaml as it is now; those of import " + id + " left at any time"
	if code != exit.OK || !strings.Contains(out+errs, say) {
		t.Errorf("in other hours: exit %d\n%s%s", code, out, errs)
	}
	h.must("resend", id, "1", "--yes", "--wait", "--decision=3", "--send-window=none")
	want["ann0@example.com"] = 2
	h.wantEmails(want)
	if n := h.box.Summary(); n.Guests != 5 || n.Total(sandbox.CreateGuest) != 5 || n.Total(sandbox.BulkGuests) != 0 {
		t.Errorf("%d guests, %d and %d calls that write guests; want those of the import alone", n.Guests,
			n.Total(sandbox.CreateGuest), n.Total(sandbox.BulkGuests))
	}
}

// The email of a row goes out once more; what a later import has made of the guest stays.
func TestSendingAgainNeverUndoesACorrection(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	h.start("running", "run")
	const header = "Email,First Name,Last Name,Notes\n"
	h.must("import", h.write("first.csv", header+"ann@example.com,Ann,Lee,table 1\n"), event, template, "--wait")
	first := h.status().ID
	h.must("import", h.write("second.csv", header+"ann@example.com,Ann,Lee,table 2\n"), event, template, "--wait")
	h.must("resend", first, "1", "--yes", "--wait")
	h.wantEmails(map[string]int{"ann@example.com": 2})
	if g := h.box.History().GuestList; len(g) != 1 || g[0].AdditionalInfo != "table 2" {
		t.Errorf("Qflow has %+v", g)
	}
	// And the list of before, dropped again, is still what a later one has replaced.
	h.must("import", h.write("third.csv", header+"ann@example.com,Ann,Lee,table 3\n"), event, template, "--wait")
	if g := h.box.History().GuestList; len(g) != 1 || g[0].AdditionalInfo != "table 3" {
		t.Errorf("Qflow has %+v", g)
	}
}

func TestAGuestWhoIsGoneAtQflowIsMadeWithTheEmail(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	h.start("running", "run")
	h.must("import", h.file("guests.csv", 2), event, template, "--wait")
	id := h.status().ID
	h.box.Reset()
	h.must("resend", id, "2", "--yes", "--wait")
	h.wantEmails(map[string]int{"ann1@example.com": 1})
}

func TestWhatIsOnItsWayOrNeverWentIsNotSentAgain(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	h.must("import", h.file("guests.csv", 3, "Bob,Bad,bob@nowhere"), event, template)
	id := h.status().ID
	for _, c := range []struct {
		args []string
		say  string
	}{
		{[]string{id, "2"}, "row 2 is queued: it is queued, and its email goes out anyhow"},
		{[]string{id, "4"}, "row 4 is rejected"},
		{[]string{id, "1,4"}, "row 1 is queued"},
		{[]string{id, "5"}, "has 4 rows, and no row 5"},
		{[]string{id, "1-51"}, "more than 50 rows"},
		{[]string{id, "0"}, `"0" is neither`},
		{[]string{id, "7-3"}, `"7-3" is neither`},
		{[]string{id, "x"}, `"x" is neither`},
		{[]string{id, ","}, "no row is named"},
		{[]string{"aaaaaaaa", "1"}, "no such import"},
	} {
		if out, errs, code := h.run(append([]string{"resend", "--yes"}, c.args...)...); code != exit.Usage ||
			!strings.Contains(errs, c.say) {
			t.Errorf("%v: exit %d, want %q\n%s%s", c.args, code, c.say, out, errs)
		}
	}
	h.start("running", "run")
	h.must("import", h.write("plain.csv", "First Name,Last Name,Email\nZoe,Zed,zoe@example.com\n"), event, "--wait")
	if _, errs, code := h.run("resend", h.status().ID, "1", "--yes"); code != exit.Usage ||
		!strings.Contains(errs, "row 1 has no email") {
		t.Errorf("a row without a template: exit %d, %s", code, errs)
	}
	if _, errs, code := h.run("resend", id, "1"); code != exit.Declined || !strings.Contains(errs, "add --yes") {
		t.Errorf("without a yes: exit %d, %s", code, errs)
	}
	if err := os.Remove(filepath.Join(h.dir, "guests.csv")); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := h.run("resend", id, "1", "--yes"); code != exit.Input ||
		!strings.Contains(errs, "there is no such file") {
		t.Errorf("without the file: exit %d, %s", code, errs)
	}
}

func TestADecisionThatWasCancelledSentNothing(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	worker := h.start("running", "run")
	h.must("import", h.file("guests.csv", 3), event, template, "--wait")
	id := h.status().ID
	worker.End(syscall.SIGTERM)
	h.must("resend", id, "1", "--yes")
	cancelled := h.status().ID
	if out := h.must("cancel", cancelled, "--yes"); !strings.Contains(out, "guestflow resend "+id+" 1 --decision after-"+cancelled) {
		t.Errorf("what sends it all the same is not said: %s", out)
	}
	if _, errs, code := h.run("resend", id, "1", "--yes"); code != exit.Declined ||
		!strings.Contains(errs, "name another --decision") {
		t.Errorf("the same decision: exit %d, %s", code, errs)
	}
	h.must("resend", id, "1-2", "--yes")
	again := h.status().ID
	if _, errs, code := h.run("resend", again, "1", "--yes"); code != exit.Usage ||
		!strings.Contains(errs, "row 1 is queued") {
		t.Errorf("while it is queued: exit %d, %s", code, errs)
	}
	h.start("running", "run")
	testkit.Eventually(t, "both are sent again", func() bool { return h.box.Summary().Emails == 5 })
	h.wantEmails(map[string]int{"ann0@example.com": 2, "ann1@example.com": 2, "ann2@example.com": 1})
	testkit.Eventually(t, "the rows of the resend are settled", func() bool {
		out, _, _ := h.run("status", again, "--json")
		return strings.Contains(out, `"accepted":2`)
	})
	h.must("resend", again, "2", "--yes", "--wait") // a row that was sent again is a row
	h.wantEmails(map[string]int{"ann0@example.com": 2, "ann1@example.com": 3, "ann2@example.com": 1})
}

// A row that was said to be a known guest is that guest, also when it is sent again.
func TestACorrectedGuestIsSentAgainAsTheOneThatHeIs(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	h.start("running", "run")
	h.must("import", h.write("first.csv",
		"First Name,Last Name,Email\nBob,Ray,bob@example.com\nAnn,Lee,ann@example.com\n"), event, template, "--wait")
	h.must("import", h.write("second.csv",
		"First Name,Last Name,Email\nRobert,Ray,bob@example.com\nAnn,Lee,ann@example.com\n"), event, template,
		"--near-misses=update", "--wait")
	h.must("resend", h.status().ID, "1", "--yes", "--wait")
	h.wantEmails(map[string]int{"bob@example.com": 2, "ann@example.com": 1})
	g := h.box.History().GuestList
	if len(g) != 2 || g[0].FirstName != "Robert" && g[1].FirstName != "Robert" {
		t.Errorf("Qflow has %+v", g)
	}
}

// An email that is sent again goes to the address that the guest has by now: that one is shown, and looked up.
func TestAGuestWhoseAddressWasCorrectedIsSentAgainToTheOneThatHeHas(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	h.start("running", "run")
	const header, ann = "First Name,Last Name,Email\n", "Ann,Lee,ann@example.com\n"
	h.must("import", h.write("first.csv", header+"Bob,Ray,bob@example.com\n"+ann), event, template, "--wait")
	first := h.status().ID
	h.must("import", h.write("second.csv", header+"Bob,Ray,bobby@example.com\n"+ann), event, template,
		"--near-misses=update", "--wait")
	second := h.status().ID
	h.must("suppress", "add", "bobby@example.com")
	say := "the address that the guest of row 1 has by row 1 of import " + second + " is not mailed any more (by hand)"
	for _, file := range []string{"second.csv", "none"} {
		if _, errs, code := h.run("resend", first, "1", "--yes"); code != exit.Usage || !strings.Contains(errs, say) {
			t.Errorf("with %s: exit %d, %s", file, code, errs)
		}
		_ = os.Remove(filepath.Join(h.dir, file)) // of it the hash of the address is left
	}
	h.must("suppress", "lift", "bobby@example.com", "--yes")
	h.must("suppress", "add", "--bounced", "bob@example.com")
	out, errs, code := h.run("resend", first, "1", "--yes", "--wait")
	if code != exit.OK || !strings.Contains(out+errs, "row 1 of import "+second+" has had him since") {
		t.Errorf("exit %d, %s%s", code, out, errs)
	}
	h.wantEmails(map[string]int{"bobby@example.com": 2, "ann@example.com": 1})
}

// A later import that came to nothing with a guest does not have him, and does not give him back to the one before.
func TestSendingAgainNeverUndoesACorrectionAlsoAfterAnImportThatCameToNothing(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	worker := h.start("running", "run")
	const header, ann = "First Name,Last Name,Email\n", "Ann,Lee,ann@example.com\n"
	h.must("import", h.write("first.csv", header+"Bob,Ray,bob@example.com\n"+ann), event, template, "--wait")
	first := h.status().ID
	h.must("import", h.write("second.csv", header+"Bob,Ray,bobby@example.com\n"+ann), event, template, "--near-misses=update", "--wait")
	second := h.status().ID
	worker.End(syscall.SIGTERM)
	h.must("resend", second, "1", "--yes")
	h.must("cancel", h.status().ID, "--yes")
	h.must("suppress", "add", "bobby@example.com")
	if _, errs, code := h.run("resend", first, "1", "--yes"); code != exit.Usage || !strings.Contains(errs, "is not mailed any more") {
		t.Errorf("the address that he has is not looked up: exit %d, %s", code, errs)
	}
	h.must("suppress", "lift", "bobby@example.com", "--yes")
	worker = h.start("running", "run")
	h.must("resend", first, "1", "--yes", "--wait")
	h.wantEmails(map[string]int{"bobby@example.com": 2, "ann@example.com": 1}) // by the address that Qflow has
	worker.End(syscall.SIGTERM)

	h.must("import", h.write("third.csv", header+"Bob,Ray,robert@example.com\n"+ann), event, template, "--near-misses=update")
	h.must("cancel", h.status().ID, "--yes")
	const say = "has had the guest of row 1 since; to send it to the address that he has there: guestflow resend "
	if _, errs, code := h.run("resend", first, "1", "--decision=third", "--yes"); code != exit.Usage || !strings.Contains(errs, say) {
		t.Errorf("after a correction that was cancelled: exit %d, %s", code, errs)
	}
	h.start("running", "run")
	h.must("resend", second, "1", "--decision=third", "--yes", "--wait")
	h.wantEmails(map[string]int{"bobby@example.com": 3, "ann@example.com": 1})
}

func TestASuppressedAddressIsNotSentAgain(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	h.start("running", "run")
	h.must("import", h.file("guests.csv", 3), event, template, "--wait")
	books, err := ledger.For(h.redis, "sandbox")
	if err == nil {
		books.SealWith(func() (tokencache.Keyring,
			error) {
			return tokencache.ParseKeys(secret.Text(strings.Repeat("42", 32)))
		})
		_, err = suppression.For(books).Add(t.Context(), "ANN1@example.com")
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, errs, code := h.run("resend", h.status().ID, "1-3", "--yes"); code != exit.Usage ||
		!strings.Contains(errs, "the address of row 2 is not mailed any more (by hand)") {
		t.Errorf("exit %d, %s", code, errs)
	}
	if n := h.box.Summary(); n.Emails != 3 {
		t.Errorf("%d emails", n.Emails)
	}
	const header = "First Name,Last Name,Email\n"
	h.must("suppress", "add", "--bounced", "una@old.example")
	h.must("import", h.write("una.csv", header+"Una,Vik,una@old.example\nBo,Berg,bo@example.com\n"), event, template,
		"--wait")
	held := h.status().ID
	h.must("import", h.write("una2.csv", header+"Una,Vik,una@new.example\nBo,Berg,bo@example.com\n"), event, template,
		"--near-misses=update", "--wait")
	say := "the guest has had this email, by row 1 of import " + h.status().ID
	if out, errs, code := h.run("resend", held, "1", "--yes", "--wait"); code != exit.OK ||
		!strings.Contains(out+errs, say) {
		t.Errorf("of a guest who has had it elsewhere: exit %d, %s%s", code, out, errs)
	}
	row := ledger.Owner{Import: held, Row: 1} // he unsubscribes at the address that he had
	known, err := suppression.For(books).ReportRow(t.Context(), row, suppression.Unsubscribed, time.Now())
	if err != nil || !known {
		t.Fatalf("the address of the row is known %t, %v", known, err)
	}
	if _, errs, code := h.run("resend", held, "1", "--decision=2", "--yes"); code != exit.Usage ||
		!strings.Contains(errs, "the guest of row 1 has said at the address before that no email is wanted (unsubscribed)") {
		t.Errorf("of a guest who has unsubscribed: exit %d, %s", code, errs)
	}
	// Lifted, and sent as that command says: the next list sends nothing more.
	h.must("suppress", "add", "ole@example.com")
	h.must("import", h.write("ole.csv", header+"Ole,Dahl,ole@example.com\nBo,Berg,bo@example.com\n"), event, template, "--wait")
	h.must("suppress", "lift", "ole@example.com", "--yes")
	h.must("resend", h.status().ID, "1", "--yes", "--wait")
	next := h.write("next.csv", header+"Ole,Dahl,ole@example.com\nBo,Berg,bo@example.com\nEva,Falk,eva@example.com\n")
	h.must("import", next, event, template, "--wait")
	if got := emailsTo(h.box)["ole@example.com"]; got != 1 {
		t.Errorf("%d emails to a guest whose address was lifted and who was sent his email", got)
	}
}

// However a list was read, its rows stand alone in a file of guestflow's own, and are the same guests there.
func TestRowsOfAnyListAreSentAgainToTheSameGuests(t *testing.T) {
	t.Parallel()
	lists := map[string]struct {
		text string
		args []string
	}{
		"latin-1, semicolons, dates of one order": {
			"Vorname;Nachname;E-Mail;Valid From\nJ\xf6rg;M\xfcller;joerg@example.com;31.12.2026 10:00\nAnn;Lee;ann@example.com;01.02.2027 10:00\n", nil,
		},
		"no header": {"Jörg,Müller,joerg@example.com\nAnn,Lee,ann@example.com\n",
			[]string{"--header-row=none", "--map=first_name=A", "--map=last_name=B", "--map=email=C"}},
		"a key": {"Ref,First Name,Last Name,Email\nR1,Jörg,Müller,joerg@example.com\nR2,Ann,Lee,ann@example.com\n",
			[]string{"--key=Ref"}},
		"full names": {"Name,Email\nJörg Müller,joerg@example.com\nAnn Lee,ann@example.com\n",
			[]string{"--split-names"}},
		"cells with lines in them": {"First Name,Last Name,Email,Notes\nJörg,Müller,joerg@example.com,x\nAnn,Lee,ann@example.com,\"a \"\"b\"\"\n,;\tc\"\n", nil},
		"those who declined":       {"First Name,Last Name,Email,RSVP\nJörg,Müller,joerg@example.com,declined\nAnn,Lee,ann@example.com,yes\n", []string{"--map=ignore=RSVP"}},
		"a heading above":          {"My guests,,\nFirst Name,Last Name,Email\nJörg,Müller,joerg@example.com\nAnn,Lee,ann@example.com\n", []string{"--header-row=2"}},
		"a constant": {"First Name,Last Name,Email\nJörg,Müller,joerg@example.com\nAnn,Lee,ann@example.com\n",
			[]string{"--map=tags==VIP"}},
	}
	h := newReceiving(t)
	h.start("running", "run")
	for n, name := range slices.Sorted(maps.Keys(lists)) {
		list := lists[name]
		text := strings.ReplaceAll(strings.ReplaceAll(list.text, "ann@", string(rune('a'+n))+"@"), "joerg@",
			"j"+string(rune('a'+n))+"@")
		path := h.write("list"+string(rune('a'+n))+".csv", text)
		// their names come again
		h.must(slices.Concat([]string{"import", path, event, template, "--wait", "--near-misses=new"}, list.args)...)
		out, errs, code := h.run("resend", h.status().ID, "2", "--yes", "--wait")
		if got := emailsTo(h.box); code != exit.OK || got[string(rune('a'+n))+"@example.com"] != 2 ||
			got["j"+string(rune('a'+n))+"@example.com"] != 1 {
			t.Errorf("%s: exit %d, emails %v\n%s%s", name, code, got, out, errs)
		}
	}
	if n := h.box.Summary(); n.Guests != 2*len(lists) || n.Total(sandbox.BulkGuests) != 0 {
		t.Errorf("%d guests of %d lists, %d bulk calls", n.Guests, len(lists), n.Total(sandbox.BulkGuests))
	}
}

// The command is killed at every step that shows from outside, then the worker in the middle of its calls. What the
// kills leave is completed by the same decision, and no email goes out twice by it.
func TestKilledResendsSendNothingTwice(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	worker := h.start("running", "run")
	const rows = 30
	h.must("import", h.file("guests.csv", rows), event, template, "--wait")
	id := h.status().ID
	worker.End(syscall.SIGTERM)

	args := []string{"resend", id, "1-30", "--yes"}
	spool := filepath.Join(h.dir, ".guestflow", "spool", "sandbox")
	for _, seen := range []string{"incoming/again-*", "processing/*", "row 1", "Import ", "done/*"} {
		p := h.kit().Start(args...)
		testkit.Eventually(t, seen, func() bool {
			select {
			case <-p.Done:
				return true
			default:
			}
			found, _ := filepath.Glob(filepath.Join(spool, seen))
			return len(found) > 0 || strings.Contains(p.String(), seen)
		})
		p.End(syscall.SIGKILL)
	}
	h.must(args...)
	if err := h.box.Inject(sandbox.Fault{Endpoint: sandbox.Send, Kind: sandbox.SlowAfter, DelayMS: 20}); err != nil {
		t.Fatal(err)
	}
	for kill := 1; kill <= 2; kill++ {
		worker := h.start("running", "run")
		testkit.Eventually(t, "some emails", func() bool { return h.box.Summary().Emails >= rows+5*kill })
		worker.End(syscall.SIGKILL)
		leasesRunOut(t, h.redis)
	}
	h.box.ClearFaults()
	h.start("running", "run")
	var status struct {
		ledger.Import
		Counts map[string]int `json:"counts"`
	}
	testkit.Eventually(t, "every row is settled", func() bool {
		out, _, _ := h.run("status", "--json")
		return json.Unmarshal([]byte(out), &status) == nil && status.Done()
	})
	if n := status.Counts["accepted"] + status.Counts["unknown"]; n != rows || status.Rows != rows {
		t.Errorf("counts %v of %d rows, want all %d accepted or unknown", status.Counts, status.Rows, rows)
	}
	if n := strings.Count(h.must("imports", "--json"), `"id":`); n != 2 {
		t.Error("one decision began more than one import")
	}
	for to, n := range emailsTo(h.box) {
		if n > 2 {
			t.Errorf("%d emails to %s", n, to)
		}
	}
	h.must(args...)
	if n := h.box.Summary(); n.Guests != rows || n.Emails > 2*rows {
		t.Errorf("%d guests, %d emails", n.Guests, n.Emails)
	}
}

// Promise: of a cancelled row whose guest has had the email by another import, resend names the row that sends it again.
func TestResendOfACancelledRowNamesTheRowThatHasSentTheEmail(t *testing.T) {
	t.Parallel()
	h := newNearHouse(t)
	first, second := h.file("first.csv", 2), h.file("second.csv", 2, "Eve,New,eve@example.com")
	h.must("import", first, event, template, "--send-window="+closedHours()+", UTC")
	cancelled := h.status().ID
	h.must("cancel", cancelled, "--yes")
	if _, errs, code := h.run("resend", cancelled, "1", "--yes"); code == exit.OK || !strings.Contains(errs, "its email was never sent") {
		t.Errorf("before: exit %d: %s", code, errs)
	}
	h.must("import", second, event, template, "--wait")
	if _, errs, code := h.run("resend", cancelled, "1", "--yes"); code == exit.OK ||
		!strings.Contains(errs, "the guest has had this email") || !strings.Contains(errs, "guestflow resend "+h.status().ID+" 1") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// Promise: the question of --resend counts the emails that leave, without those of suppressed addresses.
func TestTheQuestionOfAResendCountsNoSuppressedGuests(t *testing.T) {
	t.Parallel()
	h := newNearHouse(t)
	list := h.file("list.csv", 3)
	h.must("import", list, event, template, "--wait")
	h.must("suppress", "add", "ann1@example.com")
	printed, _ := h.typing("n\n", "import", list, event, template, "--resend")
	if !strings.Contains(printed, "Send 2 emails, also to guests who have had them already?") || !strings.Contains(printed, "1 guest gets no email") {
		t.Errorf("it asks\n%s", printed)
	}
}
