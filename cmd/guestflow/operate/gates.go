package operate

import (
	"context"
	"fmt"
	"slices"
	"time"

	"guestflow/qflow"
	"guestflow/worker/gate"
)

// Probe makes the next probe of a closed gate due at once. An open gate is refused.
func (a *Account) Probe(ctx context.Context, who Actor, g qflow.Gate) error {
	return a.changeGate(ctx, who, "probe now", g, "probe due", a.Gates.ProbeNow)
}

// OpenGate opens a gate: parked rows are released, and close it again if Qflow still refuses.
func (a *Account) OpenGate(ctx context.Context, who Actor, g qflow.Gate) error {
	return a.changeGate(ctx, who, "open gate", g, "open", a.Gates.Open)
}

func (a *Account) changeGate(ctx context.Context, who Actor, action string, g qflow.Gate, after string,
	change func(context.Context, qflow.Gate) (bool, error)) error {
	if !slices.Contains(qflow.Gates, g) {
		return refuse("there is no gate %q", g)
	}
	closed, err := change(ctx, g)
	before := "closed"
	switch {
	case err != nil:
		before, after = "", "" // unknown
	case !closed:
		return refuse("the %s gate is open already", g)
	}
	return a.Audited(ctx, who, action, string(g), before, func() (string, error) { return after, err })
}

// probeTimeout is how long a probe is waited for: a worker looks at the gates once a second, and waits for the budget.
const probeTimeout = 8 * time.Second

// ProbeResult waits for the requested probe and returns its result in a sentence, or why there is none.
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
			return "No worker has finished a probe yet: no waiting row may be for this gate, or the workers wait " +
				"for their budget. See its state with: guestflow gate", nil
		case <-tick.C:
		}
		closed, err := a.Gates.Closed(ctx)
		if ctx.Err() != nil {
			continue
		}
		if err != nil {
			return "", err
		}
		if result := probeOutcome(g, closed); result != "" {
			return result, nil
		}
	}
}

// probeOutcome is the result of a probe in a sentence; "" until it is made.
func probeOutcome(g qflow.Gate, closed []gate.Closed) string {
	isClosed := false
	for _, c := range closed {
		if c.Gate != g {
			continue
		}
		if c.LastAnswer != "" {
			return fmt.Sprintf("The gate stays closed: the probe was answered with %s. The next one is at %s.",
				c.LastAnswer, localClock(c.NextProbe))
		}
		isClosed = true
	}
	if isClosed {
		return ""
	}
	return "The gate is open; parked rows are being released."
}

// WhyNoProbe returns why no probe can be made; "" if one can.
func (a *Account) WhyNoProbe(ctx context.Context) (string, error) {
	workers, err := a.Workers(ctx)
	if err != nil {
		return "", err
	}
	if workers == 0 {
		return "No worker is running, so the gate is not probed until one starts: guestflow run", nil
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
		return "No row waits for the gate, and a probe is a call for such a row: the next import makes it.", nil
	}
	return "Only rows of paused imports wait for the gate, and they are not called: resume with guestflow resume " +
		paused, nil
}
