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

// maxAnswered is among how many imports, the newest, the one is looked for whose rows are decided about.
const maxAnswered = 500

// AsAnswer returns a plan that decides about rows that its list has left out before, with the place of that list: an
// answer says who a row is, and not that its list came later than the others. So a list that came after it counts.
func (a *Account) AsAnswer(ctx context.Context, plan importer.Plan) (importer.Plan, error) {
	to := plan.Settings.Spec
	if to.NearMisses == "" || to.Again != "" || !plan.Settings.Given.IsZero() {
		return plan, nil
	}
	newest, err := a.Ledger.Imports(ctx, maxAnswered)
	if err != nil {
		return plan, err
	}
	for _, imp := range newest {
		if to.NearMisses = imp.NearMisses; imp.SHA256 != plan.SHA256 || imp.ID == plan.Import || to.ImportID(plan.SHA256) != imp.ID {
			continue
		}
		held, err := a.Importer.HeldNearMisses(ctx, imp.ID)
		if err != nil || held == 0 {
			return plan, err
		}
		if plan.Settings.Given = imp.Given; imp.Given.IsZero() {
			plan.Settings.Given = imp.Started
		}
		break
	}
	return plan, nil
}
