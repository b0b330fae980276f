package worker

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/qflow"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

const (
	// maxProbeRows is how many rows a probe goes through until an answer speaks of its gate. Those that Qflow refuses for good
	// are settled by that, so the calls are not wasted.
	maxProbeRows = 20

	// maxImportRows is how many rows of one import a probe may choose from, of which the first refused ones may be all alike.
	maxImportRows = 3 * maxProbeRows
	// maxLooks is how many chunks of one import are looked at, of which thousands may stand in front of the others'.
	maxLooks = 30
	// maxRows is how many rows of all imports are kept in memory to choose from.
	maxRows = 1000
)

// finding is what an answer says of a gate.
type finding uint8

const (
	unclear finding = iota // nothing
	open
	closed
)

// attempt is what a probe's calls for one row came to.
type attempt struct {
	out qflow.Outcome
	job *job
}

// finds says what the answer shows of a gate. Any answer that took our token and key proves that we may sign in, and any clear
// one of /comms/send that it works. A row that is refused for good says nothing of the account, and a connection that is lost
// nothing at all.
func (t attempt) finds(g qflow.Gate) finding {
	switch kind := t.out.Kind; {
	case g.Kind() == qflow.GateAuth:
		return t.findsAuth()
	case g.Kind() == qflow.GateSend:
		return t.findsSend()
	case kind == qflow.Accepted:
		return open
	case kind == qflow.GateClosed: // perhaps another, that stands in front of this one
		return closed
	}
	return unclear
}

func (t attempt) findsAuth() finding {
	switch kind := t.out.Kind; {
	case isClear(t.out):
		return open
	case kind == qflow.Unauthorized, kind == qflow.KeyRefused, kind == qflow.NoToken && noWay(t.out.Cause):
		return closed
	}
	return unclear
}

func (t attempt) findsSend() finding {
	switch {
	case t.job != nil && t.job.answered:
		return open
	case t.out.Kind == qflow.Ambiguous && t.job.way == ledger.BySend:
		return closed
	}
	return unclear
}

// probe makes real calls for parked rows until an answer speaks of the gate: mostly one. It looks at no gate: if two are
// closed, each would keep the other's probe from being made. What the answer shows to be open, it opens.
func (h *handler) probe(ctx context.Context, c gate.Closed, all []gate.Closed) error {
	s := search{handler: h, gate: c.Name(), parts: partsOf(c, all), refused: map[string]int{}, seen: map[string]bool{}}
	next, err := s.first(ctx)
	if err != nil || next == nil {
		return err
	}
	// Claimed only now: a probe that finds nothing to probe with must not put off the next one.
	mine, err := h.gates.ClaimProbe(ctx, c)
	if err != nil || !mine {
		return err
	}
	var last attempt
	for n := 1; next != nil && n <= maxProbeRows && !h.stopping(); n++ {
		t, err := h.try(ctx, next.work, next.job)
		if err != nil {
			return err
		}
		if t.out.Kind != 0 {
			last = t
		}
		if t.speaksOf(c.Gate) {
			break
		}
		s.inVain(next)
		if next, err = s.another(ctx); err != nil {
			return err
		}
		if next != nil && t.out.Kind == qflow.GateClosed && s.vain(*next) > 0 {
			break
		}
	}
	return h.learn(ctx, c, all, last)
}

// speaksOf reports whether the answer ends a probe of a gate. After a row that was refused for good, or was not called since a
// person has stopped its import or another process has settled it, comes the next one. So it does after a 403 that may be about
// the row's event alone, if there are rows of which that is not known.
func (t attempt) speaksOf(g qflow.Gate) bool {
	if t.out.Kind == qflow.GateClosed {
		return t.out.Gate != qflow.GatePlan || g != qflow.GateTrust && g != qflow.GateComms
	}
	return t.out.Kind != 0 && (t.out.Kind != qflow.Refused || t.finds(g) != unclear)
}

// partsOf gives the parts of the account for which some gate is closed, so that a refusal there would be no news.
func partsOf(c gate.Closed, all []gate.Closed) []qflow.Gate {
	parts := slices.Clone(c.Parts)
	for _, g := range all {
		if g.Event != "" {
			parts = append(parts, g.Name())
		}
	}
	return parts
}

