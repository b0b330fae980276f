package worker

import (
	"context"
	"log/slog"
	"time"
)

const (
	// maxSkew is how far this host's clock may be from Redis' before it is logged: as doctor says, and far below the half
	// minute at which Asynq would take a running chunk for abandoned.
	maxSkew = 5 * time.Second

	// maxStep is how far Redis' clock may go more or less than this host's between two looks.
	maxStep = time.Second
)

// clockMonitor compares Redis' clock with this host's. Nothing waits for a wrong clock for longer than was meant, so
// this is for operators: a wrong clock makes calls late or early, and a log that cannot be read.
type clockMonitor struct {
	log       *slog.Logger
	interval  time.Duration
	redisTime func(context.Context) (time.Time, error)

	lastRedis time.Time // Redis' clock at the last look
	lastHost  time.Time // this host's then
	skewed    bool      // it was logged that they are apart
}

// Run compares them until ctx ends.
func (c *clockMonitor) Run(ctx context.Context) {
	c.look(ctx)
	every(ctx, c.interval, c.look)
}

func (c *clockMonitor) look(ctx context.Context) {
	asked := time.Now()
	redis, err := c.redisTime(ctx)
	warn(ctx, c.log, "cannot compare the clocks", err)
	if err != nil {
		return
	}
	took := time.Since(asked)
	c.compare(ctx, redis, asked.Add(took/2), took)
}

// compare logs what has changed since the last look: once for a step of Redis' clock, and once when the two come apart.
func (c *clockMonitor) compare(ctx context.Context, redis, host time.Time, took time.Duration) {
	ahead := redis.Sub(host).Round(time.Millisecond)
	skewed := ahead.Abs() > maxSkew+took
	step := c.step(redis, host)
	switch c.lastRedis, c.lastHost = redis, host; {
	case step.Abs() > maxStep+took:
		c.log.WarnContext(ctx, stepText(step), "by", step.Abs().Round(time.Millisecond), "redis_ahead_of_this_host", ahead)
	case skewed && !c.skewed:
		c.log.WarnContext(ctx, "this host's clock and Redis' differ; have NTP correct the one that is wrong",
			"redis_ahead_of_this_host", ahead)
	case !skewed && c.skewed:
		c.log.InfoContext(ctx, "this host's clock and Redis' agree again")
	}
	c.skewed = skewed
}

func stepText(step time.Duration) string {
	if step < 0 {
		return "Redis' clock has gone back: it was corrected, or a replica has taken its place; work goes on, and no wait " +
			"is longer than was meant"
	}
	return "Redis' clock has gone forward: it was corrected, or a replica has taken its place; work goes on, and pauses " +
		"end early"
}

// step returns how far Redis' clock has gone more than this host's since the last look. A host that was asleep has two
// answers, by the clock that counts on and by the one that does not; and one whose clock was set as well: the smaller
// is right.
func (c *clockMonitor) step(redis, host time.Time) time.Duration {
	if c.lastRedis.IsZero() {
		return 0
	}
	went := redis.Sub(c.lastRedis)
	monotonic, wall := went-host.Sub(c.lastHost), went-host.Round(0).Sub(c.lastHost.Round(0))
	if monotonic.Abs() < wall.Abs() {
		return monotonic
	}
	return wall
}
