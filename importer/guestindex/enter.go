package guestindex

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"guestflow/importer/ledger"
)

// Entering enters the guests of a list most of whom are new, before its rows are claimed: a bucket of them with one
// command, where a claim takes three commands for a guest. The caller brings all records first, then all addresses,
// then all names, so that of two lists with guests who are alike the later finds those of the earlier; and last it
// claims those of whom something was there already. So that a bucket is met once, it brings them by their Part, and may
// bring the next guests before the last are entered.
//
// Until Finish, the import's record says that it is under way. A guest whom it has entered counts as one who was not
// compared with others yet, also after a kill, and the next claim of him compares him (claim.lua).
type Entering struct {
	claims *Claims
	event  string
	size   size

	mu     sync.Mutex
	count  int
	shared []int32 // rows
}

const (
	// enteredFields is about how many fields a call enters: it takes less than a millisecond.
	enteredFields = 800
	// enteredAtOnce is how many calls are under way, so that the next is sent while Redis works.
	enteredAtOnce = 3
)

// Parts is into how many parts a list is divided, and Part the one that a guest with an id, or a contact with a hash,
// belongs to. Guests of one bucket have one part.
const Parts = 64

func Part(hash []byte) int { return int(hash[0]) * Parts >> 8 }

// What an import's record says in the field entered.
const (
	underWay = "0"
	finished = "1"
)

// ErrNotEntered is the error of guests of an event whose index another list has changed: they are to be claimed.
var ErrNotEntered = errors.New("the guest index of the event was changed meanwhile")

//go:embed enter.lua
var enterSource string

var enterScript = ledger.Script(ledger.LuaString("UNDER_WAY", underWay), enterSource)

// Enter begins to enter guests of an event.
func (c *Claims) Enter(ctx context.Context, event string) (*Entering, error) {
	s, err := c.index.size(ctx, event)
	c.resize(eventSizes{event: s})
	return &Entering{claims: c, event: event, size: s}, err
}

// Guests enters the records of guests, and returns the places of those who are known already.
func (e *Entering) Guests(ctx context.Context, guests []Guest) (known []int, err error) {
	fields := make([]newField, len(guests))
	for i := range guests {
		fields[i] = newField{binary.BigEndian.Uint64(guests[i].ID[:]), i}
	}
	e.add(len(guests))
	sortFields(fields)
	return e.enter(ctx, guestKind, fields, 1, func(args *parts, r *recorder, same []newField) {
		g := &guests[same[0].at]
		args.end(append(args.data, g.ID[len(uuid.UUID{})-guestField:]...))
		args.end(r.append(args.data, g))
	})
}

func (e *Entering) add(guests int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.count += guests
}

// GuestContact is the address or the name of a guest.
type GuestContact struct {
	Row  int
	ID   uuid.UUID
	Hash ContactHash
}

// inEntry is how many guests are in an entry of an address or a name (claim.lua).
const inEntry = 4

// Addresses enters addresses of guests, and returns the places of those that are known already. One of more guests than
// an entry has is entered of the first of them, and the others count as known.
func (e *Entering) Addresses(ctx context.Context, contacts []GuestContact) (known []int, err error) {
	return e.contacts(ctx, addressKind, contacts, inEntry)
}

// Names enters names as Addresses does; one of more guests than an entry has says nothing of any of them.
func (e *Entering) Names(ctx context.Context, contacts []GuestContact) (known []int, err error) {
	return e.contacts(ctx, nameKind, contacts, len(contacts))
}

func (e *Entering) contacts(
	ctx context.Context, k kind, contacts []GuestContact, together int,
) (known []int, err error) {
	fields := make([]newField, len(contacts))
	for i := range contacts {
		var order [8]byte
		copy(order[:], contacts[i].Hash[:])
		fields[i] = newField{binary.BigEndian.Uint64(order[:]), i}
	}
	sortFields(fields)
	e.share(fields, contacts)
	return e.enter(ctx, k, fields, together, func(args *parts, _ *recorder, same []newField) {
		args.end(append(args.data, contacts[same[0].at].Hash.field()...))
		ids := args.data
		for _, f := range same[:min(len(same), inEntry)] {
			ids = append(ids, contacts[f.at].ID[:]...)
		}
		args.end(ids)
	})
}

// share remembers which guests of the list have one address or name.
func (e *Entering) share(sorted []newField, contacts []GuestContact) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for rest := sorted; len(rest) > 0; {
		n := sameField(rest)
		for _, f := range rest[:n] {
			if n > 1 {
				e.shared = append(e.shared, int32(contacts[f.at].Row))
			}
		}
		if n > 1 {
			e.shared = append(e.shared, endOfShared)
		}
		rest = rest[n:]
	}
}

// endOfShared stands after the rows that have one address or name; it is no row.
const endOfShared = 0

// EachShared calls do with the rows that have one address or name, for each that several have. One who is held since he
// may be a known guest has others held who have his address or name, so these are claimed with him.
func (e *Entering) EachShared(do func(rows []int32)) {
	for rest := e.shared; len(rest) > 0; {
		n := slices.Index(rest, endOfShared)
		do(rest[:n])
		rest = rest[n+1:]
	}
}

// Finish notes that all guests are entered, but for so many.
func (e *Entering) Finish(ctx context.Context, others int) error {
	l := e.claims.index.ledger
	key := e.claims.index.indexedKey(e.event)
	_, err := l.Redis().TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.HSet(ctx, l.Keys().Import(e.claims.id), "entered", finished)
		p.HIncrBy(ctx, key, "guests", int64(e.count-others))
		p.Expire(ctx, key, l.Retention()+extraTime*time.Second)
		return nil
	})
	if err != nil {
		return fmt.Errorf("note that guests are entered: %w", err)
	}
	return nil
}

