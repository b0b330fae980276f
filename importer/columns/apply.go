package columns

import (
	"slices"
	"strings"
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
	out = c.apply(cells, out)
	for i := range c.Sources {
		if s := &c.Sources[i]; s.Kind == OtherPart {
			out[from+i] = removePart(cells[s.column], cells[s.other], s.Field == FirstName)
		}
	}
	if c.fill >= 0 && cells[c.fill] != "" {
		c.fillNames(cells[c.fill], out[from:])
	}
	return out
}

// ApplyLegacy is Apply as versions of guestflow did it that had no OtherPart: guests are identified by what those made
// of a row.
func (c *Columns) ApplyLegacy(cells, out []string) []string { return c.apply(cells, out) }

// HasLegacy reports whether ApplyLegacy may return other fields.
func (c *Columns) HasLegacy() bool {
	return slices.ContainsFunc(c.Sources, func(s Source) bool { return s.Kind == OtherPart })
}

func (c *Columns) apply(cells, out []string) []string {
	first, last := "", ""
	if c.split >= 0 {
		first, last = splitName(cells[c.split])
	}
	for i := range c.Sources {
		switch s := &c.Sources[i]; s.Kind {
		case Constant:
			out = append(out, s.From)
		case Template:
			out = append(out, s.made.render(cells))
		case Split:
			if s.Field == FirstName {
				out = append(out, first)
			} else {
				out = append(out, last)
			}
		case OtherPart: // a first name was not taken from it
			if s.Field == FirstName {
				out = append(out, "")
			} else {
				out = append(out, cells[s.column])
			}
		case Alias, Chosen:
			out = append(out, cells[s.column])
		}
	}
	return out
}

// fillNames takes the first and the last name from the full name, in a row that has neither, where it is certain how
// that is split or splitting was asked for.
func (c *Columns) fillNames(full string, fields []string) {
	first, last := -1, -1
	for i := range c.Sources {
		switch c.Sources[i].Field {
		case FirstName:
			first = i
		case LastName:
			last = i
		}
	}
	if !blank(fields[first]) || !blank(fields[last]) || !c.fillAny && !splitsOneWay(full) {
		return
	}
	fields[first], fields[last] = splitName(full)
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }
