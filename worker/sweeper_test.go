package worker_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
	"guestflow/qflow/sandbox"
)

// hooked stands between an importer and its Redis.
type hooked struct {
	before func(cmd redis.Cmder) error // an error: the command never reaches the server
}

func (h hooked) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (h hooked) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if name := cmd.Name(); name != "hello" && name != "client" { // a new connection's greeting
			if err := h.before(cmd); err != nil {
				cmd.SetErr(err)
				return err
			}
		}
		return next(ctx, cmd)
	}
}

func (h hooked) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		for _, cmd := range cmds {
			if name := cmd.Name(); name == "hello" || name == "client" {
				continue
			}
			if err := h.before(cmd); err != nil {
				for _, cmd := range cmds {
					cmd.SetErr(err)
				}
				return err
			}
		}
		return next(ctx, cmds)
	}
}

// places reports whether a command gives rows their first states.
func places(cmd redis.Cmder) bool {
	args := cmd.Args()
	return strings.HasPrefix(cmd.Name(), "eval") && len(args) > 5 && strings.HasSuffix(fmt.Sprint(args[5]), ":reasons")
}

// enqueues reports whether a command is Asynq's.
func enqueues(cmd redis.Cmder) bool {
	args := cmd.Args()
	return strings.HasPrefix(cmd.Name(), "eval") && len(args) > 3 && strings.HasPrefix(fmt.Sprint(args[3]), "asynq:")
}

// importBy does what importFile does, by a Redis of its own, until something fails.
func (f *farm) importBy(before func(redis.Cmder) error, path string) (id string, err error) {
	f.t.Helper()
	client := redis.NewClient(f.server.Redis())
	defer client.Close()
	client.AddHook(hooked{before})
	books, err := ledger.For(client, f.account)
	if err != nil {
		return "", err
	}
	s := settings(template)
	s.Account = f.account
	plan, err := importer.MakePlan(f.t.Context(), path, s)
	if err != nil {
		return "", err
	}
	im := importer.New(client, books, f.log)
	imp, _, err := im.Begin(f.t.Context(), plan)
	if err != nil {
		return plan.Import, err
	}
	return imp.ID, im.Run(f.t.Context(), plan, imp)
}

// late lets the time of an import's importer run out.
func (f *farm) late(id string) {
	f.t.Helper()
	if err := f.redis.ZAddXX(f.t.Context(), f.ledger.Prefix()+"importing",
		redis.Z{Score: 1, Member: id}).Err(); err != nil {
		f.t.Fatal(err)
	}
}

// edit writes other content to the place of a file.
func edit(t *testing.T, path, old, changed string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, []byte(strings.ReplaceAll(string(text), old, changed)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Promise: guests that a slow importer has claimed go out by another import, and no guest gets two emails when it goes
// on.
func TestAnImportTakesOverWhatASlowImporterHasClaimed(t *testing.T) {
	t.Parallel()
	for name, workersFirst := range map[string]bool{"which goes on when all is done": true,
		"which goes on before": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const guests = 520
			f := newFarm(t, sandbox.Options{Adjust: noLimits})
			path := file(t, guests)
			claimed, goOn := make(chan struct{}, 100), make(chan struct{})
			var slow sync.WaitGroup
			var first string
			slow.Go(func() {
				var err error
				first, err = f.importBy(func(cmd redis.Cmder) error {
					if places(cmd) {
						claimed <- struct{}{}
						<-goOn
					}
					return nil
				}, path)
				if err != nil {
					t.Error(err)
				}
			})
			for range 3 { // all stretches
				<-claimed
			}
			second := f.importFile(named(t, "Ann", guests, "Bea,Ray,bea@example.com,VIP"), settings(template))
			if workersFirst {
				f.work()
				if imp := f.awaitDone(second); imp.Counts[ledger.Accepted] != guests+1 {
					t.Errorf("of the second import %v", imp.Counts)
				}
			}
			close(goOn)
			slow.Wait()
			f.work()
			imp, other := f.awaitDone(first), f.awaitDone(second)
			if imp.Counts[ledger.Accepted]+imp.Counts[ledger.Unchanged] != guests ||
				other.Counts[ledger.Accepted]+other.Counts[ledger.Unchanged] != guests+1 {
				t.Errorf("of the first %v, of the second %v", imp.Counts, other.Counts)
			}
			f.checkBooks(guests+1, guests+1)
		})
	}
}

var errKilled = errors.New("killed")

// wasKilled goes by the text, which is all that Asynq leaves of an error.
func wasKilled(err error) bool { return err != nil && strings.Contains(err.Error(), errKilled.Error()) }

