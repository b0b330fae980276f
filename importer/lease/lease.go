// Package lease gives one process of the fleet at a time the right to do something, such as to fetch a file or to look
// for lost tasks. The right is a Redis key with its owner's name. It expires by Redis' clock unless it is renewed, so a
// process that is killed keeps the others out for the time to live and no longer.
//
// A lease saves work and guards nothing. A process that was frozen for longer than the time to live runs beside its
// successor until its next renewal, which ends its context. While Redis cannot be reached an owner goes on: no other
// can take the lease then, and once Redis is back the next renewal takes it again if it has lapsed, or finds who was
// faster. So what is done under a lease must be harmless when it is done twice, as an import is, which is known by its
// content. The rejected way is to stop when the time to live has passed without a renewal: each short outage of Redis
// would end imports that survive it now, and a frozen process could not stop itself all the same. Where twice does
// harm, as with a refresh token that is good once, a claim by compare-and-set decides (package tokencache).
package lease

import (
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// renewals within the time to live: two may fail before it lapses.
	renewals = 3

	// releaseWithin bounds a release when Redis is away. The lease lapses by itself then.
	releaseWithin = 5 * time.Second
)

// ErrLost is the cause of a held context that has ended because another owner has taken the lease.
var ErrLost = errors.New("another process has taken over, as if this one had been frozen")

// Lease is one owner's view of a lease. It is safe for concurrent use.
type Lease struct {
	redis redis.Scripter
	key   string
	owner string
	ttl   time.Duration
}

// New returns a lease under a key, not acquired yet. Each Lease is an owner of its own, also within a process.
func New(client redis.Scripter, key string, ttl time.Duration) *Lease {
	return &Lease{redis: client, key: key, owner: rand.Text(), ttl: ttl}
}

//go:embed lease.lua
var source string

var script = redis.NewScript(source)

func (l *Lease) run(ctx context.Context, verb string) (bool, error) {
	done, err := script.Run(ctx, l.redis, []string{l.key}, verb, l.owner, l.ttl.Milliseconds()).Bool()
	if err != nil {
		return false, fmt.Errorf("%s the lease %s: %w", verb, l.key, err)
	}
	return done, nil
}

// Acquire takes the lease if it is free, renews it if this owner has it, and reports whether this owner has it now.
func (l *Lease) Acquire(ctx context.Context) (bool, error) { return l.run(ctx, "acquire") }

// Release frees the lease unless another owner has taken it, even if ctx has ended.
func (l *Lease) Release(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseWithin)
	defer cancel()
	_, err := l.run(ctx, "release")
	return err
}

// Hold renews an acquired lease until release is called, which frees it. held ends with ErrLost as its cause if another
// owner has taken the lease.
func (l *Lease) Hold(ctx context.Context) (held context.Context, release func()) {
	held, stop := Keep(ctx, l.ttl, l.Acquire)
	return held, func() {
		stop()
		_ = l.Release(ctx) // or it lapses
	}
}

// Keep calls renew three times within each ttl, for leases that are kept elsewhere than under a key of their own. held
// ends with ErrLost as its cause once renew reports false. An error of renew is passed over, see the package comment.
// stop waits for a renewal that is under way, and is called in every case.
func Keep(
	ctx context.Context, ttl time.Duration, renew func(context.Context) (bool, error),
) (held context.Context, stop func()) {
	held, end := context.WithCancelCause(ctx)
	var renewing sync.WaitGroup
	renewing.Go(func() {
		every := time.NewTicker(ttl / renewals)
		defer every.Stop()
		for {
			select {
			case <-held.Done():
				return
			case <-every.C:
			}
			if ours, err := renew(held); err == nil && !ours {
				end(ErrLost)
			}
		}
	})
	return held, func() {
		end(nil)
		renewing.Wait()
	}
}
