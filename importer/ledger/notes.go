package ledger

import (
	"context"
	"fmt"
	"time"
)

// Notes are what processes say of imports for a short while, for an operator.
type Notes struct{ ledger *Ledger }

// waitsForTTL is how long a note of waiting is kept. It is renewed every ten seconds.
const waitsForTTL = 30 * time.Second

// SetWaitsFor notes that rows of an import wait for another.
func (x Notes) SetWaitsFor(ctx context.Context, id, other string) error {
	if err := x.ledger.redis.Set(ctx, x.ledger.keys.waitsFor(id), other, waitsForTTL).Err(); err != nil {
		return fmt.Errorf("note for whom import %s waits: %w", id, err)
	}
	return nil
}

// WaitsFor returns which import each of some waits for.
func (x Notes) WaitsFor(ctx context.Context, imports ...Import) (map[string]string, error) {
	waits, err := x.read(ctx, x.ledger.keys.waitsFor, imports)
	if err != nil {
		return nil, fmt.Errorf("look for whom imports wait: %w", err)
	}
	return waits, nil
}

// backpressureTTL is how long a note of backpressure is kept. The importer renews it every second.
const backpressureTTL = 10 * time.Second

// SetBackpressure notes that an import's importer enqueues nothing for now, and why.
func (x Notes) SetBackpressure(ctx context.Context, id, why string) error {
	if err := x.ledger.redis.Set(ctx, x.ledger.keys.backpressure(id), why, backpressureTTL).Err(); err != nil {
		return fmt.Errorf("note that the importer of import %s holds back: %w", id, err)
	}
	return nil
}

// ClearBackpressure notes that it goes on.
func (x Notes) ClearBackpressure(ctx context.Context, id string) error {
	if err := x.ledger.redis.Del(ctx, x.ledger.keys.backpressure(id)).Err(); err != nil {
		return fmt.Errorf("note that the importer of import %s goes on: %w", id, err)
	}
	return nil
}

// Backpressure returns why importers are paused, by import.
func (x Notes) Backpressure(ctx context.Context, imports ...Import) (map[string]string, error) {
	held, err := x.read(ctx, x.ledger.keys.backpressure, imports)
	if err != nil {
		return nil, fmt.Errorf("look whose importers hold back: %w", err)
	}
	return held, nil
}

// lostChunksTTL is how long a note of lost chunks is kept. The search for missing tasks renews it within three minutes.
const lostChunksTTL = 5 * time.Minute

// SetLostChunks notes that so many chunks of an import have rows in line that are no longer kept, for an operator: no worker can go on
// with them.
func (x Notes) SetLostChunks(ctx context.Context, id string, chunks int) error {
	if err := x.ledger.redis.Set(ctx, x.ledger.keys.lostChunks(id), chunks, lostChunksTTL).Err(); err != nil {
		return fmt.Errorf("note that rows of import %s are gone: %w", id, err)
	}
	return nil
}

// LostChunks returns how many chunks' rows are no longer kept, by import.
func (x Notes) LostChunks(ctx context.Context, imports ...Import) (map[string]int, error) {
	notes, err := x.read(ctx, x.ledger.keys.lostChunks, imports)
	if err != nil {
		return nil, fmt.Errorf("look whose rows are gone: %w", err)
	}
	gone := map[string]int{}
	for id, n := range notes {
		gone[id] = number(n)
	}
	return gone, nil
}

// read reads what is noted beside imports for a short while.
func (x Notes) read(ctx context.Context, key func(id string) string, imports []Import) (map[string]string, error) {
	if len(imports) == 0 {
		return nil, nil
	}
	keys := make([]string, len(imports))
	for n, i := range imports {
		keys[n] = key(i.ID)
	}
	values, err := x.ledger.redis.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, err
	}
	notes := map[string]string{}
	for n, v := range values {
		if text, is := v.(string); is {
			notes[imports[n].ID] = text
		}
	}
	return notes, nil
}
