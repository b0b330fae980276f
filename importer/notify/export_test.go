package notify

import (
	"context"
	"crypto/tls"
	"time"

	"github.com/wneessen/go-mail"
)

// Waits sets the times between tries.
func (n *Notifier) Waits(waits ...time.Duration) { n.retryDelays = waits }

// Lease sets for how long an event is claimed.
func (n *Notifier) Lease(d time.Duration) { n.lease = d }

// Deliver delivers what is due, through every channel.
func (n *Notifier) Deliver(ctx context.Context) error {
	for _, c := range n.channels {
		if err := n.deliver(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// Reached gives the mail with another way to its server.
func (m Mail) Reached(dial mail.DialContextFunc, config *tls.Config) Mail {
	m.dial, m.tls = dial, config
	return m
}
