package listcheck

import (
	"fmt"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/plural"
	"guestflow/importer/table"
)

// initialCounts counts addresses of a first name and an initial, as ida.h@example.org, by whether it is that of the last name: where
// most are not, the last names were sorted or moved by themselves.
type initialCounts struct{ right, other, line int }

// minOtherInitials is how many rows show it: a maiden name is a single one.
const minOtherInitials = 3

func (i *initialCounts) add(n stepName, made string, line int) {
	for _, of := range n {
		initial, is := strings.CutPrefix(made, of.first)
		switch {
		case !is || len(initial) != 1:
		case initial == of.last[:1]:
			i.right++
			return
		default:
			if i.other++; i.other == 1 {
				i.line = line
			}
			return
		}
	}
}

func (i *initialCounts) question(c *columns.Columns) *table.Error {
	if i.other < minOtherInitials || i.other <= i.right {
		return nil
	}
	return askAddressesRight(c, fmt.Sprintf("%s an address of the first name and the initial of another last name, as if a column of names or of addresses had been moved or sorted "+
		"by itself, the first in line %d", plural.Of(i.other, "row has", "rows have"), i.line))
}
