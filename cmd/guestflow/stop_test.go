package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"guestflow/cmd/guestflow/exit"
)

func TestASignalEndsACommandInTimeWhateverHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, signal := context.WithCancel(t.Context())
		hangs := make(chan struct{})
		time.AfterFunc(time.Minute, signal)
		start := time.Now()
		var said bytes.Buffer
		code := endWithin(ctx, &said, func() int { <-hangs; return exit.OK })
		if took := time.Since(start); code != exit.Interrupted || took != time.Minute+stopWithin {
			t.Errorf("it ended with %d after %s", code, took)
		}
		if !strings.Contains(said.String(), "did not stop within") {
			t.Errorf("it said %q", said.String())
		}
		close(hangs)
	})
}

func TestACommandThatStopsByItselfKeepsItsExitCode(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, signal := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, signal)
		code := endWithin(ctx, t.Output(), func() int { <-ctx.Done(); time.Sleep(time.Second); return exit.Attention })
		if code != exit.Attention {
			t.Errorf("it ended with %d", code)
		}
		if code := endWithin(t.Context(), t.Output(), func() int { return exit.Usage }); code != exit.Usage {
			t.Errorf("it ended with %d", code)
		}
	})
}
