package importer_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/guest"
	"guestflow/importer/spec"
)

func TestAPlanTellsWhatAnImportWouldCost(t *testing.T) {
	t.Parallel()
	plan, err := importer.MakePlan(t.Context(), write(t, `First Name,Email,Event ID,Template ID,Table
A,a@guests.example,,,1
B,,,,2
C,c@guests.example,ball,,3
D,d@guests.example,ball,welcome,4
E,e@guests.example,ball,welcome,5
`), gala)
	if err != nil {
		t.Fatal(err)
	}
	// Two guests of the gala and one of the ball go in one bulk call each; the two emails are a call each.
	if plan.Rows != 5 || plan.Guests != 5 || plan.Emails != 2 || plan.Calls != 4 {
		t.Errorf("%d rows, %d guests, %d emails, %d calls; want 5, 5, 2, 4", plan.Rows, plan.Guests, plan.Emails, plan.Calls)
	}
	if want := []string{"gala", "ball"}; !reflect.DeepEqual(plan.Events, want) ||
		!reflect.DeepEqual(plan.Templates, []string{"welcome"}) {
		t.Errorf("events %v, templates %v", plan.Events, plan.Templates)
	}
	if want := map[string][]string{"gala": nil, "ball": {"welcome"}}; !reflect.DeepEqual(plan.Uses, want) {
		t.Errorf("uses %v, want %v", plan.Uses, want)
	}
	if want := []string{"Table"}; !reflect.DeepEqual(plan.Columns.Unused, want) {
		t.Errorf("unused %v, want %v", plan.Columns.Unused, want)
	}
}

func TestAPlanListsTheFirstFindingsAndCountsAll(t *testing.T) {
	t.Parallel()
	plan, err := importer.MakePlan(t.Context(),
		write(t, "First Name,Email\n"+strings.Repeat("A,bad\n", 30)+strings.Repeat(",a@guests.example\n", 30)), gala)
	if err != nil {
		t.Fatal(err)
	}
	want := map[guest.Code]int{guest.BadEmail: 30, guest.NoName: 30}
	if plan.Rejected != 60 || !reflect.DeepEqual(plan.Codes, want) || len(plan.Findings) != 20 {
		t.Fatalf("%d rejects, %v, %d listed", plan.Rejected, plan.Codes, len(plan.Findings))
	}
}

// The same file for the same purpose is the same import, and nothing else is.
func TestAnImportIsNamedByWhatItIs(t *testing.T) {
	t.Parallel()
	path := write(t, numbered(3))
	seen := map[string]importer.Settings{}
	for _, s := range []importer.Settings{
		gala, {Spec: spec.Spec{Account: "second", Event: "gala"}}, {Spec: spec.Spec{Account: "main", Event: "ball"}},
		{Spec: spec.Spec{Account: "main", Event: "gala", Template: "t"}},
		{Spec: spec.Spec{Account: "main", Event: "gala", Profile: "p"}},
		{Spec: spec.Spec{Account: "main", Event: "gala", Key: "Email"}},
		{Spec: spec.Spec{Account: "main", Event: "gala", Again: "1"}},
	} {
		plan, err := importer.MakePlan(t.Context(), path, s)
		if err != nil {
			t.Fatal(err)
		}
		if other, twice := seen[plan.Import]; twice {
			t.Errorf("%+v and %+v are one import", other, s)
		}
		seen[plan.Import] = s
	}
	same, err := importer.MakePlan(t.Context(), write(t, numbered(3)), gala) // another path
	if err != nil {
		t.Fatal(err)
	}
	if _, known := seen[same.Import]; !known {
		t.Error("a copy of the file is another import")
	}
}

// An import that is repeated after an update of guestflow must find what it has done before.
func TestAnImportsNameIsForEver(t *testing.T) {
	t.Parallel()
	all := importer.Settings{Spec: spec.Spec{Account: "main", Event: "gala", Template: "t", Profile: "p", Key: "Email",
		Again: "1"}}
	for want, s := range map[string]importer.Settings{"hydpz7bt": gala, "koaylt26": all} {
		s.Strict, s.PreviewRows, s.ShowValues = new(true), 2, true // what only a plan shows makes no other import
		plan, err := importer.MakePlan(t.Context(), write(t, numbered(3)), s)
		if err != nil || plan.Import != want {
			t.Errorf("the import is %s, %v; want %s", plan.Import, err, want)
		}
	}
}

