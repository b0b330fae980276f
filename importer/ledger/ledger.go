// Package ledger is the record of every import in Redis: one byte per row, counters that cannot drift from those bytes, and
// a reason for every row that is not fine. It is what makes "nothing is unaccounted for" checkable: a row is in exactly
// one state, and the states add up to the rows of the file.
//
// Tasks carry only references; the truth about a row is here and nowhere else. Asynq's own books (archive, retention) drop
// entries when they are full, which a ledger must not. The price is one more round trip per batch of calls.
//
// The package also keeps the guest index: which row of which import owns a guest, and which owns its email. Two imports of
// one guest, at any distance in time, are told apart from one import tried twice by this index alone.
//
// All keys of an account share the hash tag {account}, so that every script's keys are on one slot of a cluster. The claim
// script reads rows of other imports by keys that it builds itself, which a strict cluster proxy would reject.
package ledger

import (
	"embed"
	"fmt"
	"regexp"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/tokencache"
)

// DefaultRetention is how long an import, its chunks and the guest index are kept. It outlives the season of an event, and
// it bounds how long a guest's data stays in Redis.
const DefaultRetention = 180 * 24 * time.Hour

// Ledger is the books of one account.
type Ledger struct {
	redis     redis.UniversalClient
	account   string
	retention time.Duration
	observer  Observer
	journal   journal
	keys      func() (tokencache.Keyring, error) // nil: nothing is sealed
}

var accountName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

// For opens the books of an account. The name is part of every key and of every guest's identity.
func For(client redis.UniversalClient, account string) (*Ledger, error) {
	if !accountName.MatchString(account) {
		return nil, fmt.Errorf("the account name %q must be 1 to 40 of a-z, 0-9, - and _, and begin with a letter or digit", account)
	}
	return &Ledger{redis: client, account: account, retention: DefaultRetention, journal: newJournal()}, nil
}

// Account whose books these are.
func (l *Ledger) Account() string { return l.account }

// Prefix of the account's keys, for the neighbours that keep theirs beside it (gates).
func (l *Ledger) Prefix() string { return "gf:{" + l.account + "}:" }

func (l *Ledger) importsKey() string           { return l.Prefix() + "imports" }
func (l *Ledger) knownKey() string             { return l.Prefix() + "known" }
func (l *Ledger) runningKey() string           { return l.Prefix() + "running" }
func (l *Ledger) importingKey() string         { return l.Prefix() + "importing" }
func (l *Ledger) importKey(id string) string   { return l.Prefix() + "import:" + id }
func (l *Ledger) rowsKey(id string) string     { return l.importKey(id) + ":rows" }
func (l *Ledger) reasonsKey(id string) string  { return l.importKey(id) + ":reasons" }
func (l *Ledger) triesKey(id string) string    { return l.importKey(id) + ":tries" }
func (l *Ledger) attemptsKey(id string) string { return l.importKey(id) + ":attempts" }
func (l *Ledger) epochsKey(id string) string   { return l.importKey(id) + ":epochs" }
func (l *Ledger) waitsKey(id string) string    { return l.importKey(id) + ":waits" }
func (l *Ledger) heldKey(id string) string     { return l.importKey(id) + ":held" }
func (l *Ledger) goneKey(id string) string     { return l.importKey(id) + ":gone" }
func (l *Ledger) gatesKey() string             { return l.Prefix() + "gates" }
func (l *Ledger) orderKey() string             { return l.Prefix() + "order" }
func (l *Ledger) inHandKey(id string, row int) string {
	return fmt.Sprintf("%s:sending:%d", l.importKey(id), row)
}
func (l *Ledger) chunkKey(id string, n int) string {
	return fmt.Sprintf("%s:chunk:%d", l.importKey(id), n)
}

//go:embed lua/*.lua
var sources embed.FS

// script joins the shared row functions and one script; each file has its own legend.
func script(name string) *redis.Script {
	shared, err := sources.ReadFile("lua/rows.lua")
	if err != nil {
		panic(err) // embedded: it cannot be missing in a built binary
	}
	own, err := sources.ReadFile("lua/" + name + ".lua")
	if err != nil {
		panic(err)
	}
	return redis.NewScript(string(shared) + string(own))
}
