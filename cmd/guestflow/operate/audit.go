package operate

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
)

// Person is who acts, and by which way.
type Person struct {
	Name string
	Via  string // console or command
}

// Act is one act of steering as the audit trail keeps it. It holds nothing of a guest.
type Act struct {
	At     time.Time `json:"at"`
	Who    string    `json:"who"`
	Via    string    `json:"via"`
	What   string    `json:"what"`             // such as pause or limits set
	On     string    `json:"on"`               // an import's id, a gate's name, an address
	Before string    `json:"before,omitempty"` // in a few words
	After  string    `json:"after,omitempty"`
	Failed string    `json:"failed,omitempty"`
}

// mostOn is how many acts on one import, gate or address are kept beside: a living page reads them each second.
const mostOn = 100

// mostActs is how many the trail keeps, about; at 200 bytes each 2 MB. Nobody steers more than that in the time that
// imports are kept, and the log has them all.
const mostActs = 10_000

func (a *Account) auditKey() string { return a.Ledger.Prefix() + "audit" }

func (a *Account) auditOf(on string) string { return a.auditKey() + ":" + on }

// note writes an act down, in Redis and in the log.
func (a *Account) note(ctx context.Context, act Act) error {
	log := a.Log.With("who", act.Who, "via", act.Via, "what", act.What, "on", act.On, "before", act.Before, "after", act.After)
	if act.Failed != "" {
		log.Warn("steered, in vain", "failed", act.Failed)
	} else {
		log.Info("steered")
	}
	raw, err := json.Marshal(act)
	if err != nil {
		return fmt.Errorf("write %s of %s down: %w", act.What, act.On, err)
	}
	_, err = a.Redis.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.XAdd(ctx, &redis.XAddArgs{Stream: a.auditKey(), MaxLen: mostActs, Approx: true, Values: []any{"act", raw}})
		p.XAdd(ctx, &redis.XAddArgs{Stream: a.auditOf(act.On), MaxLen: mostOn, Approx: true, Values: []any{"act", raw}})
		p.Expire(ctx, a.auditOf(act.On), ledger.DefaultRetention)
		return nil
	})
	if err != nil {
		return fmt.Errorf("write %s of %s down: %w", act.What, act.On, err)
	}
	return nil
}

// Audited does something and writes down what it was, also when it fails. do gives how things are afterwards.
func (a *Account) Audited(ctx context.Context, who Person, what, on, before string, do func() (after string, err error)) error {
	after, err := do()
	done := Act{At: time.Now().UTC(), Who: who.Name, Via: who.Via, What: what, On: on, Before: before, After: after}
	if err != nil {
		done.Failed = err.Error()
	}
	// A person who goes away in the middle has acted all the same.
	if noted := a.note(context.WithoutCancel(ctx), done); err == nil {
		err = noted
	}
	return err
}

// Trail lists the newest acts first, at most limit; on an import, gate or address, or on "" all of them. What cannot be read,
// since something else has written it, is left out: it hides nothing of what was done.
func (a *Account) Trail(ctx context.Context, on string, limit int) ([]Act, error) {
	key := a.auditKey()
	if on != "" {
		key = a.auditOf(on)
	}
	entries, err := a.Redis.XRevRangeN(ctx, key, "+", "-", int64(limit)).Result()
	if err != nil {
		return nil, fmt.Errorf("read the audit trail: %w", err)
	}
	var acts []Act
	for _, e := range entries {
		var act Act
		raw, _ := e.Values["act"].(string)
		if json.Unmarshal([]byte(raw), &act) == nil {
			acts = append(acts, act)
		}
	}
	return acts, nil
}
