package worker_test

import (
	"encoding/json"
	"testing"
	"time"

	"guestflow/importer/ledger"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
)

// After Redis' clock has gone back, the next probe lies further ahead than any step of the ladder.
func TestAGateIsProbedThoughTheClockOfRedisHasGoneBack(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.Trusted = false }})
	f.ladder = []time.Duration{10 * time.Minute}
	f.work()
	id := f.importFile(file(t, 20), settings(template))
	f.await(id, "all rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == 20 })
	key := f.ledger.Prefix() + "gates"
	raw, err := f.redis.HGet(t.Context(), key, string(qflow.GateTrust)).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	var state map[string]any
	if err := json.Unmarshal(raw, &state); err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{"since", "next"} {
		state[at] = state[at].(float64) + float64(time.Hour.Milliseconds())
	}
	if raw, err = json.Marshal(state); err != nil {
		t.Fatal(err)
	}
	f.adjust(func(s *sandbox.Switches) { s.Trusted = true })
	if err := f.redis.HSet(t.Context(), key, string(qflow.GateTrust), raw).Err(); err != nil {
		t.Fatal(err)
	}
	f.awaitDone(id)
	f.checkBooks(20, 20)
}
