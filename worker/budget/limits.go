package budget

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// Changes are limits that somebody has set for the whole fleet, over what its processes were started with; nil leaves one.
type Changes struct {
	Zone *int
	Send *int
}

// SetLimits changes limits while everything runs: each process follows with its next booking.
func (b *Budget) SetLimits(ctx context.Context, c Changes) error {
	for name, limit := range map[string]*int{"limit:zone": c.Zone, "limit:send": c.Send} {
		if limit == nil {
			continue
		}
		if err := b.redis.HSet(ctx, b.keys[0], name, *limit).Err(); err != nil {
			return fmt.Errorf("set the limits: %w", err)
		}
	}
	return nil
}

// ResetLimits goes back to the limits that the processes were started with.
func (b *Budget) ResetLimits(ctx context.Context) error {
	if err := b.redis.HDel(ctx, b.keys[0], "limit:zone", "limit:send").Err(); err != nil {
		return fmt.Errorf("reset the limits: %w", err)
	}
	return nil
}

// State is what the budget looks like from outside.
type State struct {
	Zone        int           `json:"rate_per_minute"`      // in force
	Send        int           `json:"send_rate_per_minute"` // in force
	ZoneChanged bool          `json:"rate_changed"`         // by a person, for the whole fleet
	SendChanged bool          `json:"send_rate_changed"`
	Pace        float64       `json:"pace"`                // share of the limits that is used now; less than 1 after a 429
	Paused      time.Duration `json:"paused_ns,omitempty"` // how much longer
	Tokens      float64       `json:"retry_tokens"`        // of the account's retry budget; its calls trickle below 1
}

// full, faster and refill are the script's numbers.
const (
	full   = 100
	faster = 0.1 / 60 // a second
	refill = 0.5      // a second
)

// State reads it without booking anything.
func (b *Budget) State(ctx context.Context) (State, error) {
	pipe := b.redis.Pipeline()
	address, account, clock := pipe.HGetAll(ctx, b.keys[0]), pipe.HGetAll(ctx, b.keys[1]), pipe.Time(ctx)
	if _, err := pipe.Exec(ctx); err != nil {
		return State{}, fmt.Errorf("read the budget: %w", err)
	}
	now, f := clock.Val(), address.Val()
	s := State{Zone: b.limits.Zone, Send: b.limits.Send, Pace: 1, Tokens: full}
	if v, changed := f["limit:zone"]; changed {
		s.Zone, s.ZoneChanged = int(number(v)), true
	}
	if v, changed := f["limit:send"]; changed {
		s.Send, s.SendChanged = int(number(v)), true
	}
	s.Paused = max(moment(f["pause"]).Sub(now), 0)
	if v, slowed := f["pace"]; slowed {
		s.Pace = min(1, number(v)+max(now.Sub(moment(f["pace_at"])).Seconds(), 0)*faster)
	}
	if h := account.Val(); len(h) > 0 {
		s.Tokens = min(full, number(h["tokens"])+now.Sub(moment(h["at"])).Seconds()*refill)
	}
	return s, nil
}

func number(s string) float64 {
	n, _ := strconv.ParseFloat(s, 64) // written by the script; an absent field is 0
	return n
}

func moment(us string) time.Time { return time.UnixMicro(int64(number(us))) }
