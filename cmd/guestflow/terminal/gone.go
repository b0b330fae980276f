package terminal

import (
	"fmt"
	"io"

	"guestflow/importer"
	"guestflow/importer/plural"
	"guestflow/importer/visible"
)

// printGone prints who of the last import of the same profile is not in a list.
func printGone(out io.Writer, g *importer.Gone) {
	text := g.Text()
	if text == "" {
		return
	}
	Printf(out, "  %s\n", text)
	if g.Unnamed != "" {
		Printf(out, "    lines and names are not known: %s\n", g.Unnamed)
	}
	shown := g.First[:min(len(g.First), nearShown)]
	for _, r := range shown {
		Printf(out, "    %s\n", goneText(r))
	}
	if more := g.Rows - len(shown); more > 0 {
		Printf(out, "    and %s\n", plural.Of(more, "more row"))
	}
}

// goneText is a row of the earlier list, such as "row 3, line 4 Ann Lee".
func goneText(r importer.GoneRow) string {
	text := fmt.Sprintf("row %d", r.Row)
	if r.Line > 0 {
		text += fmt.Sprintf(", line %d", r.Line)
	}
	if r.Name != "" {
		text += " " + visible.Line(r.Name)
	}
	if r.Unsure {
		text += " (may be in the list)"
	}
	return text
}
