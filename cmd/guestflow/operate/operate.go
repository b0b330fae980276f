// Package operate is the operator's view of an account, and its controls: the progress of imports, why they do not
// move, and the steering of imports, gates and limits, each action of which is audited. The command line and the
// console are two front ends of it, so that both say the same and neither can skip the audit.
//
// It reads the ledger of the account in Redis and writes little of its own: the audit log and the history of imports.
// It knows nothing of flags and pages.
package operate

import (
	"log/slog"

	"github.com/redis/go-redis/v9"

	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
	"guestflow/qflow"
	"guestflow/tokencache"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// Account are the parts of one account that an operator sees and controls.
type Account struct {
	Redis    redis.UniversalClient
	Ledger   *ledger.Ledger
	Importer *importer.Importer
	Gates    *gate.Gates
	Budget   *budget.Budget
	Queues   *queue.Queues
	Tokens   *tokencache.Cache // nil if only the ledger is open
	Qflow    *qflow.Client     // nil if only the ledger is open
	Live     bool              // calls reach real people
	Log      *slog.Logger

	Events qflow.EventNames // what events are called

	// Standing is what a profile says of lists by now, and whether it is known; it may be nil.
	Standing func(profile string) (spec.Spec, bool)

	Host   string       // this one's name
	Spools spool.Spools // those of the account that this process serves, or is asked about
}

// Name is the account's name.
func (a *Account) Name() string { return a.Ledger.Account() }
