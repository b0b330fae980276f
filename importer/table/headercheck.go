package table

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/plural"
)

// checkHeader refuses a header that lacks a delimiter, has one too many, or is cut by a line break: what stands below
// its names belongs to others then.
func checkHeader(header []string, rows [][]string, w widths, at int, o Options) error {
	if err := checkMissingDelimiter(header, rows, w.alike, at, o.Field); err != nil {
		return err
	}
	switch name := slices.IndexFunc(header, func(h string) bool { return strings.TrimSpace(h) == "" }); {
	case w.alike > 0 && w.filledOver && len(rows) > 1:
		return &Error{
			Line: at, Problem: fmt.Sprintf("every row has %s and the header %d: a delimiter or a name is missing in it",
				plural.Of(len(header)+w.alike, "cell"), len(header)) + seenHeaders(header),
			Advice: "correct the header line",
		}
	case w.alike < 0 && name >= 0 && !blank(header[name:]):
		return &Error{
			Line: at, Problem: fmt.Sprintf("every row has %s and the header %d: column %d has no name, so a delimiter "+
				"may be too much there",
				plural.Of(len(header)+w.alike, "cell"), len(header), name+1) + seenHeaders(header),
			Advice: "correct the header line",
		}
	}
	return nil
}

// joinsName reports whether the end of one line and the beginning of the next are a name of a column, which neither is
// by itself.
func joinsName(end, begin string, field func(string) string) bool {
	return len(end)+len(begin) <= maxHeaderCell && begin != "" && field(end+begin) != "" && field(end) == "" &&
		field(begin) == ""
}

// checkMissingDelimiter refuses a header two names of which stand in one cell, so that what is below the next one
// belongs to this: the rows have more cells, or their addresses stand further right than a column for them.
func checkMissingDelimiter(header []string, rows [][]string, surplus, at int, field func(string) string) error {
	addresses := addressColumn(rows)
	email := slices.IndexFunc(header, func(h string) bool { return len(h) <= maxHeaderCell && field(h) == "email" })
	aligned := email >= 0 && (addresses < 0 || addresses == email)
	for i, cell := range header {
		if surplus <= 0 && (aligned || addresses <= i) {
			continue
		}
		if first, second := splitGlued(cell, surplus <= 0 && email < 0, field); first != "" {
			return &Error{
				Line: at, Problem: fmt.Sprintf("the header lacks a delimiter: one cell seems to hold the names %q "+
					"and %q, so that what is below the others belongs one to the left", first, second) + seenHeaders(header),
				Advice: "put the delimiter between them",
			}
		}
	}
	if !aligned && addresses >= 0 && surplus > 0 {
		return &Error{
			Line: at, Problem: fmt.Sprintf("every row has %s and the header %d, and addresses stand in a column that is "+
				"not called so",
				plural.Of(len(header)+surplus, "cell"), len(header)) + seenHeaders(header),
			Advice: "correct the header line",
		}
	}
	return nil
}

// splitGlued splits a cell that holds two names without a delimiter between them: both are known, or one is, and a
// quote or a capital behind a small letter is where the second one begins. atSeam has only such ones split: of a header
// with as many cells as the rows, none of which is known as the email, Vorname Teilnehmer may be one name.
func splitGlued(cell string, atSeam bool, field func(string) string) (first, second string) {
	if len(cell) > maxHeaderCell || field(cell) != "" {
		return "", ""
	}
	for i, c := range cell {
		before, _ := utf8.DecodeLastRuneInString(cell[:i])
		seam := c == '"' || unicode.IsUpper(c) && unicode.IsLower(before)
		a, b := strings.Trim(cell[:i], `" `), strings.Trim(cell[i:], `" `)
		if a == "" || b == "" || atSeam && !seam {
			continue
		}
		if first, second := field(a), field(b); first != second && (seam || first != "" && second != "") {
			return a, b
		}
	}
	return "", ""
}

// seenHeaders lists the names of a header that is refused.
func seenHeaders(header []string) string { return "; its headers are " + quoteList(header) }

const (
	maxListed      = 30 // cells in a message
	maxListedRunes = 60 // characters of each
)

// quoteList shows cells in a message, which may be as many and as long as a record.
func quoteList(cells []string) string {
	var shown []string
	for _, cell := range cells[:min(len(cells), maxListed)] {
		if runes := []rune(cell[:min(len(cell), 4*maxListedRunes)]); len(runes) > maxListedRunes {
			cell = string(runes[:maxListedRunes-1]) + "…"
		}
		shown = append(shown, strconv.Quote(cell))
	}
	if n := len(cells) - maxListed; n > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(shown, ", ")
}
