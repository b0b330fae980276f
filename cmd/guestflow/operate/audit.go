package operate

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
)

// Actor is who acts, and by which way.
type Actor struct {
	Name string
	Via  string // console or command
}

// AuditEntry is one act of steering as the audit trail keeps it. It holds nothing of a guest.
type AuditEntry struct {
	At     time.Time `json:"at"`
	Actor  string    `json:"who"`
	Via    string    `json:"via"`
	Action string    `json:"what"`             // such as pause or limits set
	Target string    `json:"on"`               // an import's id, a gate's name, an address
	Before string    `json:"before,omitempty"` // in a few words
	After  string    `json:"after,omitempty"`
	Failed string    `json:"failed,omitempty"`
}

// maxPerTarget is how many acts on one import, gate or address are kept beside: its page shows the newest.
const maxPerTarget = 1000

// How long acts are kept: as long as imports are, so that nobody can push an act out by what he does after it. The number only tells
// from when on a month has to do; at 200 bytes each it is 20 MB, and at the pace that the console lets one user act at, 260 MB a month.
// The log has them all.
const (
	auditRetention   = ledger.DefaultRetention
	crowdedRetention = 30 * 24 * time.Hour
	crowdedFrom      = 100_000
)

func (a *Account) auditKey() string { return a.Ledger.Prefix() + "audit" }

func (a *Account) auditKeyOf(on string) string { return a.auditKey() + ":" + on }

// writeAudit writes an act down, in Redis and in the log.
func (a *Account) writeAudit(ctx context.Context, act AuditEntry) error {
	log := a.Log.With("who", act.Actor, "via", act.Via, "what", act.Action, "on", act.Target, "before", act.Before, "after", act.After)
	if act.Failed != "" {
		log.Warn("steered, in vain", "failed", act.Failed)
	} else {
		log.Info("steered")
	}
	raw, err := json.Marshal(act)
	if err != nil {
		return fmt.Errorf("write %s of %s down: %w", act.Action, act.Target, err)
	}
	var place *redis.StringCmd
	var kept *redis.IntCmd
	_, err = a.Redis.TxPipelined(ctx, func(p redis.Pipeliner) error {
		place = p.XAdd(ctx, &redis.XAddArgs{Stream: a.auditKey(), Values: []any{"act", raw}})
		kept = p.XLen(ctx, a.auditKey())
		p.XAdd(ctx, &redis.XAddArgs{Stream: a.auditKeyOf(act.Target), MaxLen: maxPerTarget, Approx: true, Values: []any{"act", raw}})
		p.Expire(ctx, a.auditKeyOf(act.Target), ledger.DefaultRetention)
		return nil
	})
	if err == nil {
		err = a.trimAudit(ctx, place.Val(), kept.Val())
	}
	if err != nil {
		return fmt.Errorf("write %s of %s down: %w", act.Action, act.Target, err)
	}
	return nil
}

// trimAudit removes those that are too old beside the newest, whose place tells the time by Redis' clock: a host whose clock is ahead
// would remove them all.
func (a *Account) trimAudit(ctx context.Context, newest string, kept int64) error {
	at, _, _ := strings.Cut(newest, "-")
	now, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return fmt.Errorf("read the place %q: %w", newest, err)
	}
	keep := auditRetention
	if kept > crowdedFrom {
		keep = crowdedRetention
	}
	return a.Redis.XTrimMinID(ctx, a.auditKey(), strconv.FormatInt(max(now-keep.Milliseconds(), 0), 10)).Err()
}

// errUnchanged is what do gives Audited where all is as it was before.
var errUnchanged = errors.New("it was so already")

// Audited does something and writes down what it was, also when it fails. do gives how things are afterwards. What was refused, or was so
// already, is not written down: nothing was done, and who repeats it would bury what was.
func (a *Account) Audited(ctx context.Context, who Actor, what, on, before string, do func() (after string, err error)) error {
	after, err := do()
	switch {
	case errors.Is(err, errUnchanged):
		return nil
	case IsRefused(err):
		return err
	}
	done := AuditEntry{At: time.Now().UTC(), Actor: who.Name, Via: who.Via, Action: what, Target: on, Before: before, After: after}
	if err != nil {
		done.Failed = err.Error()
	}
	// A person who goes away in the middle has acted all the same.
	if noted := a.writeAudit(context.WithoutCancel(ctx), done); err == nil {
		err = noted
	}
	return err
}

// AuditLog lists the newest acts first, at most limit; on an import, gate or address, or on "" all of them.
func (a *Account) AuditLog(ctx context.Context, on string, limit int) ([]AuditEntry, error) {
	key := a.auditKey()
	if on != "" {
		key = a.auditKeyOf(on)
	}
	entries, err := a.Redis.XRevRangeN(ctx, key, "+", "-", int64(limit)).Result()
	if err != nil {
		return nil, fmt.Errorf("read the audit trail: %w", err)
	}
	return parseEntries(entries), nil
}

// parseEntries reads entries of a trail. What cannot be read, since something else has written it, is left out: it hides nothing of
// what was done.
func parseEntries(entries []redis.XMessage) (list []AuditEntry) {
	for _, e := range entries {
		var act AuditEntry
		raw, _ := e.Values["act"].(string)
		if json.Unmarshal([]byte(raw), &act) == nil {
			list = append(list, act)
		}
	}
	return list
}

// AuditPage is a part of the whole trail, the newest act first.
type AuditPage struct {
	Entries      []AuditEntry
	Newer, Older string // places to go on from; "" where there is nothing
	Total        int    // acts in the whole trail
}

// AuditPage gives at most limit acts: those after a place, those before one, or the newest. A place is that of an act, so that a
// page stays as it is while new ones are written. Where too few come after it, the page is that of the newest.
func (a *Account) AuditPage(ctx context.Context, after, before string, limit int) (AuditPage, error) {
	kept, err := a.Redis.XLen(ctx, a.auditKey()).Result()
	if err != nil {
		return AuditPage{}, fmt.Errorf("count the audit trail: %w", err)
	}
	most := int64(limit) + 2 // that of the place, and one that says that there are more
	if after != "" {
		list, err := a.Redis.XRangeN(ctx, a.auditKey(), after, "+", most).Result()
		if err != nil {
			return AuditPage{}, fmt.Errorf("read the audit trail: %w", err)
		}
		if list, more := withoutCursor(after, list, limit); more {
			slices.Reverse(list)
			return AuditPage{Entries: parseEntries(list), Newer: list[0].ID, Older: list[limit-1].ID, Total: int(kept)}, nil
		}
		before = ""
	}
	list, err := a.Redis.XRevRangeN(ctx, a.auditKey(), cmp.Or(before, "+"), "-", most).Result()
	if err != nil {
		return AuditPage{}, fmt.Errorf("read the audit trail: %w", err)
	}
	list, more := withoutCursor(before, list, limit)
	page := AuditPage{Entries: parseEntries(list), Total: int(kept)}
	if more {
		page.Older = list[limit-1].ID
	}
	if before != "" {
		page.Newer = before
		if len(list) > 0 {
			page.Newer = list[0].ID
		}
	}
	return page, nil
}

// withoutCursor leaves out a place itself, and what is more than limit.
func withoutCursor(place string, list []redis.XMessage, limit int) (rest []redis.XMessage, more bool) {
	list = slices.DeleteFunc(list, func(e redis.XMessage) bool { return e.ID == place })
	return list[:min(len(list), limit)], len(list) > limit
}
