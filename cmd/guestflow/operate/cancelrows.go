package operate

import (
	"context"
	"fmt"
	"slices"

	"guestflow/importer/ledger"
	"guestflow/importer/plural"
)

// CancelledRow is a row that is to be cancelled, as it is before that.
type CancelledRow struct {
	Row   int
	State ledger.State
}

// MayBeCancelled reports whether the row waits, so that it is cancelled if nothing of it has begun.
func (r CancelledRow) MayBeCancelled() bool { return MayCancelRow(r.State) }

// MayCancelRow reports whether a row in a state may be cancelled by itself.
func MayCancelRow(s ledger.State) bool {
	return s == ledger.Queued || s == ledger.Parked || s == ledger.ParkedTried
}

// RowsToCancel returns rows of an import as they are now, and refuses what CancelRows would refuse of the import.
func (a *Account) RowsToCancel(ctx context.Context, id string, numbers []int) (imp ledger.Import, list []CancelledRow, err error) {
	if imp, err = a.cancellable(ctx, id, numbers); err != nil {
		return imp, nil, err
	}
	for _, row := range numbers {
		bytes, err := a.Ledger.RowBytes(ctx, id, row, row)
		if err != nil {
			return imp, nil, err
		}
		list = append(list, CancelledRow{row, bytes[0].State()})
	}
	return imp, list, nil
}

// cancellable returns an import that has rows with these numbers and may be cancelled.
func (a *Account) cancellable(ctx context.Context, id string, numbers []int) (ledger.Import, error) {
	imp, err := a.Ledger.Import(ctx, id)
	if err == nil {
		err = Cancel.Allowed(imp)
	}
	if len(numbers) == 0 || err != nil {
		return imp, err
	}
	if last := numbers[len(numbers)-1]; last > imp.Rows {
		return imp, refuse("import %s has %s, and no row %d", imp.ID, rows(imp.Rows), last)
	}
	return imp, nil
}

// CancelRows cancels some rows of an import that wait, such as those of guests who are gone from a corrected list.
// Rows whose emails are out, or may be, stay as they are. It returns what became of them, and refuses where none
// waits.
func (a *Account) CancelRows(ctx context.Context, who Actor, id string, numbers []int) (result string, err error) {
	imp, err := a.cancellable(ctx, id, numbers)
	if err != nil {
		return "", err
	}
	before := plural.Word(len(numbers), "row ", "rows ") + rowList(numbers) + "; " + stateText(imp)
	err = a.Audited(ctx, who, string(Cancel), id, before, func() (string, error) {
		cancelled, err := a.Ledger.CancelWaiting(ctx, id, numbers)
		if err != nil {
			return "", err
		}
		var left []int
		for i, row := range numbers {
			if !cancelled[i] {
				left = append(left, row)
			}
		}
		result, err = cancelledRows(len(numbers)-len(left), left)
		if err == nil {
			result, err = a.withGone(ctx, result, id, slices.DeleteFunc(slices.Clone(numbers), func(row int) bool {
				return slices.Contains(left, row)
			}))
		}
		return result, err
	})
	return result, err
}

// cancelledRows says how many rows were cancelled, and which were not.
func cancelledRows(n int, left []int) (string, error) {
	text := ""
	if len(left) > 0 {
		text = plural.Word(len(left), fmt.Sprintf("row %s is on its way already, or settled", rowList(left)),
			fmt.Sprintf("rows %s are on their way already, or settled", rowList(left)))
	}
	if n == 0 {
		return "", refuse("nothing is cancelled: %s", text)
	}
	done := plural.Of(n, "row was", "rows were") + " cancelled"
	if text != "" {
		done += "; " + text
	}
	return done, nil
}
