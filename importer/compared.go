package importer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"guestflow/importer/filename"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
	"guestflow/importer/spec"
	"guestflow/importer/suppression"
)

// Compared is how many guests of a plan earlier imports know already.
type Compared struct {
	New       int `json:"new"`
	Changed   int `json:"changed"`   // the guest is there with other content
	Unchanged int `json:"unchanged"` // nothing is to be done
	Waiting   int `json:"waiting"`   // another import is processing them

	// WaitingEmails is how many of those who wait get an email once the other import is done with them.
	WaitingEmails int `json:"waiting_emails,omitempty"`

	// Unsent is of those that are changed or wait, and known by their ids.
	Unsent Unsent `json:"unsent,omitzero"`

	// ByIDOnly is about how many guests of its events are known by their id alone, since an earlier version imported them.
	ByIDOnly int `json:"known_by_id_only,omitempty"`

	// CommonNames is how many of the new ones have a name that four guests or more of their event have.
	CommonNames int `json:"common_names,omitempty"`

	// Known is how many are there as their rows want them, and get an email that they have not had.
	Known           int `json:"known"`
	AnotherTemplate int `json:"another_template"` // of Known, those who have had an email of another template
}

func (c *Compared) addEmail(v guestindex.Verdict) {
	c.Known++
	if v == guestindex.Send {
		c.AnotherTemplate++
	}
}

// KnownText is what known guests get, such as "3 known guests, 3 emails of another template"; "" without any.
func (c Compared) KnownText() string {
	if c.Known == 0 {
		return ""
	}
	text := fmt.Sprintf("%s, %s", plural.Of(c.Known, "known guest"), plural.Of(c.Known, "email"))
	switch c.AnotherTemplate {
	case c.Known:
		return text + " of another template"
	case 0:
		return text + " that they have not had"
	}
	return fmt.Sprintf("%s that they have not had, %d of them of another template", text, c.AnotherTemplate)
}

// Text says how many guests there are of each kind.
func (c Compared) Text() string {
	text := fmt.Sprintf("%d new, %d changed, %d unchanged", c.New, c.Changed, c.Unchanged)
	if c.Waiting > 0 {
		text += fmt.Sprintf(", %d being processed by another import", c.Waiting)
	}
	if c.WaitingEmails > 0 {
		text += fmt.Sprintf(" (%s after that)", plural.Of(c.WaitingEmails, "email"))
	}
	if known := c.KnownText(); known != "" {
		text = known + "; " + text
	}
	if unsent := c.Unsent.Text(); unsent != "" {
		text += "; " + unsent
	}
	return text
}

// CommonText says of how many new guests the name was not looked for; "" without any.
func (c Compared) CommonText() string {
	if c.CommonNames == 0 {
		return ""
	}
	return fmt.Sprintf("%s a name that four guests or more of the event have already: by such a name no known guest is looked for, and they are new",
		plural.Of(c.CommonNames, "new guest")+plural.Word(c.CommonNames, " has", " have"))
}

// ByIDText says how many known guests cannot be compared by name and address; "" where all can.
func (c Compared) ByIDText() string {
	if c.ByIDOnly == 0 {
		return ""
	}
	return plural.Of(c.ByIDOnly, "guest of imports before this version is", "guests of imports before this version are") + " known by id only: rows that are like them are not found"
}

// beside returns the plan with decisions about rows that are like known guests, where it was made without looking for
// them. Where the index has no guest of the plan's events, there is nothing to look for.
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
	if p.kept != nil && p.kept.Fits(to.Spec) {
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
		p.addNamesake(r)
		p.create(r.guest, r.suppressed)
		return
	}
	m := r.miss(rows)
	m.Choice = p.Settings.NearMisses.Of(m.Row, m.Kind, p.Near.Most)
	if of, said := p.Settings.NearMisses.GuestOf(m.Row); said {
		r, m = p.chosen(r, m, of)
	}
	switch {
	case m.Choice == spec.NearUpdate && m.Among > 1: // which of them is not known
		m.Choice = spec.NearHold
	case m.Choice == spec.NearNew && m.Kind == spec.NearPerson: // who has the key cannot be another
		m.Choice = spec.NearHold
	}
	d := nearDecision{why: m.Text()}
	switch m.Choice {
	case spec.NearUpdate:
		if m.Kind == spec.NearTwice { // the person is written as the other row has him
			d = d.leaveOut(true)
			break
		}
		d.decision = guestindex.TakeOver(r.left[0].ID)
		p.updates = append(p.updates, nearUpdate{
			guest: r.guest, known: r.left[0].ID, suppressed: r.suppressed, shown: p.Near.shown(),
		})
	case spec.NearNew:
		d.decision = guestindex.Anyway()
		p.create(r.guest, r.suppressed)
	case spec.NearSkip:
		d = d.leaveOut(true)
	case spec.NearHold:
		if m.Kind != spec.NearPerson { // another row may make the guest this list's own, and this one would be new
			d = d.leaveOut(false)
		}
	}
	p.decisions[m.Row] = d
	if named := r.full && (r.twin == 0 || m.Same != ""); named && m.Choice != spec.NearNew {
		p.names.drop(r.guest.Contact, r.line)
	}
	p.metNear(r, m.Choice)
	p.Near.add(m)
}

