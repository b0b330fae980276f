package columns

import (
	"strings"

	"guestflow/importer/personname"
)

// listOrder returns what the first rows show of the order of full names: whether last names of several words stand
// before a comma, as in García López, María, where most of what stands behind it is known as a name; whether some
// names begin with the last name and others with the first; and whether they show on which side those of Wei Chen are.
func (c *Columns) listOrder(column int) (order personname.ListOrder) {
	commas, names := 0, 0
	var orders [personname.WeaklyGiven + 1]int
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
			orders[personname.OrderOf(row[column])]++
		}
	}
	order.CommaFirst = commas > 1 && 2*names > commas
	families, givens := orders[personname.FamilySure], orders[personname.GivenSure]
	order.MixedGiven = families > 0 && givens >= families
	order.MixedFamily = givens > 0 && families > givens
	otherWay := families + orders[personname.FamilyLikely] + orders[personname.EitherOrder]
	shown := givens + orders[personname.GivenLikely] + orders[personname.WeaklyGiven]
	order.Unshown = otherWay > 0 || shown < minShown
	return order
}

// minShown is how many names have to show that first names stand first.
const minShown = 3
