package ledger_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"guestflow/deploy/testkit"
	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
	"guestflow/importer/spec"
	"guestflow/qflow"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRandomMovesNeverLeaveTheTableAndCountersAlwaysAddUp(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		const rows = 40
		seed := testkit.Seed(t)
		random := rand.New(rand.NewPCG(seed, 0))
		id := ledgertest.NewImport(t, l, "random", rows)
		for range 400 {
			moves := make([]ledger.Move, 1+random.IntN(20))
			for i := range moves {
				moves[i] = ledger.Move{
					Row: 1 + random.IntN(rows), To: ledger.State(random.IntN(len(ledger.AllStates()))),
					Set: ledger.Flag(random.IntN(4) << 6), Clear: ledger.Flag(random.IntN(4) << 6), Failed: random.IntN(2) == 0,
				}
			}
			moved, _, err := l.Move(t.Context(), id, moves)
			if err != nil {
				t.Fatal(err)
			}
			for i, m := range moved {
				from, to := m.Before.State(), moves[i].To
				want := from == to || ledger.Allowed(from, to)
				if to == ledger.Suppressed && m.Before.HasFlag(ledger.MaybeSent) && moves[i].Clear&ledger.MaybeSent == 0 {
					want = false
				}
				if m.OK != want {
					t.Fatalf("%s -> %s: moved %v, the table says %v", from, to, m.OK, want)
				}
			}
			ledgertest.CheckCounters(t, l, id, rows)
		}
	})
}

// The bits of the epoch say in which state beyond the fifteenth a row is, and nothing else of it changes with them.
func TestAByteOfFifteenStatesKeepsItsMeaningBesideThoseBeyond(t *testing.T) {
	t.Parallel()
	for n := range 256 {
		b := ledger.RowByte(n)
		if b&0x0f != 0x0f && b.State() != ledger.State(b&0x0f) {
			t.Errorf("%#x is %s", n, b.State())
		}
		for _, s := range ledger.AllStates() {
			after := b.With(s, 0, 0)
			if after.State() != s || after&0xc0 != b&0xc0 {
				t.Errorf("%#x in %s is %#x: %s", n, s, after, after.State())
			}
			old := func(s ledger.State) bool { return s < ledger.Filtered }
			if epoch := after & 0x30; old(s) && old(b.State()) && epoch != b&0x30 || old(s) && !old(b.State()) && epoch != 0 {
				t.Errorf("%#x in %s has another epoch: %#x", n, s, after)
			}
		}
	}
}

func TestARowIsFilteredOnlyWhenNothingWasDecided(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		imp := ledgertest.Begun(t, l, "filtered", "list.csv", 2)
		if !ledgertest.Move(t, l, imp.ID, ledger.Move{Row: 1, To: ledger.Filtered}).OK {
			t.Error("a new row is not filtered")
		}
		ledgertest.Move(t, l, imp.ID, ledger.Move{Row: 2, To: ledger.Queued})
		if ledgertest.Move(t, l, imp.ID, ledger.Move{Row: 2, To: ledger.Filtered}).OK {
			t.Error("a queued row was filtered")
		}
		ledgertest.Move(t, l, imp.ID, ledger.Move{Row: 2, To: ledger.Accepted})
		ledgertest.CheckCounters(t, l, imp.ID, 2)
		now, err := l.Import(t.Context(), imp.ID)
		if err != nil || !now.Done() || now.Counts[ledger.Filtered] != 1 || now.Counts.Attention() != 0 {
			t.Errorf("%+v, %v", now, err)
		}
	})
}

// The second row is marked in the third epoch, whose bits stand where those of the state will.
func TestNoRowIsSuppressedWhoseEmailMayBeOut(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		id := ledgertest.NewImport(t, l, "suppressed", 3)
		client.HSet(t.Context(), l.Prefix()+"gates", "epoch", 3)
		if _, err := l.Calls.BeginAtomic(t.Context(), id, nil, 1, 2); err != nil {
			t.Fatal(err)
		}
		if ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Suppressed}).OK {
			t.Error("a row whose email may be out was suppressed")
		}
		for row, clear := range map[int]ledger.Flag{2: ledger.MaybeSent, 3: 0} {
			m := ledgertest.Move(t, l, id, ledger.Move{Row: row, To: ledger.Suppressed, Clear: clear})
			if b := ledgertest.Byte(t, l, id, row); !m.OK || b.State() != ledger.Suppressed || b.HasFlag(ledger.MaybeSent) {
				t.Errorf("row %d: moved %v, %#x", row, m.OK, b)
			}
		}
		ledgertest.CheckCounters(t, l, id, 3)
		if b := ledgertest.Byte(t, l, id, 1); b.State() != ledger.Queued || b&0x30 != 0x30 {
			t.Errorf("the row that stayed is %#x", b)
		}
	})
}

func TestAnImportIsFinishedExactlyOnce(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		id := ledgertest.NewImport(t, l, "once", 2)
		finished := 0
		for _, m := range []ledger.Move{
			{Row: 1, To: ledger.Accepted}, {Row: 2, To: ledger.Refused}, {Row: 2, To: ledger.Refused},
			{Row: 1, To: ledger.Delivered},
		} {
			_, done, err := l.Move(t.Context(), id, []ledger.Move{m})
			if err != nil {
				t.Fatal(err)
			}
			if done {
				finished++
			}
		}
		if finished != 1 {
			t.Fatalf("finished %d times, want 1", finished)
		}
	})
}

func TestBeginRefusesStoppedClosedAndDoneRowsAndMarksTheOthers(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		ctx := t.Context()
		id := ledgertest.NewImport(t, l, "begin", 3)
		ledgertest.Move(t, l, id, ledger.Move{Row: 2, To: ledger.Accepted})
		gates := []qflow.Gate{qflow.GateTrust, qflow.GateAuth}

		b, err := l.Calls.BeginAtomic(ctx, id, gates, 1, 2)
		if err != nil || !b.Rows[0].OK || b.Rows[1].OK || !ledgertest.Byte(t, l, id, 1).HasFlag(ledger.MaybeSent) {
			t.Fatalf("first look: %+v, %v", b, err)
		}
		if b, err = l.Calls.BeginSend(ctx, id, gates, 3); err != nil || !b.Rows[0].OK ||
			ledgertest.Byte(t, l, id, 3).State() != ledger.Sending {
			t.Fatalf("send: %+v, %v", b, err)
		}
		if b, err = l.Calls.BeginSend(ctx, id, gates, 3); err != nil || b.Rows[0].OK {
			t.Fatalf("a row that is being sent was begun again: %+v, %v", b, err)
		}
		client.HSet(ctx, l.Prefix()+"gates", "trust", "x")
		if b, err = l.Calls.BeginAtomic(ctx, id, gates, 1); err != nil || b.ClosedGate != qflow.GateTrust || b.Rows[0].OK {
			t.Fatalf("closed gate: %+v, %v", b, err)
		}
		if b, err = l.Calls.BeginAtomic(ctx, id, nil, 1); err != nil || b.ClosedGate != "" || !b.Rows[0].OK {
			t.Fatalf("probe: %+v, %v", b, err)
		}
		client.HSet(ctx, l.Prefix()+"import:"+id, "stopped", "cancelled")
		if b, err = l.Calls.BeginAtomic(ctx, id, nil, 1); err != nil || b.Stopped != "cancelled" || b.Rows[0].OK {
			t.Fatalf("stopped import: %+v, %v", b, err)
		}
		ledgertest.CheckCounters(t, l, id, 3)
	})
}

func TestAMarkIsLiftedUnlessTheRowWasBegunOnceMore(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		ctx := t.Context()
		id := ledgertest.NewImport(t, l, "lift", 4)
		ledgertest.Move(t, l, id, ledger.Move{Row: 4, To: ledger.Accepted, Set: ledger.MaybeSent})
		client.HSet(ctx, l.Prefix()+"gates", "epoch", 6) // is kept beside the byte
		for _, rows := range [][]int{{1, 2, 3}, {2}} {
			if _, err := l.Calls.BeginAtomic(ctx, id, nil, rows...); err != nil {
				t.Fatal(err)
			}
		}
		client.HSet(ctx, l.Prefix()+"import:"+id, "stopped", "paused")
		for range 2 {
			if err := l.Calls.LiftMark(ctx, id, "once", 1, 2, 4); err != nil {
				t.Fatal(err)
			}
		}
		for row, marked := range map[int]bool{1: false, 2: true, 3: true, 4: true} {
			if ledgertest.Byte(t, l, id, row).HasFlag(ledger.MaybeSent) != marked {
				t.Errorf("row %d is marked: %v", row, !marked)
			}
		}
		ledgertest.CheckCounters(t, l, id, 4)
	})
}

