package remote

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/lease"
)

const (
	// batch is how many files are looked up in one command.
	batch = 500

	// claimTTL is the time to live of a file's lease, which is renewed while the file is fetched and taken. It counts
	// after a crash.
	claimTTL = 2 * time.Minute

	// recordWithin bounds the last write about a file when the process is stopping.
	recordWithin = 5 * time.Second
)

// FetchLog records in Redis which files an account has fetched: some 80 bytes a file. A file is known by its
// fingerprint, of its name and version; as long as the version is not known before it is fetched, of its name.
type FetchLog struct {
	redis  redis.UniversalClient
	prefix string
	ttl    time.Duration // of claims
}

// NewFetchLog opens the log under an account's key prefix.
func NewFetchLog(client redis.UniversalClient, prefix string) *FetchLog {
	return &FetchLog{redis: client, prefix: prefix, ttl: claimTTL}
}

func (l *FetchLog) fetchedKey(source string) string { return l.prefix + "fetched:" + source }
func (l *FetchLog) newestKey(source string) string  { return l.fetchedKey(source) + ":newest" }

// claim returns the lease that one process at a time has while it fetches a file.
func (l *FetchLog) claim(source, fingerprint string) *lease.Lease {
	return lease.New(l.redis, l.prefix+"fetching:"+source+":"+fingerprint, l.ttl)
}

// newest returns the version that was fetched last, "" if none was.
func (l *FetchLog) newest(ctx context.Context, source string) (string, error) {
	v, err := l.redis.Get(ctx, l.newestKey(source)).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("read what was fetched: %w", err)
	}
	return v, nil
}

// has reports whether a file was fetched.
func (l *FetchLog) has(ctx context.Context, source, fingerprint string) (bool, error) {
	err := l.redis.ZScore(ctx, l.fetchedKey(source), fingerprint).Err()
	if err != nil && !errors.Is(err, redis.Nil) {
		return false, fmt.Errorf("read what was fetched: %w", err)
	}
	return err == nil, nil
}

//go:embed fetchlog.lua
var recordSource string

var recordScript = redis.NewScript(recordSource)

// record notes that a file was fetched, even if ctx has ended.
func (l *FetchLog) record(ctx context.Context, source, fingerprint, version string, keep time.Duration) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	keys := []string{l.fetchedKey(source), l.newestKey(source)}
	if err := recordScript.Run(ctx, l.redis, keys, fingerprint, version, keep.Milliseconds()).Err(); err != nil {
		return fmt.Errorf("record a fetched file: %w", err)
	}
	return nil
}

// known returns which of the listed files were fetched, and keeps those on record. What has not been listed for as long
// as keep is forgotten.
func (l *FetchLog) known(
	ctx context.Context, source string, fingerprints []string, keep time.Duration,
) (map[string]bool, error) {
	key, known := l.fetchedKey(source), map[string]bool{}
	now, err := l.redis.Time(ctx).Result() // a host whose clock is ahead would forget what was just fetched
	if err != nil {
		return nil, fmt.Errorf("ask Redis for its time: %w", err)
	}
	for part := range slices.Chunk(fingerprints, batch) {
		scores, err := l.redis.ZMScore(ctx, key, part...).Result()
		if err != nil {
			return nil, fmt.Errorf("read what was fetched: %w", err)
		}
		var listed []redis.Z
		for i, score := range scores {
			if score > 0 {
				known[part[i]] = true
				listed = append(listed, redis.Z{Score: float64(now.UnixMilli()), Member: part[i]})
			}
		}
		if len(listed) > 0 {
			if err := l.redis.ZAddXX(ctx, key, listed...).Err(); err != nil {
				return nil, fmt.Errorf("keep on record what was fetched: %w", err)
			}
		}
	}
	_, err = l.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.ZRemRangeByScore(ctx, key, "-inf", strconv.FormatInt(now.Add(-keep).UnixMilli(), 10))
		p.PExpire(ctx, key, keep)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("forget what is long gone: %w", err)
	}
	return known, nil
}
