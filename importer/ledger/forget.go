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

// ForgetGuests removes the rows of chunks, and the texts of Qflow's reasons, of imports that ended so long ago: what is kept of guests
// in Redis is kept no longer than their files. States, codes and counters stay. It returns the imports that it has changed. An import
// whose rows were tried again since is spared.
func (l *Ledger) ForgetGuests(ctx context.Context, after time.Duration) (forgotten []Import, err error) {
	imports, err := l.Imports(ctx, 0)
	if err != nil {
		return nil, err
	}
	for _, imp := range imports {
		if !imp.Done() || imp.forgotten.After(imp.Finished) || time.Since(imp.Finished) < after { // Redis' clock decides
			continue
		}
		done, err := l.forget(ctx, imp, after)
		if err != nil {
			return forgotten, fmt.Errorf("forget the guests of import %s: %w", imp.ID, err)
		}
		if done {
			forgotten = append(forgotten, imp)
		}
	}
	return forgotten, nil
}

func (l *Ledger) forget(ctx context.Context, imp Import, after time.Duration) (bool, error) {
	chunks := (imp.Rows + max(imp.Chunk, 1) - 1) / max(imp.Chunk, 1)
	for first := 0; first < chunks; first += forgetAtOnce {
		var keys []string
		for n := first; n < min(first+forgetAtOnce, chunks); n++ {
			keys = append(keys, l.keys.chunk(imp.ID, n))
		}
		if done, err := l.forgetThese(ctx, imp.ID, after, keys, nil); !done || err != nil {
			return false, err
		}
	}
	done := true
	err := l.eachWindow(ctx, imp, 1, func(first int, marks []RowByte) error {
		edits, err := l.withoutTexts(ctx, imp.ID, first, marks)
		if err == nil && len(edits) > 0 && done {
			done, err = l.forgetThese(ctx, imp.ID, after, nil, edits)
		}
		return err
	})
	if err != nil || !done {
		return false, err
	}
	return true, l.set(ctx, imp.ID, "forgotten", time.Now().UnixMilli())
}

func (l *Ledger) forgetThese(ctx context.Context, id string, after time.Duration, chunks []string, edits []any) (bool, error) {
	return forgetScript.Run(ctx, l.redis, append([]string{l.keys.Import(id), l.keys.Reasons(id)}, chunks...),
		append([]any{after.Milliseconds()}, edits...)...).Bool()
}

// withoutTexts returns the reasons of a window's rows as they are and as they are to be, as forget.lua takes them. The texts of rejected
// rows are ours, and quote nothing.
func (l *Ledger) withoutTexts(ctx context.Context, id string, first int, marks []RowByte) (edits []any, err error) {
	var rows []int
	for i, m := range marks {
		if s := m.State(); !s.Succeeded() && s != Rejected && s != New {
			rows = append(rows, first+i)
		}
	}
	values, err := l.hmget(ctx, l.keys.Reasons(id), rows)
	for i, v := range values {
		var r storedReason
		if v == "" || json.Unmarshal([]byte(v), &r) != nil {
			continue
		}
		known := reason.Public(r.Code, marks[rows[i]-first].State() == Rejected)
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
