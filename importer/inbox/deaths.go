package inbox

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"guestflow/importer"
	"guestflow/importer/listfile"
)

// mostDeaths is how many processes may die while they read a file. Once may be a power cut, and twice an operator in a hurry.
const mostDeaths = 3

// deadly is what is wrong with a file over whose reading so many processes have died.
var deadly = importer.FileError{
	Problem: fmt.Sprintf("guestflow broke down %d times while reading it, so it is not tried again, and nothing more of it is imported", mostDeaths),
	Advice: "save the list anew as CSV UTF-8 and drop that; if guestflow was killed by hand or by a machine without memory, drop it as it is; " +
		"if it breaks down again, report that",
}

// try has the file imported. Until it has been read to its end, its sign counts a death more: only a process that lives takes
// that back. Once it is read it is in the clear; what enqueues its rows may be killed as often as it likes. A panic that did not
// end the process counts as a death all the same.
func (b *Inbox) try(ctx context.Context, h hand) (taken Taken, err error) {
	if h.deaths >= mostDeaths {
		fault := deadly
		return Taken{}, &fault
	}
	h.count(h.deaths + 1)
	read := sync.OnceFunc(func() {
		h.count(h.deaths)
		b.suspects.clear(h)
	})
	defer func() {
		if v := recover(); v != nil {
			err = importer.Caught(v)
		}
		if mistaken(err) {
			h.count(h.deaths + 1)
			return
		}
		read()
	}()
	to := h.folder.settings
	if again(h.name) {
		to.Again = h.id
	}
	to.Planned = read
	return b.take(ctx, h.path, to)
}

// deaths is how many processes have died over a file, as its sign says. A fresh file has none.
func (f folder) deaths(ctx context.Context, d drop) int {
	if d.turn == 1 {
		return 0
	}
	text, err := listfile.ReadSmall(ctx, f.sign(d), mostText)
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(strings.TrimSpace(string(text))) // nothing where none has died, or where an earlier version made the sign
	return n
}

// count writes the deaths into the sign. Where that fails the file is only tried more often.
func (h hand) count(deaths int) {
	_ = listfile.Write(h.folder.sign(h.drop), []byte(strconv.Itoa(deaths)+"\n"), aside)
}

// mistaken reports whether an import ended by a mistake of guestflow's own, which another process might not survive.
func mistaken(err error) bool {
	_, is := errors.AsType[*importer.Mistake](err)
	return is
}

// suspects has the files over which a process has died read one at a time: else the one that kills would take the others along
// each time, and they would be put away with it.
type suspects struct {
	mu      sync.Mutex
	reading string // the id of one
}

// admit reports whether a file may be read now.
func (s *suspects) admit(h hand) bool {
	if h.deaths == 0 || h.deaths >= mostDeaths { // which is not read
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reading != "" {
		return false
	}
	s.reading = h.id
	return true
}

// clear says that a file has been read, or is no longer in hand.
func (s *suspects) clear(h hand) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reading == h.id {
		s.reading = ""
	}
}
