package importer_test

import (
	"archive/zip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"guestflow/deploy/testkit"
	"guestflow/importer/spec"
	"guestflow/importer/table"
)

// zipOf packs lists by their names.
func zipOf(t *testing.T, lists ...[2]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lists.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for _, list := range lists {
		w, err := z.Create(list[0])
		if err == nil {
			_, err = io.WriteString(w, list[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// Who stands on the list and on a sheet called “Do not mail” is not mailed without a decision, whichever sheet was
// chosen.
func TestGuestsWhoStandOnASheetOfThoseWhoAreNotMeantAreAskedAbout(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	sheet := func(name, state string, lines ...string) rawSheet {
		return rawSheet{name: name, state: state, rows: rawRows(1, lines...)}
	}
	guests := sheet("Guests", "", bookHead, "Ida,Holm,ida@x.example", "Bo,Ek,bo@x.example", "Cy,Lind,cy@x.example")
	book := func(others ...rawSheet) string { return rawBook(t, nil, append([]rawSheet{guests}, others...)...) }
	const list = bookHead + "\nIda,Holm,ida@x.example\nBo,Ek,bo@x.example\nCy,Lind,cy@x.example\n"
	for name, c := range map[string]struct {
		path string
		out  int
	}{
		"by address": {book(sheet("Do not mail", "", "Email", "BO@x.example")), 1},
		"amid a text": {book(sheet("Unsubscribed", "", "Who",
			"Bo &lt;bo@x.example&gt;; Ida &lt;ida@x.example&gt;")), 2},
		"by name":               {book(sheet("Abgesagt", "", "Name", "Holm Ida")), 1},
		"by names in two cells": {book(sheet("Cancelled", "", "Surname,Given name", "Ek,Bo")), 1},
		"another address":       {book(sheet("Annulé", "", bookHead, "Ida,Holm,ida@other.example")), 1},
		"hidden":                {book(sheet("Unsubscribes", "hidden", "Email", "cy@x.example")), 1},
		"very hidden":           {book(sheet("Opt-outs", "veryHidden", "Email", "cy@x.example")), 1},
		"by a title":            {book(sheet("Sheet2", "", "Please do not invite", "", "cy@x.example")), 1},
		"other guests":          {book(sheet("Do not mail", "", "Email", "una@x.example")), 0},
		"a sheet of others":     {book(sheet("Staff", "hidden", bookHead, "Bo,Ek,bo@x.example")), 0},
		"an old list":           {book(sheet("Old list", "hidden", bookHead, "Bo,Ek,bo@x.example")), 0},
		"an archive": {zipOf(t, [2]string{"guests.csv", list},
			[2]string{"unsubscribed.csv", "Email;When\r\nbo@x.example;2026-01-01\r\n"}), 1},
		"an archive, UTF-16": {zipOf(t, [2]string{"guests.csv", list},
			[2]string{"a/Absagen.txt", "\xff\xfeb\x00o\x00@\x00x\x00.\x00e\x00x\x00a\x00m\x00p\x00l\x00e\x00\n\x00"}), 1},
		"an archive of others": {zipOf(t, [2]string{"guests.csv", list}, [2]string{"staff.csv", list}), 0},
	} {
		r := spec.Reading{Sheet: "guests"}
		q, err := questionOf(t, c.path, r)
		if (q != nil) != (c.out > 0) ||
			q != nil && (!strings.HasPrefix(q.Text, "guests of the list stand also on") ||
				q.Choices[0].Value != "#elsewhere is empty") {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, choice := range offered(q) {
			said := chosen(choice)
			said.Sheet = "guests"
			left := c.out
			if choice.Option == "map" || choice.Value == "all" {
				left = 0
			}
			if plan, err := planOf(t, c.path, said); err != nil || plan.Filtered != left || plan.Guests != 3-left {
				t.Errorf("%s, with %s: %d guests: %v", name, choice.Flag(), plan.Guests, err)
			}
		}
	}
}

// An archive of several lists is asked about as a workbook of several sheets is; the lists that are not meant come
// last.
func TestAListOfAnArchiveIsChosenByItsName(t *testing.T) {
	t.Parallel()
	const list = bookHead + "\nIda,Holm,ida@x.example\n"
	path := zipOf(t, [2]string{"a/declined.csv", strings.ReplaceAll(list, "Ida", "Bo")}, [2]string{"a/gala.csv", list},
		[2]string{"b/gala.txt", list})
	q, err := questionOf(t, path, spec.Reading{})
	if q == nil || q.Choices[0].Flag() != "--sheet a/gala.csv" || q.Choices[2].Flag() != "--sheet a/declined.csv" {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a/gala.csv": "2 Ida Holm ida@x.example",
		"GALA.csv": "2 Ida Holm ida@x.example", "declined": "2 Bo Holm ida@x.example", "gala": `none of them alone is "gala"`,
		"x": `none of them alone is "x"`} {
		if got := shapeOf(t, path, spec.Reading{Sheet: name, Where: "all"}); got != want && !strings.Contains(got, want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// What colours mean is said by a legend or by nothing; rows of another colour than the others are asked about.
func TestRowsOfAnotherColourAreAskedAboutAndEachAnswerWorks(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	const all = "A2:C7"
	type cells map[string]string // ranges to their styles
	for name, c := range map[string]struct {
		styles cells
		texts  map[string]string
		ask    string // what is said of the colours; "" where nothing is asked
		first  string // the first answer
		left   int    // the guests that it leaves
	}{
		"a red row":    {cells{"A4:C4": "fill FF0000"}, nil, "none 5; red 1", "#colour != red", 5},
		"a red name":   {cells{"A4": "fill FF0000"}, nil, "none 5; red 1", "#colour != red", 5},
		"grey letters": {cells{"A4:C5": "font A6A6A6"}, nil, "none 4; grey 2", "#colour != grey", 4},
		"two colours": {cells{"A2:C4": "fill 92D050", "A5:C5": "fill FFC7CE"}, nil,
			"none 2; green 3; light red 1", "#colour != light red", 5},
		"all but one green": {cells{"A2:C6": "fill 00B050"}, nil, "none 1; green 5", "#colour is not empty", 5},
		"a theme's colour":  {cells{"A4:C4": "theme 7"}, nil, "none 5; yellow 1", "#colour != yellow", 5},
		"a legend beside": {cells{"A4:C4": "fill FF0000", "E2": "fill FF0000"}, map[string]string{"E2": "declined"},
			`none 5; red 1, by a legend "declined"`, "#colour != red", 5},
		"a legend's column": {cells{"A4:C4": "fill FF0000", "D2": "fill FF0000"},
			map[string]string{"D1": "Legend", "D2": "abgesagt"}, `none 5; red 1, by a legend "abgesagt"`, "#colour != red", 5},
		"a legend in words": {cells{"A2:C6": "fill FF0000"}, map[string]string{"E3": "Rot = abgesagt"},
			`none 1; red 5, by a legend "abgesagt"`, "#colour != red", 1},
		"a legend below": {cells{"A4:C4": "fill 92D050"}, map[string]string{"A9": "green: coming"},
			`none 5; green 1, by a legend "coming"`, "#colour != green", 5},
		"a guest's name as legend": {cells{"A4:C4": "fill 92D050"}, map[string]string{"E3": "green = Una Vik"},
			"none 5; green 1, by a legend", "#colour != green", 5},
		"no colours": {},
		"all alike":  {styles: cells{all: "fill FFFF00"}},
		"stripes":    {styles: cells{"A3:C3": "fill D9E1F2", "A5:C5": "fill D9E1F2", "A7:C7": "fill D9E1F2"}},
		"two kinds of stripes": {styles: cells{"A2:C2": "fill F2F2F2", "A4:C4": "fill F2F2F2", "A6:C6": "fill F2F2F2",
			"A3:C3": "fill DDEBF7",
			"A5:C5": "fill DDEBF7", "A7:C7": "fill DDEBF7"}},
		"a coloured header":     {styles: cells{"A1:C1": "fill 4472C4"}},
		"a coloured column":     {styles: cells{"B2:B7": "fill FFFF00"}},
		"links":                 {styles: cells{"C4": "font 0563C1"}},
		"black and white":       {styles: cells{"A4:C4": "fill FFFFFF", "A5:C5": "font 000000"}},
		"a phone's cell":        {styles: cells{"D4": "fill FF0000"}, texts: map[string]string{"D1": "Phone", "D4": "1"}},
		"a cell without a text": {styles: cells{"D4": "fill FF0000"}},
	} {
		path := colouredBook(t, c.styles, c.texts)
		q, err := questionOf(t, path, spec.Reading{})
		if c.ask == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if q == nil || !strings.Contains(q.Text, "("+c.ask+")") || q.Choices[0].Value != c.first {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, choice := range q.Choices {
			plan, err := planOf(t, path, chosen(choice))
			if settles := choice.Option == "map" || choice.Value == "all"; err != nil || settles && plan.Guests != 6 ||
				i == 0 && plan.Guests != c.left {
				t.Errorf("%s, with %s: %d guests: %v", name, choice.Flag(), plan.Guests, err)
			}
		}
	}
}

// colouredBook is a workbook of six guests with styles at some ranges, and further texts.
func colouredBook(t *testing.T, styles, texts map[string]string) string {
	t.Helper()
	f := excelize.NewFile()
	var all []error
	for row, name := range []string{"", "Ida Holm", "Bo Ek", "Cy Lind", "Dag Moe", "Eva Berg", "Una Vik"} {
		first, last, _ := strings.Cut(name, " ")
		cells := []any{first, last, strings.ToLower(first) + "@x.example"}
		if row == 0 {
			cells = []any{"First Name", "Last Name", "Email"}
		}
		at, _ := excelize.CoordinatesToCellName(1, row+1)
		all = append(all, f.SetSheetRow("Sheet1", at, &cells))
	}
	for at, text := range texts {
		all = append(all, f.SetCellStr("Sheet1", at, text))
	}
	for _, wide := range []bool{true, false} { // a single cell has its own style
		for at, style := range styles {
			if from, to, is := strings.Cut(at, ":"); is == wide {
				if !is {
					to = from
				}
				id, err := f.NewStyle(styleOf(style))
				all = append(all, err, f.SetCellStyle("Sheet1", from, to, id))
			}
		}
	}
	path := filepath.Join(t.TempDir(), "guests.xlsx")
	if err := errors.Join(append(all, f.SaveAs(path))...); err != nil {
		t.Fatal(err)
	}
	return path
}

func styleOf(text string) *excelize.Style {
	kind, colour, _ := strings.Cut(text, " ")
	switch kind {
	case "font":
		return &excelize.Style{Font: &excelize.Font{Color: colour}}
	case "theme":
		return &excelize.Style{Font: &excelize.Font{ColorTheme: new(7)}}
	}
	return &excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}}
}

// A header that stands over two rows is asked about, or read where groups stand above it, and both rows name the
// columns.
func TestAHeaderOverSeveralRowsIsReadAsOne(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	const ida = "Ida,Holm,ida@x.example"
	for name, c := range map[string]struct {
		lines, said string
		asks        bool
		want        string
	}{
		"parts of one name":      {"Name,,E-mail|First,Last,|" + ida, "1-2", true, "3 Ida Holm ida@x.example"},
		"groups that are names":  {"Guest,Guest,Contact|First,Last,Email|" + ida, "1-2", true, "3 Ida Holm ida@x.example"},
		"names cut by the width": {"First,Last,E-mail|Name,Name,Address|" + ida, "1-2", true, "3 Ida Holm ida@x.example"},
		"below a title": {"Gala 2026,,|,,|Name,,E-mail|First,Last,|" + ida, "3-4", true,
			"5 Ida Holm ida@x.example"},
		"groups of two people": {"Guest,,,Partner,|First,Last,Email,First,Last|" + ida + ",,", "", false,
			"3 Ida Holm ida@x.example"},
		"a header in one row": {bookHead + "|" + ida, "", false, "2 Ida Holm ida@x.example"},
		"a guest called as names": {"First Name,Last Name,Email|Mel,Gast,mel@x.example", "", false,
			"2 Mel Gast mel@x.example"},
		"parts of a group": {"First Name,Last Name,Email,RSVP,|,,,Dinner,Party|" + ida + ",yes,yes", "1-2", true,
			"3 Ida Holm ida@x.example"},
	} {
		lines := strings.Split(c.lines, "|")
		for _, path := range []string{rawBook(t, nil, rawSheet{name: "G", rows: rawRows(1, lines...)}),
			write(t, strings.Join(lines, "\n")+"\n")} {
			q, err := questionOf(t, path, spec.Reading{})
			if (q != nil) != c.asks || c.asks && (q.Choices[0].Option != "header-row" || q.Choices[0].Value != c.said) {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if got := shapeOf(t, path, spec.Reading{HeaderRow: c.said}); got != c.want {
				t.Errorf("%s, with --header-row %s: %s", name, c.said, got)
			}
		}
	}
}

func TestTheLinesOfAHeaderAreNumbers(t *testing.T) {
	t.Parallel()
	for text, is := range map[string]bool{"": true, "3": true, "none": true, "1-2": true, "2 - 4": true, "0": false,
		"2-1": false, "1-9": false, "a-b": false, "1-2-3": false, "-2": false} {
		if err := (table.Options{HeaderRow: text}).Check(); (err == nil) != is {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// What a merged cell says is of all its rows, but for what belongs to one guest; what stands beside the list is no
// reason to reject a row.
func TestMergedCellsAndNotesBesideAListKeepItsRows(t *testing.T) {
	t.Parallel()
	merged := func(path string, ranges ...string) string {
		f, err := excelize.OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range ranges {
			from, to, _ := strings.Cut(r, ":")
			err = errors.Join(err, f.MergeCell("G", from, to))
		}
		if err := errors.Join(err, f.Save()); err != nil {
			t.Fatal(err)
		}
		return path
	}
	book := func(lines ...string) string { return rawBook(t, nil, rawSheet{name: "G", rows: rawRows(1, lines...)}) }
	status := merged(book(bookHead+",Status", "Ida,Holm,ida@x.example,confirmed", "Bo,Ek,bo@x.example,declined",
		"Cy,Lind,cy@x.example,"), "D3:D4")
	if plan, err := planOf(t, status, spec.Reading{Where: "Status != declined"}); err != nil || plan.Guests != 1 {
		t.Errorf("a merged state: %d guests: %v", plan.Guests, err)
	}
	for name, c := range map[string]struct{ path, want string }{
		"an address": {merged(book(bookHead, "Ida,Holm,ida@x.example", "Bo,Holm,"), "C2:C3"),
			"2 merged_cells, 3 Bo Holm"},
		"a name": {merged(book(bookHead, "Ida,Holm,ida@x.example", ",,bo@x.example"), "A2:A3", "B2:B3"),
			"2 merged_cells, 3 no_name"},
		"a family's last name": {merged(book(bookHead, "Ida,Holm,ida@x.example", "Bo,,bo@x.example", ",,cy@x.example", "Una,,una@x.example"), "B2:B4"),
			"2 merged_cells, 3 Bo Holm bo@x.example, 4 no_name, 5 Una una@x.example"},
		"a note apart": {book(bookHead, "Ida,Holm,ida@x.example,,,seats by the window", "Bo,Ek,bo@x.example"),
			"2 Ida Holm ida@x.example, 3 Bo Ek bo@x.example"},
		"notes of two rows": {book(bookHead, "Ida,Holm,ida@x.example,seat by the window",
			"Bo,Ek,bo@x.example,seat by the door"), "2 Ida Holm ida@x.example, 3 Bo Ek bo@x.example"},
		"a shifted row": {book(bookHead, "Ida,Holm,ida@x.example", "Bo,Nils,Ek,bo@x.example"),
			"2 Ida Holm ida@x.example, 3 wrong_number_of_cells"},
	} {
		if got := shapeOf(t, c.path, spec.Reading{}); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
