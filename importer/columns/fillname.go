package columns

import (
	"slices"
	"strings"
	"unicode"
)

// fillNames takes from the full name what a row lacks of its parts: both, where it is certain how it is split or
// splitting was asked for, or the one that is left beside the other.
func (c *Columns) fillNames(full string, fields []string) {
	first, last := c.partPlaces()
	switch noFirst, noLast := blank(fields[first]), blank(fields[last]); {
	case noFirst && noLast:
		if name := c.splitter.split(full); c.fillAny || name.doubt == NoDoubt && splitsOneWay(full) {
			fields[first], fields[last] = name.first, name.last
		}
	case noFirst:
		fields[first] = otherPart(full, fields[last])
	case noLast:
		fields[last] = otherPart(full, fields[first])
	}
}

// partPlaces are those of the first and the last name among the fields.
func (c *Columns) partPlaces() (first, last int) {
	of := func(field string) int {
		return slices.IndexFunc(c.Sources, func(s Source) bool { return s.Field == field })
	}
	return of(FirstName), of(LastName)
}

// fillDoubt compares the full name of a row with its parts, as they have been filled.
func (c *Columns) fillDoubt(full string, fields []string) NameDoubt {
	first, last := c.partPlaces()
	one, other, whole := reduce(fields[first]), reduce(fields[last]), reduce(full)
	switch {
	case one == "" && other == "", whole == one, whole == other: // as in a column called Name that has first names
	case one == "" || other == "":
		return PartMissing
	case !strings.Contains(whole, one) || !strings.Contains(whole, other):
		return PartsDiffer
	}
	return NoDoubt
}

// otherPart returns what a full name has beside one of its parts, or "" where that is not at one of its ends.
func otherPart(full, part string) string {
	for _, last := range []bool{true, false} {
		if rest := removePart(full, part, last); rest != full {
			return rest
		}
	}
	if strings.ContainsFunc(full, func(r rune) bool {
		return !unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana)
	}) {
		return ""
	}
	if rest, is := strings.CutPrefix(full, part); is { // names without blanks
		return rest
	}
	rest, _ := strings.CutSuffix(full, part)
	if rest == full {
		return ""
	}
	return rest
}

// splitBeside returns the parts of a row whose column of full names is, by its header, that of one part: where the
// other part has a column that is filled, the cell is the one part only.
func (c *Columns) splitBeside(cells []string) splitName {
	cell := cells[c.split]
	if c.besideSplit < 0 || blank(cells[c.besideSplit]) {
		return c.splitter.split(cell)
	}
	other := cells[c.besideSplit]
	if c.fieldFor(c.Header[c.split]) == FirstName {
		return splitName{first: removePart(cell, other, true), last: other}
	}
	return splitName{first: other, last: removePart(cell, other, false)}
}

// splitAtLastWord is how versions of guestflow took full names apart that had no splitter. Guests are known by it.
func splitAtLastWord(full string) (first, last string) {
	if before, after, comma := strings.Cut(full, ","); comma {
		return join(strings.Fields(after)), join(strings.Fields(before))
	}
	words := strings.Fields(full)
	if len(words) < 2 {
		return join(words), ""
	}
	cut := len(words) - 1
	for i := 1; i < cut; i++ {
		if formerParticles[strings.ToLower(words[i])] {
			cut = i
		}
	}
	return join(words[:cut]), join(words[cut:])
}

// formerParticles are those of that version.
var formerParticles = set(`af al am auf av bin da das dal de degli dei del della den der di do dos du el ibn la
	las le les lo los
	mac op st. ten ter 't van vanden vander vom von zu zum zur`)
