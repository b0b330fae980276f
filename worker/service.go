package worker

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// service is a part of the worker that runs beside the others. Run returns once ctx has ended and nothing of its own
// runs any more, so a worker that has waited for all its services leaves no goroutine behind.
type service interface{ Run(ctx context.Context) }

// start runs services side by side, each on a goroutine of its own, and returns a function that waits until all have
// returned.
func start(ctx context.Context, services []service) (wait func()) {
	var running sync.WaitGroup
	for _, s := range services {
		running.Go(func() { s.Run(ctx) })
	}
	return running.Wait
}

// intervals are how often the services look. Each works from what is in Redis, not from events: what a killed process
// left half-way, and what failed, is done by the next look of any process.
type intervals struct {
	reconcile time.Duration // one round trip, and an open gate is noticed within it
	probe     time.Duration // likewise
	sweep     time.Duration // one round trip, of one process by one import
	clocks    time.Duration

	// rescue takes one or two round trips where every import moves. An import is looked through from the second time on
	// that it stands as it stood, so a chunk comes back in about two minutes, and in less than four if the process that
	// had the lead has just died.
	rescue time.Duration
}

var defaultIntervals = intervals{
	reconcile: time.Second, probe: time.Second, sweep: 15 * time.Second, clocks: 15 * time.Second,
	rescue: 30 * time.Second,
}

// every calls do at each interval until ctx ends.
func every(ctx context.Context, interval time.Duration, do func(context.Context)) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			do(ctx)
		}
	}
}

// warn logs an error of something that is done again. Errors of a worker that stops are not worth a line.
func warn(ctx context.Context, log *slog.Logger, what string, err error) {
	if err != nil && ctx.Err() == nil {
		log.WarnContext(ctx, what, "error", err)
	}
}
