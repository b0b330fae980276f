package importer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"guestflow/importer/ledger"
)

// GivenAgain is a list that was imported before and is given once more, after a later list had some of its guests
// otherwise: what it says counts anew, by a further import.
type GivenAgain struct {
	Import string `json:"import"`         // which had the list before
	Rows   int    `json:"rows,omitempty"` // of that import: their emails went by later imports, or are to
}

// Text says so; "" for nil.
func (g *GivenAgain) Text() string {
	switch {
	case g == nil:
		return ""
	case g.Rows == 0:
		return fmt.Sprintf("import %s had this list before, and a later list has guests of it since, whose emails wait: "+
			"as it is given again, it counts anew, by a further import", g.Import)
	}
	return fmt.Sprintf("import %s had this list before, and a later list has taken emails over since, of its rows %d: "+
		"as it is given again, it counts anew, by a further import", g.Import, g.Rows)
}

// AsGiven returns the plan as the import that does what a list says which is given now. Mostly that is the one of its
// content and settings. Where that is there already, and a later list has its guests at other addresses since, it is a
// further import: what a person gave last counts. It is the same for every repetition, so that a list that is given
// twice is imported once. same reports whether an import was begun by this very file, which then goes on; it may be nil.
func (p Plan) AsGiven(ctx context.Context, l *ledger.Ledger, same func(ledger.Import) bool) (Plan, error) {
	if p.Settings.Resend || p.Settings.Resends != nil {
		return p, nil
	}
	for {
		imp, err := l.Import(ctx, p.Import)
		if errors.Is(err, ledger.ErrNotFound) {
			return p, nil
		}
		if err != nil || imp.Stopped == ledger.StoppedCancelled || same != nil && same(imp) {
			return p, err
		}
		since, superseded, err := p.Superseded(ctx, l, imp)
		if err != nil || !superseded {
			return p, err
		}
		p = p.WithAgain(afterImport(p.Import))
		p.GivenAgain = &since
	}
}

// afterImport is the Again of the import that follows one of the same list.
func afterImport(id string) string { return "after " + id }

// Superseded reports whether a later list has guests of an import of the plan's list, such that their emails went as
// that list has them, or may.
func (p Plan) Superseded(ctx context.Context, l *ledger.Ledger, imp ledger.Import) (GivenAgain, bool, error) {
	if p.Settings.Resend {
		return GivenAgain{}, false, nil
	}
	rows, err := l.Replaced(ctx, imp)
	if err != nil || rows > 0 {
		return GivenAgain{Import: imp.ID, Rows: rows}, rows > 0, err
	}
	for _, id := range p.takesFrom {
		later, err := l.Import(ctx, id)
		if errors.Is(err, ledger.ErrNotFound) {
			continue
		}
		if err != nil {
			return GivenAgain{}, false, err
		}
		if later.LaterThan(imp) {
			return GivenAgain{Import: imp.ID}, true, nil
		}
	}
	awaited, err := l.Awaited(ctx, imp)
	return GivenAgain{Import: imp.ID}, awaited, err
}

// maxTakesFrom is of how many imports a plan notes that it has emails go otherwise.
const maxTakesFrom = 32

// takeFrom notes an import whose email goes as the plan has its guest.
func (p *Plan) takeFrom(id string) {
	if len(p.takesFrom) < maxTakesFrom && !slices.Contains(p.takesFrom, id) {
		p.takesFrom = append(p.takesFrom, id)
	}
}
