package guestindex

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"slices"
	"sync"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"guestflow/importer/guest"
	"guestflow/importer/ledger"
)

// Verdict is what a row has to do, given every other import of its account. claim.lua explains each.
type Verdict string

// The verdicts.
const (
	Create        Verdict = "go"
	Update        Verdict = "update"
	UpdateAndSend Verdict = "both"
	Send          Verdict = "email"
	SendFirst     Verdict = "first email" // only of Compare
	Unchanged     Verdict = "unchanged"
	Duplicate     Verdict = "duplicate"
	Wait          Verdict = "wait"
	Replace       Verdict = "replace"      // Wait, and package correction may end it
	WaitUnsent    Verdict = "wait unsent"  // only of Compare
	WaitWritten   Verdict = "wait written" // only of Compare: Replace, once the guest is no longer being written
	Near          Verdict = "near"         // only of guests with a Contact
)

// letters are how the script writes verdicts, with the names that it has for them. In upper case, of a guest whose
// email is unknown.
var letters = []struct {
	name    string
	letter  byte
	verdict Verdict
}{
	{"CREATE", 'g', Create}, {"UPDATE", 'u', Update}, {"UPDATE_AND_SEND", 'b', UpdateAndSend}, {"SEND", 'e', Send}, {"SEND_FIRST", 'f', SendFirst},
	{"UNCHANGED", 's', Unchanged}, {"DUPLICATE", 'd', Duplicate}, {"WAIT", 'w', Wait},
	{"REPLACE", 'r', Replace}, {"WAIT_UNSENT", 'k', WaitUnsent}, {"WAIT_WRITTEN", 't', WaitWritten},
	{"NEAR", 'n', Near},
}

const emailUnknown = 'a' - 'A'

func verdictOf(letter byte) (v Verdict, unknown bool) {
	for _, l := range letters {
		if letter == l.letter || letter == l.letter-emailUnknown {
			return l.verdict, letter != l.letter
		}
	}
	return "", false
}

//go:embed claim.lua
var claimSource string

// claimScript gets the letters of verdicts and of records by name.
var claimScript = func() *redis.Script {
	constants := []string{
		ledger.LuaString("ABSENT", string(absent)),
		ledger.LuaString("MAYBE_THERE", string(maybeThere)),
		ledger.LuaString("AS_WANTED", string(asWanted)),
		ledger.LuaString("ALIAS", string(alias)),
		ledger.LuaString("UNDER_WAY", underWay),
		fmt.Sprintf("local MAYBE_HIS, ID_VERSION, SPELLED_SO = %d, %d, %d\n", maybeHis, idVersion, spelledSo),
		fmt.Sprintf("local SPELLINGS, SPELLING_SIZE = %d, %d\n", spellings[0], guest.SpellingSize),
		fmt.Sprintf("local SPELLED_ADDRESS, SPELLED_NAME = %d, %d\n", guest.SpelledAddress, guest.SpelledName),
		fmt.Sprintf("local EXTRA_TIME = %d\n", extraTime),
		ledger.LuaString("ANYWAY", anyway), ledger.LuaString("APART", apart), ledger.LuaString("TAKE_OVER", takeOver),
		ledger.LuaString("LEAVE_OUT", leaveOut),
	}
	for _, l := range letters {
		constants = append(constants, ledger.LuaString(l.name, string(l.letter)))
	}
	return ledger.Script(append(constants, claimSource)...)
}()

// Claims is for an import's many claims, whose buckets get their new time to live once and not with each guest. It is
// safe for concurrent use.
type Claims struct {
	index    Index
	id       string
	readOnly bool

	mu      sync.Mutex
	renewed map[string][]byte // by event, a bit for each kind
	sizes   map[string]size   // by event, of those that are not as usual
}

// Claims begins the claims of an import.
func (x Index) Claims(id string) *Claims {
	return &Claims{index: x, id: id, renewed: map[string][]byte{}, sizes: map[string]size{}}
}

// What the script is given of guests' contacts.
const (
	noContacts   = 0
	withContacts = 1
	byColumn     = 2 // they have contacts, and a chosen column tells them apart
)

// Claim claims some guests, as Index.Claim does.
func (c *Claims) Claim(ctx context.Context, guests []Guest) ([]Claimed, error) {
	if len(guests) == 0 {
		return nil, nil
	}
	for {
		sizes := c.sizesOf(guests)
		claimed, current, err := c.claim(ctx, guests, sizes)
		if err != nil || claimed != nil {
			return claimed, err
		}
		c.resize(current)
	}
}

// eventSizes are the sizes of some guests' events.
type eventSizes map[string]size

// sizesOf returns the sizes that are supposed.
func (c *Claims) sizesOf(guests []Guest) eventSizes {
	c.mu.Lock()
	defer c.mu.Unlock()
	of := eventSizes{}
	for i := range guests {
		event := guests[i].Event
		if i > 0 && event == guests[i-1].Event {
			continue
		}
		of[event] = usualSize
		if s, is := c.sizes[event]; is {
			of[event] = s
		}
	}
	return of
}

