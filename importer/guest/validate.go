package guest

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"guestflow/importer/columns"
	"guestflow/importer/formula"
	"guestflow/importer/pattern"
	"guestflow/qflow"
)

const (
	maxCell     = 2000 // characters; Qflow states no limit, and its notes are the longest field
	maxPlusOnes = 1000 // above it a number was read from the wrong column
	minYear     = 1900 // before it a date was read from the wrong column
	maxYear     = 9999 // after it JSON has no form for the date (RFC 3339 section 1)
)

// Validator turns records into guests. It is for one goroutine.
type Validator struct {
	Columns  columns.Columns
	Event    string
	Template string
	Location *time.Location
	Layout   string     // of dates that are not ISO 8601; "" for none
	Order    DateOrders // of the numbers in them, where no layout is given; 0 where it is not known

	Orders DateOrders // in which the dates of the latest row can be read that say no order themselves; 0 for none such

	// What was good in the row before: lists repeat themselves.
	from, to     cachedDate
	tag, address cachedValue
}

type cachedDate struct {
	text string
	at   *time.Time
}

// cachedValue is a text, and what became of it.
type cachedValue struct{ text, is string }

// Check checks a record that has been cleaned, and makes a guest of it. It returns all findings, not only the first: a row is
// corrected once.
func (v *Validator) Check(r *Record, g *qflow.Guest) (findings, warnings []Finding) {
	if *r == (Record{}) {
		return []Finding{EmptyRowFinding}, nil
	}
	c := &check{Validator: v}
	v.Orders = 0
	c.apostrophes(r)
	c.text(r)
	box := mailboxOf(r.Email)
	*g = qflow.Guest{
		EventID: orElse(CanonicalID(r.EventID), v.Event), TemplateID: orElse(CanonicalID(r.TemplateID), v.Template),
		FirstName: r.FirstName, LastName: r.LastName, OtherNames: r.OtherNames, Email: box.address, Notes: r.Notes,
		Barcode: c.code(columns.Barcode, r.Barcode), CustomID: c.code(columns.CustomID, r.CustomID),
	}
	c.notCode(columns.Barcode, g.Barcode, g)
	c.notCode(columns.CustomID, g.CustomID, g)
	if c.Columns.LeavesOut(columns.Email) {
		g.TemplateID = "" // a person has said that the list has no addresses
	}
	g.Tags = c.tags(r.Tags)
	c.companions(r, g)
	g.IsGroup = c.flag(r.IsGroup)
	g.ValidFrom = c.date(columns.ValidFrom, r.ValidFrom, &v.from)
	g.ValidTo = c.date(columns.ValidTo, r.ValidTo, &v.to)
	if g.ValidFrom != nil && g.ValidTo != nil && g.ValidTo.Before(*g.ValidFrom) {
		c.warn(OddDates, columns.ValidTo, "the last day is before the first")
	}
	c.email(box, g)
	for _, part := range [...][2]string{{columns.FirstName, r.FirstName}, {columns.LastName, r.LastName}} {
		c.wholeQuotes(part[0], part[1])
		c.addressAsName(part[0], part[1], g.Email)
	}
	if g.FirstName == "" && g.LastName == "" {
		c.noName()
	}
	if !c.placeholderGuest(g) {
		c.likelyNoName(g)
	}
	c.foreignEvent(r)
	if g.EventID == "" {
		c.add(NoEvent, columns.EventID, "the row names no event, and none is chosen for the whole file")
	}
	return c.findings, c.warnings
}

// Clean takes off surrounding blanks, and the quote that a report puts before a cell that a spreadsheet would run as a
// formula, so that a corrected rejects file comes back as it was.
func Clean(cell string) string {
	if cell == "" || (isInk(cell[0]) && isInk(cell[len(cell)-1])) {
		return cell
	}
	return strings.TrimSpace(formula.Unguard(strings.TrimSpace(cell)))
}

// isInk reports whether a character is never trimmed.
func isInk(c byte) bool { return c > ' ' && c < utf8.RuneSelf && c != '\'' }

// check collects what is wrong with one record.
type check struct {
	*Validator
	findings, warnings []Finding
}

func (c *check) add(code Code, field, text string) {
	c.findings = append(c.findings, Finding{Code: code, Column: c.Columns.Headers[field], Text: text, Field: field})
}

func (c *check) warn(code Code, field, text string) {
	c.warnings = append(c.warnings, Finding{Code: code, Column: c.Columns.Headers[field], Text: text, Field: field})
}

func (c *check) text(r *Record) {
	for i, cell := range r.Cells() {
		switch {
		case *cell == "":
		case len(*cell) > maxCell && utf8.RuneCountInString(*cell) > maxCell:
			c.add(TooLong, CellFields[i], fmt.Sprintf("the cell has more than %d characters", maxCell))
		case damaged(*cell):
			c.add(NotUTF8, CellFields[i], "the cell has characters that are not UTF-8, or zero bytes; save the file as CSV UTF-8")
		default:
			c.cell(CellFields[i], cell)
		}
	}
}

// cell refuses what stands in place of a value.
func (c *check) cell(field string, cell *string) {
	before := len(c.findings)
	c.placeholder(field, cell)
	if len(c.findings) == before && (field == columns.FirstName || field == columns.LastName) {
		if c.notName(field, *cell); len(c.findings) == before {
			c.surelyNoName(field, *cell)
		}
	}
}

// addressAsName refuses an address in place of a name. The guest's own may stand for it where a person has said so.
func (c *check) addressAsName(field, name, email string) {
	chosen := c.Columns.IsChosen(field) || c.Columns.IsChosen(columns.FullName)
	if !strings.Contains(name, "@") || chosen && (name == email || !validEmail(name, "")) ||
		!slices.ContainsFunc(strings.Fields(name), isBareAddress) {
		return
	}
	if name == email {
		c.add(NoName, field, "the name is the guest's email address; write the name, or have the address stand for it (--map first_name=HEADER with the "+
			"column of addresses, mapping in the profile, “Take it from” in the console)")
		return
	}
	c.add(NoName, field, "the name is an email address, and not the guest's; its cells may be in wrong columns")
}

func isBareAddress(word string) bool { return validEmail(strings.Trim(word, "<>()[],;"), "") }

// wholeQuotes refuses a name with half a pair of quotes around it, which is how rejects show a row with broken quotes: dropped
// again as it is, it would be mailed so. A quote amid a name is one, as in Hebrew.
func (c *check) wholeQuotes(field, s string) {
	if s != "" && (s[0] == '"' || s[len(s)-1] == '"') && strings.Count(s, `"`) == 1 {
		c.add(BadQuotes, field, "the name has a quote on one side only; remove it, or write the other one")
	}
	if len(s) > 2 && s[0] == '\'' && s[len(s)-1] == '\'' {
		c.add(BadQuotes, field, "the name stands in apostrophes; remove them")
	}
}

// damaged finds zero bytes, what is not UTF-8, and the sign that others have put in its place.
func damaged(s string) bool {
	return !plain(s) && (strings.IndexByte(s, 0) >= 0 || strings.ContainsRune(s, utf8.RuneError))
}

// flags are what people and programs write for yes and no, in the languages that headers are known in.
var flags = func() map[string]bool {
	m := map[string]bool{}
	for word := range strings.FieldsSeq("true yes y t on checked ticked 1 1.0 x ✓ ✔ ☑ wahr ja j vrai oui verdadero sí si waar prawda tak vero sì verdadeiro sim " +
		"kyllä ano áno igen da evet ναι да так نعم כן はい 有 是 예 네 oui") {
		m[word] = true
	}
	for word := range strings.FieldsSeq("false no n f off unchecked unticked 0 0.0 - ✗ ✘ ☐ falsch nein faux non falso onwaar nee fałsz nie não nao " +
		"nej nei ei ne nem nu hayır όχι нет ні لا לא いいえ 無 否 아니오 아니요") {
		m[word] = false
	}
	return m
}()

