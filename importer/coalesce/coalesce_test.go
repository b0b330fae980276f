package coalesce_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"guestflow/importer/coalesce"
)

// rounds is what a queue has done, a second a round.
type rounds struct {
	mu    sync.Mutex
	items [][]int
}

func (r *rounds) do(_ context.Context, items []int) {
	time.Sleep(time.Second)
	r.mu.Lock()
	defer r.mu.Unlock()
	slices.Sort(items)
	r.items = append(r.items, items)
}

func TestWhatGathersDuringARoundIsTheNextOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &rounds{}
		q := coalesce.New(r.do)
		var callers sync.WaitGroup
		put := func(item int, after time.Duration) {
			callers.Go(func() {
				began := time.Now()
				if err := q.Do(t.Context(), item); err != nil || time.Since(began) != after {
					t.Errorf("item %d returned after %s, %v; want %s", item, time.Since(began), err, after)
				}
			})
		}
		put(0, time.Second)
		synctest.Wait()
		for item := 1; item < 5; item++ {
			put(item, 2*time.Second) // with the one under way, and its own
		}
		callers.Wait()
		put(5, time.Second) // the queue was idle
		callers.Wait()
		if len(r.items) != 3 || !slices.Equal(r.items[1], []int{1, 2, 3, 4}) {
			t.Errorf("the rounds were %v", r.items)
		}
	})
}

func TestWhatIsStartedIsDoneWithoutItsCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &rounds{}
		q := coalesce.New(r.do)
		ctx, cancel := context.WithCancel(t.Context())
		first, second := q.Start(ctx, 1), q.Start(ctx, 2)
		cancel()
		<-first
		<-second
		if len(r.items) == 0 || len(slices.Concat(r.items...)) != 2 {
			t.Errorf("the rounds were %v", r.items)
		}
	})
}

func TestACallerThatLeavesBeforeItsRoundHasNothingDone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &rounds{}
		q := coalesce.New(r.do)
		ctx, cancel := context.WithCancel(t.Context())
		var callers sync.WaitGroup
		callers.Go(func() { // it is done for all the same: its round has begun
			if err := q.Do(ctx, 1); err != nil {
				t.Errorf("the round under way ended with %v", err)
			}
		})
		synctest.Wait()
		callers.Go(func() {
			if err := q.Do(ctx, 2); !errors.Is(err, context.Canceled) {
				t.Errorf("a caller that left before its round was told %v", err)
			}
		})
		callers.Go(func() {
			if err := q.Do(t.Context(), 3); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		cancel()
		callers.Wait()
		if len(r.items) != 2 || !slices.Equal(r.items[0], []int{1}) || !slices.Equal(r.items[1], []int{3}) {
			t.Errorf("the rounds were %v", r.items)
		}
	})
}

func TestEveryItemOfManyCallersIsDoneOnce(t *testing.T) {
	t.Parallel()
	seen := make([]int, 10_000)
	q := coalesce.New(func(_ context.Context, items []int) {
		for _, i := range items { // one round at a time: the race detector looks
			seen[i]++
		}
	})
	var callers sync.WaitGroup
	for c := range 100 {
		callers.Go(func() {
			for i := range 100 {
				if err := q.Do(t.Context(), 100*c+i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	callers.Wait()
	for i, n := range seen {
		if n != 1 {
			t.Fatalf("item %d was done %d times", i, n)
		}
	}
}

// A hundred callers, one every tenth of a millisecond, go by few rounds, and none waits for more than a moment.
func TestManyCallersThatComeOneByOneShareRounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rounds, longest := 0, time.Duration(0)
		q := coalesce.New(func(context.Context, []int) {
			if rounds++; rounds == 1 {
				time.Sleep(time.Millisecond) // a crowd gathers
			}
		})
		var mu sync.Mutex
		var callers sync.WaitGroup
		put := func(item int) {
			callers.Go(func() {
				began := time.Now()
				if err := q.Do(t.Context(), item); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				longest = max(longest, time.Since(began))
			})
		}
		for item := range 10 {
			put(item)
		}
		for item := 10; item < 110; item++ {
			time.Sleep(100 * time.Microsecond)
			put(item)
		}
		callers.Wait()
		time.Sleep(time.Second) // the queue's goroutine ends
		if rounds > 10 || longest > 3*time.Millisecond {
			t.Errorf("%d rounds, and a caller waited %s", rounds, longest)
		}
	})
}

// Callers that are busy for longer between two items have rounds further apart, up to a bound.
func TestRoundsAreAsFarApartAsTheirCallersAreBusy(t *testing.T) {
	t.Parallel()
	for busy, want := range map[time.Duration]int{0: 11, 15 * time.Millisecond: 9, time.Second: 7} {
		synctest.Test(t, func(t *testing.T) {
			rounds := 0
			q := coalesce.New(func(context.Context, []int) {
				if rounds++; rounds == 1 {
					time.Sleep(time.Millisecond) // a crowd gathers
				}
			})
			for range 100 {
				q.Pace(busy)
			}
			var written <-chan struct{}
			for item := range 200 { // ten a millisecond
				written = q.Start(t.Context(), item)
				time.Sleep(100 * time.Microsecond)
			}
			<-written
			time.Sleep(time.Second) // the queue's goroutine ends
			if rounds < want-1 || rounds > want+1 {
				t.Errorf("callers that are busy for %s: %d rounds, want %d", busy, rounds, want)
			}
		})
	}
}

func TestAFullRoundWaitsForNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := coalesce.New(func(context.Context, []int) {})
		began := time.Now()
		for wave := range 20 {
			var callers sync.WaitGroup
			for item := range 40 {
				callers.Go(func() {
					if err := q.Do(t.Context(), 40*wave+item); err != nil {
						t.Error(err)
					}
				})
			}
			callers.Wait()
		}
		if waited := time.Since(began); waited > 20*3*time.Millisecond {
			t.Errorf("800 items took %s", waited)
		}
		time.Sleep(time.Second) // the queue's goroutine ends
	})
}

func TestOneCallerAfterTheOtherWaitsForNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := coalesce.New(func(context.Context, []int) {})
		began := time.Now()
		for item := range 100 {
			if err := q.Do(t.Context(), item); err != nil {
				t.Error(err)
			}
		}
		if waited := time.Since(began); waited > 0 {
			t.Errorf("100 items took %s", waited)
		}
	})
}
