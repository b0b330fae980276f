package ledger_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
	"guestflow/qflow"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// onBothStores runs a test on a real server and on the embedded store, which must not differ.
func onBothStores(t *testing.T, test func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient)) {
	t.Parallel()
	stores := map[string]func(t *testing.T) redis.UniversalClient{
		"redis-server": func(t *testing.T) redis.UniversalClient { return redistest.Client(t) },
		"embedded": func(t *testing.T) redis.UniversalClient {
			c := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr()})
			t.Cleanup(func() { _ = c.Close() })
			return c
		},
	}
	for name, store := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := store(t)
			l, err := ledger.For(client, "main")
			if err != nil {
				t.Fatal(err)
			}
			test(t, l, client)
		})
	}
}

// newImport creates an import whose rows are all in state queued.
func newImport(t *testing.T, l *ledger.Ledger, name string, rows int) string {
	t.Helper()
	id := spec.ID(name)
	if _, _, err := l.Create(t.Context(), ledger.Import{Spec: spec.Spec{Event: "ev"}, ID: id, SHA256: name, Rows: rows, Chunk: 50}); err != nil {
		t.Fatal(err)
	}
	for row := 1; row <= rows; row++ {
		move(t, l, id, ledger.Move{Row: row, To: ledger.Queued})
	}
	return id
}

func move(t *testing.T, l *ledger.Ledger, id string, m ledger.Move) ledger.Moved {
	t.Helper()
	moved, _, err := l.Move(t.Context(), id, []ledger.Move{m})
	if err != nil {
		t.Fatal(err)
	}
	return moved[0]
}

func state(t *testing.T, l *ledger.Ledger, id string, row int) ledger.RowByte {
	t.Helper()
	marks, err := l.RowBytes(t.Context(), id, row, row)
	if err != nil {
		t.Fatal(err)
	}
	return marks[0]
}

func TestRandomMovesNeverLeaveTheTableAndCountersAlwaysAddUp(t *testing.T) {
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		const rows = 40
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 0))
		id := newImport(t, l, "random", rows)
		for range 400 {
			moves := make([]ledger.Move, 1+random.IntN(20))
			for i := range moves {
				moves[i] = ledger.Move{
					Row: 1 + random.IntN(rows), To: ledger.State(random.IntN(15)),
					Set: ledger.Flag(random.IntN(4) << 6), Clear: ledger.Flag(random.IntN(4) << 6), Failed: random.IntN(2) == 0,
				}
			}
			moved, _, err := l.Move(t.Context(), id, moves)
			if err != nil {
				t.Fatal(err)
			}
			for i, m := range moved {
				from, to := m.Before.State(), moves[i].To
				if want := from == to || ledger.Allowed(from, to); m.OK != want {
					t.Fatalf("%s -> %s: moved %v, the table says %v", from, to, m.OK, want)
				}
			}
			checkCounters(t, l, id, rows)
		}
	})
}

