package worker

import (
	"context"
	"time"

	"guestflow/importer/queue"
)

// Rescue returns the look for chunks that are in no queue, as one process makes it.
func Rescue(c Config) func(context.Context) error {
	return newTaskRescuer(c.withDefaults(), queue.New(c.Redis, c.Ledger.Account())).look
}

// ScreeningWithin returns the configuration with a look for suppressed addresses that lasts so long, or its own time
// for 0.
func (c Config) ScreeningWithin(d time.Duration) Config {
	c.screenLasts = d
	return c
}

// MarkingFor returns the configuration with marks that are good for so long, or for their own time for 0.
func (c Config) MarkingFor(d time.Duration) Config {
	c.markLasts = d
	return c
}

// LookingEvery returns the configuration with services that look at each interval, or at their own for 0.
func (c Config) LookingEvery(d time.Duration) Config {
	if d > 0 {
		c.intervals = intervals{reconcile: d, probe: d, sweep: d, clocks: d, rescue: d}
	}
	return c
}
