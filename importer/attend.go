package importer

import (
	"context"
	"sync"
	"time"

	"guestflow/importer/ledger"
)

// leaveFor is how long an importer that ends tries to say so. If it cannot, its time runs out.
const leaveFor = 2 * time.Second

// attend says that this process is at an import, until leave is told how that has ended. Rows that were left half-way are then
// others' to see to: the workers enqueue what was placed, and status says that nobody reads the file any more.
func (im *Importer) attend(ctx context.Context, id string) (leave func(error) error, err error) {
	if err := im.ledger.BeginHeartbeat(ctx, id); err != nil {
		return nil, err
	}
	showing, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	all.Go(func() { im.show(showing, id) })
	return func(err error) error {
		cancel()
		all.Wait()
		if err == nil {
			return im.ledger.MarkEnqueued(ctx, id)
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveFor)
		defer cancel()
		_ = im.ledger.StopHeartbeat(ctx, id)
		return err
	}, nil
}

// show says again and again that this process is at an import. One time that fails is made up for by the next.
func (im *Importer) show(ctx context.Context, id string) {
	tick := time.NewTicker(ledger.HeartbeatEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_ = im.ledger.Heartbeat(ctx, id)
		}
	}
}
