package worker

import (
	"context"
	"slices"
	"time"

	"guestflow/qflow"
	"guestflow/worker/gate"
)

// gateReconciler keeps the queues of closed gates paused, and releases those of open ones.
type gateReconciler struct {
	*gateQueues
	interval time.Duration
}

// Run reconciles until ctx ends.
func (r *gateReconciler) Run(ctx context.Context) {
	every(ctx, r.interval, func(ctx context.Context) {
		warn(ctx, r.log, "cannot reconcile the gates' queues",
			r.reconcile(ctx))
	})
}

func (r *gateReconciler) reconcile(ctx context.Context) error {
	paused, err := r.queues.Paused(ctx) // before the gates: what is paused now and open then may be released
	if err != nil {
		return err
	}
	closed, err := r.gates.Closed(ctx)
	if err != nil {
		return err
	}
	for _, g := range qflow.Gates {
		switch parts := ofKind(closed, g); {
		case len(parts) > 0:
			err = r.keepPaused(ctx, parts, paused[g])
		case paused[g]:
			err = r.release(ctx, g)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keepPaused keeps a closed gate's queue paused. It is one queue for all parts of a gate: if one has opened, the chunks
// are returned to their lanes, from which those that wait for another part come again.
func (r *gateReconciler) keepPaused(ctx context.Context, parts []gate.Closed, paused bool) error {
	g := parts[0].Gate
	switch was := slices.ContainsFunc(parts, func(c gate.Closed) bool { return c.QueuePaused }); {
	case !was:
		return r.pause(ctx, g)
	case !paused:
		return r.unpausedManually(ctx, g)
	case parts[0].IsMixed():
		if err := r.queues.Unpark(ctx, g); err != nil {
			return err
		}
		return r.gates.ClearMixed(ctx, parts[0])
	}
	return nil
}

// release lets what was parked run, if its gate is still open. That is noted before, since the gate may close again
// before the queue runs, which would look as if an operator had unpaused it.
func (r *gateReconciler) release(ctx context.Context, g qflow.Gate) error {
	may, err := r.gates.BeginRelease(ctx, g)
	if err != nil || !may {
		return err
	}
	return r.queues.Unpause(ctx, g)
}
