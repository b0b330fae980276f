package guestindex

import (
	"context"
	"fmt"

	"guestflow/importer/ledger"
)

// Forgotten counts guests whose rows are forgotten.
type Forgotten struct {
	Guests    int // that the index does not know any more
	Elsewhere int // that are known on, by a later row that has the say about them
}

// Forget removes the guests that rows own, or one of whose emails they own, unless a row of another import of those
// that are kept has the say about them by now: such a guest was corrected since. It goes through the whole index, a
// bucket at a time.
func (x Index) Forget(ctx context.Context, owners map[ledger.Owner]bool, kept map[string]bool) (done Forgotten, err error) {
	f := forgetting{Index: x, owners: owners, kept: kept, gone: map[string]bool{}}
	if err := x.ledger.EachKey(ctx, "guests:", func(key string) error { return f.in(ctx, key) }); err != nil {
		return f.done, err
	}
	if len(f.gone) == 0 {
		return f.done, nil
	}
	for _, kind := range []string{"guests:", "addresses:", "names:"} {
		err := x.ledger.EachKey(ctx, kind, func(key string) error { return x.forgetIDs(ctx, key, f.gone) })
		if err != nil {
			return f.done, err
		}
	}
	return f.done, nil
}

type forgetting struct {
	Index
	owners map[ledger.Owner]bool
	kept   map[string]bool // imports whose rows are known
	gone   map[string]bool // the ends of the ids of guests, as they are fields of buckets
	done   Forgotten
}

func (f *forgetting) in(ctx context.Context, key string) error {
	all, err := f.ledger.Redis().HGetAll(ctx, key).Result()
	if err != nil {
		return fmt.Errorf("read a bucket of the guest index: %w", err)
	}
	for field, raw := range all {
		r := record(raw)
		switch {
		case len(field) != guestField || len(raw) < recordHead || !r.ownedByAny(f.owners):
		case !f.owners[r.owner()] && f.kept[r.owner().Import]:
			f.done.Elsewhere++
		default:
			if err := f.ledger.Redis().HDel(ctx, key, field).Err(); err != nil {
				return fmt.Errorf("forget a guest: %w", err)
			}
			f.gone[field] = true
			f.done.Guests++
		}
	}
	return nil
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