func (h *handler) stopping() bool {
	select {
	case <-h.stop:
		return true
	default:
		return false
	}
}

// learn writes down what a probe has found, and opens the gates that its answer has passed.
func (h *handler) learn(ctx context.Context, c gate.Closed, all []gate.Closed, t attempt) error {
	found := t.finds(c.Gate)
	if found != unclear {
		h.observer.probed(c.Gate, found == open)
	}
	if found != open {
		if err := h.stays(ctx, c, found, t); err != nil {
			return err
		}
	}
	for _, g := range all {
		if t.finds(g.Gate) != open || g.Name() != c.Name() && g.Gate != qflow.GateAuth {
			continue // a probe is chosen to prove one gate; beside it, any answer proves that we may sign in
		}
		event, template := t.called()
		opened, err := h.gates.OpenProven(ctx, g, event, template)
		if err != nil {
			return err
		}
		if opened {
			h.observer.gate(g.Gate, false)
			h.log.InfoContext(ctx, "gate opened; what was parked goes out", "gate", g.Gate, "of", g.Name().Title(), "after", time.Since(g.Since).Round(time.Second))
		}
	}
	return nil
}

// called gives the event and the template that the last call named.
func (t attempt) called() (event, template string) {
	return part(qflow.GatePlan, t.job, t.job.way).Part()
}

// stays notes that a gate was not opened by a probe. A row whose call has failed is left alone for as long as in its lane.
func (h *handler) stays(ctx context.Context, c gate.Closed, found finding, t attempt) error {
	answer, wait := inTwoWords(t.out), time.Duration(0)
	if found == closed {
		h.log.InfoContext(ctx, "the gate is still closed", "gate", c.Gate, "of", c.Name().Title(), "probes", c.Probes+1, "answer", answer)
	} else {
		h.log.InfoContext(ctx, "the probe says nothing of the gate, and is made again", "gate", c.Gate, "of", c.Name().Title(), "answer", answer)
	}
	if t.out.Kind == qflow.Transient || t.out.Kind == qflow.Ambiguous {
		wait = backoff(t.job.tries)
	}
	return h.gates.RecordProbe(ctx, c, found == closed, wait, answer)
}

// try calls for one row by the way it needs. A row that has its content to write first is not done with that: an upsert
// passes gates at which its email stops.
func (h *handler) try(ctx context.Context, w *work, j *job) (attempt, error) {
	out, err := qflow.Outcome{}, error(nil)
	if wantsWrite(j) {
		out, err = h.writeOne(ctx, w, j)
	}
	if err == nil && !w.halted && wantsOnlyEmail(j) {
		out, err = h.email(ctx, w, j, nil)
	}
	if out.Kind == 0 {
		out = w.noToken
	}
	return attempt{out, j}, err
}

// search finds rows to probe with: those that wait for the gate, and those that wait for it and for something else as well,
// which are not in its paused queue but among the retries.
type search struct {
	handler *handler
	gate    qflow.Gate
	parts   []qflow.Gate // of the account, where a refusal would be no news
	rows    []candidate
	imports map[string]*looks
	whole   bool            // every import was looked at
	refused map[string]int  // rows that were tried in vain, by import and by event and template
	seen    map[string]bool // these rows
}

// candidate is a row to probe with.
type candidate struct {
	work *work
	job  *job
	rank int // the lower, the more its success proves
}

// looks is how much more of an import may be looked at; of one that a person has stopped nothing.
type looks struct{ chunks, rows int }

// first gives the first row whose success proves the most and that has not failed yet, or else the best. A gate that is as it
// seems needs no more than that.
func (s *search) first(ctx context.Context) (*candidate, error) {
	err := s.look(ctx, 1, func() bool {
		return slices.ContainsFunc(s.rows, func(c candidate) bool { return c.rank+c.job.tries+s.vain(c) == 0 })
	})
	return s.best(), err
}

