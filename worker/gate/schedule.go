package gate

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"guestflow/qflow"
)

// ProbeIntervals are the times before the first, second, ... probe; the last one repeats. An operator who has just
// shown a passport waits a minute; a gate that is closed for days costs four calls an hour. Elapsed: 1, 3, 8, 18, 33,
// 48, ... minutes.
var ProbeIntervals = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute}

const (
	// MaxProbeDelay is the longest delay that RecordProbe takes: of a row whose calls have failed often.
	MaxProbeDelay = 10 * time.Minute

	// maxDoublings keeps a doubled interval a number: with any first one from a second on, the last one is reached before.
	maxDoublings = 12

	// firstSendInterval is the time before the first probe of the send gate, which one lost answer closes: most often the
	// next is not lost, and all sends of the account wait for that. Then the other intervals follow; but since each probe
	// of this gate may cost a row that an operator has to settle, they at least double, and go on where they were when it
	// opens only to close at once.
	firstSendInterval = 10 * time.Second
)

// Due returns the closed gates whose probe is due by Redis' clock: a host that is a minute behind would never ask. When
// that clock has gone back, a probe may lie further ahead than any interval; then it is due now.
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
		if wait > g.maxWait(c) {
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

// maxWait is more than the time to a gate's next probe ever is, with its jitter.
func (g *Gates) maxWait(c Closed) time.Duration {
	d := g.exactInterval(c.Gate, c.Probes)
	if c.LastAnswer != "" {
		d = max(d, MaxProbeDelay)
	}
	return d*5/4 + time.Second
}

// interval returns the time before the probe that comes after n others, up to a tenth longer, so that the probes of
// many accounts do not fall together.
func (g *Gates) interval(gate qflow.Gate, n int) time.Duration {
	d := g.exactInterval(gate, n)
	return d + time.Duration(rand.Int64N(int64(d/10)+1)) // not a secret
}

func (g *Gates) exactInterval(gate qflow.Gate, n int) time.Duration {
	intervals := g.intervals
	if gate == qflow.GateSend && intervals[0] > firstSendInterval {
		intervals = append([]time.Duration{firstSendInterval}, intervals...)
	}
	d := intervals[min(n, len(intervals)-1)]
	if gate == qflow.GateSend {
		d = max(d, min(intervals[0]<<min(n, maxDoublings), ProbeIntervals[len(ProbeIntervals)-1]))
	}
	return d
}
