package poller

import (
	"testing"
	"testing/synctest"

	"github.com/redis/go-redis/v9"
)

func TestAQueueWithFewerPlacesGoesFirst(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spare     bool
		used      map[string]int
		waiting   string
		want      turn
		wantSpare turn
	}{
		"alone":                          {used: map[string]int{"a": 7}, want: take, wantSpare: take},
		"alone, with half of the places": {used: map[string]int{"a": 8}, want: take, wantSpare: full},
		"beside one that has as many":    {used: map[string]int{"a": 5, "b": 5}, waiting: "b", want: take, wantSpare: take},
		"beside one that has fewer":      {used: map[string]int{"a": 5, "b": 4}, waiting: "b", want: yield, wantSpare: yield},
		"beside one that has none yet":   {used: map[string]int{"a": 1, "b": 0}, waiting: "b", want: yield, wantSpare: yield},
		"beside one that wants no more":  {used: map[string]int{"a": 5, "b": 1}, want: take, wantSpare: take},
		"with as many as are left":       {used: map[string]int{"a": 2, "b": 8, "c": 4}, want: take, wantSpare: full},
		"with none, and one is left":     {used: map[string]int{"a": 0, "b": 9, "c": 6}, want: take, wantSpare: take},
	} {
		for spare, want := range map[bool]turn{false: c.want, true: c.wantSpare} {
			p := &slots{capacity: 16, keepSpare: spare, used: c.used}
			wants := func(queue string) bool {
				return queue == "a" || len(c.waiting) > 0 && (queue == c.waiting || c.waiting == "bc")
			}
			if got := p.turn("a", wants); got != want {
				t.Errorf("%s, spare %t: %d, want %d", name, spare, got, want)
			}
		}
	}
}

// Promise: a queue that was passed over is asked as soon as it is known that those before it have nothing, and one with
// all the places that it may have once one of them gets free. Neither asks on and on meanwhile.
func TestAQueueThatWasPassedOverIsAskedSoon(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		i := New(nil, nil, nil, nil).AddServer(map[string]int{"a": 1, "b": 1}, 2, true)
		asked := ""
		ask := func(queue string) {
			_ = i.dequeue(t.Context(), queue, func() *redis.Cmd {
				asked += queue
				return reply(t.Context(), nil, redis.Nil)
			})
		}
		i.poller.announce("a", "b")
		i.slots.capacity = 10
		i.slots.add("a", 1)
		ask("a")
		ask("b")
		ask("a")
		if asked != "ba" {
			t.Errorf("asked were %q, want b and then a", asked)
		}
		ask("b")

		i.poller.announce("a")
		<-i.wake
		i.misses, i.slots.capacity = 0, 2
		asked = ""
		ask("a")
		ask("b")
		over := make(chan struct{})
		go func() { ask("a"); close(over) }()
		synctest.Wait()
		if asked != "" {
			t.Errorf("asked was %q, whose queue has all that it may have", asked)
		}
		i.slots.add("a", -1)
		i.wakeUp()
		<-over
		if asked != "a" {
			t.Errorf("asked was %q once a place was free", asked)
		}
	})
}