// chosen is a row of which is said which guest it is. Two rows are not one guest.
func (p *planner) chosen(r nearRow, m NearMiss, of spec.GuestRow) (nearRow, NearMiss) {
	at := slices.IndexFunc(r.left, func(a guestindex.Alike) bool { return a.Owner == ledger.Owner{Import: of.Import, Row: of.Row} })
	if at < 0 || p.taken[r.left[at].ID] || m.Kind == spec.NearTwice {
		p.misnamed = append(p.misnamed, m.Row)
		m.Choice = spec.NearHold
		return r, m
	}
	if p.taken == nil {
		p.taken = map[uuid.UUID]bool{}
	}
	r.left = r.left[at : at+1]
	p.taken[r.left[0].ID] = true
	m.Known, m.OfHeld, m.known, m.Among = r.left[0].Owner, r.left[0].OfHeld, r.left[0].ID, 1
	return r, m
}

// miss is the row as a near miss; rows are how many may be a guest.
func (r nearRow) miss(rows map[uuid.UUID]int) NearMiss {
	m := NearMiss{Row: r.guest.Row, Line: r.line, Kind: r.kind, Name: r.name, Among: 1, guest: r.guest}
	if len(r.left) == 0 {
		m.Known.Row, m.Same = r.twin, r.same
		return m
	}
	first := r.left[0]
	m.Known, m.OfHeld, m.known = first.Owner, first.OfHeld, first.ID
	switch {
	case r.kind == spec.NearTwice:
	case first.OfHeld:
		m.Among = max(len(r.left), rows[first.ID]+1)
	default:
		m.Among = max(len(r.left), rows[first.ID])
	}
	if m.Among > 1 {
		for _, a := range r.left[:min(len(r.left), mayBeShown)] {
			m.MayBe = append(m.MayBe, a.Owner)
		}
	}
	return m
}

// leaveOut is the decision to leave a row out, whatever is known when it is claimed; what it has is remembered.
func (d nearDecision) leaveOut(skip bool) nearDecision {
	d.decision, d.skip, d.certain = guestindex.LeaveOut(), skip, true
	return d
}

// mayBeShown is how many of the guests are named who a row may be.
const mayBeShown = 4

func (p *planner) create(g guestindex.Guest, suppressed suppression.Entry) {
	if p.Compared != nil {
		p.Compared.New++
	}
	email := p.withhold(g, suppressed)
	p.cost(g.Event, email, !email)
}

const (
	// fewListed and fewGuests bound a list, and its event, in which a full name is hardly a namesake's. Of a million pairs of people
	// about five have one name: a list of 5 meets one in every eighth event of 5,000, and in every fortieth of 1,000. A guest
	// who asks for another address is more frequent, and a second barcode is not taken back.
	fewListed = 100
	fewGuests = 5000
	// seldomListed bounds a list in which a name that is seldom by the list itself is hardly a namesake's.
	seldomListed = 1000
)

// findSeldom sets in which rows a full name is hardly a namesake's: in all of a short list, and those of a longer one whose names few
// of it have. Large events have namesakes of all names.
func (p *planner) findSeldom(ctx context.Context) error {
	if p.nearby.byName == 0 || p.Settings.ledger == nil || p.Guests > seldomListed {
		return nil
	}
	guests := 0
	for _, event := range p.Events {
		n, err := guestindex.For(p.Settings.ledger).Guests(ctx, event)
		if err != nil {
			return err
		}
		guests = max(guests, n)
	}
	few := p.Guests <= fewListed
	p.nearby.isSeldom = func(r *nearRow) bool {
		return r.full && guests <= fewGuests && (few || p.people.finder.IsSeldom(r.guest.Row, guests))
	}
	return nil
}

// continues returns a function that reports whether a list is the next one after that of an import, of whose guests so
// many are in it: only then is a guest of that import gone whose name another row has, and not a namesake. A list of
// further guests has none of them, and half of all events have two guests of one name. A list of which most is known is
// the next one after whatever import had each guest last: a correction or a resend of a few makes another their owner. So
// is one of which too many are known by name to be namesakes: all its addresses may be others.
func (p *planner) continues(ctx context.Context) follows {
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
