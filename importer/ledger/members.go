package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"
)

// MemberKey stands for the guest of a row: six bytes of the id that he is known by. Zero is no guest.
type MemberKey [6]byte

const memberSize = len(MemberKey{})

// ErasedMember stands for a guest who was erased: he is no one who can be gone from a list. No id has it but by a chance of one
// in 2^48.
var ErasedMember = MemberKey{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// Members are the keys of imports' guests, by row, so that the next list can be compared with what an import had: the
// guest index knows each guest's latest row alone. They are kept as long as their import.
type Members struct{ store }

// Reserve makes room for the guests of all rows of an import before the first is noted: to a string that grows Redis
// gives as much again, or a megabyte. The byte after the last row makes it so long, and changes nothing where it is.
func (m Members) Reserve(ctx context.Context, id string, rows int) error {
	key := m.keys.members(id)
	_, err := m.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.SetRange(ctx, key, int64(rows*memberSize), "\x00")
		p.Expire(ctx, key, m.retention)
		return nil
	})
	if err != nil {
		return fmt.Errorf("make room for the guests of import %s: %w", id, err)
	}
	return nil
}

// Put notes the guests of some rows that follow each other.
func (m Members) Put(ctx context.Context, id string, first int, keys []MemberKey) error {
	data := make([]byte, 0, memberSize*len(keys))
	for _, k := range keys {
		data = append(data, k[:]...)
	}
	key := m.keys.members(id)
	_, err := m.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.SetRange(ctx, key, int64((first-1)*memberSize), string(data))
		p.Expire(ctx, key, m.retention)
		return nil
	})
	if err != nil {
		return fmt.Errorf("note the guests of import %s: %w", id, err)
	}
	return nil
}

// Get returns the keys of rows from first to last. They are zero where nothing is known, as of imports of a version before.
func (m Members) Get(ctx context.Context, id string, first, last int) ([]MemberKey, error) {
	data, err := m.redis.GetRange(ctx, m.keys.members(id), int64((first-1)*memberSize), int64(last*memberSize-1)).Result()
	if err != nil {
		return nil, fmt.Errorf("read the guests of import %s: %w", id, err)
	}
	keys := make([]MemberKey, last-first+1)
	for i := range keys {
		if end := (i + 1) * memberSize; end <= len(data) {
			keys[i] = MemberKey([]byte(data[end-memberSize : end]))
		}
	}
	return keys, nil
}

// membersAtOnce is how many are read in one round trip.
const membersAtOnce = 10_000

// Each calls do with the keys of an import's rows, some at a time, until it returns false.
func (m Members) Each(ctx context.Context, i Import, do func(first int, keys []MemberKey) bool) error {
	for first := 1; first <= i.Rows; first += membersAtOnce {
		keys, err := m.Get(ctx, i.ID, first, min(first+membersAtOnce-1, i.Rows))
		if err != nil || !do(first, keys) {
			return err
		}
	}
	return nil
}

// RowOf returns the row of an import whose guest has a key; 0 where none is known.
func (m Members) RowOf(ctx context.Context, i Import, k MemberKey) (row int, err error) {
	err = m.Each(ctx, i, func(first int, keys []MemberKey) bool {
		if at := slices.Index(keys, k); at >= 0 {
			row = first + at
		}
		return row == 0
	})
	return row, err
}

// Gone is who of an earlier import is not in the list of a later one.
type Gone struct {
	Import string `json:"import"` // the earlier one
	Guests int    `json:"guests"` // that it had
	Rows   int    `json:"rows"`   // of those who are gone
	Unsure int    `json:"unsure,omitempty"`
}

// SetGone notes who is gone from the list of an import, unless that was noted before: rows has a bit for each row of the
// earlier import, the first in the highest bit of the first byte.
func (l *Ledger) SetGone(ctx context.Context, id string, g Gone, rows []byte) error {
	imp, err := l.Import(ctx, id)
	if err != nil || imp.Gone != nil {
		return err
	}
	raw, err := json.Marshal(g)
	if err == nil {
		err = l.redis.Set(ctx, l.keys.goneRows(id), rows, l.retention).Err()
	}
	if err == nil {
		err = l.set(ctx, id, "gone", raw)
	}
	if err != nil {
		return fmt.Errorf("note who is gone from the list of import %s: %w", id, err)
	}
	return nil
}

// GoneRows returns the rows of the earlier import whose guests are gone, as SetGone had them; nil without any.
func (l *Ledger) GoneRows(ctx context.Context, id string) ([]byte, error) {
	rows, err := l.redis.Get(ctx, l.keys.goneRows(id)).Bytes()
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("read who is gone from the list of import %s: %w", id, err)
	}
	return rows, nil
}

func parseGone(raw string) *Gone {
	var g Gone
	if raw == "" || json.Unmarshal([]byte(raw), &g) != nil {
		return nil
	}
	return &g
}
