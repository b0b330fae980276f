package importer

import (
	"fmt"
	"net/mail"
	"strconv"
	"strings"
	"time"
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

// guest checks a record. It gives all findings, not only the first: a row is corrected once.
func (v *validator) guest(r record) (qflow.Guest, []Finding) {
	if r == (record{}) {
		return qflow.Guest{}, []Finding{{Code: EmptyRow, Text: "the row is empty in every column that is used"}}
	}
	var c check
	r.clean()
	c.text(v, r)
	g := qflow.Guest{
		EventID: orElse(r.EventID, v.event), TemplateID: orElse(r.TemplateID, v.template),
		FirstName: r.FirstName, LastName: r.LastName, OtherNames: r.OtherNames, Email: r.Email, Notes: r.Notes,
		Barcode: r.Barcode, CustomID: r.CustomID,
	}
	g.Tags = c.tags(v.header("tags"), r.Tags)
	g.PlusOnes = c.plusOnes(v.header("plus_ones"), r.PlusOnes)
	g.IsGroup = c.yes(v.header("is_group"), r.IsGroup)
	g.ValidFrom = c.date(v.header("valid_from"), r.ValidFrom, v.location)
	g.ValidTo = c.date(v.header("valid_to"), r.ValidTo, v.location)
	c.email(v.header("email"), g)
	if g.FirstName == "" && g.LastName == "" {
		c.add(NoName, v.header("first_name"), "a guest needs a first or a last name")
	}
	if g.EventID == "" {
		c.add(NoEvent, v.header("event_id"), "the row names no event, and --event gives none")
	}
	return g, c.findings
}

func (v *validator) header(field string) string { return v.columns.Headers[field] }

// clean takes off surrounding blanks, and the quote that a report puts before a cell that a spreadsheet would run as a
// formula, so that a corrected rejects file comes back as it was.
func (r *record) clean() {
	for _, cell := range r.cells() {
		*cell = ledger.Unguard(strings.TrimSpace(*cell))
	}
}

func (r *record) cells() []*string {
	return []*string{
		&r.FirstName, &r.LastName, &r.OtherNames, &r.Email, &r.PlusOnes, &r.Notes, &r.Tags, &r.Barcode, &r.CustomID, &r.IsGroup,
		&r.ValidFrom, &r.ValidTo, &r.EventID, &r.TemplateID, &r.Key,
	}
}

var cellFields = []string{
	"first_name", "last_name", "other_names", "email", "plus_ones", "notes", "tags", "barcode", "custom_id", "is_group",
	"valid_from", "valid_to", "event_id", "template_id", "key",
}

type check struct{ findings []Finding }

func (c *check) add(code Code, column, text string) {
	c.findings = append(c.findings, Finding{Code: code, Column: column, Text: text})
}

func (c *check) text(v *validator, r record) {
	for i, cell := range r.cells() {
		switch {
		case len(*cell) > maxCell && utf8.RuneCountInString(*cell) > maxCell:
			c.add(TooLong, v.header(cellFields[i]), fmt.Sprintf("the cell has more than %d characters", maxCell))
		case !utf8.ValidString(*cell) || strings.ContainsAny(*cell, "\x00\uFFFD"):
			c.add(NotUTF8, v.header(cellFields[i]), "the cell has characters that are not UTF-8; save the file as CSV UTF-8")
		}
	}
}

func (c *check) email(column string, g qflow.Guest) {
	switch {
	case g.Email == "" && g.TemplateID != "":
		c.add(NoEmail, column, "an email is to be sent, and the row has no address")
	case g.Email != "" && !validEmail(g.Email):
		c.add(BadEmail, column, "not an email address such as name@example.com")
	}
}

// validEmail accepts a bare address whose domain has a dot. net/mail knows RFC 5322; the rest are limits of RFC 5321, and
// names for an address ("Ann <ann@example.com>") that Qflow would not take.
func validEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > maxEmail {
		return false
	}
	at := strings.LastIndexByte(s, '@')
	local, domain := s[:at], s[at+1:]
	return len(local) <= maxEmailLocal && strings.Contains(domain, ".") && !strings.ContainsAny(domain, "[]_ ") &&
		!strings.HasPrefix(domain, ".") && !strings.HasSuffix(domain, ".") && !strings.HasPrefix(domain, "-") && !strings.Contains(domain, "..")
}

// plusOnes reads base 10 only: "010" is ten, and "2.0" or "1e3" may have been something else before a spreadsheet saw them.
func (c *check) plusOnes(column, s string) int {
	if s == "" {
		return 0
	}
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || n > maxPlusOnes || strings.HasPrefix(s, "+") {
		c.add(BadPlusOnes, column, fmt.Sprintf("not a whole number from 0 to %d", maxPlusOnes))
		return 0
	}
	return int(n)
}

func (c *check) yes(column, s string) bool {
	switch strings.ToLower(s) {
	case "true", "yes", "y", "1", "x":
		return true
	case "", "false", "no", "n", "0":
		return false
	}
	c.add(BadFlag, column, "neither yes nor no: write True or leave it empty")
	return false
}

var dateLayouts = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"}

// date reads ISO 8601. A time without a zone is in the profile's zone; Qflow gets UTC with Z (fact sheet section 11,
// question 27).
func (c *check) date(column, s string, zone *time.Location) *time.Time {
	if s == "" {
		return nil
	}
	for _, layout := range dateLayouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			t = t.UTC()
			return &t
		}
	}
	c.add(BadDate, column, "not a date such as 2026-06-01 or 2026-06-01T18:00:00Z")
	return nil
}

// tags trims each tag and refuses what Qflow's tag grammar forbids (fact sheet section 8), since it is unknown whether a
// forbidden character is refused or silently dropped there.
func (c *check) tags(column, s string) string {
	if s == "" {
		return ""
	}
	var kept []string
	for tag := range strings.SplitSeq(s, ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			kept = append(kept, tag)
		}
	}
	s = strings.Join(kept, ", ")
	if strings.ContainsAny(s, "#%'\"\n\r") {
		c.add(BadTag, column, `a tag may not hold any of # % ' " or a line break`)
	}
	return s
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
