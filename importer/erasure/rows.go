package erasure

import (
	"context"
	"fmt"

	"guestflow/importer/chunk"
	"guestflow/importer/emailevent"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
	"guestflow/importer/suppression"
)

// stored returns the rows of a chunk, and the bytes that are stored.
func (e *Eraser) stored(ctx context.Context, id string, n int) ([]chunk.Row, []byte, error) {
	data, err := e.Ledger.Chunks.Get(ctx, id, n)
	if err != nil {
		return nil, nil, err
	}
	rows, err := chunk.Decode(data)
	return rows, data, err
}

// eraseRows removes what is kept of the person's rows beside their states.
func (e *Eraser) eraseRows(ctx context.Context, imports []ledger.Import) error {
	for _, imp := range imports {
		if err := suppression.For(e.Ledger).ForgetFormer(ctx, imp.ID, e.address); err != nil {
			return err
		}
		rows := e.rows[imp.ID]
		if len(rows) == 0 {
			continue
		}
		if err := e.eraseOf(ctx, imp, rows); err != nil {
			return fmt.Errorf("erase rows of import %s: %w", imp.ID, err)
		}
		e.result.Rows, e.result.Imports = e.result.Rows+len(rows), e.result.Imports+1
	}
	return nil
}

func (e *Eraser) eraseOf(ctx context.Context, imp ledger.Import, rows []int) error {
	gone := map[int]bool{}
	for _, row := range rows {
		gone[row] = true
	}
	for n := range e.chunksOf(imp, rows) {
		if err := e.eraseChunk(ctx, imp.ID, n, gone); err != nil {
			return err
		}
	}
	if err := e.Ledger.ForgetRows(ctx, imp.ID, rows); err != nil {
		return err
	}
	for _, row := range rows {
		if err := emailevent.For(e.Ledger).Forget(ctx, ledger.Owner{Import: imp.ID, Row: row}); err != nil {
			return err
		}
	}
	return suppression.For(e.Ledger).ForgetRows(ctx, imp.ID, rows)
}

func (e *Eraser) chunksOf(imp ledger.Import, rows []int) map[int]bool {
	chunks := map[int]bool{}
	for _, row := range rows {
		if imp.Chunk > 0 {
			chunks[(row-1)/imp.Chunk] = true
		}
	}
	return chunks
}

// eraseChunk stores a chunk without some rows. A chunk of which nothing is left is dropped.
func (e *Eraser) eraseChunk(ctx context.Context, id string, n int, gone map[int]bool) error {
	rows, _, err := e.stored(ctx, id, n)
	if err != nil {
		return notGone(err)
	}
	kept := rows[:0]
	for _, r := range rows {
		if !gone[r.Row] {
			kept = append(kept, r)
		}
	}
	if len(kept) == 0 {
		return e.Ledger.Chunks.Drop(ctx, id, n)
	}
	data, err := chunk.Encode(kept)
	if err != nil {
		return err
	}
	return e.Ledger.Chunks.Replace(ctx, id, ledger.StoredChunk{N: n, Data: data})
}

// eraseIndex removes the guests that the person's rows own. One who has another address by now stays known, or the next
// list with that address would mail him again.
func (e *Eraser) eraseIndex(ctx context.Context, imports []ledger.Import) error {
	owners := map[ledger.Owner]bool{}
	for id, rows := range e.rows {
		for _, row := range rows {
			owners[ledger.Owner{Import: id, Row: row}] = true
		}
	}
	if len(owners) == 0 {
		return nil
	}
	kept := map[string]bool{}
	for _, imp := range imports {
		kept[imp.ID] = true
	}
	done, err := guestindex.For(e.Ledger).Forget(ctx, owners, kept)
	e.result.Index = done.Guests
	if done.Elsewhere > 0 {
		e.leave(fmt.Sprintf("%s in the index, and hashes of this address", plural.Of(done.Elsewhere, "guest")),
			"a later list has corrected them to another address, and the next one with that would mail them once more; "+
				"erase the other address as well, if that is to go too")
	}
	return err
}
