package operate

import (
	"context"

	"guestflow/importer"
	"guestflow/importer/ledger"
)

// Plan plans the import of a file beside what earlier imports of the account have done.
func (a *Account) Plan(ctx context.Context, path string, to importer.Settings) (importer.Plan, error) {
	return importer.MakePlan(ctx, path, to.Beside(a.Ledger))
}

// HeldRows returns the question about rows of an import that are held, or nil. Of an import that was there before it
// is what is still to be decided by now.
func (a *Account) HeldRows(ctx context.Context, plan importer.Plan, imp ledger.Import, ours bool) (*importer.FileError, error) {
	if !ours {
		return plan.HeldRows(plan.Near.Held()), nil
	}
	held, err := a.Importer.HeldNearMisses(ctx, imp.ID)
	return plan.HeldRows(held), err
}
