package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/google/uuid"
)

// Verdict is what a row has to do, given every other import of its account. The script explains each.
type Verdict string

// The verdicts of Claim.
const (
	Go        Verdict = "go"
	Update    Verdict = "update"
	Both      Verdict = "both"
	Same      Verdict = "unchanged"
	Duplicate Verdict = "duplicate"
	Wait      Verdict = "wait"
)

// Guest is what the index needs to know of a row.
type Guest struct {
	Row      int
	ID       uuid.UUID
	Event    string
	Content  [8]byte // hash of everything that would be written
	Template string  // "" for no email
}

// Claimed is the answer for one row.
type Claimed struct {
	Verdict Verdict
	Mark    Mark
	Owner   Owner // for Same, Duplicate and Wait
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
	return l.claim(ctx, id, guests, false)
}

// Compare says what Claim would give an import that is not there yet, and writes nothing.
func (l *Ledger) Compare(ctx context.Context, guests []Guest) ([]Claimed, error) {
	return l.claim(ctx, "--------", guests, true)
}

func (l *Ledger) claim(ctx context.Context, id string, guests []Guest, look bool) ([]Claimed, error) {
	if len(guests) == 0 {
		return nil, nil
	}
	keys := make([]string, 1, 1+len(guests))
	keys[0] = l.rowsKey(id)
	args := make([]any, 0, 5+4*len(guests))
	args = append(args, l.importKey(""), id, int(l.retention.Seconds()), classArg, look)
	for _, g := range guests {
		keys = append(keys, l.bucketKey(g))
		args = append(args, g.Row, g.ID[4:], g.Content[:], templateHash(g.Template))
	}
	out, err := claimScript.Run(ctx, l.redis, keys, args...).Slice()
	if err != nil {
		return nil, fmt.Errorf("claim guests of import %s: %w", id, err)
	}
	claimed := make([]Claimed, len(guests))
	for i := range claimed {
		owner := out[3*i+2].(string)
		claimed[i] = Claimed{Verdict: Verdict(out[3*i].(string)), Mark: Mark(out[3*i+1].(int64))} //nolint:gosec // the script gives a byte
		if len(owner) > idLength {
			claimed[i].Owner = Owner{Import: owner[:idLength], Row: number(owner[idLength:])}
		}
	}
	return claimed, nil
}

const idLength = 8

// The field in a bucket is the last 12 bytes of the guest's id: with the bucket's 12 bits they are over 100 random bits.

// bucketKey spreads an event's guests over 4096 hashes, so that half a million of them stay in Redis' compact encoding
// (at most 128 entries of at most 64 bytes), a third of the memory of one large hash.
func (l *Ledger) bucketKey(g Guest) string {
	return l.Prefix() + "guests:" + g.Event + ":" + hex.EncodeToString(g.ID[:2])[:3]
}

func templateHash(template string) string {
	if template == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(template))
	return string(sum[:4])
}
