package importer

import (
	"fmt"

	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/importer/headers"
	"guestflow/importer/table"
)

// foreignEvents asks about a column of event ids that has numbers in every row, as those of the program that the list is from are.
// An event is chosen for the file, so that the list can be imported without the column.
func (p *planner) foreignEvents() *FileError {
	event := p.Settings.Event != "" && p.Columns.FromHeader(columns.EventID)
	if !event || p.Guests > 0 || p.Rejected == 0 || p.Codes[guest.NoEvent] < p.Rejected {
		return nil
	}
	choice, can := headers.MapChoice(columns.EventID, "")
	if !can {
		return nil
	}
	problem := fmt.Sprintf("no row (of %d) can be imported, because the numbers are no event ids of Qflow's", p.Rows)
	return &FileError{
		Path: p.Path, Line: p.Findings[0].Line, NeedsAnswer: true, Problem: problem,
		Advice: guest.ForeignEvent(p.Columns.Headers[columns.EventID]),
		Cause:  &table.Question{Text: problem, Choices: []table.Choice{choice}},
	}
}