func checkCounters(t *testing.T, l *ledger.Ledger, id string, rows int) {
	t.Helper()
	marks, err := l.RowBytes(t.Context(), id, 1, rows)
	if err != nil {
		t.Fatal(err)
	}
	var want ledger.Counts
	for _, m := range marks {
		want[m.State()]++
	}
	i, err := l.Import(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if i.Counts != want || i.Counts.Total() != rows {
		t.Fatalf("counters %v, bytes %v, marks %v", i.Counts, want, marks)
	}
	if i.Done() != (want.Open() == 0) {
		t.Fatalf("finished = %v with %d open rows", i.Done(), want.Open())
	}
}

func TestAnImportIsFinishedExactlyOnce(t *testing.T) {
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		id := newImport(t, l, "once", 2)
		finished := 0
		for _, m := range []ledger.Move{
			{Row: 1, To: ledger.Accepted}, {Row: 2, To: ledger.Refused}, {Row: 2, To: ledger.Refused}, {Row: 1, To: ledger.Delivered},
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
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		ctx := t.Context()
		id := newImport(t, l, "begin", 3)
		move(t, l, id, ledger.Move{Row: 2, To: ledger.Accepted})
		gates := []qflow.Gate{qflow.GateTrust, qflow.GateAuth}

		b, err := l.BeginAtomic(ctx, id, gates, 1, 2)
		if err != nil || !b.Rows[0].OK || b.Rows[1].OK || !state(t, l, id, 1).HasFlag(ledger.MaybeSent) {
			t.Fatalf("first look: %+v, %v", b, err)
		}
		if b, err = l.BeginSend(ctx, id, gates, 3); err != nil || !b.Rows[0].OK || state(t, l, id, 3).State() != ledger.Sending {
			t.Fatalf("send: %+v, %v", b, err)
		}
		if b, err = l.BeginSend(ctx, id, gates, 3); err != nil || b.Rows[0].OK {
			t.Fatalf("a row that is being sent was begun again: %+v, %v", b, err)
		}
		client.HSet(ctx, l.Prefix()+"gates", "trust", "x")
		if b, err = l.BeginAtomic(ctx, id, gates, 1); err != nil || b.ClosedGate != qflow.GateTrust || b.Rows[0].OK {
			t.Fatalf("closed gate: %+v, %v", b, err)
		}
		if b, err = l.BeginAtomic(ctx, id, nil, 1); err != nil || b.ClosedGate != "" || !b.Rows[0].OK {
			t.Fatalf("probe: %+v, %v", b, err)
		}
		client.HSet(ctx, l.Prefix()+"import:"+id, "stopped", "cancelled")
		if b, err = l.BeginAtomic(ctx, id, nil, 1); err != nil || b.Stopped != "cancelled" || b.Rows[0].OK {
			t.Fatalf("stopped import: %+v, %v", b, err)
		}
		checkCounters(t, l, id, 3)
	})
}

// step is one claim of one row, and the state and flags that the row takes on afterwards.
type step struct {
	imp      string
	row      int
	content  byte
	template string
	want     ledger.Verdict
	tried    bool // the row's byte must say that the guest may exist
	maybe    bool // ... or that the email may be out
	doubtful bool // the email rests in unknown
	then     ledger.State
	set      ledger.Flag
}

