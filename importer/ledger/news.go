package ledger

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// Notification is an import that is over, and the entry that says so.
type Notification struct {
	Import
	entry redis.Z
}

// PendingNotifications lists imports that are over and that nobody has been told of, the earliest first, at most limit. The scripts that end an
// import put it on that list in the same step, so none is missed however many there are. What ended before since is forgotten.
func (l *Ledger) PendingNotifications(ctx context.Context, since time.Time, limit int) ([]Notification, error) {
	if err := l.redis.ZRemRangeByScore(ctx, l.newsKey(), "-inf", "("+strconv.FormatInt(since.UnixMilli(), 10)).Err(); err != nil {
		return nil, fmt.Errorf("forget old news of imports: %w", err)
	}
	entries, err := l.redis.ZRangeWithScores(ctx, l.newsKey(), 0, int64(limit)-1).Result()
	if err != nil {
		return nil, fmt.Errorf("list news of imports: %w", err)
	}
	pipe := l.redis.Pipeline()
	reads := make([]*redis.MapStringStringCmd, len(entries))
	for n, e := range entries {
		reads[n] = pipe.HGetAll(ctx, l.importKey(e.Member.(string)))
	}
	if len(entries) > 0 {
		if _, err := pipe.Exec(ctx); err != nil {
			return nil, fmt.Errorf("read news of imports: %w", err)
		}
	}
	list := make([]Notification, len(entries))
	for n, e := range entries { // an expired record has no end; one that was opened again has none either
		list[n] = Notification{Import: parseImport(e.Member.(string), reads[n].Val()), entry: e}
	}
	return list, nil
}

// AckNotified takes news off the list, unless the import has ended once more since.
func (l *Ledger) AckNotified(ctx context.Context, n Notification) error {
	if err := toldScript.Run(ctx, l.redis, []string{l.newsKey()}, n.ID, strconv.FormatFloat(n.entry.Score, 'f', -1, 64)).Err(); err != nil {
		return fmt.Errorf("note that the end of import %s was told: %w", n.ID, err)
	}
	return nil
}

var toldScript = script("told")

func (l *Ledger) newsKey() string { return l.Prefix() + "news" }

// parkedPage is how many imports are looked at in one round trip.
const parkedPage = 500

// Parked is how many rows of all imports wait for a gate. It looks at every import, so it is for rare questions.
func (l *Ledger) Parked(ctx context.Context) (int, error) {
	parked := 0
	states := []string{"n" + strconv.Itoa(int(Parked)), "n" + strconv.Itoa(int(ParkedTried))}
	for first := int64(0); ; first += parkedPage {
		ids, err := l.redis.ZRevRange(ctx, l.importsKey(), first, first+parkedPage-1).Result()
		if err != nil {
			return 0, fmt.Errorf("list imports: %w", err)
		}
		if len(ids) == 0 {
			return parked, nil
		}
		pipe := l.redis.Pipeline()
		reads := make([]*redis.SliceCmd, len(ids))
		for n, id := range ids {
			reads[n] = pipe.HMGet(ctx, l.importKey(id), states...)
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return 0, fmt.Errorf("count parked rows: %w", err)
		}
		for _, read := range reads {
			for _, n := range read.Val() {
				text, _ := n.(string) // nil is none
				parked += number(text)
			}
		}
	}
}
