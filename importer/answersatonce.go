package importer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"guestflow/importer/columns"
	"guestflow/importer/plural"
	"guestflow/importer/table"
	"guestflow/importer/where"
)

// A list may have several questions, each of which is only met once those before are answered. This file answers them one after
// the other, each by the answer that it offers first, and offers what comes of it as one command line, and as one form of the
// console. Nothing is taken by itself: it is a person who types or presses it. Where no answer is likelier than the others, or a wrong
// one would mail a wrong person, the line has all of them, and is no valid one until a person has chosen.

// maxAtOnceFor is how long the further questions of a list are looked for. A list of 300,000 rows is planned in about a
// second; tests have longer, on machines of any speed.
var maxAtOnceFor = 20 * time.Second

const (
	maxAtOnce = 12 // questions

	sampledFrom = 4 << 20 // bytes: a larger list is first asked about by its first rows
	sampledRows = 5_000
)

// atOnce are the answers to all questions of a list.
type atOnce struct {
	settings Settings
	taken    []table.Choice   // to the questions with a proposed answer
	open     []table.Choice   // to the others, with all values of each
	besides  []table.Choice   // that answer one of these by another option
	rule     string           // of the rows that are meant, before any answer
	rules    []string         // what each answer adds to it
	asked    []table.Question // in their order; rules of rows without what the answers before add
	problems []string         // of the questions behind the first one
	settled  bool             // the list was planned with the first answers, and goes through
	refused  bool             // it was planned with them, and is refused for something else
	then     string           // a further question, where what is asked depends on what is chosen
	guests   int
	rows     int
}

// answerAtOnce has the first question of a list say how all of them are answered, where there are several.
func (s Settings) answerAtOnce(ctx context.Context, path string, p Plan, err error) (Plan, error) {
	first := openQuestion(p, err)
	if first == nil || err == nil && len(p.questions) == 0 || ctx.Err() != nil {
		return p, err
	}
	all := s.askAll(ctx, path, *first)
	text := all.text(*first)
	if text == "" {
		return p, err
	}
	asked := *first
	asked.Advice += text
	if question, is := errors.AsType[*table.Question](first.Cause); is && len(all.asked) > 1 {
		together := *question
		together.Together = all.asked
		asked.Cause = &together
	}
	if err != nil {
		return p, &asked
	}
	p.questions = append([]FileError{asked}, p.questions[1:]...)
	return p, nil
}

// openQuestion is the first question of a plan, or that by which there is none; nil where nothing is asked.
func openQuestion(p Plan, err error) *FileError {
	if err == nil {
		err = p.Refused()
	}
	if fault, is := errors.AsType[*FileError](err); is && fault.NeedsAnswer {
		return fault
	}
	return nil
}

// askAll plans a list with the first answer to each of its questions, until nothing is asked any more. A large list is first asked by
// its first rows, which have most questions, and then once or twice as a whole: for a while at most.
func (s Settings) askAll(ctx context.Context, path string, first FileError) *atOnce {
	ctx, cancel := context.WithTimeout(ctx, maxAtOnceFor)
	defer cancel()
	all := &atOnce{settings: s.alone(), rule: s.Where}
	if info, err := os.Stat(path); err == nil && info.Size() > sampledFrom {
		all.settings.sampled = sampledRows
	}
	next, planned := &first, Plan{}
	for next != nil && len(all.asked) < maxAtOnce && all.answer(*next) {
		last := next
		planned, next = all.plan(ctx, path)
		if next == nil && all.settings.sampled > 0 && !all.refused && ctx.Err() == nil {
			all.settings.sampled = 0
			planned, next = all.plan(ctx, path)
		}
		if next != nil && next.Problem == last.Problem {
			all.refused = true // the answer has settled nothing
		}
		if next != nil && (all.refused || all.dependsOnLast()) {
			break
		}
	}
	if next != nil {
		all.then = next.Problem
	}
	all.settled = next == nil && !all.refused && ctx.Err() == nil
	all.guests, all.rows = planned.Guests, planned.Rows
	if all.settled && s.Compare != nil {
		all.compare(ctx, path, s)
	}
	return all
}

