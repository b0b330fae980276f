package importer_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/guest"
	"guestflow/importer/reread"
	"guestflow/importer/spec"
	"guestflow/qflow"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(planFor); path != "" {
		os.Exit(planAndTell(path))
	}
	if path := os.Getenv(worstFor); path != "" {
		os.Exit(readWorst(path))
	}
	redis.SetLogger(quiet{}) // a killed server is no news here
	goleak.VerifyTestMain(m, goleak.Cleanup(testkit.RemovePlainTests))
}

type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

var gala = importer.Settings{Spec: spec.Spec{Account: "main", Event: "gala"}}

// verdicts writes down what became of each row: its number, its line, and its first finding's code and column.
func verdicts(rows []importer.Read) string {
	var all []string
	for _, r := range rows {
		verdict := "ok"
		if len(r.Findings) > 0 {
			f := r.Findings[0]
			verdict = string(f.Code)
			if f.Column != "" {
				verdict += "(" + f.Column + ")"
			}
		}
		all = append(all, fmt.Sprintf("%d@%d %s", r.Row, r.Line, verdict))
	}
	return strings.Join(all, ", ")
}

// corpus returns the files in testdata by their names.
func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.*")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	files := map[string][]byte{}
	for _, path := range paths {
		if files[filepath.Base(path)], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

var update = flag.Bool("update", false, "write the golden reports anew, to be read before they are committed")

// golden compares a text with the one that is kept under a name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the report is\n%s\nwant\n%s", got, want)
	}
}

// told is all that an operator is told of a file.
func told(path string, data []byte, s importer.Settings) string {
	var b strings.Builder
	format, columns, rows, err := importer.ReadTable(path, bytes.NewReader(data), s)
	if columns.Header != nil {
		fmt.Fprintf(&b, "%s %s %s %q\n", format.Container, format.Member, format.Encoding, format.Delimiter)
		for _, s := range columns.Sources {
			fmt.Fprintf(&b, "%s is %s %q\n", s.Field, s.Kind, s.From)
		}
		for _, h := range columns.Unused {
			fmt.Fprintf(&b, "%q is not used\n", h)
		}
		for _, s := range columns.Suggestions {
			fmt.Fprintf(&b, "%q may be %s, %.2f\n", s.Header, s.Field, s.Confidence)
		}
	}
	for _, r := range rows {
		fmt.Fprintf(&b, "%d@%d", r.Row, r.Line)
		if len(r.Findings) == 0 {
			b.WriteString(" ok")
		}
		for _, f := range append(r.Findings, r.Warnings...) {
			fmt.Fprintf(&b, " %s(%s): %s", f.Code, f.Column, f.Text)
		}
		b.WriteString("\n")
	}
	if err != nil {
		fmt.Fprintf(&b, "error: %v\n", err)
	}
	return b.String()
}

// Files are named by their defect. A good row says ok; a file that cannot be imported at all says why, where, and what
// to do.
func TestEveryDefectOfTheCorpusCostsExactlyWhatItMust(t *testing.T) {
	t.Parallel()
	for name, data := range corpus(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, name, told(name, data, gala))
			_, _, err := importer.ReadAll(bytes.NewReader(data), gala)
			if fileError, is := errors.AsType[*importer.FileError](err); err != nil &&
				(!is || fileError.Problem == "" || fileError.Advice == "") {
				t.Errorf("%#v does not say what is wrong and what to do", err)
			}
		})
	}
}

