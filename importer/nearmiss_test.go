package importer_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/reason"
	"guestflow/importer/spec"
	"guestflow/importer/suppression"
	"guestflow/importer/table"
)

// lists are imported one after the other, each with a worker that has all of its calls accepted.
type lists struct {
	bundle
	t *testing.T
	n int
}

func newLists(t *testing.T, account string) *lists {
	t.Helper()
	return &lists{bundle: bundled(t, redistest.Client(t), account), t: t}
}

// outcome is what became of a list.
type outcome struct {
	plan   importer.Plan
	refuse error // nothing was imported
	emails int
	rows   map[ledger.State]int
}

// list is a list of guests, each "First,Last,Email", below a header.
func list(guests ...string) string {
	return "First Name,Last Name,Email\n" + strings.Join(guests, "\n") + "\n"
}

// bring imports a list. Its file is called list1.csv, list2.csv and so on.
func (l *lists) bring(text string, says ...func(*spec.Spec)) (o outcome) {
	l.t.Helper()
	l.n++
	return l.bringAs(fmt.Sprintf("list%d.csv", l.n), text, says...)
}

func (l *lists) bringAs(name, text string, says ...func(*spec.Spec)) (o outcome) {
	l.t.Helper()
	path := filepath.Join(l.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		l.t.Fatal(err)
	}
	s := l.s.Beside(l.ledger)
	s.Suppressed, s.ShowValues = suppression.For(l.ledger).Check, true
	for _, say := range says {
		say(&s.Spec)
	}
	plan, err := importer.MakePlan(l.t.Context(), path, s)
	if err == nil {
		err = plan.Refused()
	}
	if o = (outcome{plan: plan, refuse: err, rows: map[ledger.State]int{}}); err != nil {
		return o
	}
	imp, _, err := l.Begin(l.t.Context(), plan)
	if err == nil {
		err = l.Run(l.t.Context(), plan, imp)
	}
	if err != nil {
		l.t.Fatal(err)
	}
	l.work(imp.ID, &o)
	imp, err = l.ledger.Import(l.t.Context(), imp.ID)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, s := range ledger.AllStates() {
		if n := imp.Counts[s]; n > 0 {
			o.rows[s] = n
		}
	}
	if o.emails != plan.Emails {
		l.t.Errorf("the plan of %s says %d emails, and there are %d", name, plan.Emails, o.emails)
	}
	return o
}

// planned is the plan of a list.
func (l *lists) planned(text string, says ...func(*spec.Spec)) importer.Plan {
	l.t.Helper()
	path := filepath.Join(l.t.TempDir(), "planned.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		l.t.Fatal(err)
	}
	s := l.s.Beside(l.ledger)
	s.Suppressed = suppression.For(l.ledger).Check
	for _, say := range says {
		say(&s.Spec)
	}
	plan, err := importer.MakePlan(l.t.Context(), path, s)
	if err != nil {
		l.t.Fatal(err)
	}
	return plan
}

// waits imports a list that no worker takes, and returns its import.
func (l *lists) waits(text string, says ...func(*spec.Spec)) string {
	l.t.Helper()
	plan := l.planned(text, says...)
	imp, _, err := l.Begin(l.t.Context(), plan)
	if err == nil {
		err = l.Run(l.t.Context(), plan, imp)
	}
	if err != nil {
		l.t.Fatal(err)
	}
	return imp.ID
}

// replaced checks that a row was taken out for one of another import.
func (l *lists) replaced(id string, row int, by string) {
	l.t.Helper()
	states, err := l.ledger.RowBytes(l.t.Context(), id, row, row)
	if err != nil {
		l.t.Fatal(err)
	}
	why, err := l.ledger.Reasons(l.t.Context(), id, []int{row})
	if err != nil {
		l.t.Fatal(err)
	}
	if states[0].State() != ledger.Cancelled || why[0].Code != reason.Replaced || !strings.Contains(why[0].Text, by) {
		l.t.Errorf("row %d of import %s is %s: %s", row, id, states[0].State(), why[0])
	}
}

// work does what a worker does with the rows of an import, and counts their emails.
func (l *lists) work(id string, o *outcome) {
	l.t.Helper()
	for _, r := range l.enqueued(l.t, id) {
		g := guestindex.Guest{Row: r.Row, ID: uuid.MustParse(r.Guest.ID), Event: r.Guest.EventID, Content: r.Content, Template: r.Guest.TemplateID}
		claimed, err := guestindex.For(l.ledger).Claim(l.t.Context(), id, []guestindex.Guest{g})
		if err != nil {
			l.t.Fatal(err)
		}
		found, err := suppression.For(l.ledger).Check(l.t.Context(), r.Guest.Email)
		if err != nil {
			l.t.Fatal(err)
		}
		to := ledger.Created
		switch v := claimed[0].Verdict; {
		case v == guestindex.Unchanged:
			to = ledger.Unchanged
		case v == guestindex.Update || g.Template == "":
		case found[0].Suppressed():
			to = ledger.Suppressed
		default:
			to = ledger.Accepted
			o.emails++
		}
		l.move(id, r.Row, to)
	}
}

