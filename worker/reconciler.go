package worker

import (
	"context"
	"slices"
	"time"

	"guestflow/importer/chunk"
	"guestflow/qflow"
	"guestflow/worker/gate"
)

// keepEvery is how often a process looks at the gates: one round trip, and an open gate is noticed within it.
const keepEvery = time.Second

// keep looks after the gates until the worker stops: it probes closed ones when a probe is due, and lets parked work go when
// the last one opens. It works from what is, not from events: a process that was killed half-way is repaired by the next look.
// So are importers, and tasks that are missing, which it looks for now and then.
func (h *handler) keep(ctx context.Context) {
	tick, sweeps, looks := time.NewTicker(keepEvery), time.NewTicker(sweepEvery), time.NewTicker(straysEvery)
	defer tick.Stop()
	defer sweeps.Stop()
	defer looks.Stop()
	strays, clocks := h.strays(), h.clocks()
	h.tell(ctx, "cannot compare the clocks", clocks.look(ctx))
	h.tell(ctx, "cannot look for imports that an earlier version has left half-way", h.ledger.Backfill(ctx))
	h.tell(ctx, "cannot look after imports that were left half-way", h.sweep(ctx))
	h.tell(ctx, "cannot look for tasks that no worker has", h.recoverOrphans(ctx))
	for {
		select {
		case <-h.stop:
			return
		case <-tick.C:
			h.tell(ctx, "cannot look after the gates", h.tend(ctx))
		case <-sweeps.C:
			h.tell(ctx, "cannot look after imports that were left half-way", h.sweep(ctx))
			h.tell(ctx, "cannot compare the clocks", clocks.look(ctx))
		case <-looks.C:
			h.tell(ctx, "cannot look for rows in line without a task", strays.look(ctx))
		}
	}
}

// tell says that the keeper's work was in vain: it is done again.
func (h *handler) tell(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		h.log.WarnContext(ctx, what, "error", err)
	}
}

func (h *handler) tend(ctx context.Context) error {
	paused, err := h.queues.Held(ctx) // before the gates: what is held now and open then may be released
	if err != nil {
		return err
	}
	closed, err := h.gates.Closed(ctx)
	if err != nil {
		return err
	}
	for _, g := range qflow.Gates {
		switch list := of(closed, g); {
		case len(list) > 0:
			err = h.hold(ctx, list, paused[g])
		case paused[g]:
			err = h.release(ctx, g)
		}
		if err != nil {
			return err
		}
	}
	return h.probeDue(ctx, closed)
}

// of gives the closed gates of a kind: the whole one, or its parts.
func of(closed []gate.Closed, kind qflow.Gate) (list []gate.Closed) {
	for _, c := range closed {
		if c.Gate == kind {
			list = append(list, c)
		}
	}
	return list
}

// hold keeps a closed gate's queue paused. It is one queue for all parts of a gate: if one has opened, the chunks are led back
// to their lanes, from which those that wait for another part come again.
func (h *handler) hold(ctx context.Context, list []gate.Closed, paused bool) error {
	g := list[0].Gate
	switch held := slices.ContainsFunc(list, func(c gate.Closed) bool { return c.QueuePaused }); {
	case held && paused && list[0].IsMixed():
		if err := h.queues.Return(ctx, g); err != nil {
			return err
		}
		return h.gates.ClearMixed(ctx, list[0])
	case held && paused:
		return nil
	case held:
		return h.freed(ctx, g)
	}
	if err := h.queues.Hold(ctx, g); err != nil {
		return err
	}
	return h.gates.SetQueuePaused(ctx, g)
}

// release lets what was parked run, if its gate is still open. It says so before, since the gate may close again before the
// queue runs: that nobody then takes for a person's doing.
func (h *handler) release(ctx context.Context, g qflow.Gate) error {
	may, err := h.gates.BeginRelease(ctx, g)
	if err != nil || !may {
		return err
	}
	return h.queues.Release(ctx, g)
}

// freed is for a queue that runs though its gate is closed. A person who unpauses it, in Asynqmon say, wants what is parked to
// be tried: that is a probe, now. If it passes everything goes; and if not, one call was refused and not all of them.
func (h *handler) freed(ctx context.Context, g qflow.Gate) error {
	paused, err := h.queues.Held(ctx) // another process may have been between our looks
	if err != nil || paused[g] {
		return err
	}
	first, err := h.gates.QueueUnpaused(ctx, g)
	if err != nil || !first {
		return err
	}
	h.log.InfoContext(ctx, "the parked queue was unpaused by hand: the gate is probed now", "gate", g)
	if err := h.queues.Hold(ctx, g); err != nil {
		return err
	}
	return h.gates.SetQueuePaused(ctx, g)
}

// unpark leads a chunk from a parked queue back into its lane, if its gate is open.
func (h *handler) unpark(ctx context.Context, queue string, ref chunk.Ref) error {
	closed, err := h.gates.Closed(ctx)
	if err != nil {
		return err
	}
	for _, c := range closed {
		if chunk.Parked(ref.Account, c.Gate) != queue {
			continue
		}
		if err := h.freed(ctx, c.Gate); err != nil {
			return err
		}
		return h.queues.Park(ctx, c.Gate, ref.Next())
	}
	return h.queues.Enqueue(ctx, ref.Next())
}

func (h *handler) probeDue(ctx context.Context, closed []gate.Closed) error {
	due, err := h.gates.Due(ctx, closed)
	if err != nil {
		return err
	}
	for _, c := range due {
		if err := h.probe(ctx, c, closed); err != nil {
			return err
		}
	}
	return nil
}
