package operate

import (
	"context"
	"fmt"

	"guestflow/importer/plural"
)

// CancelRows cancels some rows of an import that wait, such as those of guests who are gone from a corrected list.
// Rows whose emails are out, or may be, stay as they are. It returns what became of them, and refuses where none
// waits.
func (a *Account) CancelRows(ctx context.Context, who Actor, id string, numbers []int) (result string, err error) {
	imp, err := a.Ledger.Import(ctx, id)
	if err == nil {
		err = Cancel.Allowed(imp)
	}
	if err != nil {
		return "", err
	}
	if last := numbers[len(numbers)-1]; last > imp.Rows {
		return "", refuse("import %s has %s, and no row %d", imp.ID, rows(imp.Rows), last)
	}
	target := id + " " + rowList(numbers)
	err = a.Audited(ctx, who, string(Cancel), target, stateText(imp), func() (string, error) {
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
		return result, err
	})
	return result, err
}

// cancelledRows says how many rows were cancelled, and which were not.
func cancelledRows(n int, left []int) (string, error) {
	text := ""
	if len(left) > 0 {
		text = fmt.Sprintf("%s %s %s on its way already, or settled",
			plural.Word(len(left), "row", "rows"), rowList(left), plural.Word(len(left), "is", "are"))
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
