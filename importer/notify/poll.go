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

// page is how many ended imports are told of at a time.
const page = 100

// Poll tells of what has changed since anybody's last look: an import that is over, a gate that has closed or opened. Run
// does it every few seconds.
func (n *Notifier) Poll(ctx context.Context) error {
	if len(n.channels) == 0 {
		return nil
	}
	return errors.Join(n.pollImports(ctx), n.pollGates(ctx))
}

// since is when somebody looked for the first time. What was before is left out: whoever sets up a channel does not want last
// month's news.
func (n *Notifier) since(ctx context.Context) (time.Time, error) {
	ms, err := sinceScript.Run(ctx, n.redis, []string{n.sinceKey()}).Int64()
	if err != nil {
		return time.Time{}, fmt.Errorf("read since when there are notifications: %w", err)
	}
	return time.UnixMilli(ms), nil
}

// pollImports works off the ledger's list of imports that have ended. An import leaves it after it is told, so that a kill in
// between tells it again, which the event's id prevents.
func (n *Notifier) pollImports(ctx context.Context) error {
	since, err := n.since(ctx)
	if err != nil {
		return err
	}
	for {
		news, err := n.ledger.PendingNotifications(ctx, since, page)
		if err != nil {
			return err
		}
		for _, imp := range news {
			if imp.Done() && !imp.Finished.Before(since) {
				if err := n.Publish(ctx, finished(imp.Import)); err != nil {
					return err
				}
			}
			if err := n.ledger.AckNotified(ctx, imp); err != nil {
				return err
			}
		}
		if len(news) < page {
			return nil
		}
	}
}

// pollGates compares the closed gates with those that were told of. What it tells is written down after it is told, so that
// a kill in between tells it again, which the event's id prevents.
func (n *Notifier) pollGates(ctx context.Context) error {
	closed, err := n.gates(ctx)
	if err != nil {
		return err
	}
	told, err := n.redis.HGetAll(ctx, n.gatesKey()).Result()
	if err != nil {
		return fmt.Errorf("read which gates were told of: %w", err)
	}
	parked := sync.OnceValues(func() (int, error) { return n.ledger.Parked(ctx) }) // only for news, which is rare
	for _, g := range closed {
		since := strconv.FormatInt(g.Since.UnixMilli(), 10)
		if told[string(g.Gate)] != since {
			parked, err := parked()
			if err != nil {
				return err
			}
			if err := n.Publish(ctx, gateClosed(n.ledger.Account(), g, parked)); err != nil {
				return err
			}
			if err := n.redis.HSet(ctx, n.gatesKey(), string(g.Gate), since).Err(); err != nil {
				return fmt.Errorf("note that the %s gate was told of: %w", g.Gate, err)
			}
		}
		delete(told, string(g.Gate))
	}
	for gate, since := range told {
		if slices.ContainsFunc(closed, func(g ClosedGate) bool { return g.Gate == qflow.Gate(gate).Kind() }) { // by now for all of the account
			if err := n.redis.HDel(ctx, n.gatesKey(), gate).Err(); err != nil {
				return fmt.Errorf("forget that the %s gate was told of: %w", gate, err)
			}
			continue
		}
		parked, err := parked()
		if err != nil {
			return err
		}
		if err := n.Publish(ctx, gateOpened(n.ledger.Account(), qflow.Gate(gate), since, parked)); err != nil {
			return err
		}
		if err := n.redis.HDel(ctx, n.gatesKey(), gate).Err(); err != nil {
			return fmt.Errorf("note that the %s gate was told of: %w", gate, err)
		}
	}
	return nil
}

// millis reads a time that we wrote.
func millis(s string) time.Time {
	n, _ := strconv.ParseInt(s, 10, 64)
	return time.UnixMilli(n).UTC()
}
