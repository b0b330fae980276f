package columns

import (
	"strings"

	"guestflow/importer/personname"
	"guestflow/importer/wordset"
)

// fillDoubt compares the full name of a row with its parts, as they have been filled.
func (c *Columns) fillDoubt(full string, fields []string) personname.Doubt {
	first, last := c.partPlaces()
	one, other, whole := wordset.Letters(fields[first]), wordset.Letters(fields[last]), wordset.Letters(full)
	switch {
	case one == "" && other == "", whole == one, whole == other: // as in a column called Name that has first names
	case one == "" || other == "":
		return personname.PartMissing
	case !strings.Contains(whole, one) || !strings.Contains(whole, other):
		return personname.PartsDiffer
	}
	return personname.NoDoubt
}

// partDoubt returns what is in doubt of a row whose parts of names have columns of their own.
func (c *Columns) partDoubt(cells []string) personname.Doubt {
	for i := range c.Sources {
		s := &c.Sources[i]
		if (s.Field == FirstName || s.Field == LastName) &&
			(s.Kind == Alias || s.Kind == Chosen || s.Kind == Content || s.Kind == OtherPart) &&
			personname.IsJoint(cells[s.column], s.Field) {
			return personname.SeveralNames
		}
	}
	return c.pairDoubt(cells)
}

// NamesInColumns reports whether first and last names have columns of their own, none being split.
func (c *Columns) NamesInColumns() bool { return c.split < 0 }

// pairDoubt returns what is in doubt of a row's first and last name together.
func (c *Columns) pairDoubt(cells []string) personname.Doubt {
	first, last := c.partCells(cells)
	if first == "" || last == "" {
		return personname.NoDoubt
	}
	if personname.IsOfSeveral(first, last) {
		return personname.SeveralNames
	}
	return personname.NoDoubt
}

// partCells returns the cells of a row's first and last name, where each has a column of its own.
func (c *Columns) partCells(cells []string) (first, last string) {
	for i := range c.Sources {
		switch s := &c.Sources[i]; {
		case s.Kind != Alias && s.Kind != Content: // what a person has chosen may be anything
		case s.Field == FirstName:
			first = cells[s.column]
		case s.Field == LastName:
			last = cells[s.column]
		}
	}
	return first, last
}
