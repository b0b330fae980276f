package delivery

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/lease"
	"guestflow/qflow/webhook"
	"guestflow/tokencache"
	"guestflow/tokencache/secret"
)

const (
	// cacheFor is for how long a process takes the secrets in its memory for the current ones.
	cacheFor = 5 * time.Second

	// rereadAfter is how soon, after a signature that matched none of them, they may be read once more: so a rotation by
	// another process is seen at once, by a delivery that Qflow repeats at all, and a flood of forgeries costs ten small
	// reads a second.
	rereadAfter = 100 * time.Millisecond

	// overlap is for how long the secret before a rotation is good. Qflow drops it at once, but what it signed before may
	// still be on its way; after this its signature is too old anyway. A stolen one is good for as long.
	overlap = webhook.Window

	// changeTimeout is how long one registration or rotation excludes others, unless it ends before: two at a time would
	// leave a secret here that is not the one that Qflow took last.
	changeTimeout = time.Minute
)

// Secrets keeps an account's webhook in Redis, its secret sealed. It is safe for concurrent use.
type Secrets struct {
	redis   redis.UniversalClient
	keys    tokencache.Keyring
	account string
	key     string
	now     func() time.Time

	mu      sync.Mutex
	current []secret.Text
	read    time.Time // when current was read, or could not be
	reread  time.Time // when a wrong signature last had it read
	readErr error     // of the last read, if there was none before
}

// NewSecrets returns those under the ledger's key prefix.
func NewSecrets(client redis.UniversalClient, prefix, account string, keys tokencache.Keyring) *Secrets {
	return &Secrets{redis: client, keys: keys, account: account, key: prefix + "webhook", now: time.Now}
}

func (s *Secrets) previousKey() string { return s.key + ":previous" }
func (s *Secrets) changeKey() string   { return s.key + ":begun" }
func (s *Secrets) sealContext() string { return "webhook secret of " + s.account }

// Current returns the secrets that may have signed a request, none if no webhook is registered. With fresh it reads
// again, as often as it may.
func (s *Secrets) Current(ctx context.Context, fresh bool) ([]secret.Text, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	due := now.Sub(s.read) >= cacheFor
	if fresh && now.Sub(s.reread) >= rereadAfter {
		s.reread, due = now, true
	}
	if !due {
		return s.current, s.readErr
	}
	s.read = now
	list, err := s.load(ctx)
	if err == nil || len(s.current) == 0 { // with Redis away, those of before still tell a forgery from a delivery
		s.current, s.readErr = list, err
	}
	return s.current, s.readErr
}

func (s *Secrets) load(ctx context.Context) ([]secret.Text, error) {
	pipe := s.redis.Pipeline()
	current, previous := pipe.HGet(ctx, s.key, "secret"), pipe.Get(ctx, s.previousKey())
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("read the webhook's secret: %w", err)
	}
	var list []secret.Text
	for _, sealed := range []string{current.Val(), previous.Val()} {
		if sealed == "" {
			continue
		}
		plain, err := s.keys.Open(sealed, s.sealContext())
		if err != nil {
			return nil, fmt.Errorf("read the webhook's secret: %w", err)
		}
		list = append(list, plain)
	}
	return list, nil
}

// Info is what is known of a webhook here.
type Info struct {
	URL          string    `json:"url,omitempty"`
	SecretSince  time.Time `json:"since,omitzero"` // of the secret
	LastDelivery time.Time `json:"heard,omitzero"` // when the last delivery came, to some seconds
	// Pending is what was asked of Qflow without an answer: it may have made a secret that is unknown here. Only a
	// rotation ends that.
	Pending      string    `json:"open,omitempty"`
	PendingSince time.Time `json:"asked,omitzero"`
	Tests        int64     `json:"-"` // comms.test that came, ever
}

// Info reads it; without a webhook it is zero but for Pending.
func (s *Secrets) Info(ctx context.Context) (Info, error) {
	f, err := s.redis.HGetAll(ctx, s.key).Result()
	if err != nil {
		return Info{}, fmt.Errorf("read the webhook: %w", err)
	}
	return Info{
		URL: f["url"], SecretSince: at(f["since"]), LastDelivery: at(f["heard"]),
		Pending: f["open"], PendingSince: at(f["asked"]), Tests: number(f["tests"]),
	}, nil
}

