package ledger

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// EachKey goes through the account's keys that begin with a text behind the account's prefix, some at a time; one may
// come twice.
func (l *Ledger) EachKey(ctx context.Context, begin string, do func(key string) error) error {
	scan := func(ctx context.Context, client redis.UniversalClient) error {
		all := client.Scan(ctx, 0, string(l.keys)+begin+"*", 500).Iterator()
		for all.Next(ctx) {
			if err := do(all.Val()); err != nil {
				return err
			}
		}
		return all.Err()
	}
	err := error(nil)
	if cluster, is := l.redis.(*redis.ClusterClient); is {
		err = cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error { return scan(ctx, node) })
	} else {
		err = scan(ctx, l.redis)
	}
	if err != nil {
		return fmt.Errorf("go through the account's keys: %w", err)
	}
	return nil
}
