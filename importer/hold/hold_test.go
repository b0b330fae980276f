package hold_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"guestflow/importer/hold"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	parsed, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestAListIsHeldByTheRulesAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rules  hold.Rules
		guests int
		first  bool
		held   string
	}{
		{hold.Rules{}, 1_000_000, true, ""},
		{hold.Rules{Hold: "never"}, 1_000_000, true, ""},
		{hold.Rules{Hold: " NEVER "}, 1, true, ""},
		{hold.Rules{Hold: "always"}, 0, false, "hold: always"},
		{hold.Rules{Hold: "above 500"}, 500, true, ""},
		{hold.Rules{Hold: "above 500"}, 501, false, ", 501 "},
		{hold.Rules{Hold: "Above  500 guests"}, 501, false, ", 501 "},
		{hold.Rules{Hold: "above 0"}, 1, false, ", 1 "},
		{hold.Rules{Hold: "first import of a profile"}, 5, true, "first import"},
		{hold.Rules{Hold: "first import of a profile"}, 5, false, ""},
		{hold.Rules{Hold: "first, above 10"}, 5, false, ""},
		{hold.Rules{Hold: "first, above 10"}, 11, false, ", 11 "},
		{hold.Rules{Hold: "first, above 10"}, 5, true, "first import"},
		{hold.Rules{Hold: "never", ApproveBy: "other"}, 5, false, "approve_by: other"},
		{hold.Rules{ApproveBy: "anyone"}, 5, false, ""},
	} {
		if err := c.rules.Check(nil); err != nil {
			t.Errorf("%+v: %v", c.rules, err)
		}
		reason, err := c.rules.Reason(hold.Facts{Guests: c.guests, First: func() (bool, error) { return c.first, nil }})
		if err != nil || (c.held == "") != (reason == "") || !strings.Contains(reason, c.held) {
			t.Errorf("%+v, %d guests, first %t: %q, %v", c.rules, c.guests, c.first, reason, err)
		}
	}
	failed := errors.New("Redis does not answer")
	if _, err := (hold.Rules{Hold: "first"}).Reason(hold.Facts{First: func() (bool, error) {
		return false,
			failed
	}}); !errors.Is(err, failed) {
		t.Errorf("unknown whether it is the first: %v", err)
	}
}

func TestARuleThatIsMisspeltIsRefusedAndNotShown(t *testing.T) {
	t.Parallel()
	for _, wrong := range []hold.Rules{
		{Hold: "yes"}, {Hold: "above"}, {Hold: "above -1"}, {Hold: "above 5%"}, {Hold: "above 1e3"},
		{Hold: "above 99999999999999999999"},
		{Hold: "always, never"}, {Hold: "never,"}, {Hold: "sometimes"}, {Hold: strings.Repeat("always,", 100)},
		{ApproveBy: "somebody"}, {ApproveBy: "anna"},
		{Undo: "10"}, {Undo: "-5m"}, {Undo: "8d"}, {Undo: "1000h"}, {Undo: "soon"},
		{StartAt: "25:00"}, {StartAt: "09:60"}, {StartAt: "noon"}, {StartAt: "2026-02-30 09:00"},
		{StartAt: "01.12.2026 09:00"},
		{StartAt: strings.Repeat("9", 1000)},
	} {
		err := wrong.Check(time.UTC)
		if err == nil {
			t.Errorf("%+v is taken", wrong)
		} else if said := wrong.Hold + wrong.ApproveBy + wrong.StartAt; len(said) > 6 && strings.Contains(err.Error(), said) {
			t.Errorf("%v shows it", err)
		}
	}
	if err := (hold.Rules{StartAt: "09:00"}).Check(nil); err == nil || !strings.Contains(err.Error(), "time zone") {
		t.Errorf("a time of day without a zone: %v", err)
	}
	if err := (hold.Rules{StartAt: "2026-12-01T09:00+01:00"}).Check(nil); err != nil {
		t.Errorf("a time with its own zone: %v", err)
	}
}

