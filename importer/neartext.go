package importer

import (
	"fmt"
	"strings"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
	"guestflow/importer/reason"
	"guestflow/importer/sameperson"
	"guestflow/importer/spec"
)

// Text says what a row is, and how that is decided, without anything of a guest.
func (m NearMiss) Text() string {
	known := fmt.Sprintf("row %d of import %s", m.Known.Row, m.Known.Import)
	var text string
	switch m.Kind {
	case spec.NearTwice:
		text = "address and name are those of " + known + ", who is in this list as well: one person under two keys?"
		if m.Known.Import == "" {
			text = m.inListText()
		}
	case spec.NearKey:
		text = "address and name are those of " + known + ", under another key or splitting of names"
	case spec.NearName:
		text = "the address is that of " + known + ", with another name"
	case spec.NearPerson:
		text = "the key is that of " + known + ", and neither the name nor the address is: is the column numbered anew? " +
			"If so, name another key; an update writes this row over that guest"
	default:
		text = "the name is that of " + known + ", who is not in this list, with another address"
	}
	if m.OfHeld {
		text = "the name or address is that of a held row, which was like " + known
	}
	if m.Among > 1 {
		text += "; several rows or guests are alike, so which is which is not known, and an update cannot settle it: " + m.settles()
	}
	return text
}

// inListText says what a row has in common with another one of its list.
func (m NearMiss) inListText() string {
	switch m.Same {
	case sameperson.Address:
		return fmt.Sprintf("the address is that of row %d of this list, and the names may be spellings of one: one person twice?", m.Known.Row)
	case sameperson.Both:
		return fmt.Sprintf("name and address are nearly those of row %d of this list: one person twice?", m.Known.Row)
	case sameperson.Name:
		return fmt.Sprintf("the name is that of row %d of this list, with another address: one person with two addresses?", m.Known.Row)
	}
	return fmt.Sprintf("address and name are those of row %d of this list: one person under two keys?", m.Known.Row)
}

// settles names the choices that settle a row of which an update does not.
func (m NearMiss) settles() string {
	if m.Row == 0 {
		return "choose skip for the row"
	}
	answers := []string{fmt.Sprintf("%d=skip", m.Row)}
	if m.Kind != spec.NearPerson {
		answers = append(answers, fmt.Sprintf("%d=new", m.Row))
	}
	for _, of := range m.MayBe {
		answers = append(answers, fmt.Sprintf("%d=%s", m.Row, spec.UpdateOf(of.Import, of.Row)))
	}
	return "choose " + strings.Join(answers, " or ")
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
		{n.New, plural.Word(n.New, "a new guest", "new guests")}, {n.Skip, "left out"},
	} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.text))
		}
	}
	text := n.likeText(n.Total(), n.byKind()) + ": " + strings.Join(parts, ", ")
	if unsent := n.UnsentText(); unsent != "" {
		text += "; " + unsent
	}
	return text
}

// likeText says what some rows are like, by kind.
func (n *NearMisses) likeText(rows int, kinds heldKinds) string {
	if kinds[spec.NearTwice] == rows {
		return fmt.Sprintf("%s a person of this list a second time", plural.Of(rows, "row may be", "rows may be"))
	}
	like := " like guests of earlier imports (%s)"
	if kinds[spec.NearTwice] > 0 {
		like = " like guests of earlier imports or of this list (%s)"
	}
	return are(rows, "row") + fmt.Sprintf(like, kinds.text(n.More))
}

func (n *NearMisses) byKind() heldKinds {
	return heldKinds{
		spec.NearName: n.Name, spec.NearAddress: n.Address, spec.NearKey: n.Key, spec.NearPerson: n.Person, spec.NearTwice: n.Twice,
	}
}

// Kinds says how many rows are known otherwise, by kind; not of those that are in the list twice.
func (n *NearMisses) Kinds() string {
	kinds := n.byKind()
	delete(kinds, spec.NearTwice)
	return kinds.text(n.More)
}

func (k heldKinds) text(more int) string {
	var parts []string
	for _, of := range []struct {
		n    int
		text string
	}{
		{k[spec.NearName], "known under another name"}, {k[spec.NearAddress], "known under another address"}, {k[spec.NearKey], "known under another key"},
		{k[spec.NearPerson], "with the key of another person"}, {k[spec.NearTwice], "in this list a second time"},
		{more, "not looked at, as there are so many"},
	} {
		if of.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", of.n, of.text))
		}
	}
	return strings.Join(parts, ", ")
}
