package remote

import (
	"context"
	"errors"
	"slices"
	"time"
)

// lookAgain is the longest pause between two looks at a file that is being written. A longer Settle is waited for in steps, since
// a new file may come meanwhile.
const lookAgain = time.Minute

// Unsettled is a file that may still be being written, as far as its source can tell.
type Unsettled struct {
	Name  string
	Wait  time.Duration // until it counts as finished, if nobody writes to it
	Ahead time.Duration // how far its time lies in the future, by this host's clock
}

// Result is what came of one look, or of several.
type Result struct {
	Taken     int
	Unsettled []Unsettled   // left to the next look, or waited for
	Waited    time.Duration // for those
	Skipped   []string      // names that fit the pattern and begin as those of temporary files do
}

var errWritten = errors.New("somebody still writes to it")

// CollectAndWait is Collect for those who come by once a night: it waits for files that may still be being written, and looks
// again, for so long at most. Whoever waits is told before each pause, if told is not nil. A file that does not come to rest is an
// *Error in the end.
func (s *Source) CollectAndWait(ctx context.Context, m *FetchLog, dir string, take Take, patience time.Duration, told func([]Unsettled, time.Duration)) (Result, error) {
	var all Result
	for begun := time.Now(); ; {
		found, problems := s.collect(ctx, m, dir, take)
		all.Taken += found.Taken
		all.Skipped = found.Skipped
		if len(found.Unsettled) == 0 || ctx.Err() != nil {
			return all, errors.Join(problems...)
		}
		all.add(found.Unsettled)
		left := patience - time.Since(begun)
		if left <= 0 {
			for _, y := range found.Unsettled {
				problems = append(problems, s.fail("fetch", y.Name, errWritten))
			}
			return all, errors.Join(problems...)
		}
		pause := min(longest(found.Unsettled), left, lookAgain)
		if told != nil {
			told(found.Unsettled, pause)
		}
		all.Waited += pause
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

func (f *Result) add(young []Unsettled) {
	for _, y := range young {
		if !slices.ContainsFunc(f.Unsettled, func(o Unsettled) bool { return o.Name == y.Name }) {
			f.Unsettled = append(f.Unsettled, y)
		}
	}
}

func longest(young []Unsettled) (wait time.Duration) {
	for _, y := range young {
		wait = max(wait, y.Wait)
	}
	return wait
}

// ages tells of each file how long it has yet to be still; 0 if it is finished. Its own time tells that, or a second look at it:
// the time of a host whose clock is ahead would tell nothing until it has come, and some programs set one that never does.
func (s *Source) ages(objects []object, marks []string) []Unsettled {
	s.looks.Lock()
	defer s.looks.Unlock()
	now, first := time.Now(), map[string]time.Time{}
	ages := make([]Unsettled, len(objects))
	for i, o := range objects {
		age := now.Sub(o.modified)
		if s.atomic() || age >= s.options.Settle {
			continue
		}
		since, seen := s.first[marks[i]]
		if !seen {
			since = now
		}
		first[marks[i]] = since
		ages[i] = Unsettled{Name: o.name, Wait: max(s.options.Settle-max(age, now.Sub(since)), 0), Ahead: max(-age, 0)}
	}
	s.first = first
	return ages
}