func TestAPlanCountsWarningsAndRejectsNobodyForThem(t *testing.T) {
	t.Parallel()
	plan, err := importer.MakePlan(t.Context(),
		write(t, "First Name,Email,Tags\nA,a@gmial.com,\nB,b@guests.con,{sesion}x\nC,c@guests.example,{session}x\nD,nobody,{oops}\n"), gala)
	if err != nil {
		t.Fatal(err)
	}
	want := map[guest.Code]int{guest.EmailSlip: 2, guest.OddTag: 1}
	if plan.Guests != 3 || plan.Warned != 2 || !reflect.DeepEqual(plan.Warnings, want) || len(plan.Notices) != 2 ||
		plan.Notices[1].Line != 3 {
		t.Errorf("%d guests, %d warned, %v, %+v", plan.Guests, plan.Warned, plan.Warnings, plan.Notices)
	}
}

// A guest's data is shown to who asks for it, and then only a piece of it.
func TestAPlanShowsValuesOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100)
	path := write(t, "First Name,Email,Table\nAda,"+long+",7\nBob,b@gmial.com,8\nCid,c@guests.example,9\n")
	s := gala
	plan, err := importer.MakePlan(t.Context(), path, s)
	if err != nil || plan.Preview != nil || plan.Findings[0].Value != "" || plan.Notices[0].Value != "" {
		t.Errorf("%+v, %v: nothing was asked for", plan, err)
	}
	s.PreviewRows, s.ShowValues = 2, true
	if plan, err = importer.MakePlan(t.Context(), path, s); err != nil {
		t.Fatal(err)
	}
	shown := strings.Repeat("x", 39) + "…"
	want := []importer.PreviewRow{
		{Row: 1, Line: 2, Cells: []string{"Ada", shown, "7"}, Fields: map[string]string{"first_name": "Ada", "email": shown},
			Codes: []guest.Code{guest.BadEmail}},
		{Row: 2, Line: 3, Cells: []string{"Bob", "b@gmial.com", "8"},
			Fields: map[string]string{"first_name": "Bob", "email": "b@gmial.com"}, Codes: []guest.Code{guest.EmailSlip}},
	}
	if !reflect.DeepEqual(plan.Preview, want) {
		t.Errorf("%+v, want %+v", plan.Preview, want)
	}
	if plan.Findings[0].Value != shown || plan.Notices[0].Value != "b@gmial.com" {
		t.Errorf("%+v, %+v", plan.Findings[0], plan.Notices[0])
	}
}

func TestAMappingReachesTheGuests(t *testing.T) {
	t.Parallel()
	s := gala
	s.SplitNames, s.Dates = new(true), "DD.MM.YYYY"
	s.Mapping = map[string]string{"tags": "VIP, {session}{{Session}}", "notes": "=by the list", "valid_to": "Until"}
	_, rows, err := importer.ReadAll(strings.NewReader("Name;Session;Until\nAda Lovelace;'=Keynote;01.06.2026\nVan Morrison;;2026-06-01\nCher;x;6/1/2026\n"), s)
	if err != nil {
		t.Fatal(err)
	}
	ada, van := rows[0].Guest, rows[1].Guest
	if ada.FirstName != "Ada" || ada.LastName != "Lovelace" || ada.Tags != "VIP, {session}=Keynote" ||
		ada.Notes != "by the list" || ada.ValidTo.Format(time.RFC3339) != "2026-06-01T23:59:59Z" {
		t.Errorf("Ada is %+v", ada)
	}
	if van.Tags != "VIP" || *van.ValidTo != *ada.ValidTo {
		t.Errorf("Van is %+v", van)
	}
	if got := rows[2].Findings; len(got) != 1 || got[0].Code != guest.BadDate || got[0].Column != "Until" {
		t.Errorf("%+v, want a bad date", got)
	}
	other := s
	other.Mapping = nil
	a, b := mustPlan(t, s), mustPlan(t, other)
	if a.Import == b.Import {
		t.Error("two mappings of one file are one import")
	}
}

