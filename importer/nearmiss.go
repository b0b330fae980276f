package importer

import (
	"context"

	"github.com/google/uuid"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/rows"
	"guestflow/importer/sameperson"
	"guestflow/importer/seen"
	"guestflow/importer/spec"
	"guestflow/importer/suppression"
)

// NearMisses is what a plan has found of rows that are new by their ids, and like a guest whom earlier imports know or
// like another row of the list.
type NearMisses struct {
	// By kind.
	Name    int `json:"name"`    // the address is known under another name
	Address int `json:"address"` // the name is that of a guest who is not in the list any more, under another address
	Key     int `json:"key"`     // address and name are known, under another key or splitting of names
	Person  int `json:"person"`  // the key is a known guest's, and neither name nor address is
	Twice   int `json:"twice"`   // it may be the person of another row of the list
	More    int `json:"more"`    // rows beyond those that are looked at, which are held

	// By what becomes of them. Those that are updated or new also count among the changed and new guests.
	Update int `json:"update"`
	New    int `json:"new"`
	Skip   int `json:"skip"`
	Hold   int `json:"hold"`

	updated int // of Update, those who are guests of earlier imports and are written anew

	Emails int `json:"emails"` // of Update, those who get the email of this template: they have not had it, or it goes again

	again bool // the list sends the email again, also to those who have had it

	// Corrected is of how many that are updated or held the email has not left yet, so that by an update it goes as
	// this list has them; Unsent of how many one goes as an import before has them, which this list does not send. Of
	// those that are held the ones that are listed are counted.
	Corrected int      `json:"corrected,omitempty"`
	Written   int      `json:"written,omitempty"` // as Corrected, of guests who are just being written (Unsent)
	Leaving   int      `json:"leaving,omitempty"` // of how many an email may have left or be leaving
	Unsent    int      `json:"unsent,omitempty"`
	UnsentOf  []string `json:"unsent_of,omitempty"` // the first imports that have these emails

	held    heldKinds
	several []int // the first rows that are held of which an update does not say which guests they are
	unclear int   // how many there are of these

	unclearPerson int // of them, those with the key of another person, which cannot be new

	Most bool       `json:"most"` // most of the list is known otherwise, so that it is decided about as a whole
	Rows []NearMiss `json:"rows"` // the first ones
}

// NearMiss is a row that is like a known guest.
type NearMiss struct {
	Row    int             `json:"row"`
	Line   int             `json:"line"`
	Kind   string          `json:"kind"`
	Choice spec.NearChoice `json:"choice"`
	Known  ledger.Owner    `json:"known"`            // the row that has the say about the guest; without an import one of this list
	Among  int             `json:"among"`            // how many known guests he may be, or how many rows may be he: then which is which is not known
	MayBe  []ledger.Owner  `json:"may_be,omitempty"` // of Among, the first guests who he may be
	OfHeld bool            `json:"of_held,omitempty"`
	Same   sameperson.By   `json:"same,omitempty"`  // of a row that may be another one of the list: what of both is the same, where it is not both
	Name   string          `json:"name,omitempty"`  // of the row, where the settings ask for values
	Email  NearEmail       `json:"email,omitempty"` // what an update does about the email

	EmailOf string `json:"email_of,omitempty"` // the import that is still to send it

	guest guestindex.Guest
	known uuid.UUID // of the first guest whom he may be
}

// heldKinds counts rows that are held, by kind.
type heldKinds map[string]int

// Total is how many rows are like a known guest.
func (n *NearMisses) Total() int {
	if n == nil {
		return 0
	}
	return n.Name + n.Address + n.Key + n.Person + n.Twice + n.More
}

// Held is how many of them are held.
func (n *NearMisses) Held() int {
	if n == nil {
		return 0
	}
	return n.Hold
}

