package worker

import (
	"cmp"
	"context"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/reason"
	"guestflow/importer/suppression"
)

// screenLasts is how old the look for suppressed addresses may be when the call of an email leaves. An address that is
// suppressed later may get that one email.
const screenLasts = 5 * time.Second

// screen finds the rows whose addresses are not mailed any more: their guests are written, without the email. It is
// asked at every run of a chunk, since weeks may lie between the import and a call.
func (l *loader) screen(ctx context.Context, b *batch) error {
	b.screened = time.Now()
	entries, err := l.suppressed.Screen(ctx, b.ref.Import, b.addresses)
	if err != nil {
		return err
	}
	found := map[int]suppression.Reason{}
	for i, e := range entries {
		if e.Suppressed() {
			found[b.addresses[i].Row] = e.Reason
		}
	}
	if err := l.screenOwn(ctx, b); err != nil {
		return err
	}
	if err := l.screenGuests(ctx, b, found); err != nil {
		return err
	}
	var moves []ledger.Move
	for _, j := range b.unsettled(anyJob) {
		j.suppressed = found[j.Row.Row]
		if isSuppressed(j) && j.verdict == guestindex.Send { // a later import has written the guest
			to, why := suppressedAs(j.mark, j.withheld())
			moves = append(moves, j.move(to, why))
			j.phase = settled
		}
	}
	return l.recorder.commit(ctx, b.ref, moves)
}

// addressed has the rows looked up at the addresses that their emails go to: of a guest whom a later import has written,
// the one that he has by that. Of an import of a version before it may not be known; then it is the row's own.
func (l *loader) addressed(ctx context.Context, b *batch) error {
	for _, j := range b.unsettled(goesElsewhere) {
		for i := range b.addresses {
			if b.addresses[i].Row != j.Row.Row {
				continue
			}
			at, _, err := l.suppressed.WrittenBy(ctx, b.addresses[i], j.writer)
			if err != nil {
				return err
			}
			b.addresses[i] = at
		}
	}
	return nil
}

// screenOwn looks at the rows' own addresses where the emails go to others: should Qflow have no such guest, he is made
// as the row has him.
func (l *loader) screenOwn(ctx context.Context, b *batch) error {
	jobs := b.unsettled(goesElsewhere)
	if len(jobs) == 0 {
		return nil
	}
	addresses := make([]string, len(jobs))
	for i, j := range jobs {
		addresses[i] = j.Guest.Email
	}
	entries, err := l.suppressed.Check(ctx, addresses...)
	for i := range entries {
		jobs[i].ownSuppressed = entries[i].Reason
	}
	return err
}

// screenGuests finds the rows of guests who have said at another of their addresses that they want no emails: of those who
// are known, and of those who were to be made at another address, by a row that this one's has replaced.
func (l *loader) screenGuests(ctx context.Context, b *batch, found map[int]suppression.Reason) error {
	if !l.suppressed.HasAny() {
		return nil
	}
	moved, err := l.suppressed.HasFormer(ctx, b.ref.Import)
	if err != nil {
		return err
	}
	jobs := b.unsettled(func(j *job) bool { return asksEmail(j) && (moved || isKnown(j)) && found[j.Row.Row] == "" })
	guests, err := indexed(jobs)
	if err != nil || len(jobs) == 0 {
		return err
	}
	declined, err := l.declined(ctx, guests)
	for i, why := range declined {
		if why != "" {
			found[jobs[i].Row.Row] = why
		}
	}
	return err
}

func (l *loader) declined(ctx context.Context, guests []guestindex.Guest) ([]suppression.Reason, error) {
	rows, err := guestindex.For(l.ledger).Rows(ctx, guests...)
	if err != nil {
		return nil, err
	}
	return l.suppressed.Declined(ctx, rows)
}

// isKnown reports whether an earlier import has the row's guest.
func isKnown(j *job) bool {
	return j.verdict == guestindex.UpdateAndSend || j.verdict == guestindex.Send || j.mark.HasFlag(ledger.Tried)
}

// goesElsewhere reports whether a row's email may go to another address than the row has.
func goesElsewhere(j *job) bool { return j.verdict == guestindex.Send && j.writer.Import != "" }

// withheld returns why the email of a row is, by the address that it would go to now; "" if it is not.
func (j *job) withheld() suppression.Reason {
	if goesElsewhere(j) && !j.viaSend() {
		return cmp.Or(j.suppressed, j.ownSuppressed) // an atomic call makes the guest at the row's address, if he is not there
	}
	return j.suppressed
}

// rescreen looks again before a call, where the last look is too old, or the row is withheld since it goes another way.
func (h *handler) rescreen(ctx context.Context, b *batch, j *job) error {
	withheld := goesElsewhere(j) && isSuppressed(j)
	if time.Since(b.screened) < h.screenLasts && !withheld {
		return nil
	}
	return h.loader.screen(ctx, b)
}

// writeSuppressed writes the guests of rows that were found to be suppressed when their emails were about to leave.
func (h *handler) writeSuppressed(ctx context.Context, b *batch) error {
	for _, jobs := range byEvent(b.unsettled(isSuppressed)) {
		if err := h.write(ctx, b, jobs); err != nil {
			return err
		}
	}
	return nil
}

// addressesOf returns the rows of a chunk that have an address.
func addressesOf(rows []chunk.Row) []suppression.Row {
	list := make([]suppression.Row, 0, len(rows))
	for i := range rows {
		if rows[i].Guest.Email != "" {
			list = append(list, suppression.Row{Row: rows[i].Row, Address: rows[i].Guest.Email})
		}
	}
	return list
}

// isSuppressed reports whether a row asks for an email that its address does not get.
func isSuppressed(j *job) bool { return asksEmail(j) && j.withheld() != "" }

// suppressedAs returns the state of a row whose guest is written and whose email is withheld, and why. One with an
// attempt behind it whose answer was lost may have its email.
func suppressedAs(mark ledger.RowByte, why suppression.Reason) (ledger.State, ledger.Reason) {
	if mark.HasFlag(ledger.MaybeSent) {
		return ledger.Unknown, ledger.Reason{Code: reason.SuppressedLater,
			Text: "its address was suppressed after an answer was lost: the email may be out, and is not sent again"}
	}
	return ledger.Suppressed, why.Of()
}
