package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// StoredChunk is a chunk whose rows are kept until they have succeeded, or until the retention is over.
type StoredChunk struct {
	N    int
	Data []byte
}

// ErrNoChunk says that a chunk's rows are no longer kept: every one of them has succeeded.
var ErrNoChunk = errors.New("the chunk's rows are no longer kept")

// Chunks are the rows of imports as workers take them, kept until they have all succeeded.
type Chunks struct{ ledger *Ledger }

// Commit stores chunks and moves their rows, and those that are in none, to their first states, all in one step. A row that is no
// longer new stays as it is: a repeated import meets rows that workers have in hand, or have settled.
func (x Chunks) Commit(ctx context.Context, id string, chunks []StoredChunk, moves []Move) error {
	_, _, err := x.ledger.move(ctx, id, true, chunks, moves)
	return err
}

// Put keeps a chunk's rows and changes no state. An import takes Place, which does both at once.
func (x Chunks) Put(ctx context.Context, id string, n int, data []byte) error {
	key := x.ledger.keys.chunk(id, n)
	data, err := x.ledger.seal.seal(data, key)
	if err == nil {
		err = x.ledger.redis.Set(ctx, key, data, x.ledger.retention).Err()
	}
	if err != nil {
		return fmt.Errorf("keep chunk %d of import %s: %w", n, id, err)
	}
	return nil
}

// Get reads a chunk's rows, or ErrNoChunk.
func (x Chunks) Get(ctx context.Context, id string, n int) ([]byte, error) {
	key := x.ledger.keys.chunk(id, n)
	data, err := x.ledger.redis.Get(ctx, key).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("chunk %d of import %s: %w", n, id, ErrNoChunk)
	}
	if err == nil {
		data, err = x.ledger.seal.open(data, key)
	}
	if err != nil {
		return nil, fmt.Errorf("read chunk %d of import %s: %w", n, id, err)
	}
	return data, nil
}

// Drop removes a chunk's rows once they are all fine: guests' data stays in Redis no longer than needed.
func (x Chunks) Drop(ctx context.Context, id string, n int) error {
	if err := x.ledger.redis.Del(ctx, x.ledger.keys.chunk(id, n)).Err(); err != nil {
		return fmt.Errorf("drop chunk %d of import %s: %w", n, id, err)
	}
	return nil
}

// Has reports which chunks' rows are still kept. An event may turn a row that had succeeded, and whose chunk was dropped, into one
// that a person wants to try again.
func (x Chunks) Has(ctx context.Context, id string, chunks []int) (map[int]bool, error) {
	pipe := x.ledger.redis.Pipeline()
	there := map[int]*redis.IntCmd{}
	for _, n := range chunks {
		if there[n] == nil {
			there[n] = pipe.Exists(ctx, x.ledger.keys.chunk(id, n))
		}
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("look for the chunks of import %s: %w", id, err)
	}
	has := make(map[int]bool, len(there))
	for n, cmd := range there {
		has[n] = cmd.Val() == 1
	}
	return has, nil
}

// Extend has an import's chunks be kept as if it had just ended: a person is about to have its rows tried again.
func (x Chunks) Extend(ctx context.Context, id string) error {
	if err := x.ledger.set(ctx, id, "wanted", time.Now().UnixMilli()); err != nil {
		return fmt.Errorf("keep the rows of import %s: %w", id, err)
	}
	return nil
}

// SetEnqueued records that the first n chunks are enqueued, and returns how many are by the rows that Redis has: fewer than
// the importer remembers, if Redis has lost its last writes meanwhile. ErrNotFound if it has lost the import.
func (x Chunks) SetEnqueued(ctx context.Context, id string, n int) (int, error) {
	certain, err := enqueuedScript.Run(ctx, x.ledger.redis, []string{x.ledger.keys.Import(id), x.ledger.keys.Rows(id)}, n).Int()
	if err != nil {
		return 0, fmt.Errorf("note the progress of import %s: %w", id, err)
	}
	if certain < 0 {
		return 0, fmt.Errorf("note the progress of import %q: %w", id, ErrNotFound)
	}
	return certain, nil
}

// Placed returns the chunks of an orphan that have rows in queued, of those that are not enqueued for
// certain, and how many chunks, from the first, have all their rows placed.
func (x Chunks) Placed(ctx context.Context, imp Import) (queued []int, placed int, err error) {
	placed = (imp.Rows + imp.Chunk - 1) / imp.Chunk
	err = x.ledger.eachWindow(ctx, imp, imp.Enqueued*imp.Chunk+1, func(first int, marks []RowByte) error {
		for i, m := range marks {
			switch n := (first + i - 1) / imp.Chunk; {
			case m.State() == New:
				placed = min(placed, n)
			case m.State() == Queued && (len(queued) == 0 || queued[len(queued)-1] != n):
				queued = append(queued, n)
			}
		}
		return nil
	})
	return queued, placed, err
}

// Open returns the chunks of an import that have open rows, of those that are enqueued for certain: some queue is to have a
// task for each.
func (x Chunks) Open(ctx context.Context, imp Import) (map[int]bool, error) {
	open := map[int]bool{}
	if imp.Chunk == 0 {
		return open, nil
	}
	enqueued := min(imp.Enqueued*imp.Chunk, imp.Rows)
	for first := 1; first <= enqueued; first += rowWindow {
		marks, err := x.ledger.RowBytes(ctx, imp.ID, first, min(first+rowWindow-1, enqueued))
		if err != nil {
			return nil, err
		}
		for i, m := range marks {
			if s := m.State(); s.Class() == Open && s != New {
				open[(first+i-1)/imp.Chunk] = true
			}
		}
	}
	return open, nil
}
