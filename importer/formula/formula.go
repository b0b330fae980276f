// Package formula keeps spreadsheets from running a guest's cell as a formula (OWASP, CSV injection). A cell that
// might run gets a quote in front in every file that we write, and loses it when the file comes back corrected. A
// quote changes the cell; the other ways, such as refusing the row or deleting the sign, would change what it says.
package formula

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// formulaStart are the characters that make a spreadsheet run a cell (OWASP, CSV injection), in every width: programs
// of East Asia take the full-width and small forms for the plain ones.
const formulaStart = "=+-@＝＋－＠﹦﹢﹣﹫"

// runs reports whether a spreadsheet may run a cell as a formula. Some skip what they take for nothing before it:
// blanks, line breaks, and characters that are not seen. A tab or a line break at the beginning counts by itself, as
// OWASP has it. What is nothing but blanks does not, for it is empty once it is read; nor does what has a quote of
// its own behind them.
func runs(cell string) bool {
	seen := strings.TrimLeftFunc(cell, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf)
	})
	if seen == "" {
		return false
	}
	first, _ := utf8.DecodeRuneInString(seen)
	return strings.ContainsRune(formulaStart, first) || first != '\'' && strings.ContainsRune("\t\r\n", rune(cell[0]))
}

// Guard puts a quote before a cell that a spreadsheet would run as a formula.
func Guard(cell string) string {
	if runs(cell) {
		return "'" + cell
	}
	return cell
}

// Unguard takes that quote off again, for reports that come back corrected: it asks exactly what Guard asks.
func Unguard(cell string) string {
	if rest, quoted := strings.CutPrefix(cell, "'"); quoted && runs(rest) {
		return rest
	}
	return cell
}
