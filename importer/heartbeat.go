package importer

import (
	"context"
	"time"

	"guestflow/importer/lease"
	"guestflow/importer/ledger"
)

// stopTimeout bounds the end of a heartbeat when an importer ends with an error. Without Redis it runs out by itself.
const stopTimeout = 2 * time.Second

// beginHeartbeat shows that this process enqueues an import, until stop is called with how that has ended. Of an import
// without a heartbeat the workers enqueue what was stored, and status says that its file is no longer being read. It is
// renewed as a lease is, but keeps no other process out: two may enqueue the same import, which makes the same tasks.
func (im *Importer) beginHeartbeat(ctx context.Context, id string) (stop func(error) error, err error) {
	importers := im.ledger.Importers
	if err := importers.Begin(ctx, id); err != nil {
		return nil, err
	}
	_, end := lease.Keep(ctx, ledger.HeartbeatTTL, func(ctx context.Context) (bool, error) {
		return true, importers.Heartbeat(ctx, id)
	})
	return func(err error) error {
		end()
		if err == nil {
			return importers.MarkEnqueued(ctx, id)
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		_ = importers.Stop(ctx, id)
		return err
	}, nil
}
