package guest

import (
	"regexp"
	"strings"

	"guestflow/importer/columns"
)

var (
	// rounded is how a spreadsheet writes a number that it had no room for.
	rounded = regexp.MustCompile(`^-?[0-9]([.,][0-9]+)?[eE]\+[0-9]+$|^-?[0-9][.,][0-9]+[eE][0-9]+$`)
	// reshaped is how it writes a code that it took for a number, in any language.
	reshaped = regexp.MustCompile(`^-?[0-9]+[.,]0+$|^-?[0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}(\.0+)?$|^-?[0-9]{1,3}(['’][0-9]{3})+([.,]0+)?$|` +
		`^-?[0-9]{1,3}(\.[0-9]{3}){2,}(,0+)?$|^-?[0-9]{1,3}\.[0-9]{3},0+$|^-?[0-9]{1,3}([\x{a0}\x{2009}\x{202f}][0-9]{3})+(,0+)?$`)
	// powered is a code that it would take for one: 1E5.
	powered = regexp.MustCompile(`^[0-9]+[eE][0-9]+$`)
	// fractional is a code that has the look of a number: 12.345, 12,5 or 1 234.
	fractional = regexp.MustCompile(`^-?[0-9]+[.,][0-9]+$|^[0-9]{1,3}( [0-9]{3})+$`)
)

// customID refuses what a spreadsheet has made of a long number: its last digits are lost. So may be the zeros before a code
// that it took for a number, and a door's scanner would not find it. Ids of other systems may look so.
func (c *check) customID(field, s string) string {
	switch {
	case s == "" || (s[0] < '0' || s[0] > '9') && s[0] != '-':
	case strings.ContainsAny(s, "eE") && rounded.MatchString(s):
		c.add(RoundedNumber, field, "a spreadsheet has rounded this number; format its column as text, and export it again")
	case strings.ContainsAny(s, ".,'’\u00a0\u2009\u202f") && reshaped.MatchString(s):
		const text = "a spreadsheet has written this as a number (123.0 or 1,234), and zeros before it may be lost; format its column as text, " +
			"and export it again"
		if field == columns.Barcode {
			c.add(RoundedNumber, field, text)
		} else {
			c.warn(OddNumber, field, text)
		}
	case strings.ContainsAny(s, "eE") && powered.MatchString(s):
		c.warn(OddNumber, field, "this may be a code, or a number as a spreadsheet writes it (1E5 is 100000); see that it is the code")
	case strings.ContainsAny(s, "., ") && fractional.MatchString(s):
		c.warn(OddNumber, field, "this may be a code, or a number as a spreadsheet writes it (12.345 or 12,5); see that it is the code")
	}
	return s
}