func mustPlan(t *testing.T, s importer.Settings) importer.Plan {
	t.Helper()
	plan, err := importer.MakePlan(t.Context(), write(t, "Name;Session;Until\nAda Lovelace;x;2026-06-01\n"), s)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func TestSettingsThatCannotBeAreToldWithoutAFile(t *testing.T) {
	t.Parallel()
	for _, s := range []spec.Reading{{Mapping: map[string]string{"mail": "x"}}, {Dates: "DD.MM."}, {Dates: "YYYY"},
		{Dates: "day first"}, {MaxRejects: "x"}} {
		if err := importer.Check(spec.Spec{Reading: s}); err == nil {
			t.Errorf("%+v passes", s)
		}
	}
	for _, layout := range []string{"", "DD.MM.YYYY", "M/D/YY", "02/01/2006 15:04", "YYYYMMDD", "DD.MM.YYYY HH:mm:ss",
		"Jan 2, 2006"} {
		if err := importer.Check(spec.Spec{Reading: spec.Reading{Dates: layout}}); err != nil {
			t.Errorf("%q: %v", layout, err)
		}
	}
}

func TestAFileWithMoreRejectsThanAllowedIsHeld(t *testing.T) {
	t.Parallel()
	path := write(t, numbered(18)+"A,B,nobody\nC,D,nobody\n") // a tenth
	for _, c := range []struct {
		strict bool
		limit  string
		ok     bool
	}{{false, "", true}, {true, "", false}, {true, "50%", false}, {false, "10%", true}, {false, "9.9%", false},
		{false, "2", true}, {false, "1", false}, {false, "0", false}, {false, "0%", false}} {
		s := gala
		s.Strict, s.MaxRejects = &c.strict, spec.Limit(c.limit)
		plan, err := importer.MakePlan(t.Context(), path, s)
		if err != nil {
			t.Fatal(err)
		}
		err = plan.Acceptable()
		held, is := errors.AsType[*importer.RejectsError](err)
		if c.ok != (err == nil) ||
			(err != nil && (!is || held.Rejected != 2 || held.Rows != 20 || held.Strict != c.strict || held.First.Line != 20)) {
			t.Errorf("strict %v, at most %q: %v", c.strict, c.limit, err)
		}
	}
	s := gala
	s.Strict = new(true)
	if plan, err := importer.MakePlan(t.Context(), write(t, numbered(3)), s); err != nil || plan.Acceptable() != nil {
		t.Errorf("%v, %v: a file without rejects is held", err, plan.Acceptable())
	}
	for _, bad := range []string{"x", "-1", "101%", "5 %%", "NaN%", "1.5"} {
		if spec.Limit(bad).Check() == nil {
			t.Errorf("%q is a limit", bad)
		}
	}
}

// Promise: a small file makes work for every worker, and no task holds the budget for longer than some seconds.
func TestTasksHaveRowsForEveryWorkerAndForSecondsOfTheBudget(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	client := redistest.Client(t)
	for _, c := range []struct {
		rows, want int
		template   string
		perMinute  int
	}{
		{1, 1, "t", 0}, {64, 1, "t", 0}, {640, 10, "t", 0}, {3200, 50, "t", 0}, {640, 200, "", 0},
		{6400, 100, "t", 0}, {12_800, 200, "t", 0}, {13_000, 200, "t", 0}, // no limit
		{6401, 50, "t", 300}, {6402, 50, "t", 1}, {6403, 100, "t", 1000}, {641, 200, "", 300},
		{13_001, 166, "t", 1000}, {13_002, 200, "t", 6000},
	} {
		b := bundled(t, client, "main")
		b.s.Template, b.EmailsPerMinute = c.template, c.perMinute
		plan, err := importer.MakePlan(t.Context(), write(t, numbered(c.rows)), b.s)
		if err != nil {
			t.Fatal(err)
		}
		if imp, created, err := b.Begin(t.Context(), plan); err != nil || !created || imp.Chunk != c.want ||
			imp.Rows != c.rows {
			t.Errorf("%d rows in chunks of %d (created %v, %v), want %d", imp.Rows, imp.Chunk, created, err, c.want)
		}
	}
}
