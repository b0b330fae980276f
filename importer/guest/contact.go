package guest

import (
	"bytes"
	"crypto/sha256"
	"slices"

	"guestflow/qflow"
)

// Contact returns hashes of what a guest is recognised by whose id is another by now: his folded email address, and all
// his names in any order, since a changed splitting or mapping moves them from column to column. They are zero where he
// has none.
func (n *Identifier) Contact(g *qflow.Guest) (address, name [7]byte) {
	if g.Email != "" {
		n.begin("address", g)
		n.key = n.foldAddress(n.key, g.Email)
		address = n.contactHash()
	}
	if n.names(g); len(n.words) > 0 {
		n.begin("name", g)
		for _, word := range n.words {
			n.key = append(append(n.key, word...), ' ')
		}
		name = n.contactHash()
	}
	return address, name
}

func (n *Identifier) begin(kind string, g *qflow.Guest) {
	n.key = append(append(n.key[:0], kind...), 0)
	n.key = append(append(n.key, n.account...), 0)
	n.key = append(append(n.key, g.EventID...), 0)
}

func (n *Identifier) contactHash() [7]byte {
	sum := sha256.Sum256(n.key)
	return [7]byte(sum[:7])
}

// names sets words to the folded words of a guest's names, in order. Commas and points tell no names apart.
func (n *Identifier) names(g *qflow.Guest) {
	n.name = n.name[:0]
	for _, s := range [...]string{g.FirstName, g.OtherNames, g.LastName} {
		n.name = append(n.fold(n.name, s), ' ')
	}
	for i, c := range n.name {
		if c == ',' || c == '.' || c == ';' {
			n.name[i] = ' '
		}
	}
	n.words = n.words[:0]
	for rest := n.name; len(rest) > 0; {
		word, after, _ := bytes.Cut(rest, []byte{' '})
		if len(word) > 0 {
			n.words = append(n.words, word)
		}
		rest = after
	}
	slices.SortFunc(n.words, bytes.Compare)
}
