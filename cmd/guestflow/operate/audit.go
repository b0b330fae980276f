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

// Actor is the user who acts, and the way they came by.
type Actor struct {
	Name string
	Via  string // console or command
}

// AuditEntry is one action as the audit log keeps it. It holds nothing of a guest.
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

// maxPerTarget is how many entries about one import, gate or address are kept beside the whole log: its page shows the
// newest.
const maxPerTarget = 1000

// How long entries are kept: as long as imports are, so that no entry can be pushed out by later ones. Only above
// crowdedFrom entries is a month enough; at 200 bytes each that is 20 MB, and at the rate that the console allows one
// user, 260 MB a month. The process log has them all.
const (
	auditRetention   = ledger.DefaultRetention
	crowdedRetention = 30 * 24 * time.Hour
	crowdedFrom      = 100_000
)

func (a *Account) auditKey() string { return a.Ledger.Prefix() + "audit" }

func (a *Account) auditKeyOf(target string) string { return a.auditKey() + ":" + target }

// writeAudit writes an entry to Redis and to the process log.
func (a *Account) writeAudit(ctx context.Context, e AuditEntry) error {
	log := a.Log.With("who", e.Actor, "via", e.Via, "what", e.Action, "on", e.Target, "before", e.Before, "after",
		e.After)
	if e.Failed != "" {
		log.Warn("operator action failed", "failed", e.Failed)
	} else {
		log.Info("operator action")
	}
	if err := a.storeAudit(ctx, e); err != nil {
		return fmt.Errorf("write %s of %s to the audit log: %w", e.Action, e.Target, err)
	}
	return nil
}

func (a *Account) storeAudit(ctx context.Context, e AuditEntry) error {
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}
	var id *redis.StringCmd
	var total *redis.IntCmd
	_, err = a.Redis.TxPipelined(ctx, func(p redis.Pipeliner) error {
		id = p.XAdd(ctx, &redis.XAddArgs{Stream: a.auditKey(), Values: []any{"act", raw}})
		total = p.XLen(ctx, a.auditKey())
		p.XAdd(ctx, &redis.XAddArgs{Stream: a.auditKeyOf(e.Target), MaxLen: maxPerTarget, Approx: true,
			Values: []any{"act", raw}})
		p.Expire(ctx, a.auditKeyOf(e.Target), ledger.DefaultRetention)
		return nil
	})
	if err != nil {
		return err
	}
	return a.trimAudit(ctx, id.Val(), total.Val())
}

// trimAudit removes entries that are too old beside the newest, whose id holds the time by Redis' clock: by the clock
// of a host that is ahead, all would be.
func (a *Account) trimAudit(ctx context.Context, newest string, total int64) error {
	at, _, _ := strings.Cut(newest, "-")
	now, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return fmt.Errorf("read the id %q: %w", newest, err)
	}
	keep := auditRetention
	if total > crowdedFrom {
		keep = crowdedRetention
	}
	return a.Redis.XTrimMinID(ctx, a.auditKey(), strconv.FormatInt(max(now-keep.Milliseconds(), 0), 10)).Err()
}

// errUnchanged is returned to Audited by an action that changed nothing.
var errUnchanged = errors.New("unchanged")

// Audited runs an action and writes it to the audit log, also if it fails. do returns the state afterwards. Refused
// actions, and those that changed nothing, are not written: repeating them would bury the others.
func (a *Account) Audited(ctx context.Context, who Actor, action, target, before string,
	do func() (after string, err error)) error {
	after, err := do()
	switch {
	case errors.Is(err, errUnchanged):
		return nil
	case IsRefused(err):
		return err
	}
	e := AuditEntry{At: time.Now().UTC(), Actor: who.Name, Via: who.Via, Action: action, Target: target, Before: before,
		After: after}
	if err != nil {
		e.Failed = err.Error()
	}
	// A user who leaves half-way has acted all the same.
	if written := a.writeAudit(context.WithoutCancel(ctx), e); err == nil {
		err = written
	}
	return err
}

// AuditLog lists the newest entries first, at most limit: those about an import, gate or address, or all for the target
// "".
func (a *Account) AuditLog(ctx context.Context, target string, limit int) ([]AuditEntry, error) {
	key := a.auditKey()
	if target != "" {
		key = a.auditKeyOf(target)
	}
	entries, err := a.Redis.XRevRangeN(ctx, key, "+", "-", int64(limit)).Result()
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	return parseEntries(entries), nil
}

// parseEntries leaves out what cannot be read, since another program has written it: that hides no action.
func parseEntries(messages []redis.XMessage) (list []AuditEntry) {
	for _, m := range messages {
		var e AuditEntry
		raw, _ := m.Values["act"].(string)
		if json.Unmarshal([]byte(raw), &e) == nil {
			list = append(list, e)
		}
	}
	return list
}

// AuditPage is a page of the audit log, the newest entry first.
type AuditPage struct {
	Entries      []AuditEntry
	Newer, Older string // cursors of the pages beside it; "" if there is none
	Total        int    // entries in the whole log
}

// AuditPage returns at most limit entries: those after a cursor, those before one, or the newest. A cursor is the id of
// an entry, so a page stays the same while new ones are written. If too few come after it, the page is that of the
// newest.
func (a *Account) AuditPage(ctx context.Context, after, before string, limit int) (AuditPage, error) {
	total, err := a.Redis.XLen(ctx, a.auditKey()).Result()
	if err != nil {
		return AuditPage{}, fmt.Errorf("count the audit log: %w", err)
	}
	page, full := AuditPage{Total: int(total)}, false
	if after != "" {
		full, err = a.readNewer(ctx, &page, after, limit)
		before = ""
	}
	if err == nil && !full {
		err = a.readOlder(ctx, &page, before, limit)
	}
	if err != nil {
		return AuditPage{}, fmt.Errorf("read the audit log: %w", err)
	}
	return page, nil
}

// fetched is how many entries are read for a page: beside those shown, that of the cursor, and one that shows that
// there are more.
func fetched(limit int) int64 { return int64(limit) + 2 }

// readNewer fills a page with the entries after a cursor, if they fill it.
func (a *Account) readNewer(ctx context.Context, page *AuditPage, after string, limit int) (full bool, err error) {
	list, err := a.Redis.XRangeN(ctx, a.auditKey(), after, "+", fetched(limit)).Result()
	if err != nil {
		return false, err
	}
	list, more := withoutCursor(after, list, limit)
	if more {
		slices.Reverse(list)
		page.Entries, page.Newer, page.Older = parseEntries(list), list[0].ID, list[limit-1].ID
	}
	return more, nil
}

// readOlder fills a page with the entries before a cursor, or with the newest for the cursor "".
func (a *Account) readOlder(ctx context.Context, page *AuditPage, before string, limit int) error {
	list, err := a.Redis.XRevRangeN(ctx, a.auditKey(), cmp.Or(before, "+"), "-", fetched(limit)).Result()
	if err != nil {
		return err
	}
	list, more := withoutCursor(before, list, limit)
	page.Entries, page.Newer = parseEntries(list), before
	if more {
		page.Older = list[limit-1].ID
	}
	if before != "" && len(list) > 0 {
		page.Newer = list[0].ID
	}
	return nil
}

// withoutCursor leaves out the entry of the cursor itself, and what is more than limit.
func withoutCursor(cursor string, list []redis.XMessage, limit int) (rest []redis.XMessage, more bool) {
	list = slices.DeleteFunc(list, func(m redis.XMessage) bool { return m.ID == cursor })
	return list[:min(len(list), limit)], len(list) > limit
}
