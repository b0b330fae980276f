package suppression

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
)

// Who has said no at one address wants no emails at the next one that a list has of him either, until a person lifts the
// first. The rows by which he is known show which addresses he has had. One to which emails do not get through is no such
// word: those to the next may.
const (
	UnsubscribedBefore Reason = "unsubscribed at another address"
	ComplainedBefore   Reason = "complained at another address"
	ByHandBefore       Reason = "by hand at another address"
)

// before is what a reason at one address is at the guest's next.
var before = map[Reason]Reason{Complained: ComplainedBefore, Unsubscribed: UnsubscribedBefore, ByHand: ByHandBefore}

// Said is what the guest has said, at whichever address.
func (r Reason) Said() Reason {
	for said, next := range before {
		if r == next {
			return said
		}
	}
	return r
}

// heavier returns the weightier of two reasons.
func heavier(a, b Reason) Reason {
	all := AllReasons()
	if b == "" || a != "" && slices.Index(all, a) <= slices.Index(all, b) {
		return a
	}
	return b
}

// Declined returns for each guest, of whom the rows are given by which he is known, whether he wants no emails by what he
// has said at any of the addresses that these have, or that he had before them: one of the reasons at another address, or "".
func (s *Set) Declined(ctx context.Context, rows [][]ledger.Owner) ([]Reason, error) {
	list := make([]Reason, len(rows))
	var of []ledger.Owner
	var guests []int
	for i, all := range rows {
		for _, row := range all {
			of, guests = append(of, row), append(guests, i)
		}
	}
	if len(of) == 0 {
		return list, nil
	}
	digests, at, err := s.addressesOf(ctx, of)
	if err != nil {
		return nil, err
	}
	entries, err := s.checkDigests(ctx, digests)
	for i, e := range entries {
		guest := guests[at[i]]
		list[guest] = heavier(list[guest], before[e.Reason])
	}
	return list, err
}

// addressesOf returns the addresses that rows have, and that their guests had before, as far as they are known; of each
// also which row it is of.
func (s *Set) addressesOf(ctx context.Context, rows []ledger.Owner) (digests []digest, at []int, err error) {
	own, former := make([]*redis.StringCmd, len(rows)), make([]*redis.StringCmd, len(rows))
	keys := s.ledger.Keys()
	_, err = s.ledger.Redis().Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, of := range rows {
			first := int64(of.Row-1) * int64(len(digest{}))
			own[i] = p.GetRange(ctx, keys.Addresses(of.Import), first, first+int64(len(digest{}))-1)
			former[i] = p.HGet(ctx, keys.Former(of.Import), strconv.Itoa(of.Row))
		}
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, nil, fmt.Errorf("look for the addresses of rows: %w", err)
	}
	for i := range rows {
		for all := own[i].Val() + former[i].Val(); len(all) >= len(digest{}); all = all[len(digest{}):] {
			if d := digest([]byte(all[:len(digest{})])); d != (digest{}) {
				digests, at = append(digests, d), append(at, i)
			}
		}
	}
	return digests, at, nil
}

// checkDigests returns what is kept of addresses.
func (s *Set) checkDigests(ctx context.Context, digests []digest) ([]Entry, error) {
	entries := make([]Entry, len(digests))
	for from := 0; from < len(digests); from += maxAtOnce {
		some := digests[from:min(from+maxAtOnce, len(digests))]
		out, done, err := s.run(ctx, screenScript, false, func(h *hasher) ([]string, []any) { return s.lookups(h.id, some) })
		if err != nil {
			return nil, fmt.Errorf("look whether addresses of rows are suppressed: %w", err)
		}
		if done {
			decodeAll(out.(string), entries[from:])
		}
	}
	return entries, nil
}

// HasFormer reports whether guests of an import's rows had other addresses before.
func (s *Set) HasFormer(ctx context.Context, id string) (bool, error) {
	n, err := s.ledger.Redis().Exists(ctx, s.ledger.Keys().Former(id)).Result()
	if err != nil {
		return false, fmt.Errorf("look for former addresses of import %s: %w", id, err)
	}
	return n > 0, nil
}

// HasAny reports whether anything was suppressed when rows were screened last.
func (s *Set) HasAny() bool { return !s.none.Load() }

// AnyDeclined reports whether any address is suppressed because its owner unsubscribed or complained, or by hand.
func (s *Set) AnyDeclined(ctx context.Context) (bool, error) {
	c, err := s.Count(ctx)
	return c.Reasons[Unsubscribed]+c.Reasons[Complained]+c.Reasons[ByHand] > 0, err
}

// AllReasons lists why an email is not sent, the weightiest first.
func AllReasons() []Reason {
	return slices.Concat(Reasons(), []Reason{ComplainedBefore, UnsubscribedBefore, ByHandBefore})
}
