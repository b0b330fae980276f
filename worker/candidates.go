package worker

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"

	"guestflow/importer/chunk"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/qflow"
	"guestflow/worker/gate"
)

const (
	// maxImportRows is how many rows of one import a probe may choose from, of which the first refused ones may be all
	// alike.
	maxImportRows = 3 * maxProbeRows
	// maxImportChunks is how many chunks of one import are read, of which thousands may stand in front of the others'.
	maxImportChunks = 30
	// maxRows is how many rows of all imports are kept in memory to choose from.
	maxRows = 1000
)

// candidates are the rows that a gate can be probed with: those that wait for the gate, and those that wait for it and
// for something else as well, which are not in its paused queue but among the retries.
type candidates struct {
	handler *handler
	gate    qflow.Gate
	parts   []qflow.Gate // of the account, where a refusal would be no news
	found   []candidate
	quotas  map[string]*quota // by import
	all     bool              // every import was read
	refused map[string]int    // rows that were tried and failed, by import and by event and template
	tried   map[string]bool   // these rows
}

// candidate is a row to probe with.
type candidate struct {
	batch *batch
	job   *job
	rank  int // the lower, the more its success proves
}

// quota is how much more of an import may be read; of one that an operator has stopped nothing.
type quota struct {
	chunks, rows int
	noEmails     bool // its send window is closed
}

func newCandidates(h *handler, c gate.Closed, all []gate.Closed) *candidates {
	return &candidates{handler: h, gate: c.Name(), parts: closedParts(c, all), refused: map[string]int{},
		tried: map[string]bool{}}
}

// first returns the first row whose success proves the most and that has not failed yet, or else the best. A gate that
// is as it seems needs no more than that.
func (s *candidates) first(ctx context.Context) (*candidate, error) {
	err := s.read(ctx, 1, func() bool {
		return slices.ContainsFunc(s.found, func(c candidate) bool { return c.rank+c.job.tries+s.failures(c) == 0 })
	})
	return s.best(), err
}

// another returns the best row after some have failed: of other imports, events and templates first, since what Qflow
// refuses in one row it mostly refuses in the next.
func (s *candidates) another(ctx context.Context) (*candidate, error) {
	if !s.all {
		s.all = true
		if err := s.read(ctx, maxImportRows, func() bool { return len(s.found) >= maxRows }); err != nil {
			return nil, err
		}
	}
	return s.best(), nil
}

// best takes the best row out of those that were found.
func (s *candidates) best() *candidate {
	if len(s.found) == 0 {
		return nil
	}
	best := slices.MinFunc(s.found, s.compare)
	s.found = slices.DeleteFunc(s.found, func(c candidate) bool { return c == best })
	return &best
}

func (c candidate) kinds() []string {
	return []string{c.batch.ref.Import, c.job.Guest.EventID + "/" + c.job.Guest.TemplateID}
}

func (c candidate) row() string { return c.batch.ref.Import + ":" + strconv.Itoa(c.job.Row.Row) }

// compare puts the better row first.
func (s *candidates) compare(a, b candidate) int {
	return cmp.Or(s.failures(a)-s.failures(b), a.rank-b.rank, a.job.tries-b.job.tries)
}

// failures returns how many rows like this one have failed.
func (s *candidates) failures(c candidate) (n int) {
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

func (s *candidates) failed(c *candidate) {
	for _, k := range c.kinds() {
		s.refused[k]++
	}
	s.tried[c.row()] = true
}

// read goes through what waits until there is enough, and takes up to so many rows of each chunk and import.
func (s *candidates) read(ctx context.Context, rowsOfChunk int, enough func() bool) error {
	s.found, s.quotas = nil, map[string]*quota{}
	return s.handler.queues.EachParked(s.gate.Kind(), func(refs []chunk.Ref) (more bool, err error) {
		for _, ref := range refs {
			if err := s.readChunk(ctx, ref, rowsOfChunk); err != nil || enough() {
				return false, err
			}
		}
		return true, nil
	})
}

func (s *candidates) readChunk(ctx context.Context, ref chunk.Ref, most int) error {
	left, err := s.quota(ctx, ref.Import)
	if err != nil || left.chunks == 0 || left.rows == 0 {
		return err
	}
	rows, err := s.ofChunk(ctx, ref, left, most)
	s.found = append(s.found, rows...)
	left.chunks, left.rows = left.chunks-1, left.rows-len(rows)
	return err
}

func (s *candidates) quota(ctx context.Context, id string) (*quota, error) {
	if left, known := s.quotas[id]; known {
		return left, nil
	}
	imp, err := s.handler.ledger.Import(ctx, id)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return nil, err
	}
	left := &quota{}
	if err == nil && imp.Stopped == "" {
		left = &quota{chunks: maxImportChunks, rows: maxImportRows}
		if left.noEmails, err = s.handler.windowIsClosed(ctx, imp); err != nil {
			return nil, err
		}
	}
	s.quotas[id] = left
	return left, nil
}

// ofChunk returns the best rows of a chunk. Rows in Sending are left alone: another process may be probing.
func (s *candidates) ofChunk(ctx context.Context, ref chunk.Ref, left *quota, most int) ([]candidate, error) {
	b, _, err := s.handler.loader.load(ctx, ref)
	if err != nil {
		return nil, err
	}
	var list []candidate
	probes := func(j *job) bool { return blocks(s.gate, j) && (!left.noEmails || !wantsEmail(j)) }
	for _, j := range b.unsettled(probes) {
		if c := (candidate{batch: b.probeOf(j), job: j, rank: rank(s.gate.Kind(), j)}); !s.tried[c.row()] {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, s.compare)
	return list[:min(len(list), most, left.rows)], nil
}

// rank returns how little a row's success would prove. Qflow may give a guest that exists back as it is without looking
// at the account; and a plan's limit is for new guests, so that a guest without an email, which meets no other gate, is
// best.
func rank(g qflow.Gate, j *job) int {
	exists := j.mark.HasFlag(ledger.Tried) || j.verdict != guestindex.Create
	switch {
	case j.mark.HasFlag(ledger.MaybeSent), g == qflow.GatePlan && exists:
		return 2
	case g == qflow.GatePlan && wantsEmail(j):
		return 1
	}
	return 0
}
