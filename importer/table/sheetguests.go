package table

import (
	"slices"
	"strings"
	"unicode"

	"guestflow/importer/charset"
)

// guestSheets returns the names of the visible sheets that look like lists of guests or may be such, and of those
// with the header of the first one, where there are such.
func (w *workbookReader) guestSheets(o Options) (names []string, err error) {
	var first []string // the first row of the first sheet
	for i, name := range w.visibleSheets() {
		if _, err := sheetPart(w.zip, w.file, name); err != nil { // a sheet of a chart
			continue
		}
		rows, _, err := firstRows(w.file, name, maxHeaderRows)
		if err != nil {
			return nil, err
		}
		if i == 0 && len(rows) > 1 && len(rows[0]) > 1 {
			first = rows[0]
		}
		isAlike := first != nil && len(rows) > 1 && slices.EqualFunc(first, rows[0], strings.EqualFold)
		if isAlike || o.Field == nil && len(rows) > 1 || o.Field != nil &&
			(looksLikeGuests(rows, o.Field) || mayBeGuests(rows)) {
			names = append(names, name)
		}
	}
	return names, nil
}

// looksLikeGuests reports whether the first rows of a sheet are a list of guests: a header that is known and a row, or
// addresses; or a single address below the name of its column, as a list of whom not to mail has.
func looksLikeGuests(rows [][]string, field func(string) string) bool {
	addresses, named := 0, false
	for i, cells := range rows {
		is := countCells(cells, field)
		if named && is.addresses > 0 && is.filled == 1 {
			return true
		}
		named = named || is.named == 1 && is.filled == 1
		if addresses += min(is.addresses, 1); addresses > 1 || is.named > 1 && i+1 < len(rows) {
			return true
		}
	}
	return false
}

// mayBeGuests reports whether the first rows of a sheet have people in them, whatever its header says, or without
// one: an address beside a name, names that are known, or two columns of nothing but words as names are.
func mayBeGuests(rows [][]string) bool {
	people, others := 0, 0
	for i, cells := range rows {
		isPerson := hasPerson(cells)
		switch {
		case isPerson && slices.ContainsFunc(cells, isAddress) && noteInName(strings.Join(cells, " ")) == hardly:
			return true
		case isPerson:
			people++
		case i > 0: // the first may be a header
			others++
		}
	}
	return people > 0 && people >= others || hasNamePairs(rows)
}

// hasPerson reports whether a row has a name of two words or in two cells, one of which is known, or a known one in
// letters that are written without blanks.
func hasPerson(cells []string) bool {
	before := []string(nil)
	for _, cell := range cells {
		words := wordsOfName(cell)
		beside := slices.Concat(before, words)
		if before = words; len(words) > 0 &&
			(len(beside) > 1 && slices.ContainsFunc(beside, charset.IsKnownName) || isEastAsianName(words[0])) {
			return true
		}
	}
	return false
}

// isEastAsianName reports whether a word is a known name in letters without cases, or begins with one as long as last
// names are: 王伟.
func isEastAsianName(word string) bool {
	const longest = 6
	letters := []rune(word)
	if len(letters) < 2 || len(letters) > longest ||
		!unicode.In(letters[0], unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) {
		return false
	}
	return charset.IsKnownName(word) || charset.IsKnownName(string(letters[:1])) || len(letters) > 2 &&
		charset.IsKnownName(string(letters[:2]))
}

// wordsOfName returns the words of a cell that has the form of a name, and no common name of a column or of a part of
// a list; or nil.
func wordsOfName(cell string) []string {
	const longest, most = 60, 4
	cell = strings.TrimSpace(cell)
	words := strings.Fields(cell)
	if len(cell) > longest || len(words) == 0 || len(words) > most || IsColumnWord(cell) ||
		headingWords[strings.ToLower(cell)] {
		return nil
	}
	for _, word := range words {
		isOther := func(c rune) bool {
			return !unicode.IsLetter(c) && !unicode.IsMark(c) && !strings.ContainsRune("-'’.", c)
		}
		if strings.ContainsFunc(word, isOther) || unicode.IsLower(firstRune(word)) && !smallWords[word] {
			return nil
		}
	}
	return words
}

// hasNamePairs reports whether two columns beside each other have nothing but one word in each cell below the first
// row, of which no two in the first of them are the same.
func hasNamePairs(rows [][]string) bool {
	const least = 3
	if len(rows) <= least {
		return false
	}
	for column := range len(rows[0]) - 1 {
		seen := map[string]bool{}
		for _, cells := range rows[1:] {
			if column+1 >= len(cells) || !isWordOfName(cells[column]) || !isWordOfName(cells[column+1]) || seen[cells[column]] {
				break
			}
			seen[cells[column]] = true
		}
		if len(seen) == len(rows)-1 {
			return true
		}
	}
	return false
}

// isWordOfName reports whether a cell is a word with a capital before small letters, or of letters without them.
func isWordOfName(cell string) bool {
	words := wordsOfName(cell)
	return len(words) == 1 && strings.ToUpper(words[0]) != words[0]
}