// Promise: the lift of a mark that is repeated, since its answer was lost, lifts no mark of a call that was begun meanwhile.
func TestARepeatedLiftLeavesTheMarkOfALaterCall(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		ctx := t.Context()
		id := ledgertest.NewImport(t, l, "lift", 1)
		begin := func() {
			if _, err := l.Calls.BeginAtomic(ctx, id, nil, 1); err != nil {
				t.Fatal(err)
			}
		}
		lift := func(word string, marked bool) {
			t.Helper()
			ledgertest.Must(t, l.Calls.LiftMark(ctx, id, word, 1))
			if ledgertest.Byte(t, l, id, 1).HasFlag(ledger.MaybeSent) != marked {
				t.Fatalf("after the lift %s it is marked: %v", word, !marked)
			}
		}
		begin()
		lift("first", false)
		begin()
		lift("first", true)
		lift("second", false)
	})
}

// Promise: a row that a person has cancelled while its call was begun is in doubt only as long as the call is: not once
// it was not made, or was answered clearly, unless another call of the row was begun as well.
func TestACancelledRowIsInDoubtOnlyAsLongAsItsCallIs(t *testing.T) {
	refusal := ledger.Move{Row: 1, To: ledger.ParkedTried, Set: ledger.Tried, Clear: ledger.MaybeSent}
	for name, c := range map[string]struct {
		begun         int
		then          func(t *testing.T, l *ledger.Ledger, id string)
		doubt, exists bool
	}{
		"it is in flight": {begun: 1, then: func(*testing.T, *ledger.Ledger, string) {}, doubt: true},
		"it was not made": {begun: 1, then: func(t *testing.T, l *ledger.Ledger, id string) {
			ledgertest.Must(t, l.Calls.LiftMark(t.Context(), id, "word", 1))
		}},
		"it was not made, but another may be": {begun: 2, doubt: true, then: func(t *testing.T, l *ledger.Ledger, id string) {
			ledgertest.Must(t, l.Calls.LiftMark(t.Context(), id, "word", 1))
		}},
		"it was refused": {begun: 1, exists: true, then: func(t *testing.T, l *ledger.Ledger, id string) {
			ledgertest.Move(t, l, id, refusal)
		}},
		"it was refused, but another is in flight": {begun: 2, doubt: true, then: func(t *testing.T, l *ledger.Ledger, id string) {
			ledgertest.Move(t, l, id, refusal)
		}},
		"its answer was lost": {begun: 1, doubt: true, then: func(t *testing.T, l *ledger.Ledger, id string) {
			ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Queued, Set: ledger.MaybeSent})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
				id := ledgertest.NewImport(t, l, "cancelled", 1)
				for range c.begun {
					_, err := l.Calls.BeginAtomic(t.Context(), id, nil, 1)
					ledgertest.Must(t, err)
				}
				_, err := l.Cancel(t.Context(), id)
				ledgertest.Must(t, err)
				c.then(t, l, id)
				row := ledgertest.Byte(t, l, id, 1)
				if row.State() != ledger.Cancelled || row.HasFlag(ledger.MaybeSent) != c.doubt || row.HasFlag(ledger.Tried) != c.exists {
					t.Errorf("it is %s, in doubt %v, its guest may exist %v", row.State(), row.HasFlag(ledger.MaybeSent),
						row.HasFlag(ledger.Tried))
				}
				ledgertest.CheckCounters(t, l, id, 1)
			})
		})
	}
}

func TestTheSameCommandTwiceIsOneImport(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		i := ledger.Import{ID: spec.ID("x"), SHA256: "x", Rows: 3}
		_, first, err1 := l.Create(t.Context(), i)
		ledgertest.Move(t, l, i.ID, ledger.Move{Row: 1, To: ledger.Queued})
		again, second, err2 := l.Create(t.Context(), i)
		if !first || second || err1 != nil || err2 != nil || again.Counts[ledger.Queued] != 1 || again.Counts.Total() != 3 {
			t.Fatalf("created %v then %v (%v, %v): %+v", first, second, err1, err2, again)
		}
		i.SHA256 = "another file"
		if _, _, err := l.Create(t.Context(), i); err == nil {
			t.Fatal("another file took over the id")
		}
	})
}

