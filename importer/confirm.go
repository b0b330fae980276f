package importer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
)

// ErrUnconfirmed says that an import is enqueued, and would be lost with the master.
var ErrUnconfirmed = errors.New("too few replicas of Redis have confirmed the import in time, so that a failover could lose it; guestflow doctor says which are in step")

// confirmTimeout is how long replicas may take. One that is in step answers within milliseconds.
const confirmTimeout = 3 * time.Second

// confirm waits until replicas have what was enqueued. A master that has just been demoted and does not know it yet takes all that it
// is given, and forgets it when it does; without this an import could end well on such a one.
func (im *Importer) confirm(ctx context.Context, imp ledger.Import) error {
	if im.Replicas == 0 {
		return nil
	}
	account := im.ledger.Account()
	for _, tag := range []string{account, chunk.Lane(imp.Lane).Queue(account)} { // in a Cluster they may be on two nodes
		n, err := im.replicasAt(ctx, "gf:{"+tag+"}:confirmed")
		if err != nil {
			return fmt.Errorf("have replicas confirm the import: %w", err)
		}
		if n < int64(im.Replicas) {
			return ErrUnconfirmed
		}
	}
	return nil
}

// ErrNotKept says that what was written could be lost in a failover.
var ErrNotKept = errors.New("too few replicas of Redis have confirmed in time what was written, so that a failover could lose it; " +
	"guestflow doctor says which are in step")

// Confirm waits until replicas have what was written of the account, where some are to.
func (im *Importer) Confirm(ctx context.Context) error {
	if im.Replicas == 0 {
		return nil
	}
	n, err := im.replicasAt(ctx, "gf:{"+im.ledger.Account()+"}:confirmed")
	if err != nil {
		return fmt.Errorf("have replicas confirm what was written: %w", err)
	}
	if n < int64(im.Replicas) {
		return ErrNotKept
	}
	return nil
}

// replicasAt writes a key and counts the replicas that have it, and so all that was written to its server before. WAIT speaks of the
// writes of its own connection.
func (im *Importer) replicasAt(ctx context.Context, key string) (int64, error) {
	var conn *redis.Conn
	switch client := im.redis.(type) {
	case *redis.ClusterClient:
		node, err := client.MasterForKey(ctx, key)
		if err != nil {
			return 0, err
		}
		conn = node.Conn()
	case interface{ Conn() *redis.Conn }:
		conn = client.Conn()
	default:
		return 0, fmt.Errorf("a %T has no connection to wait on", im.redis)
	}
	defer conn.Close()
	if err := conn.Set(ctx, key, 1, time.Minute).Err(); err != nil {
		return 0, err
	}
	return conn.Wait(ctx, im.Replicas, confirmTimeout).Result()
}
