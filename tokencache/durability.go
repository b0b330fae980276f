package tokencache

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// durability makes sure that a write survives the loss of the primary before anything is done because of it. A claim
// that only the dead primary knew would let the promoted replica hand the same refresh token out again.
type durability struct {
	client   redis.UniversalClient
	key      string
	replicas int
	timeout  time.Duration
	custom   func(ctx context.Context) error
	noAOF    *atomic.Bool
}

var (
	errNotGranted = errors.New("not granted")
	errNotDurable = errors.New("too few replicas confirmed the write in time")
)

func newDurability(client redis.UniversalClient, key string, cfg *Config) (durability, error) {
	g := durability{
		client: client, key: key, replicas: cfg.Replicas, custom: cfg.Gate,
		timeout: max(cfg.Timing.Claim/2, 50*time.Millisecond), // it must leave time to send within Timing.Claim
		noAOF:   new(atomic.Bool),
	}
	if g.replicas == 0 || g.custom != nil {
		return g, nil
	}
	switch client.(type) {
	case conner, masterer:
		return g, nil
	}
	return durability{}, fmt.Errorf("replicas = %d needs a plain, sentinel or cluster client, not a %T: "+
		"WAIT only counts on the connection of the write", g.replicas, client)
}

type conner interface{ Conn() *redis.Conn }

type masterer interface {
	MasterForKey(ctx context.Context, key string) (*redis.Client, error)
}

// write runs a write and waits until it is safe.
func (g durability) write(ctx context.Context, write func(redis.Scripter) error) error {
	if g.custom != nil {
		if err := write(g.client); err != nil {
			return err
		}
		return g.custom(ctx)
	}
	if g.replicas == 0 {
		return write(g.client)
	}
	conn, err := g.pin(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := write(conn); err != nil {
		return err
	}
	return g.wait(ctx, conn)
}

// pin takes one connection out of the pool: WAIT is about the writes of its own connection, and on another one it
// would confirm what was never written.
func (g durability) pin(ctx context.Context) (*redis.Conn, error) {
	if m, ok := g.client.(masterer); ok {
		node, err := m.MasterForKey(ctx, g.key)
		if err != nil {
			return nil, err
		}
		return node.Conn(), nil
	}
	return g.client.(conner).Conn(), nil
}

// wait prefers WAITAOF (Redis 7.2), which also covers a power cut, and falls back to WAIT.
func (g durability) wait(ctx context.Context, conn *redis.Conn) error {
	if !g.noAOF.Load() {
		acks, err := conn.WaitAOF(ctx, 1, g.replicas, g.timeout).Result()
		switch {
		case err == nil && len(acks) == 2 && acks[0] >= 1 && acks[1] >= int64(g.replicas):
			return nil
		case err == nil:
			return errNotDurable
		case !strings.Contains(err.Error(), "unknown command") && !strings.Contains(err.Error(), "appendonly"):
			return err
		}
		g.noAOF.Store(true)
	}
	acks, err := conn.Wait(ctx, g.replicas, g.timeout).Result()
	if err != nil {
		return err
	}
	if acks < int64(g.replicas) {
		return errNotDurable
	}
	return nil
}
