package worker

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"
)

func TestAnIdleWorkerAsksOnceASecondAndAtOnceWhenCalled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stop := make(chan struct{})
		i := newIdle(2, stop)
		took := func() time.Duration {
			began := time.Now()
			i.wait()
			return time.Since(began)
		}
		i.found(redis.Nil)
		if d := took(); d != 0 {
			t.Fatalf("waited %s before the second queue was asked", d)
		}
		i.found(redis.Nil)
		if d := took(); d != idleFor {
			t.Fatalf("waited %s with both queues empty", d)
		}
		i.found(redis.Nil)
		i.found(nil)
		i.found(redis.Nil)
		if d := took(); d != 0 {
			t.Fatalf("waited %s though a queue has work", d)
		}
		i.found(errors.New("no Redis"))
		if d := took(); d != idleFor {
			t.Fatalf("waited %s for a Redis that is away", d)
		}
		i.found(forgotten{})
		if d := took(); d != 0 {
			t.Fatalf("waited %s to give a restarted Redis its script", d)
		}
		for range 2 {
			i.found(redis.Nil)
		}
		time.AfterFunc(30*time.Millisecond, func() { i.calls <- struct{}{} })
		if d := took(); d != 30*time.Millisecond {
			t.Fatalf("the call was heard after %s", d)
		}
		for range 2 {
			i.found(redis.Nil)
		}
		close(stop)
		if d := took(); d != 0 {
			t.Fatalf("a stop was heard after %s", d)
		}
	})
}

// forgotten is what a restarted Redis says of a script that it is asked to run by its hash.
type forgotten struct{}

func (forgotten) Error() string { return "NOSCRIPT No matching script. Please use EVAL." }
func (forgotten) RedisError()   {}
