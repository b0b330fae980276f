// Package worker takes chunks from Asynq and calls Qflow for their rows. Its handler is a list of stages: skip what is
// done, write guests, send emails, then say what becomes of the chunk. Each call is the same few steps: wait for the
// budget, take a last look at the ledger and the gates, call, decide, write down.
//
// Asynq delivers at least once, and a process that was paused comes back and goes on as if nothing had happened; so the
// ledger is asked before each call, and every call is either safe to repeat or marked before it is made. Nothing relies
// on leases, deadlines or contexts.
//
// Beside the handler run services, a goroutine each: what they do is named in services. They share nothing but Redis.
package worker

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"

	"guestflow/importer/chunk"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/importer/suppression"
	"guestflow/importer/trace"
	"guestflow/worker/gate"
)

// handler works on the chunks of one account.
type handler struct {
	ledger      *ledger.Ledger
	gates       *gate.Gates
	queues      *queue.Queues
	log         *slog.Logger
	observer    Observer
	createFirst bool // while emails wait for trust
	screenLasts time.Duration
	markLasts   time.Duration

	gatesOpen  *atomic.Int64 // until when all gates are taken to be open
	gateQueues *gateQueues
	loader     *loader
	recorder   *recorder
	caller     *caller
}

func newHandler(c Config, queues *queue.Queues, stop <-chan struct{}) *handler {
	records := &recorder{ledger: c.Ledger, log: c.Log}
	return &handler{
		ledger: c.Ledger, gates: c.Gates, queues: queues, log: c.Log, observer: c.Observer, createFirst: c.CreateFirst, screenLasts: c.screenLasts,
		markLasts:  c.markLasts,
		gatesOpen:  &atomic.Int64{},
		gateQueues: &gateQueues{gates: c.Gates, queues: queues, log: c.Log},
		loader: &loader{ledger: c.Ledger, recorder: records, suppressed: suppression.For(c.Ledger),
			claims: guestindex.For(c.Ledger).WorkerClaims()},
		recorder: records,
		caller:   &caller{ledger: c.Ledger, qflow: c.Qflow, budget: c.Budget, stop: stop, log: c.Log},
	}
}

// on returns the handler for a server of Asynq that works on so many chunks at a time.
func (h *handler) on(slots int) *handler {
	here, calls := *h, *h.caller
	calls.places = newPlaces(slots)
	here.caller = &calls
	return &here
}

// ProcessTask takes one chunk all the way. It is run again whenever it returns an error, and may be run twice at once.
func (h *handler) ProcessTask(ctx context.Context, t *asynq.Task) (err error) {
	ref, err := chunk.ParseTask(t)
	if err != nil {
		return fmt.Errorf("%w: %w", err, asynq.SkipRetry) // not a task of ours; it stays visible in the archive
	}
	ctx, end := trace.Task(ctx, t.Headers(), ref.Span())
	defer func() { end(err, isFailure) }()
	if name, _ := asynq.GetQueueName(ctx); queue.IsParked(name) {
		return h.gateQueues.unpark(ctx, name, ref)
	}
	b, err := h.loader.open(ctx, ref)
	if err != nil {
		return err
	}
	for _, stage := range []func(context.Context, *batch) error{
		h.stopAtPause, h.stopAtGates, h.stopAtWindow, h.writeGuests, h.sendEmails, h.finish,
	} {
		if err := stage(ctx, b); err != nil {
			return err
		}
	}
	return nil
}
