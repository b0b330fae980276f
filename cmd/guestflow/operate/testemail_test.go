package operate_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/guestindex"
	"guestflow/importer/spec"
	"guestflow/importer/suppression"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
)

const own = "me@office.example"

// previewed is the email of a row of a small list; row 2 is rejected, row 3 has no address.
func previewed(t *testing.T, a *operate.Account, row int) (operate.EmailPreview, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "guests.csv")
	list := "First name,Last name,Email,Barcode,Tags\nIda,Holm,ida@party.example,B-1,VIP\nBo,Berg,not an address,B-2,\nCy,Lee,,B-3,\n" +
		"Di,Ray,di@party.example,B-4,\n"
	if err := os.WriteFile(path, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	plan, err := importer.MakePlan(t.Context(), path,
		importer.Settings{Spec: spec.Spec{Account: "main", Event: event, Template: template}})
	if err != nil {
		t.Fatal(err)
	}
	return a.PreviewEmail(t.Context(), plan, row)
}

func TestTheEmailOfARowIsShownWithItsCells(t *testing.T) {
	t.Parallel()
	a, box := starter(t, sandbox.Options{})
	p, err := previewed(t, a, 0)
	if err != nil || p.Row != 1 || p.Line != 2 || p.Subject != "You are invited to [event]" ||
		!strings.Contains(p.Text, "Dear Ida,") || p.Unknown != "" || len(p.Doubts) != 0 {
		t.Errorf("the first email is %+v, %v", p, err)
	}
	if p, err = previewed(t, a, 4); err != nil || !strings.Contains(p.Text, "Dear Di,") {
		t.Errorf("that of row 4 is %+v, %v", p, err)
	}
	for row, why := range map[int]string{2: "no email goes to row 2", 3: "the row has no address", 5: "no row 5",
		-1: "no row -1"} {
		if _, err := previewed(t, a, row); !operate.IsRefused(err) || !strings.Contains(err.Error(), why) {
			t.Errorf("row %d: %v", row, err)
		}
	}
	if err := box.Adjust(func(sw *sandbox.Switches) { sw.TemplateHTML = "absent" }); err != nil {
		t.Fatal(err)
	}
	if p, err = previewed(t, a, 1); err != nil || p.Unknown == "" || p.HTML != "" || p.Subject == "" {
		t.Errorf("where the list of templates has no text: %+v, %v", p, err)
	}
	if n := box.Summary(); n.Guests != 0 || n.Emails != 0 {
		t.Errorf("a preview has made %d guests and %d emails", n.Guests, n.Emails)
	}
}

// sendsTest plans and sends a test email of row 1.
func sendsTest(t *testing.T, a *operate.Account, to, decision string) (operate.TestEmail, operate.TestSent, error) {
	t.Helper()
	p, err := previewed(t, a, 1)
	if err != nil {
		t.Fatal(err)
	}
	planned, err := a.PlanTest(t.Context(), p, to, decision)
	if err != nil {
		return planned, operate.TestSent{}, err
	}
	sent, err := a.SendTest(t.Context(), anna, planned)
	return planned, sent, err
}

