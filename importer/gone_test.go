package importer_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"guestflow/importer"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
)

// gone are the rows of an earlier import who are gone, with their names.
func goneOf(p importer.Plan) (rows []string) {
	if p.Gone == nil {
		return nil
	}
	for _, r := range p.Gone.First {
		rows = append(rows, fmt.Sprint(r.Row, " ", r.Line, " ", r.Name))
	}
	return rows
}

func inProfile(name string) func(*spec.Spec) { return func(s *spec.Spec) { s.Profile = name } }

var four = []string{"Ann,Lee,ann@example.com", "Bob,Lee,bob@example.com", "Cyd,Lee,cyd@example.com", "Dan,Lee,dan@example.com"}

func TestAPlanNamesWhoOfTheLastListIsGone(t *testing.T) {
	t.Parallel()
	without := func(guests []string, row int) []string { return slices.Delete(slices.Clone(guests), row-1, row) }
	for name, c := range map[string]struct {
		between func(l *lists)
		then    []string
		says    []func(*spec.Spec)
		want    []string // rows of the last import of the profile
	}{
		"nobody":                  {then: []string{four[3], four[1], four[0], four[2]}},
		"one":                     {then: without(four, 3), want: []string{"3 4 Cyd Lee"}},
		"two":                     {then: without(four[1:], 2), want: []string{"1 2 Ann Lee", "3 4 Cyd Lee"}},
		"all":                     {then: []string{"Eve,Neu,eve@example.com"}, want: []string{"1 2 Ann Lee", "2 3 Bob Lee", "3 4 Cyd Lee", "4 5 Dan Lee"}},
		"with further guests":     {then: append(without(four, 1), "Eve,Neu,eve@example.com"), want: []string{"1 2 Ann Lee"}},
		"who is held is not gone": {then: append(without(four, 1), "Anna,Lee,ann@example.com")},
		"who is updated is not gone": {
			then: append(without(four, 1), "Anna,Lee,ann@example.com"), says: []func(*spec.Spec){near("update")},
		},
		"beside who is another": {
			then: append(without(four, 1), "Anna,Lee,ann@example.com"), says: []func(*spec.Spec){near("new")}, want: []string{"1 2 Ann Lee"},
		},
		"another import had a guest since": {
			between: func(l *lists) {
				l.bring(list("ANN,Lee,ann@example.com", "Bob,Lee,bob@example.com"), inProfile("press"))
			},
			then: without(four, 2), want: []string{"2 3 Bob Lee"},
		},
		"a guest was updated since": {
			between: func(l *lists) {
				l.bring(list("Anna,Lee,ann@example.com", four[1], four[2], four[3]), near("update"), inProfile("press"))
			},
			then: append([]string{"Anna,Lee,ann@example.com"}, four[1:3]...), want: []string{"4 5 Dan Lee"},
		},
		"the same list again in between": {
			between: func(l *lists) { l.bring(list(four[1:]...), inProfile("gala")) },
			then:    four[2:], want: []string{"1 2 Bob Lee"},
		},
		"a profile that was never imported": {then: four[1:], says: []func(*spec.Spec){inProfile("none")}},
		"another event":                     {then: four[1:], says: []func(*spec.Spec){func(s *spec.Spec) { s.Event = "other" }}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLists(t, "gone")
			l.bring(list(four...), inProfile("gala"))
			if c.between != nil {
				c.between(l)
			}
			o := l.bring(list(c.then...), append([]func(*spec.Spec){inProfile("gala")}, c.says...)...)
			if got := goneOf(o.plan); !slices.Equal(got, c.want) {
				t.Errorf("%q are gone, want %q: %+v", got, c.want, o.plan.Gone)
			}
			if len(c.want) == 0 {
				return
			}
			g := o.plan.Gone
			if g.Rows != len(c.want) || g.Unsure != 0 || !strings.Contains(g.Text(), fmt.Sprintf("%d guest", len(c.want))) {
				t.Errorf("it says %q of %+v", g.Text(), g)
			}
			imp, err := l.ledger.Import(t.Context(), o.plan.Import)
			if err != nil || imp.Gone == nil || imp.Gone.Rows != g.Rows || imp.Gone.Import != g.Import {
				t.Errorf("the record has %+v, %v", imp.Gone, err)
			}
			rows, err := l.ledger.GoneRows(t.Context(), o.plan.Import)
			if err != nil || len(rows) != 1 {
				t.Errorf("its rows are %x, %v", rows, err)
			}
			if raw, _ := json.Marshal(o.plan); !strings.Contains(string(raw), `"gone":{"import":"`+g.Import) {
				t.Errorf("it is %s", raw)
			}
		})
	}
}

// A list that an operator brings under no profile follows another one, or has nothing to do with it.
func TestWithoutAProfileOnlyAListThatFollowsNamesWhoIsGone(t *testing.T) {
	t.Parallel()
	l := newLists(t, "loose")
	l.bring(list(four...))
	if o := l.bring(list(four[1:]...)); !slices.Equal(goneOf(o.plan), []string{"1 2 Ann Lee"}) {
		t.Errorf("%q", goneOf(o.plan))
	}
	if o := l.bring(list("Eve,Neu,eve@example.com", "Fay,Neu,fay@example.com")); o.plan.Gone != nil {
		t.Errorf("of further guests it says %+v", o.plan.Gone)
	}
}

