package where_test

import (
	"errors"
	"strings"
	"testing"

	"guestflow/importer/where"
)

// guests are the columns of the rows below.
var guests = []string{"approval_status", "Attendee Status", "ticket", "unsub_time", "City", "Check in"}

// bind binds a rule to them by their names as they are compared.
func bind(t *testing.T, text string) *where.Rule {
	t.Helper()
	r, err := where.Parse(text)
	if err == nil {
		err = r.Bind(func(column string) (int, error) {
			for i, name := range guests {
				if where.Fold(name) == where.Fold(column) {
					return i, nil
				}
			}
			return 0, errors.New("no column " + column)
		})
	}
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return r
}

func TestARuleSaysWhichRowsAreMeant(t *testing.T) {
	t.Parallel()
	ann := []string{"approved", "Attending", "VIP", "", "Paris, Texas", "yes"}
	bob := []string{" Declined ", "Not  Attending", "Press", "2026-01-02", "", "NO"}
	cy := []string{"WAITLIST", "won’t come", "vip\u00a0guest", "NULL", "Meat and fish", ""}
	for _, c := range []struct {
		rule string
		want string // letters of the rows that are meant
	}{
		{"", "abc"}, {"all", "abc"}, {" ALL ", "abc"},
		{"approval_status = approved", "a"}, {"approval_status == 'APPROVED'", "a"}, {"APPROVAL_STATUS is approved", "a"},
		{"approval_status != declined", "ac"}, {"approval_status <> declined", "ac"}, {"approval_status ≠ declined", "ac"},
		{"approval_status is not declined", "ac"}, {"approval_status not in declined, waitlist", "a"},
		{"approval_status in (approved, WaitList)", "ac"}, {"approval_status NOT IN (declined)", "ac"},
		{"Attendee Status = Not Attending", "b"}, {`"attendee status" != "not attending"`, "ac"},
		{"“Attendee Status” = „Not Attending“", "b"}, {"Attendee Status = won't come", "c"},
		{`Attendee Status = "won't come"`, "c"},
		{"ticket in VIP, Press", "ab"}, {"ticket in VIP guest, Press", "bc"}, {"ticket = VIP", "a"},
		{"unsub_time is empty", "ac"}, {"unsub_time is not empty", "b"}, {`unsub_time = ""`, "ac"}, {`unsub_time != ''`, "b"},
		{`unsub_time in "", 2026-01-02`, "abc"},
		{`City = "Paris, Texas"`, "a"}, {`City in "Paris, Texas", "Meat and fish"`, "ac"}, {`City = "Meat and fish"`, "c"},
		{"Check in = yes", "a"}, {"Check in != yes", "bc"}, {`"Check in" is empty`, "c"}, {`"Check in" in yes, no`, "ab"},
		{"approval_status = approved and ticket = VIP", "a"}, {"approval_status = declined OR ticket = VIP", "ab"},
		{"(approval_status = declined or ticket = VIP) and unsub_time is empty", "a"},
		{"approval_status = approved or (ticket = Press and unsub_time is not empty)", "ab"},
		{"((approval_status = approved))", "a"},
		{"approval_status =\n  approved", "a"},
		{"approval_status＝approved", "a"}, {"approval_status ！＝ declined", "ac"},
		{"（approval_status in approved、waitlist）", "ac"},
		{"「Attendee Status」 = 『Not Attending』", "b"}, {"approval_status in ( approved ,WAITLIST )", "ac"},
		{`approval_status = "approved" and (ticket = VIP or (ticket = Press and unsub_time is empty))`, "a"},
		{`unsub_time = "null"`, "c"}, {"approval_status = Approved", "a"}, {`City in ("Paris, Texas")`, "a"},
	} {
		r := bind(t, c.rule)
		got := ""
		for i, row := range [][]string{ann, bob, cy} {
			if r.Match(func(place int) string { return row[place] }) {
				got += string("abc"[i])
			}
		}
		if got != c.want {
			t.Errorf("%q: %q are meant, want %q", c.rule, got, c.want)
		}
	}
}