func (l *lists) move(id string, row int, to ledger.State) {
	l.t.Helper()
	if _, _, err := l.ledger.Move(l.t.Context(), id, []ledger.Move{{Row: row, To: to}}); err != nil {
		l.t.Fatal(err)
	}
}

func near(n spec.NearMisses) func(*spec.Spec) { return func(s *spec.Spec) { s.NearMisses = n } }
func keyed(column string) func(*spec.Spec)    { return func(s *spec.Spec) { s.Key = column } }

// people is a list of so many guests, of one company.
func people(from, to int, domain string) (all []string) {
	for n := from; n <= to; n++ {
		all = append(all, fmt.Sprintf("Guest%d,Number%d,guest%d@%s", n, n, n, domain))
	}
	return all
}

// Promise: one email per person and template for everything the index knows, whatever is corrected, unless a named
// decision says otherwise. A question is no email.
func TestNoCorrectionMailsAPersonASecondTimeUnasked(t *testing.T) {
	t.Parallel()
	first := list("Jörg,Müller,jm@münchen.example", "Bob,Lee,bob@example.com", "Cyd,Lee,cyd@example.com", "Dan,Lee,dan@example.com")
	for name, then := range map[string]string{
		"first and last names swapped": list("Müller,Jörg,jm@münchen.example", "Lee,Bob,bob@example.com", "Lee,Cyd,cyd@example.com", "Lee,Dan,dan@example.com"),
		"headers swapped":              strings.Replace(first, "First Name,Last Name", "Last Name,First Name", 1),
		"in capitals":                  "FIRST NAME,LAST NAME,EMAIL\nJÖRG,MÜLLER,JM@MÜNCHEN.EXAMPLE\nBOB,LEE,BOB@EXAMPLE.COM\n",
		"without diacritics":           list("Jorg,Muller,jm@münchen.example", "Bob,Lee,bob@example.com"),
		"diacritics written out":       list("Joerg,Mueller,jm@münchen.example"),
		"composed otherwise":           list("Jo\u0308rg,Mu\u0308ller,jm@mu\u0308nchen.example"),
		"a domain in the other form":   list("Jörg,Müller,jm@xn--mnchen-3ya.example", "Bob,Lee,bob@example.com", "Eve,Neu,eve@example.com", "Fay,Neu,fay@example.com", "Gus,Neu,gus@example.com"),
		"a tag in an address":          list("Jörg,Müller,jm@münchen.example", "Bob,Lee,bob+gala@example.com", "Cyd,Lee,cyd@example.com"),
		"one corrected address alone":  list("Bob,Lee,bob@example.org"),
		"a title":                      list("Dr. Bob,Lee,bob@example.com"),
		"a second first name":          list("Bob Ray,Lee,bob@example.com"),
		"another domain for all":       list("Jörg,Müller,jm@new.example", "Bob,Lee,bob@new.example", "Cyd,Lee,cyd@new.example", "Dan,Lee,dan@new.example"),
		"sorted otherwise":             list("Dan,Lee,dan@example.com", "Cyd,Lee,cyd@example.com", "Bob,Lee,bob@example.com", "Jörg,Müller,jm@münchen.example"),
		"half of it":                   list("Jörg,Müller,jm@münchen.example", "Bob,Lee,bob@example.com"),
		"blanks and commas":            list(`" Bob ","Lee,",bob@example.com `, "Cyd  ,Lee,cyd@example.com"),
		"names in one column":          "Name,Email\nBob Lee,bob@example.com\n\"Lee, Cyd\",cyd@example.com\n",
		"addresses alone":              "Email\nbob@example.com\ncyd@example.com\n",
		"names alone":                  "First Name,Last Name\nBob,Lee\nCyd,Lee\n",
		"a barcode for each":           "First Name,Last Name,Email,Barcode\nBob,Lee,bob@example.com,4711\nCyd,Lee,cyd@example.com,4712\n",
		"as windows-1252":              "First Name,Last Name,Email\nJ\xf6rg,M\xfcller,jm@m\xfcnchen.example\nBob,Lee,bob@example.com\n",
		"fullwidth letters":            list("Ｂｏｂ,Ｌｅｅ,bob@example.com"),
		"a row twice, once corrected":  list("Bob,Lee,bob@example.com", "Bob,Lee,bob@example.com", "Robert,Lee,cyd@example.com"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLists(t, "attack")
			if o := l.bring(first); o.emails != 4 || o.refuse != nil {
				t.Fatalf("the first list has %+v", o)
			}
			o := l.bring(then)
			named := 0
			if strings.Contains(then, "Neu") {
				named = 3
			}
			if o.emails != named {
				t.Errorf("%d emails to people who have had it; rows %v", o.emails-named, o.rows)
			}
			t.Logf("%v %v", o.rows, o.refuse)
			for _, what := range []spec.NearMisses{"update,most=update", "skip,most=skip"} {
				if o := l.bring(then, near(what)); o.emails != 0 {
					t.Errorf("by %s there are %d emails", what, o.emails)
				}
			}
			if o := l.bring(first, func(s *spec.Spec) { s.Again = "again" }); o.emails != 0 {
				t.Errorf("the first list, brought again, sends %d emails", o.emails)
			}
		})
	}
}

