package importer_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
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

	"guestflow/importer"
	"guestflow/qflow"
)

func TestMain(m *testing.M) {
	redis.SetLogger(quiet{}) // a killed server is no news here
	goleak.VerifyTestMain(m)
}

type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

var gala = importer.Settings{Account: "main", Event: "gala"}

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

func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.csv")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	files := map[string][]byte{}
	for _, path := range paths {
		if files[strings.TrimSuffix(filepath.Base(path), ".csv")], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// Files are named by their defect. A good row says ok; a file that cannot be imported at all says why, where, and what to do.
func TestEveryDefectOfTheCorpusCostsExactlyWhatItMust(t *testing.T) {
	t.Parallel()
	want := map[string]struct{ rows, err string }{
		"bad_dates":                      {rows: "1@2 ok, 2@3 ok, 3@4 ok, 4@5 ok, 5@6 ok, 6@7 ok, 7@8 ok, 8@9 bad_date(Valid From), 9@10 bad_date(Valid From), 10@11 bad_date(Valid From), 11@12 bad_date(Valid From), 12@13 bad_date(Valid From), 13@14 bad_date(Valid From), 14@15 bad_date(Valid From), 15@16 bad_date(Valid From), 16@17 bad_date(Valid From)"},
		"bad_emails":                     {rows: "1@2 ok, 2@3 ok, 3@4 ok, 4@5 ok, 5@6 bad_email(Email), 6@7 bad_email(Email), 7@8 bad_email(Email), 8@9 bad_email(Email), 9@10 bad_email(Email), 10@11 bad_email(Email), 11@12 bad_email(Email), 12@13 bad_email(Email), 13@14 bad_email(Email), 14@15 bad_email(Email), 15@16 bad_email(Email), 16@17 bad_email(Email), 17@18 bad_email(Email), 18@19 bad_email(Email), 19@20 bad_email(Email), 20@21 bad_email(Email), 21@22 bad_email(Email), 22@23 bad_email(Email), 23@24 bad_email(Email), 24@25 bad_email(Email), 25@26 bad_email(Email), 26@27 bad_email(Email)"},
		"bad_flags":                      {rows: "1@2 ok, 2@3 ok, 3@4 ok, 4@5 ok, 5@6 ok, 6@7 ok, 7@8 ok, 8@9 ok, 9@10 ok, 10@11 bad_yes_or_no(Is Group), 11@12 bad_yes_or_no(Is Group)"},
		"bad_plus_ones":                  {rows: "1@2 ok, 2@3 ok, 3@4 ok, 4@5 ok, 5@6 ok, 6@7 ok, 7@8 bad_plus_ones(Plus 1's), 8@9 bad_plus_ones(Plus 1's), 9@10 bad_plus_ones(Plus 1's), 10@11 bad_plus_ones(Plus 1's), 11@12 bad_plus_ones(Plus 1's), 12@13 bad_plus_ones(Plus 1's), 13@14 bad_plus_ones(Plus 1's), 14@15 bad_plus_ones(Plus 1's), 15@16 bad_plus_ones(Plus 1's), 16@17 bad_plus_ones(Plus 1's)"},
		"bad_tags":                       {rows: "1@2 ok, 2@3 ok, 3@4 ok, 4@5 ok, 5@6 bad_tag(Tags), 6@7 bad_tag(Tags), 7@8 bad_tag(Tags), 8@9 bad_tag(Tags), 9@10 bad_tag(Tags), 10@12 ok"},
		"bare_quote":                     {rows: "1@2 broken_quotes, 2@3 ok"},
		"blank_lines":                    {rows: "1@4 ok, 2@7 ok"},
		"broken_quote_in_last_row":       {rows: "1@2 ok, 2@3 broken_quotes"},
		"broken_quote_in_header":         {err: ", line 1: the header line cannot be read: extraneous or missing \" in quoted-field; close or remove its quotes"},
		"unterminated_quote_in_header":   {err: ", line 1: the header line cannot be read: extraneous or missing \" in quoted-field; close or remove its quotes"},
		"cells_all_empty":                {rows: "1@2 ok, 2@3 empty_row, 3@4 empty_row, 4@5 ok"},
		"crlf":                           {rows: "1@2 ok, 2@3 ok"},
		"crlf_inside_a_cell":             {rows: "1@2 ok, 2@4 ok"},
		"duplicate_columns":              {err: ", line 1: the columns \"First Name\" and \"Forename\" both look like first_name; rename or remove one of them"},
		"duplicate_unused_columns":       {rows: "1@2 ok"},
		"duplicates":                     {rows: "1@2 ok, 2@3 ok, 3@4 duplicate_in_file, 4@5 ok, 5@6 duplicate_in_file"},
		"empty":                          {err: ": it is empty; export it again"},
		"event_and_template_columns":     {rows: "1@2 ok, 2@3 ok, 3@4 no_email(Email)"},
		"foreign_header":                 {err: ", line 1: no usable header: of its columns (3) none is a first or a last name; the first line must name the columns, such as First Name,Last Name,Email"},
		"formula_cells":                  {rows: "1@2 ok, 2@3 ok"},
		"formula_cells_guarded":          {rows: "1@2 ok, 2@3 ok"},
		"header_only":                    {rows: ""},
		"header_only_no_newline":         {rows: ""},
		"header_over_two_lines":          {rows: "1@4 ok"},
		"invalid_utf8":                   {rows: "1@2 not_utf8(First Name), 2@3 ok"},
		"lone_cr":                        {err: ", line 1: its lines do not end in a line feed; save it as CSV UTF-8"},
		"long_rows":                      {rows: "1@2 wrong_number_of_cells, 2@3 ok"},
		"no_header":                      {err: ", line 1: no usable header: of its columns (3) none is a first or a last name; the first line must name the columns, such as First Name,Last Name,Email"},
		"no_names":                       {rows: "1@2 no_name(First Name)"},
		"no_trailing_newline":            {rows: "1@2 ok"},
		"nul_bytes":                      {rows: "1@2 not_utf8(Last Name), 2@3 ok"},
		"odd_headers":                    {rows: "1@2 ok"},
		"only_blanks":                    {err: ": it is empty; export it again"},
		"pipe":                           {rows: "1@2 ok"},
		"plain":                          {rows: "1@2 ok, 2@3 ok"},
		"quote_closed_rows_later":        {err: ", line 2: a quote is opened here and not closed properly up to line 4, so rows cannot be told apart; close or remove the quote; a quote inside a quoted cell is written twice"},
		"quoted_commas_and_newlines":     {rows: "1@2 ok, 2@6 ok, 3@7 ok"},
		"semicolon":                      {rows: "1@2 ok"},
		"semicolon_after_blank_line":     {rows: "1@3 ok"},
		"semicolon_quoted_header":        {rows: "1@2 ok"},
		"short_rows":                     {rows: "1@2 wrong_number_of_cells, 2@3 ok, 3@4 wrong_number_of_cells"},
		"tab":                            {rows: "1@2 ok"},
		"too_long_cell":                  {rows: "1@2 too_long(Guest notes), 2@3 ok"},
		"two_faults_in_a_row":            {rows: "1@2 bad_plus_ones(Plus 1's), 2@3 no_name(First Name)"},
		"unicode_names":                  {rows: "1@2 ok, 2@3 duplicate_in_file, 3@4 ok, 4@5 ok, 5@6 ok"},
		"unmapped_columns":               {rows: "1@2 ok"},
		"unterminated_quote":             {err: ", line 2: a quote is opened here and not closed properly up to line 4, so rows cannot be told apart; close or remove the quote; a quote inside a quoted cell is written twice"},
		"unterminated_quote_in_last_row": {rows: "1@2 ok, 2@3 broken_quotes"},
		"utf16_be_bom":                   {rows: "1@2 ok"},
		"utf16_le_bom":                   {rows: "1@2 ok"},
		"utf16_le_without_bom":           {err: ", line 1: it holds zero bytes, as UTF-16 without its mark does; save it as CSV UTF-8"},
		"utf8_bom":                       {rows: "1@2 ok"},
		"utf8_bom_quoted_header":         {rows: "1@2 ok"},
	}
	files := corpus(t)
	if len(files) != len(want) {
		t.Errorf("%d files and %d expectations", len(files), len(want))
	}
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, rows, err := importer.ReadAll(bytes.NewReader(data), gala)
			if err != nil {
				if fileError, is := errors.AsType[*importer.FileError](err); !is || fileError.Problem == "" || fileError.Advice == "" {
					t.Errorf("%#v does not say what is wrong and what to do", err)
				}
				if got := strings.TrimPrefix(err.Error(), "guests.csv"); got != want[name].err {
					t.Fatalf("error %q, want %q", got, want[name].err)
				}
				return
			}
			if got := verdicts(rows); want[name].err != "" || got != want[name].rows {
				t.Fatalf("rows %q, want %q%s", got, want[name].rows, want[name].err)
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
			path := filepath.Join("testdata", name+".csv")
			plan, planErr := importer.MakePlan(t.Context(), path, gala)
			header, source, done, err := importer.Source(path, fmt.Sprintf("%x", sha256.Sum256(data)))
			if planErr != nil {
				if err == nil { // what has no plan was never imported; that its source cannot be read either is not promised
					_ = done()
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer done()
			_, rows, err := importer.ReadAll(bytes.NewReader(data), gala)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for r, err := range source {
				if err != nil {
					t.Fatal(err)
				}
				if r.Row != rows[n].Row || r.Line != rows[n].Line || r.Row != n+1 {
					t.Errorf("the source has %d@%d where the import has %d@%d", r.Row, r.Line, rows[n].Row, rows[n].Line)
				}
				n++
			}
			if n != len(rows) || n != plan.Rows || plan.Guests+plan.Rejected != plan.Rows {
				t.Errorf("%d records, %d read, %d planned as %d guests and %d rejects", n, len(rows), plan.Rows, plan.Guests, plan.Rejected)
			}
			codes := 0
			for _, n := range plan.Codes {
				codes += n
			}
			if codes != plan.Rejected {
				t.Errorf("%d rejects have %d codes", plan.Rejected, codes)
			}
			if len(header) != len(plan.Columns.Header) {
				t.Errorf("headers %q and %q", header, plan.Columns.Header)
			}
		})
	}
}

func guests(t *testing.T, name string) []qflow.Guest {
	t.Helper()
	_, rows, err := importer.ReadAll(bytes.NewReader(corpus(t)[name]), gala)
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
		g := qflow.Guest{EventID: "gala", FirstName: "Ada", LastName: fmt.Sprint(last)}
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
		"odd_headers": {{EventID: "gala", FirstName: "Ada", LastName: "Lovelace", Email: "ada@guests.example", PlusOnes: 2, IsGroup: true}},
		"bad_plus_ones": {
			ada(0, none), ada(1, none), ada(2, func(g *qflow.Guest) { g.PlusOnes = 2 }), ada(3, func(g *qflow.Guest) { g.PlusOnes = 10 }),
			ada(4, func(g *qflow.Guest) { g.PlusOnes = 1000 }), ada(5, func(g *qflow.Guest) { g.PlusOnes = 3 }),
		},
		"bad_dates": {
			ada(0, none), ada(1, func(g *qflow.Guest) { g.ValidFrom = at("2026-06-01T00:00:00Z") }),
			ada(2, func(g *qflow.Guest) { g.ValidFrom = at("2026-06-01T18:00:00Z") }), ada(3, func(g *qflow.Guest) { g.ValidFrom = at("2026-06-01T18:00:00Z") }),
			ada(4, func(g *qflow.Guest) { g.ValidFrom = at("2026-06-01T18:00:00Z") }), ada(5, func(g *qflow.Guest) { g.ValidFrom = at("2026-06-01T16:00:00Z") }),
			ada(6, func(g *qflow.Guest) { g.ValidFrom = at("2026-06-01T18:00:00.5Z") }),
		},
		"bad_tags": {
			ada(0, none), ada(1, func(g *qflow.Guest) { g.Tags = "VIP" }), ada(2, func(g *qflow.Guest) { g.Tags = "VIP, {session}Keynote" }),
			ada(3, func(g *qflow.Guest) { g.Tags = "::Sessions:Day 1:Keynote" }), ada(9, func(g *qflow.Guest) { g.Tags = "a, b" }),
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

func TestTimesWithoutAZoneAreTheProfilesAndALastDayIsWhole(t *testing.T) {
	t.Parallel()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Skip("no time zones here:", err)
	}
	s := gala
	s.Location = london
	_, rows, err := importer.ReadAll(strings.NewReader("First Name,Valid From,Valid To\nAda,2026-06-01,2026-06-01\nBob,2026-01-01 18:00,2026-06-01T23:00:00Z\n"), s)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][2]string{{"2026-05-31T23:00:00Z", "2026-06-01T22:59:59Z"}, {"2026-01-01T18:00:00Z", "2026-06-01T23:00:00Z"}} {
		g := rows[i].Guest
		if from, to := g.ValidFrom.Format(time.RFC3339), g.ValidTo.Format(time.RFC3339); from != want[0] || to != want[1] {
			t.Errorf("row %d is valid from %s to %s, want %v", i+1, from, to, want)
		}
	}
}

func TestAllFaultsOfARowAreTold(t *testing.T) {
	t.Parallel()
	_, rows, err := importer.ReadAll(bytes.NewReader(corpus(t)["two_faults_in_a_row"]), gala)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows[0].Findings) != 2 || rows[0].Findings[1].Code != importer.BadEmail {
		t.Fatalf("%+v, want two findings", rows[0].Findings)
	}
}

