package report

import (
	"context"

	"guestflow/importer/ledger"
	"guestflow/importer/reason"
)

// LeftOut is why rows of an import are left out of it.
type LeftOut struct {
	Rule    int `json:"by_rule,omitempty"` // they are not meant
	Held    int `json:"held,omitempty"`    // like a known guest, or a person of the list twice; until a person decides
	Skipped int `json:"skipped,omitempty"` // such ones of which a person has decided it
}

// CountLeftOut counts the rows of an import that are left out. It reads their reasons, a round trip for a thousand.
func CountLeftOut(ctx context.Context, l *ledger.Ledger, imp ledger.Import) (n LeftOut, err error) {
	if imp.Counts[ledger.Filtered] == 0 {
		return n, nil
	}
	err = l.EachReason(ctx, imp.ID, ledger.Filtered, func(why ledger.Reason) {
		switch why.Code {
		case reason.NearMissHeld:
			n.Held++
		case reason.NearMissSkipped:
			n.Skipped++
		default:
			n.Rule++
		}
	})
	return n, err
}