// OnlyHeld are those that are held, without the others.
func (n *NearMisses) OnlyHeld() *NearMisses {
	h := n.held
	held := &NearMisses{
		Name: h[spec.NearName], Address: h[spec.NearAddress], Key: h[spec.NearKey], Person: h[spec.NearPerson], Twice: h[spec.NearTwice],
		More: n.More, Hold: n.Hold, Most: n.Most, held: h,
	}
	for _, m := range n.Rows {
		if m.Choice == spec.NearHold {
			held.Rows = append(held.Rows, m)
			held.addUnsent(m.Email, m.EmailOf)
		}
	}
	return held
}

func (n *NearMisses) add(m NearMiss) {
	*map[string]*int{
		spec.NearName: &n.Name, spec.NearAddress: &n.Address, spec.NearKey: &n.Key, spec.NearPerson: &n.Person, spec.NearTwice: &n.Twice,
	}[m.Kind]++
	*map[spec.NearChoice]*int{spec.NearUpdate: &n.Update, spec.NearNew: &n.New, spec.NearSkip: &n.Skip, spec.NearHold: &n.Hold}[m.Choice]++
	if m.Choice == spec.NearHold {
		if n.held == nil {
			n.held = heldKinds{}
		}
		n.held[m.Kind]++
		if m.Among > 1 {
			if n.unclear++; m.Kind == spec.NearPerson {
				n.unclearPerson++
			}
			n.several = append(n.several, m.Row)[:min(len(n.several)+1, rowsShown)]
		}
	}
	if len(n.Rows) < maxNearShown {
		n.Rows = append(n.Rows, m)
	}
}

const (
	// maxNearShown is how many rows a plan lists.
	maxNearShown = 100
	// maxNear is how many rows are decided about; others that are like a known guest are held. Each takes some 200 bytes.
	maxNear = 100_000
	// maxOwners is of how many imports the guests in a list are counted.
	maxOwners = 1000
	// fewRows is a list in which most rows may well be corrections; that all have another key is always asked about.
	fewRows = 10
)

// nearRow is a row that is like known guests, until the whole list is read.
type nearRow struct {
	rowPlace
	guest guestindex.Guest
	alike []guestindex.Alike // all, as Compare has returned them
	left  []guestindex.Alike // those that it may be
	kind  string
}

// rowPlace is where a row stands.
type rowPlace struct {
	line int
	name string // where the settings ask for values
	full bool   // it has a first and a last name

	twin   int           // the row of the list that has the same address and name, or may be the same person; 0 for none
	same   sameperson.By // what the two have in common, where it is not both
	listed bool          // it is compared with the list's other rows

	suppressed suppression.Entry // of its address
}

// nearPlanner finds out what becomes of rows that are like known guests, once the whole list is read: a guest who is
// still in it is not the one that a row is.
type nearPlanner struct {
	rows   []nearRow
	more   int            // rows beyond maxNear
	owners map[string]int // by import, how many of its guests are in the list
	met    int            // rows whose guests the index knows by id or address
	byID   int            // of them, by id
	byName int            // rows that have the name of a guest who is not in the list, and another address
	here   *seen.Set      // the guests of the list
	// isSeldom reports whether a row's name is hardly a namesake's; nil where that is not known.
	isSeldom func(*nearRow) bool
}

// known takes a guest that is known by his id, or is new and like no other.
func (n *nearPlanner) known(g guestindex.Guest, c guestindex.Claimed) error {
	if c.Owner.Import != "" {
		n.met++
		n.byID++
	}
	n.countOwner(c.Owner.Import)
	if c.ID == g.ID {
		return nil
	}
	_, _, err := n.here.Add(aliasHash(c.ID), g.Row)
	return err
}

func (n *nearPlanner) countOwner(imp string) {
	if _, counted := n.owners[imp]; imp != "" && (counted || len(n.owners) < maxOwners) {
		if n.owners == nil {
			n.owners = map[string]int{}
		}
		n.owners[imp]++
	}
}

// aliasHash stands for the guest that a row is, in a set in which ids of rows are.
func aliasHash(id uuid.UUID) seen.Hash {
	h := seen.Hash(id)
	h[0] ^= 0xff
	h[15] ^= 0xff
	return h
}

// strangerHash stands for a guest whose key a row has that is another person.
func strangerHash(id uuid.UUID) seen.Hash {
	h := seen.Hash(id)
	h[1] ^= 0xff
	h[14] ^= 0xff
	return h
}

