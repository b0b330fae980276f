package notify

import (
	"context"
	"crypto/tls"
	"time"

	"github.com/wneessen/go-mail"
)

// RetryAfter sets the times between tries.
func (n *Notifier) RetryAfter(delays ...time.Duration) { n.retryDelays = delays }

// ClaimFor sets for how long an event is claimed.
func (n *Notifier) ClaimFor(d time.Duration) { n.claimFor = d }

// Deliver delivers what is due, through every channel.
func (n *Notifier) Deliver(ctx context.Context) error {
	for _, c := range n.channels {
		if err := n.deliver(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// Via returns the mail with another way to its server.
func (m Mail) Via(dial mail.DialContextFunc, config *tls.Config) Mail {
	m.dial, m.tls = dial, config
	return m
}
