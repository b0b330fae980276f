package where

import (
	"strings"
)

// Empty is the test for an empty cell, or for one that is not.
func Empty(column string, not bool) *Test { return &Test{Column: column, Not: not} }

// In is the test for a cell with one of some values, or with none of them.
func In(column string, not bool, values ...string) *Test {
	t := &Test{Column: column, Values: values, Not: not}
	for _, v := range values {
		t.folded = append(t.folded, Fold(v))
	}
	return t
}

// String is the test as a person would write it.
func (t *Test) String() string {
	column := quote(t.Column, isColumnWord)
	switch {
	case len(t.Values) == 0 && t.Not:
		return column + " is not empty"
	case len(t.Values) == 0:
		return column + " is empty"
	case len(t.Values) == 1 && t.Not:
		return column + " != " + quote(t.Values[0], isValueWord)
	case len(t.Values) == 1:
		return column + " = " + quote(t.Values[0], isValueWord)
	}
	values := make([]string, len(t.Values))
	for i, v := range t.Values {
		values[i] = quote(v, isValueWord)
	}
	if t.Not {
		column += " not"
	}
	return column + " in " + strings.Join(values, ", ")
}

// quote writes a text in quotes where it would be read otherwise without them.
func quote(text string, keyword func(string) bool) string {
	plain := text != "" && !emptyWords[Fold(text)] && strings.Join(strings.Fields(text), " ") == text &&
		!strings.ContainsAny(text, special)
	for word := range strings.FieldsSeq(text) {
		plain = plain && !keyword(word) && !strings.HasPrefix(word, "'") && !strings.HasPrefix(word, "‘")
	}
	if plain {
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}

// isValueWord reports whether a word would end a value.
func isValueWord(word string) bool { return isWord(word, "and", "or") }

// isColumnWord reports whether a word would end the name of a column, or is none.
func isColumnWord(word string) bool { return isWord(word, "and", "or", "not", "in", "is", "all") }

func isWord(word string, any ...string) bool {
	for _, w := range any {
		if strings.EqualFold(word, w) {
			return true
		}
	}
	return false
}
