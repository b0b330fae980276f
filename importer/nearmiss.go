package importer

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"guestflow/importer/filename"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/reason"
	"guestflow/importer/seen"
	"guestflow/importer/spec"
	"guestflow/importer/suppression"
)

// NearMisses is what a plan has found of rows that are new by their ids and like a guest whom earlier imports know.
type NearMisses struct {
	// By kind.
	Name    int `json:"name"`    // the address is known under another name
	Address int `json:"address"` // the name is that of a guest who is not in the list any more, under another address
	Key     int `json:"key"`     // address and name are known, under another key or splitting of names
	Person  int `json:"person"`  // the key is a known guest's, and neither name nor address is
	More    int `json:"more"`    // rows beyond those that are looked at, which are held

	// By what becomes of them. Those that are updated or new also count among the changed and new guests.
	Update int `json:"update"`
	New    int `json:"new"`
	Skip   int `json:"skip"`
	Hold   int `json:"hold"`

	Emails int `json:"emails"` // of Update, those who get the email of this template, which they have not had

	held heldKinds

	Most bool       `json:"most"` // most of the list is known otherwise, so that it is decided about as a whole
	Rows []NearMiss `json:"rows"` // the first ones
}

// NearMiss is a row that is like a known guest.
type NearMiss struct {
	Row    int             `json:"row"`
	Line   int             `json:"line"`
	Kind   string          `json:"kind"`
	Choice spec.NearChoice `json:"choice"`
	Known  ledger.Owner    `json:"known"` // the row that has the say about the guest
	Among  int             `json:"among"` // how many known guests he may be, or how many rows may be he: then which is which is not known
	OfHeld bool            `json:"of_held,omitempty"`
	Name   string          `json:"name,omitempty"`  // of the row, where the settings ask for values
	Email  NearEmail       `json:"email,omitempty"` // what an update does about the email

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
	return n.Name + n.Address + n.Key + n.Person + n.More
}

// Held is how many of them are held.
func (n *NearMisses) Held() int {
	if n == nil {
		return 0
	}
	return n.Hold
}

