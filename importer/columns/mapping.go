package columns

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/rowstatus"
	"guestflow/importer/table"
	"guestflow/importer/wordset"
)

// CheckChosen returns what is wrong with chosen fields whatever the file has.
func CheckChosen(chosen map[string]string) error {
	for _, field := range slices.Sorted(maps.Keys(chosen)) {
		if !slices.Contains(Fields(), field) {
			return fmt.Errorf("the mapping names %q, which is no field; the fields are %s", field, strings.Join(Fields(), ", "))
		}
		if _, err := parse(chosen[field]); err != nil {
			return fmt.Errorf("the mapping of %s: %w", field, err)
		}
		if field == FullName && (strings.HasPrefix(chosen[field], "=") || strings.Contains(chosen[field], "{{")) {
			return fmt.Errorf("the mapping of %s: it is a column's header, which is split", field)
		}
		if field == Ignore && strings.HasPrefix(chosen[field], "=") {
			return fmt.Errorf("the mapping of %s: it is a column's header, or several as {{One}} {{Two}}", field)
		}
	}
	return nil
}

// choose takes what was chosen, before any alias.
func (c *Columns) choose(o Options) *table.Error {
	c.rows = o.Rows
	if err := CheckChosen(o.Chosen); err != nil {
		return &table.Error{Problem: err.Error(), Advice: "correct the mapping"}
	}
	for _, field := range slices.Sorted(maps.Keys(o.Chosen)) {
		source, problem := c.chosen(field, o.Chosen[field], o.Clean)
		if problem != nil {
			return problem
		}
		switch {
		case source == nil:
		case field == Ignore:
			c.ignored = source.columns()
		default:
			c.add(*source)
		}
	}
	return nil
}

func (c *Columns) chosen(field, text string, clean func(string) string) (*Source, *table.Error) {
	switch {
	case text == "":
		return nil, nil
	case strings.HasPrefix(text, "="):
		return &Source{Field: field, Kind: Constant, From: text[1:]}, nil
	case strings.Contains(text, "{{"):
		made, _ := parse(text) // CheckChosen has parsed it
		for i, p := range made.parts {
			if p.header == "" {
				continue
			}
			column, problem := c.columnNamed(field, p.header)
			if problem != nil {
				return nil, problem
			}
			made.parts[i].column = column
		}
		made.clean, made.list = clean, field == Tags
		return &Source{Field: field, Kind: Template, From: text, made: made}, nil
	}
	column, problem := c.columnNamed(field, text)
	return &Source{Field: field, Kind: Chosen, From: text, column: column}, problem
}

// columns are those that a source is made of.
func (s *Source) columns() (list []int) {
	switch s.Kind {
	case Template:
		for _, p := range s.made.parts {
			if p.header != "" {
				list = append(list, p.column)
			}
		}
	case Alias, Chosen, Content, Split, OtherPart:
		list = append(list, s.column)
	case Constant:
	}
	return list
}

// columnNamed returns the column with a header, or the fifth for #5.
func (c *Columns) columnNamed(field, header string) (int, *table.Error) {
	if place, is := c.originPlace(header); is && field == Ignore {
		return place, nil
	}
	found, other := c.find(header)
	if other >= 0 {
		return 0, &table.Error{
			NeedsAnswer: true,
			Problem:     fmt.Sprintf("two columns are called %s, from which %s is to come", headers.Quote(header), field),
			Advice:      "rename or remove one of them, or " + mapAdvice(field, c.mappingName(found), c.mappingName(other)),
		}
	}
	if found < 0 {
		return 0, &table.Error{
			Problem: fmt.Sprintf("there is no column %s, from which %s is to come%s", headers.Quote(header), field,
				c.listHeaders()),
			Advice: fmt.Sprintf("correct the mapping; for the same text in every row write %s", headers.Quote("="+header)),
		}
	}
	return found, nil
}

// find returns the column with a header, or the fifth for #5, and another one that has it too; -1 for none.
func (c *Columns) find(header string) (found, other int) {
	found, other = -1, -1
	exact := false
	for i, h := range c.Header {
		switch is := strings.TrimSpace(h) == strings.TrimSpace(header); {
		case !sameHeader(h, header), exact && !is:
		case found < 0, is && !exact: // the header as it is written, rather than one with the same letters
			found, exact, other = i, is, -1
		case other < 0:
			other = i
		}
	}
	if number, is := strings.CutPrefix(header, "#"); is && found < 0 {
		if n, err := strconv.Atoi(number); err == nil && n >= 1 && n <= len(c.Header) {
			found = n - 1
		}
	}
	return found, other
}

// SameHeader reports whether two names of a column mean the same one.
func SameHeader(one, other string) bool { return sameHeader(one, other) }

// sameHeader lets a person write a header's letters alone, and takes one without letters or digits as it stands.
func sameHeader(header, wanted string) bool {
	if rowstatus.IsOrigin(header) != rowstatus.IsOrigin(wanted) {
		return false
	}
	if k := wordset.Letters(wanted); k != "" {
		return wordset.Letters(header) == k
	}
	return wanted != "" && strings.TrimSpace(header) == strings.TrimSpace(wanted)
}
