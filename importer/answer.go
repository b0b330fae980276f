package importer

import (
	"maps"
	"slices"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/spec"
	"guestflow/importer/table"
	"guestflow/importer/where"
)

// Answer returns the settings of a file with one of its questions answered. An option that is not known changes nothing.
func Answer(s spec.Spec, c table.Choice) spec.Spec {
	switch c.Option {
	case "encoding":
		s.Encoding = c.Value
	case "header-row":
		s.HeaderRow = c.Value
	case "hidden":
		s.Hidden = c.Value
	case "note-rows":
		s.NoteRows = c.Value
	case "sheet":
		s.Sheet = c.Value
	case "dates":
		s.Dates = c.Value
	case "where":
		s.Where = c.Value
	case "split-names":
		s.SplitNames = new(true)
	case "surname":
		s.Surname = c.Value
	case "joint-names":
		s.JointNames = c.Value
	case missingOption:
		s.MissingColumns = c.Value
	case nearOption:
		s.NearMisses = spec.NearMisses(c.Value)
	case "map":
		s.Mapping = MappingWith(s.Mapping, c.Value)
	}
	return s
}

// AnswerAll returns the settings of a file with several of its questions answered, in their order. A rule of rows is added to the one
// of the answers before, and to rule, by which the file was read when it was asked about.
func AnswerAll(s spec.Spec, rule string, choices []table.Choice) spec.Spec {
	for _, c := range choices {
		if c.Option == "where" && !where.IsAll(c.Value) {
			c.Value = where.And(rule, c.Value)
		}
		if s = Answer(s, c); c.Option == "where" {
			rule = s.Where
		}
	}
	return s
}

// MappingWith returns a mapping with one more FIELD=HEADER. Columns are ignored besides those that are.
func MappingWith(before map[string]string, answer string) map[string]string {
	mapping := maps.Clone(before)
	if mapping == nil {
		mapping = map[string]string{}
	}
	field, header, _ := strings.Cut(answer, "=")
	if old := mapping[columns.Ignore]; field == columns.Ignore && old != "" {
		header = inBraces(old) + " " + inBraces(header)
	}
	if slices.Contains(columns.Fields(), field) {
		mapping[field] = header
	}
	return mapping
}

func inBraces(header string) string {
	if strings.Contains(header, "{{") {
		return header
	}
	return "{{" + header + "}}"
}
