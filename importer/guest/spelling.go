package guest

import (
	"strings"

	"github.com/google/uuid"

	"guestflow/qflow"
)

// Programs write the apostrophe and the hyphen of a name in several signs: O'Hara is O’Hara once a word processor had
// it. They tell no guests apart. Versions before took them for different guests, so the ids that those gave are looked
// for as well.

// signsOfNames writes the apostrophes and hyphens of names as ASCII has them.
var signsOfNames = strings.NewReplacer("’", "'", "‘", "'", "‛", "'", "ʼ", "'", "ʻ", "'", "ʹ", "'", "´", "'", "′", "'",
	"＇", "'", "׳", "'",
	"‐", "-", "‑", "-", "‒", "-", "–", "-", "−", "-", "﹣", "-", "－", "-")

// addNames adds a guest's names to the key.
func (n *Identifier) addNames(g *qflow.Guest) {
	for _, name := range [...]string{g.FirstName, g.LastName, g.OtherNames} {
		if n.key = append(n.key, 0); !n.asWritten && !plain(name) {
			name = signsOfNames.Replace(name)
		}
		n.key = n.fold(n.key, name)
	}
}

// FormerSpelling derives the id that versions before gave the guest by another sign in the names: those that stand
// there, or ’ where an ASCII apostrophe does. It is zero where that is the same id.
func (n *Identifier) FormerSpelling(g *qflow.Guest, id uuid.UUID) uuid.UUID {
	signs, apostrophe := false, false
	for _, name := range [...]string{g.FirstName, g.LastName, g.OtherNames} {
		signs = signs || !plain(name) && signsOfNames.Replace(name) != name
		apostrophe = apostrophe || strings.IndexByte(name, '\'') >= 0
	}
	if n.keyField != "" || !signs && !apostrophe {
		return uuid.Nil
	}
	was := *g
	if !signs {
		for _, name := range [...]*string{&was.FirstName, &was.LastName, &was.OtherNames} {
			*name = strings.ReplaceAll(*name, "'", "’")
		}
	}
	return n.formerID(&Record{}, &was, id)
}
