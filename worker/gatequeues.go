package worker

import (
	"context"
	"log/slog"
	"slices"

	"guestflow/importer/chunk"
	"guestflow/importer/queue"
	"guestflow/qflow"
	"guestflow/worker/gate"
)

// gateQueues are the queues in which chunks wait for a gate. Each is paused while its gate, or a part of it, is closed.
type gateQueues struct {
	gates  *gate.Gates
	queues *queue.Queues
	log    *slog.Logger
}

// pauseFirst pauses a gate's queue before anything is put into it, so that nothing comes straight back. It does so once
// for each closing: an operator who unpauses the queue meanwhile wants a probe, and a chunk that comes late must not
// overrule that.
func (q *gateQueues) pauseFirst(ctx context.Context, g qflow.Gate) error {
	closed, err := q.gates.Closed(ctx)
	if err != nil {
		return err
	}
	for _, c := range closed {
		if c.Gate == g && !c.QueuePaused {
			return q.pause(ctx, g)
		}
	}
	return nil // paused already, or open by now: then what is parked comes straight back, as it should
}

func (q *gateQueues) pause(ctx context.Context, g qflow.Gate) error {
	if err := q.queues.Pause(ctx, g); err != nil {
		return err
	}
	return q.gates.SetQueuePaused(ctx, g)
}

// park puts a chunk's next task into a gate's queue. If the gate, or the part of it that the chunk waits for, has
// opened just before, it would wait there behind another part's gate; so that is noted, and reconcile returns the
// chunk.
func (q *gateQueues) park(ctx context.Context, name qflow.Gate, ref chunk.Ref) error {
	if err := q.queues.Park(ctx, name.Kind(), ref.Next()); err != nil {
		return err
	}
	if name.Kind() != qflow.GatePlan { // it has no parts, and its queue is released when it opens
		return nil
	}
	closed, err := q.gates.Closed(ctx)
	if err != nil {
		return err
	}
	parts := ofKind(closed, name.Kind())
	if len(parts) == 0 || slices.ContainsFunc(parts, func(c gate.Closed) bool {
		return c.Event == "" ||
			c.Name() == name
	}) {
		return nil
	}
	return q.gates.MarkMixed(ctx, name)
}

// unpark returns a chunk from a gate's queue to its lane, if the gate is open.
func (q *gateQueues) unpark(ctx context.Context, name string, ref chunk.Ref) error {
	closed, err := q.gates.Closed(ctx)
	if err != nil {
		return err
	}
	for _, c := range closed {
		if queue.ParkedQueue(ref.Account, c.Gate) != name {
			continue
		}
		if err := q.unpausedManually(ctx, c.Gate); err != nil {
			return err
		}
		return q.queues.Park(ctx, c.Gate, ref.Next())
	}
	return q.queues.Enqueue(ctx, ref.Next())
}

// unpausedManually is for a queue that runs though its gate is closed. An operator who unpauses it, in Asynqmon say,
// wants what is parked to be tried: that is a probe, now. If it passes everything goes; and if not, one call was
// refused and not all of them.
func (q *gateQueues) unpausedManually(ctx context.Context, g qflow.Gate) error {
	paused, err := q.queues.Paused(ctx) // another process may have paused it since it was read
	if err != nil || paused[g] {
		return err
	}
	first, err := q.gates.QueueUnpaused(ctx, g)
	if err != nil || !first {
		return err
	}
	q.log.InfoContext(ctx, "the parked queue was unpaused manually: the gate is probed now", "gate", g)
	return q.pause(ctx, g)
}

// ofKind returns the closed gates of a kind: the whole one, or its parts.
func ofKind(closed []gate.Closed, kind qflow.Gate) (list []gate.Closed) {
	for _, c := range closed {
		if c.Gate == kind {
			list = append(list, c)
		}
	}
	return list
}
