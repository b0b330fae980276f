package tokencache_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/testkit"
	"guestflow/tokencache"
)

// meddler lets something happen between a process' look at the record and its claim, once.
type meddler struct {
	once sync.Once
	do   func()
}

func (m *meddler) DialHook(next redis.DialHook) redis.DialHook { return next }
func (m *meddler) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func (m *meddler) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		const claimArgs = 3 + 2 + 8 // evalsha, digest, number of keys; keys; arguments of claim.lua
		if cmd.Name() == "evalsha" && len(cmd.Args()) == claimArgs {
			m.once.Do(m.do)
		}
		return next(ctx, cmd)
	}
}

// raced is a process of which the lock has been taken away, in the moment that its claim is on the way.
func (b *bundle) raced(t *testing.T, do func(rdb redis.UniversalClient, key string)) *tokencache.Cache {
	t.Helper()
	own := redis.NewClient(&redis.Options{Addr: b.addr})
	t.Cleanup(func() { _ = own.Close() })
	plain, key := b.rdb, recordKey(t, b.rdb)
	own.AddHook(&meddler{do: func() { do(plain, key) }})
	other := *b
	other.rdb = own
	return other.process()
}

func TestClaimLosesAgainstAClaimThatWasQuicker(t *testing.T) {
	t.Parallel()
	b, _ := newMini(t)
	gen := b.token(b.process()).Generation
	c := b.raced(t, func(rdb redis.UniversalClient, key string) {
		rdb.HSet(t.Context(), key, "claim", "quicker", "claim_by", "host:1", "claim_at", time.Now().UnixMilli())
	})
	b.token(c)
	if err := c.Refused(t.Context(), gen); err != nil { // in the end the quicker one counts as gone
		t.Fatal(err)
	}
	if _, n := b.idp.mostPresented(); n != 0 || b.idp.count("password") != 2 {
		t.Fatalf("%d refresh tokens sent from under another's claim, %d password grants", n, b.idp.count("password"))
	}
}

func TestPauseThatBeganMeanwhileIsKept(t *testing.T) {
	t.Parallel()
	b, _ := newMini(t)
	gen := b.token(b.process()).Generation
	c := b.raced(t, func(redis.UniversalClient, string) {
		// Another process is refused, in the same moment.
		other := b.process()
		b.rdb.Del(t.Context(), recordKey(t, b.rdb)+":lock")
		b.answerRefresh(401, `{"error":"invalid_client"}`)
		b.idp.with(func(s *identity) { s.password = "changed" })
		_, _ = other.Renew(t.Context())
	})
	b.token(c)
	err := c.Refused(t.Context(), gen)
	if reasonOf(err) != string(tokencache.ReasonWrongCredentials) {
		t.Fatalf("got %v", err)
	}
	if n := b.idp.count("password"); n != 2 {
		t.Fatalf("%d attempts with the password, want the first good one and one refused", n)
	}
}

// The answer of a holder that was slow comes when others have committed: it loses, whatever generation it thinks to
// make.
func TestWriterWithAnOldGenerationLoses(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		gen := b.token(b.process()).Generation
		slow := b.process()
		b.token(slow)
		answered, goOn := make(chan struct{}), make(chan struct{})
		slow.SetTestHook(func(point string) {
			if point == tokencache.PointAnswered {
				close(answered)
				<-goOn
			}
		})
		done := make(chan error, 1)
		go func() { done <- slow.Refused(t.Context(), gen) }()
		<-answered
		b.rdb.Del(t.Context(), recordKey(t, b.rdb)+":lock") // as if its time had run out
		b.rdb.HSet(t.Context(), recordKey(t, b.rdb), "claim_at", 1)
		quick := b.process()
		b.token(quick)
		if err := quick.Refused(t.Context(), gen); err != nil {
			t.Fatal(err)
		}
		close(goOn)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if a, z := b.token(slow), b.token(quick); a.Access != z.Access || a.Access != b.token(b.process()).Access {
			t.Fatal("the late answer replaced the newer generation")
		}
		b.wantOncePresented()
	})
}

func TestRunTakesOverWhatOthersRenewedAsSoonAsTheySaySo(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		c, other := b.process(patient), b.process()
		gen := b.token(c).Generation
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- c.Run(ctx) }()
		channel := recordKey(t, b.rdb) + ":news"
		testkit.Eventually(t, "it listens",
			func() bool { return b.rdb.PubSubNumSub(t.Context(), channel).Val()[channel] == 1 })
		b.token(other)
		if _, err := other.Renew(t.Context()); err != nil {
			t.Fatal(err)
		}
		testkit.Eventually(t, "the new generation without being asked", func() bool { return b.token(c).Generation == gen+1 })
		cancel()
		<-done
	})
}
