// Package columns decides what each column of a file is taken for, and makes a guest's fields of a record's cells.
//
// A field comes from a header that is known by an alias, or from what a person has chosen for it: a header, a template, or a
// constant. What merely looks like a field is suggested and never taken: a wrong guess would reach real people.
package columns

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
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
	Alias     Kind = "alias"    // its header is known
	Chosen    Kind = "chosen"   // a person chose its header
	Template  Kind = "template" // a person wrote a template
	Constant  Kind = "constant" // a person wrote its value
	Split     Kind = "split"    // it is a part of a full name
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

// Columns tells what each column of a file is taken for.
type Columns struct {
	Header      []string          `json:"header"` // as it stands in the file
	Fields      []string          `json:"fields"` // per column: the field that is taken from it alone, "" when none is
	Headers     map[string]string `json:"-"`      // field name to header, for messages
	Unused      []string          `json:"unused"` // headers that nothing is taken from
	Sources     []Source          `json:"sources"`
	Suggestions []Suggestion      `json:"suggestions,omitempty"`
	Program     string            `json:"program,omitempty"` // that exports such lists, "" where none is known
	Ignored     []string          `json:"ignored,omitempty"` // headers that a person has said decide nothing

	program       *program
	used          map[int]bool
	split         int            // the column of full names, or -1
	fill          int            // the column of full names of rows without a first and a last name, or -1
	fillAny       bool           // a person has asked for full names to be split
	ignored       []int          // columns
	statusColumns []statusColumn // columns that may say who is not meant
}

// Map matches a header. The error tells what is wrong, and its path and line are for the caller to add.
func Map(header []string, o Options) (Columns, *table.Error) {
	c := Columns{Header: header, Fields: make([]string, len(header)), Headers: map[string]string{}, split: -1, fill: -1}
	c.recognise()
	for _, step := range []func(Options) *table.Error{c.choose, c.match, c.mapFullName, c.addKey, c.check, c.checkPartySize} {
		if problem := step(o); problem != nil {
			if c.Program != "" {
				problem.Problem += fmt.Sprintf(" (this looks like an export of %s)", c.Program)
			}
			return c, problem
		}
	}
	c.finish()
	return c, nil
}

// CheckChosen tells what is wrong with chosen fields whatever the file has, or gives nil.
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

// columns are those that a source is made of.
func (s *Source) columns() (list []int) {
	switch s.Kind {
	case Template:
		for _, p := range s.made.parts {
			if p.header != "" {
				list = append(list, p.column)
			}
		}
	case Alias, Chosen, Split, OtherPart:
		list = append(list, s.column)
	case Constant:
	}
	return list
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

// columnNamed gives the column that a person has named by its header, or by #5 as the fifth.
func (c *Columns) columnNamed(field, header string) (int, *table.Error) {
	found, exact := -1, false
	for i, h := range c.Header {
		switch is := strings.TrimSpace(h) == strings.TrimSpace(header); {
		case !sameHeader(h, header), exact && !is:
		case found < 0, is && !exact: // the header as it is written, rather than one with the same letters
			found, exact = i, is
		default:
			return 0, &table.Error{
				NeedsAnswer: true,
				Problem:     fmt.Sprintf("two columns are called %s, from which %s is to come", quoteHeader(header), field),
				Advice:      "rename or remove one of them, or " + mapAdvice(field, columnNumber(found), columnNumber(i)),
			}
		}
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(header, "#")); found < 0 && err == nil && header[0] == '#' && n >= 1 && n <= len(c.Header) {
		found = n - 1
	}
	if found < 0 {
		return 0, &table.Error{
			Problem: fmt.Sprintf("there is no column %s, from which %s is to come%s", quoteHeader(header), field, c.listHeaders()),
			Advice:  fmt.Sprintf("correct the mapping; for the same text in every row write %s", quoteHeader("="+header)),
		}
	}
	return found, nil
}

// nameOf is how a mapping finds a column, alike being how many have a header with the same letters.
func (c *Columns) nameOf(column int, alike map[string]int) string {
	h := c.Header[column]
	if key := reduce(h); key == "" || alike[key] != 1 || len(h) > maxHeader {
		return columnNumber(column)
	}
	return h
}

// columnNumber names a column whose header another one has too.
func columnNumber(column int) string { return fmt.Sprintf("#%d", column+1) }

// match takes the headers that are known for fields of which nothing was chosen. A full name that a person has chosen stands for
// its parts.
func (c *Columns) match(o Options) *table.Error {
	given := c.program.ownFields(c.Header)
	for i, h := range c.Header {
		field := c.fieldFor(h)
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
			return c.ambiguous(field, first, i)
		}
		c.add(Source{Field: field, Kind: Alias, From: h, column: i})
	}
	return nil
}

// ambiguous is the question which of two columns is meant.
func (c *Columns) ambiguous(field, first string, second int) *table.Error {
	a, b := first, c.Header[second]
	if strings.TrimSpace(a) == strings.TrimSpace(b) { // a header cannot tell them apart
		a, b = columnNumber(slices.Index(c.Fields, field)), columnNumber(second)
	}
	return &table.Error{
		NeedsAnswer: true,
		Problem:     fmt.Sprintf("the columns %s and %s both look like %s", quoteHeader(first), quoteHeader(c.Header[second]), field),
		Advice:      "choose one: " + mapAdvice(field, a, b) + "; or rename or remove one of them",
	}
}

// fieldFor gives the field that a header is known for: by the program that the list comes from, or by itself.
func (c *Columns) fieldFor(header string) string {
	if field, own := c.program.field(header); own {
		return field
	}
	return fieldOf[reduce(header)]
}