// Findings and errors go to logs and pages, where a guest's data has no place.
func TestNoFindingAndNoErrorShowsAGuest(t *testing.T) {
	t.Parallel()
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
		"invalid_utf8":          {"Zo\xeb", "Lovelace", "zoe@guests.example"},
		"utf16_le_bom":          {"Zoë", "Łukasiewicz", "zoe@guests.example"},
		"utf8_bom":              {"Ada", "Lovelace", "ada@guests.example"},
		"unmapped_columns":      {"7", "Ada", "", "Lovelace", "2", "bad_email"},
		"formula_cells_guarded": {"'=1+1", "Lovelace", "'@SUM(A1)"},
		"long_rows":             {"Ada", "Lovelace", "ada@guests.example", "Countess"},
		"short_rows":            {"Ada", "Lovelace"},
		"bare_quote":            nil, // where its cells end is not known
	} {
		_, rows, done, err := importer.Source(filepath.Join("testdata", name+".csv"), fmt.Sprintf("%x", sha256.Sum256(corpus(t)[name])))
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range rows {
			if err != nil || !slices.Equal(row.Cells, want) {
				t.Errorf("%s: %q, %v; want %q", name, row.Cells, err, want)
			}
			break
		}
		if err := done(); err != nil {
			t.Error(err)
		}
	}
}

func TestARecordTooLongIsRefusedInBoundedMemory(t *testing.T) {
	t.Parallel()
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