func TestReasonsStayUntilTheRowIsFine(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		id := ledgertest.NewImport(t, l, "reasons", 1)
		why := ledger.Reason{Code: "trust_required", Text: "not verified", Line: 2}
		ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Parked, Reason: why})
		if got, err := l.Reasons(t.Context(), id, []int{1}); err != nil || got[0] != why {
			t.Fatalf("reason %+v, %v", got, err)
		}
		ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Accepted})
		if got, err := l.Reasons(t.Context(), id, []int{1}); err != nil || !got[0].IsZero() {
			t.Fatalf("an accepted row keeps the reason %+v, %v", got, err)
		}
	})
}

// A try of a /comms/send goes through sending and back. It once began the count anew each time.
func TestTriesAreCountedThroughSending(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		id := ledgertest.NewImport(t, l, "tries", 1)
		want := func(n int) {
			t.Helper()
			if got, err := l.Tries(t.Context(), id, []int{1}); err != nil || got[0] != n {
				t.Fatalf("%d tries (%v), want %d", got[0], err, n)
			}
		}
		ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Queued})
		for n := range 3 {
			want(n)
			if _, err := l.Calls.BeginSend(t.Context(), id, nil, 1); err != nil {
				t.Fatal(err)
			}
			ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Queued, Failed: true})
		}
		want(3)
		ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Parked})
		want(0)
		ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Exhausted, Failed: true})
		want(0) // a further try begins anew
	})
}

func TestAnAttemptIsKnownWhateverHasBecomeOfTheRow(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		id := ledgertest.NewImport(t, l, "attempt", 1)
		ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.ParkedTried, Set: ledger.Tried})
		late := ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Queued, Set: ledger.MaybeSent})
		if m := ledgertest.Byte(t, l, id, 1); late.OK || m.State() != ledger.ParkedTried || !m.HasFlag(ledger.MaybeSent) ||
			!m.HasFlag(ledger.Tried) {
			t.Fatalf("moved %v, now %s %#x", late.OK, m.State(), uint8(m))
		}
	})
}

// A worker that was frozen in a call comes back with an answer for a row that another has settled meanwhile, and whose
// chunk's task has ended: no worker would come for the row again.
func TestALateOutcomeOpensNoSettledRow(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		for settled, open := range map[ledger.State]ledger.State{
			ledger.Unknown: ledger.ParkedTried, ledger.Refused: ledger.Queued, ledger.Exhausted: ledger.Queued,
		} {
			id := ledgertest.NewImport(t, l, "late "+settled.String(), 1)
			ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: settled})
			if m := ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: open, KeepSettled: true}); m.OK ||
				m.Before.State() != settled {
				t.Fatalf("a late outcome has opened a row that is %s", settled)
			}
			if m := ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: open}); !m.OK {
				t.Fatalf("a person cannot open a row that is %s", settled)
			}
		}
	})
}

func TestTheKeysOfAnImportExpireTogether(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		id := ledgertest.NewImport(t, l, "expiry", 2)
		ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Exhausted, Reason: ledger.Reason{Code: "x"}})
		ledgertest.Move(t, l, id, ledger.Move{Row: 2, To: ledger.Queued})
		ledgertest.Move(t, l, id, ledger.Move{Row: 2, To: ledger.Queued, Failed: true})
		keys, err := client.Keys(t.Context(), "*"+id+"*").Result()
		if err != nil || len(keys) < 3 {
			t.Fatalf("keys %q, %v", keys, err)
		}
		for _, key := range keys {
			if left, err := client.TTL(t.Context(), key).Result(); err != nil || left <= 0 {
				t.Errorf("%s never expires (%s, %v)", key, left, err)
			}
		}
	})
}

func TestCorrelationIDsLeadBackToTheirRow(t *testing.T) {
	t.Parallel()
	for row := range 2000 {
		id := spec.ID(fmt.Sprint(row))
		c := ledger.CorrelationID("main", id, row*1_000_003+1)
		back, ok := ledger.ParseCorrelationID("main", c.String())
		if !ok || back != (ledger.Owner{Import: id, Row: row*1_000_003 + 1}) {
			t.Fatalf("%s of %s/%d leads to %+v, %v", c, id, row, back, ok)
		}
		if _, ok := ledger.ParseCorrelationID("other", c.String()); ok {
			t.Fatal("another account's id was taken for ours")
		}
	}
	if _, ok := ledger.ParseCorrelationID("main", uuid.NewString()); ok {
		t.Fatal("a foreign id was taken for ours")
	}
}
