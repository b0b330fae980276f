package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"guestflow/importer/reason"
	"guestflow/importer/spec"
)

// Replacement is a row whose guest a row of a later import has corrected before the email has left.
type Replacement struct {
	Of, By Owner
}

// Replace cancels rows whose emails other rows send, which must be queued already: a kill in between leaves two rows
// for a guest, of which the index lets one go, and never none. It reports which rows were cancelled: not those of
// which anything was begun that may have queued an email.
func (l *Ledger) Replace(ctx context.Context, all []Replacement) (replaced []bool, err error) {
	moves, places := map[string][]Move{}, map[string][]int{}
	for i, r := range all {
		id := r.Of.Import
		moves[id] = append(moves[id], Move{Row: r.Of.Row, To: Cancelled, Unbegun: true, Reason: r.reason()})
		places[id] = append(places[id], i)
	}
	replaced = make([]bool, len(all))
	for id, of := range moves {
		moved, _, err := l.Move(ctx, id, of)
		if err != nil {
			return nil, fmt.Errorf("replace rows by those of a later import: %w", err)
		}
		for i, m := range moved {
			replaced[places[id][i]] = m.OK
		}
	}
	return replaced, nil
}

func (r Replacement) reason() Reason {
	return Reason{
		Code: reason.Replaced,
		Text: fmt.Sprintf("a later list has corrected the guest before the email has left: it was taken over by "+
			replacedBy,
			r.By.Row, r.By.Import),
	}
}

// replacedBy ends the text of the reason of a row that was replaced, in this version and in those before.
const replacedBy = "row %d of import %s"

// ReplacedBy returns the row that has taken a row's email over, if that is the reason.
func (r Reason) ReplacedBy() (by Owner, is bool) {
	at := strings.LastIndex(r.Text, "row ")
	if r.Code != reason.Replaced || at < 0 {
		return Owner{}, false
	}
	_, err := fmt.Sscanf(r.Text[at:], replacedBy, &by.Row, &by.Import)
	return by, err == nil && by.Row > 0 && spec.IsID(by.Import)
}

// Replaced returns how many rows of an import were cancelled since those of later ones send their emails.
func (l *Ledger) Replaced(ctx context.Context, imp Import) (n int, err error) {
	if imp.Counts[Cancelled] == 0 {
		return 0, nil
	}
	err = l.EachReason(ctx, imp.ID, Cancelled, func(why Reason) {
		if why.Code == reason.Replaced {
			n++
		}
	})
	if errors.Is(err, ErrNotFound) { // it has just expired
		return 0, nil
	}
	return n, err
}
