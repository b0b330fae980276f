package columns

import (
	"strings"

	"guestflow/importer/personname"
)

// listOrder returns what the first rows show of the order of full names: whether last names of several words stand
// before a comma, as in García López, María, where most of what stands behind it is known as a name; and whether some
// names begin with the last name and others with the first.
func (c *Columns) listOrder(column int) (order personname.ListOrder) {
	commas, names, families, givens := 0, 0, 0, 0
	for _, row := range c.rows {
		if column >= len(row) || len(row[column]) > maxNameCell {
			continue
		}
		switch before, behind, is := strings.Cut(row[column], ","); {
		case is && len(strings.Fields(before)) > 1:
			if commas++; personname.IsGivenName(behind) {
				names++
			}
		case !is:
			family, given := personname.OrderOf(row[column])
			if family {
				families++
			}
			if given {
				givens++
			}
		}
	}
	order.CommaFirst = commas > 1 && 2*names > commas
	order.MixedGiven = families > 0 && givens >= families
	order.MixedFamily = givens > 0 && families > givens
	return order
}
