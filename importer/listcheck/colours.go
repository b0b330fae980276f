package listcheck

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/headers"
	"guestflow/importer/rows"
	"guestflow/importer/rowstatus"
	"guestflow/importer/table"
	"guestflow/importer/where"
)

// rowColours counts the colours of the rows of a workbook that would be guests. What a colour means is in no cell: some
// rows of another colour than the others may be guests who do not come. Stripes mean nothing, nor do as many colours as
// tables have, unless a legend says what they mean.
type rowColours struct {
	rows   int
	counts map[string]colourCount // by name; "" for rows without one
}

// colourCount is how often a colour comes, and in what steps.
type colourCount struct {
	rows, first, last int // of the rows that would be guests, counted from 1
	step, steps       int // between two rows of the colour, and how often it is the same
}

// maxColours is how many colours a list has whose colours may say who is meant.
const maxColours = 6

func (c *rowColours) add(r *rows.Row) {
	if r.Filtered || !r.IsGuest() {
		return
	}
	c.rows++
	if c.counts == nil {
		c.counts = map[string]colourCount{}
	}
	n := c.counts[r.Colour]
	switch step := c.rows - n.last; {
	case n.rows == 0:
		n.first = c.rows
	case n.rows == 1:
		n.step, n.steps = step, 1
	case step == n.step:
		n.steps++
	}
	n.rows++
	n.last = c.rows
	c.counts[r.Colour] = n
}

// isStripe reports whether a colour comes at every second row, or third, from the list's begin to its end.
func (n colourCount) isStripe(rows int) bool {
	const least, most = 3, 5
	return n.rows >= least && n.step > 1 && n.step <= most && 10*n.steps >= 9*(n.rows-1) && n.first <= n.step && n.last > rows-n.step
}

// others returns the colours of rows that differ from most, the most frequent first; nil where they mean nothing.
func (c *rowColours) others(legend map[string]string) (list []string) {
	if len(c.counts) < 2 {
		return nil
	}
	list = slices.SortedFunc(maps.Keys(c.counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(c.counts[b].rows, c.counts[a].rows), cmp.Compare(a, b))
	})
	explained := slices.ContainsFunc(list, func(colour string) bool { return colour != "" && meaningOf(colour, legend) != "" })
	stripes := slices.ContainsFunc(list[1:], func(colour string) bool { return c.counts[colour].isStripe(c.rows) })
	if !explained && (stripes || len(list) > maxColours) {
		return nil
	}
	if explained && len(list) > maxColours {
		list = slices.DeleteFunc(list, func(colour string) bool { return meaningOf(colour, legend) == "" })
	} else {
		list = list[1:]
	}
	return list
}

// meaningOf is what a legend says of a colour, or of the one of which it is a light one.
func meaningOf(colour string, legend map[string]string) string {
	return cmp.Or(legend[colour], legend[strings.TrimPrefix(colour, "light ")])
}

// question asks who of a list of some colours is meant; nil where nothing is open.
func (c *rowColours) question(all *columns.Columns, legend map[string]string, rule string) *table.Error {
	others := c.others(legend)
	if len(others) == 0 || !all.JudgesColours() {
		return nil
	}
	problem := fmt.Sprintf("rows have colours (%s), which may say that guests are not meant, and all would be imported", c.said(legend))
	q := &table.Question{Text: problem, Open: !c.refuses(legend)}
	for _, test := range c.rules(others, legend) {
		q.Choices = append(q.Choices, table.Choice{Option: "where", Value: where.And(rule, test.String()), Label: labelOf(test)})
	}
	flags := make([]string, len(q.Choices))
	for i, choice := range q.Choices {
		flags[i] = choice.Flag()
	}
	if ignore, can := headers.MapChoice(columns.Ignore, all.Ignoring(rowstatus.ColourName)); can {
		ignore.Label = "All rows are meant, whatever their colours"
		q.Choices = append(q.Choices, ignore)
	}
	q.Choices = append(q.Choices, table.Choice{Option: "where", Value: where.All, Label: "All rows are meant, whatever any column says"})
	return &table.Error{
		NeedsAnswer: true, Problem: problem, Cause: q,
		Advice: fmt.Sprintf("leave some out: %s (where in the profile, “Rows that are meant” in the console); or, if all of them are meant, say that "+
			"colours (#colour) decide nothing: %s (ignore in the profile's mapping, “Ignored” in the console), or that nothing does: --where all",
			strings.Join(flags, " or "), headers.MapFlag(columns.Ignore, all.Ignoring(rowstatus.ColourName))),
	}
}

func labelOf(test *where.Test) string {
	if len(test.Values) == 0 {
		return "Leave out: rows without a colour"
	}
	return "Leave out: " + strings.Join(test.Values, ", ")
}

// said lists the colours with their rows, and what the legend says of them in words that are known.
func (c *rowColours) said(legend map[string]string) string {
	var texts []string
	for _, colour := range slices.Sorted(maps.Keys(c.counts)) {
		text := fmt.Sprintf("%s %d", cmp.Or(colour, "none"), c.counts[colour].rows)
		if meaning := meaningOf(colour, legend); colour != "" && meaning != "" {
			_, known := rowstatus.MeaningOfLabel(meaning)
			text += ", by a legend"
			if known {
				text += fmt.Sprintf(" %q", meaning)
			}
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, "; ")
}

// refuses reports whether a legend says of one of the colours that its guests are not meant.
func (c *rowColours) refuses(legend map[string]string) bool {
	for colour := range c.counts {
		if is, _ := rowstatus.MeaningOfLabel(meaningOf(colour, legend)); is && colour != "" {
			return true
		}
	}
	return false
}

// rules leave out the rows of one colour each, and those of all of them; first the ones that the legend says are not meant.
func (c *rowColours) rules(others []string, legend map[string]string) (tests []*where.Test) {
	var refused, named []string
	for _, colour := range others {
		if colour != "" {
			named = append(named, colour)
		}
	}
	for _, colour := range slices.Sorted(maps.Keys(c.counts)) {
		if is, _ := rowstatus.MeaningOfLabel(meaningOf(colour, legend)); is && colour != "" {
			refused = append(refused, colour)
		}
	}
	add := func(colours []string) {
		test := where.In(rowstatus.ColourName, true, colours...)
		isThere := func(t *where.Test) bool { return t.String() == test.String() }
		if len(colours) > 0 && len(colours) < len(c.counts) && !slices.ContainsFunc(tests, isThere) {
			tests = append(tests, test)
		}
	}
	add(refused)
	for _, colour := range named {
		add([]string{colour})
	}
	add(named)
	if slices.Contains(others, "") {
		tests = append(tests, where.Empty(rowstatus.ColourName, true))
	}
	return tests
}
