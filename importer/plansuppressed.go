package importer

import (
	"context"
	"fmt"
	"strings"

	"guestflow/importer/guestindex"
	"guestflow/importer/plural"
	"guestflow/importer/suppression"
)

// Suppressed returns what is kept of addresses that may not be mailed, and writes nothing.
type Suppressed func(ctx context.Context, addresses ...string) ([]suppression.Entry, error)

// Withheld is how many emails of a plan are not sent, since their addresses are suppressed.
type Withheld map[suppression.Reason]int

// Total is the sum over all reasons.
func (w Withheld) Total() (n int) {
	for _, of := range w {
		n += of
	}
	return n
}

// String is the plan's sentence, such as "2 guests get no email, as their addresses are suppressed (1 bounced, 1 by
// hand)"; "" without any.
func (w Withheld) String() string {
	var parts []string
	for _, why := range suppression.AllReasons() {
		if w[why] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", w[why], why))
		}
	}
	list := strings.Join(parts, ", ")
	switch w.Total() {
	case 0:
		return ""
	case 1:
		return "1 guest gets no email, as the address is suppressed (" + list + ")"
	}
	return fmt.Sprintf("%s no email, as %s suppressed (%s)", plural.Of(w.Total(), "guest gets", "guests get"), plural.Word(w.Total(), "the address is", "their addresses are"), list)
}

// lookUp asks what earlier imports have done for guests, and which of their addresses are suppressed, as far as the
// settings want that.
func (p *planner) lookUp(ctx context.Context, guests []guestindex.Guest, addresses []string) (r compareResult) {
	r.guests = guests
	if p.compare != nil {
		if r.claimed, r.err = p.compare(ctx, guests); r.err != nil {
			return r
		}
	}
	r.suppressed = make([]suppression.Entry, len(guests))
	if p.Settings.Suppressed != nil {
		r.suppressed, r.err = p.Settings.Suppressed(ctx, addresses...)
	}
	if r.err == nil && r.claimed != nil {
		r.err = p.lookUpDeclined(ctx, guests, r.claimed, r.suppressed)
	}
	return r
}

// lookUpDeclined finds the guests of earlier imports who have said at another address than this list has that they want
// no emails.
func (p *planner) lookUpDeclined(
	ctx context.Context, guests []guestindex.Guest, claimed []guestindex.Claimed, suppressed []suppression.Entry,
) error {
	if p.Settings.ledger == nil || p.Settings.Suppressed == nil {
		return nil
	}
	var known []guestindex.Guest
	var at []int
	for i, c := range claimed {
		if guests[i].Template != "" && !suppressed[i].Suppressed() && c.Verdict != guestindex.Near && c.Owner.Import != "" {
			known, at = append(known, guestindex.Guest{ID: c.ID, Event: guests[i].Event}), append(at, i)
		}
	}
	declined, err := p.declined(ctx, known)
	for n, why := range declined {
		suppressed[at[n]].Reason = why
	}
	return err
}

// declined returns whether guests want no emails by what they have said at any address; nil where none has said so.
func (p *planner) declined(ctx context.Context, known []guestindex.Guest) ([]suppression.Reason, error) {
	if len(known) == 0 || p.noneDeclined {
		return nil, nil
	}
	set := suppression.For(p.Settings.ledger)
	some, err := set.AnyDeclined(ctx)
	if p.noneDeclined = err == nil && !some; err != nil || !some {
		return nil, err
	}
	rows, err := guestindex.For(p.Settings.ledger).Rows(ctx, known...)
	if err != nil {
		return nil, err
	}
	return set.Declined(ctx, rows)
}

// withhold counts an email that is not sent, and reports whether the guest's email is.
func (p *planner) withhold(g guestindex.Guest, e suppression.Entry) (email bool) {
	if g.Template == "" || !e.Suppressed() {
		return g.Template != ""
	}
	if p.Suppressed == nil {
		p.Suppressed = Withheld{}
	}
	p.Suppressed[e.Reason]++
	return false
}
