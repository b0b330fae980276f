package worker

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/hibiken/asynq"

	"guestflow/importer/chunk"
	"guestflow/importer/queue"
	"guestflow/qflow"
	"guestflow/worker/poller"
)

// servers are the two Asynq servers of a worker. Short imports have one of their own, so that they never wait for a
// slot among the long ones, which keep theirs for minutes; and so has what comes back from a gate, which is only passed
// on. Each gives its slots to the imports of a kind in turn.
type servers []server

type server struct {
	*asynq.Server
	polled  *poller.Server
	handler asynq.Handler
}

// shortShare is the part of the slots that short imports have on top of the others. One alone has half of those, and
// the rest is for the next one.
const shortShare = 2

// Places returns how many chunks a worker of a concurrency works on at a time, and how many calls it has in flight.
func Places(concurrency int) int { return concurrency + shortPlaces(concurrency) }

func shortPlaces(concurrency int) int { return max(concurrency/shortShare, 1) }

func (c Config) startServers(h *handler, polling *poller.Poller) (servers, error) {
	long, short := queuesOf(c.Ledger.Account())
	kinds := []struct {
		queues    map[string]int
		slots     int
		keepSpare bool
	}{{long, c.Concurrency, false}, {short, shortPlaces(c.Concurrency), true}}
	var all servers
	for _, kind := range kinds { // the poller knows all of them before the first one asks it
		polled := polling.AddServer(kind.queues, kind.slots, kind.keepSpare)
		all = append(all, server{asynq.NewServerFromRedisClient(polled.Client(c.Redis), c.asynq(kind.queues, kind.slots)),
			polled, polled.Handler(h.on(kind.slots))})
	}
	for _, s := range all {
		if err := s.Start(s.handler); err != nil {
			all.shutdown() // which passes over those that have not started
			return nil, fmt.Errorf("start the worker: %w", err)
		}
	}
	return all, nil
}

// queuesOf returns an account's queues of long imports, and of short ones and gates, each with the same weight.
func queuesOf(account string) (long, short map[string]int) {
	long, short = map[string]int{}, map[string]int{}
	for _, lane := range chunk.LongLanes() {
		long[lane.Queue(account)] = 1
	}
	for _, lane := range chunk.ShortLanes() {
		short[lane.Queue(account)] = 1
	}
	for _, g := range qflow.Gates {
		short[queue.ParkedQueue(account, g)] = 1
	}
	return long, short
}

// Run waits until ctx ends, and then until the servers have stopped. A chunk that is taken in between goes back
// untouched.
func (s servers) Run(ctx context.Context) {
	<-ctx.Done()
	s.shutdown()
}

func (s servers) shutdown() {
	var all sync.WaitGroup
	for _, server := range s {
		all.Go(func() {
			server.Stop()
			server.Shutdown()
			server.polled.Close()
		})
	}
	all.Wait()
}

func (c Config) asynq(queues map[string]int, slots int) asynq.Config {
	return asynq.Config{
		Concurrency:              slots,
		Queues:                   queues,
		RetryDelayFunc:           retryDelay,
		IsFailure:                isFailure,
		ShutdownTimeout:          c.Grace / 10 * 9, // then the tasks are put back, which takes a moment too
		TaskCheckInterval:        time.Millisecond, // it is the poller that decides how long an empty queue is left alone
		DelayedTaskCheckInterval: time.Second,      // how long a chunk that waited may wait on
		Logger:                   asynqLog{c.Log},
		LogLevel:                 asynq.WarnLevel,
		ErrorHandler:             asynq.ErrorHandlerFunc(c.logFailure),
	}
}

// logFailure logs errors that Asynq would otherwise keep to itself. A chunk that only waits is not worth a line.
func (c Config) logFailure(ctx context.Context, t *asynq.Task, err error) {
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