// All names are known, and no address: a list of work addresses after one of private ones.
func TestAListWhoseAddressesAllChangedIsHeld(t *testing.T) {
	t.Parallel()
	var frequent []string // of the names of the first
	for n := range 15 {
		frequent = append(frequent, fmt.Sprintf("Guest1,Number%d,guest%d@new.example", 300+n, 300+n), fmt.Sprintf("Guest%d,Number1,guest%d@new.example", 400+n, 400+n))
	}
	for name, c := range map[string]struct {
		then []string
		held int // or -1 where the whole list is asked about
	}{
		"all of many":               {people(1, 12, "work.example"), -1},
		"all of few":                {people(1, 3, "work.example"), 3},
		"one":                       {people(1, 1, "work.example"), 1},
		"two beside two known":      {append(people(1, 2, "work.example"), append(people(3, 4, "home.example"), people(100, 100, "new.example")...)...), 2},
		"ten among strangers":       {append(people(1, 10, "work.example"), people(100, 130, "work.example")...), 10},
		"one among a few new ones":  {append(people(1, 1, "work.example"), people(100, 103, "work.example")...), 1},
		"one of two":                {append(people(1, 1, "work.example"), people(100, 100, "work.example")...), 1},
		"one among many new ones":   {append(people(1, 1, "work.example"), people(100, 200, "work.example")...), 1},
		"a namesake in a long list": {append(append(people(1, 1, "work.example"), people(100, 200, "work.example")...), frequent...), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLists(t, "addresses")
			l.bring(list(people(1, 40, "home.example")...))
			o := l.bring(list(c.then...))
			if c.held < 0 {
				if o.refuse == nil || !strings.Contains(o.refuse.Error(), "12 of its 12 guests are guests of earlier imports (12 known under another address)") {
					t.Errorf("it is %v", o.refuse)
				}
				return
			}
			if o.refuse != nil || o.rows[ledger.Filtered] != c.held {
				t.Errorf("%v, %v; want %d held", o.rows, o.refuse, c.held)
			}
		})
	}
}

// Promise: of a short list who has the name of a known guest is not mailed at another address until that is decided, and
// the new guests beside him are. A first name alone is no name.
func TestAKnownGuestWithANewAddressAmongAFewNewOnesIsHeldAlone(t *testing.T) {
	t.Parallel()
	begin := func(account string) *lists {
		l := newLists(t, account)
		l.bring(list(append(people(1, 20, "home.example"), "Ida,,ida@home.example")...))
		return l
	}
	l := begin("few")
	o := l.bring(list(append(people(7, 7, "work.example"), append(people(50, 53, "work.example"), "Ida,,ida@work.example")...)...))
	if o.refuse != nil || o.emails != 5 || o.rows[ledger.Filtered] != 1 || o.plan.Near.Address != 1 {
		t.Fatalf("%v, %d emails, %v", o.rows, o.emails, o.refuse)
	}
	if text := o.plan.Near.Rows[0].Text(); !strings.Contains(text, "who is not in this list, with another address") {
		t.Errorf("it says %s", text)
	}
	for choice, emails := range map[spec.NearMisses]int{"update": 4, "new": 5} {
		o := begin("few-"+string(choice)).bring(list(append(people(7, 7, "work.example"), people(50, 53, "work.example")...)...), near(choice))
		if o.emails != emails || o.rows[ledger.Filtered] != 0 {
			t.Errorf("by %s: %v, %d emails", choice, o.rows, o.emails)
		}
	}
}

