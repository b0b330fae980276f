package worker

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/qflow"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
	"guestflow/worker/poller"
)

const (
	// DefaultConcurrency is chunks of long imports at a time. At a second a call, 32 keep the budget of 1000 a minute
	// busy.
	DefaultConcurrency = 32

	// DefaultGrace is how long a stop may take: longer than one call may last, so that a call in flight ends normally.
	DefaultGrace = qflow.DefaultTimeout + 10*time.Second
)

// Config is what a worker needs. All of it is ready made: a worker opens and closes nothing.
type Config struct {
	Redis       redis.UniversalClient
	Ledger      *ledger.Ledger
	Qflow       *qflow.Client
	Budget      *budget.Budget
	Gates       *gate.Gates
	Log         *slog.Logger
	CreateFirst bool          // put guests on the guest list while their emails wait for the account to be trusted
	Concurrency int           // default DefaultConcurrency
	Grace       time.Duration // default DefaultGrace
	Observer    Observer

	intervals   intervals     // default defaultIntervals
	screenLasts time.Duration // default screenLasts
	markLasts   time.Duration // default markLasts
}

func (c Config) withDefaults() Config {
	c.Concurrency = cmp.Or(c.Concurrency, DefaultConcurrency)
	c.Grace = cmp.Or(c.Grace, DefaultGrace)
	c.intervals = cmp.Or(c.intervals, defaultIntervals)
	c.screenLasts = cmp.Or(c.screenLasts, screenLasts)
	c.markLasts = cmp.Or(c.markLasts, markLasts)
	return c
}

// Run works until ctx ends, then stops within the grace time: waits end at once, calls in flight end normally, and the
// rest of each chunk goes back for the next worker.
func Run(ctx context.Context, c Config) error {
	c = c.withDefaults()
	replay := &replayer{ledger: c.Ledger, log: c.Log}
	replay.check(ctx) // before the first call
	services, err := c.services(ctx)
	if err != nil {
		return err
	}
	c.Observer.started()
	replaying, stopReplay := context.WithCancel(context.WithoutCancel(ctx))
	defer stopReplay()
	waitForReplay := start(replaying, []service{replay})
	waitForServices := start(ctx, services)

	<-ctx.Done()
	c.Log.Info("stopping: calls in flight end, the rest goes back")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		waitForServices()
		stopReplay() // no call is made any more
		waitForReplay()
	}()
	select {
	case <-ended:
	case <-time.After(c.Grace):
		c.Log.Warn("the grace time is over; calls still in flight are left behind, and the next worker settles their rows")
	}
	return nil
}

// services returns all that runs until ctx ends, with Asynq's servers started.
func (c Config) services(ctx context.Context) ([]service, error) {
	queues := queue.New(c.Redis, c.Ledger.Account())
	h := newHandler(c, queues, ctx.Done())
	polling := poller.New(c.Redis, queues, c.Log, ctx.Done())
	servers, err := c.startServers(h, polling)
	if err != nil {
		return nil, err
	}
	return []service{
		servers,
		polling,
		&gateReconciler{gateQueues: h.gateQueues, interval: c.intervals.reconcile},
		&prober{handler: h, interval: c.intervals.probe},
		&orphanSweeper{ledger: c.Ledger, queues: queues, log: c.Log, interval: c.intervals.sweep},
		newTaskRescuer(c, queues),
		&clockMonitor{log: c.Log, redisTime: c.Ledger.Now, interval: c.intervals.clocks},
	}, nil
}