// A version before did not keep whose guests an import's rows were.
func TestOfAnImportOfTheVersionBeforeItIsSaidWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	l := newLists(t, "former")
	first := l.bring(list(four...), inProfile("gala"))
	if err := l.redis.Del(t.Context(), l.ledger.Prefix()+"import:"+first.plan.Import+":members").Err(); err != nil {
		t.Fatal(err)
	}
	l.bring(list("ANN,Lee,ann@example.com"), inProfile("press"), func(s *spec.Spec) { s.Template = "" })
	o := l.bring(list(four[:3]...), inProfile("gala"))
	g := o.plan.Gone
	if g == nil || g.Rows != g.Unsure || !slices.Contains(goneOf(o.plan), "4 5 Dan Lee") || slices.Contains(goneOf(o.plan), "2 3 Bob Lee") ||
		!strings.Contains(g.Text(), "an earlier version") {
		t.Errorf("%+v: %s", g, g.Text())
	}
}

func TestWhoNeverCameToBeIsNotGone(t *testing.T) {
	t.Parallel()
	l := newLists(t, "refused")
	first := l.bring(list("Ann,Lee,ann@example.com", "Bob,Lee,no address", "Cyd,Lee,cyd@example.com"), inProfile("gala"))
	l.move(first.plan.Import, 1, ledger.Refused)
	if err := l.redis.SetRange(t.Context(), l.ledger.Keys().Rows(first.plan.Import), 0, string(rune(ledger.Refused))).Err(); err != nil {
		t.Fatal(err)
	}
	o := l.bring(list("Cyd,Lee,cyd@example.com"), inProfile("gala"))
	if got := goneOf(o.plan); len(got) != 0 || o.plan.Gone.Guests != 1 {
		t.Errorf("%q of %+v", got, o.plan.Gone)
	}
}

// Promise: a person who was erased is named by no later list as gone, and nothing is said of an earlier version.
func TestWhoWasErasedIsNotGone(t *testing.T) {
	t.Parallel()
	l := newLists(t, "erased")
	first := l.bring(list(four...), inProfile("gala"))
	if err := l.ledger.ForgetRows(t.Context(), first.plan.Import, []int{2}); err != nil {
		t.Fatal(err)
	}
	owners := map[ledger.Owner]bool{{Import: first.plan.Import, Row: 2}: true}
	if n, err := guestindex.For(l.ledger).Forget(t.Context(), owners, nil); err != nil || n.Guests != 1 {
		t.Fatal(n, err)
	}
	o := l.bring(list(four[0], four[2]), inProfile("gala"))
	if got := goneOf(o.plan); len(got) != 1 || o.plan.Gone.Guests != 3 || o.plan.Gone.Unsure != 0 || strings.Contains(o.plan.Gone.Text(), "earlier version") {
		t.Errorf("%q of %+v: %s", got, o.plan.Gone, o.plan.Gone.Text())
	}
}

// Those who are gone and whose emails wait are taken out by the command that the plan names; an email that has begun
// is not.
func TestAPlanNamesWhatTakesOutThoseWhoAreGoneAndStillWait(t *testing.T) {
	t.Parallel()
	l := newLists(t, "gone-waiting")
	first := l.waits(list(four...))
	l.move(first, 2, ledger.Accepted)
	if _, err := l.ledger.Calls.BeginAtomic(t.Context(), first, nil, 3); err != nil {
		t.Fatal(err)
	}
	plan := l.planned(list(four[0]))
	if g := plan.Gone; g.Rows != 3 || g.Waiting != 1 || !strings.Contains(g.Text(), "guestflow cancel "+first+" 4") {
		t.Errorf("%+v: %s", g, g.Text())
	}
	cancelled, err := l.ledger.CancelWaiting(t.Context(), first, []int{2, 3, 4})
	if err != nil || !slices.Equal(cancelled, []bool{false, false, true}) {
		t.Errorf("cancelled are %v, %v", cancelled, err)
	}
	if plan = l.planned(list(four[0])); plan.Gone.Rows != 2 || plan.Gone.Waiting != 0 {
		t.Errorf("then gone are %+v", plan.Gone)
	}
}

// Promise: where rows of a list are rejected, it is said that guests who seem gone may be theirs.
func TestAPlanSaysThatRejectedRowsMayBeOfGuestsWhoSeemGone(t *testing.T) {
	t.Parallel()
	l := newLists(t, "rejected")
	l.bring(list(four...), inProfile("gala"))
	p := l.planned(list(append(four[1:3:3], "Ann,Lee,ann@", "Dan,Lee,dan@example.com")...), inProfile("gala"))
	if p.Rejected != 1 || p.Gone == nil || !strings.Contains(p.Gone.Text(), "; 1 rejected row of this list may be one of them") {
		t.Errorf("%d rejected; it says %q", p.Rejected, p.Gone.Text())
	}
}
