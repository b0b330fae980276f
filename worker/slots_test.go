package worker_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/ledger"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/worker/budget"
)

// slots is what is known of the budget of an address.
func (f *farm) slots(egress string) map[string]string {
	f.t.Helper()
	all, err := f.redis.HGetAll(f.t.Context(), "gf:{budget:"+egress+"}").Result()
	if err != nil {
		f.t.Fatal(err)
	}
	return all
}

// otherLedger is the account's ledger as another process has it.
func (f *farm) otherLedger() *ledger.Ledger {
	f.t.Helper()
	books, err := ledger.For(redistest.Connect(f.t, f.server), f.account)
	if err != nil {
		f.t.Fatal(err)
	}
	return books
}

func TestAnAccountWithoutATokenBooksNothing(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	away := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(away.Close)
	server := redistest.Start(t)
	without, with := newFarmOn(t, server, "aa", sandbox.Options{Adjust: noLimits}), newFarmOn(t, server, "bb",
		sandbox.Options{Adjust: noLimits})
	for _, f := range []*farm{without, with} {
		f.egress, f.limits = "shared", budget.Limits{API: 3000, Email: 3000}
	}
	without.tokenURL = away.URL
	without.importFile(file(t, 300), settings(template))
	// guests are written without a token no more than emails are sent
	without.importFile(named(t, "Bea", 300), settings(""))
	without.work()
	without.until("it has asked for a token in vain, time and again", func() bool { return asked.Load() > 3 })
	if got := without.slots("shared"); len(got) > 0 {
		t.Fatalf("it has booked: %v", got)
	}
	id := with.importFile(file(t, 50), settings(template))
	with.work()
	with.awaitDone(id)
	with.checkBooks(50, 50)
	if without.calls() > 0 {
		t.Fatalf("%d calls without a token", without.calls())
	}
}

// givesBack reports whether a command gives a slot of the budget back.
func givesBack(cmd redis.Cmder) bool { return slices.Contains(cmd.Args(), any("return")) }

// marks returns how many rows a command marks for the atomic call, by which their slots have come. What several callers
// want marked goes by one command.
func marks(cmd redis.Cmder) (rows int64) {
	args := cmd.Args()
	for i, arg := range args {
		if arg != any("mark") {
			continue
		}
		for _, span := range strings.Fields(fmt.Sprint(args[i-1])) {
			var first, last int64
			if n, _ := fmt.Sscanf(span, "%d-%d", &first, &last); n < 2 {
				last = first
			}
			rows += last - first + 1
		}
	}
	return rows
}

// Rows have booked when an operator pauses their import, or a gate closes; the slots are for others then.
func TestASlotOfARowThatIsNotCalledIsGivenBack(t *testing.T) {
	t.Parallel()
	for what, stop := range map[string]func(f *farm, id string) error{
		"paused": func(f *farm, id string) error { return f.ledger.Pause(t.Context(), id) },
		"cancelled": func(f *farm, id string) error {
			_, err := f.ledger.Cancel(t.Context(), id)
			return err
		},
		"a gate closes": func(f *farm, _ string) error {
			_, err := f.gates().Close(t.Context(), qflow.GateTrust, "trust_required")
			return err
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			f := newFarm(t, sandbox.Options{Adjust: noLimits})
			f.limits = budget.Limits{API: 1200, Email: 1200}
			id := f.importFile(file(t, 200), settings(template))
			operator := *f
			operator.ledger = f.otherLedger() // whose writes do not wait for the round that this stops
			stopOnce := sync.OnceFunc(func() {
				if err := stop(&operator, id); err != nil {
					t.Error(err)
				}
			})
			var marked, given atomic.Int64
			f.redis.AddHook(hooked{before: func(cmd redis.Cmder) error {
				if n := marks(cmd); n > 0 && marked.Add(n) > 10 {
					stopOnce() // between the slot and the last look
				}
				return nil
			}})
			client := redis.NewClient(f.server.Redis())
			client.AddHook(hooked{before: func(cmd redis.Cmder) error {
				if givesBack(cmd) {
					given.Add(1)
				}
				return nil
			}})
			f.workWith(client)
			f.until("a slot is given back", func() bool { return given.Load() > 0 })
			if n := f.calls(); n > 10 {
				t.Errorf("%d calls", n)
			}
		})
	}
}
