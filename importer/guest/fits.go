package guest

import (
	"strings"
	"time"

	"guestflow/importer/columns"
	"guestflow/qflow"
)

// Fits reports whether a cell may be a field, whatever else is in its row. Most fields take any text.
func Fits(field, cell string) bool {
	cell = Clean(Refine(cell, field))
	var g qflow.Guest
	c := &check{Validator: &Validator{Location: time.UTC}}
	switch field {
	case columns.Email:
		return strings.Contains(cell, "@")
	case columns.IsGroup:
		c.flag(cell)
	case columns.PlusOnes:
		c.plusOnes(cell, &g)
	case columns.PartySize:
		c.companions(&Record{PartySize: cell}, &g)
	case columns.ValidFrom, columns.ValidTo:
		_, _, _, undecided := c.looseDate(cell)
		c.date(field, cell, &cachedDate{})
		return len(c.findings) == 0 || undecided != 0
	case columns.FirstName, columns.LastName:
		if cell != "" {
			c.cell(field, &cell)
		}
	}
	return len(c.findings) == 0
}
