package importer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/importer/table"
)

// questions is what only the whole of a file shows, and what a person has to decide about it.
type questions struct {
	orders   guest.DateOrders // in which all dates can be read that say no order themselves; 0 until there is one
	words    int              // cells of the column of is_group that are neither yes nor no
	flags    int              // and that are
	standing map[string]*tally
	surplus  *FileError // a header that may lack a delimiter
}

// tally is what a column says of whether rows are meant.
type tally struct {
	words map[string]int
	other int // rows with another text, which may be a guest's and is not shown
	out   int // rows that may not be meant
}

// maxTally is how many words of a column are counted.
const maxTally = 50

func (u *questions) add(r row) {
	if r.dates != 0 {
		if u.orders == 0 {
			u.orders = guest.AnyOrder
		}
		if u.orders &= r.dates; u.orders == 0 {
			u.orders = guest.Contradictory
		}
	}
	if r.rec != nil && r.rec.IsGroup != "" {
		if slices.ContainsFunc(r.findings, func(f guest.Finding) bool { return f.Code == guest.BadFlag }) {
			u.words++
		} else {
			u.flags++
		}
	}
	for _, s := range r.standing {
		u.count(s)
	}
}

func (u *questions) count(s columns.RowStatus) {
	if u.standing == nil {
		u.standing = map[string]*tally{}
	}
	t := u.standing[s.Header]
	if t == nil {
		t = &tally{words: map[string]int{}}
		u.standing[s.Header] = t
	}
	if _, counted := t.words[s.Word]; s.Word == "" || !counted && len(t.words) == maxTally {
		t.other++
	} else {
		t.words[s.Word]++
	}
	if s.Out {
		t.out++
	}
}

// ask returns the questions that are left, and the settings that the file itself has shown, if any.
func (u *questions) ask(path string, s Settings, c *Columns) (questions []FileError, shown *Settings) {
	if header := c.AmbiguousGroup(); header != "" && u.words > 0 && u.flags == 0 {
		s.Mapping = maps.Clone(s.Mapping)
		if s.Mapping == nil {
			s.Mapping = map[string]string{}
		}
		s.Mapping[columns.IsGroup], shown = "", &s
	}
	switch names := u.orders.Names(); {
	case u.orders == 0, u.orders == guest.Contradictory, s.Dates != "":
	case len(names) == 1:
		s.Dates, shown = names[0], &s
	default:
		const problem = "the numbers of its dates can be read in several orders, and no row shows which is meant"
		order := &table.Question{Text: problem}
		for _, name := range names {
			order.Choices = append(order.Choices, table.Choice{Option: "dates", Value: name})
		}
		questions = append(questions, FileError{
			Path: path, NeedsAnswer: true, Problem: problem, Cause: order,
			Advice: "say it: --dates " + strings.Join(names, " or --dates ") + " (D is the day, M the month, Y the year; dates in the profile, " +
				"“Date format” in the console), or a layout such as DD/MM/YYYY HH:mm",
		})
	}
	if u.surplus != nil {
		questions = append(questions, *u.surplus)
	}
	for _, q := range c.Questions() {
		q.Path = path
		questions = append(questions, q)
	}
	for _, header := range slices.Sorted(maps.Keys(u.standing)) {
		if t := u.standing[header]; t.out > 0 {
			questions = append(questions, t.question(path, header))
		}
	}
	return questions, shown
}

// question asks whether rows are meant of which the file says that they may not be.
func (t *tally) question(path, header string) FileError {
	said := make([]string, 0, len(t.words)+1)
	for _, word := range slices.SortedFunc(maps.Keys(t.words), func(a, b string) int {
		return cmp.Or(cmp.Compare(t.words[b], t.words[a]), cmp.Compare(a, b))
	}) {
		said = append(said, fmt.Sprintf("%s %d", word, t.words[word]))
	}
	if t.other > 0 {
		said = append(said, fmt.Sprintf("other words %d", t.other))
	}
	problem := fmt.Sprintf("the column %q, from which nothing is taken, says that guests may not be meant (%s), and all would be imported",
		shorten(header), strings.Join(said, ", "))
	var all table.Question
	if c, can := columns.MapChoice(columns.Ignore, header); can {
		all = table.Question{Text: problem, Choices: []table.Choice{c}}
	}
	return FileError{
		Path: path, NeedsAnswer: true, Problem: problem, Cause: &all,
		Advice: fmt.Sprintf("remove those rows from the file; or, if all of them are meant, say that it decides nothing: --map 'ignore=%s' "+
			"(ignore in the profile's mapping, “Ignored” in the console)", header),
	}
}
