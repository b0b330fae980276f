package chunk

import (
	"strconv"
	"strings"
)

const (
	// ShortRows is how many rows an import may have to go by a short lane.
	ShortRows = 500

	// shortLanes and longLanes are how many open imports of a kind have a lane each. A lane that is empty costs a
	// worker one command a second, in the same round trip as all others (InUse), and Asynqmon a line once it was
	// used. With more imports than lanes, two share one: there the tasks go in the order in which they were enqueued.
	shortLanes = 16
	longLanes  = 32
)

// Lane is the queue that an import goes by. A queue of Asynq is first come, first served: in a single one, twenty
// guests would wait behind two hundred thousand. Workers take from lanes in random order, so imports that have one
// each go side by side, however much of them is enqueued. Short imports have lanes of their own, from which workers
// take beside all others: see package worker.
//
// A queue for each import would need no choice. But a server of Asynq has the queues that it was started with.
type Lane int

// Short is the first of the lanes of short imports, and was once the only one. The others are below it, since those
// of long imports are above.
const Short Lane = 0

// IsShort reports whether it is a lane of short imports.
func (l Lane) IsShort() bool { return l <= Short }

// Queue names the lane as Asynq's dashboards show it.
func (l Lane) Queue(account string) string {
	switch {
	case l == Short:
		return shortQueue(account)
	case l.IsShort():
		return shortQueue(account) + ":" + strconv.Itoa(1-int(l))
	}
	return "guests:" + account + ":" + strconv.Itoa(int(l))
}

func shortQueue(account string) string { return "guests:" + account + ":short" }

// IsShortQueue reports whether a queue is a lane of an account's short imports.
func IsShortQueue(queue, account string) bool {
	return queue == shortQueue(account) || strings.HasPrefix(queue, shortQueue(account)+":")
}

// ShortLanes returns the lanes of short imports.
func ShortLanes() []Lane {
	list := make([]Lane, shortLanes)
	for i := range list {
		list[i] = -Lane(i)
	}
	return list
}

// LongLanes returns the lanes of long imports.
func LongLanes() []Lane {
	list := make([]Lane, longLanes)
	for i := range list {
		list[i] = Lane(i + 1)
	}
	return list
}

// LanesFor returns the lanes that an import with so many rows may go by, as its record has them.
func LanesFor(rows int) []int {
	lanes := LongLanes()
	if rows <= ShortRows {
		lanes = ShortLanes()
	}
	numbers := make([]int, len(lanes))
	for i, l := range lanes {
		numbers[i] = int(l)
	}
	return numbers
}
