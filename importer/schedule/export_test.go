package schedule

import (
	"context"
	"time"
)

// LookEvery is the longest time between two looks.
const LookEvery = lookEvery

// Grace is how late a tick may be.
const Grace = grace

// Look looks once, as if it were that time, and says when Run would look again.
func (r *Runner) Look(ctx context.Context, now time.Time, job Job) time.Time {
	return r.look(ctx, now, job)
}

// Wait waits for the jobs in hand.
func (r *Runner) Wait() { r.inHand.Wait() }

// Hurry shortens a runner's lease and its waits before another try.
func (r *Runner) Hurry(lease time.Duration, retries ...time.Duration) {
	r.lease = lease
	if len(retries) > 0 {
		r.retries = retries
	}
}

// Key is the schedule's key in Redis.
func (r *Runner) Key(profile string) string { return r.store.key(profile) }
