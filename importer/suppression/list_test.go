package suppression_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"guestflow/importer/suppression"
	"guestflow/importer/table"
)

func listOf(t *testing.T, text string) suppression.List {
	t.Helper()
	path := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return suppression.List{Path: path}
}

func read(t *testing.T, l suppression.List) (all []string, found suppression.Listed, err error) {
	t.Helper()
	found, err = l.Read(t.Context(), func(some []string) error {
		all = append(all, some...)
		return nil
	})
	return all, found, err
}

func TestAListOfAddressesIsReadInTheShapesThatPeopleHaveItIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want []string
		bad  int
	}{
		"a line each":        {"ann@x.example\nbob@x.example\n", []string{"ann@x.example", "bob@x.example"}, 0},
		"one alone":          {"ann@x.example", []string{"ann@x.example"}, 0},
		"Windows' line ends": {"ann@x.example\r\nbob@x.example\r\n", []string{"ann@x.example", "bob@x.example"}, 0},
		"a byte order mark":  {"\ufeffEmail\nann@x.example\n", []string{"ann@x.example"}, 0},
		"a header":           {"Email\nann@x.example\nbob@x.example\n", []string{"ann@x.example", "bob@x.example"}, 0},
		"a header in German": {"Vorname;E-Mail-Adresse\nAnn;ann@x.example\nBob;bob@x.example\n",
			[]string{"ann@x.example", "bob@x.example"}, 0},
		"an export of SendGrid": {"status,reason,email,created\n5.1.1,550 no such user postmaster@y.example,ann@x.example,1780336800\n", []string{"ann@x.example"}, 0},
		"in a line, as copied": {"ann@x.example; bob@x.example; cid@x.example\n",
			[]string{"ann@x.example", "bob@x.example", "cid@x.example"}, 0},
		"with names, as copied": {"Email\n\"Lee, Ann\" <ann@x.example>\nBob <bob@x.example>\n", []string{"bob@x.example"},
			1},
		"names in quotes": {"\"Ann Lee\" <ann@x.example>\nbob@x.example\n",
			[]string{"ann@x.example", "bob@x.example"}, 0},
		"several in a cell": {"Email,Note\n\"ann@x.example; bob@x.example\",1\ncid@x.example / dan@x.example,2\n",
			[]string{"ann@x.example", "bob@x.example", "cid@x.example", "dan@x.example"}, 0},
		"with a remark": {"Email,Note\nann@x.example (wrong person),1\nold: bob@x.example.,2\n",
			[]string{"ann@x.example", "bob@x.example"}, 0},
		"mailto":              {"mailto:ann@x.example\n", []string{"ann@x.example"}, 0},
		"blank lines between": {"ann@x.example\n\n\nbob@x.example\n\n", []string{"ann@x.example", "bob@x.example"}, 0},
		"lines without an address": {"Email,Note\nann@x.example,1\nnone,2\n,3\nbob@x.example,4\n",
			[]string{"ann@x.example", "bob@x.example"}, 2},
		"letters hidden by a star": {"Email,Note\na**@x.example,1\nbob@x.example,2\n", []string{"bob@x.example"}, 1},
		"the header once more": {"Email,Note\nann@x.example,1\nEmail,Note\nbob@x.example,2\n",
			[]string{"ann@x.example", "bob@x.example"}, 0},
		"a guest list with a title": {"Guests of the gala\n\nFirst Name,Last Name,Email\nAnn,Lee,ann@x.example\nBob,Kim,bob@x.example\n", []string{"ann@x.example", "bob@x.example"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, found, err := read(t, listOf(t, c.text))
			if err != nil || !slices.Equal(all, c.want) || found.Addresses != len(c.want) || found.Bad != c.bad {
				t.Errorf("%q, %+v, %v", all, found, err)
			}
			if text := fmt.Sprint(found.BadLines); strings.Contains(text, "x.example") {
				t.Errorf("a bad line is quoted: %s", text)
			}
		})
	}
}

func TestAListInDoubtIsRefusedWithItsAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, column, want string }{
		"no address":              {"Name\nAnn\nBob\n", "", "none of its columns"},
		"nothing in the column":   {"Email\nnone\nneither\n", "", "holds no email address"},
		"two columns":             {"Email,E-Mail\na@x.example,b@x.example\n", "", "--column"},
		"a column of that name":   {"Email,Contact\na@x.example,b@x.example\n", "Phone", "no column"},
		"empty":                   {"", "", "empty"},
		"letters that may be two": {"Name,Email\nMari\xe8 Lind,zoe@x.example\nAnn,ann@x.example\n", "", "--encoding"},
		"an unknown header":       {"Who\nann@x.example\n", "", "--column HEADER"},
		"a title above":           {"Do not mail:\n- ann@x.example\n- bob@x.example\n", "", "--header-row none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := listOf(t, c.text)
			l.Column = c.column
			_, _, err := read(t, l)
			problem, is := errors.AsType[*table.Error](err)
			if !is || !strings.Contains(problem.Error(), c.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestAColumnIsTakenWhateverItIsCalled(t *testing.T) {
	t.Parallel()
	l := listOf(t, "Who,Email\nann@x.example,other@x.example\n")
	l.Column = "who"
	if all, _, err := read(t, l); err != nil || !slices.Equal(all, []string{"ann@x.example"}) {
		t.Errorf("%q, %v", all, err)
	}
}

// Promise: lines that say that the person has not unsubscribed are suppressed only where a person says so.
func TestLinesThatSayNoAreAskedAbout(t *testing.T) {
	t.Parallel()
	const some = "Email,Unsubscribed\nann@x.example,yes\nbob@x.example,No\ncyd@x.example,\n"
	for name, c := range map[string]meantCase{
		"asked":         {some, "", `--where 'Unsubscribed != No and Unsubscribed is not empty'`, nil},
		"by its answer": {some, "Unsubscribed != No and Unsubscribed is not empty", "", []string{"ann@x.example"}},
		"all":           {some, "all", "", []string{"ann@x.example", "bob@x.example", "cyd@x.example"}},
		"times":         {"E-Mail;UNSUB_TIME\nann@x.example;2026-01-02\nbob@x.example;\n", "", "--where 'UNSUB_TIME is not empty'", nil},
		"all say so":    {"Email,Opt-out\nann@x.example,1\nbob@x.example,1\n", "", "", []string{"ann@x.example", "bob@x.example"}},
		"all are empty": {"Email,Abgemeldet am\nann@x.example,\n", "", "", []string{"ann@x.example"}},
		"noughts":       {"Email,opted_out\nann@x.example,1\nbob@x.example,0\n", "", "--where 'opted_out != 0'", nil},
		"another column": {"Email,Unsub reason\nann@x.example,spam\nbob@x.example,\n", "", "",
			[]string{"ann@x.example", "bob@x.example"}},
		"a status": {"Email,Status\nann@x.example,Unsubscribed\nbob@x.example,Subscribed\ncyd@x.example,Cleaned\n", "",
			"--where 'Status in Unsubscribed, Cleaned'", nil},
		"a subscription":        {"Email,Subscription\nann@x.example,unsubscribed\nbob@x.example,active\n", "", "--where 'Subscription = unsubscribed'", nil},
		"a marketing status":    {"Email,Email marketing status\nann@x.example,Opted out\nbob@x.example,\n", "", "--where 'Email marketing status = Opted out'", nil},
		"a subscription, ticks": {"Email,Subscribed\nann@x.example,false\nbob@x.example,true\n", "", "--where 'Subscribed = false'", nil},
		"a newsletter":          {"E-Mail;Newsletter\nann@x.example;nein\nbob@x.example;ja\n", "", "--where 'Newsletter = nein'", nil},
		"all are subscribed":    {"Email,Status\nann@x.example,Subscribed\nbob@x.example,subscribed\n", "", "--where all", nil},
		"none has unsubscribed": {"Email,Unsubscribed\nann@x.example,no\nbob@x.example,no\n", "", "--where all", nil},
		"all have unsubscribed": {"Email,Status\nann@x.example,unsubscribed\nbob@x.example,bounced\n", "", "",
			[]string{"ann@x.example", "bob@x.example"}},
		"a status by its answer": {"Email,Status\nann@x.example,Unsubscribed\nbob@x.example,Subscribed\n", "Status = unsubscribed", "",
			[]string{"ann@x.example"}},
		"an unknown one": {some, "Left = yes", `no column "Left"`, nil},
	} {
		c.check(t, name)
	}
}

// meantCase is a list, the rule that a person gives, and the addresses that are taken or what is asked.
type meantCase struct {
	text, rule, asks string
	want             []string
}

func (c meantCase) check(t *testing.T, name string) {
	t.Helper()
	l := listOf(t, c.text)
	l.Where = c.rule
	all, _, err := read(t, l)
	if c.asks == "" && (err != nil || !slices.Equal(all, c.want)) || c.asks != "" && (err == nil || len(all) > 0 ||
		!strings.Contains(err.Error(), c.asks)) {
		t.Errorf("%s: %q, %v", name, all, err)
	}
}

// Promise: the same of a list without a header, whose columns are called A, B, C.
func TestLinesWithoutAHeaderThatSayWhoIsMailedAreAskedAbout(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]meantCase{
		"all are subscribed":       {"ann@x.example,subscribed\nbob@x.example,Subscribed\n", "", "--where all", nil},
		"some are":                 {"ann@x.example,subscribed\nbob@x.example,unsubscribed\ncyd@x.example,bounced\n", "", "--where 'B in unsubscribed, bounced'", nil},
		"by its answer":            {"ann@x.example,subscribed\nbob@x.example,unsubscribed\ncyd@x.example,bounced\n", "b in unsubscribed, bounced", "", []string{"bob@x.example", "cyd@x.example"}},
		"all, as is said":          {"ann@x.example,subscribed\nbob@x.example,x\n", "all", "", []string{"ann@x.example", "bob@x.example"}},
		"one alone":                {"ann@x.example;active", "", "--where all", nil},
		"in German, behind a name": {"ann@x.example;Ann Lee;angemeldet\nbob@x.example;Bob Kim;abgemeldet\n", "", "--where 'C = abgemeldet'", nil},
		"before the address":       {"Active,ann@x.example\nInactive,bob@x.example\n", "", "--where 'A = Inactive'", nil},
		"some say it, some nothing": {"ann@x.example,unsubscribed\nbob@x.example,\ncyd@x.example\n", "",
			"--where 'B = unsubscribed'", nil},
		"yes and no":       {"ann@x.example,yes\nbob@x.example,no\n", "", "--where 'B = yes'; --where 'B = no'; --where all", nil},
		"ones and noughts": {"ann@x.example\t1\nbob@x.example\t0\n", "", "--where 'B = 1'", nil},
		"yes alone":        {"ann@x.example,TRUE\nbob@x.example,TRUE\n", "", "--where all", nil},
		"ticks on some":    {"ann@x.example,x\nbob@x.example,\n", "", "--where 'B = x'; --where 'B is empty'", nil},
		"states that are not known beside one that is": {"ann@x.example,subscribed\nbob@x.example,in limbo\n", "", "--where", nil},
		"all have left":                     {"ann@x.example,unsubscribed\nbob@x.example,bounced\n", "", "", []string{"ann@x.example", "bob@x.example"}},
		"what is no state":                  {"ann@x.example,Ann,Lee,12,London\nbob@x.example,Bob,Kim,,Paris\n", "", "", []string{"ann@x.example", "bob@x.example"}},
		"reasons, one of them a state":      {"ann@x.example,asked by phone\nbob@x.example,wrong person\ncyd@x.example,ok\n", "", "", []string{"ann@x.example", "bob@x.example", "cyd@x.example"}},
		"a number of times":                 {"ann@x.example,1\nbob@x.example,1\n", "", "", []string{"ann@x.example", "bob@x.example"}},
		"numbers":                           {"ann@x.example,1\nbob@x.example,3\ncyd@x.example,0\ndan@x.example,7\n", "", "", []string{"ann@x.example", "bob@x.example", "cyd@x.example", "dan@x.example"}},
		"people called so":                  {"ann@x.example,Ann,No\nbob@x.example,Bob,Kim\ncyd@x.example,Cyd,Si\n", "", "", []string{"ann@x.example", "bob@x.example", "cyd@x.example"}},
		"addresses alone":                   {"ann@x.example; bob@x.example\ncyd@x.example\n", "", "", []string{"ann@x.example", "bob@x.example", "cyd@x.example"}},
		"a short first line":                {"ann@x.example\nbob@x.example,subscribed\n", "", "--where all", nil},
		"a short first line, by its answer": {"ann@x.example\nbob@x.example,no\ncyd@x.example,yes\n", "#2 = no", "", []string{"bob@x.example"}},
		"a line without an address":         {"ann@x.example,unsubscribed\nnone,unsubscribed\n", "", "", []string{"ann@x.example"}},
		"no such column":                    {"ann@x.example,subscribed\n", "#9 = subscribed", `no column "#9"`, nil},
		"a name it has not":                 {"ann@x.example,subscribed\n", "Status = subscribed", `no column "Status"`, nil},
	} {
		c.check(t, name)
	}
}

// Promise: a column is named by its number as well, of a list with a header and of one without.
func TestAColumnIsNamedByItsNumber(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, column, rule string }{
		"without a header": {"ann@x.example,other@x.example,a\nbob@x.example,other@x.example,b\n", "#1", "#3 = a"},
		"by its letter":    {"ann@x.example,other@x.example,a\nbob@x.example,other@x.example,b\n", "A", "C = a"},
		"with one":         {"Email,Email,Kind\nann@x.example,other@x.example,a\nbob@x.example,other@x.example,b\n", "#1", "#3 = a"},
	} {
		l := listOf(t, c.text)
		l.Column, l.Where = c.column, c.rule
		if all, _, err := read(t, l); err != nil || !slices.Equal(all, []string{"ann@x.example"}) {
			t.Errorf("%s: %q, %v", name, all, err)
		}
	}
}

func TestALongListIsPassedOnInPieces(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("Email\n")
	for i := range 12_345 {
		fmt.Fprintf(&b, "guest%d@x.example\nnone\n", i)
	}
	l, most, sum := listOf(t, b.String()), 0, 0
	found, err := l.Read(t.Context(), func(some []string) error {
		most, sum = max(most, len(some)), sum+len(some)
		return nil
	})
	if err != nil || sum != 12_345 || most > 1000 || found.Bad != 12_345 || len(found.BadLines) > 20 {
		t.Errorf("%d in pieces of %d, %d bad, %d listed, %v", sum, most, found.Bad, len(found.BadLines), err)
	}
}

// Promise: addresses of another column, which are mailed as before, are named.
func TestOtherColumnsWithAddressesAreNamed(t *testing.T) {
	t.Parallel()
	all, found, err := read(t,
		listOf(t, "Email,Other Email,Confirm\nann@x.example,ann@y.example,ANN@x.example\nbob@x.example,,bob@x.example\n"))
	if err != nil || len(all) != 2 || len(found.Others) != 1 || found.Others[0].Header != "Other Email" ||
		found.Others[0].Lines != 1 {
		t.Errorf("%q, %+v, %v", all, found, err)
	}
}
