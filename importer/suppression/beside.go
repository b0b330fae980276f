package suppression

import (
	"strings"
	"unicode"

	"guestflow/importer/guest"
	"guestflow/importer/pattern"
	"guestflow/importer/rowstatus"
	"guestflow/importer/table"
	"guestflow/importer/where"
)

// besideAddress names what stands in a cell beside its address, in rules: "ann@example.com (active)" has "active".
const besideAddress = "#beside"

// addressesIn calls found with the addresses of a cell, and returns what stands beside them, with a line's end for each.
func addressesIn(cell string, found func(address string)) (beside string) {
	if address, is := guest.Address(cell); is {
		found(address)
		if !strings.ContainsFunc(cell, unicode.IsSpace) { // else it has a name before it
			return ""
		}
	}
	if !strings.Contains(cell, "@") || len(cell) > maxCell {
		return ""
	}
	beside = cell
	_, whole := guest.Address(cell)
	for part := range strings.FieldsFuncSeq(cell, isBetween) {
		part = strings.Trim(part, ".:*")
		if address, is := guest.Address(part); is && strings.Contains(part, "@") {
			beside = strings.Replace(beside, part, "\n", 1)
			if !whole {
				found(address)
			}
		}
	}
	return beside
}

func isBetween(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(";,|/<>()[]\"'", r) }

// bullet begins a line of a list: a sign, a number, a letter; besideParts ends each thing that is said beside an address.
var (
	bullet      = pattern.New(`^\s*(?:[-*+•·▪◦–—>#]+|\(?\d{1,6}[.):]|\(?\d{1,6}\)|\p{L}[.)])\s+`)
	besideParts = pattern.New(`[\n\r()<>\[\]{}"|;:,/=>]+|\s[-–—→]+\s|^\s*[-–—→]+|[-–—→]+\s*$`)
)

// partsBeside are the things that are said beside the addresses of a cell.
func partsBeside(cell string) (parts []string) {
	beside := addressesIn(cell, func(string) {})
	if beside == "" {
		return nil
	}
	beside = bullet.ReplaceAllString(beside, "")
	for _, part := range strings.Split(besideParts.ReplaceAllString(beside, "\n"), "\n") {
		if part = strings.Trim(part, " \t.*_~"); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// sayBeside returns what a cell says beside its address of whether the person is mailed: a state, a date, or else all of it.
func sayBeside(cell string) string {
	parts := partsBeside(cell)
	said := strings.Join(parts, " ")
	for _, part := range parts {
		said = weightier(said, part)
	}
	return said
}

// weightier returns the one of two things said beside addresses that counts: that a person is mailed, that he is not, a date.
func weightier(a, b string) string {
	if weightBeside(b) > weightBeside(a) {
		return b
	}
	return a
}

func weightBeside(text string) int {
	_, in := rowstatus.Says(text)
	switch {
	case text == "":
		return 0
	case isState(text) && in:
		return 4
	case isState(text):
		return 3
	case isDate(text):
		return 2
	}
	return 1
}

// isState reports whether a text says of a person whether he is mailed. Numbers of lines and the like say nothing.
func isState(text string) bool {
	if !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsDigit(r) && !unicode.IsSpace(r) }) {
		return false
	}
	out, in := rowstatus.Says(text)
	return out || in
}

// date is one alone, or at the beginning of a text.
var date = pattern.New(`(?i)^(?:\p{L}+\.?,? )?(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}|\d{1,2}\.? ?\p{L}{3,10}\.?,? ?\d{4}|\p{L}{3,10}\.? \d{1,2},? \d{4}|(?:1[0-9]{9}|1[0-9]{12})$)`)

func isDate(text string) bool { return date.MatchString(strings.TrimSpace(text)) }

// withBeside has the cells of a record with what they say beside their addresses in a further place: of the column of
// addresses, or of all cells.
func withBeside(r table.Record, column, place int) func(int) string {
	cells := cellOf(r)
	return func(at int) string {
		switch {
		case at != place:
			return cells(at)
		case column != everyCell:
			return sayBeside(cells(column))
		}
		said := ""
		for _, cell := range r.Cells {
			said = weightier(said, sayBeside(cell))
		}
		return said
	}
}

// hasAddress reports whether a record has an address that counts.
func hasAddress(r table.Record, column int) bool {
	for i, cell := range r.Cells {
		if (column == everyCell || i == column) && len(appendAddresses(nil, cell)) > 0 {
			return true
		}
	}
	return false
}

// isBeside reports whether a name of a rule is that of what stands beside addresses.
func isBeside(column string) bool { return where.Fold(column) == besideAddress }

// isListItem reports whether a cell has an address and nothing that would stand in a header: a sign or a number before
// it, a state or a date beside it.
func isListItem(cell string) bool {
	if isAddress(cell) {
		return true
	}
	is := false
	addressesIn(cell, func(string) { is = true })
	if !is {
		return false
	}
	for _, part := range partsBeside(cell) {
		if strings.ContainsFunc(part, unicode.IsLetter) && !isState(part) && !isDate(part) {
			return false
		}
	}
	return true
}
