package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
)

// Verdict is what a row has to do, given every other import of its account. The script explains each.
type Verdict string

// The verdicts of Claim.
const (
	Go        Verdict = "go"
	Update    Verdict = "update"
	Both      Verdict = "both"
	Email     Verdict = "email"
	Same      Verdict = "unchanged"
	Duplicate Verdict = "duplicate"
	Wait      Verdict = "wait"
)

// verdicts are the script's letters.
var verdicts = map[byte]Verdict{'g': Go, 'u': Update, 'U': Update, 'b': Both, 'e': Email, 's': Same, 'S': Same, 'd': Duplicate, 'w': Wait}

// Guest is what the index needs to know of a row.
type Guest struct {
	Row      int
	ID       uuid.UUID
	Former   uuid.UUID // the id that versions before gave the same guest, or zero: it stands where only that is known
	Event    string
	Content  [8]byte // hash of everything that would be written
	Template string  // "" for no email
}

// Claimed is the answer for one row.
type Claimed struct {
	ID           uuid.UUID // by which the guest is known: Guest.ID, or Guest.Former
	Verdict      Verdict
	Byte         RowByte
	Owner        Owner // for Same, Duplicate and Wait, and where Doubtful
	EmailUnknown bool  // for Same and Update: the guest's email rests in unknown, in another import
}

// Owner is the row that has the guest in its hands.
type Owner struct {
	Import string
	Row    int
}

var claimScript = script("claim")

// Claim makes rows of an import the owners of their guests and emails, or says who is. It is what keeps one guest to one
// email over re-dropped files, repeated commands and imports side by side. Asking again changes nothing.
func (l *Ledger) Claim(ctx context.Context, id string, guests []Guest) ([]Claimed, error) {
	return l.Claims(id).Claim(ctx, guests)
}

// Compare says what Claim would give an import that is not there yet, and writes nothing.
func (l *Ledger) Compare(ctx context.Context, guests []Guest) ([]Claimed, error) {
	c := l.Claims("--------")
	c.look = true
	return c.Claim(ctx, guests)
}

// Claims is for an import's many claims, whose buckets get their new time to live once and not with each guest. It is safe for
// concurrent use.
type Claims struct {
	*Ledger
	id   string
	look bool // and write nothing

	mu      sync.Mutex
	renewed map[string]*[buckets]bool // by event
}

// Claims begins the claims of an import.
func (l *Ledger) Claims(id string) *Claims {
	return &Claims{Ledger: l, id: id, renewed: map[string]*[buckets]bool{}}
}

// maxRenewed is how many events are remembered, 4 KiB each. A file may name one in each row.
const maxRenewed = 256

