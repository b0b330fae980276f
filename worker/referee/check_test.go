package referee

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"guestflow/importer/ledger"
	"guestflow/importer/reason"
	"guestflow/importer/suppression"
)

// row is one row of a list as guestflow says it ended.
type row struct {
	list  *list
	at    int // of its list, in the order in which they were begun
	n     int
	entry entry
	state ledger.State
	mark  ledger.RowByte
	why   ledger.Reason
	guest *guest // at the referee; nil: there is none
}

func (r row) String() string {
	return fmt.Sprintf("list %d (%s) row %d %s %s %s: %s tried=%v maybe=%v %s", r.at, r.list.id, r.n, r.entry.name,
		r.entry.tags, tail(r.list.template), r.state,
		r.mark.HasFlag(ledger.Tried), r.mark.HasFlag(ledger.MaybeSent), r.why.Code)
}

// check compares every row with the referee's books.
func (g *game) check() {
	g.judge.mu.Lock()
	defer g.judge.mu.Unlock()
	if g.t.Failed() {
		g.tellAll(nil)
		return
	}
	var all []row
	for at, l := range g.lists {
		all = append(all, g.rowsOf(at, l)...)
	}
	for _, r := range all {
		g.checkRow(r)
	}
	g.checkEmails(all)
	g.checkContent(all)
	if strings.Contains(g.said.String(), "level=ERROR") {
		g.fault(nil, "an error was logged")
	}
	if g.t.Failed() {
		g.tellAll(all)
	}
}

func (g *game) fault(r *row, format string, args ...any) {
	g.t.Helper()
	where := ""
	if r != nil {
		where = r.String() + ": "
	}
	g.t.Errorf("%s%s", where, fmt.Sprintf(format, args...))
}

func (g *game) tellAll(all []row) {
	g.t.Logf("rules %+v\nmoods %+v\ncreate first %v, bad %v, no email %v", g.judge.rules, g.judge.moods, g.first,
		g.judge.bad, g.judge.noEmail)
	for _, line := range g.diary {
		g.t.Log(line)
	}
	for _, r := range all {
		g.t.Log(r)
	}
	for n, c := range g.judge.calls {
		who := ""
		if of := g.judge.guests[c.guest]; of != nil {
			who = of.name + "@" + tail(of.event)
		}
		g.t.Logf("%3d %s %s %s template %s %s by %s: %d %s; %s", n, c.what, who, c.guest[:min(8, len(c.guest))],
			tail(c.template), c.tags, g.rowOf(c.correlation), c.status, c.did, c.lost)
	}
	for _, of := range g.judge.guests {
		g.t.Logf("guest %s %s event %s %s made with %s by %s, emails %+v", of.id[:8], of.name, tail(of.event), of.tags,
			tail(of.template), g.rowOf(of.correlated), of.emails)
	}
	g.t.Log(g.said)
}

func (g *game) rowOf(correlation string) string {
	o, ours := ledger.ParseCorrelationID(g.account, correlation)
	if !ours {
		return "-"
	}
	return fmt.Sprintf("%s:%d", o.Import, o.Row)
}

func (g *game) rowsOf(at int, l *list) (rows []row) {
	ctx := context.Background()
	imp, err := g.ledger.Import(ctx, l.id)
	g.must(err)
	marks, err := g.ledger.RowBytes(ctx, l.id, 1, imp.Rows)
	g.must(err)
	if imp.Rows != len(l.rows) || len(marks) != imp.Rows || imp.Counts.Total() != imp.Rows {
		g.fault(nil, "list %d has %d rows, its import %d, with %d states that add up to %d", at, len(l.rows), imp.Rows,
			len(marks), imp.Counts.Total())
		return nil
	}
	counts := ledger.Counts{}
	for n, m := range marks {
		counts[m.State()]++
		r := row{list: l, at: at, n: n + 1, entry: l.rows[n], state: m.State(), mark: m}
		why, err := g.ledger.Reasons(ctx, l.id, []int{n + 1})
		g.must(err)
		r.why = why[0]
		for _, of := range g.judge.guests {
			if of.event == l.event && of.name == r.entry.name {
				r.guest = of
			}
		}
		rows = append(rows, r)
	}
	if counts != imp.Counts {
		g.fault(nil, "list %d: counters %v, rows %v", at, imp.Counts, counts)
	}
	return rows
}