func TestOneGuestOneEmailOverManyImports(t *testing.T) {
	const first, second, third = "first", "second", "third"
	cases := map[string][]step{
		"the same file again while the first runs": {
			{imp: first, row: 1, template: "T", want: ledger.Go},
			{imp: second, row: 1, template: "T", want: ledger.Wait},
			{imp: first, row: 1, template: "T", want: ledger.Go, then: ledger.Accepted},
			{imp: second, row: 1, template: "T", want: ledger.Same},
		},
		"the same file again, and the first is cancelled": {
			{imp: first, row: 1, template: "T", want: ledger.Go},
			{imp: second, row: 1, template: "T", want: ledger.Wait},
			{imp: first, row: 1, template: "T", want: ledger.Go, then: ledger.Cancelled},
			{imp: second, row: 1, template: "T", want: ledger.Go},
		},
		"another email that an import is not done with is waited for": {
			{imp: first, row: 1, template: "T", want: ledger.Go, then: ledger.Accepted},
			{imp: second, row: 1, template: "U", want: ledger.Go, tried: true},
			{imp: third, row: 1, template: "U", want: ledger.Wait},
			{imp: second, row: 1, template: "U", want: ledger.Go, tried: true, then: ledger.Refused},
			{imp: third, row: 1, template: "U", want: ledger.Go, tried: true},
		},
		"the same file again afterwards": {
			{imp: first, row: 1, template: "T", want: ledger.Go, then: ledger.Accepted},
			{imp: second, row: 7, template: "T", want: ledger.Same},
		},
		"a duplicate inside one file": {
			{imp: first, row: 1, template: "T", want: ledger.Go},
			{imp: first, row: 2, template: "T", want: ledger.Duplicate},
			{imp: first, row: 1, template: "T", want: ledger.Go},
		},
		"changed content is written and not emailed again": {
			{imp: first, row: 1, template: "T", want: ledger.Go, then: ledger.Accepted},
			{imp: second, row: 1, content: 9, template: "T", want: ledger.Update},
			{imp: second, row: 1, content: 9, template: "T", want: ledger.Update, then: ledger.Created},
			{imp: third, row: 1, content: 9, template: "T", want: ledger.Same},
			{imp: third, row: 1, content: 3, template: "T", want: ledger.Update},
		},
		"changed content waits for an import that is not done": {
			{imp: first, row: 1, template: "T", want: ledger.Go},
			{imp: second, row: 1, content: 9, template: "T", want: ledger.Wait},
		},
		"another email for an existing guest goes by send": {
			{imp: first, row: 1, template: "T", want: ledger.Go, then: ledger.Accepted},
			{imp: second, row: 1, template: "U", want: ledger.Go, tried: true, then: ledger.Accepted},
			{imp: third, row: 1, template: "U", want: ledger.Same},
			{imp: third, row: 1, template: "T", want: ledger.Same},
		},
		"another email and other content": {
			{imp: first, row: 1, template: "T", want: ledger.Go, then: ledger.Accepted},
			{imp: second, row: 1, content: 9, template: "U", want: ledger.Both, tried: true},
			{imp: second, row: 1, content: 9, template: "U", want: ledger.Both, tried: true},
		},
		"another email waits for an import that is not done": {
			{imp: first, row: 1, template: "T", want: ledger.Go, then: ledger.Parked},
			{imp: second, row: 1, template: "U", want: ledger.Wait},
		},
		"first without an email, then with": {
			{imp: first, row: 1, want: ledger.Go, then: ledger.Created},
			{imp: second, row: 1, template: "T", want: ledger.Go, tried: true},
		},
		"without an email twice": {
			{imp: first, row: 1, want: ledger.Go, then: ledger.Created},
			{imp: second, row: 1, want: ledger.Same},
			{imp: second, row: 1, content: 9, want: ledger.Update},
		},
		"a refused row is free, and its guest may exist": {
			{imp: first, row: 1, template: "T", want: ledger.Go, then: ledger.Refused, set: ledger.Tried},
			{imp: second, row: 1, template: "T", want: ledger.Both, tried: true},
			{imp: second, row: 1, template: "T", want: ledger.Both, tried: true},
			{imp: first, row: 1, template: "T", want: ledger.Wait, tried: true},
		},
		"what a row that came to nothing may have written is written over": {
			{imp: first, row: 1, want: ledger.Go, then: ledger.Cancelled, set: ledger.Tried},
			{imp: second, row: 1, content: 9, template: "T", want: ledger.Both, tried: true, then: ledger.Exhausted},
			{imp: third, row: 1, want: ledger.Update},
		},
		"a corrected row of one whose email is out is written": {
			{imp: first, row: 1, template: "T", want: ledger.Go, then: ledger.Accepted},
			{imp: second, row: 1, content: 9, template: "T", want: ledger.Update, then: ledger.Cancelled, set: ledger.Tried},
			{imp: third, row: 1, template: "T", want: ledger.Update},
		},
		"an exhausted row passes on that its email may be out": {
			{imp: first, row: 1, template: "T", want: ledger.Go, then: ledger.Exhausted, set: ledger.MaybeSent},
			{imp: second, row: 1, template: "T", want: ledger.Go, maybe: true},
			{imp: second, row: 1, template: "T", want: ledger.Go, maybe: true},
		},
		"another email of a guest that an exhausted row may have made goes by send": {
			{imp: first, row: 1, template: "T", want: ledger.Go, then: ledger.Exhausted, set: ledger.MaybeSent},
			{imp: second, row: 1, template: "U", want: ledger.Both, tried: true},
		},
		"an unknown email is nobody else's, and says so": {
			{imp: first, row: 1, template: "T", want: ledger.Go, then: ledger.Unknown},
			{imp: second, row: 1, template: "T", want: ledger.Update, doubtful: true, then: ledger.Unknown},
			{imp: third, row: 1, content: 9, template: "T", want: ledger.Update, doubtful: true},
		},
		"what was begun later decides the content": {
			{imp: first, row: 1, want: ledger.Go, then: ledger.Created},
			{imp: second, row: 1, template: "T", want: ledger.Go, tried: true},
			{imp: third, row: 1, content: 9, want: ledger.Update, then: ledger.Created},
			{imp: second, row: 1, template: "T", want: ledger.Email, tried: true, then: ledger.Accepted},
			{imp: third, row: 1, content: 9, want: ledger.Update},
		},
		"what was begun later and is not done is waited for": {
			{imp: first, row: 1, want: ledger.Go, then: ledger.Created},
			{imp: second, row: 1, template: "T", want: ledger.Go, tried: true},
			{imp: third, row: 1, content: 9, want: ledger.Update, then: ledger.Parked},
			{imp: second, row: 1, template: "T", want: ledger.Wait, tried: true},
		},
		"what was begun later and came to nothing decides nothing": {
			{imp: first, row: 1, want: ledger.Go, then: ledger.Created},
			{imp: second, row: 1, template: "T", want: ledger.Go, tried: true},
			{imp: third, row: 1, content: 9, want: ledger.Update, then: ledger.Cancelled},
			{imp: second, row: 1, template: "T", want: ledger.Both, tried: true},
		},
		"an older import without an email has nothing to say": {
			{imp: second, row: 1, content: 9, want: ledger.Go, then: ledger.Created},
			{imp: first, row: 1, want: ledger.Same},
		},
		"what was begun later and found a guest as it wants it decides the content": {
			{imp: first, row: 1, template: "T", want: ledger.Go, then: ledger.Accepted},
			{imp: third, row: 1, template: "T", want: ledger.Same},
			{imp: third, row: 1, template: "T", want: ledger.Same, then: ledger.Unchanged}, // its importer was killed in between
			{imp: second, row: 1, content: 9, template: "T", want: ledger.Same},
			{imp: second, row: 1, content: 9, template: "U", want: ledger.Email, tried: true},
		},
		"what was begun later and only sends an email decides the content": {
			{imp: first, row: 1, want: ledger.Go, then: ledger.Created},
			{imp: third, row: 1, template: "T", want: ledger.Go, tried: true},
			{imp: second, row: 1, content: 9, want: ledger.Same},
			{imp: third, row: 1, template: "T", want: ledger.Go, tried: true, then: ledger.Accepted},
			{imp: second, row: 1, content: 9, template: "U", want: ledger.Email, tried: true},
		},
		"a correction does not wait for an email": {
			{imp: first, row: 1, want: ledger.Go, then: ledger.Created},
			{imp: second, row: 1, template: "T", want: ledger.Go, tried: true, then: ledger.Parked},
			{imp: third, row: 1, content: 9, want: ledger.Update, then: ledger.Created},
			{imp: second, row: 1, template: "T", want: ledger.Email, tried: true},
		},
		"an unknown email proves no guest": {
			{imp: first, row: 1, template: "T", want: ledger.Go, then: ledger.Unknown, set: ledger.Tried},
			{imp: second, row: 1, want: ledger.Update, then: ledger.Created},
			{imp: third, row: 1, want: ledger.Same},
		},
		"an unknown email of an import that was begun later proves no guest either": {
			{imp: second, row: 1, content: 9, template: "T", want: ledger.Go, then: ledger.Unknown, set: ledger.Tried},
			{imp: first, row: 1, want: ledger.Same, doubtful: true},
		},
		"a refused update is written by the next import": {
			{imp: first, row: 1, template: "T", want: ledger.Go, then: ledger.Accepted},
			{imp: second, row: 1, content: 9, template: "T", want: ledger.Update, then: ledger.Refused},
			{imp: third, row: 1, content: 9, template: "T", want: ledger.Update},
		},
	}
	for name, steps := range cases {
		t.Run(name, func(t *testing.T) {
			onBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
				ids := map[string]string{} // they are begun in this order
				for _, imp := range []string{first, second, third} {
					ids[imp] = newImport(t, l, imp, 10)
				}
				for n, s := range steps {
					got := claim(t, l, ids[s.imp], s)
					if got.Verdict != s.want || got.Byte.HasFlag(ledger.Tried) != s.tried || got.Byte.HasFlag(ledger.MaybeSent) != s.maybe ||
						got.EmailUnknown != s.doubtful {
						t.Fatalf("step %d: %+v, want %s tried=%v maybe=%v doubtful=%v", n+1, got, s.want, s.tried, s.maybe, s.doubtful)
					}
					if s.then != ledger.New {
						move(t, l, ids[s.imp], ledger.Move{Row: s.row, To: s.then, Set: s.set})
					}
				}
			})
		})
	}
}

