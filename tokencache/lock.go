package tokencache

import (
	"context"
	"time"
)

// lock keeps the fleet from queueing at the identity server. It is for efficiency only: a holder that is
// frozen loses it without noticing, and nothing bad follows, because the claim is what decides (docs/design.md section
// 5).
type lock struct {
	s     *store
	value string
	ttl   time.Duration
	held  bool
	stop  context.CancelFunc
	done  chan struct{}
}

// take tries once, and keeps the lock alive from then on.
func (l *lock) take(ctx context.Context) (bool, error) {
	if l.held {
		return true, nil
	}
	got, err := lockScript.Run(ctx, l.s.client, []string{l.s.lock}, l.value, l.ttl.Milliseconds()).Int()
	if err != nil || got != 1 {
		return false, err
	}
	l.held = true
	kept, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop, l.done = stop, make(chan struct{})
	go l.keep(kept)
	return true, nil
}

func (l *lock) keep(ctx context.Context) {
	defer close(l.done)
	tick := time.NewTicker(l.ttl / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		kept, err := extendScript.Run(ctx, l.s.client, []string{l.s.lock}, l.value, l.ttl.Milliseconds()).Int()
		if err == nil && kept == 0 {
			return // another process has it; this renewal goes on by its claim
		}
	}
}

// free releases the lock, also if the caller's context has ended. If Redis cannot be reached, it expires by itself.
func (l *lock) free(ctx context.Context) {
	if !l.held {
		return
	}
	l.stop()
	<-l.done
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanup)
	defer cancel()
	_ = unlockScript.Run(ctx, l.s.client, []string{l.s.lock}, l.value, l.s.channel).Err()
	l.held = false
}

// cleanup bounds what is done after the fact, so that closing never hangs on a Redis that cannot be reached.
const cleanup = 2 * time.Second
