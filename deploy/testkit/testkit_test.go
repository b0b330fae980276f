package testkit_test

import (
	"fmt"
	"regexp"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"guestflow/deploy/testkit"
)

func TestALogWakesEveryReaderWithTheWriteItWaitsFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log testkit.Log
		var readers sync.WaitGroup
		for n := range 3 {
			readers.Go(func() { log.WaitFor(t, fmt.Sprintf("line %d\n", n)) })
		}
		readers.Go(func() {
			if found := log.WaitForMatch(t, regexp.MustCompile(`line (2)`)); found[1] != "2" {
				t.Errorf("found %q", found)
			}
		})
		began := time.Now()
		for n := range 3 {
			synctest.Wait() // the readers wait
			fmt.Fprintf(&log, "line %d\n", n)
		}
		readers.Wait()
		if took := time.Since(began); took != 0 {
			t.Errorf("a reader waited for the clock: %s", took)
		}
		if log.Count("line") != 3 || log.Len() != len(log.String()) {
			t.Errorf("%d lines in %q", log.Count("line"), &log)
		}
	})
}

func TestEventuallyPollsFastAndThenSlowly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began, polls := time.Now(), 0
		testkit.Eventually(t, "a minute has passed", func() bool { polls++; return time.Since(began) >= time.Minute })
		if polls < 100 || polls > 700 {
			t.Errorf("%d polls in a minute", polls)
		}
		began = time.Now()
		testkit.Eventually(t, "five milliseconds have passed", func() bool { return time.Since(began) >= 5*time.Millisecond })
		if took := time.Since(began); took > 10*time.Millisecond {
			t.Errorf("seen after %s", took)
		}
	})
}

func TestReceiveReturnsTheValue(t *testing.T) {
	t.Parallel()
	values := make(chan int, 1)
	values <- 7
	if got := testkit.Receive(t, values, "a number"); got != 7 {
		t.Errorf("received %d", got)
	}
}
