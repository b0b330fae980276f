package importer

import (
	"context"
	"errors"
	"io"

	"guestflow/importer/guestindex"
	"guestflow/importer/seen"
	"guestflow/importer/suppression"
	"guestflow/qflow"
)

// compareEvery is how many guests are looked up in one round trip.
const compareEvery = 200

// compareResult is what earlier imports have done for some guests.
type compareResult struct {
	places     []rowPlace
	guests     []guestindex.Guest
	claimed    []guestindex.Claimed // nil where the settings do not compare
	suppressed []suppression.Entry
	err        error
}

// startCompare looks the guests up that were read since the last time, once there are so many. Redis takes as long for it as reading
// them takes, so it does it while the next ones are read.
func (p *planner) startCompare(ctx context.Context, least int) error {
	if len(p.uncompared) < least {
		return nil
	}
	if err := p.finishCompare(); err != nil {
		return err
	}
	guests, addresses, places, asked := p.uncompared, p.addresses, p.places, make(chan compareResult, 1)
	p.uncompared, p.addresses, p.comparing = make([]guestindex.Guest, 0, compareEvery), make([]string, 0, compareEvery), asked
	p.places = make([]rowPlace, 0, compareEvery)
	go func() {
		r := p.lookUp(ctx, guests, addresses)
		r.places = places
		asked <- r
	}()
	return nil
}

// finishCompare counts what was looked up last.
func (p *planner) finishCompare() error {
	if p.comparing == nil {
		return nil
	}
	a := <-p.comparing
	p.comparing = nil
	if a.err != nil {
		return a.err
	}
	if p.Compared == nil && a.claimed != nil && !p.Settings.Resend { // which is new for every guest
		p.Compared = &Compared{}
	}
	for i, g := range a.guests {
		if a.claimed == nil {
			if a.places[i].twin > 0 {
				a.places[i].suppressed = a.suppressed[i]
				if err := p.nearby.near(a.places[i], g, nil); err != nil {
					return err
				}
				continue
			}
			a.places[i].suppressed = a.suppressed[i]
			if err := p.createListed(a.places[i], g); err != nil {
				return err
			}
			continue
		}
		if err := p.compared(a.places[i], g, a.claimed[i], a.suppressed[i]); err != nil {
			return err
		}
	}
	return nil
}

// endCompare looks the last guests up, and decides about the list as a whole.
func (p *planner) endCompare(ctx context.Context) error {
	err := p.startCompare(ctx, 1)
	if err == nil {
		err = p.finishCompare()
	}
	if err == nil {
		err = p.endListed()
	}
	if err == nil {
		err = p.decideNear(ctx)
	}
	if err == nil {
		err = p.findGone(ctx)
	}
	if err == nil {
		err = p.findMissing(ctx)
	}
	p.endNames()
	for _, n := range p.bulk {
		p.Calls += (n + qflow.MaxBulk - 1) / qflow.MaxBulk
	}
	if err == nil {
		err = p.lookAround(ctx)
	}
	return err
}

func (p *planner) compared(at rowPlace, g guestindex.Guest, c guestindex.Claimed, suppressed suppression.Entry) error {
	if c.Verdict == guestindex.Near || at.twin > 0 && c.Verdict == guestindex.Create && c.ID == g.ID {
		at.suppressed = suppressed
		return p.nearby.near(at, g, c.Alike)
	}
	p.gone.meet(c.ID, c.Owner)
	if c.CommonName && p.Compared != nil {
		p.Compared.CommonNames++
	}
	at.suppressed = suppressed
	p.writes(c.Verdict, c.Owner)
	if p.Settings.Resend {
		p.againUnsent(c)
	}
	switch {
	case c.Verdict == guestindex.Create && c.ID == g.ID:
		if err := p.createListed(at, g); err != nil {
			return err
		}
	case p.Settings.Resend:
		p.countAgain(g, c.Verdict)
		p.create(g, suppressed)
	default:
		before := p.Emails
		p.count(g, c, suppressed)
		p.Compared.Unsent.add(c, p.Emails > before)
	}
	return p.nearby.known(g, c)
}