func claim(t *testing.T, l *ledger.Ledger, id string, s step) ledger.Claimed {
	t.Helper()
	guest := uuid.NewSHA1(uuid.Nil, []byte("one guest"))
	got, err := l.Claim(t.Context(), id, []ledger.Guest{
		{Row: s.row, ID: guest, Event: "ev", Content: [8]byte{s.content}, Template: s.template},
	})
	if err != nil {
		t.Fatal(err)
	}
	return got[0]
}

func TestTheSameCommandTwiceIsOneImport(t *testing.T) {
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		i := ledger.Import{ID: spec.ID("x"), SHA256: "x", Rows: 3}
		_, first, err1 := l.Create(t.Context(), i)
		move(t, l, i.ID, ledger.Move{Row: 1, To: ledger.Queued})
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
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		id := newImport(t, l, "reasons", 1)
		why := ledger.Reason{Code: "trust_required", Text: "not verified", Line: 2}
		move(t, l, id, ledger.Move{Row: 1, To: ledger.Parked, Reason: why})
		if got, err := l.Reasons(t.Context(), id, []int{1}); err != nil || got[0] != why {
			t.Fatalf("reason %+v, %v", got, err)
		}
		move(t, l, id, ledger.Move{Row: 1, To: ledger.Accepted})
		if got, err := l.Reasons(t.Context(), id, []int{1}); err != nil || !got[0].IsZero() {
			t.Fatalf("an accepted row keeps the reason %+v, %v", got, err)
		}
	})
}