// Compared notes that every guest of an import has been compared with those who are like him, and reports whether Redis
// knew it: one that has lost its last writes does not, and may not have guests who were entered.
func (x Index) Compared(ctx context.Context, id string) (known bool, err error) {
	key := x.ledger.Keys().Import(id)
	said, err := x.ledger.Redis().HGet(ctx, key, "entered").Result()
	if err == nil && said == underWay {
		err = x.ledger.Redis().HSet(ctx, key, "entered", finished).Err()
	}
	if err != nil && !errors.Is(err, redis.Nil) {
		return false, fmt.Errorf("note that guests of import %s are compared: %w", id, err)
	}
	return said == finished, nil
}

// kind is one of the three sorts of hashes that a guest is in; its value is its bit in Claims.renewed.
type kind int

const (
	guestKind kind = iota
	addressKind
	nameKind
)

func (k kind) String() string { return [...]string{"guests:", "addresses:", "names:"}[k] }

// newField is a field that is to be entered.
type newField struct {
	order uint64 // the beginning of the hash that it is of: sorted by it, fields of a bucket stand together
	at    int    // in the caller's list
}

func (f newField) bucket(s size) int { return int(f.order >> (64 - s)) }

// enter enters sorted fields, which add writes with their values, and returns the places of those that are known. Of
// those that are the same so many are entered together, and the others are known.
func (e *Entering) enter(
	ctx context.Context, k kind, fields []newField, together int, add addFields,
) (known []int, err error) {
	fields, known = onlyFirst(fields, together)
	calls, ctx := errgroup.WithContext(ctx)
	calls.SetLimit(enteredAtOnce)
	var mu sync.Mutex
	for len(fields) > 0 {
		some := fields[:e.wholeBuckets(fields, enteredFields)]
		fields = fields[len(some):]
		calls.Go(func() error {
			met, err := e.call(ctx, k, some, add)
			mu.Lock()
			defer mu.Unlock()
			known = append(known, met...)
			return err
		})
	}
	return known, calls.Wait()
}

// addFields writes those of the caller's list that have one field, and its value.
type addFields func(args *parts, r *recorder, same []newField)

func sortFields(fields []newField) {
	slices.SortFunc(fields, func(a, b newField) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.at, b.at))
	})
}

// onlyFirst returns sorted fields, of those that are the same the first so many, and the places of the others.
func onlyFirst(fields []newField, together int) (first []newField, others []int) {
	first = fields[:0]
	for _, f := range fields {
		if n := len(first) - together; n >= 0 && first[n].order == f.order {
			others = append(others, f.at)
			continue
		}
		first = append(first, f)
	}
	return first, others
}

// sameField returns how many of sorted fields are the same as the first.
func sameField(fields []newField) int {
	n := 1
	for n < len(fields) && fields[n].order == fields[0].order {
		n++
	}
	return n
}

// wholeBuckets returns how many of sorted fields are in their first buckets: of at least so many fields, or all.
func (e *Entering) wholeBuckets(fields []newField, least int) int {
	n := min(least, len(fields))
	for n < len(fields) && fields[n].bucket(e.size) == fields[n-1].bucket(e.size) {
		n++
	}
	return n
}

// call enters the fields of some buckets by one call.
func (e *Entering) call(ctx context.Context, k kind, fields []newField, add addFields) (known []int, err error) {
	l := e.claims.index.ledger
	space := claimSpaces.Get().(*claimSpace)
	defer claimSpaces.Put(space)
	keys, args := space.keys.empty(), space.args.empty()
	keys.add(l.Keys().Import(e.claims.id))
	keys.add(e.claims.index.indexedKey(e.event))
	args.add(strconv.Itoa(int(l.Retention().Seconds())))
	args.add(e.size.text())
	r := recorder{id: e.claims.id}
	firsts := make([]int, 0, len(fields)) // of those that are the same; by their place in the script's answer
	for from := 0; from < len(fields); {
		bucket, before := fields[from].bucket(e.size), len(firsts)
		for end := from + e.wholeBuckets(fields[from:], 1); from < end; from += sameField(fields[from:]) {
			firsts = append(firsts, from)
		}
		count := len(firsts) - before
		if e.claims.renewOne(e.event, e.size, bucket, k) {
			count = -count
		}
		keys.end(e.size.appendSuffix(e.claims.index.appendBase(keys.data, k.String(), e.event), bucket))
		args.end(strconv.AppendInt(args.data, int64(count), 10))
		for _, first := range firsts[before:] {
			add(args, &r, fields[first:][:sameField(fields[first:])])
		}
	}
	places, err := enterScript.Run(ctx, l.Redis(), keys.texts(), args.arguments()...).Int64Slice()
	switch {
	case errors.Is(err, redis.Nil):
		return nil, ErrNotEntered
	case err != nil:
		return nil, fmt.Errorf("enter guests of import %s: %w", e.claims.id, err)
	}
	for _, place := range places {
		first := firsts[place]
		for _, f := range fields[first:][:sameField(fields[first:])] {
			known = append(known, f.at)
		}
	}
	return known, nil
}

// renewOne reports whether a bucket is to get a new time to live, which it does once in an import.
func (c *Claims) renewOne(event string, s size, bucket int, k kind) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	of := c.renewedOf(event, s)
	due := of[bucket]&(1<<k) == 0
	of[bucket] |= 1 << k
	return due
}
