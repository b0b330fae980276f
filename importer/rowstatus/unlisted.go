package rowstatus

import (
	"slices"
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/where"
	"guestflow/importer/wordset"
)

// Lists have words for states that are in no table. These rules find them by how they stand in their column.

// isOfUnknownStates reports whether a column of states has nothing but a few texts that are not known, which several
// rows have: which of them are meant is for a person to say. out is how many rows may not be meant by other texts.
func (c *ColumnCounts) isOfUnknownStates(out int) bool {
	if c.of.meaning != status || out > 0 || c.included > 0 || c.codes > 0 || c.Others > 0 || len(c.of.tests) > 0 ||
		len(c.Values) < 2 || len(c.Values) > maxStates || regionNames[wordset.Letters(c.Header)] {
		return false
	}
	repeated := false
	for _, v := range c.Values {
		if v.class != unknownWord || isDigits(v.Text) || isDate(v.Text) || hasAny(headers.Words(v.Text), guestKinds) {
			return false
		}
		repeated = repeated || v.Rows > 2
	}
	return repeated
}

// isOfOddStates reports whether a column of which nothing is known has states that are well in most rows, and a few
// texts that are not known in some: “confirmed” and “released”. out is how many rows may not be meant by other texts.
func (c *ColumnCounts) isOfOddStates(out int) bool {
	return c.of.meaning == unhinted && !c.of.ofThing && out == 0 && len(c.of.tests) == 0 && c.Others == 0 && c.plain > 0 &&
		c.states >= 3*c.plain && c.states >= minStates && len(c.plainTexts)+len(c.Values) <= maxStates &&
		!slices.ContainsFunc(c.plainTexts, func(v Value) bool { return hasAny(headers.Words(v.Text), guestKinds) })
}

// minStates is how many rows have a known state at least where the others' are asked about.
const minStates = 3

// isOfCircles reports whether a column has circles and crosses and nothing else: a cross is a yes by itself, and a no
// beside a circle.
func (c *ColumnCounts) isOfCircles() bool {
	circles, crosses := false, false
	for _, v := range c.Values {
		switch where.Fold(v.Text) {
		case "o":
			circles = true
		case "x":
			crosses = true
		case "":
		default:
			return false
		}
	}
	return circles && crosses && c.plain+c.Others == 0 && len(c.of.tests) == 0 && !c.of.ofThing
}

// isOfRegions reports whether a column of states is of parts of a country, of which Oklahoma is OK.
func (c *ColumnCounts) isOfRegions() bool {
	name := wordset.Letters(c.Header)
	return regionNames[name] && (strings.HasPrefix(name, "state") || c.included == 0)
}

// maxStates is how many different texts a column of states has at most.
const maxStates = 12

// hasOnlyDoubts reports whether a column has nothing but words such as “old” and “left”, which stand for other things
// beside others, and rows without a text.
func (c *ColumnCounts) hasOnlyDoubts(rows int) bool {
	return c.plain+c.Others == 0 && c.said < rows && len(c.of.tests) == 0 && len(c.Values) > 0 &&
		!slices.ContainsFunc(c.Values, func(v Value) bool { return v.class != doubtfulWord })
}

// isSigned reports whether below a header such as “Approved” some rows have texts that are no answers, as the name of
// who has approved a guest is, and others have none.
func (c *ColumnCounts) isSigned(kept int) bool {
	if !c.of.ofSigners || len(c.of.tests) > 0 {
		return false
	}
	empty := kept - c.kept
	for _, v := range c.Values {
		switch {
		case v.Text == "":
			empty += v.Kept
		case v.class != unknownWord || v.Out:
			return false
		}
	}
	return empty > 0 && c.said > c.emptySaid()
}

// isOfSigners reports whether the words of a header say that a guest is approved, and not by whom.
func isOfSigners(words []string) bool { return len(words) == 1 && signedWords[words[0]] }

// shown returns an undecided column with the texts that its question shows: ranks and codes, and states that several
// rows have.
func (c ColumnCounts) shown() ColumnCounts {
	c.Values = slices.Clone(c.Values)
	if c.of.ofRank || c.of.meaning == unclear || c.of.isCut || c.isOfOddStates(c.out) || c.isOfOpposites() {
		for _, v := range c.plainTexts {
			v.Known = c.of.ofRank || c.of.meaning == unclear || len(v.Text) <= maxCode || v.Rows > 1
			c.Values = append(c.Values, v)
		}
	}
	for i := range c.Values {
		c.Values[i].Known = c.Values[i].Known || c.of.meaning == status && c.Values[i].Rows > 2
	}
	return c
}