// another gives the best row after some were tried in vain: of other imports, events and templates first, since what Qflow
// refuses in one row it mostly refuses in the next.
func (s *search) another(ctx context.Context) (*candidate, error) {
	if !s.whole {
		s.whole = true
		if err := s.look(ctx, maxImportRows, func() bool { return len(s.rows) >= maxRows }); err != nil {
			return nil, err
		}
	}
	return s.best(), nil
}

// best takes the best row out of those that were found.
func (s *search) best() *candidate {
	if len(s.rows) == 0 {
		return nil
	}
	best := slices.MinFunc(s.rows, s.compare)
	s.rows = slices.DeleteFunc(s.rows, func(c candidate) bool { return c == best })
	return &best
}

func (c candidate) kinds() []string {
	return []string{c.work.ref.Import, c.job.Guest.EventID + "/" + c.job.Guest.TemplateID}
}

func (c candidate) row() string { return c.work.ref.Import + ":" + strconv.Itoa(c.job.Row.Row) }

// compare puts the better row first.
func (s *search) compare(a, b candidate) int {
	return cmp.Or(s.vain(a)-s.vain(b), a.rank-b.rank, a.job.tries-b.job.tries)
}

// vain is how often a row like this has been tried in vain.
func (s *search) vain(c candidate) (n int) {
	for _, k := range c.kinds() {
		n += s.refused[k]
	}
	for _, p := range s.parts {
		if p.Covers(c.job.Guest.EventID, c.job.Guest.TemplateID) {
			n++
		}
	}
	return n
}

func (s *search) inVain(c *candidate) {
	for _, k := range c.kinds() {
		s.refused[k]++
	}
	s.seen[c.row()] = true
}

// look goes through what waits until there is enough, and takes up to so many rows of each chunk and import.
func (s *search) look(ctx context.Context, each int, enough func() bool) error {
	s.rows, s.imports = nil, map[string]*looks{}
	return s.handler.queues.EachParked(s.gate.Kind(), func(refs []chunk.Ref) (bool, error) {
		for _, ref := range refs {
			left, err := s.left(ctx, ref.Import)
			if err != nil {
				return false, err
			}
			if left.chunks == 0 || left.rows == 0 {
				continue
			}
			found, err := s.candidates(ctx, ref, min(each, left.rows))
			if err != nil {
				return false, err
			}
			s.rows = append(s.rows, found...)
			left.chunks, left.rows = left.chunks-1, left.rows-len(found)
			if enough() {
				return false, nil
			}
		}
		return true, nil
	})
}

func (s *search) left(ctx context.Context, id string) (*looks, error) {
	if left, known := s.imports[id]; known {
		return left, nil
	}
	imp, err := s.handler.ledger.Import(ctx, id)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return nil, err
	}
	left := &looks{}
	if err == nil && imp.Stopped == "" {
		left = &looks{chunks: maxLooks, rows: maxImportRows}
	}
	s.imports[id] = left
	return left, nil
}

// candidates gives the best rows of a chunk. Rows in Sending are left alone: another process may be probing.
func (s *search) candidates(ctx context.Context, ref chunk.Ref, most int) ([]candidate, error) {
	w, _, err := s.handler.load(ctx, ref)
	if err != nil {
		return nil, err
	}
	var list []candidate
	for _, j := range w.left(func(j *job) bool { return blocks(s.gate, j) }) {
		alone := *w // a gate that the probe finds closed parks no other row of the chunk
		alone.turn, alone.jobs = budget.ProbeKey, []*job{j}
		if c := (candidate{work: &alone, job: j, rank: rank(s.gate.Kind(), j)}); !s.seen[c.row()] {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, s.compare)
	return list[:min(len(list), most)], nil
}

// rank tells how little a row's success would prove. Qflow may give a guest that exists back as it is without looking at
// the account; and a plan's limit is for new guests, so that a guest without an email, which meets no other gate, is best.
func rank(g qflow.Gate, j *job) int {
	exists := j.mark.HasFlag(ledger.Tried) || j.verdict != ledger.Go
	switch {
	case j.mark.HasFlag(ledger.MaybeSent), g == qflow.GatePlan && exists:
		return 2
	case g == qflow.GatePlan && wantsEmail(j):
		return 1
	}
	return 0
}
