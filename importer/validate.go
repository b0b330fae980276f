package importer

import (
	"fmt"
	"net/mail"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/ledger"
	"guestflow/qflow"
)

// Code is why a row is rejected. The set is closed: it is in reports, in the ledger and in metrics.
type Code string

// The codes of rejected rows.
const (
	BadShape     Code = "wrong_number_of_cells"
	BadQuotes    Code = "broken_quotes"
	EmptyRow     Code = "empty_row"
	NotUTF8      Code = "not_utf8"
	NoName       Code = "no_name"
	NoEmail      Code = "no_email"
	BadEmail     Code = "bad_email"
	BadPlusOnes  Code = "bad_plus_ones"
	BadFlag      Code = "bad_yes_or_no"
	BadDate      Code = "bad_date"
	BadTag       Code = "bad_tag"
	TooLong      Code = "too_long"
	NoEvent      Code = "no_event"
	NoKey        Code = "no_key"
	DuplicateRow Code = "duplicate_in_file"
)

const (
	maxCell       = 2000 // characters; Qflow states no limit, and its notes are the longest field
	maxEmail      = 254  // RFC 5321 section 4.5.3.1.3, less the angle brackets
	maxEmailLocal = 64   // RFC 5321 section 4.5.3.1.1
	maxPlusOnes   = 1000 // above it a number was read from the wrong column
	minYear       = 1900 // before it a date was read from the wrong column
	maxYear       = 9999 // after it JSON has no form for the date (RFC 3339 section 1)
)

// Finding is what is wrong with a row. Its text holds no value of the row: it goes to logs and pages.
type Finding struct {
	Code   Code
	Column string // header, "" for the whole row
	Text   string
}

// validator turns records into guests.
type validator struct {
	columns  Columns
	event    string
	template string
	location *time.Location
}

// guest checks a record that has been cleaned. It gives all findings, not only the first: a row is corrected once.
func (v *validator) guest(r *record) (qflow.Guest, []Finding) {
	if *r == (record{}) {
		return qflow.Guest{}, []Finding{{Code: EmptyRow, Text: "the row is empty in every column that is used"}}
	}
	c := check{validator: v}
	c.text(r)
	g := qflow.Guest{
		EventID: orElse(canonical(r.EventID), v.event), TemplateID: orElse(canonical(r.TemplateID), v.template),
		FirstName: r.FirstName, LastName: r.LastName, OtherNames: r.OtherNames, Email: r.Email, Notes: r.Notes,
		Barcode: r.Barcode, CustomID: r.CustomID,
	}
	g.Tags = c.tags(r.Tags)
	g.PlusOnes = c.plusOnes(r.PlusOnes)
	g.IsGroup = c.yes(r.IsGroup)
	g.ValidFrom = c.date("valid_from", r.ValidFrom)
	g.ValidTo = c.lastMoment("valid_to", r.ValidTo)
	c.email(&g)
	if g.FirstName == "" && g.LastName == "" {
		c.add(NoName, "first_name", "a guest needs a first or a last name")
	}
	if g.EventID == "" {
		c.add(NoEvent, "event_id", "the row names no event, and --event gives none")
	}
	return g, c.findings
}

// clean takes off surrounding blanks, and the quote that a report puts before a cell that a spreadsheet would run as a
// formula, so that a corrected rejects file comes back as it was.
func (r *record) clean() {
	for _, cell := range r.cells() {
		if *cell != "" {
			*cell = strings.TrimSpace(ledger.Unguard(strings.TrimSpace(*cell)))
		}
	}
}

func (r *record) cells() [15]*string {
	return [...]*string{
		&r.FirstName, &r.LastName, &r.OtherNames, &r.Email, &r.PlusOnes, &r.Notes, &r.Tags, &r.Barcode, &r.CustomID, &r.IsGroup,
		&r.ValidFrom, &r.ValidTo, &r.EventID, &r.TemplateID, &r.Key,
	}
}

var cellFields = [...]string{
	"first_name", "last_name", "other_names", "email", "plus_ones", "notes", "tags", "barcode", "custom_id", "is_group",
	"valid_from", "valid_to", "event_id", "template_id", "key",
}

// check collects what is wrong with one record.
type check struct {
	*validator
	findings []Finding
}

func (c *check) add(code Code, field, text string) {
	c.findings = append(c.findings, Finding{Code: code, Column: c.columns.Headers[field], Text: text})
}

func (c *check) text(r *record) {
	for i, cell := range r.cells() {
		switch {
		case len(*cell) > maxCell && utf8.RuneCountInString(*cell) > maxCell:
			c.add(TooLong, cellFields[i], fmt.Sprintf("the cell has more than %d characters", maxCell))
		case damaged(*cell):
			c.add(NotUTF8, cellFields[i], "the cell has characters that are not UTF-8, or zero bytes; save the file as CSV UTF-8")
		}
	}
}

// damaged finds zero bytes, what is not UTF-8, and the sign that others have put in its place.
func damaged(s string) bool {
	return strings.IndexByte(s, 0) >= 0 || (!ascii(s) && strings.ContainsRune(s, utf8.RuneError))
}

func (c *check) email(g *qflow.Guest) {
	switch {
	case g.Email == "" && g.TemplateID != "":
		c.add(NoEmail, "email", "an email is to be sent, and the row has no address")
	case g.Email != "" && !validEmail(g.Email):
		c.add(BadEmail, "email", "not an email address such as name@example.com")
	}
}

// validEmail accepts a bare address whose domain has a dot. net/mail knows RFC 5322; the rest are limits of RFC 5321, and
// names for an address ("Ann <ann@example.com>") that Qflow would not take.
func validEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > maxEmailLocal || len(s) > maxEmail || !validDomain(s[at+1:]) {
		return false
	}
	if simpleLocal(s[:at]) {
		return true
	}
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && !strings.ContainsFunc(s, invisible)
}

// simpleLocal knows what nearly every address has before its @, because net/mail costs more than decoding the row.
func simpleLocal(s string) bool {
	for i, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '+', c == '-':
		case c == '.' && i > 0 && i < len(s)-1 && s[i-1] != '.':
		default:
			return false
		}
	}
	return true
}

// validDomain wants two or more labels of letters, digits and inner hyphens, in any script.
func validDomain(domain string) bool {
	labels := 0
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || label[0] == '-' || label[len(label)-1] == '-' || strings.ContainsFunc(label, notInLabel) {
			return false
		}
		labels++
	}
	return labels > 1
}

func notInLabel(r rune) bool {
	return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
}

// invisible characters come along when an address is copied from a web page or a mail.
func invisible(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }

// plusOnes reads base 10 only: "010" is ten, and "2.0" or "1e3" may have been something else before a spreadsheet saw them.
func (c *check) plusOnes(s string) int {
	if s == "" {
		return 0
	}
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || n > maxPlusOnes || strings.HasPrefix(s, "+") {
		c.add(BadPlusOnes, "plus_ones", fmt.Sprintf("not a whole number from 0 to %d", maxPlusOnes))
		return 0
	}
	return int(n)
}

func (c *check) yes(s string) bool {
	switch strings.ToLower(s) {
	case "true", "yes", "y", "1", "x":
		return true
	case "", "false", "no", "n", "0":
		return false
	}
	c.add(BadFlag, "is_group", "neither yes nor no: write True or leave it empty")
	return false
}

// dateLayouts are by the length of what is written, those without a zone first: time's errors cost more than its parsing.
var dateLayouts = map[int][]string{
	len("2006-01-02"):          {"2006-01-02"},
	len("2006-01-02T15:04"):    {"2006-01-02T15:04", "2006-01-02 15:04"},
	len("2006-01-02T15:04:05"): {"2006-01-02T15:04:05", "2006-01-02 15:04:05"},
}

// date reads ISO 8601. A time without a zone is in the profile's zone; Qflow gets UTC with Z (fact sheet section 11,
// question 27).
func (c *check) date(field, s string) *time.Time {
	if s == "" {
		return nil
	}
	layouts := dateLayouts[len(s)]
	if layouts == nil {
		layouts = []string{time.RFC3339}
	}
	for _, layout := range layouts {
		t, err := time.ParseInLocation(layout, s, c.location)
		if t = t.UTC(); err == nil && t.Year() >= minYear && t.Year() <= maxYear {
			return &t
		}
	}
	c.add(BadDate, field, "not a date such as 2026-06-01 or 2026-06-01T18:00:00Z")
	return nil
}

// lastMoment reads a day without a time as its end: who writes that a guest is valid to the day of the event does not mean
// that the door closes at midnight before it.
func (c *check) lastMoment(field, s string) *time.Time {
	if len(s) == len(time.DateOnly) {
		if day, err := time.ParseInLocation(time.DateOnly, s, c.location); err == nil {
			s = day.AddDate(0, 0, 1).Add(-time.Second).Format(time.RFC3339)
		}
	}
	return c.date(field, s)
}

// tags trims each tag and refuses what Qflow's tag grammar forbids (fact sheet section 8), since it is unknown whether a
// forbidden character is refused or silently dropped there.
func (c *check) tags(s string) string {
	if s == "" {
		return ""
	}
	kept := make([]string, 0, 8)
	for tag := range strings.SplitSeq(s, ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			kept = append(kept, tag)
		}
	}
	s = strings.Join(kept, ", ")
	if strings.ContainsAny(s, "#%'\"\n\r") {
		c.add(BadTag, "tags", `a tag may not hold any of # % ' " or a line break`)
	}
	return s
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