// The plan, the import and the report must speak of the same rows.
func TestPlanAndSourceNumberEveryFileAlike(t *testing.T) {
	t.Parallel()
	for name, data := range corpus(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join("testdata", name)
			plan, planErr := importer.MakePlan(t.Context(), path, gala)
			source, err := reread.OpenSource(t.Context(), path, fmt.Sprintf("%x", sha256.Sum256(data)),
				spec.Reading{})
			if planErr != nil {
				if err == nil { // what has no plan was never imported; that its source cannot be read either is not promised
					_ = source.Close()
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer source.Close()
			_, rows, err := importer.ReadAll(bytes.NewReader(data), gala)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for r, err := range source.Rows {
				if err != nil {
					t.Fatal(err)
				}
				if r.Row != rows[n].Row || r.Line != rows[n].Line || r.Row != n+1 {
					t.Errorf("the source has %d@%d where the import has %d@%d", r.Row, r.Line, rows[n].Row, rows[n].Line)
				}
				n++
			}
			if n != len(rows) || n != plan.Rows || plan.Guests+plan.Rejected != plan.Rows {
				t.Errorf("%d records, %d read, %d planned as %d guests and %d rejects", n, len(rows), plan.Rows, plan.Guests,
					plan.Rejected)
			}
			codes := 0
			for _, n := range plan.Codes {
				codes += n
			}
			if codes != plan.Rejected {
				t.Errorf("%d rejects have %d codes", plan.Rejected, codes)
			}
			if header := source.Header; len(header) != len(plan.Columns.Header) {
				t.Errorf("headers %q and %q", header, plan.Columns.Header)
			}
		})
	}
}

func guests(t *testing.T, name string) []qflow.Guest {
	t.Helper()
	_, rows, err := importer.ReadAll(bytes.NewReader(corpus(t)[name+".csv"]), gala)
	if err != nil {
		t.Fatal(err)
	}
	var good []qflow.Guest
	for _, r := range rows {
		if len(r.Findings) == 0 {
			g := r.Guest
			g.ID = ""
			good = append(good, g)
		}
	}
	return good
}

