package importer

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"guestflow/importer/columns"
	"guestflow/importer/ledger"
	"guestflow/qflow"
)

// Code is why a row is rejected, or what a person should look at. The set is closed: it is in reports, in the ledger and in
// metrics.
type Code string

// The codes of rejected rows.
const (
	BadShape         Code = "wrong_number_of_cells"
	BadQuotes        Code = "broken_quotes"
	EmptyRow         Code = "empty_row"
	TotalsRow        Code = "totals_row"
	NotUTF8          Code = "not_utf8"
	NoName           Code = "no_name"
	NoEmail          Code = "no_email"
	BadEmail         Code = "bad_email"
	BadPlusOnes      Code = "bad_plus_ones"
	BadFlag          Code = "bad_yes_or_no"
	BadDate          Code = "bad_date"
	BadTag           Code = "bad_tag"
	RoundedNumber    Code = "rounded_number"
	TooLong          Code = "too_long"
	NoEvent          Code = "no_event"
	NoKey            Code = "no_key"
	DuplicateRow     Code = "duplicate_in_file"
	DuplicateBarcode Code = "duplicate_barcode"
)

// The codes of warnings.
const (
	EmailSlip Code = "email_slip"
	OddTag    Code = "odd_tag"
	OddDates  Code = "odd_dates"
	OddLines  Code = "odd_line_breaks"
	OddText   Code = "odd_encoding"
	NoValue   Code = "formula_without_value"
	Merged    Code = "merged_cells"
)

const (
	maxCell     = 2000 // characters; Qflow states no limit, and its notes are the longest field
	maxPlusOnes = 1000 // above it a number was read from the wrong column
	minYear     = 1900 // before it a date was read from the wrong column
	maxYear     = 9999 // after it JSON has no form for the date (RFC 3339 section 1)
)

// Finding is what is wrong with a row. Its text holds no value of the row: it goes to logs and pages.
type Finding struct {
	Code   Code
	Column string // header, "" for the whole row
	Text   string

	field string // whose cell it is about, "" for the whole row
}

var (
	emptyRow  = Finding{Code: EmptyRow, Text: "the row is empty in every column that is used"}
	totalsRow = Finding{Code: TotalsRow, Text: "the row has a total and no guest"}
)

// validator turns records into guests. It is for one goroutine.
type validator struct {
	columns  Columns
	event    string
	template string
	location *time.Location
	layout   string // of dates that are not ISO 8601; "" for none

	// What was good in the row before: lists repeat themselves.
	from, to     goodDate
	tag, address good
}

type goodDate struct {
	text string
	at   *time.Time
}

// good is a text, and what became of it.
type good struct{ text, is string }

// guest checks a record that has been cleaned, and makes a guest of it. It gives all findings, not only the first: a row is
// corrected once.
func (v *validator) guest(r *record, g *qflow.Guest) (findings, warnings []Finding) {
	if *r == (record{}) {
		return []Finding{emptyRow}, nil
	}
	c := &check{validator: v}
	c.text(r)
	*g = qflow.Guest{
		EventID: orElse(canonical(r.EventID), v.event), TemplateID: orElse(canonical(r.TemplateID), v.template),
		FirstName: r.FirstName, LastName: r.LastName, OtherNames: r.OtherNames, Email: r.Email, Notes: r.Notes,
		Barcode: c.exact(columns.Barcode, r.Barcode), CustomID: c.exact(columns.CustomID, r.CustomID),
	}
	g.Tags = c.tags(r.Tags)
	g.PlusOnes = c.plusOnes(r.PlusOnes)
	g.IsGroup = c.yes(r.IsGroup)
	g.ValidFrom = c.date(columns.ValidFrom, r.ValidFrom, &v.from)
	g.ValidTo = c.date(columns.ValidTo, r.ValidTo, &v.to)
	if g.ValidFrom != nil && g.ValidTo != nil && g.ValidTo.Before(*g.ValidFrom) {
		c.warn(OddDates, columns.ValidTo, "the last day is before the first")
	}
	c.email(g)
	c.wholeQuotes(columns.FirstName, r.FirstName)
	c.wholeQuotes(columns.LastName, r.LastName)
	if g.FirstName == "" && g.LastName == "" {
		c.add(NoName, columns.FirstName, "a guest needs a first or a last name")
	}
	if g.EventID == "" {
		c.add(NoEvent, columns.EventID, "the row names no event, and none is chosen for the whole file")
	}
	return c.findings, c.warnings
}

