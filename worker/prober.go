package worker

import (
	"context"
	"slices"
	"time"

	"guestflow/qflow"
	"guestflow/worker/gate"
)

// maxProbeRows is how many rows a probe goes through until an answer speaks of its gate. Those that Qflow refuses for
// good are settled by that, so the calls are not wasted.
const maxProbeRows = 20

// prober probes closed gates: a real call for a parked row, by one process of the fleet at a time for each gate.
type prober struct {
	*handler
	interval time.Duration
}

// Run probes until ctx ends. A probe in flight ends normally, like any call.
func (p *prober) Run(ctx context.Context) {
	every(ctx, p.interval, func(ctx context.Context) {
		warn(ctx, p.log, "cannot probe the gates", p.probeDue(context.WithoutCancel(ctx)))
	})
}

func (p *prober) probeDue(ctx context.Context) error {
	closed, err := p.gates.Closed(ctx)
	if err != nil {
		return err
	}
	due, err := p.gates.Due(ctx, closed)
	if err != nil {
		return err
	}
	for _, c := range due {
		if err := p.probe(ctx, c, closed); err != nil {
			return err
		}
	}
	return nil
}

// probe makes real calls for parked rows until an answer speaks of the gate: mostly one. It looks at no gate: if two
// are closed, each would keep the other's probe from being made. What the answer shows to be open, it opens.
func (p *prober) probe(ctx context.Context, c gate.Closed, all []gate.Closed) error {
	s := newCandidates(p.handler, c, all)
	next, err := s.first(ctx)
	if err != nil || next == nil {
		return err
	}
	// Claimed only now: a probe that finds nothing to probe with must not put off the next one.
	claimed, err := p.gates.ClaimProbe(ctx, c)
	if err != nil || !claimed {
		return err
	}
	last, err := p.tryRows(ctx, c, s, next)
	if err != nil {
		return err
	}
	return p.conclude(ctx, c, all, last)
}

// tryRows tries one row after the other until an answer speaks of the gate, and returns the last attempt that was a
// call.
func (p *prober) tryRows(ctx context.Context, c gate.Closed, s *candidates, next *candidate) (last attempt, err error) {
	for n := 1; next != nil && n <= maxProbeRows && !p.caller.stopping(); n++ {
		t, err := p.try(ctx, next)
		if err != nil {
			return last, err
		}
		if t.out.Kind != 0 {
			last = t
		}
		if t.speaksOf(c.Gate) {
			return last, nil
		}
		s.failed(next)
		if next, err = s.another(ctx); err != nil {
			return last, err
		}
		if next != nil && t.out.Kind == qflow.GateClosed && s.failures(*next) > 0 {
			return last, nil
		}
	}
	return last, nil
}

// try calls for one row by the way it needs. A row that has its content to write first is not done with that: an upsert
// passes gates at which its email stops.
func (p *prober) try(ctx context.Context, c *candidate) (attempt, error) {
	out, err := qflow.Outcome{}, error(nil)
	if wantsWrite(c.job) {
		out, err = p.writeOne(ctx, c.batch, c.job)
	}
	if err == nil && !c.batch.halted && wantsOnlyEmail(c.job) {
		out, err = p.email(ctx, c.batch, c.job, nil)
	}
	if out.Kind == 0 {
		out = c.batch.noToken
	}
	return attempt{out, c.job}, err
}

// conclude writes down what a probe has found, and opens the gates that its answer has passed.
func (p *prober) conclude(ctx context.Context, c gate.Closed, all []gate.Closed, t attempt) error {
	found := t.finds(c.Gate)
	if found != unclear {
		p.observer.probed(c.Gate, found == open)
	}
	if found != open {
		if err := p.keepClosed(ctx, c, found, t); err != nil {
			return err
		}
	}
	for _, g := range all {
		if t.finds(g.Gate) != open || g.Name() != c.Name() && g.Gate != qflow.GateAuth {
			continue // a probe is chosen to prove one gate; beside it, any answer proves that we may sign in
		}
		if err := p.open(ctx, g, t); err != nil {
			return err
		}
	}
	return nil
}

func (p *prober) open(ctx context.Context, g gate.Closed, t attempt) error {
	event, template := t.called()
	opened, err := p.gates.OpenProven(ctx, g, event, template)
	if err != nil || !opened {
		return err
	}
	p.observer.gateChanged(g.Gate, false)
	p.log.InfoContext(ctx, "gate opened; what was parked goes out", "gate", g.Gate, "of", g.Name().Title(nil), "after",
		time.Since(g.Since).Round(time.Second))
	return nil
}

// keepClosed notes that a gate was not opened by a probe. A row whose call has failed is left alone for as long as in
// its lane.
func (p *prober) keepClosed(ctx context.Context, c gate.Closed, found finding, t attempt) error {
	answer, wait := summary(t.out), time.Duration(0)
	if found == closed {
		p.log.InfoContext(ctx, "the gate is still closed", "gate", c.Gate, "of", c.Name().Title(nil), "probes", c.Probes+1,
			"answer", answer)
	} else {
		p.log.InfoContext(ctx, "the probe's answer says nothing about the gate; it is probed again", "gate", c.Gate, "of",
			c.Name().Title(nil), "answer", answer)
	}
	if t.out.Kind == qflow.Transient || t.out.Kind == qflow.Ambiguous {
		wait = backoff(t.job.tries)
	}
	return p.gates.RecordProbe(ctx, c, found == closed, wait, answer)
}

// closedParts returns the parts of the account for which some gate is closed, so that a refusal there would be no news.
func closedParts(c gate.Closed, all []gate.Closed) []qflow.Gate {
	parts := slices.Clone(c.Parts)
	for _, g := range all {
		if g.Event != "" {
			parts = append(parts, g.Name())
		}
	}
	return parts
}
