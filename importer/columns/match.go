package columns

import (
	"fmt"
	"slices"
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/table"
	"guestflow/importer/wordset"
)

// match takes the headers that are known for fields of which nothing was chosen. A full name that was chosen stands for
// its parts.
func (c *Columns) match(o Options) *table.Error {
	given := c.program.ownFields(c.Header)
	for _, field := range c.people {
		delete(given, field)
	}
	exchanged := c.exchangeParts(o)
	for i, h := range c.Header {
		field := c.fieldFor(h)
		if exchanged && (field == FirstName || field == LastName) {
			continue
		}
		if _, decided := o.Chosen[field]; decided || field == "" || field == FullName {
			continue
		}
		if o.Chosen[FullName] != "" && (field == FirstName || field == LastName) {
			continue
		}
		if _, own := c.program.field(h); given[field] && !own {
			continue // such as the buyer's address beside the guest's
		}
		if first, taken := c.Headers[field]; taken {
			if field == Email && (c.takeNamed(i) || c.hasSameAddresses(slices.Index(c.Fields, Email), i)) {
				continue
			}
			return c.ambiguous(field, first, i)
		}
		c.add(Source{Field: field, Kind: Alias, From: h, column: i})
	}
	return nil
}

// takeNamed reports whether one of two columns of addresses has "anonymous" in every row, as forms without sign-in write
// it; the email is taken from the other column then.
func (c *Columns) takeNamed(second int) bool {
	first := slices.Index(c.Fields, Email)
	switch {
	case first < 0:
		return false
	case c.isAnonymous(second):
		return true
	case c.isAnonymous(first):
		c.removeSource(Email)
		c.Fields[first] = ""
		c.add(Source{Field: Email, Kind: Alias, From: c.Header[second], column: second})
		return true
	}
	return false
}

// hasSameAddresses reports whether two columns have the same addresses in all of the first rows. Where others differ, it is
// asked which is meant (findAddresses).
func (c *Columns) hasSameAddresses(one, other int) bool {
	if one < 0 || !hasAddress(c.rows, one) {
		return false
	}
	return !slices.ContainsFunc(c.rows, func(cells []string) bool {
		return one >= len(cells) || other >= len(cells) || !strings.EqualFold(strings.TrimSpace(cells[one]), strings.TrimSpace(cells[other]))
	})
}

// isAnonymous reports whether all of a column's first cells say that a form was filled in by someone who had not signed
// in.
func (c *Columns) isAnonymous(column int) bool {
	for _, cells := range c.rows {
		if column >= len(cells) || !anonymous[strings.ToLower(strings.TrimSpace(cells[column]))] {
			return false
		}
	}
	return len(c.rows) > 0
}

var anonymous = wordset.Of(`anonymous anonym anonyme anónimo anonimo anónima anônimo anoniem anonymní anonimowe anonimowy
	anonim anonymt anonyymi анонимно анонимный анонім 匿名 익명 ανώνυμος אנונימי مجهول`)

// exchangeParts takes one part of the names from the column of the other, where only that was chosen for the other
// part: the columns are exchanged. It reports whether they are.
func (c *Columns) exchangeParts(o Options) bool {
	for _, pair := range [...][2]string{{FirstName, LastName}, {LastName, FirstName}} {
		chosen, other := pair[0], pair[1]
		if _, decided := o.Chosen[other]; decided || o.Chosen[chosen] == "" || !c.has(chosen) {
			continue
		}
		s := c.source(chosen)
		from := slices.IndexFunc(c.Header, func(h string) bool { return c.fieldFor(h) == chosen })
		if s.Kind == Chosen && from >= 0 && c.fieldFor(c.Header[s.column]) == other {
			c.add(Source{Field: other, Kind: Chosen, From: c.Header[from], column: from})
			return true
		}
	}
	return false
}

// ambiguous returns the question which of two columns is meant.
func (c *Columns) ambiguous(field, first string, second int) *table.Error {
	one, two := slices.Index(c.Fields, field), second
	if field == Email && !hasAddress(c.rows, one) && hasAddress(c.rows, two) {
		one, two = two, one // the likeliest first
	}
	a, b := c.mappingName(one), c.mappingName(two)
	problem := fmt.Sprintf("the columns %s and %s both look like %s",
		headers.Quote(first), headers.Quote(c.Header[second]), field)
	return &table.Error{
		NeedsAnswer: true, Problem: problem, Cause: mapQuestion(problem, field+"="+a, field+"="+b),
		Advice: "choose one: " + mapAdvice(field, a, b) + "; or rename or remove one of them",
	}
}

// fieldFor returns the field that a header is known for: by the program that the list comes from, or by itself.
func (c *Columns) fieldFor(header string) string {
	if field, is := c.people[header]; is {
		return field
	}
	if field, own := c.program.field(header); own {
		return field
	}
	if wordset.Letters(header) == "nom" &&
		slices.ContainsFunc(c.Header, func(h string) bool { return catalanSurnames[wordset.Letters(h)] }) {
		return FirstName // which is a last name in French
	}
	return headers.FieldOf(header)
}

// addKey adds the column that identifies rows, where it is no other field.
func (c *Columns) addKey(o Options) *table.Error {
	if o.Key == "" {
		return nil
	}
	for i, h := range c.Header {
		if !sameHeader(h, o.Key) {
			continue
		}
		if c.Fields[i] == "" || c.split == i || c.fill == i {
			if first, taken := c.Headers[Key]; taken {
				return &table.Error{
					Problem: fmt.Sprintf("the columns %s and %s both look like %s", headers.Quote(first), headers.Quote(h), Key),
					Advice:  "rename or remove one of them",
				}
			}
			c.add(Source{Field: Key, Kind: Chosen, From: h, column: i})
		}
	}
	return nil
}

func (c *Columns) check(o Options) *table.Error {
	full, _ := c.fullNameColumns()
	switch {
	case c.has(FirstName) || c.has(LastName):
	case full >= 0:
		problem := fmt.Sprintf("no usable header: full names are in one column, %s, and no other is a first or a last name%s",
			headers.Quote(c.Header[full]), c.listHeaders())
		return &table.Error{
			NeedsAnswer: true, Problem: problem,
			Cause: &table.Question{Text: problem, Choices: []table.Choice{{Option: "split-names"}}},
			Advice: "have them split (--split-names, split_names in the profile, “Split full names” in the console), or give " +
				"each part its column",
		}
	default:
		return c.noNames(o)
	}
	if o.Key != "" && c.KeyField(o.Key) == "" {
		return &table.Error{
			Problem: fmt.Sprintf("there is no column %s to tell rows apart%s", headers.Quote(o.Key), c.listHeaders()),
			Advice:  "correct --key, or leave it out to use email and name",
		}
	}
	return nil
}

// KeyField is the field that holds the chosen key column.
func (c *Columns) KeyField(key string) string {
	for i, h := range c.Header {
		if key != "" && sameHeader(h, key) {
			if c.split == i || c.fill == i {
				return Key
			}
			return c.Fields[i]
		}
	}
	return ""
}
