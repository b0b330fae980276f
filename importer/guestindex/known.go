package guestindex

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
)

// Known is what the index has of a guest.
type Known struct {
	Key     GuestKey
	Owner   ledger.Owner
	Content [8]byte // hash of what the owner has written, or will

	record record
}

// EmailOwner returns the row that owns the guest's email of a template.
func (k Known) EmailOwner(template string) (ledger.Owner, bool) {
	return k.record.emailOwner(canonical(template))
}

// IsAsWanted reports whether the guest was as the owner wants him before the owner did anything.
func (k Known) IsAsWanted() bool { return len(k.record) > 0 && k.record[0] == asWanted }

// GuestKey is what the index keeps of a guest's id: all but twenty bits of it, so that two guests of an event do not
// share one.
type GuestKey [16]byte

// KeyOf returns what the index keeps of an id. Its bytes are evenly spread, as those of the id are.
func KeyOf(id uuid.UUID) (k GuestKey) {
	copy(k[:12], id[4:])
	k[12], k[13], k[14], k[15] = id[0], id[1]&0xf0, id[15], id[14]
	return k
}

// Member is what imports keep of the guest by row.
func (k GuestKey) Member() ledger.MemberKey { return ledger.MemberKey(k[6:12]) }

// keyIn returns the key of a guest who stands in a bucket, one of 4096.
func keyIn(bucket int, field string) (k GuestKey) {
	copy(k[:12], field)
	k[12], k[13], k[14], k[15] = byte(bucket>>4), byte(bucket<<4), k[11], k[10]
	return k
}

// Lookup returns what the index has of some guests of an event; those that it does not know have no owner.
func (x Index) Lookup(ctx context.Context, event string, ids []uuid.UUID) ([]Known, error) {
	event = canonical(event)
	size, err := x.size(ctx, event)
	if err != nil {
		return nil, err
	}
	records := make([]*redis.StringCmd, len(ids))
	_, err = x.ledger.Redis().Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, id := range ids {
			records[i] = p.HGet(ctx, x.bucketKey(&Guest{ID: id, Event: event}, size), string(id[4:]))
		}
		return nil
	})
	if err != nil && err != redis.Nil { //nolint:errorlint // it is returned as it is, of the first that is not there
		return nil, fmt.Errorf("look guests up: %w", err)
	}
	known := make([]Known, len(ids))
	for i, r := range records {
		raw, _ := r.Bytes()
		known[i] = knownOf(KeyOf(ids[i]), raw)
	}
	return known, nil
}

func knownOf(key GuestKey, r record) Known {
	k := Known{Key: key, record: r}
	if len(r) >= recordHead {
		k.Owner = r.owner()
		copy(k.Content[:], r[1:9])
	}
	return k
}

// bucketsAtOnce is how many buckets are read in one round trip: some thousand guests of a million.
const bucketsAtOnce = 16

// Each calls do with all guests of an event that the index knows, some at a time, in no order.
func (x Index) Each(ctx context.Context, event string, do func([]Known) error) error {
	event = canonical(event)
	size, err := x.size(ctx, event)
	if err != nil {
		return err
	}
	for first := 0; first < size.buckets(); first += bucketsAtOnce {
		hashes := make([]*redis.MapStringStringCmd, bucketsAtOnce)
		_, err := x.ledger.Redis().Pipelined(ctx, func(p redis.Pipeliner) error {
			for i := range hashes {
				hashes[i] = p.HGetAll(ctx, x.bucketOf(event, size, first+i))
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("read the guest index: %w", err)
		}
		var known []Known
		for i, h := range hashes {
			for field, raw := range h.Val() {
				if len(field) == 12 { // others are not of guests
					known = append(known, knownOf(keyIn((first+i)>>(size-usualSize), field), record(raw)))
				}
			}
		}
		if err := do(known); err != nil {
			return err
		}
	}
	return nil
}
