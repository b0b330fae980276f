package columns

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"guestflow/importer/headers"
	"guestflow/importer/table"
)

// maxListedHeaders is how many headers a message lists.
const maxListedHeaders = 30

// mapAdvice returns how a field's column is chosen: the flag, the profile's key and the console's control.
func mapAdvice(field string, columns ...string) string {
	flags := make([]string, len(columns))
	for i, h := range columns {
		flags[i] = headers.MapFlag(field, h)
	}
	return strings.Join(flags, " or ") + mapControls
}

// mapControls are where a mapping is written beside the command line.
const mapControls = " (mapping in the profile, “Take it from” in the console)"

// listHeaders lists the headers, if they are some: the first line of a file without a header is a guest, which must not
// get into a message.
func (c *Columns) listHeaders() string {
	if !c.looksLikeHeader() {
		return ""
	}
	list := make([]string, 0, maxListedHeaders)
	for _, h := range c.Header[:min(len(c.Header), maxListedHeaders)] {
		list = append(list, headers.Quote(h))
	}
	more := ""
	if n := len(c.Header) - maxListedHeaders; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return "; its headers are " + strings.Join(list, ", ") + more
}

// looksLikeHeader reports whether the first line is one of names of columns: it has nothing that only a guest has, and
// one that is known, a common one, or one that differs from all that stands below it.
func (c *Columns) looksLikeHeader() bool {
	known := c.Program != ""
	for i, h := range c.Header {
		if strings.ContainsFunc(h, isDamage) {
			return false
		}
		if strings.Contains(h, "@") || strings.Trim(h, "0123456789+-. /") == "" && strings.ContainsFunc(h, unicode.IsDigit) {
			return false
		}
		if !known && h != "" {
			known = c.fieldFor(h) != "" || headers.IsOther(h) || headers.FieldIn(h) != "" || table.IsColumnWord(h) ||
				c.differsBelow(i)
		}
	}
	return known
}

// isDamage reports whether a header with this letter is no text: the file is of another kind, or damaged.
func isDamage(r rune) bool {
	return r == unicode.ReplacementChar || unicode.IsControl(r) && !unicode.IsSpace(r)
}

// differsBelow reports whether a header is unlike the cells below it: they are addresses or numbers, and it is neither,
// or it is longer than any name.
func (c *Columns) differsBelow(column int) bool {
	h := c.Header[column]
	if strings.ContainsAny(h, "\n\r") || len(h) > headers.MaxLength {
		return true
	}
	below := holds(c.rows, column)
	return (below == addresses || below == numbers) && kindOf(h) != below
}

// suggestNear returns what the columns that are not known may be.
func (c *Columns) suggestNear() []Suggestion {
	near := Columns{Header: c.Header}
	near.Headers, near.fits, near.chosenFields = map[string]string{}, c.fits, c.chosenFields
	names := headers.Names()
	for i, h := range c.Header[:min(len(c.Header), maxSuggestedColumns)] {
		if c.Fields[i] == "" {
			near.suggest(i, h, names)
		}
	}
	return slices.DeleteFunc(near.Suggestions, func(s Suggestion) bool { // numbers are no names
		at, _ := c.find(s.Name)
		return at >= 0 && s.Field != Email && headers.IsPersonField(s.Field) && holds(c.rows, at) == numbers
	})
}

// suggestionAdvice says which of the columns that are not known may be names, or the email, which names stand beside.
func suggestionAdvice(near []Suggestion) string {
	said := ""
	for _, s := range near {
		switch {
		case s.Field == Email:
			said += fmt.Sprintf("is %s %s? then as below; ", headers.Quote(s.Header), s.Field)
		case headers.IsPersonField(s.Field):
			said += fmt.Sprintf("is %s %s? then %s; ", headers.Quote(s.Header), s.Field, headers.MapFlag(s.Field, s.Name))
		}
	}
	return said
}

// mapQuestion returns the cause of an error that is settled by one of some mappings, each FIELD=HEADER.
func mapQuestion(problem string, mappings ...string) error {
	q := &table.Question{Text: problem}
	for _, m := range mappings {
		field, header, _ := strings.Cut(m, "=")
		if strings.HasPrefix(header, "{{") && strings.Count(header, "{{") > 1 { // made of several columns
			q.Choices = append(q.Choices, table.Choice{Option: "map", Value: m})
			continue
		}
		if c, can := headers.MapChoice(field, header); can {
			q.Choices = append(q.Choices, c)
		}
	}
	return q
}
