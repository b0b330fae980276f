package console

import (
	"errors"
	"strings"

	"guestflow/importer/spec"
	"guestflow/importer/table"
	"guestflow/importer/visible"
)

// answerShown is one answer to the question that a file leaves open.
type answerShown struct {
	Value string   // of its button
	Label string   // what it means
	Rows  []string // the first rows as they are read then; empty without the right to see guests' data
}

// answers returns the choices of the question by which a file is refused, likeliest first; nil for any other error.
func answers(err error, values bool) (list []answerShown) {
	question, is := errors.AsType[*table.Question](err)
	if !is {
		return nil
	}
	for _, c := range question.Choices {
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
	case "sheet:all":
		return "Import all sheets with guests"
	}
	switch c.Option {
	case "encoding":
		return "It is " + c.Value
	case "header-row":
		return "Line " + c.Value + " is the header"
	case "sheet":
		return "Import the sheet " + c.Value
	}
	return c.Flag()
}

// answered returns the settings of a file with one question answered. An option that is not known changes nothing.
func answered(s spec.Spec, answer string) spec.Spec {
	option, value, _ := strings.Cut(answer, ":")
	switch option {
	case "encoding":
		s.Encoding = value
	case "header-row":
		s.HeaderRow = value
	case "hidden":
		s.Hidden = value
	case "sheet":
		s.Sheet = value
	}
	return s
}
