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