// Promise: no row is queued without a task, wherever its importer was killed, and the same file goes on with the
// others.
func TestWhatAKilledImporterHasPlacedGoesOut(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	const guests = 1000
	path := file(t, guests)
	var placing atomic.Int32
	placed := make(chan struct{}) // closed when rows are placed for certain, whose tasks come next
	kill := sync.OnceFunc(func() { close(placed) })
	id, err := f.importBy(func(cmd redis.Cmder) error {
		switch {
		case enqueues(cmd):
			kill()
		case places(cmd) && cmd.Name() == "evalsha" &&
			placing.Add(1) > 3: // these rows stay new; what "eval" repeats is counted
			<-placed
		}
		select {
		case <-placed:
			return errKilled
		default:
			return nil
		}
	}, path)
	before, again := f.ledger.Import(t.Context(), id)
	if !wasKilled(err) || again != nil || before.Counts[ledger.Queued] == 0 || before.Counts[ledger.New] == 0 {
		t.Fatalf("%v, %v: %v", err, again, before.Counts)
	}
	f.late(id)
	f.work()
	imp := f.await(id, "what was placed goes out", func(i ledger.Import) bool { return i.Counts[ledger.Queued] == 0 })
	if imp.Counts[ledger.Accepted] != before.Counts[ledger.Queued] || imp.Counts[ledger.New] != before.Counts[ledger.New] {
		t.Errorf("%v, of %v", imp.Counts, before.Counts)
	}
	f.until("it is said", func() bool { return f.lines.Count("stopped half-way") == 1 })
	f.importFile(path, settings(template))
	f.awaitDone(id)
	f.checkBooks(guests, guests)
}

// Promise: a process that is killed while it gives an import up leaves no row behind.
func TestWhatWasGivenUpHalfWayIsGivenUpToItsEnd(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{})
	imp, _, err := f.ledger.Create(t.Context(), ledger.Import{Spec: spec.Spec{Event: "ev"}, ID: "aaaaaaaa", SHA256: "a",
		Source: "/lists/guests.csv", Rows: 3, Chunk: 1})
	if err == nil {
		err = f.redis.HSet(t.Context(), f.ledger.Prefix()+"import:"+imp.ID, "successor", "bbbbbbbb", "given_up", 1).Err()
	}
	if err != nil {
		t.Fatal(err)
	}
	f.late(imp.ID)
	f.work()
	if imp = f.awaitDone(imp.ID); imp.Counts[ledger.Cancelled] != 3 {
		t.Errorf("counts %s", show(imp.Counts))
	}
}

// Promise: wherever an importer is killed, and its file then edited, each guest gets one email and both imports finish.
func TestAFileThatIsEditedAfterAKillGoesOutOnceAndBothImportsFinish(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	seed := testkit.Seed(t)
	dice := rand.New(rand.NewPCG(seed, 0))
	const guests = 240
	counted := newFarmOn(t, server, "counted", sandbox.Options{})
	var all atomic.Int64
	// the first gives Redis the scripts, which costs commands that the others spare
	for _, name := range []string{"Ann", "Bea"} {
		all.Store(0)
		if _, err := counted.importBy(func(redis.Cmder) error { all.Add(1); return nil },
			named(t, name, guests)); err != nil {
			t.Fatal(err)
		}
	}
	// How many commands an import takes varies, as its batches go side by side.
	const parts = 6
	for n := range parts {
		at, restored := (int64(n)*all.Load()+dice.Int64N(all.Load()))/parts, n%3 == 2
		t.Run(fmt.Sprintf("at %d of %d", at, all.Load()), func(t *testing.T) {
			t.Parallel()
			f := newFarmOn(t, server, fmt.Sprint("kill", n), sandbox.Options{Adjust: noLimits})
			path := file(t, guests)
			var seen atomic.Int64
			first, err := f.importBy(func(redis.Cmder) error {
				if seen.Add(1) > at {
					return errKilled
				}
				return nil
			}, path)
			if err != nil && !wasKilled(err) { // it may have ended before its kill
				t.Fatalf("%v, want that it was killed", err)
			}
			imports := []string{first}
			if _, err := f.ledger.Import(t.Context(), first); errors.Is(err, ledger.ErrNotFound) {
				imports = nil // killed before it was begun
			}
			f.late(first)
			edit(t, path, "ann7@example.com,VIP", "ann7@example.com,Press")
			imports = append(imports, f.importFile(path, settings(template)))
			f.work()
			for _, id := range imports {
				f.awaitDone(id)
			}
			if restored {
				edit(t, path, "ann7@example.com,Press", "ann7@example.com,VIP")
				f.awaitDone(f.importFile(path, settings(template)))
			}
			for _, id := range imports {
				if imp, err := f.ledger.Import(t.Context(), id); err != nil || imp.Counts.Total() != guests ||
					imp.Counts.Open() > 0 {
					t.Errorf("%v, %v", imp.Counts, err)
				}
			}
			f.checkBooks(guests, guests)
		})
	}
}
