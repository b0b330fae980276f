package console

import (
	"context"
	"time"

	"guestflow/importer/ledger"
	"guestflow/worker/gate"
)

// parkedShown is what waits for a gate, or is being released.
type parkedShown struct {
	Gates     []gate.Closed
	Imports   []ledger.Import
	Rows      int
	Releasing int           // rows of them that are being released
	Remaining time.Duration // until those are released
}

func parkedPage(ctx context.Context, r *request) (page, error) {
	o, err := r.Overview(ctx)
	shown := parkedShown{Gates: o.Gates, Rows: o.Parked}
	for _, p := range o.Running {
		if p.Counts.Parked() > 0 {
			shown.Imports = append(shown.Imports, p.Import)
			if p.Stall == "" {
				shown.Releasing += p.Counts.Parked()
				shown.Remaining = max(shown.Remaining, p.RemainingParked)
			}
		}
	}
	return page{Template: "parked", Title: "Parked", Live: true, Data: shown}, err
}
