package worker

import (
	"context"
	"errors"
	"time"

	"github.com/hibiken/asynq"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/qflow"
	"guestflow/worker/gate"
)

// keepEvery is how often a process looks at the gates: one round trip, and an open gate is noticed within it.
const keepEvery = time.Second

// keep looks after the gates until the worker stops: it probes closed ones when a probe is due, and lets parked work go when
// the last one opens. It works from what is, not from events: a process that was killed half-way is repaired by the next look.
func (h *Handler) keep(ctx context.Context) {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for {
		select {
		case <-h.stop:
			return
		case <-tick.C:
			if err := h.tend(ctx); err != nil && ctx.Err() == nil {
				h.log.Warn("cannot look after the gates", "error", err)
			}
		}
	}
}

func (h *Handler) tend(ctx context.Context) error {
	closed, err := h.gates.Closed(ctx)
	if err != nil {
		return err
	}
	if len(closed) == 0 {
		return h.release()
	}
	if err := h.pauseParked(); err != nil {
		return err
	}
	for _, c := range closed {
		if time.Now().Before(c.Next.Add(-time.Minute)) { // Redis' clock decides; this only spares the question
			continue
		}
		mine, err := h.gates.ClaimProbe(ctx, c)
		if err != nil {
			return err
		}
		if mine {
			if err := h.probe(ctx, c, closed); err != nil {
				return err
			}
		}
	}
	return nil
}

// release lets the parked queue run when it is paused and no gate is closed.
func (h *Handler) release() error {
	queue := chunk.ParkedQueue(h.ledger.Account())
	_, paused, err := chunk.Waiting(h.inspector, queue)
	if err != nil || !paused {
		return err
	}
	return h.inspector.UnpauseQueue(queue)
}

// probe tries one real parked row, with this one gate taken as open. The first success opens it.
func (h *Handler) probe(ctx context.Context, c gate.Closed, closed []gate.Closed) error {
	w, j, err := h.candidate(ctx, c.Gate)
	if err != nil || j == nil {
		return err
	}
	w.jobs = []*job{j}
	out, err := h.try(ctx, w, j, others(c.Gate, closed))
	if err != nil {
		return err
	}
	if out == (qflow.Outcome{}) {
		return nil // another gate was in the way, or the row was settled meanwhile
	}
	if !passed(c.Gate, out) {
		h.log.Info("the gate is still closed", "gate", c.Gate, "probes", c.Probes+1, "answer", out.Kind.String())
		return nil
	}
	opened, err := h.gates.Open(ctx, c.Gate)
	if err == nil && opened {
		h.log.Info("gate opened; what was parked goes out", "gate", c.Gate, "after", time.Since(c.Since).Round(time.Second))
	}
	return err
}

// passed tells whether an answer shows that a gate is open. For auth any answer that took our token and key does.
func passed(g qflow.Gate, out qflow.Outcome) bool {
	switch out.Kind {
	case qflow.Accepted:
		return true
	case qflow.Refused, qflow.GateClosed:
		return g == qflow.GateAuth
	case qflow.Unauthorized, qflow.KeyRefused, qflow.RateLimited, qflow.Transient, qflow.Ambiguous, qflow.NoToken:
	}
	return false
}

// try calls for one row by the way it needs.
func (h *Handler) try(ctx context.Context, w *work, j *job, gates []qflow.Gate) (qflow.Outcome, error) {
	if wantsEmail(j) && j.verdict != ledger.Both {
		return h.email(ctx, w, j, gates)
	}
	return h.writeOne(ctx, w, j, gates)
}

func others(g qflow.Gate, closed []gate.Closed) []qflow.Gate {
	var list []qflow.Gate
	for _, c := range closed {
		if c.Gate != g {
			list = append(list, c.Gate)
		}
	}
	return list
}

// candidates is how many parked chunks are looked at for a row to probe with; the first one has one, but for chunks whose
// rows were settled by webhooks or cancelled meanwhile.
const candidates = 30

// candidate finds a parked row that a gate blocks. The chunks wait in the paused queue meanwhile, so nobody else has them.
func (h *Handler) candidate(ctx context.Context, g qflow.Gate) (*work, *job, error) {
	tasks, err := h.inspector.ListPendingTasks(chunk.ParkedQueue(h.ledger.Account()), asynq.PageSize(candidates))
	if errors.Is(err, asynq.ErrQueueNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	for _, t := range tasks {
		ref, err := chunk.ParsePayload(t.Payload)
		if err != nil {
			return nil, nil, err
		}
		w, err := h.open(ctx, ref)
		if err != nil {
			return nil, nil, err
		}
		for _, j := range w.left(anyJob) {
			if blocks(g, j) {
				return w, j, nil
			}
		}
	}
	return nil, nil, nil
}

func blocks(g qflow.Gate, j *job) bool {
	return g == qflow.GateAuth || g == qflow.GatePlan || wantsEmail(j)
}
