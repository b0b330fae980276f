package columns

import (
	"slices"
	"strings"
)

// firstKinds are words of headers of first names that say which of a guest's first names it is: the legal one beside the
// preferred one.
var firstKinds = reducedWords(`legal official formal passport registered registration government given preferred chosen amtlicher offizieller bevorzugter gewünschter
	légal officiel préféré usuel d'usage oficial preferido legale ufficiale preferito officiële wettelijke gewenste oficjalne preferowane`)

// secondFirstName returns the column of further first names of the guests, which rows without one in the first column have, or
// -1: Legal First Name beside Preferred Name.
func (c *Columns) secondFirstName() int {
	if !c.has(FirstName) || c.source(FirstName).Kind != Alias {
		return -1
	}
	return slices.IndexFunc(c.Header, func(h string) bool {
		at := slices.Index(c.Header, h)
		return c.Fields[at] == "" && at != c.fill && at != c.split && !c.isIgnored(at) && isFurtherFirst(h)
	})
}

// isFurtherFirst reports whether a header is that of first names of one kind.
func isFurtherFirst(header string) bool {
	if len(header) > maxHeader {
		return false
	}
	words := headerWords(header)
	rest := slices.DeleteFunc(slices.Clone(words), func(word string) bool { return firstKinds[word] })
	return len(rest) < len(words) && len(rest) > 0 && fieldOf[strings.Join(rest, "")] == FirstName
}

// fillFirst takes the first name of a row that has none from the column of further ones.
func (c *Columns) fillFirst(cells, fields []string) {
	if c.furtherFirst < 0 {
		return
	}
	if first, _ := c.partPlaces(); first >= 0 && blank(fields[first]) {
		fields[first] = cells[c.furtherFirst]
	}
}
