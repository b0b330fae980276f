// Package columns decides what each column of a file is taken for, and makes a guest's fields of a record's cells.
//
// A field comes from a header that is known by an alias, or from what a person has chosen for it: a header, a template, or a
// constant. What merely looks like a field is suggested and never taken: a wrong guess would reach real people.
package columns

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"guestflow/importer/table"
)

// Options are what a person has chosen.
type Options struct {
	Key        string              // header of the column that tells rows apart; "" for the default
	Chosen     map[string]string   // by field: a header, a template with {{Header}} in it, =constant, or "" for none
	SplitNames bool                // take a column of full names apart where there are no others
	Clean      func(string) string // what becomes of a cell before it goes into a template
}

// Kind is why a field comes from where it comes from.
type Kind string

// The kinds.
const (
	Alias    Kind = "alias"    // its header is known
	Chosen   Kind = "chosen"   // a person chose its header
	Template Kind = "template" // a person wrote a template
	Constant Kind = "constant" // a person wrote its value
	Split    Kind = "split"    // it is a part of a full name
)

// Source is where a field comes from.
type Source struct {
	Field string `json:"field"`
	Kind  Kind   `json:"kind"`
	From  string `json:"from"` // the header, the template or the constant

	column int
	made   template
}

// Columns tells what each column of a file is taken for.
type Columns struct {
	Header      []string          `json:"header"` // as it stands in the file
	Fields      []string          `json:"fields"` // per column: the field that is taken from it alone, "" when none is
	Headers     map[string]string `json:"-"`      // field name to header, for messages
	Unused      []string          `json:"unused"` // headers that nothing is taken from
	Sources     []Source          `json:"sources"`
	Suggestions []Suggestion      `json:"suggestions,omitempty"`

	split int // the column of full names, or -1
}

// Map matches a header. The error tells what is wrong, and its path and line are for the caller to add.
func Map(header []string, o Options) (Columns, *table.Error) {
	c := Columns{Header: header, Fields: make([]string, len(header)), Headers: map[string]string{}, split: -1}
	for _, step := range []func(Options) *table.Error{c.choose, c.match, c.splitNames, c.addKey, c.check} {
		if problem := step(o); problem != nil {
			return c, problem
		}
	}
	c.finish()
	return c, nil
}

// CheckChosen tells what is wrong with chosen fields whatever the file has, or gives nil.
func CheckChosen(chosen map[string]string) error {
	for _, field := range slices.Sorted(maps.Keys(chosen)) {
		if !slices.Contains(Choosable(), field) {
			return fmt.Errorf("the mapping names %q, which is no field; the fields are %s", field, strings.Join(Choosable(), ", "))
		}
		if _, err := parse(chosen[field]); err != nil {
			return fmt.Errorf("the mapping of %s: %w", field, err)
		}
		if field == FullName && (strings.HasPrefix(chosen[field], "=") || strings.Contains(chosen[field], "{{")) {
			return fmt.Errorf("the mapping of %s: it is a column's header, which is split", field)
		}
	}
	return nil
}

// choose takes what a person has chosen, before any alias.
func (c *Columns) choose(o Options) *table.Error {
	if err := CheckChosen(o.Chosen); err != nil {
		return &table.Error{Problem: err.Error(), Advice: "correct the mapping"}
	}
	for _, field := range slices.Sorted(maps.Keys(o.Chosen)) {
		source, problem := c.chosen(field, o.Chosen[field], o.Clean)
		if problem != nil {
			return problem
		}
		if source != nil {
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
			column, problem := c.find(field, p.header)
			if problem != nil {
				return nil, problem
			}
			made.parts[i].column = column
		}
		made.clean, made.list = clean, field == Tags
		return &Source{Field: field, Kind: Template, From: text, made: made}, nil
	}
	column, problem := c.find(field, text)
	return &Source{Field: field, Kind: Chosen, From: text, column: column}, problem
}

func (c *Columns) find(field, header string) (int, *table.Error) {
	found := -1
	for i, h := range c.Header {
		if !same(h, header) {
			continue
		}
		if found >= 0 {
			return 0, &table.Error{
				Problem: fmt.Sprintf("two columns are called %q, from which %s is to come", header, field), Advice: "rename or remove one of them",
			}
		}
		found = i
	}
	if found < 0 {
		return 0, &table.Error{
			Problem: fmt.Sprintf("there is no column %q, from which %s is to come", header, field),
			Advice:  fmt.Sprintf("correct the mapping; for the same text in every row write %q", "="+header),
		}
	}
	return found, nil
}

// match takes the headers that are known for fields of which nothing was chosen.
func (c *Columns) match(o Options) *table.Error {
	for i, h := range c.Header {
		field := fieldOf[reduce(h)]
		if _, decided := o.Chosen[field]; decided || field == "" || field == FullName {
			continue
		}
		if first, taken := c.Headers[field]; taken {
			return &table.Error{
				Problem: fmt.Sprintf("the columns %q and %q both look like %s", first, h, field), Advice: "rename or remove one of them",
			}
		}
		c.add(Source{Field: field, Kind: Alias, From: h, column: i})
	}
	return nil
}

