package suppression_test

import "testing"

// Promise: what stands in the cell of an address says who is meant as a column of it does.
func TestAStateBesideAnAddressIsAskedAbout(t *testing.T) {
	t.Parallel()
	ann, bob, cyd := "ann@x.example", "bob@x.example", "cyd@x.example"
	for name, c := range map[string]meantCase{
		"in parentheses":         {"ann@x.example (active)\nbob@x.example (unsubscribed)\n", "", "--where '#beside = unsubscribed'", nil},
		"by its answer":          {"ann@x.example (active)\nbob@x.example (unsubscribed)\n", "#beside = unsubscribed", "", []string{bob}},
		"behind a dash":          {"ann@x.example - subscribed\nbob@x.example - unsubscribed\n", "", "--where '#beside = unsubscribed'", nil},
		"behind a long dash":     {"ann@x.example — Subscribed\nbob@x.example — Bounced\n", "", "--where '#beside = Bounced'", nil},
		"before it":              {"subscribed: ann@x.example\nunsubscribed: bob@x.example\n", "", "--where '#beside = unsubscribed'", nil},
		"before it, by answer":   {"subscribed: ann@x.example\nunsubscribed: bob@x.example\n", "#beside != subscribed", "", []string{bob}},
		"behind a blank":         {"ann@x.example active\nbob@x.example opted out\n", "", "--where '#beside = opted out'", nil},
		"all are in":             {"ann@x.example (active)\nbob@x.example (active)\n", "", "--where '#beside != active'", nil},
		"all are in, all":        {"ann@x.example (active)\nbob@x.example (active)\n", "all", "", []string{ann, bob}},
		"all are out":            {"ann@x.example (unsubscribed)\nbob@x.example - bounced\n", "", "", []string{ann, bob}},
		"some are out":           {"ann@x.example (unsubscribed)\nbob@x.example\n", "", "--where '#beside = unsubscribed'", nil},
		"some are in":            {"ann@x.example\nbob@x.example (active)\n", "", "--where '#beside != active'", nil},
		"some are in, by answer": {"ann@x.example\nbob@x.example (active)\n", "#beside != active", "", []string{ann}},
		"below a header":         {"Name,Email\nAnn,ann@x.example (active)\nBob,bob@x.example (unsubscribed)\n", "", "--where '#beside = unsubscribed'", nil},
		"with a name":            {"Ann Lee <ann@x.example> (active)\nBob Kim <bob@x.example> (abgemeldet)\n", "", "--where '#beside = abgemeldet'", nil},
		"in several of a line":   {"ann@x.example (active); bob@x.example (unsubscribed)\n", "", "--where", nil},
		"names are none":         {"Ann Lee <ann@x.example>\nBob <bob@x.example>\ncyd@x.example\n", "", "", []string{ann, bob, cyd}},
		"reasons are none":       {"ann@x.example (asked by phone)\nbob@x.example\n", "", "", []string{ann, bob}},
		"a line without one":     {"Email,Note\nann@x.example (bounced),1\nnone,2\n", "", "", []string{ann}},
		"a date on some":         {"ann@x.example 2026-05-01\nbob@x.example\n", "", "--where '#beside is not empty'", nil},
		"a date on some, by it":  {"ann@x.example 2026-05-01\nbob@x.example\n", "#beside is not empty", "", []string{ann}},
		"a date on all":          {"ann@x.example (1.5.2026)\nbob@x.example (3 May 2026)\n", "", "", []string{ann, bob}},
	} {
		c.check(t, name)
	}
}

// Promise: lines of a list that has no header are read, each of them, whatever signs and numbers stand before them.
func TestListItemsAreAddresses(t *testing.T) {
	t.Parallel()
	both := []string{"ann@x.example", "bob@x.example"}
	for name, c := range map[string]meantCase{
		"stars":                {"* ann@x.example\n* bob@x.example\n", "", "", both},
		"dashes":               {"- ann@x.example\n- bob@x.example\n", "", "", both},
		"numbers":              {"1. ann@x.example\n2. bob@x.example\n", "", "", both},
		"numbers in brackets":  {"1) ann@x.example\n(2) bob@x.example\n", "", "", both},
		"points":               {"• ann@x.example\n• bob@x.example\n", "", "", both},
		"quoted mail":          {"> ann@x.example\n> bob@x.example\n", "", "", both},
		"one with a state":     {"* ann@x.example (active)\n* bob@x.example\n", "", "--where '#beside != active'", nil},
		"numbers and a column": {"1. ann@x.example;active\n2. bob@x.example;unsubscribed\n", "", "--where 'B = unsubscribed'", nil},
		"in brackets":          {"<ann@x.example>\n<bob@x.example>\n", "", "", both},
	} {
		c.check(t, name)
	}
}

// Promise: so is a date on some lines alone, in a column of which nothing more is known.
func TestADateOnSomeLinesIsAskedAbout(t *testing.T) {
	t.Parallel()
	both := []string{"ann@x.example", "bob@x.example"}
	for name, c := range map[string]meantCase{
		"no header":          {"ann@x.example,2026-05-01\nbob@x.example,\n", "", "--where 'B is not empty'", nil},
		"a short line":       {"ann@x.example\nbob@x.example,01.05.2026 10:15\n", "", "--where '#2 is not empty'", nil},
		"by its answer":      {"ann@x.example,2026-05-01\nbob@x.example,\n", "B is not empty", "", []string{"ann@x.example"}},
		"a header":           {"Email,Date\nann@x.example,5/1/2026\nbob@x.example,\n", "", "--where 'Date is not empty'", nil},
		"on all lines":       {"ann@x.example,2026-05-01\nbob@x.example,2026-05-02\n", "", "", both},
		"on all, a header":   {"Email,Date\nann@x.example,2026-05-01\nbob@x.example,2026-05-01\n", "", "", both},
		"of something known": {"Email,Birthday\nann@x.example,1980-05-01\nbob@x.example,\n", "", "", both},
		"beside other texts": {"ann@x.example,2026-05-01\nbob@x.example,asked by phone\n", "", "", both},
	} {
		c.check(t, name)
	}
}

// Promise: a first line with an address is not lost as a header.
func TestAFirstLineWithAnAddressIsNoHeaderInSilence(t *testing.T) {
	t.Parallel()
	for name, column := range map[string]string{"the column is named": "#1", "no column": ""} {
		l := listOf(t, "written by ann@x.example\nwritten by bob@x.example\n")
		l.Column = column
		if all, _, err := read(t, l); err == nil || len(all) > 0 {
			t.Errorf("%s: %q", name, all)
		}
		l.Options.HeaderRow = "none"
		if all, _, err := read(t, l); err != nil || len(all) != 2 {
			t.Errorf("%s: %q, %v", name, all, err)
		}
	}
}
