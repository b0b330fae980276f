package suppression

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
)

// Who has unsubscribed or complained at one address wants no emails at the next one that a list has of him either, until
// a person lifts the first. The rows of his earlier emails show to which addresses these went.
const (
	UnsubscribedBefore Reason = "unsubscribed at another address"
	ComplainedBefore   Reason = "complained at another address"
)

// Said is what the guest has said, at whichever address.
func (r Reason) Said() Reason {
	switch r {
	case UnsubscribedBefore:
		return Unsubscribed
	case ComplainedBefore:
		return Complained
	case ByHand, Bounced, Unsubscribed, Complained, lifted:
	}
	return r
}

// Declined returns for each guest, of whom the rows of his emails are given, whether he wants none by what he has said at
// any of their addresses: UnsubscribedBefore, ComplainedBefore or "".
func (s *Set) Declined(ctx context.Context, mails [][]ledger.Owner) ([]Reason, error) {
	list := make([]Reason, len(mails))
	var rows []ledger.Owner
	var guests []int
	for i, of := range mails {
		for _, row := range of {
			rows, guests = append(rows, row), append(guests, i)
		}
	}
	if len(rows) == 0 {
		return list, nil
	}
	entries, err := s.checkRows(ctx, rows)
	for i, e := range entries {
		switch of := &list[guests[i]]; {
		case e.Reason == Complained:
			*of = ComplainedBefore
		case e.Reason == Unsubscribed && *of == "":
			*of = UnsubscribedBefore
		}
	}
	return list, err
}

// checkRows returns what is kept of the addresses of rows, as far as these are known.
func (s *Set) checkRows(ctx context.Context, rows []ledger.Owner) ([]Entry, error) {
	entries, digests := make([]Entry, len(rows)), make([]digest, len(rows))
	cmds := make([]*redis.StringCmd, len(rows))
	_, err := s.ledger.Redis().Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, of := range rows {
			first := int64(of.Row-1) * int64(len(digest{}))
			cmds[i] = p.GetRange(ctx, s.ledger.Keys().Addresses(of.Import), first, first+int64(len(digest{}))-1)
		}
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("look for the addresses of rows: %w", err)
	}
	for i, cmd := range cmds {
		copy(digests[i][:], cmd.Val())
	}
	for from := 0; from < len(rows); from += maxAtOnce {
		some := digests[from:min(from+maxAtOnce, len(rows))]
		out, done, err := s.run(ctx, screenScript, false, func(h *hasher) ([]string, []any) { return s.lookups(h.id, some) })
		if err != nil {
			return nil, fmt.Errorf("look whether addresses of rows are suppressed: %w", err)
		}
		if done {
			decodeAll(out.(string), entries[from:])
		}
	}
	for i := range entries {
		if digests[i] == (digest{}) {
			entries[i] = Entry{}
		}
	}
	return entries, nil
}

// HasAny reports whether anything was suppressed when rows were screened last.
func (s *Set) HasAny() bool { return !s.none.Load() }

// AnyDeclined reports whether any address has unsubscribed or complained.
func (s *Set) AnyDeclined(ctx context.Context) (bool, error) {
	c, err := s.Count(ctx)
	return c.Reasons[Unsubscribed]+c.Reasons[Complained] > 0, err
}

// AllReasons lists why an email is not sent, the weightiest first.
func AllReasons() []Reason {
	return slices.Concat(Reasons(), []Reason{ComplainedBefore, UnsubscribedBefore})
}
