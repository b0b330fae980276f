package erasure

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/redis/go-redis/v9"
)

// erased stands where an address was amid a text of Qflow's.
const erased = "(erased)"

// verify looks through all keys of the account for the address in clear. Amid a text, as in what Qflow said when a gate
// was closed, it is replaced; a key that has it elsewhere is named.
func (e *Eraser) verify(ctx context.Context) error {
	e.outside()
	client := e.Ledger.Redis()
	return e.Ledger.EachKey(ctx, "", func(key string) error {
		kind, err := client.Type(ctx, key).Result()
		if err != nil {
			return err
		}
		if mentions([]byte(key), e.address, true) {
			e.leave("the key "+strings.ReplaceAll(key, e.address, erased), "its name has the address")
		}
		holds := false
		switch kind {
		case "string":
			holds, err = contains(&stringReader{ctx: ctx, client: client, key: key}, e.address)
		case "hash":
			return e.eraseInHash(ctx, key)
		case "list":
			holds, err = e.listHolds(ctx, key)
		case "set":
			holds, err = scanHolds(ctx, client.SScan(ctx, key, 0, "", scanAtOnce).Iterator(), e.address)
		case "zset":
			holds, err = scanHolds(ctx, client.ZScan(ctx, key, 0, "", scanAtOnce).Iterator(), e.address)
		case "stream":
			holds, err = e.streamHolds(ctx, key)
		}
		if holds {
			e.leave("the key "+key, "it has the address, and could not be changed")
		}
		return err
	})
}

const scanAtOnce = 500

func scanHolds(ctx context.Context, all *redis.ScanIterator, address string) (bool, error) {
	for all.Next(ctx) {
		if mentions([]byte(all.Val()), address, true) {
			return true, nil
		}
	}
	return false, all.Err()
}

// eraseInHash replaces the address in the values of a hash.
func (e *Eraser) eraseInHash(ctx context.Context, key string) error {
	client := e.Ledger.Redis()
	all, field := client.HScan(ctx, key, 0, "", scanAtOnce).Iterator(), ""
	for n := 0; all.Next(ctx); n++ {
		if n%2 == 0 {
			field = all.Val()
			continue
		}
		if value := all.Val(); mentions([]byte(value), e.address, true) {
			if err := client.HSet(ctx, key, field, withoutMentions(value, e.address, erased)).Err(); err != nil {
				return err
			}
		}
	}
	return all.Err()
}

func (e *Eraser) listHolds(ctx context.Context, key string) (bool, error) {
	for first := int64(0); ; first += scanAtOnce {
		some, err := e.Ledger.Redis().LRange(ctx, key, first, first+scanAtOnce-1).Result()
		if err != nil || len(some) == 0 {
			return false, err
		}
		for _, text := range some {
			if mentions([]byte(text), e.address, true) {
				return true, nil
			}
		}
	}
}

func (e *Eraser) streamHolds(ctx context.Context, key string) (bool, error) {
	for from := "-"; ; {
		some, err := e.Ledger.Redis().XRangeN(ctx, key, from, "+", scanAtOnce).Result()
		if err != nil || len(some) == 0 {
			return false, err
		}
		for _, m := range some {
			for _, v := range m.Values {
				if text, is := v.(string); is && mentions([]byte(text), e.address, true) {
					return true, nil
				}
			}
		}
		from = "(" + some[len(some)-1].ID
	}
}

// stringReader reads a string of Redis in pieces.
type stringReader struct {
	ctx    context.Context
	client redis.UniversalClient
	key    string
	at     int64
	piece  bytes.Reader
}

func (r *stringReader) Read(to []byte) (int, error) {
	if r.piece.Len() == 0 {
		raw, err := r.client.GetRange(r.ctx, r.key, r.at, r.at+1<<20-1).Bytes()
		if err != nil && !errors.Is(err, redis.Nil) {
			return 0, err
		}
		r.at += int64(len(raw))
		r.piece.Reset(raw)
	}
	return r.piece.Read(to) // io.EOF where nothing came
}
