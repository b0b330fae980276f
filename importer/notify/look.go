package notify

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
	"guestflow/qflow"
)

// newest is how many imports a look covers; an import that ends while so many younger ones are there is not told of.
const newest = 200

// Look tells of what has changed since anybody's last look: an import that is over, a gate that has closed or opened. Run
// does it every few seconds.
func (n *Notifier) Look(ctx context.Context) error {
	if len(n.channels) == 0 {
		return nil
	}
	imports, err := n.books.Imports(ctx, newest)
	if err != nil {
		return err
	}
	return errors.Join(n.lookAtImports(ctx, imports), n.lookAtGates(ctx, imports))
}

// lookAtImports leaves out what was over before anybody looked: whoever sets up a channel does not want last month's news.
func (n *Notifier) lookAtImports(ctx context.Context, imports []ledger.Import) error {
	ms, err := sinceScript.Run(ctx, n.redis, []string{n.sinceKey()}).Int64()
	if err != nil {
		return fmt.Errorf("read since when there are notifications: %w", err)
	}
	var news []Event
	for _, imp := range imports {
		if imp.Done() && imp.Finished.UnixMilli() >= ms {
			news = append(news, finished(imp))
		}
	}
	news, err = n.unknown(ctx, news)
	if err != nil {
		return err
	}
	for _, e := range news {
		if err := n.Tell(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// unknown leaves out what was told before, in one round trip. Tell alone would do, at one for each.
func (n *Notifier) unknown(ctx context.Context, events []Event) (news []Event, err error) {
	pipe := n.redis.Pipeline()
	known := make([]*redis.IntCmd, len(events))
	for i, e := range events {
		known[i] = pipe.Exists(ctx, n.eventKey(e.ID))
	}
	if len(events) == 0 {
		return nil, nil
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("look for events that are known: %w", err)
	}
	for i, e := range events {
		if known[i].Val() == 0 {
			news = append(news, e)
		}
	}
	return news, nil
}

// lookAtGates compares the closed gates with those that were told of. What it tells is written down after it is told, so that
// a kill in between tells it again, which the event's id prevents.
func (n *Notifier) lookAtGates(ctx context.Context, imports []ledger.Import) error {
	closed, err := n.gates(ctx)
	if err != nil {
		return err
	}
	told, err := n.redis.HGetAll(ctx, n.gatesKey()).Result()
	if err != nil {
		return fmt.Errorf("read which gates were told of: %w", err)
	}
	parked := 0
	for _, imp := range imports {
		parked += imp.Counts.Parked()
	}
	for _, g := range closed {
		since := strconv.FormatInt(g.Since.UnixMilli(), 10)
		if told[string(g.Gate)] != since {
			if err := n.Tell(ctx, gateClosed(n.books.Account(), g, parked)); err != nil {
				return err
			}
			if err := n.redis.HSet(ctx, n.gatesKey(), string(g.Gate), since).Err(); err != nil {
				return fmt.Errorf("note that the %s gate was told of: %w", g.Gate, err)
			}
		}
		delete(told, string(g.Gate))
	}
	for gate, since := range told {
		if err := n.Tell(ctx, gateOpened(n.books.Account(), qflow.Gate(gate), since, parked)); err != nil {
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