// compare adds what is asked once the list is compared with earlier imports.
func (all *atOnce) compare(ctx context.Context, path string, s Settings) {
	with := s.alone()
	with.Spec, with.Compare, with.ledger = all.settings.Spec, s.Compare, s.ledger
	p, err := with.planShown(ctx, path)
	if next := openQuestion(p, err); next != nil {
		all.settled = !all.answer(*next)
		return
	}
	if err == nil && p.Near != nil {
		if held := p.HeldRows(p.Near.Held()); held != nil {
			all.answer(*held)
		}
	}
}

// plan plans the list with the answers that there are, and returns what is asked then.
func (all *atOnce) plan(ctx context.Context, path string) (Plan, *FileError) {
	p, err := all.settings.planShown(ctx, path)
	next := openQuestion(p, err)
	all.refused = next == nil && (err != nil || p.Refused() != nil)
	return p, next
}

// dependsOnLast reports whether a person has to choose, of the last question, which table is read: what is asked then is another
// matter with each answer.
func (all *atOnce) dependsOnLast() bool {
	last := all.asked[len(all.asked)-1]
	return !last.Proposes() && last.Choices[0].Rereads()
}

// alone are the settings of a plan that only says what is asked about the list.
func (s Settings) alone() Settings {
	s.Compare, s.ledger, s.Suppressed, s.Progress, s.Planned = nil, nil, nil, nil, nil
	s.Keep, s.PreviewRows = false, 0
	return s
}

// answer answers a question by its first choice; false where it has none.
func (all *atOnce) answer(asked FileError) bool {
	question, is := errors.AsType[*table.Question](asked.Cause)
	if !is || len(question.Choices) == 0 {
		return false
	}
	one, first := *question, question.Choices[0]
	if all.isOfOneField(first, question.Proposes()) {
		return false
	}
	one.Text, one.Choices = asked.Problem, withoutRule(all.settings.Where, question.Choices)
	if all.settings.sampled > 0 && len(all.asked) > 0 {
		one.Text += fmt.Sprintf(" (of its first %d rows)", all.settings.sampled)
	}
	if len(all.asked) > 0 && first.Option != "map" { // which says by itself what is asked
		all.problems = append(all.problems, one.Text)
	}
	all.asked = append(all.asked, one)
	all.settings.Spec = Answer(all.settings.Spec, first)
	if first.Option == "where" {
		all.rules = append(all.rules, one.Choices[0].Value)
	}
	if question.Proposes() {
		all.take(first)
		return true
	}
	choice, others := allOf(one.Choices)
	all.besides = append(all.besides, others...)
	if all.open = append(all.open, choice); first.Option == "where" {
		all.rules[len(all.rules)-1] = choice.Value
	}
	return true
}

// isOfOneField reports whether a choice and one of another question are of the same field, and one of both is to be chosen by a person:
// a line that has both would have the later one alone.
func (all *atOnce) isOfOneField(c table.Choice, proposed bool) bool {
	field, _, _ := strings.Cut(c.Value, "=")
	same := func(other table.Choice) bool {
		return c.Option == "map" && other.Option == "map" && strings.HasPrefix(other.Value, field+"=")
	}
	return slices.ContainsFunc(all.open, same) || !proposed && slices.ContainsFunc(all.taken, same)
}

// withoutRule returns choices whose rules have only what they add to the one that is there.
func withoutRule(rule string, choices []table.Choice) []table.Choice {
	choices = slices.Clone(choices)
	for i, c := range choices {
		if c.Option == "where" && rule != "" {
			for _, before := range []string{rule, "(" + rule + ")"} {
				choices[i].Value = strings.TrimPrefix(choices[i].Value, before+" and ")
			}
		}
	}
	return choices
}

// take adds an answer. A later one of the same setting takes the place of an earlier one.
func (all *atOnce) take(c table.Choice) {
	field, _, _ := strings.Cut(c.Value, "=")
	if c.Option == "map" {
		c.Value = field + "=" + all.settings.Mapping[field]
	}
	same := func(other table.Choice) bool {
		return other.Option == c.Option && (c.Option != "map" || strings.HasPrefix(other.Value, field+"="))
	}
	if i := slices.IndexFunc(all.taken, same); i >= 0 {
		all.taken[i] = c
		return
	}
	all.taken = append(all.taken, c)
}

// between stands between the values of which one has to be chosen. No setting takes a value with it.
const between = "|"

