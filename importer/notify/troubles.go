package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Trouble is something that stands until it passes: a sign-in that fails, a source that cannot be read. Its beginning
// is one event, its end another.
type Trouble struct {
	Key   string    `json:"-"`     // names it in the account; one stands at a time
	Since time.Time `json:"since"` // tells one from the next of the same key
	Begun Message   `json:"-"`
	Over  Message   `json:"over"` // kept, so that any process can say it
}

// Message is what an event says of a trouble.
type Message struct {
	Kind        Kind           `json:"kind"`
	Title, Text string         `json:",omitempty"`
	Fields      map[string]any `json:"fields,omitempty"`
}

// Watch adds a source of troubles that stand. It is called before Run.
func (n *Notifier) Watch(troubles func(context.Context) ([]Trouble, error)) {
	n.troubles = append(n.troubles, troubles)
}

// pollTroubles publishes troubles that have begun or passed. What is published is recorded afterwards, so that a kill
// in between publishes it again, which the event's id prevents. Troubles that cannot be read now are taken for
// unchanged.
func (n *Notifier) pollTroubles(ctx context.Context) error {
	if len(n.troubles) == 0 {
		return nil
	}
	standing := map[string]Trouble{}
	for _, read := range n.troubles {
		list, err := read(ctx)
		if err != nil {
			return fmt.Errorf("look for troubles that stand: %w", err)
		}
		for _, t := range list {
			standing[t.Key] = t
		}
	}
	published, err := n.redis.HGetAll(ctx, n.troublesKey()).Result()
	if err != nil {
		return fmt.Errorf("read which troubles were reported: %w", err)
	}
	for key, raw := range published {
		if err := n.publishOver(ctx, key, raw, standing); err != nil {
			return err
		}
	}
	for key, t := range standing {
		if err := n.publishBegun(ctx, t, published[key]); err != nil {
			return err
		}
	}
	return nil
}

func (n *Notifier) publishBegun(ctx context.Context, t Trouble, before string) error {
	if was, known := readTrouble(before); known && was.Since.Equal(t.Since) {
		return nil
	}
	if err := n.Publish(ctx, t.event(n.ledger.Account(), "begun", t.Begun, t.Since)); err != nil {
		return err
	}
	raw, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("encode the trouble %s: %w", t.Key, err)
	}
	if err := n.redis.HSet(ctx, n.troublesKey(), t.Key, raw).Err(); err != nil {
		return fmt.Errorf("record that the trouble %s was reported: %w", t.Key, err)
	}
	return nil
}

// publishOver publishes that a trouble has passed. One that has begun anew meanwhile goes on for whom it concerns.
func (n *Notifier) publishOver(ctx context.Context, key, raw string, standing map[string]Trouble) error {
	if _, stands := standing[key]; stands {
		return nil
	}
	if t, known := readTrouble(raw); known && t.Over.Kind != "" {
		t.Key = key
		if err := n.Publish(ctx, t.event(n.ledger.Account(), "over", t.Over, time.Now().UTC())); err != nil {
			return err
		}
	}
	if err := n.redis.HDel(ctx, n.troublesKey(), key).Err(); err != nil {
		return fmt.Errorf("record that the trouble %s has passed: %w", key, err)
	}
	return nil
}

func readTrouble(raw string) (t Trouble, known bool) {
	return t, raw != "" && json.Unmarshal([]byte(raw), &t) == nil
}

func (t Trouble) event(account, what string, m Message, at time.Time) Event {
	return Event{
		ID:   fmt.Sprintf("%s-trouble-%s-%s-%d", account, plain.Replace(t.Key), what, t.Since.UnixMilli()),
		Kind: m.Kind, At: at, Title: m.Title, Text: m.Text, Fields: m.Fields,
	}
}
