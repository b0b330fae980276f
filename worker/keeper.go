package worker

import (
	"context"
	"errors"
	"slices"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/qflow"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// keepEvery is how often a process looks at the gates: one round trip, and an open gate is noticed within it.
const keepEvery = time.Second

// keep looks after the gates until the worker stops: it probes closed ones when a probe is due, and lets parked work go when
// the last one opens. It works from what is, not from events: a process that was killed half-way is repaired by the next look.
// So are importers, and tasks that are missing, which it looks for now and then.
func (h *Handler) keep(ctx context.Context) {
	tick, sweeps, looks := time.NewTicker(keepEvery), time.NewTicker(sweepEvery), time.NewTicker(straysEvery)
	defer tick.Stop()
	defer sweeps.Stop()
	defer looks.Stop()
	strays := h.strays()
	h.tell(ctx, "cannot look for imports that an earlier version has left half-way", h.ledger.Adopt(ctx))
	h.tell(ctx, "cannot look after imports that were left half-way", h.sweep(ctx))
	h.tell(ctx, "cannot look for tasks that no worker has", h.recoverOrphans(ctx))
	for {
		select {
		case <-h.stop:
			return
		case <-tick.C:
			h.tell(ctx, "cannot look after the gates", h.tend(ctx))
		case <-sweeps.C:
			h.tell(ctx, "cannot look after imports that were left half-way", h.sweep(ctx))
		case <-looks.C:
			h.tell(ctx, "cannot look for rows in line without a task", strays.look(ctx))
		}
	}
}

// tell says that the keeper's work was in vain: it is done again.
func (h *Handler) tell(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		h.log.WarnContext(ctx, what, "error", err)
	}
}

func (h *Handler) tend(ctx context.Context) error {
	paused, err := h.queues.Held(ctx) // before the gates: what is held now and open then may be released
	if err != nil {
		return err
	}
	closed, err := h.gates.Closed(ctx)
	if err != nil {
		return err
	}
	for _, g := range qflow.Gates {
		at := slices.IndexFunc(closed, func(c gate.Closed) bool { return c.Gate == g })
		held := paused[g]
		switch {
		case at >= 0:
			err = h.hold(ctx, closed[at], held)
		case held:
			err = h.queues.Release(ctx, g)
		}
		if err != nil {
			return err
		}
	}
	return h.probeDue(ctx, closed)
}

// hold keeps a closed gate's queue paused.
func (h *Handler) hold(ctx context.Context, c gate.Closed, held bool) error {
	switch {
	case held && c.Held:
		return nil
	case c.Held:
		return h.freed(ctx, c.Gate)
	}
	if err := h.queues.Hold(ctx, c.Gate); err != nil {
		return err
	}
	return h.gates.SetHeld(ctx, c.Gate)
}

// freed is for a queue that runs though its gate is closed. A person who unpauses it, in Asynqmon say, wants what is parked to
// be tried: that is a probe, now. If it passes everything goes; and if not, one call was refused and not all of them.
func (h *Handler) freed(ctx context.Context, g qflow.Gate) error {
	paused, err := h.queues.Held(ctx) // another process may have been between our looks
	if err != nil || paused[g] {
		return err
	}
	first, err := h.gates.Freed(ctx, g)
	if err != nil || !first {
		return err
	}
	h.log.InfoContext(ctx, "the parked queue was unpaused by hand: the gate is probed now", "gate", g)
	if err := h.queues.Hold(ctx, g); err != nil {
		return err
	}
	return h.gates.SetHeld(ctx, g)
}

// unpark leads a chunk from a parked queue back into its lane, if its gate is open.
func (h *Handler) unpark(ctx context.Context, queue string, ref chunk.Ref) error {
	closed, err := h.gates.Closed(ctx)
	if err != nil {
		return err
	}
	for _, c := range closed {
		if chunk.Parked(ref.Account, c.Gate) != queue {
			continue
		}
		if err := h.freed(ctx, c.Gate); err != nil {
			return err
		}
		return h.queues.Park(ctx, c.Gate, ref.Next())
	}
	return h.queues.Enqueue(ctx, ref.Next())
}

func (h *Handler) probeDue(ctx context.Context, closed []gate.Closed) error {
	for _, c := range closed {
		if time.Now().Before(c.Next.Add(-time.Minute)) { // Redis' clock decides; this only spares the question
			continue
		}
		if err := h.probe(ctx, c, closed); err != nil {
			return err
		}
	}
	return nil
}

// probe makes one real call for one parked row. It looks at no gate: if two are closed, each would keep the other's probe
// from being made. What the answer shows to be open, it opens.
func (h *Handler) probe(ctx context.Context, c gate.Closed, closed []gate.Closed) error {
	rows, err := h.candidates(ctx, c.Gate)
	if err != nil || len(rows) == 0 {
		return err
	}
	// Claimed only now: a probe that finds nothing to probe with must not put off the next one.
	mine, err := h.gates.ClaimProbe(ctx, c)
	if err != nil || !mine {
		return err
	}
	for _, r := range rows {
		out, err := h.try(ctx, r.work, r.job)
		if err != nil {
			return err
		}
		if out.Kind != 0 {
			return h.learn(ctx, c, closed, out)
		}
		// No call was made: a person has stopped its import, or somebody else has settled it. The next one, then.
	}
	return nil
}

