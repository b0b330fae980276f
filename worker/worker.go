package worker

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/qflow"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

const (
	// DefaultConcurrency is chunks of long imports at a time. At a second a call, 32 keep the budget of 1000 a minute busy.
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
	CreateFirst bool          // put guests on the door list while their emails wait for the account to be trusted
	Concurrency int           // default DefaultConcurrency
	Grace       time.Duration // default DefaultGrace
	Observer    Observer
}

// Run works until ctx ends, then stops within the grace time: waits end at once, calls in flight end normally, and the rest
// of each chunk goes back for the next worker.
func Run(ctx context.Context, cfg Config) error {
	stop := make(chan struct{})
	h := &handler{
		ledger: cfg.Ledger, qflow: cfg.Qflow, budget: cfg.Budget, gates: cfg.Gates, log: cfg.Log, stop: stop,
		queues: chunk.NewQueues(cfg.Redis, cfg.Ledger.Account()), createFirst: cfg.CreateFirst, observer: cfg.Observer,
	}
	h.beat(ctx) // before the first call
	servers, err := cfg.serve(ctx, h)
	if err != nil {
		return err
	}
	cfg.Observer.started()
	beating, still := context.WithCancel(context.WithoutCancel(ctx))
	defer still()
	var pulse sync.WaitGroup
	pulse.Go(func() { h.keepBeating(beating) })
	var keeper sync.WaitGroup
	// The keeper is not ended by ctx: a probe in flight ends normally, like any call.
	keeper.Go(func() { h.keep(context.WithoutCancel(ctx)) })

	<-ctx.Done()
	cfg.Log.Info("stopping: calls in flight end, the rest goes back")
	// The handlers are told before Asynq is: its Stop waits for Redis, which may be what is away. A chunk that is taken in
	// between goes back untouched.
	close(stop)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		servers.shutdown()
		keeper.Wait()
		still() // nobody calls any more
		pulse.Wait()
	}()
	select {
	case <-ended:
	case <-time.After(cfg.grace()):
		cfg.Log.Warn("the grace time is over; what is still in flight is left behind, and the ledger knows of it")
	}
	return nil
}

func (c Config) grace() time.Duration { return or(c.Grace, DefaultGrace) }

// servers are the two Asynq servers of a worker. Short imports have one of their own, so that they never wait for a place
// among the long ones, which keep theirs for minutes; and so has what comes back from a gate, which is only passed on. Each gives
// its places to the imports of a kind by turns.
type servers []*asynq.Server

// shortShare is the part of the places that short imports have on top of the others. One alone has half of those, and the rest is
// for whoever comes next.
const shortShare = 2

func (c Config) serve(ctx context.Context, h *handler) (servers, error) {
	account, places := c.Ledger.Account(), or(c.Concurrency, DefaultConcurrency)
	long, short := map[string]int{}, map[string]int{}
	for _, lane := range chunk.LongLanes() {
		long[lane.Queue(account)] = 1
	}
	for _, lane := range chunk.ShortLanes() {
		short[lane.Queue(account)] = 1
	}
	for _, g := range qflow.Gates {
		short[chunk.Parked(account, g)] = 1
	}
	poller := newPoller(h.queues, c.Log)
	var all servers
	for _, kind := range []struct {
		queues map[string]int
		places int
		spare  bool
	}{{long, places, false}, {short, max(places/shortShare, 1), true}} {
		idle := poller.server(kind.queues, kind.places, kind.spare, h.stop)
		server := asynq.NewServerFromRedisClient(acks{UniversalClient: c.Redis, idle: idle}, c.asynq(kind.queues, kind.places))
		all = append(all, server)
	}
	for n, server := range all {
		if err := server.Start(poller.servers[n].counted(h)); err != nil {
			all[:n].shutdown()
			return nil, fmt.Errorf("start the worker: %w", err)
		}
	}
	go poller.run(ctx, c.Redis, h.stop)
	return all, nil
}

func (s servers) shutdown() {
	var all sync.WaitGroup
	for _, server := range s {
		all.Go(func() {
			server.Stop()
			server.Shutdown()
		})
	}
	all.Wait()
}

func (c Config) asynq(queues map[string]int, places int) asynq.Config {
	return asynq.Config{
		Concurrency:              places,
		Queues:                   queues,
		RetryDelayFunc:           retryDelay,
		IsFailure:                isFailure,
		ShutdownTimeout:          c.grace() / 10 * 9, // then the tasks are put back, which takes a moment too
		TaskCheckInterval:        time.Millisecond,   // it is poller that decides how long an empty queue is left alone
		DelayedTaskCheckInterval: time.Second,        // how long a chunk that waited may wait on
		Logger:                   asynqLog{c.Log},
		LogLevel:                 asynq.WarnLevel,
		ErrorHandler:             asynq.ErrorHandlerFunc(c.logError),
	}
}

// logError says what Asynq would otherwise keep to itself. A chunk that only waits is not worth a line.
func (c Config) logError(ctx context.Context, t *asynq.Task, err error) {
	if !isFailure(err) {
		return
	}
	c.Log.ErrorContext(ctx, "a chunk could not be worked on; it comes back", "task", string(t.Payload()), "error", err)
}

// asynqLog passes Asynq's own lines on.
type asynqLog struct{ log *slog.Logger }

func (l asynqLog) Debug(args ...any) { l.log.Debug("asynq: " + fmt.Sprint(args...)) }
func (l asynqLog) Info(args ...any)  { l.log.Info("asynq: " + fmt.Sprint(args...)) }
func (l asynqLog) Warn(args ...any)  { l.log.Warn("asynq: " + fmt.Sprint(args...)) }
func (l asynqLog) Error(args ...any) { l.log.Error("asynq: " + fmt.Sprint(args...)) }
func (l asynqLog) Fatal(args ...any) { l.log.Error("asynq: " + fmt.Sprint(args...)) }

func or[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}
