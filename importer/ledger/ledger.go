// Package ledger is the record of every import in Redis: one byte per row, counters that cannot drift from those
// bytes, and a reason for every row that has not succeeded. It is what makes "nothing is unaccounted for" checkable:
// a row is in exactly one state, and the states add up to the rows of the file.
//
// Tasks carry only references; the truth about a row is here and nowhere else. Asynq's own record (archive,
// retention) drops entries when it is full, which a ledger must not. The price is one more round trip per batch of
// calls.
//
// What is made of the record lives beside it: package guestindex (who owns a guest), emailevent (what became of
// emails), report, history and advice.
package ledger

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/coalesce"
)

// DefaultRetention is how long an import, its chunks and the guest index are kept, unless RetainFor says otherwise. It outlives the season of an
// event, and it bounds how long a guest's data stays in Redis.
const DefaultRetention = 180 * 24 * time.Hour

// Ledger is the record of one account. What concerns one part of it has a type of its own, which is a field here.
type Ledger struct {
	Calls         Calls
	Chunks        Chunks
	Importers     Importers
	Journal       *Journal
	Members       Members
	Notes         Notes
	Notifications Notifications
	Windows       Windows

	store
	account  string
	commits  *coalesce.Queue[*request]
	observer Observer
	seal     sealer
}

// store is what each part of a ledger works on.
type store struct {
	redis     redis.UniversalClient
	keys      Keys
	retention time.Duration
}

var accountName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

// For opens the ledger of an account. The name is part of every key and of every guest's identity.
func For(client redis.UniversalClient, account string) (*Ledger, error) {
	if !accountName.MatchString(account) {
		return nil, fmt.Errorf("the account name %q must be 1 to 40 of a-z, 0-9, - and _, and begin with a letter or digit",
			account)
	}
	s := store{redis: client, keys: keysOf(account), retention: DefaultRetention}
	l := &Ledger{store: s, account: account, Members: Members{s}, Notes: Notes{s}, Notifications: Notifications{s},
		Windows: Windows{s}}
	l.Journal = newJournal(l)
	l.Calls, l.Chunks, l.Importers = Calls{s, l}, Chunks{s, l}, Importers{s, l}
	l.commits = coalesce.New(l.writeGroup)
	return l, nil
}

// Account returns the name of the account.
func (l *Ledger) Account() string { return l.account }

// Prefix returns what all keys of the account begin with, for packages that keep theirs beside the ledger's (gates).
func (l *Ledger) Prefix() string { return string(l.keys) }

// Keys returns the names of the ledger's keys, for packages whose scripts read or change rows.
func (l *Ledger) Keys() Keys { return l.keys }

// Redis returns the client, for the same packages.
func (l *Ledger) Redis() redis.UniversalClient { return l.redis }

// RetainFor sets for how long imports and the guest index are kept. It must be called before the ledger is used.
func (l *Ledger) RetainFor(d time.Duration) { l.retention = d }

// Retention returns how long an import is kept.
func (l *Ledger) Retention() time.Duration { return l.retention }

// CallTook notes how long a call of this process has taken: beside long ones, marks and outcomes gather for longer.
func (l *Ledger) CallTook(d time.Duration) { l.commits.Pace(d) }

// Now returns the time of Redis' clock, by which all times of the ledger are.
func (l *Ledger) Now(ctx context.Context) (time.Time, error) {
	now, err := l.redis.Time(ctx).Result()
	if err != nil {
		return time.Time{}, fmt.Errorf("ask Redis for its time: %w", err)
	}
	return now, nil
}
