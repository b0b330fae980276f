// Package operate is what a person sees of an account and does to it: how far imports are, why nothing moves, and the steering
// of imports, gates and limits, each act of which is written down. The command line and the console are two faces of it, so
// that both say the same and neither can do what the other forgets to write down.
//
// It draws on the books of the account in Redis and keeps few of its own: the audit trail and the history of imports. It
// knows nothing of flags and pages.
package operate

import (
	"log/slog"

	"github.com/redis/go-redis/v9"

	"guestflow/importer"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/qflow"
	"guestflow/tokencache"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// Account is the parts of one account that a person looks at and steers.
type Account struct {
	Redis    redis.UniversalClient
	Ledger   *ledger.Ledger
	Importer *importer.Importer
	Gates    *gate.Gates
	Budget   *budget.Budget
	Queues   *chunk.Queues
	Tokens   *tokencache.Cache // nil where only the books are open
	Qflow    *qflow.Client     // nil where only the books are open
	Live     bool              // calls reach real people
	Log      *slog.Logger
}

// Name of the account.
func (a *Account) Name() string { return a.Ledger.Account() }