// resize remembers the sizes that events have instead.
func (c *Claims) resize(current eventSizes) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.sizes) > maxRenewed {
		clear(c.sizes)
	}
	for event, s := range current {
		delete(c.renewed, event)
		if delete(c.sizes, event); s != usualSize {
			c.sizes[event] = s
		}
	}
}

// claim claims guests whose events have these sizes, or returns the sizes that they have instead.
func (c *Claims) claim(ctx context.Context, guests []Guest, sizes eventSizes) (_ []Claimed, instead eventSizes, err error) {
	guests, err = c.index.resolve(ctx, guests, sizes)
	if err != nil {
		return nil, nil, err
	}
	l := c.index.ledger
	first, last := guests[0].Row, guests[0].Row
	contacts := slices.ContainsFunc(guests, func(g Guest) bool { return !g.Contact.isZero() })
	how := noContacts
	if contacts {
		how = withContacts
	}
	if contacts && guests[0].ByColumn {
		how = byColumn
	}
	space := claimSpaces.Get().(*claimSpace) // texts are not made one by one: a row has eight of them
	defer claimSpaces.Put(space)
	keys, rowArgs := space.keys.empty(), space.args.empty()
	keys.add(l.Keys().Rows(c.id))
	records := recorder{id: c.id}
	for i := range guests {
		g := &guests[i]
		first, last = min(first, g.Row), max(last, g.Row)
		s := sizes[g.Event]
		keys.end(c.index.appendBucketKey(keys.data, g, s))
		rowArgs.end(append(rowArgs.data, g.ID[:]...))
		rowArgs.end(records.append(rowArgs.data, g))
		if contacts {
			keys.end(c.index.appendContactKey(keys.data, "addresses:", g, g.Contact.Address, s))
			keys.end(c.index.appendContactKey(keys.data, "names:", g, g.Contact.Name, s))
			rowArgs.end(append(rowArgs.data, g.Contact.Address.field()...))
			rowArgs.end(append(rowArgs.data, g.Contact.Name.field()...))
			rowArgs.add(g.withSpellings())
		}
	}
	args := make([]any, 0, 9+2*len(sizes)+len(rowArgs.ends))
	args = append(args, l.Keys().Import(""), c.id, int(l.Retention().Seconds()), c.look(guests), first, last, c.due(guests, sizes), how, len(sizes))
	for event, s := range sizes {
		args = append(args, event, s.text())
	}
	args = append(args, rowArgs.arguments()...)
	out, err := claimScript.Run(ctx, l.Redis(), keys.texts(), args...).Slice()
	if err != nil {
		return nil, nil, fmt.Errorf("claim guests of import %s: %w", c.id, err)
	}
	if out[0] == "sizes" {
		instead, err = parseSizes(out[1:])
		return nil, instead, err
	}
	claimed := parse(guests, first, out)
	c.renew(guests, claimed, sizes)
	return claimed, nil, nil
}

// How a claim only looks.
const (
	claims       = 0
	looks        = 1
	looksLeaving = 2 // for an import that writes nothing of known guests
)

func (c *Claims) look(guests []Guest) int {
	switch {
	case !c.readOnly:
		return claims
	case guests[0].Leaves:
		return looksLeaving
	}
	return looks
}

func parseSizes(raw []any) (eventSizes, error) {
	current := eventSizes{}
	for i := 0; i+1 < len(raw); i += 2 {
		s, err := parseSize(raw[i+1].(string))
		if err != nil {
			return nil, err
		}
		current[raw[i].(string)] = s
	}
	return current, nil
}

// What follows of a row in the script's answer.
const (
	idFollows    = 1
	ownerFollows = 2
	hasCommon    = 4  // nothing follows
	emailWaits   = 8  // nothing follows
	emailOwn     = 16 // nothing follows
	isOtherwise  = 32 // nothing follows
)

// parse reads the script's answer; first is the row of the first byte.
func parse(guests []Guest, first int, out []any) []Claimed {
	verdicts, rows, follows, rest := out[0].(string), out[1].(string), out[2].(string), answers(out[3:])
	claimed := make([]Claimed, len(guests))
	for i := range claimed {
		got := &claimed[i]
		got.ID = guests[i].ID
		got.Verdict, got.EmailUnknown = verdictOf(verdicts[i])
		if at := guests[i].Row - first; at < len(rows) { // rows never written are new, the zero byte
			got.Byte = ledger.RowByte(rows[at])
		}
		what := follows[i] - '0'
		got.CommonName, got.EmailWaits, got.EmailOwn = what&hasCommon != 0, what&emailWaits != 0, what&emailOwn != 0
		got.Otherwise = what&isOtherwise != 0
		if what&idFollows != 0 {
			got.ID = rest.id()
		}
		if got.Verdict == Near {
			got.Alike = rest.alike()
		}
		if what&ownerFollows != 0 {
			got.Owner = rest.owner()
		}
	}
	return claimed
}

