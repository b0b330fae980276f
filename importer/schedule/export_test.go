package schedule

import (
	"context"
	"time"
)

// PollEvery is the longest time between two polls.
const PollEvery = pollEvery

// Grace is how late a tick may be.
const Grace = grace

// StartDue polls once, as if it were that time, and returns when Run would poll again.
func (r *Runner) StartDue(ctx context.Context, now time.Time, job Job) time.Time {
	return r.startDue(ctx, now, job)
}

// Wait waits for the running jobs.
func (r *Runner) Wait() { r.jobs.Wait() }

// Hurry shortens a runner's lease and its waits before a retry.
func (r *Runner) Hurry(leaseTTL time.Duration, retries ...time.Duration) {
	r.leaseTTL = leaseTTL
	if len(retries) > 0 {
		r.retries = retries
	}
}

// Key is the schedule's key in Redis.
func (r *Runner) Key(profile string) string { return r.store.key(profile) }
