// Package columns decides what each column of a file is taken for, and makes a guest's fields of a record's cells.
//
// A field comes from a header that is known by an alias, or from what was chosen for it: a header, a template, or a
// constant. What merely looks like a field is suggested and never taken: a wrong guess would reach real people.
package columns

import (
	"fmt"
	"slices"
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/personname"
	"guestflow/importer/rowstatus"
	"guestflow/importer/table"
	"guestflow/importer/where"
	"guestflow/importer/wordset"
)

// Options are what was chosen, and what the file shows beside its header.
type Options struct {
	Key        string                        // header of the column that identifies rows; "" for the default
	Chosen     map[string]string             // by field: a header, a template with {{Header}} in it, =constant, or "" for none
	SplitNames bool                          // take a column of full names apart where there are no others
	Surname    string                        // which words of a full name are the last name, where the name does not show it
	Clean      func(string) string           // what becomes of a cell before it goes into a template
	Rows       [][]string                    // some of the first rows, which may have more cells than the header or fewer
	Emails     bool                          // are to be sent
	Fits       func(field, cell string) bool // reports whether a cell may be a field; nil: any may
	Unnamed    bool                          // the file has no header: its columns are called A, B, C
	Where      string                        // the rule of the rows that are meant, "" for none
}

// Kind is why a field comes from where it comes from.
type Kind string

// The kinds.
const (
	Alias     Kind = "alias"    // its header is known
	Chosen    Kind = "chosen"   // its header was chosen
	Template  Kind = "template" // a template was chosen
	Constant  Kind = "constant" // its value was chosen
	Split     Kind = "split"    // it is a part of a full name
	Content   Kind = "content"  // the file has no header, and its cells are such
	OtherPart Kind = "beside"   // its column is called Name, and stands beside one of the other part
)

// Source is where a field comes from.
type Source struct {
	Field string `json:"field"`
	Kind  Kind   `json:"kind"`
	From  string `json:"from"` // the header, the template or the constant

	column int
	other  int // the column of the other part, where Kind is Beside
	made   template
}

// Columns is what each column of a file is taken for.
type Columns struct {
	Header      []string          `json:"header"` // as it stands in the file
	Fields      []string          `json:"fields"` // per column: the field that is taken from it alone, "" when none is
	Headers     map[string]string `json:"-"`      // field name to header, for messages
	Unused      []string          `json:"unused"` // headers that nothing is taken from
	Sources     []Source          `json:"sources"`
	Suggestions []Suggestion      `json:"suggestions,omitempty"`
	Program     string            `json:"program,omitempty"` // that exports such lists, "" where none is known
	Ignored     []string          `json:"ignored,omitempty"` // headers that were said to decide nothing
	Ruled       []string          `json:"ruled,omitempty"`   // headers that only the rule of the rows that are meant names

	rows          [][]string // the first ones
	questions     []table.Error
	program       *program
	among         map[int]bool // columns of people of whom a person has said who is the guest
	offered       []int        // columns that may have a missing part of the names, about which is asked
	others        []otherPerson
	addresses     []int             // columns of further addresses
	address       int               // that of the email beside them
	people        map[string]string // fields by headers, where a row has several people; "" for those of others than the guest
	used          map[int]bool
	unnamed       bool // the file has no header
	splitter      personname.Splitter
	split         int                // the column of full names, or -1
	besideSplit   int                // that of one part, where the other's header has full names, or -1
	fill          int                // the column of full names of rows without a first and a last name, or -1
	furtherFirst  int                // the column of further first names, of rows without one, or -1
	particle      int                // the column of what stands before last names and belongs to them, or -1
	fillAny       bool               // a person has asked for full names to be split
	ignored       []int              // columns
	named         []bool             // per column: names of guests are taken from it
	numbered      []bool             // each of the first cells has the number of an item before it
	statusColumns []rowstatus.Column // columns that may say that a row is not meant
	rule          *where.Rule        // of the rows that are meant; nil: all
	rowTests      []*where.Test      // of it, those of the rows' numbers
	allMeant      bool               // a person has said so
	clean         func(string) string
	chosenFields  map[string]string // what a person has said
	fits          func(field string, column int) bool
}

