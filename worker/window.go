package worker

import (
	"context"
	"fmt"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
)

// stopAtWindow has the emails of an import wait that is outside of its send window. The chunk comes back when the
// window opens: until then it is one of Asynq's tasks that wait for their moment, which costs nothing. Rows without an
// email go on.
func (h *handler) stopAtWindow(ctx context.Context, b *batch) error {
	if !b.windowClosed || len(b.unsettled(wantsEmail)) == 0 {
		return nil
	}
	now, err := h.ledger.Windows.Look(ctx, b.ref.Import)
	if err != nil || !now.IsClosed() {
		return err
	}
	if now.CreateFirst {
		if err := h.writeAhead(ctx, b, wantsBeforeWindow); err != nil {
			return err
		}
	}
	b.waitForWindow(now)
	return nil
}

// windowHasClosed ends the emails of a run whose last look has found the window closed, or its hours over.
func (h *handler) windowHasClosed(ctx context.Context, b *batch) error {
	now, err := h.ledger.Windows.Look(ctx, b.ref.Import)
	if err != nil {
		return err
	}
	if !now.IsClosed() {
		b.halt(time.Second, "its window is open again")
		return nil
	}
	b.waitForWindow(now)
	return nil
}

// waitForWindow puts the emails off until the window opens. What has begun before ends as it ends.
func (b *batch) waitForWindow(now ledger.WindowState) {
	for _, j := range b.unsettled(wantsEmail) {
		j.phase = settled
	}
	b.postpone(now.Opens.Sub(now.Now), "its emails wait for their window")
}

// wantsBeforeWindow reports whether a guest is created while its email waits for its window: not one that may exist,
// unless its last write has failed.
func wantsBeforeWindow(j *job) bool {
	return wantsEmail(j) && owesWrite(j) && (!j.mark.HasFlag(ledger.Tried) || j.tries > 0)
}

// windowIsClosed reports whether no email of an import may leave now.
func (h *handler) windowIsClosed(ctx context.Context, imp ledger.Import) (bool, error) {
	if imp.SendWindow == "" {
		return false, nil
	}
	now, err := h.ledger.Windows.Look(ctx, imp.ID)
	return now.IsClosed(), err
}

// longestDelays returns how long workers may have put off the chunks of each queue: until the last window of an import
// in it opens.
func (r *taskRescuer) longestDelays(ctx context.Context) (queue.Longest, error) {
	running, err := r.ledger.Running(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for send windows: %w", err)
	}
	waits := map[string]time.Duration{}
	for _, imp := range running {
		if imp.SendWindow == "" {
			continue
		}
		now, err := r.ledger.Windows.Look(ctx, imp.ID)
		if err != nil {
			return nil, err
		}
		lane := chunk.Lane(imp.Lane).Queue(r.ledger.Account())
		waits[lane] = max(waits[lane], now.Opens.Sub(now.Now))
	}
	return func(name string) time.Duration { return max(maxPause, waits[name]) + time.Minute }, nil
}
