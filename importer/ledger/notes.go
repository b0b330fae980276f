package ledger

import (
	"context"
	"fmt"
	"time"
)

// Notes are what processes note of imports for a short while, for operators.
type Notes struct{ store }

// waitsForTTL is how long a note of waiting is kept. It is renewed every ten seconds.
const waitsForTTL = 30 * time.Second

// SetWaitsFor notes that rows of an import wait for another.
func (x Notes) SetWaitsFor(ctx context.Context, id, other string) error {
	if err := x.redis.Set(ctx, x.keys.waitsFor(id), other, waitsForTTL).Err(); err != nil {
		return fmt.Errorf("note what import %s waits for: %w", id, err)
	}
	return nil
}

// WaitsFor returns which import each of some waits for.
func (x Notes) WaitsFor(ctx context.Context, imports ...Import) (map[string]string, error) {
	waits, err := x.read(ctx, x.keys.waitsFor, imports)
	if err != nil {
		return nil, fmt.Errorf("look what imports wait for: %w", err)
	}
	return waits, nil
}

// backpressureTTL is how long a note of backpressure is kept. The importer renews it every second.
const backpressureTTL = 10 * time.Second

// SetBackpressure notes that an import's importer enqueues nothing for now, and why.
func (x Notes) SetBackpressure(ctx context.Context, id, why string) error {
	if err := x.redis.Set(ctx, x.keys.backpressure(id), why, backpressureTTL).Err(); err != nil {
		return fmt.Errorf("note the backpressure on import %s: %w", id, err)
	}
	return nil
}

// ClearBackpressure notes that it goes on.
func (x Notes) ClearBackpressure(ctx context.Context, id string) error {
	if err := x.redis.Del(ctx, x.keys.backpressure(id)).Err(); err != nil {
		return fmt.Errorf("note the end of the backpressure on import %s: %w", id, err)
	}
	return nil
}

// Backpressure returns why importers are paused, by import.
func (x Notes) Backpressure(ctx context.Context, imports ...Import) (map[string]string, error) {
	why, err := x.read(ctx, x.keys.backpressure, imports)
	if err != nil {
		return nil, fmt.Errorf("look for backpressure: %w", err)
	}
	return why, nil
}

// lostChunksTTL is how long a note of lost chunks is kept. The search for missing tasks renews it within three minutes.
const lostChunksTTL = 5 * time.Minute

// SetLostChunks notes that so many chunks of an import have open rows that are no longer kept: no worker can go on
// with them.
func (x Notes) SetLostChunks(ctx context.Context, id string, chunks int) error {
	if err := x.redis.Set(ctx, x.keys.lostChunks(id), chunks, lostChunksTTL).Err(); err != nil {
		return fmt.Errorf("note the lost chunks of import %s: %w", id, err)
	}
	return nil
}

// LostChunks returns how many chunks' rows are no longer kept, by import.
func (x Notes) LostChunks(ctx context.Context, imports ...Import) (map[string]int, error) {
	notes, err := x.read(ctx, x.keys.lostChunks, imports)
	if err != nil {
		return nil, fmt.Errorf("look for lost chunks: %w", err)
	}
	lost := map[string]int{}
	for id, n := range notes {
		lost[id] = number(n)
	}
	return lost, nil
}

// read reads one kind of note.
func (x Notes) read(ctx context.Context, key func(id string) string, imports []Import) (map[string]string, error) {
	if len(imports) == 0 {
		return nil, nil
	}
	keys := make([]string, len(imports))
	for n, i := range imports {
		keys[n] = key(i.ID)
	}
	values, err := x.redis.MGet(ctx, keys...).Result()
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
