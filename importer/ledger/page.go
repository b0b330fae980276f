package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"
)

// Page is a part of the list of imports, the newest first.
type Page struct {
	Imports      []Import
	First        int    // the place of the first one, from 1 for the newest
	Total        int    // imports in the list
	Newer, Older string // imports to go on from; "" where there is nothing
}

// Last is the place of the last one.
func (p Page) Last() int { return p.First + len(p.Imports) - 1 }

// Page gives at most limit imports: those after one, those before one, or the newest. It goes by an import and not by a number
// of them, so that a page stays as it is while new ones begin. Where too few came after it, the page is that of the newest.
func (l *Ledger) Page(ctx context.Context, after, before string, limit int) (Page, error) {
	total, err := l.redis.ZCard(ctx, l.importsKey()).Result()
	if err != nil {
		return Page{}, fmt.Errorf("count the imports: %w", err)
	}
	end := total // places are from the oldest: those do not move when a new one begins
	if after != "" {
		at, there, err := l.rank(ctx, after)
		if err != nil {
			return Page{}, err
		}
		if there {
			end = min(at+1+int64(limit), total)
		}
	} else if before != "" {
		if end, _, err = l.rank(ctx, before); err != nil { // before one that is gone there is nothing: the oldest go first
			return Page{}, err
		}
	}
	start := max(end-int64(limit), 0)
	p := Page{First: int(total-end) + 1, Total: int(total)}
	if end == 0 {
		p.Newer = before
		return p, nil
	}
	ids, err := l.redis.ZRange(ctx, l.importsKey(), start, end-1).Result()
	if err != nil {
		return Page{}, fmt.Errorf("list imports: %w", err)
	}
	slices.Reverse(ids)
	if len(ids) > 0 && start > 0 {
		p.Older = ids[len(ids)-1]
	}
	if len(ids) > 0 && end < total {
		p.Newer = ids[0]
	}
	p.Imports, err = l.records(ctx, ids)
	return p, err
}

// rank is where an import stands in the list, from 0 for the oldest.
func (l *Ledger) rank(ctx context.Context, id string) (at int64, there bool, err error) {
	at, err = l.redis.ZRank(ctx, l.importsKey(), id).Result()
	if errors.Is(err, redis.Nil) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("find import %s in the list: %w", id, err)
	}
	return at, true, nil
}