// Promise: a row that may be several guests updates the one who is named, and no other; two rows are not one guest.
func TestARowThatMayBeSeveralGuestsUpdatesTheOneThatIsNamed(t *testing.T) {
	t.Parallel()
	l := newLists(t, "which")
	l.bring(list("Ida,Holm,family@home.example", "Bo,Holm,family@home.example", "Una,Vik,una@x.example"))
	next := list("Ivar,Holm,family@home.example", "Una,Vik,una@x.example")
	plan := l.planned(next)
	if len(plan.Near.Rows[0].MayBe) != 2 {
		t.Fatalf("it may be %+v", plan.Near.Rows[0])
	}
	bo := plan.Near.Rows[0].MayBe[1]
	for _, say := range []spec.NearMisses{
		spec.NearMisses("1=update:" + bo.Import + "/3"), "1=update:aaaaaaaa/1", spec.NearMisses("2=update:" + bo.Import + "/2"),
		spec.NearMisses("1=update:" + bo.Import + "/2,3=update:" + bo.Import + "/2"),
	} {
		if o := l.bring(next, near(say)); o.refuse == nil {
			t.Errorf("by %q it is imported: %v", say, o.rows)
		}
	}
	both := list("Ivar,Holm,family@home.example", "Iver,Lind,family@home.example", "Una,Vik,una@x.example")
	which := spec.UpdateOf(bo.Import, bo.Row)
	if o := l.bring(both, near(spec.NearMisses("1="+which+",2="+which))); o.refuse == nil || o.emails > 0 {
		t.Errorf("two rows are one guest: %v", o.rows)
	}
	if o := l.bring(next, near(spec.NearMisses("1="+which))); o.refuse != nil || o.emails != 0 || o.rows[ledger.Created] != 1 {
		t.Fatalf("by %q: %v, %v", which, o.rows, o.refuse)
	}
	o := l.bring(list("Ida,Holm,family@home.example", "Ivar,Holm,family@home.example", "Una,Vik,una@x.example"))
	if o.emails != 0 || o.plan.Near.Total() != 0 {
		t.Errorf("Ivar is not Bo by now: %v, %+v, %+v", o.rows, o.plan.Near, o.plan.Gone)
	}
}

// Promise: the text of a row that may be several guests names the answers that settle it, and an update, which does not, is not offered.
func TestARowThatMayBeSeveralGuestsSaysWhatSettlesIt(t *testing.T) {
	t.Parallel()
	l := newLists(t, "several")
	l.bring(list("Ida,Holm,family@home.example", "Bo,Holm,family@home.example", "Una,Vik,una@x.example"))
	for _, say := range []spec.NearMisses{"", "update", "name=update"} {
		o := l.bring(list("Ivar,Holm,family@home.example", "Una,Vik,una@x.example"), near(say))
		if o.plan.Near == nil || o.plan.Near.Hold != 1 {
			t.Fatalf("by %q: %v", say, o.rows)
		}
		text, question := o.plan.Near.Rows[0].Text(), o.plan.HeldRows(1)
		if !strings.Contains(text, "an update cannot settle it: choose 1=skip or 1=new or 1=update:") {
			t.Errorf("the row says %s", text)
		}
		q, _ := errors.AsType[*table.Question](question)
		if len(offered(q)) != 2 || !strings.Contains(question.Advice, "of row 1 it is not known which of several guests it is") {
			t.Errorf("it asks %v, %s", offered(q), question.Advice)
		}
	}
	if o := l.bring(list("Ivar,Holm,family@home.example", "Una,Vik,una@x.example"), near("1=skip")); o.plan.Near.Hold != 0 || o.emails != 0 {
		t.Errorf("skipped: %v", o.rows)
	}
	if o := l.bring(list("Ivar,Holm,family@home.example", "Una,Vik,una@x.example"), near("1=new")); o.plan.Near.Hold != 0 || o.emails != 1 {
		t.Errorf("new: %v", o.rows)
	}
}

// A column of row numbers stands for other people once a row is inserted.
func TestAListThatIsNumberedAnewRewritesNobodyUnasked(t *testing.T) {
	t.Parallel()
	numbers := func(guests ...string) string {
		text := "No,First Name,Last Name,Email\n"
		for i, g := range guests {
			text += fmt.Sprintf("%d,%s\n", i+1, g)
		}
		return text
	}
	l := newLists(t, "numbers")
	all := people(1, 12, "home.example")
	l.bring(numbers(all...), keyed("No"))
	moved := append(people(99, 99, "home.example"), all...)
	o := l.bring(numbers(moved...), keyed("No"))
	if o.refuse == nil || !strings.Contains(o.refuse.Error(), `the column "No" seems to be numbered anew`) || strings.Contains(o.refuse.Error(), "most=new") {
		t.Errorf("it is %v", o.refuse)
	}
	// A few of them, as where two rows have changed places. To be new is no choice for who has another's key.
	few := slices.Clone(all)
	few[2], few[3] = few[3], few[2]
	for _, what := range []spec.NearMisses{"", "new"} {
		o := l.bring(numbers(few...), keyed("No"), near(what))
		if o.plan.Near.Person != 2 || o.rows[ledger.Filtered] != 2 || o.rows[ledger.Unchanged] != 10 {
			t.Errorf("by %q they are %v, %+v", what, o.rows, o.plan.Near)
		}
	}
	if o := l.bring(numbers(few...), keyed("No"), near("3=update,4=skip")); o.rows[ledger.Created] != 1 || o.rows[ledger.Filtered] != 1 {
		t.Errorf("as decided they are %v", o.rows)
	}
	// One of both is a correction.
	changed := slices.Clone(all)
	changed[5], changed[6] = "Ann,Other,guest6@home.example", "Guest7,Number7,seven@work.example"
	if o := l.bring(numbers(changed...), keyed("No")); o.rows[ledger.Created] < 2 || o.plan.Near.Total() > 0 {
		t.Errorf("corrections are %v, %+v", o.rows, o.plan.Near)
	}
}

