package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"guestflow/qflow"
)

// page is how many finished imports are read at a time.
const page = 100

// Poll publishes what has changed since any process' last poll: imports that have finished, gates that have closed or
// opened, troubles that have begun or passed. Run does it every few seconds.
func (n *Notifier) Poll(ctx context.Context) error {
	if len(n.channels) == 0 {
		return nil
	}
	return errors.Join(n.pollImports(ctx), n.pollGates(ctx), n.pollTroubles(ctx))
}

// since returns the time of the first poll. What was before is left out: a new channel is not to start with last
// month's events.
func (n *Notifier) since(ctx context.Context) (time.Time, error) {
	ms, err := sinceScript.Run(ctx, n.redis, []string{n.sinceKey()}).Int64()
	if err != nil {
		return time.Time{}, fmt.Errorf("read since when there are notifications: %w", err)
	}
	return time.UnixMilli(ms), nil
}

// pollImports works off the ledger's list of imports that have finished. An import leaves it after its event is
// published, so that a kill in between publishes it again, which the event's id prevents.
func (n *Notifier) pollImports(ctx context.Context) error {
	since, err := n.since(ctx)
	if err != nil {
		return err
	}
	for {
		pending, err := n.ledger.Notifications.Pending(ctx, since, page)
		if err != nil {
			return err
		}
		for _, imp := range pending {
			if imp.Done() && !imp.Finished.Before(since) {
				if err := n.Publish(ctx, finished(imp.Import, n.events)); err != nil {
					return err
				}
			}
			if err := n.ledger.Notifications.Ack(ctx, imp); err != nil {
				return err
			}
		}
		if len(pending) < page {
			return nil
		}
	}
}

// gatePoll is one comparison of the gates that are closed with those whose closing was published, by gate and time of
// closing.
type gatePoll struct {
	*Notifier
	closed    []ClosedGate
	published map[string]string
	parked    func() (int, error) // rows that wait; only for events, which are rare
}

// pollGates publishes gates that have closed or opened. What is published is recorded afterwards, so that a kill in
// between publishes it again, which the event's id prevents.
func (n *Notifier) pollGates(ctx context.Context) error {
	p := gatePoll{Notifier: n, parked: sync.OnceValues(func() (int, error) { return n.ledger.ParkedRows(ctx) })}
	var err error
	if p.closed, err = n.gates(ctx); err != nil {
		return err
	}
	if p.published, err = n.redis.HGetAll(ctx, n.gatesKey()).Result(); err != nil {
		return fmt.Errorf("read which gates were reported: %w", err)
	}
	for _, g := range p.closed {
		if err := p.publishClosed(ctx, g); err != nil {
			return err
		}
		delete(p.published, string(g.Gate))
	}
	for gate, since := range p.published {
		if err := p.publishOpened(ctx, gate, since); err != nil {
			return err
		}
	}
	return nil
}

func (p gatePoll) publishClosed(ctx context.Context, g ClosedGate) error {
	since := strconv.FormatInt(g.Since.UnixMilli(), 10)
	if p.published[string(g.Gate)] == since {
		return nil
	}
	parked, err := p.parked()
	if err != nil {
		return err
	}
	if err := p.Publish(ctx, gateClosed(p.ledger.Account(), p.events, g, parked)); err != nil {
		return err
	}
	if err := p.redis.HSet(ctx, p.gatesKey(), string(g.Gate), since).Err(); err != nil {
		return fmt.Errorf("record that the closed %s gate was reported: %w", g.Gate, err)
	}
	return nil
}

// publishOpened publishes that a gate has opened, unless it is closed for all of the account by now.
func (p gatePoll) publishOpened(ctx context.Context, gate, since string) error {
	widened := slices.ContainsFunc(p.closed, func(g ClosedGate) bool { return g.Gate == qflow.Gate(gate).Kind() })
	if !widened {
		parked, err := p.parked()
		if err != nil {
			return err
		}
		if err := p.Publish(ctx, gateOpened(p.ledger.Account(), p.events, qflow.Gate(gate), since, parked)); err != nil {
			return err
		}
	}
	if err := p.redis.HDel(ctx, p.gatesKey(), gate).Err(); err != nil {
		return fmt.Errorf("record that the %s gate has opened: %w", gate, err)
	}
	return nil
}

// millis reads a time that pollGates has recorded.
func millis(s string) time.Time {
	n, _ := strconv.ParseInt(s, 10, 64)
	return time.UnixMilli(n).UTC()
}
