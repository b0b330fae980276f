package console

import (
	"errors"
	"strconv"
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
	Rule  string   // of the rows that are meant by it; "" for another kind of answer
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
		a := answerShown{Value: answerValue(c), Label: answerLabel(c)}
		if c.Option == "where" && !where.IsAll(c.Value) {
			a.Rule = c.Value
		}
		for _, row := range c.Sample {
			if values {
				a.Rows = append(a.Rows, visible.Line(strings.Join(row, " | ")))
			}
		}
		list = append(list, a)
	}
	return list
}

// questionShown is one of several questions of a file, with its answers.
type questionShown struct {
	N       int // its place in the form
	Problem string
	Answers []answerShown
	Taken   string // the value of the answer that is proposed; "" where a person has to choose
	First   string // the value of the first answer: what is asked behind it was found with that one
}

// together are all questions of a file that is refused by the first one; nil where there is one, or where the answers to
// one of them are not for the user.
func together(err error, values, names bool) (list []questionShown) {
	question, is := errors.AsType[*table.Question](err)
	if !is {
		return nil
	}
	for n, q := range question.Together {
		one := questionShown{N: n, Problem: q.Text, Answers: answers(&q, values, names)}
		if len(one.Answers) == 0 || one.Answers[0].Value != answerValue(q.Choices[0]) {
			return nil
		}
		if one.First = one.Answers[0].Value; q.Proposes() {
			one.Taken = one.First
		}
		if !names {
			one.Problem = unquoted(one.Problem)
		}
		list = append(list, one)
	}
	return list
}

func answerValue(c table.Choice) string { return c.Option + ":" + c.Value }

// answeredTogether returns the answers of a form to several questions, in their order. Behind one that says otherwise
// than the first answer which rows are read, none is taken: what was asked then is asked anew.
func (r *request) answeredTogether() (choices []table.Choice) {
	for n := 0; n < maxTogether && r.PostForm.Has("answer."+strconv.Itoa(n)); n++ {
		answer := r.PostFormValue("answer." + strconv.Itoa(n))
		option, value, _ := strings.Cut(answer, ":")
		c := table.Choice{Option: option, Value: value}
		if choices = append(choices, c); c.Rereads() && answer != r.PostFormValue("first."+strconv.Itoa(n)) {
			break
		}
	}
	return choices
}

// maxTogether is how many answers a form may have.
const maxTogether = 50

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
		return dateLabels[c.Value]
	case "split-names":
		return "Split the full names"
	case "surname":
		return surnameLabels[c.Value]
	case "joint-names":
		return map[string]string{spec.KeepJointNames: "Each is one guest by that name",
			spec.SkipJointNames: "Leave these rows out"}[c.Value]
	case "missing-columns":
		return map[string]string{spec.KeepMissing: "Leave known guests as they are, and send them the email",
			spec.EmptyMissing: "Write them as the list has them, without these"}[c.Value]
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

// dateLabels spell the orders of a date's numbers out.
var dateLabels = map[string]string{
	"DMY": "The day, the month, the year", "MDY": "The month, the day, the year", "YMD": "The year, the month, the day",
}

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
