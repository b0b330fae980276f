package table

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Question is what only the sender of a file can answer: reading on would be a guess, and a guess mails the wrong
// people. It is the cause of the *Error by which the file is refused.
type Question struct {
	Text    string   // what is not known
	Choices []Choice // likeliest first
	Open    bool     // the first choice is no likelier than others, or would mail a wrong person where it is wrong

	Together []Question // all questions of the list, this one first, where there are several; each with Together empty
}

// openOptions are those of questions of which no answer is ever proposed.
var openOptions = []string{"encoding", "header-row", "sheet", "dates", "surname", "joint-names", "near-misses", "missing-columns"}

// everyRow is the rule by which every row is meant.
const everyRow = "all"

// Proposes reports whether the first choice can be offered as the answer. Else a person has to choose one.
func (d *Question) Proposes() bool {
	if d.Open || len(d.Choices) == 0 {
		return false
	}
	first := d.Choices[0]
	return !slices.Contains(openOptions, first.Option) && (first.Option != "where" || first.Value != everyRow)
}

// Choice is one answer to a doubt.
type Choice struct {
	// Option is one of how a file is read: "encoding", "header-row", "hidden", "note-rows", "sheet", "dates", "map",
	// "split-names", "surname", "joint-names", "missing-columns", "where".
	Option string
	Value  string     // what to set it to; empty for one that is only switched on
	Label  string     // what it comes to, where the value alone does not say it; may name columns
	Sample [][]string // the first rows that it matters for, as they are read then; guests' data

	Private bool // the value may name a guest, as that of a file does
}

func (d *Question) Error() string { return d.Text }

// rereading are the options by which other rows are there, or are counted otherwise, so that what is asked about rows
// and columns depends on the answer.
var rereading = []string{"encoding", "header-row", "sheet", "hidden", "note-rows"}

// Rereads reports whether the table is another one by the answer, or its rows.
func (c Choice) Rereads() bool { return slices.Contains(rereading, c.Option) }

// Flag is how the answer is typed.
func (c Choice) Flag() string {
	if c.Value == "" {
		return "--" + c.Option
	}
	if strings.HasPrefix(c.Value, "-") { // which would be a flag
		return "--" + c.Option + "=" + shellQuote(c)
	}
	return "--" + c.Option + " " + shellQuote(c)
}

// shellQuote quotes a value that a shell would not take as it is. A rule always has quotes, as it has blanks mostly.
func shellQuote(c Choice) string {
	isPlain := func(r rune) bool {
		return r > '~' && !unicode.IsSpace(r) || unicode.IsLetter(r) || unicode.IsDigit(r) ||
			strings.ContainsRune("_=.,:/+-%@", r)
	}
	if c.Option != "where" && !strings.ContainsAny(c.Value[len(c.Value)-1:], ",:") &&
		!strings.ContainsFunc(c.Value, func(r rune) bool { return !isPlain(r) }) {
		return c.Value
	}
	return "'" + strings.ReplaceAll(c.Value, "'", `'\''`) + "'"
}

// newQuestion returns the *Error of a file that is refused with a question. The advice names every answer as a flag,
// the profile's key and the console's control.
func newQuestion(line int, problem string, choices ...Choice) *Error {
	flags := make([]string, len(choices))
	for i, c := range choices {
		flags[i] = c.Flag()
	}
	option := choices[0].Option
	return &Error{
		Line: line, Problem: problem, NeedsAnswer: true, Cause: &Question{Text: problem, Choices: choices},
		Advice: fmt.Sprintf("choose: %s (%s in the profile, “%s” in the console)",
			strings.Join(flags, " or "), strings.ReplaceAll(option, "-", "_"), controls[option]),
	}
}

// Ask returns the *Error of a file that is refused with a question about some of its rows.
func Ask(path, problem string, choices ...Choice) *Error {
	e := newQuestion(0, problem, choices...)
	e.Path = path
	return e
}

// controls are the names of the options on the console's plan page.
var controls = map[string]string{"encoding": "Encoding", "header-row": "Header line", "hidden": "Hidden rows",
	"sheet": "Sheet", "note-rows": "Headings and notes", "joint-names": "Names of several people", "missing-columns": "Missing columns"}
