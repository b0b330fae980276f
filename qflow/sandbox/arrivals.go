package sandbox

import (
	"slices"
	"time"
)

// maxArrivals is enough to judge any window of a 200,000-guest import, at 2 MB per scope.
const maxArrivals = 250_000

// arrivals are the latest times of calls, oldest forgotten first.
type arrivals struct {
	times []int64 // unix nanoseconds
	next  int     // where the oldest is, once full
	total int
}

func (a *arrivals) add(at time.Time) {
	a.total++
	if len(a.times) < maxArrivals {
		a.times = append(a.times, at.UnixNano())
		return
	}
	a.times[a.next] = at.UnixNano()
	a.next = (a.next + 1) % maxArrivals
}

func (a *arrivals) ordered() []int64 {
	ordered := append(slices.Clone(a.times[a.next:]), a.times[:a.next]...)
	slices.Sort(ordered) // a stepped test clock may go backwards
	return ordered
}

// most is the largest number of calls in any window [t, t+length) of ordered times.
func most(times []int64, length time.Duration) int {
	most, first := 0, 0
	for last, at := range times {
		for at-times[first] >= int64(length) {
			first++
		}
		most = max(most, last-first+1)
	}
	return most
}

func (a *arrivals) list() []time.Time {
	ordered := a.ordered()
	list := make([]time.Time, len(ordered))
	for i, at := range ordered {
		list[i] = time.Unix(0, at).UTC()
	}
	return list
}
