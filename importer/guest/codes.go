package guest

import (
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/pattern"
	"guestflow/importer/wordset"
)

var (
	// rounded is how a spreadsheet writes a number that it had no room for.
	rounded = pattern.New(`^-?[0-9]([.,][0-9]+)?[eE]\+[0-9]+$|^-?[0-9][.,][0-9]+[eE][0-9]+$`)
	// reshaped is how it writes a code that it took for a number, in any language.
	reshaped = pattern.New(`^-?[0-9]+[.,]0+$|^-?[0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}(\.0+)?$|^-?[0-9]{1,3}(['’][0-9]{3})+([.,]0+)?$|` +
		`^-?[0-9]{1,3}(\.[0-9]{3}){2,}(,0+)?$|^-?[0-9]{1,3}\.[0-9]{3},0+$|^-?[0-9]{1,3}([\x{a0}\x{2009}\x{202f}][0-9]{3})+(,0+)?$`)
	// powered is a code that it would take for one: 1E5.
	powered = pattern.New(`^[0-9]+[eE][0-9]+$`)
	// fractional is a code that has the look of a number: 12.345, 12,5 or 1 234.
	fractional = pattern.New(`^-?[0-9]+[.,][0-9]+$|^[0-9]{1,3}( [0-9]{3})+$`)
)

// nothing are words by which people say that there is no code and no tag.
var nothing = wordset.Texts(`none|no|nil|null|nan|n/a|n.a.|n.a|n. a.|#n/a|na|tbc|tba|tbd|to be confirmed|to follow|pending|
	unknown|missing|not assigned|unassigned|not provided|not available|not applicable|no barcode|no code|no tag|no tags|
	empty|blank|keine|keiner|keines|kein|keine angabe|k.a.|folgt|unbekannt|aucun|aucune|néant|inconnu|ninguno|ninguna|
	sin código|desconocido|nessuno|nessuna|sconosciuto|nenhum|nenhuma|desconhecido|geen|onbekend|brak|nie dotyczy|ingen|
	inget|saknas|okänd|ukendt|ukjent|ei ole|ei mitään|žádný|žádné|žiadny|nincs|niciunul|fără|yok|κανένα|нет|нету|
	отсутствует|немає|لا يوجد|אין|無|无|なし|無し|未定|없음|미정`)

// code returns a barcode or an id of another system: none where the cell says that there is none.
func (c *check) code(field, s string) string {
	switch lower := strings.ToLower(s); {
	case s == "":
		return ""
	case nothing[lower]:
		c.warn(OddNumber, field, "the cell says that there is none, and is taken for an empty one")
		return ""
	case strings.Trim(s, "0") == "" && field == columns.Barcode:
		c.warn(OddNumber, field, "the barcode is nothing but zeros, as programs write it for none; leave the cell empty if "+
			"there is none")
	case isMonthCode(s):
		c.add(RoundedNumber, field, "a spreadsheet has made a date of this code; format its column as text, and export it "+
			"again")
	case field == columns.Barcode && strings.Contains(s, " ") && strings.Trim(s, "0123456789 -") != "":
		c.warn(OddNumber, field, "the barcode has blanks, as a remark has; see that it is the code")
	case hasLostDigits(s):
		c.warn(OddNumber, field,
			"the number ends in zeros behind its 15th digit, where a spreadsheet loses digits; see that it "+
				"is the code, or format its column as text and export it again")
	}
	return c.customID(field, s)
}

// codeOfMonth is what a spreadsheet makes of a code such as 1-26 or MAR2.
var codeOfMonth = pattern.New(`^(?:[0-9]{1,2}[-. ])?(\pL{3,9})\.?[-. ][0-9]{2,4}$|^[0-9]{1,2}[-. ]+(\pL{3,9})\.?$`)

// isMonthCode reports whether a code has the name of a month and a day or a year, and nothing else.
func isMonthCode(s string) bool {
	if last := s[len(s)-1]; (last < '0' || last > '9') && (s[0] < '0' || s[0] > '9') {
		return false
	}
	m := codeOfMonth.FindStringSubmatch(s)
	return m != nil && monthNamed(m[1]+m[2]) > 0
}

// hasLostDigits reports whether a number of more than 15 digits ends in zeros behind them.
func hasLostDigits(s string) bool {
	const kept = 15
	return len(s) > kept && strings.Trim(s, "0123456789") == "" && strings.Trim(s[kept:], "0") == "" &&
		strings.Trim(s, "0") != ""
}

// customID refuses what a spreadsheet has made of a long number: its last digits are lost. So may be the zeros before a
// code that it took for a number, and a door's scanner would not find it. Ids of other systems may look so.
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
		c.warn(OddNumber, field,
			"this may be a code, or a number as a spreadsheet writes it (1E5 is 100000); see that it is the code")
	case strings.ContainsAny(s, "., ") && fractional.MatchString(s):
		c.warn(OddNumber, field,
			"this may be a code, or a number as a spreadsheet writes it (12.345 or 12,5); see that it is the code")
	}
	return s
}
