package spool

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"guestflow/importer"
	"guestflow/importer/table"
)

// mostDeaths is how many processes may die while they read a file. Once may be a power cut, and twice an operator in a
// hurry.
const mostDeaths = 3

// deadly is what is wrong with a file over whose reading so many processes have died.
var deadly = importer.FileError{
	Problem: fmt.Sprintf("guestflow broke down %d times while reading it, so it is not tried again, "+
		"and nothing more of it is imported", mostDeaths),
	Advice: "save the list anew as CSV UTF-8 and drop that; if guestflow was killed by hand or by a machine without " +
		"memory, drop it as it is; if it breaks down again, report that",
}

// try imports the file. Until it has been read to its end, its record counts a death more, which only a process that
// lives takes back. Once it is read, what enqueues its rows may be killed as often as it likes. A panic that did not
// end the process counts as a death all the same.
func (c *Consumer) try(ctx context.Context, h *claimed) (r Result, err error) {
	if h.record.Deaths >= mostDeaths {
		fault := deadly
		return Result{}, &fault
	}
	before := h.record.Deaths
	h.count(before + 1)
	read := sync.OnceFunc(func() {
		h.count(before)
		c.suspects.clear(h.id)
	})
	defer func() {
		if v := recover(); v != nil {
			err = table.Recovered(v)
		}
		if _, mistake := errors.AsType[*table.PanicError](err); !mistake { // which another process might not survive
			read()
		}
	}()
	to := h.settings()
	to.Planned, to.GiveWay = read, c.giveWay(h)
	return c.Import(ctx, h.path, to)
}

// count writes the deaths into the record. Where that fails the file is only tried more often.
func (h *claimed) count(deaths int) {
	h.record.Deaths = deaths
	_ = h.record.write(h.recordPath())
}

// suspects has the files over which a process has died read one at a time: else the one that kills would take the
// others along each time, and they would be put away with it.
type suspects struct {
	mu      sync.Mutex
	reading string // the id of one
}

// admit reports whether a file may be read now.
func (s *suspects) admit(id string, deaths int) bool {
	if deaths == 0 || deaths >= mostDeaths { // which is not read
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reading != "" {
		return false
	}
	s.reading = id
	return true
}

// clear notes that a file has been read, or is no longer claimed.
func (s *suspects) clear(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reading == id {
		s.reading = ""
	}
}
