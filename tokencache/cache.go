package tokencache

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"guestflow/tokencache/secret"
)

// Token is an access token that was good when it was given out.
type Token struct {
	Access secret.Text
	// Generation counts the account's tokens; Refused takes it back when the API answers 401.
	Generation uint64
	// Expiry is by the local clock, converted from Redis'.
	Expiry time.Time
}

// Cache keeps the access token of one account. It is safe for use by many goroutines.
type Cache struct {
	cfg     Config
	store   *store
	sender  *sender
	journal *journal

	held     atomic.Pointer[held]
	refused  atomic.Uint64 // highest generation that the API refused
	accepted atomic.Uint64 // highest generation that it accepted
	seen     newest        // of the record, here or by a process that shares the state folder

	self      string    // names this process' lock
	base      time.Time // local monotonic clock; see now
	broadcast broadcast
	life      context.Context
	end       context.CancelFunc
	work      sync.WaitGroup

	mu     sync.Mutex
	flight *flight
	closed bool
	last   death           // guarded by mu
	unsent map[string]bool // nonces of claims under which certainly nothing was sent

	testHook func(point string) // for tests: called at the named points of the protocol
}

// held is the token in memory. All times are on the clock of Cache.now.
type held struct {
	token   Token
	life    time.Duration
	renewAt time.Duration // from here on it should be renewed
	until   time.Duration // from here on it is returned only if there is no newer one
	end     time.Duration // from here on it has expired
	ahead   atomic.Bool   // a renewal has been started because of renewAt
}

// New returns the cache of one account. It does not talk to Redis or the identity server yet, and it does not close the
// client.
func New(client redis.UniversalClient, cfg Config) (*Cache, error) {
	if err := cfg.normalize(); err != nil {
		return nil, fmt.Errorf("token cache: %w", err)
	}
	if cfg.Keys.Empty() {
		if cfg.StateDir == "" {
			return nil, errors.New("token cache: neither a sealing key nor a state folder to keep a generated one")
		}
		keys, created, err := LoadOrCreateKey(cfg.StateDir)
		if err != nil {
			return nil, fmt.Errorf("token cache: %w", err)
		}
		if created {
			cfg.Logger.Info("generated a key to seal tokens; several hosts need a configured one",
				"account", cfg.Account, "dir", cfg.StateDir, "file", KeyFile, "key_id", keys.ID())
		}
		cfg.Keys = keys
	}
	s, err := newStore(client, &cfg)
	if err != nil {
		return nil, fmt.Errorf("token cache: %w", err)
	}
	c := &Cache{
		cfg: cfg, store: s, sender: newSender(&cfg), journal: newJournal(&cfg),
		self: uuid.NewString(), base: time.Now(), unsent: map[string]bool{}, testHook: func(string) {},
	}
	c.seen.advance(c.journal.marked())
	c.life, c.end = context.WithCancel(context.Background())
	return c, nil
}

// Keys seal the tokens, and may seal what else belongs to the account.
func (c *Cache) Keys() Keyring { return c.cfg.Keys }

// now is a clock that only goes forward. Expiry is by Redis' clock; this one only measures from the moment we asked.
func (c *Cache) now() time.Duration { return time.Since(c.base) }

// Token returns the access token. While the one in memory is fresh that takes neither Redis nor a lock; later on the
// token is renewed in the background while the old one still serves. Only with no usable token at all does a call
// wait, for its context at most and never longer than Timing.Wait.
//
// An *AuthError means that a person has to do something, a *TroubleError that it may work later.
func (c *Cache) Token(ctx context.Context) (Token, error) {
	if h := c.held.Load(); h != nil {
		now := c.now()
		if now < h.renewAt {
			return h.token, nil
		}
		if now < h.until {
			c.renewAhead(h)
			return h.token, nil
		}
	}
	return c.obtainShared(ctx, c.refused.Load()+1, whyNeeded)
}

// Refused reports that the API answered 401 to this generation, and waits until there is a newer one. However many
// callers and processes name the same generation, it is renewed once.
func (c *Cache) Refused(ctx context.Context, generation uint64) error {
	if generation > c.seen.load().gen {
		return nil // not one of ours; to wait for a newer one could take forever
	}
	for {
		was := c.refused.Load()
		if generation <= was || c.refused.CompareAndSwap(was, generation) {
			break
		}
	}
	if h := c.held.Load(); h != nil {
		if h.token.Generation > generation {
			return nil
		}
		c.held.CompareAndSwap(h, nil)
	}
	_, err := c.obtainShared(ctx, generation+1, whyRefused)
	return err
}

// Renew gets a new generation now, even during a pause after failures: an operator who has just corrected something
// upstream does not want to wait.
func (c *Cache) Renew(ctx context.Context) (Token, error) {
	rec, err := c.store.read(ctx)
	if err != nil {
		return Token{}, &TroubleError{Op: "renew token", Err: err}
	}
	return c.obtainShared(ctx, max(rec.gen, c.seen.load().gen)+1, whyAsked)
}

// Forget drops the account's tokens in Redis and here, for these credentials. Other processes use the old access
// token until their next check; the identity server is not called.
func (c *Cache) Forget(ctx context.Context) (had bool, err error) {
	if had, err = c.store.forget(ctx); err != nil {
		return false, &TroubleError{Op: "forget tokens", Err: err}
	}
	entries, _ := c.journal.list()
	for _, e := range entries {
		c.journal.drop(e.Nonce)
	}
	c.held.Store(nil)
	return had, nil
}

// Close ends the background work. A request that is on its way is allowed to end, so it may take Timing.Request.
func (c *Cache) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.end()
	c.work.Wait()
	return nil
}
