package console

import (
	"context"
	"strconv"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/ledger"
)

// cancelRowsShown asks which rows of an import are to be cancelled, and once they are named whether they are.
type cancelRowsShown struct {
	Import   ledger.Import
	Typed    string
	Rows     []operate.CancelledRow
	Warnings []string
}

// Waiting is how many of the rows wait, and would be cancelled.
func (s cancelRowsShown) Waiting() (n int) {
	for _, r := range s.Rows {
		if r.MayBeCancelled() {
			n++
		}
	}
	return n
}

func cancelRowsPage(ctx context.Context, r *request) (page, error) {
	if !r.User.Operator {
		return page{}, errOperator
	}
	shown := cancelRowsShown{Typed: r.FormValue("rows")}
	var numbers []int
	var err error
	if shown.Typed != "" {
		if numbers, err = operate.ParseRows(shown.Typed); err != nil {
			return page{}, err
		}
	}
	if shown.Import, shown.Rows, err = r.RowsToCancel(ctx, r.PathValue("id"), numbers); err != nil {
		return page{}, err
	}
	if len(numbers) > 0 {
		shown.Warnings, err = r.cancelWarnings(ctx, shown.Import.ID, numbers)
	}
	return page{Template: "cancelrows", Title: "Cancel rows", Data: shown}, err
}

// cancelWarnings are sentences about what becomes of emails that an operator may not expect.
func (r *request) cancelWarnings(ctx context.Context, id string, numbers []int) ([]string, error) {
	list, err := r.CancelWarnings(ctx, id, numbers)
	for i, text := range list {
		list[i] = sentence(text)
	}
	return list, err
}

// cancelRows cancels rows that are named, as far as they wait.
func cancelRows(ctx context.Context, r *request) (next, flash string, err error) {
	id := r.PathValue("id")
	numbers, err := operate.ParseRows(r.PostFormValue("rows"))
	if err != nil {
		return "", "", err
	}
	result, err := r.CancelRows(ctx, r.actor(), id, numbers)
	next = r.at("imports", id)
	if len(numbers) == 1 {
		next = r.at("imports", id, "rows", strconv.Itoa(numbers[0]))
	}
	return next, sentence(result), err
}
