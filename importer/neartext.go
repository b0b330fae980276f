package importer

import (
	"fmt"
	"strings"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/reason"
	"guestflow/importer/spec"
)

// Text says what a row is, and how that is decided, without anything of a guest.
func (m NearMiss) Text() string {
	known := fmt.Sprintf("row %d of import %s", m.Known.Row, m.Known.Import)
	var text string
	switch m.Kind {
	case spec.NearKey:
		text = "address and name are those of " + known + ", under another key or splitting of names"
	case spec.NearName:
		text = "the address is that of " + known + ", with another name"
	case spec.NearPerson:
		text = "the key is that of " + known + ", and neither the name nor the address is: is the column numbered anew? " +
			"If so, name another key; an update writes this row over that guest"
	default:
		text = "the name is that of " + known + ", who is not in this list any more, with another address"
	}
	if m.OfHeld {
		text = "the name or address is that of a held row, which was like " + known
	}
	if m.Among > 1 {
		text += "; several rows or guests are alike, so which is which is not known"
	}
	return text
}

// nearReason is why a row was left out.
func nearReason(line int, d nearDecision) ledger.Reason {
	if d.skip {
		return ledger.Reason{Code: reason.NearMissSkipped, Line: line, Text: d.why + "; left out, as decided"}
	}
	return ledger.Reason{Code: reason.NearMissHeld, Line: line, Text: d.why + "; it is held until that is decided"}
}

// whyNear is what is known of a row that became a near miss after the plan was made.
func whyNear(alike []guestindex.Alike) string {
	if len(alike) == 0 {
		return "the known guest that it is has meanwhile become another row's"
	}
	return NearMiss{Kind: kindOf(alike[0]), Known: alike[0].Owner, Among: len(alike), OfHeld: alike[0].OfHeld}.Text()
}

// Text says how many rows are like guests of earlier imports, and what becomes of them.
func (n *NearMisses) Text() string {
	var parts []string
	for _, c := range []struct {
		n    int
		text string
	}{
		{n.Hold, "held, and not mailed until that is decided"}, {n.Update, "updated, " + n.emailText()},
		{n.New, "new guests"}, {n.Skip, "left out"},
	} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.text))
		}
	}
	return fmt.Sprintf("%s like guests of earlier imports (%s): %s", are(n.Total(), "row"), n.Kinds(), strings.Join(parts, ", "))
}

// Kinds says how many rows are known otherwise, by kind.
func (n *NearMisses) Kinds() string {
	return kindsText(n.Name, n.Address, n.Key, n.Person, n.More)
}

// heldText is Kinds of the rows that are held.
func (n *NearMisses) heldText() string {
	h := n.held
	return kindsText(h[spec.NearName], h[spec.NearAddress], h[spec.NearKey], h[spec.NearPerson], n.More)
}

func kindsText(name, address, key, person, more int) string {
	var parts []string
	for _, k := range []struct {
		n    int
		text string
	}{
		{name, "known under another name"}, {address, "known under another address"}, {key, "known under another key"},
		{person, "with the key of another person"}, {more, "not looked at, as there are so many"},
	} {
		if k.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", k.n, k.text))
		}
	}
	return strings.Join(parts, ", ")
}
