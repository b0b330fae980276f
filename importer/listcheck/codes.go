package listcheck

import (
	"fmt"
	"hash/maphash"
	"slices"

	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/importer/headers"
	"guestflow/importer/plural"
	"guestflow/importer/rows"
	"guestflow/importer/table"
)

// sharedCodes finds barcodes and ids of another system that cannot be each guest's own: a barcode that several guests
// have, and an id that most of a list has, as where a cell was filled down.
type sharedCodes struct {
	repeated, line int // rows with the barcode of another guest, and the first of them
	ids            map[uint64]int
	seed           maphash.Seed
	filled         int // rows with an id
}

// maxIDs is how many different ids are counted: one that most rows have is among the first ones.
const maxIDs = 1000

func (s *sharedCodes) add(r *rows.Row) {
	if slices.ContainsFunc(r.Findings, func(f guest.Finding) bool { return f.Code == guest.DuplicateBarcode }) {
		if s.repeated++; s.repeated == 1 {
			s.line = r.Line
		}
	}
	if !r.IsGuest() || r.Guest.CustomID == "" {
		return
	}
	if s.ids == nil {
		s.ids, s.seed = map[uint64]int{}, maphash.MakeSeed()
	}
	s.filled++
	id := maphash.String(s.seed, r.Guest.CustomID)
	if _, known := s.ids[id]; known || len(s.ids) < maxIDs {
		s.ids[id]++
	}
}

// questions asks whether such codes are meant, where no person has chosen the column.
func (s *sharedCodes) questions(c *columns.Columns) (list []table.Error) {
	if s.repeated > 0 && c.FromHeader(columns.Barcode) {
		list = append(list, askCodes(c, columns.Barcode, fmt.Sprintf("%s the barcode of another guest, the first in line %d, so that it is not known whose it is",
			plural.Of(s.repeated, "row has", "rows have"), s.line), "The first guest has it, the others are rejected"))
	}
	most := 0
	for _, n := range s.ids {
		most = max(most, n)
	}
	if isFilledDown := most > 1 && most == s.filled || most > 2 && 2*most > s.filled; isFilledDown && c.FromHeader(columns.CustomID) {
		list = append(list, askCodes(c, columns.CustomID, fmt.Sprintf("%d of %s have the same custom id, as if a cell had been filled down", most,
			plural.Of(s.filled, "guest")), "The custom ids are right"))
	}
	return list
}

func askCodes(c *columns.Columns, field, problem, right string) table.Error {
	header := c.Headers[field]
	without := table.Choice{Option: "map", Value: field + "=", Label: "Import the guests without it"}
	choices := []table.Choice{without}
	advice := "correct the file; or import the guests without it: " + without.Flag()
	if choice, can := headers.MapChoice(field, header); can {
		choice.Label = right
		choices = append(choices, choice)
		advice += "; or say that the column is right: " + choice.Flag()
	}
	return table.Error{NeedsAnswer: true, Problem: problem, Cause: &table.Question{Text: problem, Choices: choices},
		Advice: advice + " (mapping in the profile, “Take it from” in the console)"}
}
