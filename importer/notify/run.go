package notify

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Run polls for changes and delivers events until ctx ends. A slow channel does not delay the others.
func (n *Notifier) Run(ctx context.Context) {
	if len(n.channels) == 0 {
		return
	}
	var parts sync.WaitGroup
	defer parts.Wait()
	parts.Go(func() { n.repeat(ctx, detectEvery, nil, n.Poll) })
	for i, c := range n.channels {
		parts.Go(func() {
			n.repeat(ctx, deliverEvery, n.published[i], func(ctx context.Context) error { return n.deliver(ctx, c) })
		})
	}
}

// repeat calls a function at once and then at every tick and wake. Of consecutive errors the first is logged: they are
// all the same, that Redis is away.
func (n *Notifier) repeat(
	ctx context.Context, every time.Duration, wake <-chan struct{}, do func(context.Context) error,
) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for failing := false; ; {
		err := do(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			n.log.Error("notifications wait until Redis can be reached; it is retried", "error", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-tick.C:
		}
	}
}

// deliver sends the events that are due through a channel.
func (n *Notifier) deliver(ctx context.Context, c Channel) error {
	for ctx.Err() == nil {
		d, err := n.claim(ctx, c)
		if errors.Is(err, errNone) {
			return nil
		}
		if err != nil {
			return err
		}
		sending, cancel := context.WithTimeout(ctx, timeout)
		err = c.Send(sending, d.event)
		cancel()
		if err != nil && ctx.Err() != nil {
			return ctx.Err() // and the claim expires
		}
		if err := n.settle(context.WithoutCancel(ctx), c, d, n.retryAfter(c, d, err)); err != nil {
			return err
		}
	}
	return nil
}

// retryAfter returns when a delivery is tried again, and logs its first failure and its last.
func (n *Notifier) retryAfter(c Channel, d delivery, err error) time.Duration {
	switch {
	case err == nil:
		return done
	case d.try > len(n.retryDelays):
		n.log.Error("a notification is dropped: every try has failed", "channel", c.Name,
			"event", d.event.ID, "title", d.event.Title, "tries", d.try, "error", err)
		return done
	case d.try == 1:
		n.log.Warn("a notification could not be delivered; it is retried for a day", "channel", c.Name,
			"event", d.event.ID, "error", err)
	}
	return n.retryDelays[d.try-1]
}
