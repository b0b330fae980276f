package program

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"guestflow/cmd/guestflow/monitor"
	"guestflow/importer/notify"
)

// heartbeat returns what reports that this process is healthy; it returns at once where none is configured. One
// account's settings decide for the process.
func (p *Program) heartbeat(ctx context.Context) {
	s := p.accounts[0].Settings
	if !s.HeartbeatURL.Set() {
		return
	}
	notify.Heartbeat{Address: s.HeartbeatURL, Every: s.HeartbeatEvery, Healthy: p.healthy, Log: p.log}.Run(ctx)
}

// healthy returns why this process does not do its work: what /healthz and /readyz check, and that all its loops run.
func (p *Program) healthy(ctx context.Context) error {
	checks := append(alive(p.accounts), ready(p.accounts, p.flags.Has("workers"))...)
	if failed := monitor.Failures(ctx,
		append(checks, monitor.Check{Name: "loops", Fails: p.loops.fails})...); len(failed) > 0 {
		return errors.New(strings.Join(failed, "; "))
	}
	return nil
}

// loops knows which of the parts that run until the process ends have ended before.
type loops struct {
	mu    sync.Mutex
	ended string
}

// watch returns a part that is seen to end.
func (l *loops) watch(name string, part func(context.Context)) func(context.Context) {
	return func(ctx context.Context) {
		part(ctx)
		if ctx.Err() == nil {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.ended = name
		}
	}
}

func (l *loops) fails(context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended == "" {
		return nil
	}
	return fmt.Errorf("%s has ended; restart this process", l.ended)
}