// countAgain counts guests who have had the email that a list is to send again, or are to get it by another import.
func (p *planner) countAgain(g guestindex.Guest, v guestindex.Verdict) {
	switch v {
	case guestindex.Unchanged, guestindex.Update, guestindex.Wait, guestindex.Replace, guestindex.WaitWritten:
		if g.Template != "" {
			p.Again++
		}
	default:
	}
}

// count counts a known guest, by what a look shows of him.
func (p *planner) count(g guestindex.Guest, c guestindex.Claimed, suppressed suppression.Entry) {
	switch c.Verdict {
	case guestindex.Unchanged, guestindex.Duplicate:
		p.Compared.Unchanged++
	case guestindex.Update:
		p.Compared.Changed++
		p.cost(g.Event, false, true)
	case guestindex.UpdateAndSend:
		p.Compared.Changed++
		p.cost(g.Event, p.withhold(g, suppressed), true)
	case guestindex.Replace, guestindex.WaitWritten:
		p.Compared.Changed++
		p.takeFrom(c.Owner.Import)
		email := p.withhold(g, suppressed)
		p.cost(g.Event, email, !email)
	case guestindex.Wait, guestindex.WaitUnsent:
		p.Compared.Waiting++
		if c.EmailOwn && p.withhold(g, suppressed) {
			p.Compared.WaitingEmails++
			p.cost(g.Event, true, false)
		}
	case guestindex.Create:
		p.create(g, suppressed)
	case guestindex.Near: // decided about once the whole list is read
	case guestindex.Send, guestindex.SendFirst:
		email := p.withhold(g, suppressed)
		if email {
			p.Compared.addEmail(c.Verdict)
		} else {
			p.Compared.Unchanged++
		}
		p.cost(g.Event, email, !email && !g.Leaves)
	}
}

// knowsAny reports whether the plan may be another when it is compared. Where the index has no guest of its events, all
// guests are new, as it was made with.
func (p *planner) knowsAny(ctx context.Context) (bool, error) {
	s := p.Settings
	if p.gone != nil || s.ledger == nil || s.Suppressed != nil || s.Resend || len(s.NearMisses.NearRows()) > 0 {
		return true, nil
	}
	return guestindex.For(s.ledger).Comparison().Knows(ctx, p.Events)
}

// besideKept returns the plan compared with what earlier imports have done, from the rows that it has kept.
func (p Plan) besideKept(ctx context.Context, s Settings) (_ Plan, err error) {
	q := newPlanner(p.uncompared(s), nil)
	if err := q.findLast(ctx); err != nil {
		return p, err
	}
	if p.Settings.Compare == nil && p.Settings.Suppressed == nil && p.Near == nil {
		if known, err := q.knowsAny(ctx); err != nil || !known {
			p.Settings, p.Compared = s, &Compared{New: p.Guests}
			return p, err
		}
	}
	here := seen.New()
	defer here.Close() //nolint:errcheck // only temporary files
	q.nearby.here = here
	defer q.close()
	rows := p.kept.Reader(s.Spec)
	defer rows.Close()
	for ctx.Err() == nil {
		r, err := rows.Next()
		if errors.Is(err, io.EOF) {
			err = q.endCompare(ctx)
			return q.Plan, err
		}
		if err == nil && r.IsGuest() {
			if _, _, err = here.Add(seen.Hash(r.ID), r.Row.Row); err == nil {
				if err = q.addGuest(r); err == nil {
					err = q.startCompare(ctx, compareEvery)
				}
			}
		}
		if err != nil {
			return p, err
		}
		r.Release()
	}
	return p, ctx.Err()
}

// uncompared is the plan without what a comparison has found, or will.
func (p Plan) uncompared(s Settings) Plan {
	p.Settings = s
	p.Guests, p.Emails, p.Calls, p.Again = 0, 0, 0, 0
	p.Gone, p.Compared, p.Missing, p.Near, p.Namesakes, p.Suppressed, p.Unsent = nil, nil, nil, nil, nil, nil, nil
	p.decisions, p.misnamed, p.begun, p.otherwise = nil, nil, false, ""
	p.takesFrom = nil
	return p
}
