package console_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"guestflow/cmd/guestflow/console"
	"guestflow/importer/table"
)

// held tells a 7, and reads on until it is told to end.
func held(end <-chan error) func(context.Context, func(int)) error {
	return func(ctx context.Context, tell func(int)) error {
		tell(7)
		select {
		case err := <-end:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func TestAJobRunsWhileItsPageIsOpenAndNotLonger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := console.NewJobs(time.Hour, time.Hour)
		end, stopped := make(chan error), make(chan struct{})
		read := func(ctx context.Context, tell func(int)) error {
			defer close(stopped)
			return held(end)(ctx, tell)
		}
		for range 10 {
			if soFar, waits, over, err := l.Look(t.Context(), "a", read); soFar != 7 || waits || over || err != nil {
				t.Fatalf("while it reads, it tells %d, %v, %v, %v", soFar, waits, over, err)
			}
			time.Sleep(console.UnwatchedTTL - time.Second)
		}
		select {
		case <-stopped:
			t.Fatal("it was stopped although it was looked at")
		default:
		}
		time.Sleep(2 * time.Second)
		<-stopped
		if l.Known("a") {
			t.Error("what was stopped is still shown")
		}
	})
}

func TestWhatWasReadIsShownForAWhileAndAMistakeIsSoonForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const keep = 5 * time.Minute
		l := console.NewJobs(time.Hour, keep)
		fine, bad := make(chan error, 1), make(chan error, 1)
		fine <- nil
		away := errors.New("away")
		bad <- away
		if soFar, _, over, err := l.Look(t.Context(), "fine", held(fine)); soFar != 7 || !over || err != nil {
			t.Fatalf("it comes to %d, %v, %v", soFar, over, err)
		}
		if _, _, over, err := l.Look(t.Context(), "bad", held(bad)); !over || !errors.Is(err, away) {
			t.Fatalf("it comes to %v, %v", over, err)
		}
		time.Sleep(keep - time.Second)
		synctest.Wait()
		if !l.Known("fine") || l.Known("bad") {
			t.Error("what was read is forgotten, or the mistake is not")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if l.Known("fine") {
			t.Error("what was read is never forgotten")
		}
	})
}

func TestReadingsWaitForTheirTurnInABoundedLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := console.NewJobs(time.Hour, time.Hour)
		end := make(chan error)
		for n := range console.MaxQueuedJobs {
			if _, waits, over, err := l.Look(t.Context(), fmt.Sprint(n), held(end)); waits != (n > 0) || over ||
				err != nil {
				t.Fatalf("number %d: %v, %v, %v", n, waits, over, err)
			}
		}
		if _, _, _, err := l.Look(t.Context(), "one more", held(end)); err == nil {
			t.Error("the line is endless")
		}
		end <- nil
		synctest.Wait()
		if _, waits, _, err := l.Look(t.Context(), "1", held(end)); waits || err != nil {
			t.Errorf("once the first is over, the next waits: %v, %v", waits, err)
		}
		time.Sleep(2 * console.UnwatchedTTL) // all are given up
	})
}

func TestAReadingTakesNoLongerThanItMay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := console.NewJobs(3*console.UnwatchedTTL/2, time.Hour)
		for range 3 {
			_, _, over, err := l.Look(t.Context(), "a", held(nil))
			if over {
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("it ends with %v", err)
				}
				return
			}
			time.Sleep(console.UnwatchedTTL - time.Second)
		}
		t.Error("it never ends")
	})
}

func TestAPanicEndsOneReadingAndIsLoggedOnceWithoutGuestsData(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	l := console.NewLoggedJobs(time.Hour, time.Hour, slog.New(slog.NewTextHandler(&log, nil)))
	bad := func(context.Context, func(int)) error { panic("ann@example.com") }
	ahead := func(context.Context, func(int)) error {
		return fmt.Errorf("read the list: %w", &table.PanicError{What: "index out of range",
			Stack: []byte("in table.go")})
	}
	for name, read := range map[string]func(context.Context, func(int)) error{"here": bad,
		"in a goroutine of the reader": ahead} {
		for range 2 {
			if _, _, over, err := l.Look(t.Context(), name, read); !over || !errors.Is(err, console.ErrPanic) {
				t.Fatalf("%s: it comes to %v, %v", name, over, err)
			}
		}
	}
	fine := func(_ context.Context, tell func(int)) error { tell(3); return nil }
	if soFar, _, over, err := l.Look(t.Context(), "fine", fine); soFar != 3 || !over || err != nil {
		t.Errorf("the next one comes to %d, %v, %v", soFar, over, err)
	}
	text := log.String()
	if n := strings.Count(text, "level=ERROR"); n != 2 || strings.Contains(text, "ann@") ||
		!strings.Contains(text, "jobs_test.go") || !strings.Contains(text, "in table.go") {
		t.Errorf("the log has %d lines: %s", n, text)
	}
}
