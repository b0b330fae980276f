// Package erasure removes what an account keeps of a person, by an email address: stored rows, texts of reasons,
// events of emails, entries of the guest index, and rows of the lists in its folders.
//
// States and counters of rows stay, which hold no personal data, so that the sums of an import go on to add up. It
// reads all that is kept, some at a time, since nothing is found by address: the price of keeping no index of addresses
// in clear. What cannot be removed is named.
package erasure

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"guestflow/importer/guest"
	"guestflow/importer/ledger"
	"guestflow/importer/suppression"
)

// Left is something that still holds the person, or may.
type Left struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// Result is what was removed, and what was not.
type Result struct {
	Rows       int    `json:"rows"`       // of imports, of which nothing but their states is kept any more
	Imports    int    `json:"imports"`    // that had them
	Index      int    `json:"index"`      // guests that are no longer known
	Files      int    `json:"files"`      // that were written without the person
	FileRows   int    `json:"file_rows"`  // that were taken out of them
	Suppressed bool   `json:"suppressed"` // the address was suppressed
	Kept       bool   `json:"kept"`       // and still is, as a hash
	Left       []Left `json:"left"`
}

// Later says what becomes of a later list with the person: nothing is known of whom a list brings by then, but that an
// address is not mailed.
func (r Result) Later() string {
	if r.Kept {
		return "This address stays suppressed, as a hash: no list mails it. A later list that has the person at an " +
			"address that guestflow does not know brings a new guest, who is mailed: suppress that one as well, if " +
			"it is known (guestflow suppress add)"
	}
	return "A later list with the person, at this address or one that guestflow does not know, brings a new " +
		"guest, who is mailed. To have an address not " +
		"mailed by any list, suppress it, which keeps a hash of it: guestflow suppress add"
}

// BusyError is that imports are at work with rows of the person, or may be. Nothing was removed.
type BusyError struct{ Imports []string }

func (e *BusyError) Error() string {
	return fmt.Sprintf("nothing was removed: import %s is not over, and has rows of this address or is still reading its list; "+
		"wait for its end, or cancel it (guestflow cancel ID)", strings.Join(e.Imports, ", "))
}

// Eraser removes what an account keeps of a person.
type Eraser struct {
	Ledger  *ledger.Ledger
	Folders []Folder // that hold lists and reports of the account

	address string
	folded  string
	rows    map[string][]int // of the person, by import
	result  Result
}

// Erase removes what is kept of an address. keep leaves the address suppressed, if it is: else the next list with it is
// mailed.
func (e Eraser) Erase(ctx context.Context, address string, keep bool) (Result, error) {
	e.address, e.folded, e.rows = address, guest.FoldAddress(address), map[string][]int{}
	e.result.Left = []Left{}
	imports, err := e.find(ctx)
	if err != nil {
		return e.result, err
	}
	for _, step := range []func() error{
		func() error { return e.eraseRows(ctx, imports) },
		func() error { return e.eraseIndex(ctx, imports) },
		func() error { return e.eraseFiles(ctx) },
		func() error { e.sources(ctx, imports); return ctx.Err() },
		func() error { return e.suppression(ctx, keep) },
		func() error { return e.verify(ctx) },
	} {
		if err := step(); err != nil {
			return e.result, err
		}
	}
	return e.result, nil
}

func (e *Eraser) leave(what, why string) { e.result.Left = append(e.result.Left, Left{what, why}) }

// suppression forgets that the address is suppressed, unless that is kept.
func (e *Eraser) suppression(ctx context.Context, keep bool) error {
	set := suppression.For(e.Ledger)
	entries, err := set.Check(ctx, e.address)
	if err != nil {
		return err
	}
	e.result.Suppressed = entries[0].Suppressed()
	e.result.Kept = keep && e.result.Suppressed
	if !keep {
		_, err = set.Forget(ctx, e.address)
	}
	return err
}

// find looks for the person's rows in all imports, and refuses if one of them is at work with them.
func (e *Eraser) find(ctx context.Context) ([]ledger.Import, error) {
	imports, err := e.Ledger.Imports(ctx, 0)
	if err != nil {
		return nil, err
	}
	reading, err := e.Ledger.Importers.Live(ctx)
	if err != nil {
		return nil, err
	}
	var busy []string
	for _, imp := range imports {
		rows, open, err := e.findRows(ctx, imp)
		if err != nil {
			return nil, fmt.Errorf("look for the rows of import %s: %w", imp.ID, err)
		}
		if open || reading[imp.ID] && imp.PartlyEnqueued() {
			busy = append(busy, imp.ID)
		}
		if len(rows) > 0 {
			e.rows[imp.ID] = rows
		}
	}
	if len(busy) > 0 {
		return nil, &BusyError{busy}
	}
	return imports, nil
}

// findRows returns the person's rows of an import, by the digests of its addresses and by the rows that are stored, and
// whether one of them is open.
func (e *Eraser) findRows(ctx context.Context, imp ledger.Import) (rows []int, open bool, err error) {
	found := map[int]bool{}
	err = suppression.For(e.Ledger).RowsOf(ctx, imp.ID, e.address, func(row int) { found[row] = true })
	if err != nil {
		return nil, false, err
	}
	err = e.eachChunk(ctx, imp, func(n int) error {
		stored, _, err := e.stored(ctx, imp.ID, n)
		for i := range stored {
			if guest.FoldAddress(stored[i].Guest.Email) == e.folded {
				found[stored[i].Row] = true
			}
		}
		return err
	})
	if err != nil {
		return nil, false, err
	}
	rows = slices.Sorted(maps.Keys(found))
	for _, row := range rows {
		marks, err := e.Ledger.RowBytes(ctx, imp.ID, row, row)
		if err != nil {
			return nil, false, err
		}
		open = open || marks[0].State().Class() == ledger.Open && marks[0].State() != ledger.New
	}
	return rows, open, nil
}

// eachChunk goes through the numbers of an import's chunks that are still stored, some at a time.
func (e *Eraser) eachChunk(ctx context.Context, imp ledger.Import, do func(n int) error) error {
	const atOnce = 500
	chunks := (imp.Rows + max(imp.Chunk, 1) - 1) / max(imp.Chunk, 1)
	for first := 0; first < chunks; first += atOnce {
		var some []int
		for n := first; n < min(first+atOnce, chunks); n++ {
			some = append(some, n)
		}
		there, err := e.Ledger.Chunks.Has(ctx, imp.ID, some)
		if err != nil {
			return err
		}
		for _, n := range some {
			if there[n] {
				if err := do(n); err != nil && !errors.Is(err, ledger.ErrNoChunk) {
					return err
				}
			}
		}
	}
	return nil
}