func TestCellsArriveAsTheyWereMeant(t *testing.T) {
	t.Parallel()
	at := func(s string) *time.Time {
		when, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return &when
	}
	lovelace := qflow.Guest{EventID: "gala", FirstName: "Ada", LastName: "Lovelace", Email: "ada@guests.example"}
	countess := lovelace
	countess.LastName = "Lovelace, Countess"
	ada := func(last int, change func(*qflow.Guest)) qflow.Guest {
		g := qflow.Guest{EventID: "gala", FirstName: "Ada", LastName: fmt.Sprint("N", last)}
		change(&g)
		return g
	}
	none := func(*qflow.Guest) {}
	formulas := []qflow.Guest{
		{EventID: "gala", FirstName: "=1+1", LastName: "Lovelace", Notes: "@SUM(A1)"},
		{EventID: "gala", FirstName: "+Ada", LastName: "-Lovelace", Notes: `=HYPERLINK("x")`},
	}
	for name, want := range map[string][]qflow.Guest{
		"utf8_bom":               {lovelace},
		"utf8_bom_quoted_header": {lovelace},
		"semicolon":              {countess},
		"tab":                    {countess},
		"pipe":                   {lovelace},
		"no_trailing_newline":    {lovelace},
		"utf16_le_bom":           {{EventID: "gala", FirstName: "Zoë", LastName: "Łukasiewicz", Email: "zoe@guests.example"}},
		"utf16_be_bom":           {{EventID: "gala", FirstName: "Zoë", LastName: "Łukasiewicz", Email: "zoe@guests.example"}},
		"header_over_two_lines":  {{EventID: "gala", FirstName: "Ada", LastName: "Lovelace"}},
		"quoted_commas_and_newlines": {
			{EventID: "gala", FirstName: "Ada", LastName: "Lovelace", Notes: "vegetarian, late,\nby the side\n\ndoor"},
			{EventID: "gala", FirstName: "Alan", LastName: "Turing", Notes: `says "hello"`},
			{EventID: "gala", FirstName: "Grace", LastName: "Hopper"},
		},
		"odd_headers": {{EventID: "gala", FirstName: "Ada", LastName: "Lovelace", Email: "ada@guests.example", PlusOnes: 2,
			IsGroup: true}},
		"bad_plus_ones": {
			ada(0, none), ada(1, none), ada(2, func(g *qflow.Guest) { g.PlusOnes = 2 }),
			ada(3, func(g *qflow.Guest) { g.PlusOnes = 10 }),
			ada(4, func(g *qflow.Guest) { g.PlusOnes = 1000 }), ada(5, func(g *qflow.Guest) { g.PlusOnes = 3 }),
			ada(6, func(g *qflow.Guest) { g.PlusOnes = 2 }), ada(10, func(g *qflow.Guest) { g.PlusOnes = 1 }),
			ada(14, func(g *qflow.Guest) { g.PlusOnes = 2 }), ada(15, func(g *qflow.Guest) { g.PlusOnes = 3 }),
		},
		"bad_dates": {
			ada(0, none), ada(1, func(g *qflow.Guest) { g.ValidFrom = at("2026-06-01T00:00:00Z") }),
			ada(2, func(g *qflow.Guest) { g.ValidFrom = at("2026-06-01T18:00:00Z") }),
			ada(3, func(g *qflow.Guest) { g.ValidFrom = at("2026-06-01T18:00:00Z") }),
			ada(4, func(g *qflow.Guest) { g.ValidFrom = at("2026-06-01T18:00:00Z") }),
			ada(5, func(g *qflow.Guest) { g.ValidFrom = at("2026-06-01T16:00:00Z") }),
			ada(6, func(g *qflow.Guest) { g.ValidFrom = at("2026-06-01T18:00:00.5Z") }),
			ada(10, func(g *qflow.Guest) { g.ValidFrom = at("2026-06-01T00:00:00Z") }),
			ada(11, func(g *qflow.Guest) { g.ValidFrom = at("2026-06-01T00:00:00Z") }),
		},
		"bad_tags": {
			ada(0, none), ada(1, func(g *qflow.Guest) { g.Tags = "VIP" }),
			ada(2, func(g *qflow.Guest) { g.Tags = "VIP, {session}Keynote" }),
			ada(3, func(g *qflow.Guest) { g.Tags = "::Sessions:Day 1:Keynote" }),
			ada(9, func(g *qflow.Guest) { g.Tags = "a, b" }),
		},
		"formula_cells":         formulas,
		"formula_cells_guarded": formulas, // a report's guard comes off again
		"event_and_template_columns": {
			{EventID: "e0000000-0000-4000-8000-000000000001", FirstName: "Ada", TemplateID: "T1", Email: "ada@guests.example"},
			{EventID: "gala", FirstName: "Ada", Email: "ada@guests.example"},
		},
	} {
		if got := guests(t, name); !reflect.DeepEqual(got, want) {
			t.Errorf("%s gives %+v, want %+v", name, got, want)
		}
	}
}

// However a list is packed and encoded, its guests are the same.
func TestPackingAndEncodingChangeNoGuest(t *testing.T) {
	t.Parallel()
	files := corpus(t)
	read := func(name string) []importer.Read {
		_, rows, err := importer.ReadAll(bytes.NewReader(files[name]), gala)
		if err != nil {
			t.Fatal(name, err)
		}
		return rows
	}
	want := read("gzip.csv.gz")
	for _, name := range []string{"gzip_named_csv.csv", "zip.zip", "zip_from_a_mac.zip", "zip_with_a_readme.zip"} {
		if got := read(name); !reflect.DeepEqual(got, want) {
			t.Errorf("%s gives %+v, want %+v", name, got, want)
		}
	}
	if name := read("utf16_be_without_bom.csv")[0].Guest; !reflect.DeepEqual(name, want[0].Guest) {
		t.Errorf("UTF-16 gives %+v", name)
	}
	if name := read("windows_1252.csv")[0].Guest.FirstName; name != "Zoë" {
		t.Errorf("Windows-1252 gives %q", name)
	}
}

