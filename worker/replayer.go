package worker

import (
	"context"
	"log/slog"

	"guestflow/importer/ledger"
)

// replayer writes the end of this process's journal once more when Redis has lost its last writes. It runs as long as
// calls are made: the other processes wait for a few beats only.
type replayer struct {
	ledger *ledger.Ledger
	log    *slog.Logger
}

// Run checks once a second until ctx ends.
func (r *replayer) Run(ctx context.Context) { every(ctx, ledger.PulseEvery, r.check) }

func (r *replayer) check(ctx context.Context) {
	back, err := r.ledger.Journal.Pulse(ctx)
	warn(ctx, r.log, "cannot check whether Redis has kept what was written", err)
	switch {
	case back == nil:
	case back.Certain:
		r.log.WarnContext(ctx, "Redis has lost its last writes, as after a crash or a failover; "+
			"what this process knows of its calls is written again",
			"rows", back.Rows)
	default:
		r.log.InfoContext(ctx, "Redis was restarted, or a replica has taken its place; "+
			"what this process wrote last is written again in case it was lost",
			"rows", back.Rows)
	}
}
