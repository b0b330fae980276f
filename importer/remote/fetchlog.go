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

	"guestflow/importer/ledger"
)

// batch is how many files are asked about in one command.
const batch = 500

// FetchLog is what an account has taken from its sources, in Redis: some 80 bytes a file.
type FetchLog struct {
	redis  redis.UniversalClient
	prefix string
}

// NewFetchLog opens an account's memory.
func NewFetchLog(client redis.UniversalClient, l *ledger.Ledger) *FetchLog {
	return &FetchLog{redis: client, prefix: l.Prefix()}
}

//go:embed fetchlog.lua
var source string

var script = redis.NewScript(source)

func (m *FetchLog) takenKey(source string) string  { return m.prefix + "fetched:" + source }
func (m *FetchLog) newestKey(source string) string { return m.takenKey(source) + ":newest" }
func (m *FetchLog) claimKey(source, mark string) string {
	return m.prefix + "fetching:" + source + ":" + mark
}

func (m *FetchLog) do(ctx context.Context, verb, source, mark, owner string, args ...any) (int, error) {
	keys := []string{m.takenKey(source), m.claimKey(source, mark), m.newestKey(source)}
	n, err := script.Run(ctx, m.redis, keys, append([]any{verb, mark, owner}, args...)...).Int()
	if err != nil {
		return 0, fmt.Errorf("%s a remote file: %w", verb, err)
	}
	return n, nil
}

// newest is the version that was taken last.
func (m *FetchLog) newest(ctx context.Context, source string) (string, error) {
	v, err := m.redis.Get(ctx, m.newestKey(source)).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("read what was fetched: %w", err)
	}
	return v, nil
}

// known tells which files were taken, and keeps those in mind. What has not been listed for as long as it is to be kept is
// forgotten.
func (m *FetchLog) known(ctx context.Context, source string, marks []string, keep time.Duration) (map[string]bool, error) {
	key, known := m.takenKey(source), map[string]bool{}
	now, err := m.redis.Time(ctx).Result() // a host whose clock is ahead would forget what was just taken
	if err != nil {
		return nil, fmt.Errorf("ask Redis for its time: %w", err)
	}
	for part := range slices.Chunk(marks, batch) {
		scores, err := m.redis.ZMScore(ctx, key, part...).Result()
		if err != nil {
			return nil, fmt.Errorf("read what was fetched: %w", err)
		}
		var seen []redis.Z
		for i, score := range scores {
			if score > 0 {
				known[part[i]] = true
				seen = append(seen, redis.Z{Score: float64(now.UnixMilli()), Member: part[i]})
			}
		}
		if len(seen) > 0 {
			if err := m.redis.ZAddXX(ctx, key, seen...).Err(); err != nil {
				return nil, fmt.Errorf("keep in mind what was fetched: %w", err)
			}
		}
	}
	_, err = m.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.ZRemRangeByScore(ctx, key, "-inf", strconv.FormatInt(now.Add(-keep).UnixMilli(), 10))
		p.PExpire(ctx, key, keep)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("forget what is long gone: %w", err)
	}
	return known, nil
}
