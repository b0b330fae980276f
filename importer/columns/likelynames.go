package columns

import (
	"slices"
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/personname"
	"guestflow/importer/wordset"
)

// likelyNames returns the columns that nothing is taken from and that have names of people, one by one or whole, the
// likeliest first; where none seem to be of people, all that are written like names.
func (c *Columns) likelyNames(kinds ...holding) []int {
	list := c.likeliestFirst(c.columnsHolding(c.rows, kinds...))
	if ofPeople := slices.DeleteFunc(slices.Clone(list),
		func(i int) bool { return !c.seemsOfPeople(i) }); len(ofPeople) > 0 {
		return ofPeople
	}
	return list
}

// likeliestFirst sorts columns by how likely they have names of people. Those whose cells stand in the rows' addresses,
// as Ida and Holm in ida.holm@example.org, come first, and in their order there.
func (c *Columns) likeliestFirst(list []int) []int {
	ranks := map[int]int{}
	for _, i := range list {
		if ranks[i] = c.placeInAddresses(i); !c.seemsOfPeople(i) {
			ranks[i] += ofThings
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return ranks[a] - ranks[b] })
	return list
}

// seemsOfPeople reports whether cells and header of a column are those of names of people.
func (c *Columns) seemsOfPeople(column int) bool {
	return c.hasNames(column, categoryShare) &&
		(c.unnamed || c.placeInAddresses(column) != notInAddress || !c.isOfSomethingElse(column))
}

// Ranks of columns that may have names, by where these stand in addresses, and behind them what seems of no people.
const (
	beginsAddress = iota
	withinAddress
	notInAddress
	ofThings
)

// placeInAddresses returns where most rows have a column's cell in the part of their address before the @.
func (c *Columns) placeInAddresses(column int) int {
	filled, begins, within := 0, 0, 0
	for _, cells := range c.rows {
		if column >= len(cells) || blank(cells[column]) {
			continue
		}
		filled++
		name := wordset.Letters(cells[column])
		if at := placeIn(localPart(cells), name); at == 0 {
			begins++
		} else if at > 0 {
			within++
		}
	}
	switch {
	case 2*begins > filled:
		return beginsAddress
	case 2*(begins+within) > filled:
		return withinAddress
	}
	return notInAddress
}

// placeIn returns where a name stands in the letters of an address; initials and shorter ones stand there by chance.
func placeIn(address, name string) int {
	const least = 3
	if len(name) < least && (name == "" || name != address) {
		return -1
	}
	return strings.Index(address, name)
}

// localPart returns the letters of a row's first address before its @, "" where it has none.
func localPart(cells []string) string {
	for _, cell := range cells {
		if personname.HasAddress(cell) && len(cell) <= headers.MaxLength {
			local, _, _ := strings.Cut(cell, "@")
			return wordset.Letters(local)
		}
	}
	return ""
}

// textColumns returns the columns that may have names among other things, where none has only names: not those of
// numbers and addresses. Of a list without rows that may be any.
func (c *Columns) textColumns() (list []int) {
	kinds := []holding{mixed}
	if len(c.rows) == 0 {
		kinds = append(kinds, nothingIn)
	}
	list = c.columnsHolding(c.rows, kinds...)
	if ofPeople := slices.DeleteFunc(slices.Clone(list), c.isOfSomethingElse); len(ofPeople) > 0 && !c.unnamed {
		return ofPeople
	}
	return list
}