// answers are what is left of the script's answer.
type answers []any

func (a *answers) next() any {
	v := (*a)[0]
	*a = (*a)[1:]
	return v
}

func (a *answers) id() uuid.UUID { return uuid.UUID([]byte(a.next().(string))) }

func (a *answers) owner() ledger.Owner {
	return ledger.Owner{Import: a.next().(string), Row: int(a.next().(int64))}
}

func (a *answers) alike() []Alike {
	list := make([]Alike, a.next().(int64))
	for i := range list {
		list[i].ID = a.id()
		how := a.next().(int64)
		list[i].SameAddress, list[i].SameName, list[i].OfHeld = how&1 != 0, how&2 != 0, how&4 != 0
		list[i].Owner = a.owner()
	}
	return list
}

// parts are texts that stand one after the other, so that many of them are one allocation.
type parts struct {
	data     []byte
	ends     []int
	list     []string
	pointers []any
}

// claimSpace is what a call needs until it is answered; it is used again.
type claimSpace struct{ keys, args parts }

var claimSpaces = sync.Pool{New: func() any { return &claimSpace{} }}

func (p *parts) empty() *parts {
	p.data, p.ends = p.data[:0], p.ends[:0]
	return p
}

func (p *parts) add(text string) { p.end(append(p.data, text...)) }

// end takes the data with one more text at its end.
func (p *parts) end(data []byte) { p.data, p.ends = data, append(p.ends, len(data)) }

// texts returns the texts, until the space is used again.
func (p *parts) texts() []string {
	all, from := string(p.data), 0
	p.list = p.list[:0]
	for _, end := range p.ends {
		p.list = append(p.list, all[from:end])
		from = end
	}
	return p.list
}

// arguments returns the texts as arguments, until the space is used again: pointers are no allocations of their own.
func (p *parts) arguments() []any {
	p.texts()
	p.pointers = p.pointers[:0]
	for i := range p.list {
		p.pointers = append(p.pointers, &p.list[i])
	}
	return p.pointers
}

// buckets are those of the guest, of his address and of his name; the first n of them, as he has contacts or not.
func (g *Guest) buckets(s size) (all [3]int, n int) {
	all[0] = s.of(g.ID[:])
	if g.Contact.isZero() {
		return all, 1
	}
	all[1], all[2] = s.of(g.Contact.Address[:]), s.of(g.Contact.Name[:])
	return all, 3
}

// bucketKey is the hash that a guest is in. Its field there is the last 12 bytes of the guest's id: with the bucket's
// 12 bits or more they are over 100 random bits.
func (x Index) bucketKey(g *Guest, s size) string { return string(x.appendBucketKey(nil, g, s)) }

func (x Index) appendBucketKey(to []byte, g *Guest, s size) []byte {
	return s.appendSuffix(x.appendBase(to, "guests:", g.Event), s.of(g.ID[:]))
}

func (x Index) bucketOf(event string, s size, bucket int) string {
	return string(s.appendSuffix(x.appendBase(nil, "guests:", event), bucket))
}

// appendBase appends what the keys of an event's buckets begin with.
func (x Index) appendBase(to []byte, kind, event string) []byte {
	return append(append(append(append(to, x.ledger.Prefix()...), kind...), event...), ':')
}

// maxRenewed is how many events are remembered, 4 KiB each where they are of the usual size. A file may name one in each row.
const maxRenewed = 256

// due returns a digit for each guest, by the buckets of his that are to get a new time to live.
func (c *Claims) due(guests []Guest, sizes eventSizes) []byte {
	digits := bytes.Repeat([]byte{'0'}, len(guests))
	if c.readOnly {
		return digits
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range guests {
		of := c.renewed[guests[i].Event]
		all, n := guests[i].buckets(sizes[guests[i].Event])
		for bit, bucket := range all[:n] {
			if bucket >= len(of) || of[bucket]&(1<<bit) == 0 {
				digits[i] += 1 << bit
			}
		}
	}
	return digits
}

// renew remembers the buckets that have it. Those of a guest who was not claimed may not be there yet.
func (c *Claims) renew(guests []Guest, claimed []Claimed, sizes eventSizes) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range guests {
		g := &guests[i]
		if claimed[i].Verdict == Near {
			continue
		}
		of := c.renewedOf(g.Event, sizes[g.Event])
		all, n := g.buckets(sizes[g.Event])
		for bit, bucket := range all[:n] {
			of[bucket] |= 1 << bit
		}
	}
}

// renewedOf returns which buckets of an event have it. The caller has the lock.
func (c *Claims) renewedOf(event string, s size) []byte {
	of := c.renewed[event]
	if len(of) != s.buckets() {
		if len(c.renewed) == maxRenewed {
			clear(c.renewed)
		}
		of = make([]byte, s.buckets())
		c.renewed[event] = of
	}
	return of
}
