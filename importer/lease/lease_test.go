package lease_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/lease"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	key = "{test}:lease"
	ttl = time.Minute
)

// onBothStores runs a test on a real server and on the one that is embedded.
func onBothStores(t *testing.T, test func(t *testing.T, client *redis.Client)) {
	t.Parallel()
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		test(t, redistest.Client(t))
	})
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		client := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr()})
		t.Cleanup(func() { _ = client.Close() })
		test(t, client)
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// acquires wants an answer.
func acquires(t *testing.T, l *lease.Lease, want bool) {
	t.Helper()
	if got, err := l.Acquire(t.Context()); err != nil || got != want {
		t.Fatalf("acquired: %v, %v; want %v", got, err, want)
	}
}

// lost wants a context to end because the lease was taken over. It is renewed by then.
func lost(held context.Context, t *testing.T) {
	t.Helper()
	select {
	case <-held.Done():
	case <-t.Context().Done():
	}
	if cause := context.Cause(held); !errors.Is(cause, lease.ErrLost) {
		t.Fatalf("the held context ended with %v", cause)
	}
}

func TestOneOfTwoHasALeaseUntilItIsReleased(t *testing.T) {
	onBothStores(t, func(t *testing.T, client *redis.Client) {
		one, other := lease.New(client, key, ttl), lease.New(client, key, ttl)
		acquires(t, one, true)
		acquires(t, other, false)
		acquires(t, one, true) // an owner that asks again has not heard the answer
		must(t, other.Release(t.Context()))
		acquires(t, other, false)
		must(t, one.Release(t.Context()))
		acquires(t, other, true)
		acquires(t, one, false)
	})
}

func TestALeaseIsReleasedThoughTheContextHasEnded(t *testing.T) {
	onBothStores(t, func(t *testing.T, client *redis.Client) {
		one, other := lease.New(client, key, ttl), lease.New(client, key, ttl)
		acquires(t, one, true)
		ctx, cancel := context.WithCancel(t.Context())
		held, release := one.Hold(ctx)
		cancel()
		<-held.Done()
		if cause := context.Cause(held); errors.Is(cause, lease.ErrLost) {
			t.Fatal(cause)
		}
		release()
		acquires(t, other, true)
	})
}

func TestALeaseOfADeadOwnerLapsesByRedisClock(t *testing.T) {
	t.Parallel()
	clock, err := redistest.NewClock(t)
	if err != nil {
		t.Skip(err)
	}
	server, err := redisserver.Start(t.Context(), clock.Options(redisserver.Options{Dir: t.TempDir()}))
	must(t, err)
	t.Cleanup(server.Kill)
	client := redistest.Connect(t, server)
	dead, heir := lease.New(client, key, ttl), lease.New(client, key, ttl)
	acquires(t, dead, true)
	must(t, clock.Set(ttl-10*time.Second))
	acquires(t, heir, false)
	must(t, clock.Set(ttl+time.Second))
	acquires(t, heir, true)
}

func TestALeaseLastsNoLongerThanMeantWhenRedisClockGoesBack(t *testing.T) {
	onBothStores(t, func(t *testing.T, client *redis.Client) {
		must(t, client.Set(t.Context(), key, "dead", time.Hour).Err()) // as the clock going back leaves it
		acquires(t, lease.New(client, key, ttl), false)
		if left := client.PTTL(t.Context(), key).Val(); left > ttl {
			t.Fatalf("%s of it are left", left)
		}
	})
}

func TestAnOwnerThatFrozeIsToldAndLeavesItsSuccessorAlone(t *testing.T) {
	t.Parallel()
	client := redistest.Client(t)
	const ttl = 9 * time.Second // of both: an acquire leaves a lease no longer than its own
	frozen, heir := lease.New(client, key, ttl), lease.New(client, key, ttl)
	acquires(t, frozen, true)
	held, release := frozen.Hold(t.Context())
	// As if its lease had lapsed while it was frozen.
	takeOver(t, client, heir)
	lost(held, t)
	release()
	acquires(t, frozen, false)
	acquires(t, heir, true)
}

// takeOver has another owner take a lease that its owner renews.
func takeOver(t *testing.T, client *redis.Client, heir *lease.Lease) {
	t.Helper()
	for {
		must(t, client.Del(t.Context(), key).Err())
		got, err := heir.Acquire(t.Context())
		must(t, err)
		if got {
			return
		}
	}
}

func TestAnOwnerGoesOnWhenRedisIsBackWithoutTheLease(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, "--appendonly", "no", "--save", "")
	client := redistest.Connect(t, server)
	l, other := lease.New(client, key, 50*time.Millisecond), lease.New(client, key, ttl)
	acquires(t, l, true)
	held, release := l.Hold(t.Context())
	defer release()
	server.Kill()
	if _, err := l.Acquire(t.Context()); err == nil {
		t.Fatal("acquired without Redis")
	}
	server, err := redistest.Restart(t.Context(), server)
	must(t, err)
	t.Cleanup(server.Kill)
	for has := int64(0); has == 0; { // until a renewal has taken it again
		has, err = client.Exists(t.Context(), key).Result()
		must(t, err)
	}
	must(t, held.Err())
	takeOver(t, client, other)
	lost(held, t)
}

func TestALeaseIsRenewedInTimeThoughRenewalsFail(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun, answers := time.Now(), []error{nil, errors.New("away"), errors.New("away"), nil, errors.New("away"), nil}
		var renewed []time.Duration
		held, stop := lease.Keep(t.Context(), ttl, func(context.Context) (bool, error) {
			renewed = append(renewed, time.Since(begun))
			return len(renewed) < len(answers), answers[len(renewed)-1]
		})
		<-held.Done()
		stop()
		lost(held, t)
		for n, at := range renewed {
			if want := time.Duration(n+1) * ttl / 3; at != want {
				t.Errorf("renewal %d came after %s, want %s", n, at, want)
			}
		}
		if len(renewed) != len(answers) {
			t.Errorf("%d renewals, want %d", len(renewed), len(answers))
		}
	})
}