// Promise: what a plan says of the emails of updates is what they come to.
func TestAnUpdateSendsTheEmailThatAGuestHasNotHadAndSaysSo(t *testing.T) {
	t.Parallel()
	both := list("Ann,Lee,ann@bounced.example", "Bob,Lee,bob@example.com", "Cyd,Lee,cyd@example.com")
	corrected := list("Ann,Lee,ann@new.example", "Bob,Lee,bob@new.example", "Cyd,Lee,cyd@example.com")
	t.Run("its address was suppressed by hand", func(t *testing.T) {
		t.Parallel()
		l := newLists(t, "byhand")
		if _, err := suppression.For(l.ledger).Add(t.Context(), "ann@bounced.example"); err != nil {
			t.Fatal(err)
		}
		l.bring(both)
		if plan := l.planned(corrected, near("update")); plan.Emails != 0 || plan.Near.Rows[0].Email != importer.NearByHand {
			t.Errorf("%d emails, %+v", plan.Emails, plan.Near.Rows)
		}
	})
	t.Run("its address was out of use", func(t *testing.T) {
		t.Parallel()
		l := newLists(t, "suppressed")
		if _, err := suppression.For(l.ledger).AddFor(t.Context(), suppression.Bounced, "ann@bounced.example"); err != nil {
			t.Fatal(err)
		}
		if o := l.bring(both); o.emails != 2 || o.rows[ledger.Suppressed] != 1 {
			t.Fatalf("%+v", o.rows)
		}
		if o := l.bring(corrected); o.emails != 0 || o.plan.Near.Held() != 2 {
			t.Errorf("undecided there are %d emails, %+v", o.emails, o.plan.Near)
		}
		o := l.bring(corrected, near("update"))
		if o.emails != 1 || o.plan.Near.Emails != 1 || !strings.Contains(o.plan.Near.Text(), "2 updated, 1 of them with this email, which they have not had") {
			t.Errorf("%d emails; the plan says %s", o.emails, o.plan.Near.Text())
		}
		if rows := o.plan.Near.Rows; rows[0].Email != importer.NearFirstEmail || rows[1].Email != "" {
			t.Errorf("the rows are %+v", rows)
		}
		if o := l.bring(corrected, near("update"), func(s *spec.Spec) { s.Again = "2" }); o.emails != 0 {
			t.Errorf("the next list sends %d emails", o.emails)
		}
	})
	t.Run("it came back", func(t *testing.T) {
		t.Parallel()
		l := newLists(t, "returned")
		first := l.bring(both)
		l.move(first.plan.Import, 1, ledger.Undeliverable)
		o := l.bring(corrected, near("update"))
		if o.emails != 0 || o.plan.Near.Rows[0].Email != importer.NearReturned || o.plan.Near.Rows[1].Email != "" {
			t.Errorf("%d emails, %+v", o.emails, o.plan.Near.Rows)
		}
		if !strings.Contains(o.plan.Near.Rows[0].Email.Text(), "guestflow resend") {
			t.Error("the plan does not say what sends it")
		}
	})
	t.Run("its guest wants none", func(t *testing.T) {
		t.Parallel()
		for why, want := range map[suppression.Reason]importer.NearEmail{
			suppression.Unsubscribed: importer.NearUnsubscribed, suppression.Complained: importer.NearComplained,
		} {
			l := newLists(t, string(why))
			first := l.bring(both)
			l.move(first.plan.Import, 1, ledger.Undeliverable)
			row := ledger.Owner{Import: first.plan.Import, Row: 1}
			set := suppression.For(l.ledger) // as workers note it
			noted := []suppression.Row{{Row: 1, Address: "ann@bounced.example"}}
			if err := set.Note(t.Context(), row.Import, noted); err != nil {
				t.Fatal(err)
			}
			if known, err := set.ReportRow(t.Context(), row, why, time.Now()); err != nil || !known {
				t.Fatalf("the address of the row is known %t, %v", known, err)
			}
			o := l.bring(corrected, near("update"))
			if text := o.plan.Near.Rows[0].Email.Text(); o.emails != 0 || o.plan.Near.Rows[0].Email != want ||
				strings.Contains(text, "came back") || strings.Contains(text, "resend") {
				t.Errorf("%s: %d emails, %+v: %s", why, o.emails, o.plan.Near.Rows, text)
			}
		}
	})
	t.Run("it has not left yet", func(t *testing.T) {
		t.Parallel()
		l := newLists(t, "unsent")
		l.bring(both)
		second := l.waits(list("Dan,Lee,dan@old.example"))
		o := l.bring(list("Ann,Lee,ann@new.example", "Dan,Lee,dan@new.example", "Eve,Lee,eve@example.com"), near("address=hold"))
		if n := o.plan.Near; n.Corrected != 1 || n.Unsent != 0 || n.Rows[1].Email != importer.NearCorrected || n.Rows[1].EmailOf != second {
			t.Fatalf("%+v", n)
		}
		const waits, goes = "the email of 1 of these guests has not left yet: ", "it goes to the address and name in this list"
		if q := o.plan.HeldRows(2); !strings.Contains(q.Advice, waits+"by update, before it leaves, "+goes) || strings.Contains(q.Advice, "guestflow cancel") {
			t.Errorf("it asks: %s", q.Advice)
		}
		for row, updated := range []spec.NearMisses{"1=skip,2=update", "1=skip,2=skip"} {
			plan := l.planned(list("Ann,Lee,ann@new.example", "Dan,Lee,dan@new.example", "Fay,Lee,fay@example.com"), near(updated))
			if says := strings.Contains(plan.Near.Text(), waits+goes); says != (row == 0) {
				t.Errorf("by %s the plan says %s", updated, plan.Near.Text())
			}
		}
		dan := list("Dan,Lee,dan@new.example", "Eve,Lee,eve@example.com")
		for _, other := range []string{"", "reminder"} {
			plan := l.planned(dan, near("update"), func(s *spec.Spec) { s.Template = other })
			if n := plan.Near; n.Corrected != 0 || n.Unsent != 1 || !strings.Contains(n.Text(), "guestflow cancel "+second) {
				t.Errorf("with the email %q the plan says %s", other, n.Text())
			}
		}
		if o = l.bring(dan, near("update")); o.emails != 1 || o.rows[ledger.Accepted] != 1 {
			t.Errorf("there are %d emails, %+v", o.emails, o.plan.Near)
		}
		l.replaced(second, 1, o.plan.Import)
	})
	t.Run("it has not left yet, and a column tells guests apart", func(t *testing.T) {
		t.Parallel()
		l := newLists(t, "unsent-by-key")
		const header = "Member,First Name,Last Name,Email\n"
		first := l.waits(header+"1,Dan,Lee,dan@old.example\n2,Eve,Lee,eve@example.com\n", keyed("Member"))
		o := l.bring(header+"1,Dan,Lee,dan@new.example\n", keyed("Member"))
		if text := o.plan.Compared.Text(); o.emails != 1 || o.plan.Compared.Unsent.Corrected != 1 || !strings.Contains(text, "1 changed") ||
			!strings.Contains(text, "the email of 1 of these guests has not left yet: it goes to the address and name in this list") {
			t.Errorf("%d emails; the plan says %s", o.emails, text)
		}
		l.replaced(first, 1, o.plan.Import)
		plan := l.planned(header+"2,Eve,Lee,eve@new.example\n", keyed("Member"), func(s *spec.Spec) { s.Template = "" })
		if u := plan.Compared.Unsent; u.Kept != 1 || !slices.Equal(u.KeptBy, []string{first}) || plan.Emails != 0 {
			t.Errorf("of a list without an email the plan says %s", plan.Compared.Text())
		}
	})
	t.Run("its guest is being written, or it may be leaving", func(t *testing.T) {
		t.Parallel()
		l := newLists(t, "written")
		first := l.waits(list("Ann,Lee,ann@old.example", "Bob,Ray,bob@old.example"))
		if _, err := l.ledger.Calls.BeginBulk(t.Context(), first, nil, 1); err != nil {
			t.Fatal(err)
		}
		l.move(first, 2, ledger.Sending)
		moved := list("Ann,Lee,ann@new.example", "Bob,Ray,bob@new.example")
		for _, says := range []spec.NearMisses{"update", "hold"} {
			n := l.planned(moved, near(says)).Near
			if n.Written != 1 || n.Leaving != 1 || n.Rows[0].Email != importer.NearWritten || n.Rows[1].EmailOf != first ||
				!strings.Contains(n.Text(), "within the last minute, has not left yet") ||
				!strings.Contains(n.Text(), "the email of 1 of these guests may have left, or be leaving at this moment") {
				t.Errorf("by %s: %s", says, n.Text())
			}
		}
	})
	t.Run("it is to go again, and has not left", func(t *testing.T) {
		t.Parallel()
		l := newLists(t, "resent")
		l.bring(list("Cyd,Lee,cyd@example.com"))
		first := l.waits(both)
		again := func(s *spec.Spec) { s.Resend, s.Again = true, "2" }
		plan := l.planned(both, again)
		if u := plan.Unsent; plan.Again != 3 || u == nil || u.Guests != 2 || !slices.Equal(u.Of, []string{first}) {
			t.Fatalf("of %d who get it again these have not had it: %+v", plan.Again, u)
		}
		if err := plan.Refused(); err == nil || !strings.Contains(err.Error(), "--resend-unsent") ||
			!strings.Contains(err.Error(), "guestflow cancel "+first) {
			t.Errorf("it is refused by %v", err)
		}
		if err := l.planned(both, again, func(s *spec.Spec) { s.ResendUnsent = true }).Refused(); err != nil {
			t.Errorf("as decided it is refused by %v", err)
		}
		if plan := l.planned(list("Cyd,Lee,cyd@example.com"), again); plan.Unsent != nil || plan.Refused() != nil {
			t.Errorf("who has had it: %v", plan.Refused())
		}
	})
	t.Run("it is to go again, and rows are in doubt", func(t *testing.T) {
		t.Parallel()
		l := newLists(t, "doubt-again")
		l.bring(list("Ann,Lee,ann@old.example", "Bob,Ray,bob@example.com"))
		again := func(s *spec.Spec) { s.Resend, s.Again = true, "2" }
		corrected := list("Ann,Lee,ann@new.example", "Bob,Ray,bob@example.com")
		err := l.planned(corrected, again).Refused()
		if err == nil || !strings.Contains(err.Error(), "decided first") || !strings.Contains(err.Error(), "--near-misses update") ||
			strings.Contains(err.Error(), "no second email") {
			t.Errorf("it is refused by %v", err)
		}
		o := l.bring(corrected, again, near("update"))
		if text := o.plan.Near.Text(); o.emails != 2 || !strings.Contains(text, "1 of them with this email, which is sent again") {
			t.Errorf("%d emails, %s", o.emails, text)
		}
		if o := l.bring(list("Ann,Lee,ann@new.example", "Bob,Ray,bob@example.com", "Cyd,Moe,cyd@example.com")); o.emails != 1 {
			t.Errorf("%d emails after the next list, want one for its new guest", o.emails)
		}
	})
	t.Run("another template", func(t *testing.T) {
		t.Parallel()
		l := newLists(t, "template")
		l.bring(both)
		if plan := l.planned(both, func(s *spec.Spec) { s.Resend, s.Again = true, "2" }); plan.Again != 3 || plan.Emails != 3 {
			t.Errorf("sent again are %d of %d emails", plan.Again, plan.Emails)
		}
		o := l.bring(corrected, near("update"), func(s *spec.Spec) { s.Template = "reminder" })
		if o.emails != 3 || o.plan.Near.Emails != 2 {
			t.Errorf("%d emails, %+v", o.emails, o.plan.Near)
		}
	})
	t.Run("to a suppressed address", func(t *testing.T) {
		t.Parallel()
		l := newLists(t, "both")
		l.bring(list("Ann,Lee,ann@old.example"), func(s *spec.Spec) { s.Template = "" })
		if _, err := suppression.For(l.ledger).Add(t.Context(), "ann@new.example"); err != nil {
			t.Fatal(err)
		}
		if o := l.bring(list("Ann,Lee,ann@new.example"), near("update")); o.emails != 0 || o.plan.Suppressed.Total() != 1 {
			t.Errorf("%d emails, %+v", o.emails, o.plan.Suppressed)
		}
	})
}

