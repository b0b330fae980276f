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
	// DefaultConcurrency is chunks at a time. At a second a call, 32 keep the budget of 1000 a minute busy.
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
	Concurrency int           // default DefaultConcurrency
	Grace       time.Duration // default DefaultGrace
}

// Run works until ctx ends, then stops within the grace time: waits end at once, calls in flight end normally, and the rest
// of each chunk goes back for the next worker.
func Run(ctx context.Context, cfg Config) error {
	stop := make(chan struct{})
	h := &Handler{
		ledger: cfg.Ledger, qflow: cfg.Qflow, budget: cfg.Budget, gates: cfg.Gates, log: cfg.Log, stop: stop,
		client: asynq.NewClientFromRedisClient(cfg.Redis), inspector: asynq.NewInspectorFromRedisClient(cfg.Redis),
	}
	server := asynq.NewServerFromRedisClient(acks{cfg.Redis}, cfg.asynq())
	if err := server.Start(h); err != nil {
		return fmt.Errorf("start the worker: %w", err)
	}
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
		server.Stop()
		server.Shutdown()
		keeper.Wait()
	}()
	select {
	case <-ended:
	case <-time.After(cfg.grace()):
		cfg.Log.Warn("the grace time is over; what is still in flight is left behind, and the ledger knows of it")
	}
	return nil
}

func (c Config) grace() time.Duration { return or(c.Grace, DefaultGrace) }

func (c Config) asynq() asynq.Config {
	account := c.Ledger.Account()
	return asynq.Config{
		Concurrency:              or(c.Concurrency, DefaultConcurrency),
		Queues:                   map[string]int{chunk.GuestsQueue(account): 1, chunk.ParkedQueue(account): 1},
		RetryDelayFunc:           retryDelay,
		IsFailure:                isFailure,
		ShutdownTimeout:          c.grace() / 10 * 9,     // then the tasks are put back, which takes a moment too
		TaskCheckInterval:        200 * time.Millisecond, // how long an idle worker may overlook new work
		DelayedTaskCheckInterval: time.Second,            // how long a chunk that waited may wait on
		Logger:                   asynqLog{c.Log},
		LogLevel:                 asynq.WarnLevel,
		ErrorHandler:             asynq.ErrorHandlerFunc(c.logError),
	}
}

// logError says what Asynq would otherwise keep to itself. A chunk that only waits is not worth a line.
func (c Config) logError(_ context.Context, t *asynq.Task, err error) {
	if !isFailure(err) {
		return
	}
	c.Log.Error("a chunk could not be worked on; it comes back", "task", string(t.Payload()), "error", err)
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