// twin returns the row before this one that has its address and its name; 0 for none.
func (n *nearPlanner) twin(g guestindex.Guest) (int, error) {
	if g.Contact.Address == (guestindex.ContactHash{}) || g.Contact.Name == (guestindex.ContactHash{}) {
		return 0, nil
	}
	first, twice, err := n.here.Add(rows.ContactHash(g.Contact), g.Row)
	if !twice {
		return 0, err
	}
	return first, err
}

func (n *nearPlanner) near(place rowPlace, g guestindex.Guest, alike []guestindex.Alike) error {
	if len(alike) > 0 && kindOf(alike[0]) == spec.NearPerson {
		if _, _, err := n.here.Add(strangerHash(g.ID), g.Row); err != nil {
			return err
		}
	}
	if len(n.rows) == maxNear {
		n.more++
		return nil
	}
	n.rows = append(n.rows, nearRow{rowPlace: place, guest: g, alike: alike})
	for _, a := range alike {
		if a.SameAddress {
			n.met++
			n.countOwner(a.Owner.Import)
			return nil
		}
	}
	return nil
}

// contains reports whether a guest is in the list. A row that has his key and is another person does not count.
func (n *nearPlanner) contains(id uuid.UUID) (bool, error) {
	if alias, err := n.here.Contains(aliasHash(id)); alias || err != nil {
		return alias, err
	}
	found, err := n.here.Contains(seen.Hash(id))
	if !found || err != nil {
		return false, err
	}
	stranger, err := n.here.Contains(strangerHash(id))
	return !stranger, err
}

// countByName counts the rows that may be known guests by their names alone.
func (n *nearPlanner) countByName() error {
	for _, r := range n.rows {
		for _, a := range r.alike {
			if kindOf(a) != spec.NearAddress {
				continue
			}
			here, err := n.contains(a.ID)
			if err != nil {
				return err
			}
			if !here {
				n.byName++
				break
			}
		}
	}
	return nil
}

// mostByName reports whether too many of a list's guests are known by name to be namesakes: half of them, with those who
// are known by id, or ten and a fifth of them.
func (n *nearPlanner) mostByName(guests int) bool {
	return 2*(n.byName+n.byID) >= guests || n.byName >= fewRows && 5*n.byName >= guests
}

// settle leaves of each row's guests those that it may be, and sets its kind: "" if it is like none. What only a held row
// had counts where nothing else is like the row.
func (n *nearPlanner) settle(continues follows) error {
	taken := map[uuid.UUID]bool{} // are here under another key
	if err := n.settleBy(false, taken, continues); err != nil {
		return err
	}
	if err := n.settleBy(true, taken, continues); err != nil {
		return err
	}
	for i := range n.rows { // what only looks like another row of the list comes last
		if r := &n.rows[i]; r.kind == "" && r.twin > 0 {
			r.kind = spec.NearTwice
		}
	}
	return nil
}

// settleBy settles rows by what is certain, or by what held rows had.
func (n *nearPlanner) settleBy(ofHeld bool, taken map[uuid.UUID]bool, continues follows) error {
	for _, kind := range spec.NearKinds {
		for i := range n.rows {
			r := &n.rows[i]
			if r.kind != "" {
				continue
			}
			var err error
			if r.left, err = n.left(r, kind, ofHeld, taken, continues); err != nil {
				return err
			}
			if len(r.left) > 0 || kind == spec.NearTwice && r.twin > 0 && r.same == "" {
				r.kind = kind
			}
		}
		for _, r := range n.rows {
			if r.kind == spec.NearKey && kind == spec.NearKey {
				taken[r.left[0].ID] = true
			}
		}
	}
	return nil
}

// follows reports whether a list follows an import, of whose guests so many are in it.
type follows func(id string, here int) (bool, error)

