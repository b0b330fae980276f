package spool

import (
	"context"
	"time"
)

// ClockMark is what the clocks of a host showed at a moment: the one on its wall, which may be set, and the one that
// counts since the host was started, which cannot.
type ClockMark struct {
	Wall time.Time     `json:"wall,omitzero"`
	Boot string        `json:"boot,omitempty"` // names the start of the host
	Up   time.Duration `json:"up,omitempty"`
}

// Clock are the clocks of a host.
type Clock struct {
	Wall func() time.Time
	Boot func() (id string, up time.Duration) // an empty id is none
}

func hostClock() Clock { return Clock{Wall: time.Now, Boot: sinceBoot} }

func (c Clock) mark() ClockMark {
	m := ClockMark{Wall: c.Wall().UTC()}
	m.Boot, m.Up = c.Boot()
	return m
}

// reached reports whether a gate's start time has come. Clocks are set while it is waited for, by hand or because they
// were wrong, and none is believed alone: that on the wall has to show it, and that of Redis, and as much time has to
// have passed as there was until then, as long as the host was not restarted. So a clock that is set forward has
// nothing sent early, and at worst late: a person may start it at once.
func (c Clock) reached(ctx context.Context, g Gate, server func(context.Context) (time.Time, error)) bool {
	now := c.mark()
	if now.Wall.Before(g.Start) {
		return false
	}
	if now.Boot != "" && now.Boot == g.Noted.Boot && g.Noted.Wall.Add(now.Up-g.Noted.Up).Before(g.Start) {
		return false
	}
	if server == nil {
		return true
	}
	at, err := server(ctx)
	return err == nil && !at.Before(g.Start)
}
