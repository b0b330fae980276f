package rowstatus

import (
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/wordset"
)

// Hosts invite an A-list first, and those of the B-list in place of guests who decline.

// isOfRank reports whether a header is of the list, or the rank, that a guest is on.
func isOfRank(header string) bool {
	words := headers.Words(header)
	return len(words) == 1 && rankWords[words[0]] || len(words) == 2 && rankWords[words[0]+words[1]]
}

// isOfRanks reports whether a column has nothing but a few ranks, the first of them and others: A and B.
func (c *ColumnCounts) isOfRanks() bool {
	if !c.of.ofRank || c.Others > 0 || len(c.Values) > 0 || len(c.of.tests) > 0 || len(c.plainTexts) < 2 {
		return false
	}
	first := false
	for _, v := range c.plainTexts {
		rank := strings.ToLower(v.Text)
		if len(rank) != 1 || rank[0] < 'a' || rank[0] > 'd' {
			return false
		}
		first = first || rank == "a"
	}
	return first
}

var rankWords = wordset.Words(`ab list guestlist invitelist invitationlist liste gästeliste einladungsliste lista
	listado elenco lijst gastenlijst listan gästlista
	gjesteliste gæsteliste seznam zoznam список priority prio inviteprio invitepriority priorität priorité prioridad
	prioridade priorità prioriteit
	prioritet priorytet priorita приоритет`)
