package importer_test

import (
	"reflect"
	"strings"
	"testing"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer"
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
	if want := []string{"gala", "ball"}; !reflect.DeepEqual(plan.Events, want) || !reflect.DeepEqual(plan.Templates, []string{"welcome"}) {
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
	plan, err := importer.MakePlan(t.Context(), write(t, "First Name,Email\n"+strings.Repeat("A,bad\n", 30)+strings.Repeat(",a@guests.example\n", 30)), gala)
	if err != nil {
		t.Fatal(err)
	}
	want := map[importer.Code]int{importer.BadEmail: 30, importer.NoName: 30}
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
		gala, {Account: "second", Event: "gala"}, {Account: "main", Event: "ball"}, {Account: "main", Event: "gala", Template: "t"},
		{Account: "main", Event: "gala", Profile: "p"}, {Account: "main", Event: "gala", Key: "Email"}, {Account: "main", Event: "gala", Again: "1"},
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

func TestASmallFileMakesWorkForEveryWorker(t *testing.T) {
	t.Parallel()
	client := redistest.Client(t)
	for _, c := range []struct {
		rows, want int
		template   string
	}{{1, 1, "t"}, {64, 1, "t"}, {640, 10, "t"}, {10_000, 50, "t"}, {640, 200, ""}} {
		b := bundled(t, client, "main")
		b.s.Template = c.template
		plan, err := importer.MakePlan(t.Context(), write(t, numbered(c.rows)), b.s)
		if err != nil {
			t.Fatal(err)
		}
		if imp, created, err := b.Begin(t.Context(), plan); err != nil || !created || imp.Chunk != c.want || imp.Rows != c.rows {
			t.Errorf("%d rows in chunks of %d (created %v, %v), want %d", imp.Rows, imp.Chunk, created, err, c.want)
		}
	}
}
