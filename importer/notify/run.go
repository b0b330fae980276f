package notify

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Run looks for changes and delivers until ctx ends. Each channel goes at its own pace.
func (n *Notifier) Run(ctx context.Context) {
	if len(n.channels) == 0 {
		return
	}
	var parts sync.WaitGroup
	defer parts.Wait()
	parts.Go(func() { n.repeat(ctx, detectEvery, nil, n.Poll) })
	for i, c := range n.channels {
		parts.Go(func() {
			n.repeat(ctx, pollEvery, n.wake[i], func(ctx context.Context) error { return n.deliver(ctx, c) })
		})
	}
}

// repeat does something at once and then at every tick or call. Of a row of errors the first is logged: they are all the
// same, that Redis is away.
func (n *Notifier) repeat(ctx context.Context, every time.Duration, call <-chan struct{}, do func(context.Context) error) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for failing := false; ; {
		err := do(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			n.log.Error("notifications wait; it is tried again and again", "error", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-call:
		case <-tick.C:
		}
	}
}

// deliver sends what is due through a channel.
func (n *Notifier) deliver(ctx context.Context, c Channel) error {
	for ctx.Err() == nil {
		cl, err := n.claim(ctx, c)
		if errors.Is(err, errNone) {
			return nil
		}
		if err != nil {
			return err
		}
		sending, cancel := context.WithTimeout(ctx, timeout)
		err = c.Send(sending, cl.event)
		cancel()
		if err != nil && ctx.Err() != nil {
			return ctx.Err() // and the claim ends by itself
		}
		if err := n.settle(context.WithoutCancel(ctx), c, cl, n.next(c, cl, err)); err != nil {
			return err
		}
	}
	return nil
}

// next decides when a failed event comes again, and says so the first and the last time.
func (n *Notifier) next(c Channel, cl delivery, err error) time.Duration {
	switch {
	case err == nil:
		return never
	case cl.try > len(n.retryDelays):
		n.log.Error("a notification is given up: every try has failed", "channel", c.Name, "event", cl.event.ID, "title", cl.event.Title,
			"tries", cl.try, "error", err)
		return never
	case cl.try == 1:
		n.log.Warn("a notification could not be delivered; it is tried again for a day", "channel", c.Name, "event", cl.event.ID, "error", err)
	}
	return n.retryDelays[cl.try-1]
}
