package ledger_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/emailevent"
	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
	"guestflow/qflow/webhook"
)

// forgetful is a Redis that can be had as it was.
type forgetful struct {
	t      *testing.T
	server *redisserver.Server
	client *redis.Client
}

func newForgetful(t *testing.T) *forgetful {
	t.Helper()
	s := redistest.Start(t)
	return &forgetful{t: t, server: s, client: redistest.Connect(t, s)}
}

// process gives a ledger with a journal of its own.
func (f *forgetful) process() *ledger.Ledger {
	f.t.Helper()
	l, err := ledger.For(f.client, "main")
	ledgertest.Must(f.t, err)
	return l
}

func (f *forgetful) position() int64 {
	f.t.Helper()
	at, err := redistest.Position(f.server)
	ledgertest.Must(f.t, err)
	return at
}

func (f *forgetful) rewind(to int64) {
	f.t.Helper()
	again, err := redistest.Rewind(f.t.Context(), f.server, to)
	ledgertest.Must(f.t, err)
	f.server = again
	f.t.Cleanup(again.Kill)
}

// pulse expects that Redis went back, or not.
func (f *forgetful) pulse(l *ledger.Ledger, want *ledger.Rollback) {
	f.t.Helper()
	got, err := l.Journal.Pulse(f.t.Context())
	ledgertest.Must(f.t, err)
	if (got == nil) != (want == nil) || got != nil && *got != *want {
		f.t.Fatalf("the pulse found %+v, want %+v", got, want)
	}
}

// wentBack expects that a mark made now stands on a Redis that went back, or not.
func (f *forgetful) wentBack(l *ledger.Ledger, want bool) {
	f.t.Helper()
	if b, err := l.Calls.BeginAtomic(f.t.Context(), "aaaaaaaa", nil); err != nil || b.RolledBack != want {
		f.t.Fatalf("Redis went back: %v, %v; want %v", b.RolledBack, err, want)
	}
}

func queuedRows(n int) []ledger.Move {
	moves := make([]ledger.Move, n)
	for i := range moves {
		moves[i] = ledger.Move{Row: i + 1, To: ledger.Queued}
	}
	return moves
}

// Promise: what a process knows of its calls is in Redis before it calls again, whatever Redis has lost of it.
func TestAProcessWritesDownAgainWhatRedisHasLost(t *testing.T) {
	t.Parallel()
	f := newForgetful(t)
	l := f.process()
	id := ledgertest.Begun(t, l, "list", "list.csv", 6).ID
	ledgertest.Must(t, l.Chunks.Commit(t.Context(), id, nil, queuedRows(6)))
	f.pulse(l, nil)
	to := f.position()
	f.pulse(l, nil)
	for _, row := range []int{1, 2, 3} { // atomic calls: in flight, accepted, turned away
		_, err := l.Calls.BeginAtomic(t.Context(), id, nil, row)
		ledgertest.Must(t, err)
	}
	ledgertest.Move(t, l, id, ledger.Move{Row: 2, To: ledger.Accepted, Clear: ledger.MaybeSent, KeepSettled: true})
	ledgertest.Move(t, l, id,
		ledger.Move{Row: 3, To: ledger.ParkedTried, Set: ledger.Tried, Clear: ledger.MaybeSent, KeepSettled: true})
	for _, row := range []int{4, 5} { // sends: in flight, turned away
		_, err := l.Calls.BeginSend(t.Context(), id, nil, row)
		ledgertest.Must(t, err)
	}
	ledgertest.Move(t, l, id, ledger.Move{Row: 5, To: ledger.Queued, KeepSettled: true})
	_, err := emailevent.For(l).Record(t.Context(), ledger.Owner{Import: id, Row: 2},
		emailevent.Event{Kind: webhook.Delivered, At: time.Now(), Delivery: "one"})
	ledgertest.Must(t, err)
	f.wentBack(l, false)
	f.rewind(to)
	f.wentBack(l, true)
	f.pulse(l, &ledger.Rollback{Certain: true, Rows: 9})
	f.wentBack(l, true) // the others of the fleet may not be so far
	if l.Journal.Recovering(time.Now().Add(time.Minute)) {
		t.Error("what is said in a minute is doubted now")
	}
	for row, want := range map[int]ledger.RowByte{
		1: ledger.RowByte(ledger.Queued).With(ledger.Queued, ledger.MaybeSent, 0), 2: ledger.RowByte(ledger.Delivered),
		3: ledger.RowByte(ledger.ParkedTried).With(ledger.ParkedTried, ledger.Tried, 0), 4: ledger.RowByte(ledger.Sending),
		5: ledger.RowByte(ledger.Queued), 6: ledger.RowByte(ledger.Queued),
	} {
		if got := ledgertest.Byte(t, l, id, row); got != want {
			t.Errorf("row %d is %s, byte %x, want %x", row, got.State(), uint8(got), uint8(want))
		}
	}
	imp, err := l.Import(t.Context(), id)
	if err != nil || imp.Counts.Total() != 6 || imp.Counts[ledger.Queued] != 3 {
		t.Errorf("%v, %v", imp.Counts, err)
	}
	f.pulse(l, nil)
}

