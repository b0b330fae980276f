package importer_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/spec"
	"guestflow/importer/table"
)

// sectioned are headings, guests between them, and how many of these may not be meant.
var sectioned = []struct {
	name, list string
	rows, out  int
}{
	{"declined", "Ida,Holm,ida@x.example|DECLINED|Una,Vik,una@x.example|Ola,Vik,ola@x.example", 3, 2},
	{"with delimiters", "CONFIRMED,,|Ida,Holm,ida@x.example|NOT COMING,,|Una,Vik,una@x.example", 2, 1},
	{"a blank line", "Ida,Holm,ida@x.example||Waiting list||Una,Vik,una@x.example", 2, 1},
	{"another section behind", "Ida,Holm,ida@x.example|Declined (1)|Una,Vik,una@x.example|Staff|Ola,Vik,ola@x.example", 3,
		1},
	{"a part of it", "Ida,Holm,ida@x.example|DECLINED|Bride's side|Una,Vik,una@x.example", 2, 1},
	{"a note in it", "Ida,Holm,ida@x.example|DECLINED|Una,Vik,una@x.example|* = by phone|Ola,Vik,ola@x.example", 3, 2},
	{"German", "Zusagen|Ida,Holm,ida@x.example|Absagen|Una,Vik,una@x.example", 2, 1},
	{"German waiting list", "Ida,Holm,ida@x.example|Warteliste:|Una,Vik,una@x.example", 2, 1},
	{"French", "Ida,Holm,ida@x.example|Ne viennent pas|Una,Vik,una@x.example", 2, 1},
	{"French, cancelled", "Ida,Holm,ida@x.example|Annulés|Una,Vik,una@x.example", 2, 1},
	{"Spanish", "Ida,Holm,ida@x.example|No asisten|Una,Vik,una@x.example|Lista de espera|Ola,Vik,ola@x.example", 3, 2},
	{"Italian", "Ida,Holm,ida@x.example|Non vengono|Una,Vik,una@x.example", 2, 1},
	{"Portuguese", "Ida,Holm,ida@x.example|Recusados|Una,Vik,una@x.example", 2, 1},
	{"Dutch", "Ida,Holm,ida@x.example|Afmeldingen|Una,Vik,una@x.example", 2, 1},
	{"Swedish", "Ida,Holm,ida@x.example|Kommer inte|Una,Vik,una@x.example", 2, 1},
	{"Danish", "Ida,Holm,ida@x.example|Afbud|Una,Vik,una@x.example", 2, 1},
	{"Norwegian", "Ida,Holm,ida@x.example|Venteliste|Una,Vik,una@x.example", 2, 1},
	{"Finnish", "Ida,Holm,ida@x.example|Peruutukset|Una,Vik,una@x.example", 2, 1},
	{"Polish", "Ida,Holm,ida@x.example|Nieobecni|Una,Vik,una@x.example", 2, 1},
	{"Czech", "Ida,Holm,ida@x.example|Odhlášeni|Una,Vik,una@x.example", 2, 1},
	{"Hungarian", "Ida,Holm,ida@x.example|Nem jönnek|Una,Vik,una@x.example", 2, 1},
	{"Romanian", "Ida,Holm,ida@x.example|Au refuzat|Una,Vik,una@x.example", 2, 1},
	{"Croatian", "Ida,Holm,ida@x.example|Otkazali|Una,Vik,una@x.example", 2, 1},
	{"Russian", "Ida,Holm,ida@x.example|Отказались|Una,Vik,una@x.example", 2, 1},
	{"Ukrainian", "Ida,Holm,ida@x.example|Не прийдуть|Una,Vik,una@x.example", 2, 1},
	{"Greek", "Ida,Holm,ida@x.example|Δεν έρχονται|Una,Vik,una@x.example", 2, 1},
	{"Turkish", "Ida,Holm,ida@x.example|Gelmeyecek|Una,Vik,una@x.example", 2, 1},
	{"Japanese", "Ida,Holm,ida@x.example|キャンセル待ち|Una,Vik,una@x.example", 2, 1},
	{"Chinese", "Ida,Holm,ida@x.example|不参加|Una,Vik,una@x.example", 2, 1},
	{"former ones", "Ida,Holm,ida@x.example|Ehemalige|Una,Vik,una@x.example", 2, 1},
	{"an old list", "Ida,Holm,ida@x.example|Old list 2024|Una,Vik,una@x.example", 2, 1},
	{"a second list", "Ida,Holm,ida@x.example|B-List|Una,Vik,una@x.example", 2, 1},
	{"if there is space", "Ida,Holm,ida@x.example|Only if there is space|Una,Vik,una@x.example", 2, 1},
	{"French, if there is space", "Ida,Holm,ida@x.example|Seulement si place|Una,Vik,una@x.example", 2, 1},
	{"Spanish, not confirmed", "Ida,Holm,ida@x.example|No confirmados|Una,Vik,una@x.example", 2, 1},
	{"Spanish, to be confirmed", "Ida,Holm,ida@x.example|Sin confirmar|Una,Vik,una@x.example", 2, 1},
	{"Spanish, waiting", "Ida,Holm,ida@x.example|Pendientes de respuesta|Una,Vik,una@x.example", 2, 1},
	{"German, without an answer", "Ida,Holm,ida@x.example|Ohne Zusage|Una,Vik,una@x.example", 2, 1},
	{"French, not confirmed", "Ida,Holm,ida@x.example|Pas confirmés|Una,Vik,una@x.example", 2, 1},
	{"French, to be asked again", "Ida,Holm,ida@x.example|À relancer|Una,Vik,una@x.example", 2, 1},
	{"French, refusals", "Ida,Holm,ida@x.example|Refus|Una,Vik,una@x.example", 2, 1},
	{"Italian, not confirmed", "Ida,Holm,ida@x.example|Non confermati|Una,Vik,una@x.example", 2, 1},
	{"Italian, reserves", "Ida,Holm,ida@x.example|Riserve|Una,Vik,una@x.example", 2, 1},
	{"Portuguese, not confirmed", "Ida,Holm,ida@x.example|Não confirmados|Una,Vik,una@x.example", 2, 1},
	{"Polish, not confirmed", "Ida,Holm,ida@x.example|Niepotwierdzeni|Una,Vik,una@x.example", 2, 1},
	{"Swedish, not confirmed", "Ida,Holm,ida@x.example|Ej bekräftade|Una,Vik,una@x.example", 2, 1},
	{"Russian, not confirmed", "Ida,Holm,ida@x.example|Не подтвердили|Una,Vik,una@x.example", 2, 1},
	{"Korean, not confirmed", "Ida,Holm,ida@x.example|미확인|Una,Vik,una@x.example", 2, 1},
	{"after all", "Ida,Holm,ida@x.example|Not coming after all|Una,Vik,una@x.example", 2, 1},
	{"after a day", "Ida,Holm,ida@x.example|Cancelled after 1 May|Una,Vik,una@x.example", 2, 1},
	{"a second round", "Ida,Holm,ida@x.example|Second round|Una,Vik,una@x.example", 2, 1},
	{"German, a second round", "Ida,Holm,ida@x.example|Zweite Runde|Una,Vik,una@x.example", 2, 1},
	{"later", "Ida,Holm,ida@x.example|Invite later|Una,Vik,una@x.example", 2, 1},
	{"old addresses", "Ida,Holm,ida@x.example|Old addresses|Una,Vik,una@x.example", 2, 1},
	{"uncertain", "Ida,Holm,ida@x.example|Uncertain|Una,Vik,una@x.example", 2, 1},
	{"dropped", "Ida,Holm,ida@x.example|Dropped|Una,Vik,una@x.example", 2, 1},
	{"French, absent", "Ida,Holm,ida@x.example|Absents|Una,Vik,una@x.example", 2, 1},
	{"Spanish, absent", "Ida,Holm,ida@x.example|Ausentes|Una,Vik,una@x.example", 2, 1},
	{"Russian, uncertain", "Ida,Holm,ida@x.example|Под вопросом|Una,Vik,una@x.example", 2, 1},
	{"Hebrew", "Ida,Holm,ida@x.example|לא מגיעים|Una,Vik,una@x.example", 2, 1},
}

