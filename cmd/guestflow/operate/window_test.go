package operate_test

import (
	"strings"
	"testing"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
)

func TestAnImportThatWaitsForItsWindowSaysWhenItOpensAndIsNotStuck(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.works()
	now := time.Now().UTC()
	opens := now.AddDate(0, 0, 2)
	hours := "09:00-10:00 " + opens.Weekday().String() + ", UTC"
	for _, id := range []string{"aaaaaaaa", "bbbbbbbb"} {
		s := spec.Spec{Event: event, Template: template}
		if id == "aaaaaaaa" {
			s.SendWindow = hours
		}
		if _, _, err := o.Ledger.Create(t.Context(),
			ledger.Import{Spec: s, ID: id, SHA256: id, Rows: 36_000, Chunk: 50}); err != nil {
			t.Fatal(err)
		}
		if err := o.Ledger.Importers.Begin(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	all, err := operate.NewWatcher(o.Account).Overview(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all.Running {
		switch {
		case p.ID == "bbbbbbbb": // two hours at 300 a minute
			if p.Remaining != 2*time.Hour || p.WaitsForWindow() {
				t.Errorf("the other import promises %s, and waits for a window: %v", p.Remaining, p.WaitsForWindow())
			}
		case !p.WaitsForWindow() || all.IsStalled(p):
			t.Errorf("it waits for its window: %v; it is stuck: %v", p.WaitsForWindow(), all.IsStalled(p))
		default: // two hours beside the other are four, which are an hour a week
			done := time.Date(opens.Year(), opens.Month(), opens.Day(), 10, 0, 0, 0, time.UTC).AddDate(0, 0, 21)
			if end := now.Add(p.Remaining); end.Sub(done).Abs() > time.Minute {
				t.Errorf("it promises to be done at %s, not %s", end, done)
			}
		}
	}
	imp, err := o.Ledger.Import(t.Context(), "aaaaaaaa")
	want := "its emails wait for their window, which opens " + opens.Format("Mon 2 Jan") + " 09:00 (UTC)"
	if text := o.Stall(t.Context(), imp); err != nil || !strings.Contains(text, want) {
		t.Errorf("it says %q, %v; want %q", text, err, want)
	}
}

func TestAChangeOfAWindowIsInTheAuditLogAndANonsensicalOneChangesNothing(t *testing.T) {
	t.Parallel()
	o := open(t)
	imp := o.imports("Ann,Lee,ann@example.com,1")
	who := operate.Actor{Name: "otto", Via: "command"}
	for hours, want := range map[string]string{"9-18": "is not hours", "09:00-18:00 Mon-Fri": "it has no time zone"} {
		if _, err := o.SetWindow(t.Context(), who, imp.ID, hours); !operate.IsRefused(err) ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", hours, err)
		}
	}
	for _, hours := range []string{"none", "09:00-18:00 Mon-Fri, Europe/London", "10:00-11:00", "none"} {
		if _, err := o.SetWindow(t.Context(), who, imp.ID, hours); err != nil {
			t.Fatal(err)
		}
	}
	log, err := o.AuditLog(t.Context(), imp.ID, 10)
	var got []string
	for _, e := range log {
		got = append(got, e.Before+" -> "+e.After)
	}
	want := "10:00-11:00, Europe/London -> none; 09:00-18:00 Mon-Fri, Europe/London -> 10:00-11:00, Europe/London; none -> 09:00-18:00 Mon-Fri, Europe/London"
	if text := strings.Join(got, "; "); err != nil || text != want {
		t.Errorf("the audit log has %s, %v", text, err)
	}
}
