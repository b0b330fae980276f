package rows

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"guestflow/importer/chunk"
	"guestflow/importer/guest"
)

// rowSpace is what the rows of a batch are in. They are a third of what an import makes for the collector, unless their space is used
// again, which it is once all that hold it have released it: while planning the batch, until the next one is read, and each block
// of kept rows that it is in, until that is written; while enqueuing each row, until its chunk is committed.
type rowSpace struct {
	rows  []Row
	work  []chunk.Row
	list  []*Row
	holds atomic.Int32
}

var rowSpaces = sync.Pool{New: func() any { return &rowSpace{} }}

// rowSpace returns one for so many rows, which is held. Where rows may be in use for longer than this file knows it stays held.
func (r *Reader) rowSpace(rows int) *rowSpace {
	s := &rowSpace{}
	if r.reuse {
		s = rowSpaces.Get().(*rowSpace)
	}
	s.resize(rows)
	if s.holds.Store(1); !r.reuse {
		s.holds.Store(math.MaxInt32 / 2)
	}
	return s
}

func (s *rowSpace) resize(rows int) {
	s.rows, s.work = slices.Grow(s.rows[:0], rows)[:rows], slices.Grow(s.work[:0], rows)[:rows]
}

// hold keeps it from being used again until it is released once more.
func (s *rowSpace) hold() *rowSpace {
	s.holds.Add(1)
	return s
}

// Release says that a row of a list is not in use any more.
func (r *Row) Release() { r.space.release() }

func (s *rowSpace) release() {
	if s == nil || s.holds.Add(-1) > 0 {
		return
	}
	for i := range s.rows {
		if record := s.rows[i].Record; record != nil {
			*record = guest.Record{}
			recordSpaces.Put(record)
		}
	}
	clear(s.rows)
	clear(s.work)
	clear(s.list)
	s.rows, s.work, s.list = s.rows[:0], s.work[:0], s.list[:0]
	rowSpaces.Put(s)
}