// due tells whose buckets are to get a new time to live, a '1' for each.
func (c *Claims) due(guests []Guest) []byte {
	flags := bytes.Repeat([]byte{'0'}, len(guests))
	if c.look {
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

// renew remembers them, once they have it.
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

// Claim claims some guests, as the ledger's does.
func (c *Claims) Claim(ctx context.Context, guests []Guest) ([]Claimed, error) {
	if len(guests) == 0 {
		return nil, nil
	}
	guests, err := c.known(ctx, guests)
	if err != nil {
		return nil, err
	}
	first, last := guests[0].Row, guests[0].Row
	keys := make([]string, 1, 1+len(guests))
	keys[0] = c.rowsKey(c.id)
	args := make([]any, 8, 8+2*len(guests))
	records := recorder{id: c.id, all: make([]byte, 0, longestRecord*len(guests))}
	for i := range guests {
		g := &guests[i]
		first, last = min(first, g.Row), max(last, g.Row)
		keys = append(keys, c.bucketKey(g))
		args = append(args, g.ID[4:], records.of(g))
	}
	copy(args, []any{c.importKey(""), c.id, int(c.retention.Seconds()), classArg, c.look, first, last, c.due(guests)})
	out, err := claimScript.Run(ctx, c.redis, keys, args...).Slice()
	if err != nil {
		return nil, fmt.Errorf("claim guests of import %s: %w", c.id, err)
	}
	c.renew(guests)
	letters, marks, owners := out[0].(string), out[1].(string), out[2:]
	claimed := make([]Claimed, len(guests))
	for i := range claimed {
		got := &claimed[i]
		got.ID = guests[i].ID
		got.Verdict, got.EmailUnknown = verdicts[letters[i]], letters[i] == 'U' || letters[i] == 'S'
		if at := guests[i].Row - first; at < len(marks) { // rows never written are new, the zero byte
			got.Byte = RowByte(marks[at])
		}
		if v := got.Verdict; v == Same || v == Duplicate || v == Wait || got.EmailUnknown {
			got.Owner = Owner{Import: owners[0].(string), Row: int(owners[1].(int64))}
			owners = owners[2:]
		}
	}
	return claimed, nil
}

// known gives the guests by the ids that they are known by. One whom the index knows by his former id alone keeps it, so that he is
// no new guest with a second email; nothing of it is remembered here, because the answer is in the index from then on.
func (l *Ledger) known(ctx context.Context, guests []Guest) ([]Guest, error) {
	var former []int
	for i := range guests {
		if guests[i].Former != uuid.Nil {
			former = append(former, i)
		}
	}
	if len(former) == 0 {
		return guests, nil
	}
	is := make([][2]*redis.BoolCmd, len(former))
	_, err := l.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		for n, i := range former {
			was := guests[i].as(guests[i].Former)
			is[n] = [2]*redis.BoolCmd{
				p.HExists(ctx, l.bucketKey(&guests[i]), string(guests[i].ID[4:])), p.HExists(ctx, l.bucketKey(&was), string(was.ID[4:])),
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for guests by their former ids: %w", err)
	}
	guests = slices.Clone(guests)
	for n, i := range former {
		if !is[n][0].Val() && is[n][1].Val() {
			guests[i] = guests[i].as(guests[i].Former)
		}
	}
	return guests, nil
}

func (g Guest) as(id uuid.UUID) Guest {
	g.ID, g.Former = id, uuid.Nil
	return g
}

// recorder writes the records of guests whom nobody knows yet, as the script describes them.
type recorder struct {
	id  string
	all []byte

	template string // the latest, which the next row mostly has too
	hash     [4]byte
}

const longestRecord = 1 + 8 + 12 + 4 + 12

func (r *recorder) of(g *Guest) []byte {
	from := len(r.all)
	r.all = append(append(r.all, '0'), g.Content[:]...)
	r.owner(g)
	if g.Template != "" {
		r.all = append(r.all, r.templateHash(g.Template)...)
		r.owner(g)
	}
	return r.all[from:len(r.all):len(r.all)]
}

func (r *recorder) owner(g *Guest) {
	r.all = binary.BigEndian.AppendUint32(append(r.all, r.id...), uint32(g.Row)) //nolint:gosec // rows fit 32 bits
}

func (r *recorder) templateHash(template string) []byte {
	if template != r.template {
		sum := sha256.Sum256([]byte(template))
		r.template, r.hash = template, [4]byte(sum[:4])
	}
	return r.hash[:]
}

// The field in a bucket is the last 12 bytes of the guest's id: with the bucket's 12 bits they are over 100 random bits.

// buckets is how many hashes an event's guests are spread over, so that half a million of them stay in Redis' compact encoding
// (at most 128 entries of at most 64 bytes), a third of the memory of one large hash.
const buckets = 4096

func (g *Guest) bucket() int { return int(g.ID[0])<<4 | int(g.ID[1])>>4 }

func (l *Ledger) bucketKey(g *Guest) string {
	return l.Prefix() + "guests:" + g.Event + ":" + hex.EncodeToString(g.ID[:2])[:3]
}
