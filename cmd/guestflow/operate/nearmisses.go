package operate

import (
	"context"

	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/spool"
)

// Plan plans the import of a file beside what earlier imports of the account have done.
func (a *Account) Plan(ctx context.Context, path string, to importer.Settings) (importer.Plan, error) {
	to.Locate = spool.Locate
	return importer.MakePlan(ctx, path, to.Beside(a.Ledger))
}

// HeldRows returns the question about rows of an import that are held, and how many are; nil without any. Of an import
// that another file brought it is what is still to be decided by now.
func (a *Account) HeldRows(
	ctx context.Context, plan importer.Plan, imp ledger.Import, ours bool,
) (question *importer.FileError, held int, err error) {
	if held = plan.Near.Held(); ours {
		held, err = a.Importer.HeldNearMisses(ctx, imp.ID)
	}
	return plan.HeldRows(held), held, err
}
