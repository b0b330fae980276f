package console

import (
	"context"

	"guestflow/importer/ledger"
	"guestflow/worker/gate"
)

// parkedShown is what waits for a gate.
type parkedShown struct {
	Gates   []gate.Closed
	Imports []ledger.Import
	Rows    int
}

func parkedPage(ctx context.Context, r *request) (page, error) {
	o, err := r.Overview(ctx)
	shown := parkedShown{Gates: o.Gates, Rows: o.Parked}
	for _, p := range o.Running {
		if p.Counts.Parked() > 0 {
			shown.Imports = append(shown.Imports, p.Import)
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
