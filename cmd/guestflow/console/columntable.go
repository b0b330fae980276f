package console

// The columns of a file, each with the one choice what it is.

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"guestflow/importer"
	"guestflow/importer/columns"
)

// maxColumns is how many columns that nothing is taken from are listed; those with a field always are.
const maxColumns = 100

// columnShown is a column of the file.
type columnShown struct {
	N       int // its place in the form
	Header  string
	Source  string // how a mapping names it
	Was     string // the field it is without a choice; "" for none
	Now     string // what it is without a choice, in words
	Chosen  string // the field that a person chose; "" for as recognised
	Samples []string

	Suggested *columns.Suggestion
	Percent   int
}

// Used reports whether something is taken from it.
func (c columnShown) Used() bool { return c.Was != "" || c.Chosen != "" }

// Label is the suggested field in words.
func (c columnShown) Label() string { return fieldWords[c.Suggested.Field] }

// Options are the fields that the column can be chosen to be.
func (c columnShown) Options() (list []choice) {
	for _, field := range columns.Fields() {
		if field != c.Was {
			list = append(list, choice{field, fieldWords[field]})
		}
	}
	return list
}

// Texts reports whether a field has a text, or stays empty, because a person chose so.
func (p *planShown) Texts() bool {
	return slices.ContainsFunc(p.Fields, func(f fieldShown) bool { return f.Text != "" || f.Empty })
}

// columnTable lists the columns of the file.
func (p *planShown) columnTable(header []string) (list []columnShown) {
	unused := 0
	for at, name := range columns.Names(header) {
		c := p.column(header, at, name)
		if !c.Used() {
			if unused++; unused > maxColumns {
				p.MoreColumns++
				continue
			}
		}
		c.N = len(list)
		list = append(list, c)
	}
	return list
}

func (p *planShown) column(headers []string, at int, source string) columnShown {
	c := columnShown{Header: column(headers, at), Source: source, Now: "as recognised"}
	mapping := p.Upload.Request().Mapping
	if c.Chosen = chosenField(mapping, headers, at); c.Chosen != "" && c.Chosen != columns.Ignore {
		c.Source = mapping[c.Chosen] // in whatever words, so that the form can take it back
	}
	if p.Plan == nil {
		return c
	}
	if c.Chosen == "" {
		c.Now, c.Was = p.use(at, headers[at]), fieldAt(p.Columns, at)
	}
	for _, row := range p.Plan.Preview {
		if at < len(row.Cells) {
			c.Samples = append(c.Samples, row.Cells[at])
		}
	}
	for _, s := range p.Columns.Suggestions {
		if s.Header == headers[at] && c.Chosen == "" {
			c.Suggested, c.Percent = &s, int(100*s.Confidence)
		}
	}
	return c
}

// use says what a column is for, without a choice.
func (p *planShown) use(at int, header string) string {
	field := fieldAt(p.Columns, at)
	switch {
	case field != "":
		return fieldWords[field]
	case slices.Contains(p.Columns.Ruled, header):
		return "only the rule of the rows"
	case slices.Contains(p.Columns.Ignored, header):
		return fieldWords[columns.Ignore]
	case p.Columns.Used(at):
		return "part of a text or a name"
	}
	return "not used"
}

func fieldAt(c columns.Columns, at int) string {
	if at >= len(c.Fields) {
		return ""
	}
	return c.Fields[at]
}

// chosenField is the field for which a person chose a column; "" if for none.
func chosenField(mapping map[string]string, headers []string, at int) string {
	for _, field := range columns.Fields() {
		if named := namedIn(mapping[field]); (len(named) == 1 || field == columns.Ignore) &&
			slices.ContainsFunc(named, func(name string) bool { return columns.Place(headers, name) == at }) {
			return field
		}
	}
	return ""
}

// namedIn are the columns that a mapping names, where it has no text beside them.
func namedIn(from string) (names []string) {
	if !strings.HasPrefix(from, "{{") {
		if from == "" || strings.HasPrefix(from, "=") || strings.Contains(from, "{{") {
			return nil
		}
		return []string{from}
	}
	for from != "" {
		name, rest, closed := strings.Cut(strings.TrimPrefix(from, "{{"), "}}")
		if !strings.HasPrefix(from, "{{") || !closed {
			return nil
		}
		names, from = append(names, strings.TrimSpace(name)), strings.TrimSpace(rest)
	}
	return names
}

// columnChoice is what the form says of a column.
type columnChoice struct{ source, is, was string }

// columnChoices reads the list of columns of the form; nil if it has none.
func (r *request) columnChoices() (list []columnChoice) {
	for n := 0; r.PostForm.Has("column." + strconv.Itoa(n)); n++ {
		of := func(part string) string { return r.PostFormValue(part + "." + strconv.Itoa(n)) }
		list = append(list, columnChoice{of("column"), of("is"), of("was")})
	}
	return list
}

// mappingOf returns the mapping that a list of columns asks for, by field.
func mappingOf(list []columnChoice) map[string]string {
	mapping := map[string]string{}
	for _, c := range list {
		if c.source != "" && slices.Contains(columns.Fields(), c.is) {
			mapping = importer.MappingWith(mapping, c.is+"="+c.source)
		}
	}
	for _, c := range list { // after all of them: another column may be what this one is not to be
		if _, taken := mapping[c.was]; !taken && c.is == nothing && slices.Contains(columns.Fields(), c.was) {
			mapping[c.was] = ""
		}
	}
	return mapping
}

// decides reports whether a list of columns decides of the source of a field, which is then not kept as it was before.
func decides(list []columnChoice, field, source string) bool {
	if field == columns.Ignore {
		return len(list) > 0
	}
	return slices.ContainsFunc(list, func(c columnChoice) bool { return c.source == source })
}

// checkColumns wants no field to be two columns, of which only one could be taken.
func checkColumns(list []columnChoice) error {
	by := map[string]string{}
	for _, c := range list {
		if c.is == "" || c.is == nothing || c.is == columns.Ignore {
			continue
		}
		if other, twice := by[c.is]; twice {
			return twoColumns(short(other, 40), short(c.source, 40), fieldWords[c.is])
		}
		by[c.is] = c.source
	}
	return nil
}

func twoColumns(one, other, field string) error {
	return &problem{http.StatusUnprocessableEntity, "Two columns are one field", fmt.Sprintf("Both “%s” and “%s” are "+
		"chosen as “%s”. Nothing was changed. Go back and choose one of them; the text “%s %s” joins both.",
		one, other, field, inBraces(one), inBraces(other))}
}
