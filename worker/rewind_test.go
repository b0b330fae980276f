package worker_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
)

// position is how much Redis has written.
func (f *farm) position() int64 {
	f.t.Helper()
	at, err := redistest.Position(f.server)
	if err != nil {
		f.t.Fatal(err)
	}
	return at
}

// rewind has Redis crash and lose what it has written since a position.
func (f *farm) rewind(to int64) {
	f.t.Helper()
	again, err := redistest.Rewind(context.Background(), f.server, to)
	if err != nil {
		f.t.Error(err)
		return
	}
	f.server = again
	f.t.Cleanup(again.Kill)
}

// patient is a client that waits for a Redis that restarts.
func (f *farm) patient() *redis.Client {
	options := f.server.Redis()
	options.MaxRetries, options.MaxRetryBackoff = int(testkit.Patience/(100*time.Millisecond)), 100*time.Millisecond
	return redis.NewClient(options)
}

// Promise: no row is left behind by an importer that goes on while Redis comes back without its last writes.
func TestRowsThatRedisLosesWhileAnImporterRunsAreEnqueuedAgain(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) { // long lists; importers that lose Redis are looked at with it in package importer
		return
	}
	const guests = 12_000
	for name, from := range map[string]int32{"some rows": 10, "the import as a whole": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFarm(t, sandbox.Options{Adjust: noLimits})
			client := f.patient()
			t.Cleanup(func() { _ = client.Close() })
			books, err := ledger.For(client, f.account)
			if err != nil {
				t.Fatal(err)
			}
			s := settings("")
			s.Account = f.account
			plan, err := importer.MakePlan(t.Context(), file(t, guests), s)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.redis.Set(t.Context(), "something", "to begin with", 0).Err(); err != nil {
				t.Fatal(err)
			}
			to := f.position()
			im := importer.New(client, books, f.log)
			imp, _, err := im.Begin(t.Context(), plan)
			if err != nil {
				t.Fatal(err)
			}
			var placed atomic.Int32
			client.AddHook(hooked{func(cmd redis.Cmder) error {
				if !places(cmd) {
					return nil
				}
				switch n := placed.Add(1); n {
				case from:
					to = f.position()
				case 40:
					f.rewind(to)
				}
				return nil
			}})
			if err := im.Run(t.Context(), plan, imp); err != nil {
				t.Fatal(err)
			}
			if imp, err = f.ledger.Import(t.Context(), imp.ID); err != nil || imp.Counts[ledger.New] > 0 ||
				imp.PartlyEnqueued() {
				t.Errorf("%v, half-way %v, %v: rows are new, and will stay so", imp.Counts, imp.PartlyEnqueued(), err)
			}
			f.work()
			f.awaitDone(imp.ID)
			f.checkBooks(guests, 0)
		})
	}
}

// Promise: rows that Redis loses after their importer has ended are named, and the same file goes on with them.
func TestRowsThatRedisLosesAfterAnImportAreNamed(t *testing.T) {
	t.Parallel()
	const guests = 1000
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	path := file(t, guests)
	var placed atomic.Int32
	var to int64
	id, err := f.importBy(func(cmd redis.Cmder) error {
		if places(cmd) && placed.Add(1) == 3 {
			to = f.position()
		}
		return nil
	}, path)
	if err != nil {
		t.Fatal(err)
	}
	f.rewind(to)
	f.late(id)
	f.work()
	f.until("it is said", func() bool { return f.lines.Count("stopped half-way") == 1 })
	f.importFile(path, settings(template))
	f.awaitDone(id)
	f.checkBooks(guests, guests)
}

// beside starts one more worker as another process would be, which shares no memory with the others.
func (f *farm) beside() {
	f.t.Helper()
	books, err := ledger.For(f.redis, f.account)
	if err != nil {
		f.t.Fatal(err)
	}
	other := *f
	other.ledger = books
	other.work()
}

// Promise: an email that Redis forgets is not sent again, whatever the way by which it would go now.
func TestAnEmailThatRedisForgetsIsNotSentAgain(t *testing.T) {
	t.Parallel()
	const guests = 60
	untrusted := func(s *sandbox.Switches) {
		noLimits(s)
		s.Trusted, s.RowOnTrust403, s.RepeatWhileUntrusted = false, "kept", "403"
	}
	trusted := func(s *sandbox.Switches) { s.Trusted = true }
	for name, way := range map[string]struct {
		before func(*farm, string) // what Redis remembers
		calls  func(*farm)         // what it forgets
		after  func(*farm)
	}{
		"by the atomic call, whose gate then closes": {
			before: func(f *farm, _ string) { f.adjust(trusted) },
			calls:  func(*farm) {},
			after:  func(f *farm) { f.adjust(untrusted) },
		},
		"by a send": {
			before: func(f *farm, id string) {
				f.work()
				f.beside()
				f.await(id, "the gate is closed", func(i ledger.Import) bool { return i.Counts.Parked() == guests })
			},
			calls: func(f *farm) { f.adjust(trusted) },
			after: func(*farm) {},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFarm(t, sandbox.Options{Adjust: untrusted})
			id := f.importFile(file(t, guests), settings(template))
			way.before(f, id)
			to := f.position()
			way.calls(f)
			if f.lines.Count("gate closed") == 0 {
				f.work()
				f.beside()
			}
			f.awaitDone(id)
			f.checkBooks(guests, guests)
			way.after(f)
			f.rewind(to)
			f.until("both processes have seen it", func() bool { return f.lines.Count("is written again") == 2 })
			f.await(id, "nothing moves", func(i ledger.Import) bool { return i.Done() || i.Counts.Parked() == guests })
			f.adjust(trusted)
			if imp := f.awaitDone(id); imp.Counts[ledger.Accepted] != guests {
				t.Errorf("%v", imp.Counts)
			}
			f.checkBooks(guests, guests)
		})
	}
}