func TestEachRowThatIsLikeAKnownGuestIsCountedByOneKind(t *testing.T) {
	t.Parallel()
	l := newLists(t, "kinds")
	l.bring(list("Ann,Lee,ann@example.com", "Bob,Lee,bob@example.com", "Cyd,Lee,cyd@example.com", "Dan,Lee,dan@example.com"))
	o := l.bring(list("Anna,Lee,ann@example.com", "Bob,Lee,bob@new.example", "Cyd,Lee,cyd@example.com", "Dan,Lee,dan@example.com"), near("name=update"))
	n := o.plan.Near
	if n.Total() != 2 || n.Name+n.Address+n.Key+n.Person+n.More != n.Update+n.New+n.Skip+n.Hold {
		t.Errorf("%+v", n)
	}
	text := o.plan.HeldRows(n.Held()).Error()
	if !strings.Contains(text, "1 row is like guests of earlier imports (1 known under another address)") {
		t.Errorf("of one row it says %s", text)
	}
}

func TestAChoiceForARowThatIsNoNearMissIsRefused(t *testing.T) {
	t.Parallel()
	l := newLists(t, "misnamed")
	l.bring(list("Ann,Lee,ann@example.com", "Bob,Lee,bob@example.com", "Cyd,Lee,cyd@example.com"))
	then := list("Anna,Lee,ann@example.com", "Bob,Lee,bob@example.com", "Cyd,Lee,cyd@example.com")
	for choice, say := range map[spec.NearMisses]string{
		"99=new":          "--near-misses decides about row 99, which is like no known guest; rows that are: 1 (line 2)",
		"1=update,2=skip": "row 2, which is like no known guest",
		"2=new,3=new":     "rows 2, 3, which are like no known guests",
	} {
		o := l.bring(then, near(choice))
		refused, is := errors.AsType[*importer.FileError](o.refuse)
		if !is || !refused.NeedsAnswer || !strings.Contains(refused.Error(), say) {
			t.Errorf("%s: %v", choice, o.refuse)
		}
	}
	if o := l.bring(then, near("1=update")); o.refuse != nil || o.rows[ledger.Created] != 1 {
		t.Errorf("%v %v", o.rows, o.refuse)
	}
}

