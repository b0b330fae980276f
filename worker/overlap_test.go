package worker_test

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
)

// accepts reports whether a command writes that emails were accepted.
func accepts(cmd redis.Cmder) bool {
	return slices.ContainsFunc(cmd.Args(), func(arg any) bool {
		return strings.HasPrefix(fmt.Sprint(arg), fmt.Sprintf("%d 0 ", ledger.Accepted))
	})
}

// The outcome of one row is written beside the call of the next. A run whose outcomes cannot be written ends with that
// error, so its task comes back, and the rows are called again by the same ids.
func TestAnOutcomeThatIsNotWrittenBesideTheNextCallIsNotForgotten(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	client := redis.NewClient(f.server.Redis())
	books, err := ledger.For(client, f.account)
	if err != nil {
		t.Fatal(err)
	}
	var lost atomic.Int64
	client.AddHook(hooked{before: func(cmd redis.Cmder) error {
		if n := lost.Load(); accepts(cmd) && n < 3 && lost.CompareAndSwap(n, n+1) {
			return redis.ErrClosed
		}
		return nil
	}})
	id := f.importFile(file(t, 40), settings(template))
	faulty := *f
	faulty.ledger = books
	stop := faulty.workWith(client)
	imp := f.awaitDone(id)
	stop()
	if imp.Counts[ledger.Accepted] != 40 || lost.Load() != 3 {
		t.Fatalf("%s after %d writes that were lost", show(imp.Counts), lost.Load())
	}
	f.checkBooks(40, 40)
}
