package columns_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"guestflow/importer/columns"
	"guestflow/importer/rowstatus"
)

// statusTable is a table of testdata: a header and cells in each line, `\n` for a line break. Cells behind a minus are of rows
// that may not be meant; `no*3` is a cell of three rows.
func statusTable(t *testing.T, name string) (lines []string) {
	t.Helper()
	text, err := os.ReadFile("testdata/statuscolumns/" + name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}

// repeated returns a cell and in how many rows it stands.
func repeated(cell string) (text string, times int) {
	if i := strings.LastIndex(cell, "*"); i >= 0 {
		if n, err := strconv.Atoi(cell[i+1:]); err == nil {
			return cell[:i], n
		}
	}
	return cell, 1
}

// counted returns what a list with such a column says of its rows, or the problem by which it has no columns.
func counted(line string) (columns.Columns, *rowstatus.Counts, error) {
	header, said, _ := strings.Cut(strings.ReplaceAll(line, `\n`, "\n"), ": ")
	head, rows := []string{"First Name", "Last Name", "Email", header}, [][]string{}
	for cell := range strings.SplitSeq(said, "|") {
		cell, times := repeated(strings.TrimPrefix(cell, "-"))
		for range times {
			rows = append(rows, []string{"Ida", "Holm", fmt.Sprintf("ida.holm%d@guests.example", len(rows)), cell})
		}
	}
	c, problem := columns.Map(head, columns.Options{Rows: rows, Clean: strings.TrimSpace, Emails: true})
	if problem != nil {
		return c, nil, problem
	}
	var counts rowstatus.Counts
	for i, cells := range rows {
		counts.Add(i+1, c.RowStatuses(cells, rowstatus.Origin{Row: i + 1}, nil), true, true)
	}
	return c, &counts, nil
}

// asksAbout returns the problem that a list with such a column is asked about, or "".
func asksAbout(t *testing.T, line string) string {
	t.Helper()
	c, counts, err := counted(line)
	if err != nil {
		return err.Error()
	}
	for _, q := range counts.Questions(&c, "") {
		return q.Problem
	}
	return ""
}

// Promise: a column of a few texts below a header of which nothing is known is named with them, and no other is: one that is
// asked about, or is of what a guest has or needs, or has as many texts as rows.
func TestColumnsOfAFewTextsThatDecideNothingAreNamed(t *testing.T) {
	t.Parallel()
	for line, said := range map[string]string{
		"Squad pick: A*20|B*3":                       `the column "Squad pick" is not used, so it decides nothing: A (20), B (3)`,
		"Foo: ready*20|*3":                           `the column "Foo" is not used, so it decides nothing: ready (20), empty (3)`,
		"Notes: *20|will tell us in May|left-handed": `the notes in the column "Notes" decide nothing: will tell us in May (1), left-handed (1)`,
		"Notes: *20|kommt nicht":                     "",
		"Notes: vegan*10|*4":                         "",
		"Foo: A*20":                                  "",
		"Foo: A|B|C|D":                               "",
		"Diet: vegan*20|meat*3":                      "",
		"Status: paid*20|void*3":                     "",
		"Foo: x@guests.example*20|*3":                "",
	} {
		_, counts, err := counted(line)
		if err != nil {
			t.Fatal(err)
		}
		got, without := "", ""
		for _, u := range counts.Undecided() {
			got, without = u.Text(true), u.Text(false)
		}
		if got != said || strings.Contains(without, "ready") {
			t.Errorf("%s: %q and %q", line, got, without)
		}
	}
}

// Promise: columns of some 40 programs and of lists in many languages by which rows may not be meant are asked about.
func TestColumnsByWhichRowsMayNotBeMeantAreAskedAbout(t *testing.T) {
	t.Parallel()
	for _, line := range statusTable(t, "asked.txt") {
		if asksAbout(t, line) == "" {
			t.Errorf("%s: nothing is asked", line)
		}
	}
}

// Promise: columns about other things are not.
func TestColumnsAboutOtherThingsAreNotAskedAbout(t *testing.T) {
	t.Parallel()
	for _, line := range statusTable(t, "notasked.txt") {
		if problem := asksAbout(t, line); problem != "" {
			t.Errorf("%s: %s", line, problem)
		}
	}
}
