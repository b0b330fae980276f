package operate

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
func (a *Account) RowsToCancel(
	ctx context.Context, id string, numbers []int,
) (imp ledger.Import, list []CancelledRow, err error) {
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
	before := plural.Word(len(numbers), "row ", "rows ") + RowList(numbers) + "; " + stateText(imp)
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
		written, left, err := a.stillWritten(ctx, id, left)
		if err != nil {
			return "", err
		}
		result, err = cancelledRows(len(numbers)-len(left)-len(written), left, written)
		if err == nil {
			result, err = a.withGone(ctx, result, id, slices.DeleteFunc(slices.Clone(numbers), func(row int) bool {
				return slices.Contains(left, row) || slices.Contains(written, row)
			}))
		}
		return result, err
	})
	return result, err
}

// stillWritten returns which of some rows that were not cancelled wait for their emails, and have only their guests
// being written, and which others there are.
func (a *Account) stillWritten(ctx context.Context, id string, rows []int) (written, others []int, err error) {
	for _, row := range rows {
		bytes, err := a.Ledger.RowBytes(ctx, id, row, row)
		if err != nil {
			return nil, nil, err
		}
		if b := bytes[0]; MayCancelRow(b.State()) && b.HasFlag(ledger.Tried) && !b.HasFlag(ledger.MaybeSent) {
			written = append(written, row)
		} else {
			others = append(others, row)
		}
	}
	return written, others, nil
}

// cancelledRows says how many rows were cancelled, and which were not.
func cancelledRows(n int, left, written []int) (string, error) {
	var parts []string
	if n > 0 {
		parts = append(parts, plural.Of(n, "row was", "rows were")+" cancelled")
	}
	if len(left) > 0 {
		parts = append(parts, plural.Word(len(left), fmt.Sprintf("row %s is on its way already, or settled",
			RowList(left)),
			fmt.Sprintf("rows %s are on their way already, or settled", RowList(left))))
	}
	if len(written) > 0 {
		parts = append(parts, fmt.Sprintf("of row %s the guest was written within the last minute: cancel it once "+
			"that is over", RowList(written)))
	}
	text := strings.Join(parts, "; ")
	if n == 0 {
		return "", refuse("nothing is cancelled: %s", text)
	}
	return text, nil
}
