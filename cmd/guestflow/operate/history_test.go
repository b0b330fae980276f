package operate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/chunk"
	"guestflow/importer/emailevent"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/qflow"
	"guestflow/qflow/webhook"
)

func TestARowsLifeIsToldFromItsPlaceInLineToItsEmail(t *testing.T) {
	t.Parallel()
	o := open(t)
	imp := o.imports("Ann,Lee,ann@example.com,1", "Bob,Ray,bob@example.com,2", "Cid,Poe,cid@example.com,3",
		"Dee,Fox,dee@example.com,4", "Eve,Kay,eve@example.com,5")
	move := func(moves ...ledger.Move) {
		t.Helper()
		for n := range moves {
			moves[n].KeepSettled = true
		}
		if _, _, err := o.Ledger.Move(t.Context(), imp.ID, moves); err != nil {
			t.Fatal(err)
		}
	}
	move(ledger.Move{Row: 1, To: ledger.Accepted}, ledger.Move{Row: 2, To: ledger.Queued, Failed: true,
		Call: ledger.ByGuest + ": transient 503"},
		ledger.Move{Row: 3, To: ledger.Accepted, Set: ledger.Tried},
		ledger.Move{Row: 4, To: ledger.Refused, Reason: ledger.Reason{Code: "x"}, Call: ledger.ByGuest +
			": refused 400"})
	move(ledger.Move{Row: 2, To: ledger.Accepted, Call: ledger.ByGuest + ": accepted 200"})
	delivered := time.Now().Truncate(time.Second)
	if _, err := emailevent.For(o.Ledger).Record(t.Context(), ledger.Owner{Import: imp.ID, Row: 1},
		emailevent.Event{Kind: webhook.Delivered, At: delivered, Delivery: "d"}); err != nil {
		t.Fatal(err)
	}
	for row, want := range map[int]string{
		1: "queued, guest made and email taken by POST /guest, email delivered",
		2: "queued, POST /guest: transient 503, POST /guest: accepted 200",
		3: "queued, email taken by POST /comms/send",
		4: "queued, POST /guest: refused 400",
		5: "queued",
	} {
		life, err := o.RowHistory(t.Context(), imp.ID, row)
		if err != nil {
			t.Fatal(err)
		}
		if got := told(t, life); got != want {
			t.Errorf("of row %d it tells: %s\nwant: %s", row, got, want)
		}
		if life.EmailReported != (row == 1) {
			t.Errorf("of row %d's email it says that %t was told", row, life.EmailReported)
		}
	}
}

func TestARowsTaskIsTheOneThatCarriesItNow(t *testing.T) {
	t.Parallel()
	o := open(t)
	imp := o.imports("Ann,Lee,ann@example.com,1")
	task := func() queue.Found {
		t.Helper()
		life, err := o.RowHistory(t.Context(), imp.ID, 1)
		if err != nil || life.Tasks != imp.ID+":0:" {
			t.Fatalf("%q, %v", life.Tasks, err)
		}
		return life.Task
	}
	lane := chunk.Lane(imp.Lane).Queue("main")
	if got := task(); got != (queue.Found{ID: imp.ID + ":0:0", Queue: lane, State: "pending"}) {
		t.Errorf("in its lane it is %+v", got)
	}
	if err := asynq.NewInspectorFromRedisClient(o.Redis).DeleteTask(lane, imp.ID+":0:0"); err != nil {
		t.Fatal(err)
	}
	if got := task(); got != (queue.Found{}) {
		t.Errorf("when it is done it is %+v", got)
	}
	if err := o.Queues.Park(t.Context(), qflow.GateTrust, chunk.Ref{Account: "main", Import: imp.ID,
		Generation: 2}); err != nil {
		t.Fatal(err)
	}
	if got := task(); got != (queue.Found{ID: imp.ID + ":0:2", Queue: queue.ParkedQueue("main", qflow.GateTrust),
		State: "pending"}) {
		t.Errorf("where it is parked it is %+v", got)
	}
}

// told joins what happened, which was just now.
func told(t *testing.T, life operate.RowHistory) string {
	t.Helper()
	var what []string
	for _, s := range life.Steps {
		if time.Since(s.From) > time.Minute || s.To.Before(s.From) {
			t.Errorf("%s was from %s to %s", s.What, s.From, s.To)
		}
		what = append(what, s.What)
	}
	return strings.Join(what, ", ")
}
