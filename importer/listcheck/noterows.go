package listcheck

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"guestflow/importer/guest"
	"guestflow/importer/rows"
	"guestflow/importer/table"
)

// noteRows are the rows that would be guests and may be headings, notes or another table's header.
type noteRows struct {
	count int
	lines []string // of the first ones
}

// maxNoteLines is how many lines a question names.
const maxNoteLines = 5

func (n *noteRows) add(r *rows.Row) {
	if r.Filtered || len(r.Findings) > 0 ||
		!slices.ContainsFunc(r.Warnings, func(f guest.Finding) bool { return f.Code == guest.NoteRow }) {
		return
	}
	if n.count++; n.count <= maxNoteLines {
		n.lines = append(n.lines, strconv.Itoa(r.Line))
	}
}

// ask returns the question what these rows are, or nil.
func (n *noteRows) ask(path string) *table.Error {
	if n.count == 0 {
		return nil
	}
	lines := strings.Join(n.lines, ", ")
	if n.count > len(n.lines) {
		lines += fmt.Sprintf(" and %d more", n.count-len(n.lines))
	}
	problem := "rows look like headings, notes or another table's header, and would be guests (line " + lines + ")"
	if n.count == 1 {
		problem = "a row looks like a heading, a note or another table's header, and would be a guest (line " + lines + ")"
	}
	return table.Ask(path, problem, table.Choice{Option: "note-rows", Value: table.SkipNotes},
		table.Choice{Option: "note-rows", Value: table.ReadNotes})
}
