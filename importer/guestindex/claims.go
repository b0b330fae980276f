package guestindex

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/hex"
	"fmt"
	"sync"

	"github.com/redis/go-redis/v9"

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
	renewed map[string]*[buckets]bool // by event
}

// Claims begins the claims of an import.
func (x Index) Claims(id string) *Claims {
	return &Claims{index: x, id: id, renewed: map[string]*[buckets]bool{}}
}

// Claim claims some guests, as Index.Claim does.
func (c *Claims) Claim(ctx context.Context, guests []Guest) ([]Claimed, error) {
	if len(guests) == 0 {
		return nil, nil
	}
	guests, err := c.index.resolve(ctx, guests)
	if err != nil {
		return nil, err
	}
	l := c.index.ledger
	first, last := guests[0].Row, guests[0].Row
	keys := make([]string, 1, 1+len(guests))
	keys[0] = l.Keys().Rows(c.id)
	const fixed = 7
	args := make([]any, fixed, fixed+2*len(guests))
	records := recorder{id: c.id, all: make([]byte, 0, longestRecord*len(guests))}
	for i := range guests {
		g := &guests[i]
		first, last = min(first, g.Row), max(last, g.Row)
		keys = append(keys, c.index.bucketKey(g))
		args = append(args, g.ID[4:], records.of(g))
	}
	copy(args, []any{l.Keys().Import(""), c.id, int(l.Retention().Seconds()), c.readOnly, first, last, c.due(guests)})
	out, err := claimScript.Run(ctx, l.Redis(), keys, args...).Slice()
	if err != nil {
		return nil, fmt.Errorf("claim guests of import %s: %w", c.id, err)
	}
	c.renew(guests)
	return parse(guests, first, out), nil
}

// parse reads the script's answer; first is the row of the first byte.
func parse(guests []Guest, first int, out []any) []Claimed {
	verdicts, rows, owners := out[0].(string), out[1].(string), out[2:]
	claimed := make([]Claimed, len(guests))
	for i := range claimed {
		got := &claimed[i]
		got.ID = guests[i].ID
		got.Verdict, got.EmailUnknown = verdictOf(verdicts[i])
		if at := guests[i].Row - first; at < len(rows) { // rows never written are new, the zero byte
			got.Byte = ledger.RowByte(rows[at])
		}
		if v := got.Verdict; v == Unchanged || v == Duplicate || v == Wait || got.EmailUnknown {
			got.Owner = ledger.Owner{Import: owners[0].(string), Row: int(owners[1].(int64))}
			owners = owners[2:]
		}
	}
	return claimed
}

// buckets is how many hashes an event's guests are spread over, so that half a million of them stay in Redis' compact
// encoding (at most 128 entries of at most 64 bytes), a third of the memory of one large hash.
const buckets = 4096

func (g *Guest) bucket() int { return int(g.ID[0])<<4 | int(g.ID[1])>>4 }

// bucketKey is the hash that a guest is in. Its field there is the last 12 bytes of the guest's id: with the bucket's
// 12 bits they are over 100 random bits.
func (x Index) bucketKey(g *Guest) string {
	return x.ledger.Prefix() + "guests:" + g.Event + ":" + hex.EncodeToString(g.ID[:2])[:3]
}

// maxRenewed is how many events are remembered, 4 KiB each. A file may name one in each row.
const maxRenewed = 256

// due returns a '1' for each guest whose bucket is to get a new time to live, else '0'.
func (c *Claims) due(guests []Guest) []byte {
	flags := bytes.Repeat([]byte{'0'}, len(guests))
	if c.readOnly {
		return flags
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range guests {
		if of := c.renewed[guests[i].Event]; of == nil || !of[guests[i].bucket()] {
			flags[i] = '1'
		}
	}
	return flags
}

// renew remembers the buckets that have it.
func (c *Claims) renew(guests []Guest) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range guests {
		g := &guests[i]
		of := c.renewed[g.Event]
		if of == nil {
			if len(c.renewed) == maxRenewed {
				clear(c.renewed)
			}
			of = &[buckets]bool{}
			c.renewed[g.Event] = of
		}
		of[g.bucket()] = true
	}
}