// clean takes off surrounding blanks, and the quote that a report puts before a cell that a spreadsheet would run as a
// formula, so that a corrected rejects file comes back as it was.
func clean(cell string) string {
	if cell == "" || (inked(cell[0]) && inked(cell[len(cell)-1])) {
		return cell
	}
	return strings.TrimSpace(ledger.Unguard(strings.TrimSpace(cell)))
}

// inked tells a character that nothing is taken off for.
func inked(c byte) bool { return c > ' ' && c < utf8.RuneSelf && c != '\'' }

// check collects what is wrong with one record.
type check struct {
	*validator
	findings, warnings []Finding
}

func (c *check) add(code Code, field, text string) {
	c.findings = append(c.findings, Finding{Code: code, Column: c.columns.Headers[field], Text: text, field: field})
}

func (c *check) warn(code Code, field, text string) {
	c.warnings = append(c.warnings, Finding{Code: code, Column: c.columns.Headers[field], Text: text, field: field})
}

func (c *check) text(r *record) {
	for i, cell := range r.cells() {
		switch {
		case *cell == "":
		case len(*cell) > maxCell && utf8.RuneCountInString(*cell) > maxCell:
			c.add(TooLong, cellFields[i], fmt.Sprintf("the cell has more than %d characters", maxCell))
		case damaged(*cell):
			c.add(NotUTF8, cellFields[i], "the cell has characters that are not UTF-8, or zero bytes; save the file as CSV UTF-8")
		}
	}
}

// wholeQuotes refuses a name with half a pair of quotes around it, which is how rejects show a row with broken quotes: dropped
// again as it is, it would be mailed so. A quote amid a name is one, as in Hebrew.
func (c *check) wholeQuotes(field, s string) {
	if s != "" && (s[0] == '"' || s[len(s)-1] == '"') && strings.Count(s, `"`) == 1 {
		c.add(BadQuotes, field, "the name has a quote on one side only; remove it, or write the other one")
	}
}

// damaged finds zero bytes, what is not UTF-8, and the sign that others have put in its place.
func damaged(s string) bool {
	return !plain(s) && (strings.IndexByte(s, 0) >= 0 || strings.ContainsRune(s, utf8.RuneError))
}

// rounded is how a spreadsheet writes a number that it had no room for.
var rounded = regexp.MustCompile(`^[0-9]([.,][0-9]+)?[eE]\+[0-9]+$`)

// exact refuses what a spreadsheet has made of a long number: its last digits are lost.
func (c *check) exact(field, s string) string {
	if len(s) >= len("1E+1") && strings.IndexByte(s, '+') > 0 && rounded.MatchString(s) {
		c.add(RoundedNumber, field, "a spreadsheet has rounded this number; format its column as text, and export it again")
	}
	return s
}

