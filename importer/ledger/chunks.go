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
type Chunks struct {
	store
	ledger *Ledger
}

// Commit stores chunks and moves their rows, and those that are in none, to their first states, all in one step. A
// row that is no longer new stays as it is: a repeated import meets rows that workers process, or have settled.
func (x Chunks) Commit(ctx context.Context, id string, chunks []StoredChunk, moves []Move) error {
	_, err := x.ledger.moveNow(ctx, id, true, chunks, moves)
	return err
}

// Get reads a chunk's rows, or ErrNoChunk.
func (x Chunks) Get(ctx context.Context, id string, n int) ([]byte, error) {
	key := x.keys.chunk(id, n)
	data, err := x.redis.Get(ctx, key).Bytes()
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

// Drop removes a chunk's rows once they have all succeeded: guests' data stays in Redis no longer than needed.
func (x Chunks) Drop(ctx context.Context, id string, n int) error {
	if err := x.redis.Del(ctx, x.keys.chunk(id, n)).Err(); err != nil {
		return fmt.Errorf("drop chunk %d of import %s: %w", n, id, err)
	}
	return nil
}

// Has reports which chunks' rows are still kept. An event may turn a row that had succeeded, and whose chunk was
// dropped, into one that a person wants to try again.
func (x Chunks) Has(ctx context.Context, id string, chunks []int) (map[int]bool, error) {
	pipe := x.redis.Pipeline()
	there := map[int]*redis.IntCmd{}
	for _, n := range chunks {
		if there[n] == nil {
			there[n] = pipe.Exists(ctx, x.keys.chunk(id, n))
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