// allOf is a choice that has all values of a question, so that it is none until a person has chosen, and the choices that do not go
// with the others in one option. Rules are in parentheses and mappings with their fields, as letters alone could be a column's.
func allOf(choices []table.Choice) (all table.Choice, others []table.Choice) {
	all = table.Choice{Option: choices[0].Option}
	var values []string
	for _, c := range choices {
		switch {
		case c.Option != all.Option || c.Option == "where" && where.IsAll(c.Value):
			others = append(others, c)
			continue
		case c.Option == "where":
			c.Value = "(" + c.Value + ")"
		}
		values = append(values, c.Value)
	}
	switch {
	case len(values) > 1:
	case len(others) > 0:
		values = append(values, "or another answer")
	default:
		values = append(values, "or correct the file")
	}
	all.Value = strings.Join(values, between)
	return all, others
}

// InPlace begins the answers that the line has no room for: by another option than the one that has a bar, which is left out then.
const InPlace = "; in place of one with a bar also: "

// inPlace names them, each once.
func (all *atOnce) inPlace() string {
	var flags []string
	for _, c := range all.besides {
		if flag := c.Flag(); !slices.Contains(flags, flag) {
			flags = append(flags, flag)
		}
	}
	if len(flags) == 0 {
		return ""
	}
	return InPlace + strings.Join(flags, ", ")
}

// unquoted has texts compared that a shell reads alike.
var unquoted = strings.NewReplacer("'", "")

// flags are the answers as they are typed: first what says which table is read, then the mapping in the order of its fields.
func (all *atOnce) flags() string {
	fields := columns.Fields()
	place := func(c table.Choice) int {
		field, _, _ := strings.Cut(c.Value, "=")
		switch {
		case c.Rereads():
			return -1
		case c.Option == "map":
			return slices.Index(fields, field)
		}
		return len(fields)
	}
	list := slices.Concat(all.taken, all.open)
	isRule := func(c table.Choice) bool { return c.Option == "where" }
	if slices.ContainsFunc(all.open, isRule) {
		list = append(slices.DeleteFunc(list, isRule), table.Choice{Option: "where", Value: where.And(all.rule, strings.Join(all.rules, " and "))})
	}
	slices.SortStableFunc(list, func(a, b table.Choice) int { return place(a) - place(b) })
	flags := make([]string, len(list))
	for i, c := range list {
		flags[i] = c.Flag()
	}
	return strings.Join(flags, " ")
}

// AskedAlso begins the list of the other questions, and ToBeChosen a line that has values of which one has to be chosen.
const (
	AskedAlso  = "; asked are also: "
	ToBeChosen = "; all at once, with one value kept of those with a bar between them: "
)

// text ends the advice of the first question.
func (all *atOnce) text(first FileError) string {
	also := ""
	if len(all.problems) > 0 {
		also = AskedAlso + strings.Join(all.problems, "; ")
	}
	switch {
	case all.refused, len(all.asked) == 0:
		return ""
	case len(all.asked) < 2 && all.then != "" && all.dependsOnLast():
		return "; more may be asked then: " + all.then
	case len(all.asked) < 2, strings.Contains(unquoted.Replace(first.Advice), unquoted.Replace(all.flags())):
		return ""
	case len(all.open) > 0:
		return fmt.Sprintf("; it has %s%s%s%s", plural.Of(len(all.asked), "question"), also, ToBeChosen, all.flags()) +
			all.outcome("the first value of each") + all.inPlace()
	case all.settled:
		return fmt.Sprintf("; it has %s: with the first answer to each, %s, it goes through, with %d of %s as guests",
			plural.Of(len(all.asked), "question"), all.flags(), all.guests, plural.Of(all.rows, "row")) + also
	}
	return fmt.Sprintf("; it has %s or more; the first answer to each is: %s", plural.Of(len(all.asked), "question"), all.flags()) +
		all.outcome("these") + also
}

// outcome says what comes of the answers.
func (all *atOnce) outcome(with string) string {
	switch {
	case all.settled:
		return fmt.Sprintf("; with %s, %d of %s become guests", with, all.guests, plural.Of(all.rows, "row"))
	case all.then != "":
		return "; more may be asked then: " + all.then
	}
	return "; more may be asked then"
}