// A try of a /comms/send goes through sending and back. It once began the count anew each time.
func TestTriesAreCountedThroughSending(t *testing.T) {
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		id := newImport(t, l, "tries", 1)
		want := func(n int) {
			t.Helper()
			if got, err := l.Tries(t.Context(), id, []int{1}); err != nil || got[0] != n {
				t.Fatalf("%d tries (%v), want %d", got[0], err, n)
			}
		}
		move(t, l, id, ledger.Move{Row: 1, To: ledger.Queued})
		for n := range 3 {
			want(n)
			if _, err := l.BeginSend(t.Context(), id, nil, 1); err != nil {
				t.Fatal(err)
			}
			move(t, l, id, ledger.Move{Row: 1, To: ledger.Queued, Failed: true})
		}
		want(3)
		move(t, l, id, ledger.Move{Row: 1, To: ledger.Parked})
		want(0)
		move(t, l, id, ledger.Move{Row: 1, To: ledger.Exhausted, Failed: true})
		want(0) // whoever tries it again begins anew
	})
}

func TestAnAttemptIsKnownWhateverHasBecomeOfTheRow(t *testing.T) {
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		id := newImport(t, l, "attempt", 1)
		move(t, l, id, ledger.Move{Row: 1, To: ledger.ParkedTried, Set: ledger.Tried})
		late := move(t, l, id, ledger.Move{Row: 1, To: ledger.Queued, Set: ledger.MaybeSent})
		if m := state(t, l, id, 1); late.OK || m.State() != ledger.ParkedTried || !m.HasFlag(ledger.MaybeSent) || !m.HasFlag(ledger.Tried) {
			t.Fatalf("moved %v, now %s %#x", late.OK, m.State(), uint8(m))
		}
	})
}