// Promise: a process that begins when Redis has just lost something calls for no row of which another knows more.
func TestAProcessThatBeginsLeavesTheOthersTimeToWriteDownWhatRedisHasLost(t *testing.T) {
	t.Parallel()
	f := newForgetful(t)
	old := f.process()
	f.pulse(old, nil)
	early := f.process()
	f.pulse(early, nil)
	f.wentBack(early, false)
	f.rewind(f.position())
	late := f.process()
	f.pulse(late, &ledger.Rollback{})
	f.wentBack(late, true)
	f.pulse(old, &ledger.Rollback{})
	f.pulse(late, nil)
	f.pulse(old, nil)
	latest := f.process()
	f.pulse(latest, nil)
	f.wentBack(latest, false)
}

// Promise: a restart that loses nothing undoes nothing that happened to a row since its call, such as a person's retry.
func TestARestartOfRedisThatLosesNothingUndoesNothing(t *testing.T) {
	t.Parallel()
	f := newForgetful(t)
	worker, person := f.process(), f.process()
	id := ledgertest.Begun(t, worker, "list", "list.csv", 2).ID
	ledgertest.Must(t, worker.Chunks.Commit(t.Context(), id, nil, queuedRows(2)))
	f.pulse(worker, nil)
	ledgertest.Move(t, worker, id, ledger.Move{Row: 1, To: ledger.Refused, KeepSettled: true})
	f.pulse(worker, nil)
	ledgertest.Move(t, person, id, ledger.Move{Row: 1, To: ledger.Queued})
	f.rewind(f.position())
	f.pulse(worker, &ledger.Rollback{})
	if got := ledgertest.Byte(t, worker, id, 1).State(); got != ledger.Queued {
		t.Errorf("the row is %s, though a person has had it tried again", got)
	}
}

// Promise: where Redis has lost the import itself, its rows are marked before they are called again.
func TestARowThatRedisHasLostIsMarkedOnceItsImporterPlacesItAgain(t *testing.T) {
	t.Parallel()
	f := newForgetful(t)
	l := f.process()
	f.pulse(l, nil)
	to := f.position()
	f.pulse(l, nil)
	again := func() string {
		id := ledgertest.Begun(t, l, "list", "list.csv", 2).ID
		f.pulse(l, nil)
		ledgertest.Must(t, l.Chunks.Commit(t.Context(), id, nil, queuedRows(2)))
		return id
	}
	id := again()
	_, err := l.Calls.BeginAtomic(t.Context(), id, nil, 1, 2)
	ledgertest.Must(t, err)
	ledgertest.Move(t, l, id, ledger.Move{Row: 2, To: ledger.Accepted, Clear: ledger.MaybeSent, KeepSettled: true})
	f.rewind(to)
	f.pulse(l, &ledger.Rollback{Certain: true, Rows: 3})
	again()
	if one, two := ledgertest.Byte(t, l, id, 1), ledgertest.Byte(t, l, id, 2); !one.HasFlag(ledger.MaybeSent) ||
		!two.HasFlag(ledger.MaybeSent) {
		t.Errorf("bytes %x and %x: Qflow was called for them", uint8(one), uint8(two))
	}
	f.pulse(l, nil)
	if one, two := ledgertest.Byte(t, l, id, 1), ledgertest.Byte(t, l, id, 2); !one.HasFlag(ledger.MaybeSent) ||
		two != ledger.RowByte(ledger.Accepted) {
		t.Errorf("bytes %x and %x: one was called, two is accepted", uint8(one), uint8(two))
	}
}

// Promise: so are those of a process that does not live until then.
func TestARowThatRedisHasLostIsMarkedThoughItsWorkerIsGoneWhenItIsPlacedAgain(t *testing.T) {
	t.Parallel()
	f := newForgetful(t)
	importer, worker := f.process(), f.process()
	f.pulse(worker, nil)
	to := f.position()
	f.pulse(worker, nil)
	id := ledgertest.Begun(t, importer, "list", "list.csv", 4).ID
	ledgertest.Must(t, importer.Chunks.Commit(t.Context(), id, nil, queuedRows(4)))
	_, err := worker.Calls.BeginAtomic(t.Context(), id, nil, 1)
	ledgertest.Must(t, err)
	_, err = worker.Calls.BeginSend(t.Context(), id, nil, 3)
	ledgertest.Must(t, err)
	ledgertest.Move(t, worker, id, ledger.Move{Row: 3, To: ledger.Accepted, KeepSettled: true})
	f.rewind(to)
	f.pulse(worker, &ledger.Rollback{Certain: true, Rows: 3}) // its last sign of life
	ledgertest.Begun(t, importer, "list", "list.csv", 4)
	ledgertest.Must(t, importer.Chunks.Commit(t.Context(), id, nil, queuedRows(4)))
	for row, called := range map[int]bool{1: true, 2: false, 3: true, 4: false} {
		if m := ledgertest.Byte(t, importer, id, row); m.State() != ledger.Queued || m.HasFlag(ledger.MaybeSent) != called {
			t.Errorf("row %d: byte %x, called: %v", row, uint8(m), called)
		}
	}
	for _, key := range f.client.Keys(t.Context(), "*"+id+"*").Val() {
		if left := f.client.TTL(t.Context(), key).Val(); left < 0 {
			t.Errorf("%s is kept for ever", key)
		}
	}
}
