// Package history keeps how an import has gone: its counts now and then, for a chart.
//
// It is a list of short texts in Redis, which gets coarser as an import gets older instead of longer. A time series
// database would keep every moment; a chart has no more pixels than this has moments.
package history

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
)

// Moment is how an import was at some time.
type Moment struct {
	At     time.Time
	Counts ledger.Counts
}

// maxMoments bounds the history of an import; about 40 bytes each. When there are more, every other one goes: a
// history of three minutes has a moment every ten seconds, one of a week every half an hour.
const maxMoments = 400

// History is that of an account's imports.
type History struct{ ledger *ledger.Ledger }

// For returns the history beside an account's ledger.
func For(l *ledger.Ledger) History { return History{l} }

func (h History) key(id string) string { return h.ledger.Keys().Import(id) + ":history" }

// Add keeps how an import is now, for its history.
func (h History) Add(ctx context.Context, imp ledger.Import, now time.Time) error {
	key := h.key(imp.ID)
	n, err := h.ledger.Redis().RPush(ctx, key, moment(imp.Counts, now)).Result()
	if err == nil && n == 1 {
		err = h.ledger.Redis().Expire(ctx, key, h.ledger.Retention()).Err()
	}
	if err == nil && n > maxMoments {
		err = h.thin(ctx, key)
	}
	if err != nil {
		return fmt.Errorf("note how import %s is: %w", imp.ID, err)
	}
	return nil
}

// thin drops every other moment. What another process notes meanwhile may go with them.
func (h History) thin(ctx context.Context, key string) error {
	all, err := h.ledger.Redis().LRange(ctx, key, 0, -1).Result()
	if err != nil {
		return err
	}
	_, err = h.ledger.Redis().TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.Del(ctx, key)
		for i := 0; i < len(all); i += 2 {
			p.RPush(ctx, key, all[i])
		}
		p.Expire(ctx, key, h.ledger.Retention())
		return nil
	})
	return err
}

func moment(c ledger.Counts, at time.Time) string {
	var b strings.Builder
	fmt.Fprint(&b, at.Unix())
	for s, n := range c {
		if n > 0 {
			fmt.Fprintf(&b, " %d:%d", s, n)
		}
	}
	return b.String()
}

// List returns how an import was, the oldest moment first.
func (h History) List(ctx context.Context, id string) ([]Moment, error) {
	raw, err := h.ledger.Redis().LRange(ctx, h.key(id), 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("read the history of import %s: %w", id, err)
	}
	list := make([]Moment, 0, len(raw))
	for _, text := range raw {
		fields := strings.Fields(text)
		if len(fields) == 0 {
			continue
		}
		at, _ := strconv.ParseInt(fields[0], 10, 64) // written by moment
		m := Moment{At: time.Unix(at, 0).UTC()}
		for _, f := range fields[1:] {
			s, n, _ := strings.Cut(f, ":")
			if i, err := strconv.Atoi(s); err == nil && i < len(m.Counts) {
				m.Counts[i], _ = strconv.Atoi(n) // so too
			}
		}
		list = append(list, m)
	}
	return list, nil
}
