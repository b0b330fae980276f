package terminal

import (
	"io"

	"guestflow/importer"
	"guestflow/importer/plural"
	"guestflow/importer/visible"
)

// nearShown is how many rows that are like a known guest a plan prints.
const nearShown = 10

// printNear prints which rows are like guests of earlier imports, and how that is decided.
func printNear(out io.Writer, n *importer.NearMisses) {
	if n == nil {
		return
	}
	Printf(out, "  %s\n", n.Text())
	for _, m := range n.Rows[:min(len(n.Rows), nearShown)] {
		name := ""
		if m.Name != "" {
			name = " " + visible.Line(m.Name)
		}
		email := ""
		if text := m.Email.Text(); text != "" {
			email = "; " + text
		}
		Printf(out, "    row %d, line %d%s (%s): %s%s\n", m.Row, m.Line, name, m.Choice, m.Text(), email)
	}
	if more := n.Total() - min(len(n.Rows), nearShown); more > 0 {
		Printf(out, "    and %s\n", plural.Of(more, "more row"))
	}
	if n.Hold > 0 {
		Printf(out, "  %s\n", n.Advice())
	}
}
