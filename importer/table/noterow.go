package table

import (
	"slices"
	"strings"
	"unicode"
)

// What becomes of rows that look like headings, notes or another table's header, and may be guests.
const (
	ReadNotes = "read"
	SkipNotes = "skip"
)

// checkNote marks rows that people write beside a list: totals, headings of its sections, notes, and lines between
// them. What only may be one has a remark, until the options decide.
func (r *Reader) checkNote(rec *Record) {
	r.records++
	if r.field == nil {
		return
	}
	filled, at := filledCells(rec.Cells), firstFilled(rec.Cells)
	hasAddress, note := r.hasAddress(rec.Cells), r.noteLikely(rec.Cells)
	switch {
	case filled == 0:
	case filled > 1 && r.isCommented(rec.Cells):
		rec.Fault = Commented
	case note == surely && r.notes != ReadNotes:
		rec.Fault = Note
	case hasAddress && (note == perhaps || r.records <= maxDescriptions && r.isNamedExample(rec.Cells)):
		r.mayBeNote(rec, noteInNames)
	case hasAddress:
	case IsTotals(rec.Cells):
		rec.Fault = Totals
	case r.notes == ReadNotes:
	case isRuler(rec.Cells), filled == 1 && isHeading(rec.Cells[at]),
		filled <= 2 && hasColonAtEnd(rec.Cells), r.namesASentence(rec.Cells), filled <= 3 && beginsAsNote(rec.Cells),
		filled == 2 && isNumberedPart(rec.Cells):
		rec.Fault = Note
	case (filled == 2 || filled == 1 && r.mostlySingle) && maybeNote(rec.Cells):
		r.mayBeNote(rec, "the row begins with a word of notes beside a list")
	case note == perhaps && filled > 1:
		r.mayBeNote(rec, noteInNames)
	case filled > 1 || r.email == at: // what is wrong with a lone address is clear without this
	case r.fillsCells && len(r.fields) > 2, r.notes == SkipNotes && !r.mostlySingle:
		rec.Fault = SingleCell
	case !r.mostlySingle:
		r.mayBeNote(rec, "only one cell of the row is filled, as in a heading or a note")
	}
}

// noteInNames is what is said of a row whose names may be a note.
const noteInNames = "the names of the row look like a note beside the list, such as who made it"

// mayBeNote marks a row that may be a note, or is taken for one where the options say so.
func (r *Reader) mayBeNote(rec *Record, text string) {
	switch r.notes {
	case ReadNotes:
	case SkipNotes:
		rec.Fault = Note
	default:
		rec.Remarks = append(rec.Remarks, Remark{Kind: MaybeNote, Column: wholeRecord, Text: text})
	}
}

// hasAddress reports whether a row has what only a guest has.
func (r *Reader) hasAddress(cells []string) bool {
	if r.email >= 0 {
		return r.email < len(cells) && strings.IndexByte(cells[r.email], '@') >= 0
	}
	return slices.ContainsFunc(cells, func(cell string) bool { return strings.IndexByte(cell, '@') > 0 })
}

func firstFilled(cells []string) int {
	for i, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			return i
		}
	}
	return -1
}

// isRuler reports whether a row is a line between others, such as |---|---|: nothing but signs in two cells, or three
// signs in one.
func isRuler(cells []string) bool {
	signs := 0
	for _, cell := range cells {
		if strings.IndexFunc(cell, func(c rune) bool { return !strings.ContainsRune("-=_*+:|~#.–—─═ \t", c) }) >= 0 {
			return false
		}
		if n := len(strings.TrimSpace(cell)); n > 0 {
			signs += max(n, 2)
		}
	}
	return signs > 2
}

// maxHeading is how long a cell is at most that is looked at as a heading; a longer one alone in its row is a note.
const maxHeading = 200

