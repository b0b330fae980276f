package worker_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/queue"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/worker/budget"
)

// idle is when no chunk is in a worker's hands.
func (f *farm) idle() bool {
	depths, err := queue.New(f.redis, f.account).Stats(f.t.Context())
	for _, d := range depths {
		if d.Active+d.Pending > 0 {
			return false
		}
	}
	return err == nil
}

// slots is what is known of the budget of an address.
func (f *farm) slots(egress string) map[string]string {
	f.t.Helper()
	all, err := f.redis.HGetAll(f.t.Context(), "gf:{budget:"+egress+"}").Result()
	if err != nil {
		f.t.Fatal(err)
	}
	return all
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

// The rows in hand have booked when a person pauses their import, or a gate closes; the slots are for others then.
func TestASlotOfARowThatIsNotCalledIsGivenBack(t *testing.T) {
	t.Parallel()
	for what, stop := range map[string]func(f *farm, id string){
		"paused by a person": func(f *farm, id string) {
			if err := f.ledger.Pause(f.t.Context(), id); err != nil {
				f.t.Fatal(err)
			}
		},
		"cancelled by a person": func(f *farm, id string) {
			if _, err := f.ledger.Cancel(f.t.Context(), id); err != nil {
				f.t.Fatal(err)
			}
		},
		"a gate closes": func(f *farm, _ string) {
			if _, err := f.gates().Close(f.t.Context(), qflow.GateTrust, "trust_required"); err != nil {
				f.t.Fatal(err)
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			f := newFarm(t, sandbox.Options{Adjust: noLimits})
			f.limits = budget.Limits{API: 1200, Email: 1200}
			id := f.importFile(file(t, 200), settings(template))
			f.work()
			f.until("calls are made", func() bool { return f.calls() > 10 })
			stop(f, id)
			f.until("no chunk is in hand", f.idle)
			if got := f.slots("main")["free:zone,send"]; got == "" {
				t.Fatalf("no slot was given back: %v", f.slots("main"))
			}
		})
	}
}
