package remote

import (
	"context"
	"errors"
	"slices"
	"time"
)

// listAgain is the longest pause between two listings while files are waited for. A longer Settle is waited for in
// steps, since a new file may come meanwhile.
const listAgain = time.Minute

// Unsettled is a file that may still be being written, as far as its source can tell.
type Unsettled struct {
	Name  string
	Wait  time.Duration // until it counts as finished, if it stays unchanged
	Ahead time.Duration // how far its time lies in the future, by this host's clock
}

// Result of one Collect, or of several in a row.
type Result struct {
	Taken     int
	Unsettled []Unsettled   // left to the next Collect, or waited for
	Waited    time.Duration // for those
	Skipped   []string      // names that fit the pattern and begin as those of temporary files do
}

var errWritten = errors.New("it is still being written to")

// CollectAndWait is Collect for those who come once a night: it waits for files that may still be being written, and
// lists again, for patience at most. onWait is called before each pause, if it is not nil. A file that does not settle
// is an *Error in the end.
func (s *Source) CollectAndWait(
	ctx context.Context, log *FetchLog, dir string, take Take,
	patience time.Duration, onWait func([]Unsettled, time.Duration),
) (Result, error) {
	var all Result
	for begun := time.Now(); ; {
		r, problems := s.collect(ctx, log, dir, take)
		all.Taken += r.Taken
		all.Skipped = r.Skipped
		if len(r.Unsettled) == 0 || ctx.Err() != nil {
			return all, errors.Join(problems...)
		}
		all.add(r.Unsettled)
		left := patience - time.Since(begun)
		if left <= 0 {
			for _, u := range r.Unsettled {
				problems = append(problems, s.fail("fetch", u.Name, errWritten))
			}
			return all, errors.Join(problems...)
		}
		pause := min(longest(r.Unsettled), left, listAgain)
		if onWait != nil {
			onWait(r.Unsettled, pause)
		}
		all.Waited += pause
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

func (r *Result) add(unsettled []Unsettled) {
	for _, u := range unsettled {
		if !slices.ContainsFunc(r.Unsettled, func(o Unsettled) bool { return o.Name == u.Name }) {
			r.Unsettled = append(r.Unsettled, u)
		}
	}
}

func longest(unsettled []Unsettled) (wait time.Duration) {
	for _, u := range unsettled {
		wait = max(wait, u.Wait)
	}
	return wait
}

// unsettled returns for each file how long it must still stay unchanged; a zero Wait if it is finished. Its own time
// tells that, or a second listing: the time of a host whose clock is ahead would tell nothing until it has come, and
// some programs set one that never does.
func (s *Source) unsettled(objects []object) []Unsettled {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, first := time.Now(), map[string]time.Time{}
	list := make([]Unsettled, len(objects))
	for i, o := range objects {
		age := now.Sub(o.modified)
		if s.atomic() || age >= s.options.Settle {
			continue
		}
		since, seen := s.firstSeen[o.fingerprint()]
		if !seen {
			since = now
		}
		first[o.fingerprint()] = since
		list[i] = Unsettled{Name: o.name, Wait: max(s.options.Settle-max(age, now.Sub(since)), 0), Ahead: max(-age, 0)}
	}
	s.firstSeen = first
	return list
}
