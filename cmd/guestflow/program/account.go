package program

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/monitor"
	"guestflow/cmd/guestflow/store"
	"guestflow/cmd/guestflow/tracing"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/importer/spool"
	"guestflow/importer/trace"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/tokencache"
	"guestflow/worker"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// Account is the parts of guestflow put together for one Qflow account.
type Account struct {
	Settings *config.Settings
	Log      *slog.Logger
	Store    *store.Store
	Sandbox  *sandbox.Sandbox // nil: Qflow itself, or a sandbox in another process
	APIURL   string           // where Qflow is
	metrics  *monitor.Metrics
	Ledger   *ledger.Ledger
	Tokens   *tokencache.Cache
	Qflow    *qflow.Client
	Budget   *budget.Budget
	Gates    *gate.Gates
	queues   *queue.Queues
	Importer *importer.Importer
	Spool    *spool.Spool    // nil until OpenSpool
	consumer *spool.Consumer // of the spool
	inbox    string          // the watched folder of a daemon
	settle   time.Duration   // how long a file in it must be unchanged
	expect   time.Duration   // the longest time without one in it; 0 is any
	working  atomic.Bool     // its worker runs
	lists    config.Ways     // how a daemon reads files, beside profiles
	closers  []func()
}

// Open opens an account with its way to Qflow; box takes the place of Qflow, nil leaves that to the settings.
func Open(ctx context.Context, s *config.Settings, log *slog.Logger, box *sandbox.Sandbox) (*Account, error) {
	return openOn(ctx, nil, s, log, box)
}

// openOn is Open on the store of an account that this process has open; nil opens one.
func openOn(ctx context.Context, other *Account, s *config.Settings, log *slog.Logger, box *sandbox.Sandbox) (*Account,
	error) {
	a, err := openLedgerOn(ctx, other, s, log)
	if err != nil {
		return a, err
	}
	if err := a.Connect(box); err != nil {
		a.Close()
		return a, err
	}
	return a, nil
}

// OpenLedger opens what an account has in Redis, without a way to Qflow.
func OpenLedger(ctx context.Context, s *config.Settings, log *slog.Logger) (*Account, error) {
	return openLedgerOn(ctx, nil, s, log)
}

func openLedgerOn(ctx context.Context, other *Account, s *config.Settings, log *slog.Logger) (*Account, error) {
	a := &Account{Settings: s, Log: log}
	err := a.openStore(ctx, other)
	if err != nil {
		return a, err
	}
	if trace.Enabled() {
		log = slog.New(trace.LogHandler(log.Handler()))
		a.Log = log
	}
	if a.Ledger, err = ledger.For(a.Store.Client, s.AccountName()); err != nil {
		a.Close()
		return a, config.Usagef("%w", err)
	}
	a.Ledger.Observe(a.metrics.Ledger(s.AccountName()))
	a.Ledger.SealWith(a.sealingKeys())
	a.Ledger.RetainFor(time.Duration(s.Retention) * 24 * time.Hour)
	a.Budget = budget.New(a.Store.Client, budget.Config{
		Egress: s.Egress, Account: s.AccountName(), Limits: s.Limits(), Log: log, OnWait: a.metrics.Waited(s.AccountName()),
	})
	a.Gates = gate.New(a.Store.Client, a.Ledger.Prefix(), s.ProbeIntervals)
	a.queues = queue.New(a.Store.Client, s.AccountName())
	a.Importer = importer.New(a.Store.Client, a.Ledger, log)
	a.Importer.Replicas, a.Importer.EmailsPerMinute = s.RedisReplicas, s.Limits().Emails()
	return a, nil
}

// openStore finds or starts a Redis, or takes that of another account of this process.
func (a *Account) openStore(ctx context.Context, other *Account) (err error) {
	if other != nil {
		a.Store, a.metrics = other.Store, other.metrics
		return nil
	}
	a.metrics = monitor.NewMetrics()
	stop, err := tracing.Start(a.Log)
	if err != nil {
		return err
	}
	a.closers = append(a.closers, stop)
	a.Store, err = store.Open(ctx, a.Settings.Redis.Options(a.Settings.StateDir, a.Log))
	if err == nil {
		a.closers = append(a.closers, a.Store.Close)
	}
	return err
}

// Close closes what was opened, in the opposite order.
func (a *Account) Close() {
	for i := len(a.closers) - 1; i >= 0; i-- {
		a.closers[i]()
	}
}

// worker returns the configuration of a worker in this process.
func (a *Account) worker() worker.Config {
	return worker.Config{
		Redis: a.Store.Client, Ledger: a.Ledger, Qflow: a.Qflow, Budget: a.Budget, Gates: a.Gates, Log: a.Log,
		Concurrency: a.Settings.Concurrency, CreateFirst: a.Settings.WhileUntrusted == "create", Observer: a.observed(),
	}
}

// Work runs workers in this process until stop is called.
func (a *Account) Work(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := worker.Run(ctx, a.worker()); err != nil {
			a.Log.Error("the worker ended", "error", err)
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

// Find returns an import by id, or the newest for "".
func (a *Account) Find(ctx context.Context, id string) (ledger.Import, error) {
	if id != "" {
		return a.Ledger.Import(ctx, id)
	}
	list, err := a.Ledger.Imports(ctx, 1)
	if err != nil {
		return ledger.Import{}, err
	}
	if len(list) == 0 {
		return ledger.Import{}, fmt.Errorf("account %s: %w yet", a.Settings.AccountName(), ledger.ErrNotFound)
	}
	return list[0], nil
}

// OpenTokens opens the account's tokens, where that is possible, to show their state; no call is made. It fails without
// the right to read the key that seals them; the rest of the account can be shown all the same. A sandbox in this
// process has no tokens.
func (a *Account) OpenTokens() {
	if a.Settings.Sandboxed() && a.Settings.APIURL == "" {
		return
	}
	if err := a.Connect(nil); err != nil {
		a.Log.Debug("the tokens cannot be opened", "error", err)
	}
}

// TokenNote returns what is unusual about the account's tokens, though calls go on.
func (a *Account) TokenNote(ctx context.Context) string {
	if a.Tokens == nil {
		return ""
	}
	info, err := a.Tokens.Inspect(ctx)
	if err != nil {
		return ""
	}
	return info.Note()
}
