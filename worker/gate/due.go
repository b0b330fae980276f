package gate

import (
	"context"
	"fmt"
	"time"
)

// Due gives the closed gates whose probe is due. That is for Redis' clock to say: a host that is a minute behind would
// never ask. When that clock has gone back, a probe may lie further ahead than any step of the ladder; then it is due
// now.
func (g *Gates) Due(ctx context.Context, closed []Closed) (due []Closed, err error) {
	if len(closed) == 0 {
		return nil, nil
	}
	now, err := g.redis.Time(ctx).Result()
	if err != nil {
		return nil, fmt.Errorf("ask Redis for its time: %w", err)
	}
	for _, c := range closed {
		wait := c.NextProbe.Sub(now)
		if wait > g.longest(c) {
			if _, err := g.ProbeNow(ctx, c.Gate); err != nil {
				return nil, err
			}
			wait = 0
		}
		if wait <= 0 {
			due = append(due, c)
		}
	}
	return due, nil
}

// longest is more than the time to a gate's next probe ever is, with its jitter.
func (g *Gates) longest(c Closed) time.Duration {
	d := g.rung(c.Gate, c.Probes)
	if c.LastAnswer != "" {
		d = max(d, MaxProbeDelay)
	}
	return d*5/4 + time.Second
}
