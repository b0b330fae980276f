package worker

import (
	"testing"
	"testing/synctest"

	"github.com/redis/go-redis/v9"
)

func TestAQueueWithFewerPlacesGoesFirst(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spare     bool
		held      map[string]int
		waiting   string
		want      turnAt
		wantSpare turnAt
	}{
		"alone":                          {held: map[string]int{"a": 7}, want: its, wantSpare: its},
		"alone, with half of the places": {held: map[string]int{"a": 8}, want: its, wantSpare: nobody},
		"beside one that has as many":    {held: map[string]int{"a": 5, "b": 5}, waiting: "b", want: its, wantSpare: its},
		"beside one that has fewer":      {held: map[string]int{"a": 5, "b": 4}, waiting: "b", want: others, wantSpare: others},
		"beside one that has none yet":   {held: map[string]int{"a": 1, "b": 0}, waiting: "b", want: others, wantSpare: others},
		"beside one that wants no more":  {held: map[string]int{"a": 5, "b": 1}, want: its, wantSpare: its},
		"with as many as are left":       {held: map[string]int{"a": 2, "b": 8, "c": 4}, want: its, wantSpare: nobody},
		"with none, and one is left":     {held: map[string]int{"a": 0, "b": 9, "c": 6}, want: its, wantSpare: its},
	} {
		for spare, want := range map[bool]turnAt{false: c.want, true: c.wantSpare} {
			p := &places{most: 16, spare: spare, held: c.held}
			wants := func(queue string) bool {
				return queue == "a" || len(c.waiting) > 0 && (queue == c.waiting || c.waiting == "bc")
			}
			if got := p.turn("a", wants); got != want {
				t.Errorf("%s, spare %t: %d, want %d", name, spare, got, want)
			}
		}
	}
}

// Promise: a queue that was passed over is asked as soon as it is known that those before it have nothing, and one with all the
// places that it may have once one of them gets free. Neither asks on and on meanwhile.
func TestAQueueThatWasPassedOverIsAskedSoon(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		i := newPoller(nil, nil).server(map[string]int{"a": 1, "b": 1}, 2, true, nil)
		asked := ""
		ask := func(queue string) {
			_ = i.dequeue(t.Context(), queue, func() *redis.Cmd {
				asked += queue
				return answer(t.Context(), nil, redis.Nil)
			})
		}
		i.poller.called("a", "b")
		i.places.most = 10
		i.places.count("a", 1)
		ask("a")
		ask("b")
		ask("a")
		if asked != "ba" {
			t.Errorf("asked were %q, want b and then a", asked)
		}
		ask("b")

		i.poller.called("a")
		<-i.wake
		i.none, i.places.most = 0, 2
		asked = ""
		ask("a")
		ask("b")
		over := make(chan struct{})
		go func() { ask("a"); close(over) }()
		synctest.Wait()
		if asked != "" {
			t.Errorf("asked was %q, whose queue has all that it may have", asked)
		}
		i.places.count("a", -1)
		i.rouse()
		<-over
		if asked != "a" {
			t.Errorf("asked was %q once a place was free", asked)
		}
	})
}
