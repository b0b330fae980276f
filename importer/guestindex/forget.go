package guestindex

import (
	"context"
	"fmt"

	"guestflow/importer/ledger"
)

// Forget removes the guests that rows own, or one of whose emails they own, and returns how many there were. It goes
// through the whole index, a bucket at a time.
func (x Index) Forget(ctx context.Context, owners map[ledger.Owner]bool) (forgotten int, err error) {
	gone := map[string]bool{} // the ends of the ids of guests, as they are fields of buckets
	err = x.ledger.EachKey(ctx, "guests:", func(key string) error {
		n, err := x.forgetIn(ctx, key, owners, gone)
		forgotten += n
		return err
	})
	if err != nil || len(gone) == 0 {
		return forgotten, err
	}
	for _, kind := range []string{"guests:", "addresses:", "names:"} {
		err := x.ledger.EachKey(ctx, kind, func(key string) error { return x.forgetIDs(ctx, key, gone) })
		if err != nil {
			return forgotten, err
		}
	}
	return forgotten, nil
}

func (x Index) forgetIn(ctx context.Context, key string, owners map[ledger.Owner]bool, gone map[string]bool) (int, error) {
	all, err := x.ledger.Redis().HGetAll(ctx, key).Result()
	if err != nil {
		return 0, fmt.Errorf("read a bucket of the guest index: %w", err)
	}
	n := 0
	for field, raw := range all {
		if len(field) != guestField || len(raw) < recordHead || !record(raw).ownedByAny(owners) {
			continue
		}
		if err := x.ledger.Redis().HDel(ctx, key, field).Err(); err != nil {
			return n, fmt.Errorf("forget a guest: %w", err)
		}
		gone[field] = true
		n++
	}
	return n, nil
}

// guestField is the length of a guest's field in his bucket, and idSize that of his id.
const guestField, idSize = 12, 16

func (r record) ownedByAny(owners map[ledger.Owner]bool) bool {
	if owners[r.owner()] {
		return true
	}
	for emails := r[recordHead:]; len(emails) >= emailSize; emails = emails[emailSize:] {
		if owners[ownerOf(emails[templateSize:emailSize])] {
			return true
		}
	}
	return false
}

// fieldOf returns the field of the guest with an id, also where that says that he is only perhaps meant, or spelled so.
func fieldOf(id string) string {
	field := []byte(id[idSize-guestField:])
	if at := &field[guestField-idSize+6]; *at >= spelledSo { // the seventh byte of the id
		*at = idVersion | *at&0x0f
	}
	return string(field)
}

// forgetIDs removes ids of forgotten guests where ids are kept of an address or a name, and what points to them.
func (x Index) forgetIDs(ctx context.Context, key string, gone map[string]bool) error {
	all, err := x.ledger.Redis().HGetAll(ctx, key).Result()
	if err != nil {
		return fmt.Errorf("read what is kept beside the guest index: %w", err)
	}
	for field, raw := range all {
		rest, ids := "", raw
		if len(raw)%idSize == 1 { // a mark, and the id of the guest that this one is
			rest, ids = raw[:1], raw[1:]
		}
		if len(ids)%idSize != 0 || ids == "" {
			continue
		}
		kept := ""
		for at := 0; at < len(ids); at += idSize {
			if id := ids[at : at+idSize]; !gone[fieldOf(id)] {
				kept += id
			}
		}
		switch kept {
		case ids:
			continue
		case "":
			err = x.ledger.Redis().HDel(ctx, key, field).Err()
		default:
			err = x.ledger.Redis().HSet(ctx, key, field, rest+kept).Err()
		}
		if err != nil {
			return fmt.Errorf("forget a guest beside the index: %w", err)
		}
	}
	return nil
}
