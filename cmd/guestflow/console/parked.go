package console

import (
	"context"
	"time"

	"guestflow/importer/ledger"
	"guestflow/worker/gate"
)

// parkedShown is what waits for a gate, or did and has not gone out yet.
type parkedShown struct {
	Gates     []gate.Closed
	Imports   []ledger.Import
	Rows      int
	Releasing int           // of them, those that nothing keeps
	Remaining time.Duration // until they are out
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

func schedulesPage(ctx context.Context, r *request) (page, error) {
	list, err := r.Schedules(ctx)
	return page{Template: "schedules", Title: "Schedules", Live: true, Data: list}, err
}

func helpPage(context.Context, *request) (page, error) {
	return page{Template: "help", Title: "Help"}, nil
}