// Promise: a row that was refused, and whose correction was mailed, is not mailed as well by a retry.
func TestARetryLeavesOutRowsWhoseCorrectionWasImported(t *testing.T) {
	t.Parallel()
	l := newLists(t, "retry")
	path := write(t, list("Ann,Lee,ann@exmaple.com", "Bob,Lee,bob@example.com", "Cyd,Lee,lee@example.com", "Dan,Lee,lee@example.com"))
	s := l.s.Beside(l.ledger)
	plan, err := importer.MakePlan(t.Context(), path, s)
	if err != nil {
		t.Fatal(err)
	}
	imp, _, err := l.Begin(t.Context(), plan)
	if err == nil {
		err = l.Run(t.Context(), plan, imp)
	}
	if err != nil {
		t.Fatal(err)
	}
	for row, to := range map[int]ledger.State{1: ledger.Refused, 2: ledger.Refused, 3: ledger.Refused, 4: ledger.Accepted} {
		l.move(imp.ID, row, to)
	}
	// Ann is corrected, and Dan is had by another list, which makes him no correction of Cyd.
	if o := l.bring(list("Ann,Lee,ann@example.com", "Dan,Lee,lee@example.com", "Eve,Neu,eve@example.com")); o.emails != 2 {
		t.Fatalf("%+v", o.rows)
	}
	imp, err = l.ledger.Import(t.Context(), imp.ID)
	if err != nil {
		t.Fatal(err)
	}
	done, err := l.Retry(t.Context(), imp, false)
	if err != nil || done.Rows != 2 || len(done.Corrected) != 1 || done.Corrected[0].Row != 1 || done.Corrected[0].As.Row != 1 {
		t.Errorf("%+v, %v", done, err)
	}
	rows, err := l.ledger.RowBytes(t.Context(), imp.ID, 1, 4)
	if err != nil || rows[0].State() != ledger.Refused || rows[1].State() != ledger.Queued || rows[2].State() != ledger.Queued {
		t.Errorf("the rows are %v, %v", rows, err)
	}
	// The old list is brought again: the row is asked about, and mailed once that is decided.
	if o := l.bring(list("Ann,Lee,ann@exmaple.com", "Eve,Neu,eve@example.com")); o.emails != 0 || o.rows[ledger.Filtered] != 1 {
		t.Errorf("%+v", o.rows)
	}
	if o := l.bring(list("Ann,Lee,ann@exmaple.com", "Eve,Neu,eve@example.com"), near("new")); o.emails != 1 {
		t.Errorf("%+v", o.rows)
	}
}

