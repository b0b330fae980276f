package listcheck

import (
	"fmt"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/plural"
	"guestflow/importer/rows"
	"guestflow/importer/table"
)

// movedRows finds addresses that were moved by a row in a part of a list: each is made of the name of the row above it, or
// of the one below, and not of its own; and two neighbours who have each other's. It is shown by rows one below the other
// whose addresses differ, so that a family with one address, or an assistant's, are none.
type movedRows struct {
	before   []neighbour // the last rows
	down, up [maxMovedBy]movedRun
	found    int // rows
	line     int // of the first
}

// movedRun are rows one below the other whose addresses are of the rows so far above, or below.
type movedRun struct{ rows, unclear, line int }

// neighbour is a row as its neighbours see it.
type neighbour struct {
	name    stepName
	made    string // the letters of its address
	address string
	own     bool // the address has a part of its name
	line    int
}

const (
	maxMovedBy   = 3 // rows
	minMovedRows = 2 // of a run
	maxUnclear   = 2 // rows within a run whose address says nothing
)

func (m *movedRows) add(r *rows.Row) {
	if r.Record == nil || len(r.Findings) > 0 || r.Record.Email == "" || r.Record.FirstName == "" {
		return
	}
	name, is := stepNameOf(r)
	if !is {
		return
	}
	now := neighbour{name: name, made: r.Letters.Local, address: r.Record.Email, line: r.Line}
	now.own = name.has(now.made) || name.initials(now.made)
	for by := range min(maxMovedBy, len(m.before)) {
		above := m.before[len(m.before)-1-by]
		fromAbove, toAbove := now.isOf(above), above.isOf(now)
		if fromAbove && toAbove { // they have each other's
			m.count(2, above.line)
		} else if by == 0 && (fromAbove && now.isWholeOf(above) || toAbove && above.isWholeOf(now)) {
			m.count(1, now.line)
		}
		m.follow(&m.down[by], fromAbove, now.own, now.line)
		m.follow(&m.up[by], toAbove, above.own, above.line)
	}
	if m.before = append(m.before, now); len(m.before) > maxMovedBy {
		m.before = append(m.before[:0], m.before[1:]...)
	}
}

// follow goes on with a run, or ends it.
func (m *movedRows) follow(run *movedRun, moved, own bool, line int) {
	switch {
	case moved:
		if run.rows++; run.rows == 1 {
			run.line = line
		}
		if run.rows == minMovedRows {
			m.count(minMovedRows, run.line)
		} else if run.rows > minMovedRows {
			m.count(1, run.line)
		}
		run.unclear = 0
	case own || run.unclear == maxUnclear:
		*run = movedRun{}
	case run.rows > 0:
		run.unclear++
	}
}

func (m *movedRows) count(rows, line int) {
	if m.found += rows; m.line == 0 || line < m.line {
		m.line = line
	}
}

// isOf reports whether a row's address is made of another row's name and of nothing of its own, where that has another address
// and no name in common.
func (n neighbour) isOf(other neighbour) bool {
	return !n.own && !strings.EqualFold(n.address, other.address) && n.name[0].last != other.name[0].last && n.name[0].first != other.name[0].first && other.name.isMadeInto(n.made)
}

// isWholeOf reports whether a row's address has first and last name of another row.
func (n neighbour) isWholeOf(other neighbour) bool {
	for _, of := range other.name {
		if isJoined(n.made, of.first, of.last) || isJoined(n.made, of.last, of.first) {
			return true
		}
	}
	return false
}

// isMadeInto reports whether an address is made of a name: idaholm, holmida, iholm, idah, ida, holm.
func (n stepName) isMadeInto(made string) bool {
	for _, of := range n {
		first, last := of.first[:1], of.last[:1]
		if made == of.first || made == of.last || isJoined(made, of.first, of.last) || isJoined(made, of.last, of.first) ||
			isJoined(made, first, of.last) || isJoined(made, of.last, first) || isJoined(made, of.first, last) {
			return true
		}
	}
	return false
}

// initials reports whether an address may be made of a name's initials: ih, iho, holi.
func (n stepName) initials(made string) bool {
	for _, of := range n {
		if len(made) > 1 && (made[:1] == of.first[:1] && len(made) <= 3 || strings.HasPrefix(made, of.first[:2]) || strings.HasPrefix(made, of.last[:2])) {
			return true
		}
	}
	return false
}

// question asks whether the addresses are right.
func (m *movedRows) question(c *columns.Columns) *table.Error {
	if m.found == 0 || c.IsChosen(columns.Email) {
		return nil
	}
	return askAddressesRight(c, fmt.Sprintf("%s an address that is made of the name of a row beside it, as if a cell had been moved or two had been exchanged, the first in line %d",
		plural.Of(m.found, "row has", "rows have"), m.line))
}