// isHeading reports whether a cell that stands alone in its row is no guest's name: a mark before it or a colon behind
// it, no letters, a date, words for parts of a list, or a sentence.
func isHeading(cell string) bool {
	cell = strings.TrimSpace(cell)
	if len(cell) > maxHeading || strings.ContainsRune("*#=~_>•·▪►→–—-[", firstRune(cell)) ||
		!strings.ContainsFunc(cell, unicode.IsLetter) {
		return true
	}
	words := strings.FieldsFunc(strings.ToLower(cell), func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsMark(c) && !unicode.IsDigit(c) && c != '\'' && c != '’'
	})
	parts, numbers, others, telling := 0, 0, 0, 0
	for _, word := range words {
		switch {
		case headingWords[word]:
			parts++
		case strings.ContainsFunc(word, unicode.IsDigit):
			numbers++
		case sentenceWords[word]:
			telling++
		case len(word) > 1 && !smallWords[word]:
			others++
		}
	}
	if len(words) == 2 && numbers == 1 && parts == 1 && headingWords[words[0]] {
		return false // Guest 2
	}
	return parts > 0 && (others == 0 || telling > 0) || numbers > 1 ||
		numbers > 0 && (partWords[words[0]] || printWords[words[0]]) ||
		isSentence(words)
}

// isNumberedPart reports whether the cells of a row, read as one text, are a numbered part of a list or of its paper:
// Page 1, of 3.
func isNumberedPart(cells []string) bool {
	words := noteWords(strings.Join(cells, " "))
	if len(words) < 3 || !partWords[words[0]] {
		return false
	}
	numbers := 0
	for _, word := range words[1:] {
		switch {
		case unicode.IsDigit(firstRune(word)):
			numbers++
		case !smallWords[word] && !partWords[word] && word != "из" && word != "з" && word != "von" && word != "sur":
			return false
		}
	}
	return numbers > 0
}

func firstRune(text string) rune {
	for _, c := range text {
		return c
	}
	return 0
}

// hasColonAtEnd reports whether a cell announces what stands beside it, as in "Printed:".
func hasColonAtEnd(cells []string) bool {
	for _, cell := range cells {
		if cell = strings.TrimSpace(cell); strings.HasSuffix(cell, ":") || strings.HasSuffix(cell, "：") {
			return true
		}
	}
	return false
}

// namesASentence reports whether a cell below the name of a first or a last name is a sentence.
func (r *Reader) namesASentence(cells []string) bool {
	for i, cell := range cells {
		if strings.Count(cell, " ") < 2 || !r.names[i] {
			continue
		}
		if isSentence(strings.Fields(strings.ToLower(cell))) {
			return true
		}
	}
	return false
}

// isSentence reports whether words are no name: two of them are of sentences and of no names, or one is beside others
// that join words and a number.
func isSentence(words []string) bool {
	joining, telling := 0, 0
	for _, word := range words {
		word = strings.Trim(word, ".,;:!?()\"")
		switch {
		case sentenceWords[word]:
			telling++
		case smallWords[word], word != "" && word[0] >= '0' && word[0] <= '9':
			joining++
		}
	}
	return len(words) > 2 && (telling > 1 || telling > 0 && joining > 1) || len(words) > 8
}

// IsTotals reports whether a row is one below a list, such as "Total: 120": a word for it, a number, and no other word
// but for what is counted.
func IsTotals(cells []string) bool {
	if !slices.ContainsFunc(cells, func(cell string) bool { return strings.ContainsFunc(cell, unicode.IsDigit) }) {
		return false
	}
	word, number := false, false
	for _, cell := range cells {
		number = number || strings.ContainsFunc(cell, unicode.IsDigit)
		if !strings.ContainsFunc(cell, unicode.IsLetter) {
			continue
		}
		cell = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(cell)), "grand ")
		words := strings.FieldsFunc(cell, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsMark(c) })
		if counted := word && strings.ContainsFunc(cell, unicode.IsDigit); !counted && (word || !totalWords[words[0]]) {
			return false // the first cell has the word, and later ones what is counted: Total, 2 guests
		}
		for i, counted := range words {
			if (i > 0 || word) && !headingWords[counted] && !smallWords[counted] && !totalWords[counted] &&
				!countedWords[counted] {
				return false
			}
		}
		word = true
	}
	return word && number
}