func at(ms string) time.Time {
	if n := number(ms); n > 0 {
		return time.UnixMilli(n).UTC()
	}
	return time.Time{}
}

func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64) // written by us only; an absent field is 0
	return n
}

// ErrChangeInProgress means that another process is registering or rotating.
var ErrChangeInProgress = errors.New("the webhook is being changed by another command; try again in a minute")

// Change is a change of the webhook at Qflow, which makes a secret and shows it once. It is written down before Qflow
// is asked, so that a lost answer, or a process that dies before it, leaves a trace.
type Change struct {
	*Secrets
	claim *lease.Lease
}

// BeginChange announces a change by the words that Info.Pending has until Commit or Abort.
func (s *Secrets) BeginChange(ctx context.Context, what string) (*Change, error) {
	c := &Change{Secrets: s, claim: lease.New(s.redis, s.changeKey(), changeTimeout)}
	alone, err := c.claim.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("begin a change of the webhook: %w", err)
	}
	if !alone {
		return nil, ErrChangeInProgress
	}
	if err := s.redis.HSet(ctx, s.key, "open", what, "asked", s.now().UnixMilli()).Err(); err != nil {
		return nil, fmt.Errorf("begin a change of the webhook: %w", err)
	}
	return c, nil
}

// Commit seals the secret that Qflow has made. The one before is good for a while, unless it has leaked. If another
// change has begun meanwhile, the secret of that one counts, and the error is lease.ErrLost.
func (c *Change) Commit(ctx context.Context, url string, made secret.Text, leaked bool) error {
	if err := c.still(ctx); err != nil {
		return fmt.Errorf("keep the webhook's secret: %w", err)
	}
	before, err := c.redis.HGet(ctx, c.key, "secret").Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("keep the webhook's secret: %w", err)
	}
	_, err = c.redis.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		tx.HSet(ctx, c.key, "url", url, "secret", c.keys.Seal(made, c.sealContext()), "since", c.now().UnixMilli())
		tx.HDel(ctx, c.key, "open", "asked")
		if before != "" && !leaked {
			tx.Set(ctx, c.previousKey(), before, overlap)
		} else {
			tx.Del(ctx, c.previousKey())
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep the webhook's secret: %w", err)
	}
	_ = c.claim.Release(ctx) // or it lapses
	return nil
}

// still returns an error if another change has begun, since this one took longer than its lease.
func (c *Change) still(ctx context.Context) error {
	ours, err := c.claim.Acquire(ctx)
	if err == nil && !ours {
		err = lease.ErrLost
	}
	return err
}

// Abort ends a change of which Qflow has certainly done nothing.
func (c *Change) Abort(ctx context.Context) error {
	return c.end(ctx, func(tx redis.Pipeliner) { tx.HDel(ctx, c.key, "open", "asked") })
}

// Unresolved ends a change of which is unknown what Qflow has done; Info.Pending stays.
func (c *Change) Unresolved(ctx context.Context) error { return c.end(ctx, func(redis.Pipeliner) {}) }

// Delete drops the webhook with all its secrets, after Qflow has.
func (c *Change) Delete(ctx context.Context) error {
	return c.end(ctx, func(tx redis.Pipeliner) { tx.Del(ctx, c.key, c.previousKey()) })
}

func (c *Change) end(ctx context.Context, do func(redis.Pipeliner)) error {
	err := c.still(ctx)
	if err == nil {
		_, err = c.redis.TxPipelined(ctx, func(tx redis.Pipeliner) error {
			do(tx)
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("end a change of the webhook: %w", err)
	}
	_ = c.claim.Release(ctx) // or it lapses
	return nil
}

func (s *Secrets) countTest(ctx context.Context) error {
	if err := s.redis.HIncrBy(ctx, s.key, "tests", 1).Err(); err != nil {
		return fmt.Errorf("note a test of the webhook: %w", err)
	}
	return nil
}

func (s *Secrets) noteDelivery(ctx context.Context, when time.Time) error {
	if err := s.redis.HSet(ctx, s.key, "heard", when.UnixMilli()).Err(); err != nil {
		return fmt.Errorf("note a delivery: %w", err)
	}
	return nil
}
