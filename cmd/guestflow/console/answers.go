package console

import (
	"errors"
	"strings"

	"guestflow/importer"
	"guestflow/importer/columns"
	"guestflow/importer/personname"
	"guestflow/importer/spec"
	"guestflow/importer/table"
	"guestflow/importer/visible"
	"guestflow/importer/where"
)

// answerShown is one answer to the question that a file leaves open.
type answerShown struct {
	Value string   // of its button
	Label string   // what it means
	Rows  []string // the first rows as they are read then; empty without the right to see guests' data
}

// answers returns the choices of the question by which a file is refused, likeliest first; nil for any other error.
// Rows and names of columns are guests' data, or may be.
func answers(err error, values, names bool) (list []answerShown) {
	question, is := errors.AsType[*table.Question](err)
	if !is {
		return nil
	}
	for _, c := range question.Choices {
		if (c.Private || c.Option == "map" || c.Option == "where" && !where.IsAll(c.Value)) && !names {
			continue
		}
		a := answerShown{Value: c.Option + ":" + c.Value, Label: answerLabel(c)}
		for _, row := range c.Sample {
			if values {
				a.Rows = append(a.Rows, visible.Line(strings.Join(row, " | ")))
			}
		}
		list = append(list, a)
	}
	return list
}

func answerLabel(c table.Choice) string {
	switch c.Option + ":" + c.Value {
	case "header-row:none":
		return "There is no header: every line is a guest"
	case "hidden:" + table.SkipHidden:
		return "Leave out what is hidden"
	case "hidden:" + table.ReadHidden:
		return "Import what is hidden, too"
	case "note-rows:" + table.SkipNotes:
		return "They are headings and notes: leave them out"
	case "note-rows:" + table.ReadNotes:
		return "They are guests"
	case "sheet:all":
		return "Import all sheets with guests"
	}
	switch c.Option {
	case "where":
		return c.Label
	case "map":
		if c.Label != "" {
			return c.Label
		}
		return mappingLabel(strings.Cut(c.Value, "="))
	case "encoding":
		return "It is " + c.Value
	case "header-row":
		if c.Label != "" {
			return "Lines " + c.Value + " are the header"
		}
		return "Line " + c.Value + " is the header"
	case "sheet":
		return "Import the sheet " + c.Value
	case "dates":
		return "They are " + dateOrder.Replace(c.Value)
	case "split-names":
		return "Split the full names"
	case "surname":
		return surnameLabels[c.Value]
	case "joint-names":
		return map[string]string{spec.KeepJointNames: "Each is one guest by that name",
			spec.SkipJointNames: "Leave these rows out"}[c.Value]
	case "near-misses":
		return nearLabel(spec.NearMisses(c.Value))
	}
	return c.Flag()
}

// surnameLabels say which words of a full name are its last name.
var surnameLabels = map[string]string{
	personname.SurnameLast:    "The last word is the last name",
	personname.SurnameLastTwo: "The last two words are the last name",
	personname.SurnameFirst:   "The first word is the last name",
	personname.SurnameNone:    "Such names stay whole, as first names",
}

// dateOrder spells an order of numbers such as DMY out.
var dateOrder = strings.NewReplacer("D", "day ", "M", "month ", "Y", "year ")

func mappingLabel(field, header string, _ bool) string {
	header = "“" + short(header, 40) + "”"
	switch {
	case field == columns.Ignore:
		return "Import all rows, whatever " + header + " says"
	case field == columns.PartySize:
		return header + " counts the guest, too"
	case header == "“”":
		return "No column is: " + fieldWords[field]
	case field == columns.PlusOnes:
		return header + " counts only those who come along"
	}
	return header + " is: " + fieldWords[field]
}

// answered returns the settings of a file with one question answered, by the value of an answer's button.
func answered(s spec.Spec, answer string) spec.Spec {
	option, value, _ := strings.Cut(answer, ":")
	return importer.Answer(s, table.Choice{Option: option, Value: value})
}

func inBraces(header string) string {
	if strings.Contains(header, "{{") {
		return header
	}
	return "{{" + header + "}}"
}
