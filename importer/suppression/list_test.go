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
		"with a remark": {"Email,Note\nann@x.example (bounced),1\nold: bob@x.example.,2\n",
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
	for name, c := range map[string]struct {
		text, rule, asks string
		want             []string
	}{
		"asked":         {some, "", `--where 'Unsubscribed != No and Unsubscribed is not empty'`, nil},
		"by its answer": {some, "Unsubscribed != No and Unsubscribed is not empty", "", []string{"ann@x.example"}},
		"all":           {some, "all", "", []string{"ann@x.example", "bob@x.example", "cyd@x.example"}},
		"times":         {"E-Mail;UNSUB_TIME\nann@x.example;2026-01-02\nbob@x.example;\n", "", "--where 'UNSUB_TIME is not empty'", nil},
		"all say so":    {"Email,Opt-out\nann@x.example,1\nbob@x.example,1\n", "", "", []string{"ann@x.example", "bob@x.example"}},
		"all are empty": {"Email,Abgemeldet am\nann@x.example,\n", "", "", []string{"ann@x.example"}},
		"noughts":       {"Email,opted_out\nann@x.example,1\nbob@x.example,0\n", "", "--where 'opted_out != 0'", nil},
		"another column": {"Email,Unsub reason\nann@x.example,spam\nbob@x.example,\n", "", "",
			[]string{"ann@x.example", "bob@x.example"}},
		"an unknown one": {some, "Left = yes", `no column "Left"`, nil},
	} {
		l := listOf(t, c.text)
		l.Where = c.rule
		all, _, err := read(t, l)
		if c.asks == "" && (err != nil || !slices.Equal(all, c.want)) || c.asks != "" && (err == nil || len(all) > 0 ||
			!strings.Contains(err.Error(), c.asks)) {
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
