package ledger

import (
	"context"
	"fmt"
)

var enqueuedScript = script("enqueued")

// SetEnqueued records that the first n chunks are enqueued, and returns how many are by the rows that Redis has:
// fewer than the importer remembers, if Redis has lost its last writes meanwhile. ErrNotFound if it has lost the
// import.
func (x Chunks) SetEnqueued(ctx context.Context, id string, n int) (int, error) {
	certain, err := enqueuedScript.Run(ctx, x.redis, []string{x.keys.Import(id), x.keys.Rows(id)}, n).Int()
	if err != nil {
		return 0, fmt.Errorf("note the progress of import %s: %w", id, err)
	}
	if certain < 0 {
		return 0, fmt.Errorf("note the progress of import %q: %w", id, ErrNotFound)
	}
	return certain, nil
}

// Placed returns the chunks of an orphan that have rows in queued, of those that are not enqueued for certain, and
// how many chunks, from the first, have no row in new.
func (x Chunks) Placed(ctx context.Context, imp Import) (queued []int, placed int, err error) {
	placed = (imp.Rows + imp.Chunk - 1) / imp.Chunk
	err = x.ledger.eachWindow(ctx, imp, imp.Enqueued*imp.Chunk+1, func(first int, bytes []RowByte) error {
		for i, m := range bytes {
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

// Open returns the chunks of an import that have open rows, of those that are enqueued for certain: some queue is to
// have a task for each.
func (x Chunks) Open(ctx context.Context, imp Import) (map[int]bool, error) {
	open := map[int]bool{}
	if imp.Chunk == 0 {
		return open, nil
	}
	enqueued := min(imp.Enqueued*imp.Chunk, imp.Rows)
	for first := 1; first <= enqueued; first += rowWindow {
		bytes, err := x.ledger.RowBytes(ctx, imp.ID, first, min(first+rowWindow-1, enqueued))
		if err != nil {
			return nil, err
		}
		for i, m := range bytes {
			if s := m.State(); s.Class() == Open && s != New {
				open[(first+i-1)/imp.Chunk] = true
			}
		}
	}
	return open, nil
}