// Map decides what each column is. The caller adds path and line to the error.
func Map(header []string, o Options) (Columns, *table.Error) {
	c := Columns{Header: header, Fields: make([]string, len(header)), Headers: map[string]string{}, split: -1,
		besideSplit: -1, fill: -1, furtherFirst: -1, particle: -1, clean: o.Clean}
	c.chosenFields, c.fits, c.unnamed = o.Chosen, o.fitting(), o.Unnamed
	o.Rows = c.withoutNumbers(o.Rows)
	c.recognise()
	for _, step := range []func(Options) *table.Error{
		c.choose, c.mapUnnamed, c.mapPeople, c.match, c.mapFullName, c.takeParticle, c.addKey, c.check, c.checkPartySize,
	} {
		if problem := step(o); problem != nil {
			if c.Program != "" {
				problem.Problem += fmt.Sprintf(" (this looks like an export of %s)", c.Program)
			}
			return c, problem
		}
	}
	c.sortSources()
	if problem := c.bindRule(o); problem != nil {
		return c, problem
	}
	c.finish()
	c.askContent(o)
	c.findBeside(o)
	return c, nil
}

func (c *Columns) add(s Source) {
	c.Sources = append(c.Sources, s)
	c.Headers[s.Field] = s.From
	switch s.Kind {
	case Template, Constant:
		c.Headers[s.Field] = s.Field // what is wrong with it is wrong with the mapping
	case Split:
		c.Fields[s.column] = FullName
	case Alias, Chosen, Content, OtherPart:
		c.Fields[s.column] = s.Field
	}
}

// removeSource removes a field's source.
func (c *Columns) removeSource(field string) (Source, bool) {
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

func (c *Columns) has(field string) bool {
	return slices.ContainsFunc(c.Sources, func(s Source) bool { return s.Field == field })
}

// FromHeader reports whether a field comes from a column by its header alone, and not because a person has said so.
func (c *Columns) FromHeader(field string) bool {
	return slices.ContainsFunc(c.Sources, func(s Source) bool { return s.Field == field && s.Kind == Alias })
}

// Says reports whether a list says anything of a field: by a column, or as a person has said that it is empty.
func (c *Columns) Says(field string) bool {
	return c.has(field) || c.LeavesOut(field) || field == PlusOnes && c.has(PartySize)
}

// LeavesOut reports whether a person has said that a field comes from no column.
func (c *Columns) LeavesOut(field string) bool {
	from, decided := c.chosenFields[field]
	return decided && from == ""
}

// IsChosen reports whether a person has said where a field comes from.
func (c *Columns) IsChosen(field string) bool { return c.chosenFields[field] != "" }

// FullNames is the column from which rows without a first and a last name are filled, or "".
func (c *Columns) FullNames() string {
	if c.fill < 0 {
		return ""
	}
	return c.Header[c.fill]
}

// sortSources puts the fields in order.
func (c *Columns) sortSources() {
	order := slices.Concat(Fields(), []string{Key})
	slices.SortFunc(c.Sources, func(a, b Source) int {
		return slices.Index(order, a.Field) - slices.Index(order, b.Field)
	})
}

// finish names the columns that are not used, and suggests what they may be.
func (c *Columns) finish() {
	c.furtherFirst = c.secondFirstName()
	used := map[int]bool{c.fill: true, c.besideSplit: true, c.furtherFirst: true, c.particle: true}
	c.used = used
	for i := range c.Sources {
		for _, column := range c.Sources[i].columns() {
			used[column] = true
		}
	}
	names, alike := headers.Names(), map[string]int{}
	for _, h := range c.Header {
		alike[wordset.Letters(h)]++
	}
	c.addTaken(alike)
	for i, h := range c.Header {
		if used[i] {
			continue
		}
		shown := h
		if strings.TrimSpace(h) == "" {
			shown = fmt.Sprintf("(column %d)", i+1)
		}
		if c.isIgnored(i) {
			c.Ignored = append(c.Ignored, shown)
			continue
		}
		if m := c.meaningOf(i); m != rowstatus.Silent && !c.allMeant {
			c.addStatusColumn(i, c.nameOf(i, alike), m)
		}
		if len(c.at(i, c.rule.Tests())) > 0 {
			c.Ruled = append(c.Ruled, shown)
			continue
		}
		c.Unused = append(c.Unused, shown)
		if len(c.Unused) <= maxSuggestedColumns {
			c.suggest(i, h, names)
		}
	}
	c.addOrigin()
}

func (c *Columns) isIgnored(column int) bool { return slices.Contains(c.ignored, column) }

// Ignores reports whether a person has said that columns with a header, or all columns, decide nothing.
func (c *Columns) Ignores(header string) bool {
	return c.allMeant || slices.ContainsFunc(c.ignored,
		func(i int) bool { return i < len(c.Header) && c.Header[i] == header })
}

// Used reports whether a field comes from a column.
func (c *Columns) Used(column int) bool { return c.used[column] }