// emails gives those of a row's guest and template that are out, how many failed on Qflow's side, and how many of those
// that are out the row's own calls have queued.
func (g *game) emails(r row) (out, failed, own int) {
	if r.guest == nil || r.list.template == "" {
		return 0, 0, 0
	}
	for _, e := range r.guest.emails[r.list.template] {
		if e.fate == "failed" {
			failed++
			continue
		}
		out++
		if o, ours := ledger.ParseCorrelationID(g.account, e.correlation); ours && o.Import == r.list.id && o.Row == r.n {
			own++
		}
	}
	return out, failed, own
}

func (g *game) checkRow(r row) {
	out, failed, own := g.emails(r)
	there := r.guest != nil || g.blurredGuest(r)
	wants := r.list.template != ""
	switch r.state {
	case ledger.Accepted, ledger.Delivered, ledger.Undeliverable:
		// An answer that was lost may have been the refusal of an email whose guest was kept. If the account may send again
		// before any call has met the closed gate, nothing tells that call from one that went well: the record is the same.
		if r.guest == nil || out == 0 && !g.refusedUnheard(r) {
			g.fault(&r, "guest %v, %d emails", r.guest != nil, out)
		}
	case ledger.Created:
		if !there {
			g.fault(&r, "there is no guest")
		}
	case ledger.Unchanged:
		if !there {
			g.fault(&r, "there is no guest")
		}
		if wants && out+failed == 0 && !g.refusedUnheard(r) && !g.isDuplicate(r) {
			g.fault(&r, "there is no email")
		}
	case ledger.Rejected:
		if own > 0 {
			g.fault(&r, "it has sent %d emails", own)
		}
	case ledger.Refused, ledger.Cancelled, ledger.Exhausted:
		// A row that a person has cancelled keeps in its mark that an answer was lost: its email may be out, and the next
		// import of the guest goes by the call that may be repeated. And one that a person has had sent again may be
		// refused because it was sent before, in words that are not known.
		if own > 0 && !r.list.decided && (r.state == ledger.Refused || !r.mark.HasFlag(ledger.MaybeSent)) {
			g.fault(&r, "it has sent %d emails", own)
		}
	case ledger.Suppressed:
		if !there {
			g.fault(&r, "there is no guest")
		}
		if own > 0 && !r.list.decided { // the one that came back may be its own, and a person had it sent again
			g.fault(&r, "it has sent %d emails", own)
		}
		if !wants || !g.cameBack(r) {
			g.fault(&r, "no email to its address came back")
		}
	case ledger.Unknown:
		if !g.mayBeUnknown(r) {
			g.fault(&r, "nothing was lost")
		}
	default:
		g.fault(&r, "it still waits")
	}
}

// cameBack: an email to the row's address came back for good, of whatever event and template. No other report that
// lasts is made here.
func (g *game) cameBack(r row) bool {
	if r.why.Code != suppression.Bounced.Of().Code {
		return false
	}
	for _, of := range g.judge.guests {
		for _, emails := range of.emails {
			if of.mail == r.entry.mail && slices.ContainsFunc(emails, func(e email) bool { return e.fate == "bounced" }) {
				return true
			}
		}
	}
	return false
}

func (g *game) blurredGuest(r row) bool { return len(g.judge.blurred) > 0 && g.judge.bad[r.entry.name] }

// isDuplicate: an earlier row of the same list is the same guest.
func (g *game) isDuplicate(r row) bool {
	return slices.ContainsFunc(r.list.rows[:r.n-1], func(e entry) bool { return e.name == r.entry.name })
}

