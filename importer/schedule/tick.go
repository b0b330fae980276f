package schedule

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"guestflow/importer/lease"
)

// retries are the times after the first, second, ... try that ended with an error. They give a file server twenty
// minutes to come back; what takes longer waits for the next tick, and for a person who reads the log. Elapsed: 1, 3,
// 8, 18 minutes.
var retries = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute}

// recordWithin bounds the last write about a tick when the process is stopping.
const recordWithin = 5 * time.Second

// runTick runs the job of a claimed tick and records how it ended.
func (r *Runner) runTick(ctx context.Context, tick Tick, c claim, job Job) {
	log := r.log.With("profile", tick.Profile, "tick", tick.At)
	if tick.Try > len(r.retries)+1 { // it took its processes with it, time and again
		r.settle(ctx, log, tick, c, Outcome{Failed: true, Text: "given up: the processes that ran it did not survive"})
		return
	}
	log.Info("a scheduled import begins", "try", tick.Try, "late", tick.Late)
	held, stop := lease.Keep(ctx, c.ttl, c.renew)
	outcome, err := job(held, tick)
	stop()
	switch {
	case err == nil:
		r.settle(ctx, log, tick, c, outcome)
	case errors.Is(context.Cause(held), lease.ErrLost):
		log.Warn("a scheduled import was taken over by another process, as if this one had been frozen", "error", err)
	case ctx.Err() != nil:
		r.release(ctx, log, c)
	case tick.Try > len(r.retries):
		r.settle(ctx, log, tick, c, Outcome{Import: outcome.Import, Failed: true, Text: err.Error()})
	default:
		r.retry(ctx, log, tick, c, err)
	}
}

// recording returns a context for recording how a tick ended, also when the process is stopping.
func recording(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
}

func (r *Runner) settle(ctx context.Context, log *slog.Logger, tick Tick, c claim, o Outcome) {
	ctx, cancel := recording(ctx)
	defer cancel()
	ours, err := c.settle(ctx, o)
	switch {
	case err != nil:
		log.Error("the end of a scheduled import cannot be recorded; it will run again, which is harmless", "error", err)
	case !ours:
		log.Warn("a scheduled import was taken over by another process, as if this one had been frozen", "import", o.Import)
	case o.Failed && o.Repeated:
		log.Info("a scheduled import still cannot take what it could not take before", "import", o.Import, "text", o.Text)
	case o.Failed:
		log.Error("a scheduled import failed", "import", o.Import, "text", o.Text)
	default:
		log.Info("a scheduled import ended", "import", o.Import, "text", o.Text)
	}
	if ours {
		if err := r.monitor.ran(ctx, tick, o); err != nil {
			log.Warn("the dashboard's history of a schedule cannot be written", "error", err)
		}
	}
}

func (r *Runner) release(ctx context.Context, log *slog.Logger, c claim) {
	ctx, cancel := recording(ctx)
	defer cancel()
	_, err := c.release(ctx)
	log.Info("a scheduled import is left to another process, as this one stops", "error", err)
}

func (r *Runner) retry(ctx context.Context, log *slog.Logger, tick Tick, c claim, cause error) {
	ctx, cancel := recording(ctx)
	defer cancel()
	wait := r.retries[tick.Try-1]
	_, err := c.retry(ctx, wait, cause.Error())
	log.Error("a scheduled import failed and is retried", "in", wait, "try", tick.Try, "error", errors.Join(cause, err))
}
