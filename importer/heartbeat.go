package importer

import (
	"context"
	"sync"
	"time"

	"guestflow/importer/ledger"
)

// stopTimeout is how long an importer that ends tries to say so. If it cannot, its time runs out.
const stopTimeout = 2 * time.Second

// beginHeartbeat shows that this process enqueues an import, until leave is called with how that has ended. Of an import without a
// heartbeat the workers enqueue what was stored, and status says that its file is no longer being read.
func (im *Importer) beginHeartbeat(ctx context.Context, id string) (stop func(error) error, err error) {
	if err := im.ledger.Importers.Begin(ctx, id); err != nil {
		return nil, err
	}
	showing, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	all.Go(func() { im.heartbeat(showing, id) })
	return func(err error) error {
		cancel()
		all.Wait()
		if err == nil {
			return im.ledger.Importers.MarkEnqueued(ctx, id)
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		_ = im.ledger.Importers.Stop(ctx, id)
		return err
	}, nil
}

// heartbeat says again and again that this process is at an import. One time that fails is made up for by the next.
func (im *Importer) heartbeat(ctx context.Context, id string) {
	tick := time.NewTicker(ledger.HeartbeatEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_ = im.ledger.Importers.Heartbeat(ctx, id)
		}
	}
}
