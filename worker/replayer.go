package worker

import (
	"context"
	"time"

	"guestflow/importer/ledger"
)

// keepBeating looks once a second whether Redis has lost what this process wrote. It has a goroutine of its own: the other processes
// wait for a few beats only, and a probe may take longer.
func (h *handler) keepBeating(ctx context.Context) {
	tick := time.NewTicker(ledger.PulseEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			h.beat(ctx)
		}
	}
}

func (h *handler) beat(ctx context.Context) {
	back, err := h.ledger.Pulse(ctx)
	h.tell(ctx, "cannot look whether Redis has kept what was written", err)
	switch {
	case back == nil:
	case back.Certain:
		h.log.WarnContext(ctx, "Redis has lost its last writes, as after a crash or a failover; what this process knows of its calls is written down again",
			"rows", back.Rows)
	default:
		h.log.InfoContext(ctx, "Redis was restarted, or a replica has taken its place; what this process wrote last is written down again, should it be lost",
			"rows", back.Rows)
	}
}