// A worker that was frozen in a call comes back with an answer for a row that another has settled meanwhile, and whose
// chunk's task has ended: nobody would come for the row again.
func TestALateOutcomeOpensNoSettledRow(t *testing.T) {
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		for settled, open := range map[ledger.State]ledger.State{
			ledger.Unknown: ledger.ParkedTried, ledger.Refused: ledger.Queued, ledger.Exhausted: ledger.Queued,
		} {
			id := newImport(t, l, "late "+settled.String(), 1)
			move(t, l, id, ledger.Move{Row: 1, To: settled})
			if m := move(t, l, id, ledger.Move{Row: 1, To: open, KeepSettled: true}); m.OK || m.Before.State() != settled {
				t.Fatalf("a late outcome has opened a row that is %s", settled)
			}
			if m := move(t, l, id, ledger.Move{Row: 1, To: open}); !m.OK {
				t.Fatalf("a person cannot open a row that is %s", settled)
			}
		}
	})
}

func TestTheKeysOfAnImportExpireTogether(t *testing.T) {
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		id := newImport(t, l, "expiry", 2)
		move(t, l, id, ledger.Move{Row: 1, To: ledger.Exhausted, Reason: ledger.Reason{Code: "x"}})
		move(t, l, id, ledger.Move{Row: 2, To: ledger.Queued})
		move(t, l, id, ledger.Move{Row: 2, To: ledger.Queued, Failed: true})
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

func TestAnIndexedGuestCostsAtMost64Bytes(t *testing.T) {
	t.Parallel()
	client := redistest.Client(t)
	l, err := ledger.For(client, "main")
	if err != nil {
		t.Fatal(err)
	}
	id := newImport(t, l, "memory", 0)
	before := memory(t, client)
	const guests = 200_000
	for batch := range slices.Chunk(slices.Collect(func(yield func(int) bool) {
		for i := 1; i <= guests && yield(i); i++ {
		}
	}), 1000) {
		list := make([]ledger.Guest, len(batch))
		for i, row := range batch {
			list[i] = ledger.Guest{Row: row, ID: uuid.NewSHA1(uuid.Nil, fmt.Append(nil, row)), Event: "ev", Template: "T"}
		}
		if _, err := l.Claim(context.Background(), id, list); err != nil {
			t.Fatal(err)
		}
	}
	if per := float64(memory(t, client)-before) / guests; per > 64 {
		t.Fatalf("%.1f bytes a guest, want at most 64", per)
	} else {
		t.Logf("%.1f bytes a guest", per)
	}
}

func memory(t *testing.T, client *redis.Client) int64 {
	t.Helper()
	var n int64
	if _, err := fmt.Sscanf(client.InfoMap(t.Context(), "memory").Item("Memory", "used_memory"), "%d", &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAComparisonSaysWhatAClaimWouldAndWritesNothing(t *testing.T) {
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		guests := []ledger.Guest{
			{Row: 1, ID: uuid.New(), Event: "gala", Content: [8]byte{1}, Template: "t"},
			{Row: 2, ID: uuid.New(), Event: "gala", Content: [8]byte{2}},
		}
		compare := func(want ...ledger.Verdict) {
			t.Helper()
			got, err := l.Compare(t.Context(), guests)
			if err != nil {
				t.Fatal(err)
			}
			for i := range want {
				if got[i].Verdict != want[i] {
					t.Fatalf("guest %d: %s, want %s", i, got[i].Verdict, want[i])
				}
			}
		}
		compare(ledger.Go, ledger.Go)
		if keys := client.Keys(t.Context(), "*").Val(); len(keys) > 0 {
			t.Fatalf("a comparison wrote %v", keys)
		}
		id := newImport(t, l, "compared", 2)
		if _, err := l.Claim(t.Context(), id, guests); err != nil {
			t.Fatal(err)
		}
		move(t, l, id, ledger.Move{Row: 1, To: ledger.Queued})
		move(t, l, id, ledger.Move{Row: 2, To: ledger.Queued})
		compare(ledger.Wait, ledger.Wait)
		move(t, l, id, ledger.Move{Row: 1, To: ledger.Accepted})
		move(t, l, id, ledger.Move{Row: 2, To: ledger.Created})
		compare(ledger.Same, ledger.Same)
		guests[0].Content = [8]byte{9}
		compare(ledger.Update, ledger.Same)
	})
}
