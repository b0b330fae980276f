// Package testkit is what the tests of several packages share: a Log that is read while it is written, Eventually for
// state that signals nothing, and a Shell in which the built guestflow runs as processes.
//
// It imports no package of this module, so that the tests of every layer can use it: the servers and the sandbox that a
// test needs besides are its own business (deploy/redisserver/redistest, qflow/sandbox). The price is that a Shell
// knows guestflow's output only as text and JSON, which is also how users know it.
package testkit

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"
)

// Patience is how long a test waits for something that should happen: far longer than it takes on a busy machine, since
// only a test that fails waits for so long.
const Patience = 4 * time.Minute

// Polling starts at firstPoll and slows down to lastPoll: what happens at once is seen at once. A look that takes long,
// such as one that runs a command, is followed by a rest of several times as long, up to longestRest: it does not take
// the processor from what it waits for.
const (
	firstPoll   = 5 * time.Millisecond
	lastPoll    = 100 * time.Millisecond
	restsFor    = 4
	longestRest = time.Second
)

// Eventually polls until ok reports true, and fails the test after Patience. It is for the state of other processes,
// servers and files, which signal nothing; where there is a signal, Receive waits for it. details are printed when the
// test fails.
func Eventually(t testing.TB, what string, ok func() bool, details ...fmt.Stringer) {
	t.Helper()
	EventuallyWithin(t, Patience, what, ok, details...)
}

// EventuallyWithin is Eventually with a limit of its own.
func EventuallyWithin(t testing.TB, limit time.Duration, what string, ok func() bool, details ...fmt.Stringer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	for wait := firstPoll; ; wait = min(wait*3/2, lastPoll) {
		began := time.Now()
		if ok() {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("not within %s: %s%s", limit, what, list(details))
		case <-time.After(max(wait, min(restsFor*time.Since(began), longestRest))):
		}
	}
}

// Receive waits for a value of a channel, or for its end, and fails the test after Patience.
func Receive[T any](t testing.TB, from <-chan T, what string, details ...fmt.Stringer) (value T) {
	t.Helper()
	select {
	case value = <-from:
	case <-time.After(Patience):
		t.Fatalf("not within %s: %s%s", Patience, what, list(details))
	}
	return value
}

func list(details []fmt.Stringer) (text string) {
	for _, d := range details {
		text += "\n" + d.String()
	}
	return text
}

// Long reports whether the tests that kill, freeze and restart run at length, which takes an hour: make chaos. They are
// brief otherwise.
func Long() bool { return os.Getenv("GUESTFLOW_CHAOS") == "long" }

// Detail is a text for Eventually and Receive that is made when it is needed.
type Detail func() string

func (d Detail) String() string { return d() }