// Promise: a plan says of how many rows the name was not looked for, as too many have it.
func TestAPlanSaysThatANameIsTooManyGuests(t *testing.T) {
	t.Parallel()
	l := newLists(t, "common")
	l.bring(list("Ann,Lee,a1@x.example", "Ann,Lee,a2@x.example", "Ann,Lee,a3@x.example", "Ann,Lee,a4@x.example", "Bo,Ek,bo@x.example"))
	o := l.bring(list("Ann,Lee,a5@x.example", "Una,Vik,una@x.example", "Ola,Vik,ola@x.example"))
	if c := o.plan.Compared; o.emails != 3 || c.CommonNames != 1 || !strings.HasPrefix(c.CommonText(), "1 new guest has a name that four guests or more") {
		t.Errorf("%d emails, %+v: %s", o.emails, c, c.CommonText())
	}
	if o := l.bring(list("Fay,Neu,fay@x.example")); o.plan.Compared.CommonText() != "" {
		t.Error(o.plan.Compared.CommonText())
	}
}

// Promise: of rows that are like one guest, the row that is decided to be that guest is, where the others are decided to
// be other people or are left out.
func TestARowIsUpdatedWhereTheOthersLikeItAreDecided(t *testing.T) {
	t.Parallel()
	for says, want := range map[spec.NearMisses]outcome{
		"1=update":        {emails: 0, rows: map[ledger.State]int{ledger.Filtered: 2, ledger.Unchanged: 1}},
		"1=update,2=new":  {emails: 1, rows: map[ledger.State]int{ledger.Created: 1, ledger.Accepted: 1, ledger.Unchanged: 1}},
		"1=update,2=skip": {emails: 0, rows: map[ledger.State]int{ledger.Created: 1, ledger.Filtered: 1, ledger.Unchanged: 1}},
		"new,1=update":    {emails: 1, rows: map[ledger.State]int{ledger.Created: 1, ledger.Accepted: 1, ledger.Unchanged: 1}},
	} {
		t.Run(string(says), func(t *testing.T) {
			t.Parallel()
			l := newLists(t, "rivals")
			l.bring(list("Ann,Lee,ann@example.com", "Cyd,Moe,cyd@example.com"))
			o := l.bring(list("Ann,Lee,ann@example.org", "Zoe,Lee,ann@example.com", "Cyd,Moe,cyd@example.com"), near(says))
			if o.refuse != nil || o.emails != want.emails || !maps.Equal(o.rows, want.rows) {
				t.Errorf("%d emails, %v, %v", o.emails, o.rows, o.refuse)
			}
		})
	}
}
