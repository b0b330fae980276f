package guestindex

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"math/bits"
	"strconv"

	"github.com/redis/go-redis/v9"
)

// size is over how many hashes an event's guests are spread, their addresses over as many and their names too: 2 to the
// power of it. In Redis' compact encoding (at most 128 entries of at most 64 bytes) a hash takes a third of the memory of
// a large one, and is searched from its beginning; a hash that is nearly empty takes more than what is in it.
//
// An event has the size that its first list asks for (Prepare), for as long as the index knows it: guests never move,
// so a lookup is one read. A change would be found out in the step that claims, which compares.
type size int

const (
	usualSize = 12 // of half a million guests, and of all events that an earlier version has begun
	maxSize   = 20
	// fullBucket is how many guests of a list a hash is to have at most: half of what ends the compact encoding, so that
	// as many may come later.
	fullBucket = 64
)

func sizeFor(guests int) size {
	s := size(bits.Len(uint(max(guests-1, 0) / fullBucket)))
	return min(max(s+s%2, usualSize), maxSize)
}

func (s size) buckets() int { return 1 << s }

// of is the bucket of a hash that begins with these bytes.
func (s size) of(hash []byte) int {
	return (int(hash[0])<<16 | int(hash[1])<<8 | int(hash[2])) >> (24 - s)
}

// appendSuffix appends the end of a bucket's key.
func (s size) appendSuffix(to []byte, bucket int) []byte {
	if s == usualSize {
		const digits = "0123456789abcdef"
		return append(to, digits[bucket>>8], digits[bucket>>4&0xf], digits[bucket&0xf])
	}
	return strconv.AppendInt(append(strconv.AppendInt(to, int64(s), 10), '-'), int64(bucket), 16)
}

// text is how Redis keeps it: "" for the usual one.
func (s size) text() string {
	if s == usualSize {
		return ""
	}
	return strconv.Itoa(int(s))
}

func parseSize(text string) (size, error) {
	if text == "" {
		return usualSize, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < usualSize || n > maxSize {
		const problem = "the guest index of an event has the size %q, which this version does not know; use the newest"
		return 0, fmt.Errorf(problem, text)
	}
	return size(n), nil
}

func (x Index) indexedKey(event string) string { return x.ledger.Prefix() + "indexed:" + event }

// size reads the size of an event.
func (x Index) size(ctx context.Context, event string) (size, error) {
	text, err := x.ledger.Redis().HGet(ctx, x.indexedKey(event), "size").Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return 0, fmt.Errorf("look for an event in the guest index: %w", err)
	}
	return parseSize(text)
}

//go:embed prepare.lua
var prepareSource string

var prepareScript = redis.NewScript(prepareSource)

// Prepare says how many guests the list has with which an event begins. An event of which the index has guests stays as
// it is.
func (x Index) Prepare(ctx context.Context, event string, guests int) error {
	s := sizeFor(guests)
	if s == usualSize {
		return nil
	}
	keys := []string{x.indexedKey(event), x.ledger.Prefix() + "guests:" + event + ":"}
	seconds := int(x.ledger.Retention().Seconds()) + extraTime
	if err := prepareScript.Run(ctx, x.ledger.Redis(), keys, s.text(), seconds).Err(); err != nil {
		return fmt.Errorf("prepare the guest index for a list: %w", err)
	}
	return nil
}

// extraTime is how many seconds longer an event's size is kept than its guests.
const extraTime = 3600
