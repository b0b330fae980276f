package ledger

import "strings"

// formulaStart are the characters that make a spreadsheet run a cell (OWASP, CSV injection).
const formulaStart = "=+-@\t\r"

// Guard puts a quote before a cell that a spreadsheet would run as a formula.
func Guard(cell string) string {
	if cell != "" && strings.ContainsRune(formulaStart, rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// Unguard takes that quote off again, for reports that come back corrected.
func Unguard(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune(formulaStart, rune(cell[1])) {
		return cell[1:]
	}
	return cell
}
