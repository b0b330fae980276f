package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"guestflow/importer/reason"
)

// forgetAtOnce is how many chunks are removed in one step, some milliseconds of Redis' time.
const forgetAtOnce = 500

var forgetScript = script("forget")

// ForgetGuests removes the rows of chunks, and the texts of Qflow's reasons, of imports that ended so long ago: what
// is kept of guests in Redis is kept no longer than their files. States, codes and counters stay. It returns the
// imports that it has changed. An import whose rows were tried again since is spared.
func (l *Ledger) ForgetGuests(ctx context.Context, after time.Duration) (forgotten []Import, err error) {
	imports, err := l.Imports(ctx, 0)
	if err != nil {
		return nil, err
	}
	for _, imp := range imports {
		if !imp.Done() || imp.forgotten.After(imp.Finished) || time.Since(imp.Finished) < after { // Redis' clock decides
			continue
		}
		done, err := forgetting{l, imp, after}.run(ctx)
		if err != nil {
			return forgotten, fmt.Errorf("forget the guests of import %s: %w", imp.ID, err)
		}
		if done {
			forgotten = append(forgotten, imp)
		}
	}
	return forgotten, nil
}

// forgetting is the removal of what is kept of one import's guests.
type forgetting struct {
	ledger *Ledger
	imp    Import
	after  time.Duration
}

// run reports whether all is removed: not if the import's rows are tried again meanwhile.
func (f forgetting) run(ctx context.Context) (bool, error) {
	if done, err := f.chunks(ctx); !done || err != nil {
		return false, err
	}
	if done, err := f.reasons(ctx); !done || err != nil {
		return false, err
	}
	return true, f.ledger.set(ctx, f.imp.ID, "forgotten", time.Now().UnixMilli())
}

func (f forgetting) chunks(ctx context.Context) (bool, error) {
	chunks := (f.imp.Rows + max(f.imp.Chunk, 1) - 1) / max(f.imp.Chunk, 1)
	for first := 0; first < chunks; first += forgetAtOnce {
		var keys []string
		for n := first; n < min(first+forgetAtOnce, chunks); n++ {
			keys = append(keys, f.ledger.keys.chunk(f.imp.ID, n))
		}
		if done, err := f.step(ctx, keys, nil); !done || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (f forgetting) reasons(ctx context.Context) (done bool, err error) {
	done = true
	err = f.ledger.eachWindow(ctx, f.imp, 1, func(first int, rows []RowByte) error {
		edits, err := f.withoutTexts(ctx, first, rows)
		if err == nil && len(edits) > 0 && done {
			done, err = f.step(ctx, nil, edits)
		}
		return err
	})
	return done, err
}

// step removes some chunks and replaces some reasons, unless the import's rows are tried again meanwhile.
func (f forgetting) step(ctx context.Context, chunks []string, edits []any) (bool, error) {
	k := f.ledger.keys
	return forgetScript.Run(ctx, f.ledger.redis, append([]string{k.Import(f.imp.ID), k.Reasons(f.imp.ID)}, chunks...),
		append([]any{f.after.Milliseconds()}, edits...)...).Bool()
}

// withoutTexts returns the reasons of a window's rows as they are and as they are to be, as forget.lua takes them.
// The texts of rejected rows are ours, and quote nothing.
func (f forgetting) withoutTexts(ctx context.Context, first int, bytes []RowByte) (edits []any, err error) {
	var rows []int
	for i, m := range bytes {
		if s := m.State(); !s.Succeeded() && s != Rejected && s != New {
			rows = append(rows, first+i)
		}
	}
	values, err := f.ledger.hmget(ctx, f.ledger.keys.Reasons(f.imp.ID), rows)
	for i, v := range values {
		var r storedReason
		if v == "" || json.Unmarshal([]byte(v), &r) != nil {
			continue
		}
		known := reason.Public(r.Code, bytes[rows[i]-first].State() == Rejected)
		if r.Text == "" && r.Sealed == "" && r.Code == known {
			continue
		}
		r.Code, r.Text, r.Sealed = known, "", ""
		raw, err := json.Marshal(r)
		if err != nil {
			return nil, err
		}
		edits = append(edits, strconv.Itoa(rows[i]), v, raw)
	}
	return edits, err
}
