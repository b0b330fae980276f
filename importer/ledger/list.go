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

// Last is the place of the last one, counted like First.
func (p Page) Last() int { return p.First + len(p.Imports) - 1 }

// Page returns at most limit imports: those after one, those before one, or the newest. It goes by an import and not
// by a number of them, so that a page stays as it is while new ones begin. Where too few came after it, the page is
// that of the newest.
func (l *Ledger) Page(ctx context.Context, after, before string, limit int) (Page, error) {
	total, err := l.redis.ZCard(ctx, l.keys.imports()).Result()
	if err != nil {
		return Page{}, fmt.Errorf("count the imports: %w", err)
	}
	end, err := l.pageEnd(ctx, after, before, limit, total)
	if err != nil {
		return Page{}, err
	}
	start := max(end-int64(limit), 0)
	p := Page{First: int(total-end) + 1, Total: int(total)}
	if end == 0 {
		p.Newer = before
		return p, nil
	}
	ids, err := l.redis.ZRange(ctx, l.keys.imports(), start, end-1).Result()
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

// pageEnd is the place behind a page's newest import. Places are from the oldest: those do not move when a new one
// begins.
func (l *Ledger) pageEnd(ctx context.Context, after, before string, limit int, total int64) (int64, error) {
	switch {
	case after != "":
		at, there, err := l.rank(ctx, after)
		if err != nil || !there {
			return total, err
		}
		return min(at+1+int64(limit), total), nil
	case before != "":
		end, _, err := l.rank(ctx, before) // before one that is gone there is nothing: the oldest go first
		return end, err
	}
	return total, nil
}

// rank is where an import stands in the list, from 0 for the oldest.
func (l *Ledger) rank(ctx context.Context, id string) (at int64, there bool, err error) {
	at, err = l.redis.ZRank(ctx, l.keys.imports(), id).Result()
	if errors.Is(err, redis.Nil) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("find import %s in the list: %w", id, err)
	}
	return at, true, nil
}

// Imports lists the newest imports first, at most limit.
func (l *Ledger) Imports(ctx context.Context, limit int) ([]Import, error) {
	ids, err := l.redis.ZRevRange(ctx, l.keys.imports(), 0, int64(limit)-1).Result()
	if err != nil {
		return nil, fmt.Errorf("list imports: %w", err)
	}
	return l.records(ctx, ids)
}

// records reads imports in one round trip.
func (l *Ledger) records(ctx context.Context, ids []string) ([]Import, error) {
	pipe := l.redis.Pipeline()
	reads := make([]*redis.MapStringStringCmd, len(ids))
	for n, id := range ids {
		reads[n] = pipe.HGetAll(ctx, l.keys.Import(id))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("list imports: %w", err)
	}
	list := make([]Import, 0, len(ids))
	for n, id := range ids {
		if f := reads[n].Val(); f["rows"] != "" { // an expired record leaves its id in the list for a while
			list = append(list, parseImport(id, f))
		}
	}
	return list, nil
}

// Running lists the imports that have not finished, however old they are, the newest first.
func (l *Ledger) Running(ctx context.Context) ([]Import, error) {
	ids, err := l.redis.SMembers(ctx, l.keys.running()).Result()
	if err != nil {
		return nil, fmt.Errorf("list running imports: %w", err)
	}
	list, err := l.records(ctx, ids)
	if len(list) < len(ids) && err == nil { // an expired record leaves its id behind
		gone := slices.DeleteFunc(ids, func(id string) bool {
			return slices.ContainsFunc(list, func(i Import) bool { return i.ID == id })
		})
		err = l.redis.SRem(ctx, l.keys.running(), gone).Err()
	}
	list = slices.DeleteFunc(list, Import.Done) // that finished while it was being backfilled
	slices.SortFunc(list, func(a, b Import) int { return b.Started.Compare(a.Started) })
	return list, err
}

// parkedPage is how many imports are looked at in one round trip.
const parkedPage = 500

// ParkedRows is how many rows of all imports wait for a gate. It looks at every import, so it is for rare questions.
func (l *Ledger) ParkedRows(ctx context.Context) (int, error) {
	parked := 0
	for first := int64(0); ; first += parkedPage {
		ids, err := l.redis.ZRevRange(ctx, l.keys.imports(), first, first+parkedPage-1).Result()
		if err != nil {
			return 0, fmt.Errorf("list imports: %w", err)
		}
		if len(ids) == 0 {
			return parked, nil
		}
		n, err := l.parkedOf(ctx, ids)
		if err != nil {
			return 0, err
		}
		parked += n
	}
}

func (l *Ledger) parkedOf(ctx context.Context, ids []string) (parked int, err error) {
	pipe := l.redis.Pipeline()
	reads := make([]*redis.SliceCmd, len(ids))
	for n, id := range ids {
		reads[n] = pipe.HMGet(ctx, l.keys.Import(id), Parked.counter(), ParkedTried.counter())
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
	return parked, nil
}