// splitNames uses a column of full names. Beside first names, one called Name has last names, in German and Dutch lists above
// all.
func (c *Columns) splitNames(o Options) *table.Error {
	full, chosen := c.take(FullName)
	if !chosen {
		for i, h := range c.Header {
			if c.Fields[i] == "" && fieldOf[reduce(h)] == FullName {
				full, chosen = Source{Field: FullName, From: h, column: i}, o.SplitNames
				break
			}
		}
	}
	switch _, last := o.Chosen[LastName]; {
	case full.Field == "":
	case c.has(FirstName) && !c.has(LastName) && !last && (reduce(full.From) == "name" || reduce(full.From) == "naam"):
		c.add(Source{Field: LastName, Kind: Alias, From: full.From, column: full.column})
	case chosen && !c.has(FirstName) && !c.has(LastName):
		c.split = full.column
		for _, field := range []string{FirstName, LastName} {
			c.add(Source{Field: field, Kind: Split, From: full.From, column: full.column})
		}
	}
	return nil
}

// addKey adds the column that tells rows apart, where it is no other field.
func (c *Columns) addKey(o Options) *table.Error {
	if o.Key == "" {
		return nil
	}
	for i, h := range c.Header {
		if !same(h, o.Key) {
			continue
		}
		if c.Fields[i] == "" || c.split == i {
			if first, taken := c.Headers[Key]; taken {
				return &table.Error{
					Problem: fmt.Sprintf("the columns %q and %q both look like %s", first, h, Key), Advice: "rename or remove one of them",
				}
			}
			c.add(Source{Field: Key, Kind: Chosen, From: h, column: i})
		}
	}
	return nil
}

// same lets a person write a header's letters alone, and takes one without letters or digits as it stands.
func same(header, wanted string) bool {
	if k := reduce(wanted); k != "" {
		return reduce(header) == k
	}
	return wanted != "" && strings.TrimSpace(header) == strings.TrimSpace(wanted)
}

func (c *Columns) add(s Source) {
	c.Sources = append(c.Sources, s)
	c.Headers[s.Field] = s.From
	switch s.Kind {
	case Template, Constant:
		c.Headers[s.Field] = s.Field // what is wrong with it is wrong with the mapping
	case Split:
		c.Fields[s.column] = FullName
	case Alias, Chosen:
		c.Fields[s.column] = s.Field
	}
}

// take removes a field's source.
func (c *Columns) take(field string) (Source, bool) {
	for i, s := range c.Sources {
		if s.Field == field {
			c.Sources = slices.Delete(c.Sources, i, i+1)
			delete(c.Headers, field)
			if s.Kind == Chosen {
				c.Fields[s.column] = ""
			}
			return s, s.Kind == Chosen
		}
	}
	return Source{}, false
}

// check does not show the line that is no header: a file without a header has a guest there.
func (c *Columns) check(o Options) *table.Error {
	switch {
	case c.has(FirstName) || c.has(LastName):
	case slices.ContainsFunc(c.Header, func(h string) bool { return fieldOf[reduce(h)] == FullName }):
		return &table.Error{
			Problem: "no usable header: names are in one column, and none is a first or a last name",
			Advice:  "ask for full names to be split, or give each part its column",
		}
	default:
		return &table.Error{
			Problem: fmt.Sprintf("no usable header: of its columns (%d) none is a first or a last name", len(c.Header)),
			Advice:  "the first line must name the columns, such as First Name,Last Name,Email",
		}
	}
	if o.Key != "" && c.KeyField(o.Key) == "" {
		return &table.Error{Problem: fmt.Sprintf("there is no column %q to tell rows apart", o.Key), Advice: "correct --key, or leave it out to use email and name"}
	}
	return nil
}

func (c *Columns) has(field string) bool {
	return slices.ContainsFunc(c.Sources, func(s Source) bool { return s.Field == field })
}

// KeyField is the field that holds the chosen key column.
func (c *Columns) KeyField(key string) string {
	for i, h := range c.Header {
		if key != "" && same(h, key) {
			if c.split == i {
				return Key
			}
			return c.Fields[i]
		}
	}
	return ""
}

// finish puts the fields in order, names the columns that are not used, and suggests what they may be.
func (c *Columns) finish() {
	slices.SortFunc(c.Sources, func(a, b Source) int { return slices.Index(order, a.Field) - slices.Index(order, b.Field) })
	used := map[int]bool{}
	for _, s := range c.Sources {
		switch s.Kind {
		case Template:
			for _, p := range s.made.parts {
				used[p.column] = used[p.column] || p.header != ""
			}
		case Alias, Chosen, Split:
			used[s.column] = true
		case Constant:
		}
	}
	for i, h := range c.Header {
		if used[i] {
			continue
		}
		if strings.TrimSpace(h) == "" {
			h = fmt.Sprintf("(column %d)", i+1)
		}
		c.Unused = append(c.Unused, h)
		c.suggest(h)
	}
}

// Names are the fields that Apply gives, in its order.
func (c *Columns) Names() []string {
	names := make([]string, len(c.Sources))
	for i, s := range c.Sources {
		names[i] = s.Field
	}
	return names
}

// Apply appends a record's fields to out. cells has as many as the header.
func (c *Columns) Apply(cells, out []string) []string {
	first, last := "", ""
	if c.split >= 0 {
		first, last = SplitName(cells[c.split])
	}
	for i := range c.Sources {
		switch s := &c.Sources[i]; s.Kind {
		case Constant:
			out = append(out, s.From)
		case Template:
			out = append(out, s.made.render(cells))
		case Split:
			if s.Field == FirstName {
				out = append(out, first)
			} else {
				out = append(out, last)
			}
		case Alias, Chosen:
			out = append(out, cells[s.column])
		}
	}
	return out
}