// left returns the guests that a row may be by one kind.
func (n *nearPlanner) left(
	r *nearRow, kind string, ofHeld bool, taken map[uuid.UUID]bool, continues follows,
) (left []guestindex.Alike, err error) {
	for _, a := range r.alike {
		switch {
		case a.OfHeld != ofHeld || kindIn(kind, a) != kind:
			continue
		case kind == spec.NearPerson: // it is in the list, as the row that has its key
			return []guestindex.Alike{a}, nil
		case taken[a.ID]:
			continue
		}
		here, err := n.contains(a.ID)
		if err == nil && !here && kind == spec.NearAddress && (n.isSeldom == nil || !n.isSeldom(r)) {
			var goesOn bool
			goesOn, err = continues(a.Owner.Import, n.owners[a.Owner.Import])
			here = !goesOn
		}
		if err != nil {
			return nil, err
		}
		if here == (kind == spec.NearTwice) {
			left = append(left, a)
		}
	}
	return left, nil
}

// kindIn is kindOf, but that who has address and name is the same person whether he is in the list or not.
func kindIn(kind string, a guestindex.Alike) string {
	if of := kindOf(a); of != spec.NearKey || kind != spec.NearTwice {
		return of
	}
	return spec.NearTwice
}

func kindOf(a guestindex.Alike) string {
	switch {
	case a.SameAddress && a.SameName:
		return spec.NearKey
	case a.SameAddress:
		return spec.NearName
	case a.SameName:
		return spec.NearAddress
	}
	return spec.NearPerson
}

// decideNear decides about the rows that are like known guests.
func (p *planner) decideNear(ctx context.Context) error {
	n := &p.nearby
	if len(n.rows) == 0 {
		return nil
	}
	if err := n.countByName(); err != nil {
		return err
	}
	if err := p.findSeldom(ctx); err != nil {
		return err
	}
	if err := n.settle(p.continues(ctx)); err != nil {
		return err
	}
	found := 0
	for _, r := range n.rows {
		if r.kind != "" && r.kind != spec.NearTwice { // which says nothing of earlier imports
			found++
		}
	}
	p.Near = &NearMisses{Most: n.most(found, p.Guests), again: p.Settings.Resend}
	rows := p.rivals()
	p.decisions = make(decisions, len(n.rows))
	for _, r := range n.rows {
		p.decide(r, rows)
	}
	if p.Near.More = n.more; n.more > 0 && p.gone != nil {
		p.gone.beyond = true
	}
	if p.Near.Hold += n.more; p.Near.Total() == 0 {
		p.Near = nil
	}
	n.rows = nil
	return p.lookUpUpdates(ctx)
}

// rivals counts by guest the rows that may be him, by more than what a held row had. One that is decided to be another
// guest, or left out, is none of them.
func (p *planner) rivals() map[uuid.UUID]int {
	rows := map[uuid.UUID]int{}
	for _, r := range p.nearby.rows {
		choice := p.Settings.NearMisses.Of(r.guest.Row, r.kind, p.Near.Most)
		if choice == spec.NearSkip || choice == spec.NearNew && r.kind != spec.NearPerson {
			continue
		}
		for _, a := range r.left {
			if !a.OfHeld {
				rows[a.ID]++
			}
		}
	}
	return rows
}

// most reports whether so many rows show that a key, the splitting of names or a mapping is another by now, rather than
// that some guests are.
func (n *nearPlanner) most(found, guests int) bool {
	keys := 0
	for _, r := range n.rows {
		if r.kind == spec.NearKey {
			keys++
		}
	}
	return 2*keys > guests || guests >= fewRows && 2*(found+n.more) > guests
}

// nearDecision is what was decided of a row that is like a known guest.
type nearDecision struct {
	decision guestindex.Decision
	skip     bool
	certain  bool   // it is left out, whatever is known when it is claimed
	why      string // it is held or left out
}

// decisions are those by row.
type decisions map[int]nearDecision

// held is why a row is held: as the plan has said, or because it has become a near miss since.
func (d decisions) held(r *rows.Row, alike []guestindex.Alike) ledger.Reason {
	said, planned := d[r.Row.Row]
	if !planned || said.why == "" || len(alike) == 0 && !said.certain {
		said.why = whyNear(alike)
	}
	return nearReason(r.Line, said)
}
