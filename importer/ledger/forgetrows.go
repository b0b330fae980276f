package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/reason"
)

// ForgetRows removes what is kept of rows beside their states: the texts of their reasons, the calls behind them, and
// what was reported of their emails. The codes of reasons stay, as far as they are in the closed set.
func (l *Ledger) ForgetRows(ctx context.Context, id string, rows []int) error {
	k := l.keys
	for _, row := range rows {
		field := strconv.Itoa(row)
		raw, err := l.redis.HGet(ctx, k.Reasons(id), field).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return fmt.Errorf("forget row %d of import %s: %w", row, id, err)
		}
		_, err = l.redis.TxPipelined(ctx, func(tx redis.Pipeliner) error {
			if raw != "" {
				tx.HSet(ctx, k.Reasons(id), field, withoutText(raw))
			}
			tx.HDel(ctx, k.attempts(id), field)
			tx.HDel(ctx, k.Import(id)+":failing", field)
			return nil
		})
		if err == nil {
			err = l.forgetMember(ctx, id, row)
		}
		if err != nil {
			return fmt.Errorf("forget row %d of import %s: %w", row, id, err)
		}
	}
	return nil
}

// forgetMember has the key of a row's guest, where there is one, say that he was erased.
func (l *Ledger) forgetMember(ctx context.Context, id string, row int) error {
	key := l.keys.members(id)
	size, err := l.redis.StrLen(ctx, key).Result()
	if err != nil || size < int64(row*memberSize) {
		return err
	}
	return l.redis.SetRange(ctx, key, int64((row-1)*memberSize), string(ErasedMember[:])).Err()
}

// withoutText returns a stored reason with nothing but its code and its line.
func withoutText(raw string) string {
	var r storedReason
	_ = json.Unmarshal([]byte(raw), &r) // what cannot be read says nothing
	r.Code = reason.Public(r.Code, true)
	r.Text, r.Sealed = "", ""
	out, _ := json.Marshal(r) // texts and a number
	return string(out)
}

// Replace stores a chunk's rows anew, if they are still kept, for as long as they were.
func (x Chunks) Replace(ctx context.Context, id string, c StoredChunk) error {
	key := x.keys.chunk(id, c.N)
	data, err := x.ledger.seal.seal(c.Data, key)
	if err == nil {
		err = x.redis.SetArgs(ctx, key, data, redis.SetArgs{Mode: "XX", KeepTTL: true}).Err()
	}
	if err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("replace chunk %d of import %s: %w", c.N, id, err)
	}
	return nil
}
