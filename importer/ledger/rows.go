package ledger

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// RowBytes reads the bytes of rows first to last, both included.
func (l *Ledger) RowBytes(ctx context.Context, id string, first, last int) ([]RowByte, error) {
	raw, err := l.redis.GetRange(ctx, l.keys.Rows(id), int64(first-1), int64(last-1)).Bytes()
	if err != nil {
		return nil, fmt.Errorf("read rows of import %s: %w", id, err)
	}
	bytes := make([]RowByte, last-first+1) // rows never written are new, the zero byte
	for i, b := range raw {
		bytes[i] = RowByte(b)
	}
	return bytes, nil
}

const (
	// rowWindow is how many rows' bytes are read at once where no row is likely to matter.
	rowWindow = 100_000

	// moveWindow is how many rows are read, and changed, in one round trip.
	moveWindow = 1000
)

// EachWindow reads the bytes of all rows of an import, some at a time; first is the row of bytes[0].
func (l *Ledger) EachWindow(ctx context.Context, id string, do func(first int, bytes []RowByte) error) error {
	imp, err := l.Import(ctx, id)
	if err != nil {
		return err
	}
	return l.eachWindow(ctx, imp, 1, do)
}

// eachWindow begins at a row.
func (l *Ledger) eachWindow(ctx context.Context, imp Import, row int, do func(first int, bytes []RowByte) error) error {
	for first := row; first <= imp.Rows; first += moveWindow {
		bytes, err := l.RowBytes(ctx, imp.ID, first, min(first+moveWindow-1, imp.Rows))
		if err != nil {
			return err
		}
		if err := do(first, bytes); err != nil {
			return err
		}
	}
	return nil
}

// Tries reads how often each row has failed since its last change of state.
func (l *Ledger) Tries(ctx context.Context, id string, rows []int) ([]int, error) {
	values, err := l.hmget(ctx, l.keys.Tries(id), rows)
	if err != nil {
		return nil, fmt.Errorf("read tries of import %s: %w", id, err)
	}
	return numbers(values), nil
}

// BytesAndTries reads both of rows that are in order, by one round trip.
func (l *Ledger) BytesAndTries(ctx context.Context, id string, rows []int) ([]RowByte, []int, error) {
	first, last := rows[0], rows[len(rows)-1]
	pipe := l.redis.Pipeline()
	raw := pipe.GetRange(ctx, l.keys.Rows(id), int64(first-1), int64(last-1))
	tries := pipe.HMGet(ctx, l.keys.Tries(id), fieldsOf(rows)...)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, nil, fmt.Errorf("read rows of import %s: %w", id, err)
	}
	bytes := make([]RowByte, len(rows)) // rows never written are new, the zero byte
	for i, row := range rows {
		if at := row - first; at < len(raw.Val()) {
			bytes[i] = RowByte(raw.Val()[at])
		}
	}
	return bytes, numbers(texts(tries.Val())), nil
}

// Attempt is a call that was made for a row.
type Attempt struct {
	At   time.Time
	Call string // what it came to
}

// Attempts returns the last calls for a row, the oldest first. A row that went through at once has none.
func (l *Ledger) Attempts(ctx context.Context, id string, row int) ([]Attempt, error) {
	raw, err := l.hmget(ctx, l.keys.attempts(id), []int{row})
	if err != nil {
		return nil, fmt.Errorf("read the attempts of import %s: %w", id, err)
	}
	var list []Attempt
	for line := range strings.Lines(raw[0]) {
		ms, call, _ := strings.Cut(strings.TrimSpace(line), " ")
		list = append(list, Attempt{At: at(ms), Call: call})
	}
	return list, nil
}

func (l *Ledger) hmget(ctx context.Context, key string, rows []int) ([]string, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	values, err := l.redis.HMGet(ctx, key, fieldsOf(rows)...).Result()
	if err != nil {
		return nil, err
	}
	return texts(values), nil
}

func fieldsOf(rows []int) []string {
	fields := make([]string, len(rows))
	for i, r := range rows {
		fields[i] = strconv.Itoa(r)
	}
	return fields
}

// texts are values of fields; "" for those that are not there.
func texts(values []any) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i], _ = v.(string)
	}
	return out
}

func numbers(texts []string) []int {
	out := make([]int, len(texts))
	for i, text := range texts {
		out[i] = number(text)
	}
	return out
}