// What is shown of a barcode is meant, and what is stored of a date: 01/06/2026 is two days.
func TestAWorkbooksCellsAreReadAsTheyAreMeant(t *testing.T) {
	t.Parallel()
	_, rows, err := importer.ReadAll(bytes.NewReader(corpus(t)["workbook.xlsx"]), gala)
	if err != nil {
		t.Fatal(err)
	}
	zoe, alan := rows[0].Guest, rows[1].Guest
	if zoe.Barcode != "00123" || zoe.PlusOnes != 2 || !zoe.IsGroup ||
		zoe.ValidFrom.Format(time.RFC3339) != "2026-06-01T00:00:00Z" || zoe.LastName != "Müller" {
		t.Errorf("Zoë is %+v", zoe)
	}
	if alan.Barcode != "4006381333931" || alan.ValidFrom.Format(time.RFC3339) != "2026-06-01T18:00:00Z" {
		t.Errorf("Alan is %+v", alan)
	}
	if _, rows, err = importer.ReadAll(bytes.NewReader(corpus(t)["workbook_counting_from_1904.xlsx"]), gala); err != nil ||
		rows[0].Guest.ValidFrom.Format(time.DateOnly) != "2026-06-01" {
		t.Errorf("%+v, %v; want the 1st of June 2026", rows, err)
	}
	s := gala
	s.Sheet = "sheet1"
	if _, _, err = importer.ReadAll(bytes.NewReader(corpus(t)["workbook_with_a_hidden_first_sheet.xlsx"]),
		s); err == nil || !strings.Contains(err.Error(), "none is a first or a last name") {
		t.Errorf("%v, want that the named sheet is read", err)
	}
	s.Sheet = "Gests"
	if _, _, err = importer.ReadAll(bytes.NewReader(corpus(t)["workbook.xlsx"]), s); err == nil ||
		!strings.Contains(err.Error(), `no sheet "Gests"; it has "Sheet1"`) {
		t.Errorf("%v, want that there is no such sheet", err)
	}
}

// The first foreign name may be far behind any sample of a file's beginning.
func TestAnEncodingIsKnownHoweverLateItShows(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	for name, want := range map[string]string{"Zo\xeb": "windows-1252", "Zoë": "utf-8", "Zoe": "utf-8"} {
		plan, err := importer.MakePlan(t.Context(), write(t, numbered(5000)+name+",K,z@guests.example\n"), gala)
		if err != nil || plan.Rejected > 0 || string(plan.Format.Encoding) != want {
			t.Errorf("%q: %s and %d rejects, %v; want %s", name, plan.Format.Encoding, plan.Rejected, err, want)
		}
	}
}

func TestTimesWithoutAZoneAreTheProfilesAndALastDayIsWhole(t *testing.T) {
	t.Parallel()
	if _, err := time.LoadLocation("Europe/London"); err != nil {
		t.Skip("no time zones here:", err)
	}
	s := gala
	s.Zone = "Europe/London"
	_, rows, err := importer.ReadAll(strings.NewReader("First Name,Valid From,Valid To\nAda,2026-06-01,2026-06-01\nBob,2026-01-01 18:00,2026-06-01T23:00:00Z\n"), s)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][2]string{{"2026-05-31T23:00:00Z", "2026-06-01T22:59:59Z"},
		{"2026-01-01T18:00:00Z", "2026-06-01T23:00:00Z"}} {
		g := rows[i].Guest
		if from, to := g.ValidFrom.Format(time.RFC3339), g.ValidTo.Format(time.RFC3339); from != want[0] || to != want[1] {
			t.Errorf("row %d is valid from %s to %s, want %v", i+1, from, to, want)
		}
	}
}

func TestAllFaultsOfARowAreTold(t *testing.T) {
	t.Parallel()
	_, rows, err := importer.ReadAll(bytes.NewReader(corpus(t)["two_faults_in_a_row.csv"]), gala)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows[0].Findings) != 2 || rows[0].Findings[1].Code != guest.BadEmail {
		t.Fatalf("%+v, want two findings", rows[0].Findings)
	}
}

