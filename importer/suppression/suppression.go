// Package suppression keeps the addresses that an account mails no more: those that bounced, complained or
// unsubscribed, as Qflow's webhooks report, and those that an operator names.
//
// An address is kept as 8 bytes of a keyed hash of what package guest folds it to, so that neither Redis nor a backup
// of it lists who complained, and spread over buckets that stay in Redis' compact encoding: about 20 bytes an address.
// The price is that nothing can list the addresses, and that one in 18,446,744,073,709,551,616 pairs of addresses is
// taken for the same. The key is random, made once, and sealed as tokens are. The sealing key itself would not do:
// when it is rotated, no hash could be made anew, since the addresses are not there.
//
// Plus tags and dots are parts of an address: what they mean is for its provider to say, and to fold them would keep
// an email from another person.
package suppression

import (
	"context"
	_ "embed"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
	"guestflow/importer/reason"
)

// Reason is why an address is suppressed.
type Reason string

// The reasons. One that weighs more takes the place of another: what a person wants counts at each of his addresses, a
// bounce at one.
const (
	Bounced      Reason = "bounced"
	ByHand       Reason = "by hand"
	Unsubscribed Reason = "unsubscribed"
	Complained   Reason = "complained"
	lifted       Reason = "lifted" // a person has decided that the address is mailed again
)

// letters are how reasons are kept, the lightest first, with the names that the scripts have for them.
var letters = []struct {
	name   string
	letter byte
	reason Reason
}{
	{"LIFTED", 'l', lifted}, {"BOUNCED", 'b', Bounced}, {"BY_HAND", 'h', ByHand}, {"UNSUBSCRIBED", 'u', Unsubscribed},
	{"COMPLAINED", 'c', Complained},
}

// Reasons lists them, the weightiest first.
func Reasons() []Reason { return []Reason{Complained, Unsubscribed, ByHand, Bounced} }

// Entry is what is kept of an address; the zero Entry is of one that nothing is kept of.
type Entry struct {
	Reason Reason    `json:"reason,omitempty"` // "" if the address is mailed
	Since  time.Time `json:"since,omitzero"`   // to the second
	Lifted time.Time `json:"lifted,omitzero"`  // when a person had it mailed again
}

// Suppressed reports whether the address is not mailed.
func (e Entry) Suppressed() bool { return e.Reason != "" }

// An entry is a letter and four bytes, the seconds since 1970.
const entrySize = 1 + 4

func encode(r Reason, at time.Time) []byte {
	for _, l := range letters {
		if l.reason == r {
			return binary.BigEndian.AppendUint32([]byte{l.letter}, uint32(at.Unix())) // until 2106
		}
	}
	return nil
}

func decode(raw string) Entry {
	if len(raw) < entrySize {
		return Entry{}
	}
	at := time.Unix(int64(binary.BigEndian.Uint32([]byte(raw[1:]))), 0).UTC()
	for _, l := range letters {
		switch {
		case l.letter != raw[0]:
		case l.reason == lifted:
			return Entry{Lifted: at}
		default:
			return Entry{Reason: l.reason, Since: at}
		}
	}
	return Entry{}
}

// Set is the suppressed addresses of an account. It is safe for concurrent use.
type Set struct {
	ledger *ledger.Ledger
	none   atomic.Bool // nothing was suppressed when rows were screened last

	mu     sync.Mutex
	hasher *hasher // nil until the key was read
}

// For returns the set beside an account's ledger.
func For(l *ledger.Ledger) *Set { return &Set{ledger: l} }

// head is a hash with the key, its id, and how many entries there are: of each letter, and of all that are suppressed.
func (s *Set) head() string { return s.ledger.Prefix() + "suppressed" }

func (s *Set) bucket(d digest) string { return s.head() + ":" + hex.EncodeToString(d[:2])[:3] }

// buckets is how many hashes the addresses are spread over: half a million stay in Redis' compact encoding.
const buckets = 4096

//go:embed add.lua
var addSource string

//go:embed change.lua
var changeSource string

//go:embed screen.lua
var screenSource string

var (
	addScript    = script(addSource)
	changeScript = script(changeSource)
	screenScript = script(screenSource)
)

// script gets the letters by name, and their order.
func script(source string) *redis.Script {
	parts, order := []string{}, ""
	for _, l := range letters {
		parts = append(parts, ledger.LuaString(l.name, string(l.letter)))
		order += string(l.letter)
	}
	return ledger.Script(append(parts, ledger.LuaString("ORDER", order), source)...)
}

// errKeyChanged is that the key of the hashes is another one each time.
var errKeyChanged = errors.New("the key of the suppressed addresses changes all the time")

// run runs a script with the arguments that are made of the hashes' key, and once more with the new key if Redis has
// another one by now. With create a key is made if there is none; without, done is false then.
func (s *Set) run(
	ctx context.Context, script *redis.Script, create bool, build func(*hasher) (keys []string, args []any),
) (out any, done bool, err error) {
	for range 2 {
		h, err := s.key(ctx, create)
		if err != nil || h == nil {
			return nil, false, err
		}
		keys, args := build(h)
		out, err := script.Run(ctx, s.ledger.Redis(), keys, args...).Result()
		if !errors.Is(err, redis.Nil) {
			return out, err == nil, err
		}
		s.forgetKey(h)
	}
	return nil, false, errKeyChanged
}

// maxAtOnce is how many addresses one call of a script is given, a millisecond of Redis' time.
const maxAtOnce = 500