// questionOf is what a list is held for.
func questionOf(t *testing.T, path string, r spec.Reading) (*table.Question, error) {
	t.Helper()
	_, err := planOf(t, path, r)
	q, _ := errors.AsType[*table.Question](err)
	return q, err
}

func TestGuestsBelowAHeadingThatSaysTheyDoNotComeAreAskedAbout(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	for _, c := range sectioned {
		list := statusList{rows: c.rows, out: c.out}
		list.path = write(t, "First Name,Last Name,Email\n"+strings.ReplaceAll(c.list, "|", "\n")+"\n")
		q, err := questionOf(t, list.path, spec.Reading{})
		if q == nil || !strings.HasPrefix(q.Text, "headings in the list") {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		for _, choice := range q.Choices {
			plan, err := planOf(t, list.path, chosen(choice))
			left := c.out
			if choice.Option == "map" || choice.Value == "all" {
				left = 0
			}
			if err != nil || plan.Filtered != left || plan.Guests != c.rows-left {
				t.Errorf("%s, with %s: %d guests, %d left out: %v", c.name, choice.Flag(), plan.Guests, plan.Filtered, err)
			}
		}
	}
}

// chosen is an answer as the flag has it.
func chosen(c table.Choice) (r spec.Reading) {
	switch c.Option {
	case "where":
		r.Where = c.Value
	case "map":
		field, header, _ := strings.Cut(c.Value, "=")
		r.Mapping = map[string]string{field: header}
	}
	return r
}

func TestHeadingsThatSayNothingOfThatAreNotAskedAbout(t *testing.T) {
	t.Parallel()
	for _, heading := range []string{"VIP", "Table 5", "Confirmed", "Invited guests", "Gästeliste", "Staff", "Kids",
		"Press & media", "Zusagen", "All RSVPs", "Old friends", "A-List", "Alumni", "Reserved seats",
		"Guests without declined", "Printed on 2026-05-01", "招待客", "Confirmed after 1 May", "List after cancellations", "Second table",
		"Arriving later", "Confirmados", "Zugesagt", "Reserved table", "Without table", "Second floor", "Invitados de Ida"} {
		path := write(t, "First Name,Last Name,Email\n"+heading+"\nIda,Holm,ida@x.example\nBo,Ek,bo@x.example\n")
		if plan, err := planOf(t, path, spec.Reading{}); err != nil || plan.Guests != 2 {
			t.Errorf("%s: %d guests, %v", heading, plan.Guests, err)
		}
	}
}

func TestATitleOrTheNameOfAFileThatSaysItsGuestsDoNotComeIsAskedAbout(t *testing.T) {
	t.Parallel()
	const guests = "First Name,Last Name,Email\nIda,Holm,ida@x.example\n"
	named := func(name, list string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(list), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, ask := range map[string]bool{
		"declined.csv": true, "waitlist 2026.csv": true, "Absagen_Sommerfest.csv": true, "regrets-gala.csv": true,
		"annulations.csv": true,
		"gala_old.csv":    true, "guests draft.csv": true, "Entwurf Gäste.csv": true, "old town party.csv": false,
		"oldenburg.csv": false,
		"guests.csv":    false, "a4y7vml4-rejects.csv": false, "rejects (1).csv": false, "gala-without-declined.csv": false,
		"removed duplicates.csv": false, "invited.csv": false, "01-name-surname.csv": false,
	} {
		q, err := questionOf(t, named(name, guests), spec.Reading{})
		if (q != nil) != ask {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i := range offered(q) {
			if plan, err := planOf(t, named(name, guests), chosen(q.Choices[i])); err != nil || plan.Guests != 1 {
				t.Errorf("%s, with %s: %v", name, q.Choices[i].Flag(), err)
			}
		}
	}
	for title, says := range map[string]string{"Declined": "Declined 1", "Guest list 2023 (outdated)": "other words 1",
		"ENTWURF - noch nicht versenden": "1", "DRAFT": "1"} {
		q, err := questionOf(t, named("guests.csv", title+",,\n"+guests), spec.Reading{})
		if q == nil || !strings.Contains(q.Text, says) {
			t.Errorf("below %s: %v", title, err)
		}
	}
}

func offered(q *table.Question) []table.Choice {
	if q == nil {
		return nil
	}
	return q.Choices
}

// workbookOf writes sheets of guests, each of which another one follows by its email; mark is called for each sheet.
func workbookOf(t *testing.T, mark func(*excelize.File, string), sheets ...string) string {
	t.Helper()
	f := excelize.NewFile()
	for i, sheet := range sheets {
		if _, err := f.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
		for row, cells := range [][]any{{"First Name", "Last Name", "Email", "Phone"},
			{"Ida", "Holm", fmt.Sprintf("ida%d@x.example", i), "1"},
			{"Bo", "Ek", fmt.Sprintf("bo%d@x.example", i), "2"}, {"Una", "Vik", fmt.Sprintf("una%d@x.example", i), "3"}} {
			if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", row+1), &cells); err != nil {
				t.Fatal(err)
			}
		}
		mark(f, sheet)
	}
	if sheets[0] != "Sheet1" {
		if err := f.DeleteSheet("Sheet1"); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "guests.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRowsThatAreStruckThroughAreAskedAbout(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	struck := func(cells ...string) func(*excelize.File, string) {
		return func(f *excelize.File, sheet string) {
			style, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
			for _, cell := range cells {
				err = errors.Join(err, f.SetCellStyle(sheet, cell, cell, style))
			}
			if err != nil {
				t.Error(err)
			}
		}
	}
	run := func(f *excelize.File, sheet string) {
		if err := f.SetCellRichText(sheet, "B3",
			[]excelize.RichTextRun{{Text: "Ek", Font: &excelize.Font{Strike: true}}}); err != nil {
			t.Error(err)
		}
	}
	for name, c := range map[string]struct {
		mark func(*excelize.File, string)
		out  int
	}{
		"a row": {struck("A3", "B3", "C3", "D3"), 1}, "its name": {struck("A3"), 1}, "two rows": {struck("C2", "C3"), 2},
		"a part of a text": {run, 1},
		"a phone number":   {struck("D3"), 0},
	} {
		path := workbookOf(t, c.mark, "Sheet1")
		q, err := questionOf(t, path, spec.Reading{})
		if (q != nil) != (c.out > 0) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, choice := range offered(q) {
			plan, err := planOf(t, path, chosen(choice))
			left := c.out
			if choice.Option == "map" || choice.Value == "all" {
				left = 0
			}
			if err != nil || plan.Filtered != left || plan.Guests != 3-left {
				t.Errorf("%s, with %s: %d guests: %v", name, choice.Flag(), plan.Guests, err)
			}
		}
	}
}

func TestASheetThatIsCalledCancelledIsAskedAbout(t *testing.T) {
	t.Parallel()
	none := func(*excelize.File, string) {}
	for _, name := range []string{"OLD - do not use", "Entwurf", "guests old"} {
		if q, err := questionOf(t, workbookOf(t, none, name), spec.Reading{}); q == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	only := workbookOf(t, none, "Declined")
	q, err := questionOf(t, only, spec.Reading{})
	if q == nil || len(q.Choices) != 2 || !strings.Contains(q.Text, "Declined 3") ||
		!strings.Contains(err.Error(), "do not import it") {
		t.Errorf("the only sheet: %v", err)
	}
	both := workbookOf(t, none, "Guests", "Cancelled")
	r := spec.Reading{Sheet: "all"}
	if q, err = questionOf(t, both, r); q == nil || len(q.Choices) == 0 || q.Choices[0].Value != "#sheet != Cancelled" {
		t.Fatalf("joined: %v", err)
	}
	for i, want := range []int{3, 6, 6} {
		said := chosen(q.Choices[i])
		said.Sheet = "all"
		if plan, err := planOf(t, both, said); err != nil || plan.Guests != want {
			t.Errorf("joined, with %s: %d guests, %v", q.Choices[i].Flag(), plan.Guests, err)
		}
	}
}

func TestANumberOfPeopleIsAskedAboutAndEachAnswerWorks(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]int{
		"Persons": 3, "# attending": 3, "Number attending": 3, "人数": 3, "Personnes": 3, "Adults": 3,
		"Quantity": 0, "Tickets": 0, "# of Tickets": 0, "Seats": 0, "Anzahl": 0, "Billets": 0, "Table": 0, "Shoe size": 0,
	} {
		path := write(t, "First Name,Last Name,Email,"+header+"\nIda,Holm,ida@x.example,1\nBo,Ek,bo@x.example,2\n")
		q, err := questionOf(t, path, spec.Reading{})
		if len(offered(q)) != want && want > 0 || want == 0 && err != nil {
			t.Errorf("%s: %v", header, err)
			continue
		}
		for _, choice := range offered(q) {
			if plan, err := planOf(t, path, chosen(choice)); err != nil || plan.Guests != 2 {
				t.Errorf("%s, with %s: %v", header, choice.Flag(), err)
			}
		}
	}
	path := write(t, "First Name,Last Name,Email,Adults,Children\nIda,Holm,ida@x.example,2,1\nBo,Ek,bo@x.example,1,\n")
	q, err := questionOf(t, path, spec.Reading{})
	if q == nil || q.Choices[0].Value != "party_size={{Adults}} + {{Children}}" {
		t.Fatalf("adults and children: %v", err)
	}
	s := importer.Settings{Spec: spec.Spec{Account: "main", Event: gala.Event, Reading: chosen(q.Choices[0])},
		PreviewRows: 5}
	plan, err := importer.MakePlan(t.Context(), path, s)
	if err != nil || plan.Refused() != nil || !strings.HasPrefix(plan.Preview[0].Fields["party_size"], "3") {
		t.Errorf("adults and children: %+v, %v", plan.Preview, err)
	}
}

// Promise: a row with a number of people or tickets that is 0 is asked about, whatever the number is called.
func TestARowOfNoPeopleIsAskedAbout(t *testing.T) {
	t.Parallel()
	for _, header := range []string{
		"Guests", "# Guests", "Anzahl", "Pers.", "Pers", "Persons", "Tickets", "Antal", "Invités",
	} {
		path := write(t, "First Name,Last Name,Email,"+header+"\nIda,Holm,ida@x.example,1\nBo,Ek,bo@x.example,0\nUna,Berg,una@x.example,1\n")
		q, err := questionOf(t, path, spec.Reading{})
		if q == nil || !strings.HasSuffix(q.Choices[0].Value, "!= 0") {
			t.Errorf("%s: %v", header, err)
			continue
		}
		if plan, err := planOf(t, path, chosen(q.Choices[0])); err != nil || plan.Guests != 2 {
			t.Errorf("%s, with %s: %d guests, %v", header, q.Choices[0].Flag(), plan.Guests, err)
		}
	}
}