// Findings and errors go to logs and pages, where a guest's data has no place.
func TestNoFindingAndNoErrorShowsAGuest(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	for name, data := range corpus(t) {
		_, rows, err := importer.ReadAll(bytes.NewReader(data), gala)
		said := fmt.Sprint(err)
		for _, r := range rows {
			said += fmt.Sprint(r.Findings)
		}
		for _, private := range []string{"Ada", "Lovelace", "Turing", "guests.example", "Hopper"} {
			if strings.Contains(said, private) {
				t.Errorf("%s: %q shows %q", name, said, private)
			}
		}
	}
}

// A report must not damage a file further: whoever corrects the rejects sees the bytes that the export has.
func TestASourceGivesEveryCellAsItStandsInTheFile(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"windows_1252":          {"Zoë", "Lovelace", "zoe@guests.example"},
		"utf16_le_bom":          {"Zoë", "Łukasiewicz", "zoe@guests.example"},
		"utf8_bom":              {"Ada", "Lovelace", "ada@guests.example"},
		"unmapped_columns":      {"7", "Ada", "", "Lovelace", "2", "bad_email"},
		"formula_cells_guarded": {"'=1+1", "Lovelace", "'@SUM(A1)"},
		"long_rows":             {"Ada", "Lovelace", "ada@guests.example", "Countess"},
		"short_rows":            {"Ada", "Lovelace"},
		"bare_quote":            {"Ada", "Love\"lace", "ada@guests.example"},
		"two_stray_quotes":      {"Ada", "\"Lovelace", "ada@guests.example"},
	} {
		source, err := reread.OpenSource(t.Context(), filepath.Join("testdata", name+".csv"),
			fmt.Sprintf("%x", sha256.Sum256(corpus(t)[name+".csv"])), spec.Reading{})
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range source.Rows {
			if err != nil || !slices.Equal(row.Cells, want) {
				t.Errorf("%s: %q, %v; want %q", name, row.Cells, err, want)
			}
			break
		}
		if err := source.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestARecordTooLongIsRefusedInBoundedMemory(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	for name, tail := range map[string]io.Reader{
		"an open quote":           io.MultiReader(strings.NewReader("Ada,\"Love"), endless("lace\n")),
		"no line feed":            io.MultiReader(strings.NewReader("Ada,Love"), endless("lace")),
		"a bare quote before it":  io.MultiReader(strings.NewReader("Ada,Lo\"ve"), endless("lace")),
		"an endless row of cells": io.MultiReader(strings.NewReader("Ada"), endless(",")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			counted := &counter{in: io.MultiReader(strings.NewReader("First Name,Last Name\nAlan,Turing\n"), tail)}
			_, rows, err := importer.ReadAll(counted, gala)
			fileError, is := errors.AsType[*importer.FileError](err)
			if !is || fileError.Line != 3 || len(rows) != 1 {
				t.Fatalf("%d rows and %v, want 1 and an error at line 3", len(rows), err)
			}
			if counted.n > importer.MaxRecord+256<<10 {
				t.Fatalf("%d bytes were read of a row that may have %d", counted.n, importer.MaxRecord)
			}
		})
	}
}

type endless string

func (e endless) Read(p []byte) (int, error) {
	n := 0
	for n+len(e) <= len(p) {
		n += copy(p[n:], e)
	}
	return n, nil
}

type counter struct {
	in io.Reader
	n  int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.n += n
	return n, err
}

func TestAFileThatCannotBeReadSaysWhy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for path, want := range map[string]string{
		filepath.Join(dir, "none.csv"): "there is no such file", dir: "it is not a file",
	} {
		if _, err := importer.MakePlan(t.Context(), path, gala); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	broken := io.MultiReader(strings.NewReader("First Name\nAda\n"), iotest.ErrReader(errors.New("the disk is gone")))
	if _, _, err := importer.ReadAll(broken, gala); err == nil || !strings.Contains(err.Error(), "the disk is gone") {
		t.Errorf("%v, want that the disk is gone", err)
	}
}