// addKey adds the column that tells rows apart, where it is no other field.
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
					Problem: fmt.Sprintf("the columns %s and %s both look like %s", quoteHeader(first), quoteHeader(h), Key), Advice: "rename or remove one of them",
				}
			}
			c.add(Source{Field: Key, Kind: Chosen, From: h, column: i})
		}
	}
	return nil
}

// sameHeader lets a person write a header's letters alone, and takes one without letters or digits as it stands.
func sameHeader(header, wanted string) bool {
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
	case Alias, Chosen, OtherPart:
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

func (c *Columns) check(o Options) *table.Error {
	full := slices.IndexFunc(c.Header, func(h string) bool { return c.fieldFor(h) == FullName })
	switch {
	case c.has(FirstName) || c.has(LastName):
	case full >= 0:
		return &table.Error{
			NeedsAnswer: true,
			Problem: fmt.Sprintf("no usable header: full names are in one column, %s, and no other is a first or a last name%s",
				quoteHeader(c.Header[full]), c.listHeaders()),
			Advice: "have them split (--split-names, split_names in the profile, “Split full names” in the console), or give each part its column",
		}
	default:
		problem := fmt.Sprintf("no usable header: of its columns (%d) none is a first or a last name%s", len(c.Header), c.listHeaders())
		if !c.looksLikeHeader() {
			return &table.Error{NeedsAnswer: true, Problem: problem, Advice: "the first line must name the columns, such as First Name,Last Name,Email; or choose them: " +
				mapAdvice(FirstName, "HEADER")}
		}
		return &table.Error{NeedsAnswer: true, Problem: problem, Advice: c.suggestionAdvice() + mapAdvice(FirstName, "HEADER") + ", and the same for last_name"}
	}
	if o.Key != "" && c.KeyField(o.Key) == "" {
		return &table.Error{
			Problem: fmt.Sprintf("there is no column %s to tell rows apart%s", quoteHeader(o.Key), c.listHeaders()),
			Advice:  "correct --key, or leave it out to use email and name",
		}
	}
	return nil
}

func (c *Columns) has(field string) bool {
	return slices.ContainsFunc(c.Sources, func(s Source) bool { return s.Field == field })
}

// FromHeader reports whether a field comes from a column by its header alone, and not because a person has said so.
func (c *Columns) FromHeader(field string) bool {
	return slices.ContainsFunc(c.Sources, func(s Source) bool { return s.Field == field && s.Kind == Alias })
}

// FullNames is the column from which rows without a first and a last name are filled, or "".
func (c *Columns) FullNames() string {
	if c.fill < 0 {
		return ""
	}
	return c.Header[c.fill]
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

// finish puts the fields in order, names the columns that are not used, and suggests what they may be.
func (c *Columns) finish() {
	slices.SortFunc(c.Sources, func(a, b Source) int { return slices.Index(order, a.Field) - slices.Index(order, b.Field) })
	used := map[int]bool{c.fill: true}
	c.used = used
	for i := range c.Sources {
		for _, column := range c.Sources[i].columns() {
			used[column] = true
		}
	}
	names, alike := sortedNames(), map[string]int{}
	for _, h := range c.Header {
		alike[reduce(h)]++
	}
	for i, h := range c.Header {
		if used[i] {
			continue
		}
		shown := h
		if strings.TrimSpace(h) == "" {
			shown = fmt.Sprintf("(column %d)", i+1)
		}
		if slices.Contains(c.ignored, i) {
			c.Ignored = append(c.Ignored, shown)
			continue
		}
		c.Unused = append(c.Unused, shown)
		c.statusColumns = append(c.statusColumns, statusColumn{i, c.nameOf(i, alike), meaningOf(h)})
		if len(c.Unused) <= maxSuggestedColumns {
			c.suggest(h, names)
		}
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

// Used reports whether a field comes from a column.
func (c *Columns) Used(column int) bool { return c.used[column] }

// Apply appends a record's fields to out. cells has as many as the header.
func (c *Columns) Apply(cells, out []string) []string {
	from := len(out)
	out = c.apply(cells, out)
	for i := range c.Sources {
		if s := &c.Sources[i]; s.Kind == OtherPart {
			out[from+i] = removePart(cells[s.column], cells[s.other], s.Field == FirstName)
		}
	}
	if c.fill >= 0 && cells[c.fill] != "" {
		c.fillNames(cells[c.fill], out[from:])
	}
	return out
}

// ApplyLegacy is Apply as versions of guestflow did it that had no Beside: guests are known by what they made of a row.
func (c *Columns) ApplyLegacy(cells, out []string) []string { return c.apply(cells, out) }

// HasLegacy reports whether ApplyLegacy may give other fields.
func (c *Columns) HasLegacy() bool {
	return slices.ContainsFunc(c.Sources, func(s Source) bool { return s.Kind == OtherPart })
}

func (c *Columns) apply(cells, out []string) []string {
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
		case OtherPart: // a first name was not taken from it
			if s.Field == FirstName {
				out = append(out, "")
			} else {
				out = append(out, cells[s.column])
			}
		case Alias, Chosen:
			out = append(out, cells[s.column])
		}
	}
	return out
}

// fillNames gives a row without a first and a last name those of its full name, where it is certain how that is split or a person
// has asked for it.
func (c *Columns) fillNames(full string, fields []string) {
	first, last := -1, -1
	for i := range c.Sources {
		switch c.Sources[i].Field {
		case FirstName:
			first = i
		case LastName:
			last = i
		}
	}
	if !blank(fields[first]) || !blank(fields[last]) || !c.fillAny && !splitsOneWay(full) {
		return
	}
	fields[first], fields[last] = SplitName(full)
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }
