package poller

import "sync"

// slots are the task slots of one server of Asynq, by the queues whose chunks use them. A chunk keeps its slot until it
// is done, which takes minutes where many imports share the budget; so an import that was alone when it began would
// keep all slots for as long, and one that comes later would have none. Asynq takes from its queues at random, which
// does not even that out.
type slots struct {
	capacity  int
	keepSpare bool // a queue has no more than are free: half of them when it is alone, so that the next import finds some

	mu   sync.Mutex
	used map[string]int // by queue; all of the server's have an entry
}

// turn is what a queue may do with a free slot.
type turn uint8

const (
	take  turn = iota // use it
	yield             // leave it to a queue that uses fewer and may have tasks
	full              // it uses as many as it may
)

// turn returns what a queue may do. wants reports of which queues tasks may wait.
func (s *slots) turn(queue string, wants func(string) bool) turn {
	s.mu.Lock()
	defer s.mu.Unlock()
	own, free, fewer := s.used[queue], s.capacity, false
	for name, n := range s.used {
		free -= n
		fewer = fewer || n < own && wants(name)
	}
	switch {
	case s.keepSpare && own > 0 && own >= free:
		return full
	case fewer:
		return yield
	}
	return take
}

func (s *slots) add(queue string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used[queue] += n
}