// What could be meant in two ways, or is a slip, is no rule.
func TestARuleThatCannotBeReadSaysWhereAndWhatWasExpected(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{
		"status":                                  "at its end: expected =, !=, in, not in, is empty",
		"status =":                                "at its end: expected one value",
		"status = approved or vip":                "at its end: expected =, !=, in",
		"status = approved vip = x":               `at character 23, "="`,
		"status != cancelled, refunded":           `at character 20, ",": expected "in" or "not in" before several values`,
		"status in approved or pending":           "at its end: expected =",
		"status in":                               "at its end: expected one value",
		"status in a,, b":                         `at character 13, ","`,
		"status not approved":                     `at its end: expected =`,
		"a = 1 and b = 2 or c = 3":                `at character 17, "or": expected parentheses`,
		"(a = 1":                                  "at its end: expected and, or, or )",
		"a = 1)":                                  `at character 6, ")": expected and, or, or the end`,
		"price > 10":                              `at character 7, ">": expected one of =`,
		"a ! b":                                   `at character 3, "!"`,
		`a = "open`:                               `at character 5, "\""`,
		`a = "x" y`:                               `at character 9, "y": expected and, or, or the end`,
		`a = x "y"`:                               `at character 7, "y": expected one value`,
		`"a" "b" = x`:                             `at character 5, "b": expected =`,
		"unsub_time = empty":                      `at character 14, "empty": expected "is empty"`,
		"unsub_time != EMPTY":                     `at character 15, "EMPTY"`,
		"unsub_time is null":                      `at character 15, "null": expected "is empty"`,
		"unsub_time is not NULL":                  `at character 19, "NULL": expected "is empty"`,
		"unsub_time = blank and a = 1":            `at character 14, "blank": expected "is empty"`,
		"Status = leer":                           `at character 10, "leer": expected "is empty"`,
		"date < 2026-01-01":                       `at character 6, "<": expected one of =`,
		"age >= 18":                               `at character 5, ">": expected one of =`,
		"a between 1 and 2":                       `at character 13, "and": expected =`,
		"status like '%ed'":                       `at character 13, "%ed": expected =`,
		"status contains approved":                `at its end: expected =`,
		"status = a && ticket = b":                `at character 22, "=": expected and`,
		"status in ()":                            `at character 12, ")": expected one value`,
		"status is":                               "at its end: expected one value",
		"a !in b":                                 `at character 3, "!"`,
		"status = approved und ticket = x":        `at character 30, "=": expected and, or`,
		"status = 「参加":                            `at character 10, "「"`,
		"= approved":                              `at character 1, "=": expected the name of a column`,
		"and = 1 and":                             "at its end: expected the name of a column",
		"or status = 1":                           `at character 1, "or"`,
		`"" = 1`:                                  `expected the name of a column`,
		strings.Repeat("(", 50) + "a = 1":         "at most 20 parentheses",
		"größe = ü and " + `b ~ c`:                `at its end: expected =`,
		"a = " + strings.Repeat("x", 5000):        "a rule has at most 4000",
		"a = b (" + strings.Repeat("y", 80) + ")": "at character 7, \"(\"",
	} {
		_, err := where.Parse(rule)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", rule, err, want)
		}
	}
}

func TestRulesAreJoinedAndTakenApart(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"", "a = 1", "a = 1"}, {"a = 1", "", "a = 1"}, {"all", "a = 1", "a = 1"},
		{"a = 1", "b = 2", "a = 1 and b = 2"}, {"a = 1 or b = 2", "c = 3", "(a = 1 or b = 2) and c = 3"},
	} {
		if got := where.And(c[0], c[1]); got != c[2] {
			t.Errorf("%q and %q are %q", c[0], c[1], got)
		}
	}
	r, err := where.Parse("status != declined and (ticket = VIP or status = x) and city in a, b")
	if err != nil {
		t.Fatal(err)
	}
	got := r.Without(func(t *where.Test) bool { return t.Column == "status" })
	if got != "(ticket = VIP or status = x) and city in a, b" {
		t.Errorf("without the tests of status it is %q", got)
	}
}

// ugly are rules as people, forms and spreadsheets may give them.
var ugly = []string{
	"status = approved", `"Ticket, type" in VIP, "Press ""A"""`, "a is empty or b is not empty", "(a=1)and(b=2)",
	"Check in = yes", "x in (a,b) and y not in c",
	"“a” ≠ ‘b’", "'it''s' = won't", "a = b = c", "\u200bstatus = approved", "status = \u00a0approved\u00a0", "not in = in",
	"is is is", "all = all", `"all" = x`,
	"a = #N/A", "#5 = x", "a\x00 = \xff", "«a» = »b«", "a in '', \"\"", "a = 1 AND (b = 2 OR NOT c)",
}

func FuzzParse(f *testing.F) {
	for _, rule := range ugly {
		f.Add(rule, "cell")
	}
	f.Fuzz(func(t *testing.T, text, cell string) {
		r, err := where.Parse(text)
		if err != nil {
			if s, is := errors.AsType[*where.SyntaxError](err); is &&
				(s.Position < 1 || s.Position > len([]rune(text))+1 || s.Expected == "") {
				t.Fatalf("%q: %+v", text, s)
			}
			return
		}
		again := r.Without(func(*where.Test) bool { return false })
		if len(again) > 4000 { // it has blanks that the other had not
			return
		}
		same, err := where.Parse(again)
		if err != nil {
			t.Fatalf("%q is written as %q: %v", text, again, err)
		}
		if len(r.Tests()) != len(same.Tests()) {
			t.Fatalf("%q is written as %q", text, again)
		}
		for _, value := range append(values(r), cell, "") {
			in := func(int) string { return value }
			if r.Match(in) != same.Match(in) {
				t.Fatalf("%q and %q differ for %q", text, again, value)
			}
		}
	})
}

func values(r *where.Rule) (list []string) {
	for _, t := range r.Tests() {
		list = append(list, t.Values...)
	}
	return list
}

func TestComparingFoldsWhatPeopleDoNotSee(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"Not Attending", " not  attending\t"}, {"won’t", "won't"}, {"ＶＩＰ", "vip"}, {"de\u200bclined", "Declined"},
		{"Café", "cafe\u0301"}, {"ÜBER", "über"},
	} {
		if where.Fold(c[0]) != where.Fold(c[1]) {
			t.Errorf("%q and %q differ: %q, %q", c[0], c[1], where.Fold(c[0]), where.Fold(c[1]))
		}
	}
	for _, c := range [][2]string{{"VIP Guest", "VIPGuest"}, {"no", "not"}, {"a-b", "a_b"}} {
		if where.Fold(c[0]) == where.Fold(c[1]) {
			t.Errorf("%q and %q are the same", c[0], c[1])
		}
	}
}
