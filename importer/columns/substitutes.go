package columns

import (
	"fmt"
	"strings"

	"guestflow/importer/plural"
	"guestflow/importer/table"
	"guestflow/importer/where"
)

// askSubstitutes asks who comes of rows that name a person beside the guest who replaces that one, or whom the guest
// replaces: Replaced by, Ersatz für.
func (c *Columns) askSubstitutes(n *BesideCounts) table.Error {
	var all, names []int
	for i, p := range c.others {
		if n.seen.substitutes&(1<<i) != 0 {
			all, names = append(all, p.list...), append(names, p.names...)
		}
	}
	problem := fmt.Sprintf("%s in %s the name of another person, and which of the two comes is not known; the row's own guest would be mailed",
		plural.Of(n.substitutes, "row")+" "+plural.Word(n.substitutes, "has", "have"), c.shownColumns(names))
	q := &table.Question{Text: problem, Open: true}
	var said []string
	if choice, can := c.IgnoringColumns(all); can {
		choice.Label = "The row's own guest comes"
		q.Choices, said = append(q.Choices, choice), append(said, choice.Flag()+" if the row's own guest does")
	}
	rule := ""
	for _, i := range names {
		rule = where.And(rule, where.Empty(c.mappingName(i), false).String())
	}
	leaveOut := table.Choice{Option: "where", Value: rule, Label: "Leave these rows out"}
	q.Choices, said = append(q.Choices, leaveOut), append(said, leaveOut.Flag()+" to leave these rows out")
	return table.Error{NeedsAnswer: true, Problem: problem, Cause: q, Advice: "say it: " + strings.Join(said, ", ") +
		" (mapping and where in the profile, “Ignored” and “Rows that are meant” in the console); to invite the other person, write that name and " +
		"address into the row"}
}
