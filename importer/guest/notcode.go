package guest

import (
	"slices"
	"strings"
	"unicode"

	"guestflow/importer/columns"
	"guestflow/importer/headers"
	"guestflow/importer/nonname"
	"guestflow/importer/pattern"
	"guestflow/qflow"
)

// notCode refuses, as a barcode or an id of another system, what stands in such a column only where it is the wrong
// one or was spoilt: a date, an address, yes or no, a formula. A column that a person has chosen is believed.
func (c *check) notCode(field, s string, g *qflow.Guest) {
	email := g.Email
	isRefused := func(f Finding) bool { return f.Field == field }
	if s == "" || !c.Columns.FromHeader(field) || slices.ContainsFunc(c.findings, isRefused) {
		return
	}
	what := ""
	switch _, isFlag := flags[strings.ToLower(s)]; {
	case isFlag && strings.Trim(s, "0123456789.-") != "" && (len(s) > 1 || s == "x" || s == "X"), switchWords[s]:
		what = "yes or no"
	case s[0] == '=' && formulaText.MatchString(s):
		what = "a formula"
	case field == columns.CustomID && strings.EqualFold(s, email):
		c.warn(OddNumber, field, "the custom id is the guest's address")
	case strings.IndexByte(s, '@') > 0 && validEmail(s, ""):
		what = "an email address"
	case isDateText(s):
		what = "a date or a time"
	case field == columns.Barcode && isNameOf(s, g):
		c.warn(OddNumber, field, "the code is the guest's name; see that it is the code")
	case strings.Count(s, " ") > 1 && nonname.Likely(s, "") == nonname.Sentence:
		what = "a sentence"
	case strings.Contains(s, "://"), strings.HasPrefix(s, "www."):
		c.warn(OddNumber, field, "the code is a link; see that it is what is scanned, and no page of the guest")
	}
	if what != "" {
		header := c.Columns.Headers[field]
		c.add(BadCode, field, "the cell has "+what+", and no code; if a spreadsheet has made it of the code, format its column as text and export it again; leave the "+
			"column out: "+headers.MapFlag(field, "")+"; if these are the codes: "+headers.MapFlag(field, header))
	}
}

// isNameOf reports whether a code is the guest's first or last name, or both.
func isNameOf(code string, g *qflow.Guest) bool {
	for _, name := range []string{g.FirstName, g.LastName, g.FirstName + " " + g.LastName, g.LastName + " " + g.FirstName, g.LastName + ", " + g.FirstName} {
		if len(name) > 1 && strings.EqualFold(code, name) {
			return true
		}
	}
	return false
}

// formulaText is a formula that was saved in place of its value.
var formulaText = pattern.New(`^=.*([A-Za-z]+\$?[0-9]|\()`)

var (
	yearBefore = pattern.New(`^[12][0-9]{3}[-/.年] ?(1[0-2]|0?[1-9])[-/.月] ?(3[01]|[12][0-9]|0?[1-9])日?\.?([T ,].*)?$`)
	// yearBehind may have the month first or the day.
	yearBehind = pattern.New(`^(3[01]|[12][0-9]|0?[1-9])([-/.]) ?(3[01]|[12][0-9]|0?[1-9])[-/.] ?([12][0-9]{3}|[0-9]{2})([ ,].*)?$`)
	clock      = pattern.New(`^([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?( ?[AaPp]\.?[Mm]\.?)?$`)
	withWord   = pattern.New(`^(?:(?:\pL{2,10}),? )?[0-9]{1,2}\.?[-/ ](?:de )?(\pL{3,10})\.?[-/, ]+(?:de )?[0-9]{2,4}([ ,].*)?$|^(\pL{3,10})\.? [0-9]{1,2}(?:st|nd|rd|th)?,? [12][0-9]{3}([ ,].*)?$`)
)

// isDateText reports whether a text is a date or a time of day. Two numbers and a year of two digits between hyphens
// may be a code.
func isDateText(s string) bool {
	const longest = 40
	if len(s) > longest || !strings.ContainsAny(s, "-/.:, 年") || !strings.ContainsFunc(s, unicode.IsDigit) {
		return false
	}
	if isNumeric := s[0] >= '0' && s[0] <= '9'; isNumeric && !strings.ContainsAny(s[:min(len(s), 7)], "-/.: 年") || !isNumeric && !strings.Contains(s, " ") {
		return false // which are most codes
	}
	if m := yearBehind.FindStringSubmatch(s); m != nil {
		return (len(m[4]) == 4 || m[2] != "-") && (atMost12(m[1]) || atMost12(m[3]))
	}
	m := withWord.FindStringSubmatch(s)
	return yearBefore.MatchString(s) || clock.MatchString(s) || m != nil && monthNamed(m[1]+m[3]) > 0
}

// atMost12 reports whether a number of a day or a month can be one of a month.
func atMost12(number string) bool { return len(number) == 1 || number <= "12" }
