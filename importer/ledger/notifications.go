package ledger

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// Notifications are the imports that have finished and are still to be announced.
type Notifications struct{ store }

// Notification is an import that has finished, and its entry on the list.
type Notification struct {
	Import
	entry redis.Z
}

// Pending lists imports that have finished and are still to be announced, the earliest first, at most limit. The
// scripts that end an import put it on that list in the same step, so none is missed however many there are. What
// finished before since is dropped.
func (x Notifications) Pending(ctx context.Context, since time.Time, limit int) ([]Notification, error) {
	before := "(" + strconv.FormatInt(since.UnixMilli(), 10)
	if err := x.redis.ZRemRangeByScore(ctx, x.keys.notifications(), "-inf", before).Err(); err != nil {
		return nil, fmt.Errorf("drop old notifications: %w", err)
	}
	entries, err := x.redis.ZRangeWithScores(ctx, x.keys.notifications(), 0, int64(limit)-1).Result()
	if err != nil {
		return nil, fmt.Errorf("list notifications: %w", err)
	}
	pipe := x.redis.Pipeline()
	reads := make([]*redis.MapStringStringCmd, len(entries))
	for n, e := range entries {
		reads[n] = pipe.HGetAll(ctx, x.keys.Import(e.Member.(string)))
	}
	if len(entries) > 0 {
		if _, err := pipe.Exec(ctx); err != nil {
			return nil, fmt.Errorf("read imports to be announced: %w", err)
		}
	}
	list := make([]Notification, len(entries))
	for n, e := range entries { // an expired record has no end; one that was opened again has none either
		list[n] = Notification{Import: parseImport(e.Member.(string), reads[n].Val()), entry: e}
	}
	return list, nil
}

// Ack takes a notification off the list, unless the import has finished once more since.
func (x Notifications) Ack(ctx context.Context, n Notification) error {
	finished := strconv.FormatFloat(n.entry.Score, 'f', -1, 64)
	if err := ackNotifiedScript.Run(ctx, x.redis, []string{x.keys.notifications()}, n.ID, finished).Err(); err != nil {
		return fmt.Errorf("note that the end of import %s was announced: %w", n.ID, err)
	}
	return nil
}

var ackNotifiedScript = script("acknotified")
