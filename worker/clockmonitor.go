package worker

import (
	"context"
	"time"
)

const (
	// apart is how far this host's clock may be from Redis' before somebody is told: as doctor says, and far below the half minute at
	// which Asynq would take a running chunk for abandoned.
	apart = 5 * time.Second

	// stepped is how far Redis' clock may go more or less than this host's between two looks.
	stepped = time.Second
)

// clocks compares Redis' clock with this host's. Nothing waits for a clock that is wrong for longer than was meant, so this is for
// people: a wrong clock makes calls late or early, and a log that cannot be read.
type clocks struct {
	*handler
	there func(context.Context) (time.Time, error)
	last  time.Time // Redis' clock at the last look
	here  time.Time // this host's then
	told  bool      // that they are apart
}

func (h *handler) clocks() *clocks { return &clocks{handler: h, there: h.ledger.Now} }

func (c *clocks) look(ctx context.Context) error {
	asked := time.Now()
	there, err := c.there(ctx)
	if err != nil {
		return err
	}
	took := time.Since(asked)
	c.judge(ctx, there, asked.Add(took/2), took)
	return nil
}

// judge says what has changed since the last look: once for a step of Redis' clock, and once when the two come apart.
func (c *clocks) judge(ctx context.Context, there, here time.Time, took time.Duration) {
	differ := there.Sub(here).Round(time.Millisecond)
	wrong := differ.Abs() > apart+took
	step := c.step(there, here)
	switch c.last, c.here = there, here; {
	case step.Abs() > stepped+took:
		what := "Redis' clock has gone forward: it was corrected, or a replica has taken its place; work goes on, and pauses end early"
		if step < 0 {
			what = "Redis' clock has gone back: it was corrected, or a replica has taken its place; work goes on, and nobody waits for longer than was meant"
		}
		c.log.WarnContext(ctx, what, "by", step.Abs().Round(time.Millisecond), "redis_ahead_of_this_host", differ)
	case wrong && !c.told:
		c.log.WarnContext(ctx, "this host's clock and Redis' differ; have NTP correct the one that is wrong", "redis_ahead_of_this_host", differ)
	case !wrong && c.told:
		c.log.InfoContext(ctx, "this host's clock and Redis' agree again")
	}
	c.told = wrong
}

// step is how far Redis' clock has gone more than this host's since the last look. A host that was asleep has two answers, by the
// clock that counts on and by the one that does not; and one whose clock was set as well: the smaller is right.
func (c *clocks) step(there, here time.Time) time.Duration {
	if c.last.IsZero() {
		return 0
	}
	went := there.Sub(c.last)
	awake, wall := went-here.Sub(c.here), went-here.Round(0).Sub(c.here.Round(0))
	if awake.Abs() < wall.Abs() {
		return awake
	}
	return wall
}
