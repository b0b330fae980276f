package tokencache_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/tokencache"
)

// bundle is a test's own world: a Redis, an identity server, and as many "processes" as it asks for.
type bundle struct {
	t    *testing.T
	rdb  redis.UniversalClient
	addr string
	idp  *identity
	cfg  tokencache.Config
	log  *testkit.Log
}

func newBundle(t *testing.T) *bundle {
	t.Helper()
	rdb := redistest.Client(t)
	b := newBundleOn(t, rdb)
	b.addr = rdb.Options().Addr
	return b
}

func newBundleOn(t *testing.T, rdb redis.UniversalClient) *bundle {
	t.Helper()
	b := &bundle{t: t, rdb: rdb, idp: newIdentity(t), log: &testkit.Log{}}
	b.cfg = tokencache.Config{
		Account:     "demo",
		Endpoint:    tokencache.Endpoint{TokenURL: b.idp.URL + "/connect/token", Scope: "api offline_access"},
		Credentials: demoCredentials,
		Keys:        mustKeys(t, keyA),
		StateDir:    t.TempDir(),
		Logger:      b.log.Logger(),
		Timing:      quick,
	}
	return b
}

var demoCredentials = tokencache.Credentials{
	ClientID: "client", ClientSecret: "client-secret-7f", Username: "ann@example.com", Password: "correct-horse-battery",
}

// quick makes a dead lock and a stale claim a matter of seconds, and leaves room for a machine that is busy and looks
// for races.
var quick = tokencache.Timing{
	Request: 1500 * time.Millisecond, Claim: 1500 * time.Millisecond, Stale: 3500 * time.Millisecond,
	Lock: 3 * time.Second, Poll: 50 * time.Millisecond, Wait: 30 * time.Second, Keep: 100 * time.Millisecond,
	Wrong:   []time.Duration{time.Minute, time.Hour},
	Trouble: []time.Duration{20 * time.Millisecond, 100 * time.Millisecond},
}

const (
	keyA = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	keyB = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfefff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
)

func mustKeys(t testing.TB, hex ...string) tokencache.Keyring {
	t.Helper()
	ring, err := tokencache.ParseKeys(joinKeys(hex))
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// process is one more Cache on the same Redis and the same identity server.
func (b *bundle) process(change ...func(*tokencache.Config)) *tokencache.Cache {
	b.t.Helper()
	cfg := b.cfg
	for _, f := range change {
		f(&cfg)
	}
	c, err := tokencache.New(b.rdb, cfg)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = c.Close() })
	return c
}

func (b *bundle) token(c *tokencache.Cache) tokencache.Token {
	b.t.Helper()
	tok, err := c.Token(b.t.Context())
	if err != nil {
		b.t.Fatalf("Token: %v", err)
	}
	return tok
}

func (b *bundle) wantOncePresented() {
	b.t.Helper()
	if most, _ := b.idp.mostPresented(); most > 1 {
		b.t.Fatalf("a refresh token was presented %d times", most)
	}
}