func (g *game) callsFor(r row) (list []call) {
	for _, c := range g.judge.calls {
		o, ours := ledger.ParseCorrelationID(g.account, c.correlation)
		if g.judge.ids[c.guest] == r.list.event+r.entry.name || ours && o.Import == r.list.id && o.Row == r.n {
			list = append(list, c)
		}
	}
	return list
}

// refusedUnheard: a refusal that kept the guest was lost.
func (g *game) refusedUnheard(r row) bool {
	return slices.ContainsFunc(g.callsFor(r), func(c call) bool {
		return c.lost != "" && c.template == r.list.template && strings.Contains(c.did, "kept")
	})
}

// mayBeUnknown: an answer about the guest was lost, or the guest was there before the row's first call.
func (g *game) mayBeUnknown(r row) bool {
	if r.why.Code == reason.UnknownElsewhere {
		return true
	}
	calls := g.callsFor(r)
	first := slices.IndexFunc(calls, func(c call) bool {
		o, ours := ledger.ParseCorrelationID(g.account, c.correlation)
		return ours && o.Import == r.list.id && o.Row == r.n
	})
	there := func(c call) bool {
		return c.did != "nothing" && !strings.HasPrefix(c.did, "refused") || strings.HasSuffix(c.did, "kept")
	}
	return slices.ContainsFunc(calls, func(c call) bool { return c.lost != "" }) ||
		slices.ContainsFunc(calls[:max(first, 0)], there)
}

// checkEmails: one guest has one email of a template, unless a person has decided on another.
func (g *game) checkEmails(all []row) {
	for _, of := range g.judge.guests {
		for template, emails := range of.emails {
			out := 0
			for _, e := range emails {
				if e.fate != "failed" {
					out++
				}
			}
			decided := slices.ContainsFunc(all, func(r row) bool {
				return r.guest == of && r.list.template == template &&
					r.list.decided
			})
			most := 1
			if g.forgotBefore(of) {
				most++
			}
			if out > most && !decided {
				g.fault(nil, "guest %s of event %s has %d emails of template %s", of.name, tail(of.event), out, tail(template))
			}
		}
	}
}

// forgotBefore: the guest index was lost after a call for the guest. If the next call for him has no record in its
// answer (a bulk call, or one that is refused), he looks like one who has never had an email, and Qflow does not tell:
// he may have one more.
func (g *game) forgotBefore(of *guest) bool {
	return g.forgotten > 0 && slices.ContainsFunc(g.judge.calls[:min(g.forgottenAt, len(g.judge.calls))],
		func(c call) bool {
			return strings.EqualFold(c.guest, of.id)
		})
}

// checkContent: what a guest says is what the latest list says that has written it, never an older one.
func (g *game) checkContent(all []row) {
	for _, of := range g.judge.guests {
		var newest *row
		forgot := false
		allowed := map[string]bool{}
		for i := len(all) - 1; i >= 0; i-- {
			r := &all[i]
			if r.guest != of || g.isDuplicate(*r) {
				continue
			}
			allowed[r.entry.tags] = true // one that rests in unknown may have written it
			if s := r.state; s == ledger.Refused || s == ledger.Cancelled || s == ledger.Exhausted {
				forgot = true
			}
			if s := r.state; s == ledger.Created || s == ledger.Accepted || s == ledger.Delivered ||
				s == ledger.Undeliverable || s == ledger.Unchanged || s == ledger.Suppressed {
				newest = r
				break
			}
		}
		switch {
		case newest == nil:
		case forgot:
			// One that was begun later and came to nothing decides nothing, and may have written the guest all the same. It has
			// taken the guest over from the newest that is fine, so an older one that is still under way writes its own content
			// again.
		case g.forgotten > 0 && slices.ContainsFunc(all, func(r row) bool { return r.guest == of && r.at < g.forgotten }):
			// Without the index, which list wrote the guest last is no longer known.
		case !allowed[of.tags]:
			g.fault(newest, "guest %s of event %s says %s", of.name, tail(of.event), of.tags)
		case of.tags[1:] != of.notes[1:] && of.tags != "TWICE":
			g.fault(newest, "guest %s says %s and %s", of.name, of.tags, of.notes)
		}
	}
}