// plusOnes reads base 10 only: "010" is ten. "2.0" is how a spreadsheet writes a whole number that went through a formula, and
// "1e3" may have been anything.
func (c *check) plusOnes(s string) int {
	if s == "" {
		return 0
	}
	whole, fraction, pointed := strings.Cut(s, ".")
	if !pointed {
		whole, fraction, pointed = strings.Cut(s, ",")
	}
	n, err := strconv.ParseUint(whole, 10, 32)
	switch {
	case err == nil && n <= maxPlusOnes && (!pointed || fraction == "0" || fraction == "00"): // three would be "1,000"
		return int(n)
	case strings.ContainsAny(s, "eE") && isNumber(s):
		c.add(BadPlusOnes, columns.PlusOnes, "a spreadsheet has written this number with an exponent; write its digits")
	default:
		c.add(BadPlusOnes, columns.PlusOnes, fmt.Sprintf("not a whole number from 0 to %d", maxPlusOnes))
	}
	return 0
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// flags are what people and programs write for yes and no, in the languages that headers are known in.
var flags = func() map[string]bool {
	m := map[string]bool{}
	for word := range strings.FieldsSeq("true yes y 1 1.0 x ✓ ✔ wahr ja j vrai oui verdadero sí si waar prawda tak vero sì verdadeiro sim") {
		m[word] = true
	}
	for word := range strings.FieldsSeq("false no n 0 0.0 - falsch nein faux non falso onwaar nee fałsz nie não nao") {
		m[word] = false
	}
	return m
}()

func (c *check) yes(s string) bool {
	if s == "" {
		return false
	}
	yes, known := flags[s]
	if !known {
		if yes, known = flags[strings.ToLower(s)]; !known {
			c.add(BadFlag, columns.IsGroup, "neither yes nor no: write True or leave it empty")
		}
	}
	return yes
}

// dateLayouts are by the length of what is written, those without a zone first: time's errors cost more than its parsing.
var dateLayouts = map[int][]string{
	len("2006-01-02"):          {"2006-01-02"},
	len("2006-01-02T15:04"):    {"2006-01-02T15:04", "2006-01-02 15:04"},
	len("2006-01-02T15:04:05"): {"2006-01-02T15:04:05", "2006-01-02 15:04:05"},
}

// date reads ISO 8601, or the profile's own layout. A time without a zone is in the profile's zone; Qflow gets UTC with Z
// (docs/qflow-api.md section 11, question 27). The last day of something means its end: who writes that a guest is valid to the
// day of the event does not mean that the door closes at midnight before it.
func (c *check) date(field, s string, last *goodDate) *time.Time {
	if s == "" {
		return nil
	}
	if s == last.text {
		return last.at
	}
	t, day, ok := c.parseDate(s)
	if ok && day && field == columns.ValidTo {
		t = t.AddDate(0, 0, 1).Add(-time.Second)
	}
	if t = t.UTC(); !ok || t.Year() < minYear || t.Year() > maxYear {
		text := "not a date such as 2026-06-01 or 2026-06-01T18:00:00Z"
		if c.layout != "" {
			text += ", nor as the profile's layout has it"
		}
		c.add(BadDate, field, text)
		return nil
	}
	*last = goodDate{s, &t}
	return &t
}

// parseDate also tells whether it is a day without a time.
func (c *check) parseDate(s string) (t time.Time, day, ok bool) {
	layouts := dateLayouts[len(s)]
	if layouts == nil {
		layouts = []string{time.RFC3339}
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, s, c.location); err == nil {
			return t, layout == time.DateOnly, true
		}
	}
	if c.layout == "" {
		return t, false, false
	}
	t, err := time.ParseInLocation(c.layout, s, c.location)
	return t, !strings.Contains(c.layout, "04"), err == nil
}

// CheckDateLayout tells what is wrong with a profile's layout of dates, or gives nil.
func CheckDateLayout(layout string) error {
	_, err := dateLayout(layout)
	return err
}

// dateLayout takes a layout as people write it, such as DD.MM.YYYY HH:mm, or as Go does.
func dateLayout(s string) (string, error) {
	if strings.Contains(s, "YY") {
		s = strings.NewReplacer("YYYY", "2006", "YY", "06", "MM", "01", "M", "1", "DD", "02", "D", "2", "HH", "15", "mm", "04", "ss", "05").Replace(s)
	}
	if s == "" {
		return "", nil
	}
	for _, want := range []time.Time{time.Date(2031, 10, 27, 0, 0, 0, 0, time.UTC), time.Date(2032, 11, 28, 0, 0, 0, 0, time.UTC)} {
		if got, err := time.Parse(s, want.Format(s)); err != nil || !got.Equal(want) {
			return "", errors.New("the date layout must have a year, a month and a day, such as DD.MM.YYYY")
		}
	}
	return s, nil
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
