package operate

import (
	"context"
	"fmt"
	"time"

	"guestflow/qflow"
	"guestflow/worker/gate"
)

// probeTimeout is how long a probe is waited for: a worker looks at the gates once a second, and waits for its turn at the budget.
const probeTimeout = 8 * time.Second

// ProbeResult waits for the probe that was asked for and says what it came to, or why there is none.
func (a *Account) ProbeResult(ctx context.Context, g qflow.Gate) (string, error) {
	if why, err := a.WhyNoProbe(ctx); why != "" || err != nil {
		return why, err
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return "No worker has finished a probe yet: none of the rows that wait may be for this gate, or the workers wait for their budget. " +
				"See how it stands: guestflow gate", nil
		case <-tick.C:
		}
		closed, err := a.Gates.Closed(ctx)
		if ctx.Err() != nil {
			continue
		}
		if err != nil {
			return "", err
		}
		if came := probeOutcome(g, closed); came != "" {
			return came, nil
		}
	}
}

// probeOutcome is what a probe came to; "" while it is not made.
func probeOutcome(g qflow.Gate, closed []gate.Closed) string {
	is := false
	for _, c := range closed {
		if c.Gate != g {
			continue
		}
		if c.LastAnswer != "" {
			return fmt.Sprintf("The probe did not open it; the answer was %s. The next one is at %s.", c.LastAnswer, LocalClock(c.NextProbe))
		}
		is = true
	}
	if is {
		return ""
	}
	return "It is open; what waited goes out now."
}

// WhyNoProbe says why no probe can be made; "" when there is no reason.
func (a *Account) WhyNoProbe(ctx context.Context) (string, error) {
	workers, err := a.Workers(ctx)
	if err != nil {
		return "", err
	}
	if workers == 0 {
		return "No worker is running, so nothing probes it. It is probed when one starts: guestflow run", nil
	}
	running, err := a.Ledger.Running(ctx)
	if err != nil {
		return "", err
	}
	paused := ""
	for _, imp := range running {
		switch {
		case imp.Counts.Open() == 0:
		case imp.Stopped == "":
			return "", nil
		default:
			paused = imp.ID
		}
	}
	if paused == "" {
		return "No row waits for it, and a probe is a call for a row that does: the next import makes it.", nil
	}
	return fmt.Sprintf("Only rows of paused imports wait for it, and these are not called: go on with guestflow resume %s", paused), nil
}
