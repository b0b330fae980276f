package guestindex

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"guestflow/importer/guest"
	"guestflow/importer/ledger"
)

// Contact is by what a guest is recognised whose id is another by now: his name, his address or the key was changed.
// The index keeps it beside the guest, so that a corrected list does not have him mailed once more.
type Contact struct {
	Address ContactHash // of the folded email address, and the event; zero for none
	Name    ContactHash // of all his names, in any order
}

// ContactHash is a hash of an address or a name: 12 bits for the bucket, and 40 for the field. Of a million guests two
// have one by chance in one of 10,000 events.
type ContactHash [7]byte

func (c Contact) isZero() bool { return c == Contact{} }

func (h ContactHash) field() []byte {
	if h == (ContactHash{}) {
		return nil
	}
	return h[2:]
}

func (x Index) appendContactKey(to []byte, kind string, g *Guest, h ContactHash, s size) []byte {
	return s.appendSuffix(x.appendBase(to, kind, g.Event), s.of(h[:]))
}

// Alike is a known guest who may be the one of a row.
type Alike struct {
	ID          uuid.UUID
	Owner       ledger.Owner // the row that has the say about the guest
	SameAddress bool
	SameName    bool
	OfHeld      bool // what is the same is that of a row that was held, since it was like him
}

// In the ids that an address or a name has, the version's place also says that they are only perhaps of the guest.
const (
	idVersion = 0x50 // UUIDv5
	spelledSo = 0xd0 // the name is the guest's in another spelling
	maybeHis  = 0xf0
)

// spellings begins a decision that has the spellings of a row before it: how many, and each with its kind.
const spellings = "o"

// withSpellings returns a guest's decision as the script takes it.
func (g *Guest) withSpellings() string {
	if g.Spelled == "" {
		return string(g.Decision)
	}
	return spellings + string(rune('0'+len(g.Spelled)/guest.SpellingSize)) + g.Spelled + string(g.Decision)
}

// Decision is what was decided of a row before it is claimed, for the case that it is like a known guest. The zero
// Decision is none: then the answer is Near.
type Decision string

// The letters that decisions begin with, as the script knows them.
const (
	anyway   = "a"
	apart    = "p"
	takeOver = "t"
	leaveOut = "l"
)

// Anyway is that a row is a new guest, whatever guests are like it.
func Anyway() Decision { return anyway }

// Apart is that a row is a new guest beside these, but not beside others.
func Apart(from []Alike) Decision {
	d := []byte(apart)
	for _, a := range from {
		d = append(d, a.ID[4:8]...)
	}
	return Decision(d)
}

// LeaveOut is that a row is no guest, whatever is known by then. What it has is noted as perhaps of the guests whom it is like.
func LeaveOut() Decision { return leaveOut }

// TakeOver is that a row is a known guest, and has his id from now on.
func TakeOver(known uuid.UUID) Decision { return Decision(takeOver + string(known[:])) }

// Guests returns how many guests of an event are in the index by address and name.
func (x Index) Guests(ctx context.Context, event string) (int, error) {
	n, err := x.ledger.Redis().HGet(ctx, x.indexedKey(event), "guests").Int()
	if err != nil && !errors.Is(err, redis.Nil) {
		return 0, fmt.Errorf("count the guests of an event: %w", err)
	}
	return n, nil
}

// KnownByIDOnly returns about how many guests of an event are in the index without address and name, since imports of
// an earlier version have entered them and no list has had them since.
func (x Index) KnownByIDOnly(ctx context.Context, event string) (int, error) {
	size, err := x.size(ctx, event)
	if err != nil {
		return 0, err
	}
	sizes := make([]*redis.IntCmd, size.buckets())
	var counts *redis.SliceCmd
	_, err = x.ledger.Redis().Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range sizes {
			sizes[i] = p.HLen(ctx, x.bucketOf(event, size, i))
		}
		counts = p.HMGet(ctx, x.indexedKey(event), "guests", "aliases")
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("count the guests of an event: %w", err)
	}
	n := 0
	for _, size := range sizes {
		n += int(size.Val())
	}
	for _, v := range counts.Val() {
		text, _ := v.(string)
		known, _ := strconv.Atoi(text) // none yet
		n -= known
	}
	return max(n, 0), nil
}
