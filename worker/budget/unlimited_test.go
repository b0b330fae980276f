package budget_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/worker/budget"
)

// booked counts a member's questions to Redis.
type booked struct{ scripts atomic.Int64 }

func (c *booked) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c *booked) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.Name() == "evalsha" {
			c.scripts.Add(1)
		}
		return next(ctx, cmd)
	}
}

func (c *booked) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// busy is a member whose 32 callers make a call every ten milliseconds each, for as long as nothing limits them.
func (w *world) busy(limits budget.Limits) (m *member, asked *booked) {
	m, asked = w.member("main", limits), &booked{}
	m.client.AddHook(asked)
	m.delay.Store(int64(time.Millisecond))
	for range 32 {
		m.callers.Go(func() {
			for m.Wait(m.ctx, nil, "an import", budget.API, budget.Email) == nil {
				w.note()
				time.Sleep(10 * time.Millisecond)
			}
		})
	}
	return m, asked
}

// since returns how many calls there were from a moment on.
func (w *world) since(at time.Time) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, call := range w.calls {
		if !call.Before(at) {
			n++
		}
	}
	return n
}

func TestWithoutLimitsRedisIsAskedAFewTimesASecondAndCountsEveryCall(t *testing.T) {
	inWorld(t, func(w *world) {
		m, asked := w.busy(budget.Limits{})
		time.Sleep(10 * time.Second)
		m.cancel()
		m.callers.Wait()
		time.Sleep(time.Second)
		calls, _ := bookings(w.bench().history(m.Budget, 3))
		if n := w.since(time.Time{}); n < 30_000 || calls != n || asked.scripts.Load() > 32+10*25 {
			t.Errorf("%d calls, %d of them counted, by %d questions", n, calls, asked.scripts.Load())
		}
	})
}

// What limits calls without a limit of theirs: a pause of the fleet, an open circuit, a limit that an operator sets.
func TestCallsWithoutLimitsFollowWhatAnyProcessMeetsWithinATenthOfASecond(t *testing.T) {
	for what, limit := range map[string]func(t *testing.T, other *budget.Budget){
		"a pause": func(t *testing.T, other *budget.Budget) {
			if _, _, err := other.Pause(t.Context(), time.Minute); err != nil {
				t.Error(err)
			}
		},
		"an open circuit": func(t *testing.T, other *budget.Budget) {
			for range 120 {
				if err := other.Report(t.Context(), true); err != nil {
					t.Error(err)
				}
			}
		},
		"a limit": func(t *testing.T, other *budget.Budget) {
			one := 1
			if err := other.SetLimits(t.Context(), budget.LimitChanges{Email: &one}); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.busy(budget.Limits{})
				other := w.member("main", budget.Limits{})
				time.Sleep(time.Second)
				limit(w.t, other.Budget)
				met := time.Now()
				time.Sleep(10 * time.Second)
				if n := w.since(met.Add(budget.UnlimitedFor + 10*time.Millisecond)); n > 32+10 {
					t.Errorf("%d calls after a tenth of a second", n)
				}
			})
		})
	}
}

// One who makes a call now and then books each: it is not others that it would wait for.
func TestALoneCallIsBooked(t *testing.T) {
	inWorld(t, func(w *world) {
		m, asked := w.member("main", budget.Limits{}), &booked{}
		m.client.AddHook(asked)
		for range 20 {
			if err := m.Wait(w.t.Context(), nil, "an import", budget.API); err != nil {
				w.t.Fatal(err)
			}
		}
		if n := asked.scripts.Load(); n != 20 {
			w.t.Errorf("%d bookings of 20 calls", n)
		}
	})
}