// Added is what became of addresses that were to be suppressed.
type Added struct {
	New     int `json:"added"`
	Already int `json:"already"` // were suppressed
	Lifted  int `json:"lifted"`  // were lifted by a person after what was reported had happened, and stay so
}

// Add suppresses addresses by an operator's word, also those that were lifted before.
func (s *Set) Add(ctx context.Context, addresses ...string) (Added, error) {
	return s.add(ctx, ByHand, time.Now(), true, addresses)
}

// AddFor is Add of addresses for another reason, as a list has them that another program keeps.
func (s *Set) AddFor(ctx context.Context, why Reason, addresses ...string) (Added, error) {
	return s.add(ctx, why, time.Now(), true, addresses)
}

// Report suppresses an address for what was reported of its email at that time. One that was lifted since stays so.
func (s *Set) Report(ctx context.Context, address string, why Reason, at time.Time) (Added, error) {
	return s.add(ctx, why, at, false, []string{address})
}

func (s *Set) add(ctx context.Context, why Reason, at time.Time, person bool, addresses []string) (all Added,
	err error) {
	for len(addresses) > 0 && err == nil {
		n := min(len(addresses), maxAtOnce)
		var some Added
		some, err = s.addDigests(ctx, why, at, person, func(h *hasher) []digest { return h.all(addresses[:n]) })
		all = Added{all.New + some.New, all.Already + some.Already, all.Lifted + some.Lifted}
		addresses = addresses[n:]
	}
	return all, err
}

func (s *Set) addDigests(
	ctx context.Context, why Reason, at time.Time, person bool, digests func(*hasher) []digest,
) (Added, error) {
	out, _, err := s.run(ctx, addScript, true, func(h *hasher) (keys []string, args []any) {
		keys, args = []string{s.head()}, []any{h.id, encode(why, at), person}
		for _, d := range digests(h) {
			keys, args = append(keys, s.bucket(d)), append(args, d.field())
		}
		return keys, args
	})
	if err != nil {
		return Added{}, fmt.Errorf("suppress addresses: %w", err)
	}
	counts := out.([]any)
	n := func(i int) int { return int(counts[i].(int64)) }
	return Added{New: n(0), Already: n(1), Lifted: n(2)}, nil
}

// Check returns what is kept of addresses.
func (s *Set) Check(ctx context.Context, addresses ...string) ([]Entry, error) {
	entries := make([]Entry, len(addresses))
	for from := 0; from < len(addresses); from += maxAtOnce {
		some := addresses[from:min(from+maxAtOnce, len(addresses))]
		out, done, err := s.run(ctx, screenScript, false, func(h *hasher) ([]string, []any) {
			return s.lookups(h.id, h.all(some))
		})
		if err != nil {
			return nil, fmt.Errorf("look for suppressed addresses: %w", err)
		}
		if done {
			decodeAll(out.(string), entries[from:])
		}
	}
	return entries, nil
}

// lookups are the keys and arguments of screen.lua for some digests.
func (s *Set) lookups(id string, digests []digest) (keys []string, args []any) {
	keys, args = []string{s.head()}, []any{id, len(digests)}
	for _, d := range digests {
		keys, args = append(keys, s.bucket(d)), append(args, d.field())
	}
	return keys, args
}

// decodeAll reads the answer of screen.lua, which is empty where nothing is suppressed at all.
func decodeAll(raw string, entries []Entry) {
	for i := 0; len(raw) >= entrySize; i, raw = i+1, raw[entrySize:] {
		entries[i] = decode(raw)
	}
}

// Lift has an address mailed again, and returns what was kept of it. What happened to its emails before now does not
// suppress it again, however late it is reported.
func (s *Set) Lift(ctx context.Context, address string) (before Entry, err error) {
	return s.change(ctx, address, encode(lifted, time.Now()))
}

// Forget removes all that is kept of an address, as if it had never been suppressed nor lifted.
func (s *Set) Forget(ctx context.Context, address string) (before Entry, err error) {
	return s.change(ctx, address, nil)
}

func (s *Set) change(ctx context.Context, address string, to []byte) (before Entry, err error) {
	out, done, err := s.run(ctx, changeScript, false, func(h *hasher) ([]string, []any) {
		d := h.of(address)
		return []string{s.head(), s.bucket(d)}, []any{h.id, d.field(), to}
	})
	if err != nil || !done {
		return Entry{}, err
	}
	return decode(out.(string)), nil
}

// Of returns the reason that a row has whose email was withheld.
func (r Reason) Of() ledger.Reason {
	switch r {
	case Complained:
		return ledger.Reason{Code: reason.AddressComplained, Text: "an earlier email to the address was marked as spam"}
	case Unsubscribed:
		return ledger.Reason{Code: reason.AddressUnsubscribed, Text: "the address has unsubscribed"}
	case Bounced:
		return ledger.Reason{Code: reason.AddressBounced, Text: "an earlier email to the address came back for good"}
	case ComplainedBefore:
		return ledger.Reason{Code: reason.AddressComplained,
			Text: "the guest has marked an earlier email as spam, at another address; to have him mailed, lift that one"}
	case UnsubscribedBefore:
		return ledger.Reason{Code: reason.AddressUnsubscribed,
			Text: "the guest has unsubscribed at another address; to have him mailed, lift that one"}
	case ByHandBefore:
		return ledger.Reason{Code: reason.AddressByHand,
			Text: "an operator has had another address of the guest not mailed any more; to have him mailed, lift that one"}
	case ByHand, lifted:
	}
	return ledger.Reason{Code: reason.AddressByHand, Text: "an operator has had the address not mailed any more"}
}
