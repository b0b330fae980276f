package importer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/plural"
	"guestflow/importer/table"
)

// A list may have several questions, each of which is only met once those before are answered. This file answers them one after
// the other, each by the answer that it offers first, and offers what comes of it as one command line. That line is known to go
// through, as the list has been planned with it. Nothing is taken by itself: it is a person who types it.

const (
	maxAtOnce     = 12      // questions
	maxAtOnceFile = 1 << 20 // bytes of a list that is planned so often
)

// undecidable are the options of questions of which no answer is likelier than the others.
var undecidable = []string{"encoding", "header-row", "dates", "surname", "joint-names", "sheet", nearOption}

// atOnce are the answers to all questions of a list.
type atOnce struct {
	taken    []table.Choice
	problems []string // of the questions behind the first one
	asked    int
	guests   int
	rows     int
}

// answerAtOnce has the first question of a list say how all of them are answered, where there are several.
func (s Settings) answerAtOnce(ctx context.Context, path string, p Plan, err error) (Plan, error) {
	first := openQuestion(p, err)
	if info, statErr := os.Stat(path); first == nil || err == nil && len(p.questions) == 0 || statErr != nil || info.Size() > maxAtOnceFile {
		return p, err
	}
	all, known := s.askAll(ctx, path, *first)
	text := all.text()
	if !known || all.asked < 2 || strings.Contains(unquoted.Replace(first.Advice), unquoted.Replace(all.flags())) {
		return p, err
	}
	asked := *first
	if asked.Advice += text; err != nil {
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

// askAll plans a list with the first answer to each of its questions. known is false where one has no answer that is likelier than
// the others, or where the list is refused for something else.
func (s Settings) askAll(ctx context.Context, path string, asked FileError) (all atOnce, known bool) {
	s = s.alone()
	for all.asked < maxAtOnce {
		question, is := errors.AsType[*table.Question](asked.Cause)
		if !is || len(question.Choices) == 0 || slices.Contains(undecidable, question.Choices[0].Option) {
			return all, false
		}
		s.Spec = Answer(s.Spec, question.Choices[0])
		if all.asked > 0 && question.Choices[0].Option != "map" { // which says by itself what is asked
			all.problems = append(all.problems, asked.Problem)
		}
		all.take(s, question.Choices[0])
		p, err := s.planShown(ctx, path)
		next := openQuestion(p, err)
		if next == nil {
			all.guests, all.rows = p.Guests, p.Rows
			return all, err == nil && p.Refused() == nil
		}
		if next.Problem == asked.Problem {
			return all, false
		}
		asked = *next
	}
	return all, false
}

// alone are the settings of a plan that only says what is asked about the list.
func (s Settings) alone() Settings {
	s.Compare, s.ledger, s.Suppressed, s.Progress, s.Planned = nil, nil, nil, nil, nil
	s.Keep, s.PreviewRows = false, 0
	return s
}

// take adds an answer. A later one of the same setting takes the place of an earlier one.
func (all *atOnce) take(s Settings, c table.Choice) {
	field, _, _ := strings.Cut(c.Value, "=")
	if c.Option == "map" {
		c.Value = field + "=" + s.Mapping[field]
	}
	all.asked++
	same := func(other table.Choice) bool {
		return other.Option == c.Option && (c.Option != "map" || strings.HasPrefix(other.Value, field+"="))
	}
	if i := slices.IndexFunc(all.taken, same); i >= 0 {
		all.taken[i] = c
		return
	}
	all.taken = append(all.taken, c)
}

// unquoted has texts compared that a shell reads alike.
var unquoted = strings.NewReplacer("'", "")

// flags are the answers as they are typed, those of a mapping in the order of its fields.
func (all *atOnce) flags() string {
	fields := columns.Fields()
	place := func(c table.Choice) int {
		if field, _, _ := strings.Cut(c.Value, "="); c.Option == "map" {
			return slices.Index(fields, field)
		}
		return len(fields) // behind the mapping
	}
	slices.SortStableFunc(all.taken, func(a, b table.Choice) int { return place(a) - place(b) })
	flags := make([]string, len(all.taken))
	for i, c := range all.taken {
		flags[i] = c.Flag()
	}
	return strings.Join(flags, " ")
}

// AskedAlso begins the list of the other questions.
const AskedAlso = "; asked are also: "

// text ends the advice of the first question.
func (all *atOnce) text() string {
	text := fmt.Sprintf("; it has %s: with the first answer to each, %s, it goes through, with %d of %s as guests",
		plural.Of(all.asked, "question"), all.flags(), all.guests, plural.Of(all.rows, "row"))
	if len(all.problems) > 0 {
		text += AskedAlso + strings.Join(all.problems, "; ")
	}
	return text
}