func TestAStartTimeIsThatOfTheWallAlsoWhenClocksAreChanged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, zone, now, want string }{
		{"09:00", "Europe/Berlin", "2026-11-28T07:59:59Z", "2026-11-28T08:00:00Z"},
		{"09:00", "Europe/Berlin", "2026-11-28T08:00:00Z", "2026-11-28T08:00:00Z"},
		{"9:00", "Europe/Berlin", "2026-11-28T08:00:01Z", "2026-11-29T08:00:00Z"},
		{"09:00:30", "UTC", "2026-11-28T09:00:10Z", "2026-11-28T09:00:30Z"},
		{"02:30", "Europe/Berlin", "2026-03-28T22:00:00Z", "2026-03-29T01:00:00Z"},    // the wall skips it
		{"02:30", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T00:30:00Z"},    // the first of both
		{"02:30", "Europe/Berlin", "2026-10-25T00:31:00Z", "2026-10-26T01:30:00Z"},    // not again in the second
		{"02:30", "America/New_York", "2026-03-08T05:00:00Z", "2026-03-08T07:00:00Z"}, // the wall skips it
		{"00:30", "America/Sao_Paulo", "2018-11-03T12:00:00Z", "2018-11-04T03:00:00Z"},
		{"01:45", "Australia/Lord_Howe", "2026-04-04T12:00:00Z", "2026-04-04T14:45:00Z"}, // half an hour twice
		{"2026-12-01 09:00", "Europe/Berlin", "2026-11-28T00:00:00Z", "2026-12-01T08:00:00Z"},
		{"2026-12-01T09:00", "Europe/Berlin", "2027-06-01T00:00:00Z", "2026-12-01T08:00:00Z"}, // past
		{"2026-03-29 02:30", "Europe/Berlin", "2026-01-01T00:00:00Z", "2026-03-29T01:00:00Z"},
		{"2026-10-25 02:30", "Europe/Berlin", "2026-01-01T00:00:00Z", "2026-10-25T00:30:00Z"},
		{"2028-02-29 23:59:59", "Pacific/Kiritimati", "2026-01-01T00:00:00Z", "2028-02-29T09:59:59Z"},
		{"2026-12-01 09:00", "Pacific/Pago_Pago", "2026-01-01T00:00:00Z", "2026-12-01T20:00:00Z"},
		{"2026-12-01T09:00:00+01:00", "", "2026-01-01T00:00:00Z", "2026-12-01T08:00:00Z"},
		{"2026-12-01T09:00Z", "", "2026-01-01T00:00:00Z", "2026-12-01T09:00:00Z"},
	} {
		var z *time.Location
		if c.zone != "" {
			z = zone(t, c.zone)
		}
		if got, err := hold.StartTime(c.text, z, at(t, c.now)); err != nil || !got.Equal(at(t, c.want)) {
			t.Errorf("%s in %s at %s: %v, %v; want %s", c.text, c.zone, c.now, got.UTC(), err, c.want)
		}
	}
}

func TestAnImportStartsOnceItCanNoLongerBeTakenBackAndItsTimeHasCome(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-28T08:55:00Z")
	for _, c := range []struct {
		rules hold.Rules
		want  string
	}{
		{hold.Rules{}, ""},
		{hold.Rules{Undo: "10m"}, "2026-11-28T09:05:00Z"},
		{hold.Rules{StartAt: "09:00"}, "2026-11-28T09:00:00Z"},
		{hold.Rules{StartAt: "09:00", Undo: "10m"}, "2026-11-28T09:05:00Z"},
		{hold.Rules{StartAt: "09:30", Undo: "10m"}, "2026-11-28T09:30:00Z"},
		{hold.Rules{StartAt: "2026-01-01 00:00"}, ""},
		{hold.Rules{StartAt: "2026-01-01 00:00", Undo: "1m"}, "2026-11-28T08:56:00Z"},
	} {
		got, err := c.rules.Start(time.UTC, now)
		if err != nil || (c.want == "") != got.IsZero() || c.want != "" && !got.Equal(at(t, c.want)) {
			t.Errorf("%+v: %v, %v; want %s", c.rules, got, err, c.want)
		}
	}
}

func TestOnlyAnotherPersonApprovesWhereThatIsAsked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		brought, approver string
		login, may        bool
	}{
		{"anna", "bob", true, true},
		{"anna", "anna", true, false},
		{"anna", " Anna ", true, false},
		{"anna", "anna@example.com", true, false}, // perhaps the same person
		{`EXAMPLE\anna`, "anna", true, false},
		{"anna@example.com", "anna@example.org", true, true},
		{"anna", "bob", false, true}, // users of a host
		{"anna", "anna", false, false},
		{"", "bob", true, true}, // fetched
		{"", "bob", false, false},
		{"unknown", "root", false, false},
		{"anna", "unknown", false, false},
		{"anna", "local", true, false}, // a console without logins
		{"", "local", true, false},
	} {
		if may := hold.MayApprove(c.brought, c.approver, c.login); may != c.may {
			t.Errorf("brought by %q, approved by %q (login %t): %t", c.brought, c.approver, c.login, may)
		}
	}
}

func FuzzStartTime(f *testing.F) {
	for _, text := range []string{"09:00", "2026-10-25 02:30", "2026-12-01T09:00+01:00", "", "24:00"} {
		f.Add(text, int64(1_790_000_000))
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, seconds int64) {
		now := time.Unix(seconds%4_000_000_000, 0)
		start, err := hold.StartTime(text, berlin, now)
		if err == nil && start.IsZero() {
			t.Errorf("%q at %s has no time", text, now)
		}
	})
}