func (n *NearMisses) add(m NearMiss) {
	*map[string]*int{spec.NearName: &n.Name, spec.NearAddress: &n.Address, spec.NearKey: &n.Key, spec.NearPerson: &n.Person}[m.Kind]++
	*map[spec.NearChoice]*int{spec.NearUpdate: &n.Update, spec.NearNew: &n.New, spec.NearSkip: &n.Skip, spec.NearHold: &n.Hold}[m.Choice]++
	if m.Choice == spec.NearHold {
		if n.held == nil {
			n.held = heldKinds{}
		}
		n.held[m.Kind]++
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

func (n *nearPlanner) near(place rowPlace, g guestindex.Guest, alike []guestindex.Alike) {
	if len(n.rows) == maxNear {
		n.more++
		return
	}
	n.rows = append(n.rows, nearRow{rowPlace: place, guest: g, alike: alike})
	for _, a := range alike {
		if a.SameAddress {
			n.met++
			n.countOwner(a.Owner.Import)
			return
		}
	}
}

// contains reports whether a guest is in the list.
func (n *nearPlanner) contains(id uuid.UUID) (bool, error) {
	for _, h := range []seen.Hash{seen.Hash(id), aliasHash(id)} {
		if found, err := n.here.Contains(h); found || err != nil {
			return found, err
		}
	}
	return false, nil
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

// settle leaves of each row's guests those that it may be, and sets its kind: "" if it is like none.
func (n *nearPlanner) settle(continues func(id string, here int) (bool, error)) error {
	taken := map[uuid.UUID]bool{} // are here under another key
	for _, kind := range spec.NearKinds {
		for i := range n.rows {
			r := &n.rows[i]
			if r.kind != "" {
				continue
			}
			var err error
			if r.left, err = n.left(r.alike, kind, taken, continues); err != nil {
				return err
			}
			if len(r.left) > 0 {
				r.kind = kind
			}
		}
		for _, r := range n.rows {
			if r.kind == spec.NearKey {
				taken[r.left[0].ID] = true
			}
		}
	}
	return nil
}

// left returns the guests that a row may be by one kind.
func (n *nearPlanner) left(
	alike []guestindex.Alike, kind string, taken map[uuid.UUID]bool, continues func(id string, here int) (bool, error),
) (left []guestindex.Alike, err error) {
	for _, a := range alike {
		if kindOf(a) != kind || taken[a.ID] {
			continue
		}
		if kind == spec.NearPerson { // it is in the list, as the row that has its key
			return []guestindex.Alike{a}, nil
		}
		here, err := n.contains(a.ID)
		if err == nil && !here && kind == spec.NearAddress {
			var goesOn bool
			goesOn, err = continues(a.Owner.Import, n.owners[a.Owner.Import])
			here = !goesOn
		}
		if err != nil {
			return nil, err
		}
		if !here {
			left = append(left, a)
		}
	}
	return left, nil
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
	if err := n.settle(p.continues(ctx)); err != nil {
		return err
	}
	rows := map[uuid.UUID]int{} // that may be a guest
	found := 0
	for _, r := range n.rows {
		for _, a := range r.left {
			rows[a.ID]++
		}
		if r.kind != "" {
			found++
		}
	}
	p.Near = &NearMisses{Most: n.most(found, p.Guests)}
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
	why      string // it is held or left out
}

// decisions are those by row.
type decisions map[int]nearDecision

// held is why a row is held: as the plan has said, or because it has become a near miss since.
func (d decisions) held(r row, alike []guestindex.Alike) ledger.Reason {
	said, planned := d[r.Row.Row]
	if !planned || said.why == "" || len(alike) == 0 {
		said.why = whyNear(alike)
	}
	return nearReason(r.Line, said)
}

// beside returns the plan with decisions about rows that are like known guests, where it was made without looking for
// them. Where the index has nobody of the plan's events, there is nothing to look for.
func (p Plan) beside(ctx context.Context, l *ledger.Ledger) (Plan, error) {
	if p.Settings.Compare != nil {
		return p, nil
	}
	known, err := guestindex.For(l).Comparison().Knows(ctx, p.Events)
	if err != nil || !known {
		return p, err
	}
	return p.Beside(ctx, l)
}

// Beside returns the plan compared with what earlier imports of an account have done. It takes the place of this one.
func (p Plan) Beside(ctx context.Context, l *ledger.Ledger) (Plan, error) {
	to := p.Settings.Beside(l)
	if p.kept != nil && p.kept.fits(to.Spec) {
		return p.besideKept(ctx, to)
	}
	p.Close()
	to.Planned, to.Progress = nil, nil
	return MakePlan(ctx, p.Path, to)
}

// decide decides about one row; rows are how many may be a guest.
func (p *planner) decide(r nearRow, rows map[uuid.UUID]int) {
	if r.kind == "" {
		p.decisions[r.guest.Row] = nearDecision{decision: guestindex.Apart(r.alike)}
		p.create(r.guest, r.suppressed)
		return
	}
	m := NearMiss{
		Row: r.guest.Row, Line: r.line, Kind: r.kind, Known: r.left[0].Owner, Among: max(len(r.left), rows[r.left[0].ID]),
		OfHeld: r.left[0].OfHeld, Name: r.name, guest: r.guest, known: r.left[0].ID,
	}
	m.Choice = p.Settings.NearMisses.Of(m.Row, m.Kind, p.Near.Most)
	switch {
	case m.Choice == spec.NearUpdate && m.Among > 1: // which of them is not known
		m.Choice = spec.NearHold
	case m.Choice == spec.NearNew && m.Kind == spec.NearPerson: // who has the key cannot be another
		m.Choice = spec.NearHold
	}
	d := nearDecision{why: m.Text()}
	switch m.Choice {
	case spec.NearUpdate:
		d.decision = guestindex.TakeOver(r.left[0].ID)
		p.updates = append(p.updates, nearUpdate{guest: r.guest, known: r.left[0].ID, suppressed: r.suppressed, shown: p.Near.shown()})
	case spec.NearNew:
		d.decision = guestindex.Anyway()
		p.create(r.guest, r.suppressed)
	case spec.NearSkip:
		d.skip = true
	case spec.NearHold:
	}
	p.decisions[m.Row] = d
	p.metNear(r, m.Choice)
	p.Near.add(m)
}

func (p *planner) create(g guestindex.Guest, suppressed suppression.Entry) {
	if p.Compared != nil {
		p.Compared.New++
	}
	email := p.withhold(g, suppressed)
	p.cost(g.Event, email, !email)
}

// continues returns a function that reports whether a list is the next one after that of an import, of whose guests so
// many are in it: only then is a guest of that import gone whose name another row has, and not a namesake. A list of
// further guests has none of them, and half of all events have two guests of one name. A list of which most is known is
// the next one after whatever import had each guest last: a correction or a resend of a few makes another their owner. So
// is one of which too many are known by name to be namesakes: all its addresses may be others.
func (p *planner) continues(ctx context.Context) func(id string, here int) (bool, error) {
	if 2*p.nearby.met >= p.Guests || p.nearby.mostByName(p.Guests) {
		return func(string, int) (bool, error) { return true, nil }
	}
	known := map[string]bool{}
	return func(id string, here int) (bool, error) {
		if goesOn, asked := known[id]; asked {
			return goesOn, nil
		}
		if p.Settings.ledger == nil {
			return true, nil
		}
		imp, err := p.Settings.ledger.Import(ctx, id)
		if errors.Is(err, ledger.ErrNotFound) {
			return here > 0, nil
		}
		if err != nil {
			return false, err
		}
		guests := imp.Rows - imp.Counts[ledger.Rejected] - imp.Counts[ledger.Filtered]
		known[id] = 2*here >= guests ||
			imp.Profile == p.Settings.Profile && imp.FileName() == filename.Original(p.Path)
		return known[id], nil
	}
}

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