func TestATestEmailGoesOutOnceByOneDecisionAndIsNoGuestOfTheList(t *testing.T) {
	t.Parallel()
	a, box := starter(t, sandbox.Options{})
	var ids []string
	for _, decision := range []string{"", "", " ", "2"} {
		planned, sent, err := sendsTest(t, a, own, decision)
		if err != nil || sent.State != "queued" || planned.Name() != "TEST Ida Holm" {
			t.Fatalf("decision %q: %+v, %v", decision, sent, err)
		}
		ids = append(ids, planned.GuestID())
	}
	if ids[0] != ids[2] || ids[0] == ids[3] {
		t.Errorf("the guests are %v", ids)
	}
	if n := box.Summary(); n.Guests != 2 || n.Emails != 2 || n.EmailsMax != 1 {
		t.Errorf("%d guests, %d emails, %d for one", n.Guests, n.Emails, n.EmailsMax)
	}
	trail, err := a.AuditLog(t.Context(), "", 10)
	if err != nil || len(trail) != 2 || trail[0].Action != "test email" || trail[0].Actor != "anna" ||
		strings.Contains(trail[0].Before+trail[0].After, "@") {
		t.Errorf("the audit log has %+v, %v", trail, err)
	}
	if list, err := a.Ledger.Imports(t.Context(), 0); err != nil || len(list) != 0 {
		t.Errorf("imports: %+v, %v", list, err)
	}
	// The real guest of the same name and the address of the test come later, as new ones.
	path := filepath.Join(t.TempDir(), "real.csv")
	if err := os.WriteFile(path, []byte("First name,Last name,Email\nIda,Holm,"+own+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	to := importer.Settings{Spec: spec.Spec{Account: "main", Event: event, Template: template},
		Compare: guestindex.For(a.Ledger).Compare}
	plan, err := importer.MakePlan(t.Context(), path, to.Beside(a.Ledger))
	if err != nil || plan.Near.Held() != 0 || plan.Compared.New != 1 || plan.Emails != 1 {
		t.Errorf("the real guest: %+v %+v, %v", plan.Near, plan.Compared, err)
	}
}

func TestATestEmailIsRefusedWhereNoneMayGoOut(t *testing.T) {
	t.Parallel()
	a, box := starter(t, sandbox.Options{})
	if _, err := a.Suppress(t.Context(), anna, suppression.ByHand, "gone@office.example"); err != nil {
		t.Fatal(err)
	}
	for to, why := range map[string]string{"gone@office.example": "is not mailed any more",
		"nobody": "not an email address", "": "not an email address"} {
		if _, _, err := sendsTest(t, a, to, ""); !operate.IsRefused(err) || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", to, err)
		}
	}
	if _, err := a.Gates.Close(t.Context(), qflow.GateTrust, "trust_required"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := sendsTest(t, a, own, ""); !operate.IsRefused(err) ||
		!strings.Contains(err.Error(), "trust gate is closed") {
		t.Errorf("behind a closed gate: %v", err)
	}
	if n := box.Summary(); n.Guests != 0 {
		t.Errorf("%d guests", n.Guests)
	}
}

func TestATestEmailThatQflowRefusesCanBeSentLaterAndOneThatMayHaveGoneIsNotRepeated(t *testing.T) {
	t.Parallel()
	a, box := starter(t, sandbox.Options{})
	if err := box.Adjust(func(sw *sandbox.Switches) { sw.Trusted = false }); err != nil {
		t.Fatal(err)
	}
	if _, _, err := sendsTest(t, a, own, ""); err == nil || !strings.Contains(err.Error(), "nothing was sent") {
		t.Errorf("refused: %v", err)
	}
	if err := box.Adjust(func(sw *sandbox.Switches) { sw.Trusted = true }); err != nil {
		t.Fatal(err)
	}
	if _, sent, err := sendsTest(t, a, own, ""); err != nil || sent.State != "queued" || box.Summary().Emails != 1 {
		t.Errorf("later: %+v, %v, %d emails", sent, err, box.Summary().Emails)
	}
	if err := box.Inject(sandbox.Fault{Endpoint: sandbox.CreateGuest, Kind: sandbox.LostAfter}); err != nil {
		t.Fatal(err)
	}
	if _, sent, err := sendsTest(t, a, own, "lost"); err == nil || sent.State != "unknown" {
		t.Errorf("a lost answer: %+v, %v", sent, err)
	}
	box.ClearFaults()
	planned, sent, err := sendsTest(t, a, own, "lost")
	if err != nil || sent.State != "unknown" || planned.Sent == nil ||
		!strings.Contains(planned.Sent.Text(), "may have been sent") {
		t.Errorf("asked again: %+v, %v", sent, err)
	}
	if n := box.Summary(); n.EmailsMax != 1 || n.Emails != 2 || n.Calls[sandbox.CreateGuest]["cut"] != 1 {
		t.Errorf("%d emails, at most %d for one; calls %v", n.Emails, n.EmailsMax, n.Calls)
	}
	trail, _ := a.AuditLog(t.Context(), template, 10)
	if failed := slices.IndexFunc(trail, func(e operate.AuditEntry) bool { return e.Failed != "" }); failed < 0 {
		t.Errorf("no failure is audited: %+v", trail)
	}
}

// Promise: a failover makes no second test email of a decision: nothing is sent before the replicas have its note, and
// where a note is lost the guest has the same id.
func TestAFailoverMakesNoSecondTestEmail(t *testing.T) {
	t.Parallel()
	a, box := starter(t, sandbox.Options{})
	if _, sent, err := sendsTest(t, a, own, ""); err != nil || sent.State != "queued" {
		t.Fatalf("%+v, %v", sent, err)
	}
	if err := a.Ledger.EachKey(t.Context(), "test-email:",
		func(key string) error { return a.Redis.Del(t.Context(), key).Err() }); err != nil {
		t.Fatal(err)
	}
	if _, _, err := sendsTest(t, a, own, ""); err != nil {
		t.Errorf("once more: %v", err)
	}
	a.Importer.Replicas = 1 // of which there is none
	if _, _, err := sendsTest(t, a, own, "3"); !errors.Is(err, importer.ErrNotKept) {
		t.Errorf("without the replica it is %v", err)
	}
	if n := box.Summary(); n.Guests != 1 || n.Emails != 1 {
		t.Errorf("%d guests, %d emails", n.Guests, n.Emails)
	}
	a.Importer.Replicas = 0
	if _, sent, err := sendsTest(t, a, own, "3"); err != nil || sent.State != "queued" {
		t.Errorf("as the note was taken back it is sent: %+v, %v", sent, err)
	}
}
