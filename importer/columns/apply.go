package columns

import (
	"slices"
	"strings"

	"guestflow/importer/personname"
)

// Names returns the fields that Apply appends, in its order.
func (c *Columns) Names() []string {
	names := make([]string, len(c.Sources))
	for i, s := range c.Sources {
		names[i] = s.Field
	}
	return names
}

// Apply appends a record's fields to out. cells has as many as the header.
func (c *Columns) Apply(cells, out []string) []string {
	from := len(out)
	var name personname.Parts
	if c.split >= 0 {
		name = c.splitBeside(cells)
	}
	out = c.apply(cells, out, name)
	for i := range c.Sources {
		if s := &c.Sources[i]; s.Kind == OtherPart {
			out[from+i] = personname.Without(cells[s.column], cells[s.other], s.Field == FirstName)
		}
	}
	if c.fill >= 0 && cells[c.fill] != "" {
		c.fillNames(cells[c.fill], out[from:])
	}
	c.fillFirst(cells, out[from:])
	c.addParticle(cells, out[from:])
	return out
}

// ApplyDoubting is Apply, and also returns what is in doubt of the row's name.
func (c *Columns) ApplyDoubting(cells, out []string) ([]string, personname.Doubt) {
	from := len(out)
	out = c.Apply(cells, out)
	switch {
	case c.split >= 0:
		return out, c.splitBeside(cells).Doubt
	case c.fill >= 0 && !blank(cells[c.fill]):
		return out, max(c.fillDoubt(cells[c.fill], out[from:]), c.partDoubt(cells))
	}
	return out, c.partDoubt(cells)
}

// ApplyLegacy is Apply as versions of guestflow did it that had no OtherPart, filled no names and split them at the
// last word: guests are identified by what those made of a row.
func (c *Columns) ApplyLegacy(cells, out []string) []string {
	if c.split >= 0 {
		first, last := personname.SplitAtLastWord(cells[c.split])
		return c.apply(cells, out, personname.Parts{First: first, Last: last})
	}
	return c.apply(cells, out, personname.Parts{})
}

// HasLegacy reports whether ApplyLegacy may return other fields.
func (c *Columns) HasLegacy() bool {
	return c.split >= 0 || c.fill >= 0 || c.furtherFirst >= 0 || c.particle >= 0 ||
		slices.ContainsFunc(c.Sources, func(s Source) bool { return s.Kind == OtherPart })
}

func (c *Columns) apply(cells, out []string, name personname.Parts) []string {
	for i := range c.Sources {
		switch s := &c.Sources[i]; s.Kind {
		case Constant:
			out = append(out, s.From)
		case Template:
			out = append(out, s.made.render(cells))
		case Split:
			if s.Field == FirstName {
				out = append(out, name.First)
			} else {
				out = append(out, name.Last)
			}
		case OtherPart: // a first name was not taken from it
			if s.Field == FirstName {
				out = append(out, "")
			} else {
				out = append(out, cells[s.column])
			}
		case Alias, Chosen, Content:
			out = append(out, cells[s.column])
		}
	}
	return out
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }
