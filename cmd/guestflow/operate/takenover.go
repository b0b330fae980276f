package operate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"guestflow/importer/ledger"
	"guestflow/importer/plural"
)

// maxLists is how many lists are followed that took an email over, one from the other.
const maxLists = 100

// takenOver is the row that an email of an earlier list goes by, or was to go by.
type takenOver struct {
	ledger.Owner

	state ledger.State
	kept  bool // its import is
}

// takenOver follows the rows that have taken an email over, each from the one before, to the last.
func (a *Account) takenOver(ctx context.Context, why ledger.Reason) (last takenOver, err error) {
	for range maxLists {
		by, is := why.ReplacedBy()
		if !is {
			return a.hasNow(ctx, last)
		}
		imp, err := a.Ledger.Import(ctx, by.Import)
		if errors.Is(err, ledger.ErrNotFound) || err == nil && by.Row > imp.Rows {
			return takenOver{Owner: by}, nil
		}
		if err != nil {
			return last, err
		}
		bytes, err := a.Ledger.RowBytes(ctx, by.Import, by.Row, by.Row)
		if err != nil {
			return last, err
		}
		reasons, err := a.Ledger.Reasons(ctx, by.Import, []int{by.Row})
		if err != nil {
			return last, err
		}
		last, why = takenOver{Owner: by, state: bytes[0].State(), kept: true}, reasons[0]
	}
	return last, nil
}

// hasNow returns the row that has an email by now whose last row has come to nothing, such as that of the same list,
// which was imported again; the row itself where there is none, or it cannot be found out any more.
func (a *Account) hasNow(ctx context.Context, last takenOver) (takenOver, error) {
	if !last.kept || last.state.Class() != ledger.Released {
		return last, nil
	}
	imp, err := a.Ledger.Import(ctx, last.Import)
	if err != nil {
		return last, err
	}
	g, err := a.storedGuest(ctx, imp, last.Row)
	if err != nil || g.ID == "" {
		return last, err
	}
	owner, found, err := a.index().EmailOwner(ctx, g.EventID, g.ID, g.TemplateID)
	if err != nil || !found || owner == last.Owner {
		return last, err
	}
	bytes, err := a.Ledger.RowBytes(ctx, owner.Import, owner.Row, owner.Row)
	if err != nil || bytes[0].State().Class() == ledger.Released {
		return last, err
	}
	return takenOver{Owner: owner, state: bytes[0].State(), kept: true}, nil
}

// takenOverText says why a row is not sent again that was cancelled for this reason: its email goes by a later list,
// or went, or came to nothing there.
func (a *Account) takenOverText(ctx context.Context, why ledger.Reason) (string, error) {
	last, err := a.takenOver(ctx, why)
	if err != nil || last.Import == "" {
		return why.Text, err
	}
	switch refusal := ResendRefusal(last.state, last.Import); {
	case !last.kept:
		return fmt.Sprintf("a later list has corrected the guest before the email has left: it was taken over by "+
			"row %d of import %s, which is no longer kept", last.Row, last.Import), nil
	case refusal == "":
		return fmt.Sprintf("a later list has corrected the guest before the email has left: it is that of row %d of "+
			"import %s, which is %s; to send that one again: guestflow resend %s %d", last.Row, last.Import, last.state, last.Import,
			last.Row), nil
	case last.state.Class() == ledger.Open:
		return fmt.Sprintf("a later list has corrected the guest before the email has left: it goes by row %d of "+
			"import %s", last.Row, last.Import), nil
	default:
		return fmt.Sprintf("a later list has corrected the guest before the email has left: it was to go by row %d "+
			"of import %s, which is %s; %s", last.Row, last.Import, last.state, refusal), nil
	}
}

// searchTakenOver is for how long emails are looked for that an import has taken over, before it is cancelled.
const searchTakenOver = 5 * time.Second

// takenFrom are the rows of an import that have taken emails over, by the imports that were to send them before.
type takenFrom struct {
	rows map[string][]int
	all  bool // all imports were looked at
}

// takenFrom looks through the cancelled rows of the account's other imports, for some seconds at most.
func (a *Account) takenFrom(ctx context.Context, id string) (takenFrom, error) {
	from := takenFrom{rows: map[string][]int{}, all: true}
	imports, err := a.Ledger.Imports(ctx, 0)
	if err != nil {
		return from, err
	}
	within, cancel := context.WithTimeout(ctx, searchTakenOver)
	defer cancel()
	for _, imp := range imports {
		if imp.ID == id || imp.Counts[ledger.Cancelled] == 0 {
			continue
		}
		err := a.Ledger.EachReason(within, imp.ID, ledger.Cancelled, func(why ledger.Reason) {
			if to, is := why.ReplacedBy(); is && to.Import == id {
				from.rows[imp.ID] = append(from.rows[imp.ID], to.Row)
			}
		})
		if err != nil && within.Err() != nil && ctx.Err() == nil {
			from.all = false
			return from, nil
		}
		if err != nil {
			return from, err
		}
	}
	return from, nil
}

// count returns how many of the rows are in a state, by import.
func (f takenFrom) count(states map[int]ledger.State, in func(ledger.State) bool) map[string]int {
	counts := map[string]int{}
	for imp, rows := range f.rows {
		for _, row := range rows {
			if s, known := states[row]; known && in(s) {
				counts[imp]++
			}
		}
	}
	return counts
}

// statesOf returns the states of the rows that have taken emails over; of those that are named, where some are.
func (a *Account) statesOf(ctx context.Context, id string, f takenFrom, named []int) (map[int]ledger.State, error) {
	states := map[int]ledger.State{}
	for _, rows := range f.rows {
		first, last := slices.Min(rows), slices.Max(rows)
		bytes, err := a.Ledger.RowBytes(ctx, id, first, last)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if named == nil || slices.Contains(named, row) {
				states[row] = bytes[row-first].State()
			}
		}
	}
	return states, nil
}

// CancelWarnings say before an import, or some rows of it, are cancelled what becomes of emails by that, beside that
// they do not leave.
func (a *Account) CancelWarnings(ctx context.Context, id string, named []int) (list []string, err error) {
	waits := func(s ledger.State) bool { return s.Class() == ledger.Open }
	n, from, err := a.countTaken(ctx, id, named, waits)
	if err != nil {
		return nil, err
	}
	if n > 0 {
		list = append(list, plural.Word(n, fmt.Sprintf("1 of these emails was taken over from import %s, and goes "+
			"from neither then", from),
			fmt.Sprintf("%d of these emails were taken over from import %s, and go from neither then", n, from))+
			"; to have that otherwise, import this list again: guestflow import FILE --again")
	}
	waiting, err := a.waitingFor(ctx, id)
	switch {
	case len(waiting) == 0:
	case named != nil: // for which rows they wait is only known once they go on
		list = append(list, fmt.Sprintf("rows of import %s wait for guests of this one: where they wait for the rows that are "+
			"cancelled, they go on, with their emails",
			strings.Join(waiting, ", ")))
	default:
		list = append(list, fmt.Sprintf("rows of import %s wait for guests of this one: once those are cancelled, "+
			"they go on, with their emails",
			strings.Join(waiting, ", ")))
	}
	return list, err
}

// waitingFor lists imports with rows that wait for those of an import, as their workers have found within the last
// half minute.
func (a *Account) waitingFor(ctx context.Context, id string) (list []string, err error) {
	imports, err := a.Ledger.Imports(ctx, 0)
	if err != nil {
		return nil, err
	}
	imports = slices.DeleteFunc(imports, func(i ledger.Import) bool {
		return i.Done() || i.Stopped == ledger.StoppedCancelled
	})
	waits, err := a.Ledger.Notes.WaitsFor(ctx, imports...)
	for _, i := range imports {
		if waits[i.ID] == id {
			list = append(list, i.ID)
		}
	}
	return list, err
}

// goneWith says after rows were cancelled which emails go from nowhere by that.
func (a *Account) goneWith(ctx context.Context, id string, named []int) (string, error) {
	n, from, err := a.countTaken(ctx, id, named, func(s ledger.State) bool { return s == ledger.Cancelled })
	if n == 0 || err != nil {
		return "", err
	}
	return plural.Word(n,
		fmt.Sprintf("1 of these emails was taken over from import %s, and goes from neither until this list is "+
			"imported again", from),
		fmt.Sprintf("%d of these emails were taken over from import %s, and go from neither until this list is "+
			"imported again", n, from)), nil
}

// countTaken counts the rows in a state that have taken emails over, and lists from which imports.
func (a *Account) countTaken(
	ctx context.Context, id string, named []int, in func(ledger.State) bool,
) (n int, of string, err error) {
	from, err := a.takenFrom(ctx, id)
	if err != nil || len(from.rows) == 0 {
		return 0, "", err
	}
	states, err := a.statesOf(ctx, id, from, named)
	if err != nil {
		return 0, "", err
	}
	counts := from.count(states, in)
	for _, rows := range counts {
		n += rows
	}
	imports := slices.Sorted(maps.Keys(counts))
	if rest := len(imports) - maxFrom; rest > 0 {
		imports = append(imports[:maxFrom], fmt.Sprintf("%d more", rest))
	}
	if !from.all {
		imports = append(imports, "and perhaps of others, as not all were looked through")
	}
	return n, strings.Join(imports, ", "), nil
}

// withGone is the result of a cancellation with what goes from nowhere by it. What was done is done, also where that
// cannot be found out.
func (a *Account) withGone(ctx context.Context, result, id string, named []int) (string, error) {
	gone, err := a.goneWith(ctx, id, named)
	if err != nil || gone == "" {
		return result, ctx.Err()
	}
	return result + "; " + gone, nil
}

// maxFrom is how many imports are named that emails were taken over from.
const maxFrom = 3