// learn opens the gates that an answer has passed.
func (h *Handler) learn(ctx context.Context, c gate.Closed, closed []gate.Closed, out qflow.Outcome) error {
	h.observer.probed(c.Gate, passed(c.Gate, out))
	if !passed(c.Gate, out) {
		h.log.InfoContext(ctx, "the gate is still closed", "gate", c.Gate, "probes", c.Probes+1, "answer", out.Kind.String())
	}
	for _, g := range closed {
		if !passed(g.Gate, out) || g.Gate != c.Gate && g.Gate != qflow.GateAuth {
			continue // a probe is chosen to prove one gate; beside it, any answer proves that we may sign in
		}
		opened, err := h.gates.Open(ctx, g.Gate)
		if err != nil {
			return err
		}
		if opened {
			h.observer.gate(g.Gate, false)
			h.log.InfoContext(ctx, "gate opened; what was parked goes out", "gate", g.Gate, "after", time.Since(g.Since).Round(time.Second))
		}
	}
	return nil
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

// try calls for one row by the way it needs. A row that has its content to write first is not done with that: an upsert
// passes gates at which its email stops.
func (h *Handler) try(ctx context.Context, w *work, j *job) (qflow.Outcome, error) {
	if wantsWrite(j) {
		out, err := h.writeOne(ctx, w, j)
		if err != nil || !wantsOnlyEmail(j) {
			return out, err
		}
	}
	return h.email(ctx, w, j, nil)
}

// candidate is a row to probe with.
type candidate struct {
	work *work
	job  *job
	rank int // the lower, the more its success proves
}

const (
	// maxCandidates is how many rows of one import a probe may fall back on.
	maxCandidates = 3
	// maxLooks is how many chunks of one import are looked at, of which thousands may stand in front of the others'.
	maxLooks = 30
)

// candidates finds rows that a gate blocks, the best of each chunk, the best first. Chunks that wait for a gate and for
// something else as well are not in the paused queue but among the retries.
func (h *Handler) candidates(ctx context.Context, g qflow.Gate) ([]candidate, error) {
	s := search{handler: h, gate: g, left: map[string]looks{}}
	err := h.queues.EachParked(g, func(refs []chunk.Ref) (bool, error) {
		err := s.look(ctx, refs)
		return !s.enough(), err
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(s.rows, func(a, b candidate) int { return a.rank - b.rank })
	return s.rows, nil
}

// search goes through waiting chunks until it has rows enough.
type search struct {
	handler *Handler
	gate    qflow.Gate
	rows    []candidate
	left    map[string]looks // by import
}

// looks is how much more of an import may be looked at; of one that a person has stopped nothing.
type looks struct{ chunks, rows int }

// enough is one row whose success proves the most.
func (s *search) enough() bool {
	return slices.ContainsFunc(s.rows, func(c candidate) bool { return c.rank == 0 })
}

func (s *search) look(ctx context.Context, refs []chunk.Ref) error {
	for _, ref := range refs {
		if s.enough() {
			return nil
		}
		left, err := s.allowed(ctx, ref.Import)
		if err != nil {
			return err
		}
		if left.chunks == 0 || left.rows == 0 {
			continue
		}
		found, err := s.handler.candidate(ctx, s.gate, ref)
		if err != nil {
			return err
		}
		s.rows = append(s.rows, found...)
		s.left[ref.Import] = looks{chunks: left.chunks - 1, rows: left.rows - len(found)}
	}
	return nil
}

func (s *search) allowed(ctx context.Context, id string) (looks, error) {
	left, known := s.left[id]
	if known {
		return left, nil
	}
	imp, err := s.handler.ledger.Import(ctx, id)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return looks{}, err
	}
	if err == nil && imp.Stopped == "" {
		left = looks{chunks: maxLooks, rows: maxCandidates}
	}
	s.left[id] = left
	return left, nil
}

// candidate gives the best row of a chunk, if it has any. Rows in Sending are left alone: another process may be probing.
func (h *Handler) candidate(ctx context.Context, g qflow.Gate, ref chunk.Ref) ([]candidate, error) {
	w, _, err := h.load(ctx, ref)
	if err != nil {
		return nil, err
	}
	var best []candidate
	for _, j := range w.left(anyJob) {
		if r := rank(g, j); blocks(g, j) && (len(best) == 0 || r < best[0].rank) {
			best = []candidate{{work: w, job: j, rank: r}}
		}
	}
	if len(best) > 0 {
		w.turn = budget.Probes
		w.jobs = []*job{best[0].job} // a gate that the probe finds closed parks no other row of the chunk
	}
	return best, nil
}

func blocks(g qflow.Gate, j *job) bool {
	return g == qflow.GateAuth || g == qflow.GatePlan || wantsEmail(j)
}

// rank tells how little a row's success would prove. Qflow may give a guest that exists back as it is without looking at
// the account; and a plan's limit is for new guests, so that a guest without an email, which meets no other gate, is best.
func rank(g qflow.Gate, j *job) int {
	exists := j.mark.Has(ledger.Tried) || j.verdict != ledger.Go
	switch {
	case j.mark.Has(ledger.MaybeSent), g == qflow.GatePlan && exists:
		return 2
	case g == qflow.GatePlan && wantsEmail(j):
		return 1
	}
	return 0
}