func (c *check) flag(s string) bool {
	if s == "" {
		return false
	}
	yes, known := flags[s]
	if !known {
		if yes, known = flags[strings.ToLower(s)]; !known {
			text := "neither yes nor no: write True or leave it empty"
			if c.Columns.AmbiguousGroup() != "" {
				text += "; if the column has names of groups, --map 'is_group=' leaves it out (mapping in the profile, “Is a group” in the console)"
			}
			c.add(BadFlag, columns.IsGroup, text)
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
func (c *check) date(field, s string, last *cachedDate) *time.Time {
	if s == "" {
		return nil
	}
	if s == last.text {
		return last.at
	}
	t, day, ok := c.parseDate(s, c.Location)
	if !ok && c.Layout == "" {
		var undecided DateOrders
		if t, day, ok, undecided = c.looseDate(s); undecided != 0 {
			return c.undecided(field, undecided)
		}
	}
	if ok && day && field == columns.ValidTo {
		t = t.AddDate(0, 0, 1).Add(-time.Second)
	}
	if !ok {
		c.add(BadDate, field, "not a date such as 2026-06-01 or 2026-06-01T18:00:00Z"+c.whyNoDate(s))
		return nil
	}
	if problem := oddYear(t); problem != "" {
		c.add(BadDate, field, problem)
		return nil
	}
	if t = t.UTC(); t.Year() < minYear || t.Year() > maxYear {
		c.add(BadDate, field, "not a date such as 2026-06-01 or 2026-06-01T18:00:00Z"+c.otherDates())
		return nil
	}
	if t.Year() < firstLikelyYear || t.Year() > lastLikelyYear && t.Year() < maxYear-1 {
		c.warn(OddDates, field, "the year is far from those of events; see whether the date is meant so")
		return &t
	}
	*last = cachedDate{s, &t}
	return &t
}

// looseDate reads a date as people write it, with a time zone or without. undecided are the orders in which its numbers may
// stand, where no order is given.
func (c *check) looseDate(s string) (t time.Time, day, ok bool, undecided DateOrders) {
	zone := c.Location
	if rest, own, is := cutZone(s); is {
		s, zone = rest, own
		if t, day, ok = c.parseDate(s, zone); ok {
			return t, day, ok, 0
		}
	}
	r, ok := readDate(s)
	if !ok {
		return t, false, false, 0
	}
	orders := r.orders
	if c.Order != 0 {
		orders &= c.Order
	}
	if !r.fixed && c.Order == 0 {
		return t, false, false, orders
	}
	return r.time(orders, zone), !r.timed, orders != 0, 0
}

const (
	firstLikelyYear = 1990
	lastLikelyYear  = 2100
)

// oddYear says why a date is none that was meant: of another calendar, or the day from which a program counts.
func oddYear(t time.Time) string {
	const thai = 543 // years that the Buddhist calendar is ahead
	if y := t.Year(); y >= minYear+thai && y <= lastLikelyYear+thai {
		return fmt.Sprintf("the year is one of another calendar, such as the Buddhist, in which %d is %d; write it as in 2026-06-01", y, y-thai)
	}
	switch t.Format(time.DateOnly) {
	case "1899-12-30", "1899-12-31", "1900-01-01", "1904-01-01", "1970-01-01", "0001-01-01":
		return "a program has written its first day in place of a date; leave the cell empty, or write the date"
	}
	return ""
}

// serialDay is a date as a spreadsheet counts days.
var serialDay = pattern.New(`^[2-6][0-9]{4}([.,][0-9]+)?$`)

// whyNoDate says what a text is that is no date, and what may be done about it.
func (c *check) whyNoDate(s string) string {
	switch {
	case serialDay.MatchString(s):
		return "; it is a spreadsheet's number of a day: format the column as a date there, and export it again"
	case namesZoneByLetters(s):
		return "; letters such as CET or CST are the name of several time zones: write an offset such as +02:00, or leave it out"
	}
	return c.otherDates()
}

// otherDates says what may be done about the form of dates.
func (c *check) otherDates() string {
	const how = "(--dates, dates in the profile, “Date format” in the console)"
	switch {
	case c.Layout != "":
		return ", nor as the layout of dates has it " + how
	case c.Order != 0:
		return ", nor one with its numbers in the order " + strings.Join(c.Order.Names(), " or ") + " " + how
	}
	return "; say how dates are written, such as DD.MM.YYYY HH:mm, or the order of their numbers alone, such as DMY or MDY " + how
}

// undecided rejects a date whose numbers may stand in several orders, as long as the other rows have not shown in which.
func (c *check) undecided(field string, orders DateOrders) *time.Time {
	if c.Orders == 0 {
		c.Orders = AnyOrder
	}
	if c.Orders &= orders; c.Orders == 0 {
		c.Orders = Contradictory
	}
	c.add(BadDate, field, "the order of its day, month and year is not known"+c.otherDates())
	return nil
}

// parseDate also reports whether it is a day without a time.
func (c *check) parseDate(s string, zone *time.Location) (t time.Time, day, ok bool) {
	layouts := dateLayouts[len(s)]
	if layouts == nil {
		layouts = []string{time.RFC3339}
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, layout == time.DateOnly, true
		}
	}
	if c.Layout == "" {
		return t, false, false
	}
	t, err := time.ParseInLocation(c.Layout, s, zone)
	return t, !strings.Contains(c.Layout, "04"), err == nil
}

// noName says how a row without a first and a last name could have them.
func (c *check) noName() {
	text := "a guest needs a first or a last name"
	if full := c.Columns.FullNames(); full != "" {
		text += "; this one has a full name that can be split in several ways: --split-names has the last word as the last name " +
			"(split_names in the profile, “Split full names” in the console)"
	}
	c.add(NoName, columns.FirstName, text)
}

// foreignEvent refuses what other systems call an event's id, a number. Qflow's are GUIDs; a column that a person has chosen is believed.
func (c *check) foreignEvent(r *Record) {
	if r.EventID != "" && strings.Trim(r.EventID, "0123456789") == "" && c.Columns.FromHeader(columns.EventID) {
		c.add(NoEvent, columns.EventID, "the number is no event id of Qflow's; "+ForeignEvent(c.Columns.Headers[columns.EventID]))
	}
}

// ForeignEvent says what can be done about a column of event ids that are another system's.
func ForeignEvent(header string) string {
	return fmt.Sprintf("if the ids in the column %q are another system's, --map 'event_id=' leaves it out, and the event is chosen for the whole file "+
		"(--event; event_id in the profile's mapping, “Event ID” in the console)", header)
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
