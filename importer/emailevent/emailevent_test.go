package emailevent_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"guestflow/deploy/testkit"
	"guestflow/importer/emailevent"
	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
	"guestflow/importer/reason"
	"guestflow/importer/spec"
	"guestflow/qflow/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var sentAt = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// mail is an event of an invitation; each delivery is a new one.
func mail(kind webhook.Kind, invitation string) emailevent.Event {
	return emailevent.Event{Kind: kind, Invitation: invitation, At: sentAt, Delivery: uuid.NewString()}
}

func deliver(t *testing.T, l *ledger.Ledger, id string, row int, m emailevent.Event) emailevent.Result {
	t.Helper()
	told, err := emailevent.For(l).Record(t.Context(), ledger.Owner{Import: id, Row: row}, m)
	if err != nil {
		t.Fatal(err)
	}
	return told
}

// permutations of some events.
func permutations(events []emailevent.Event) [][]emailevent.Event {
	if len(events) < 2 {
		return [][]emailevent.Event{events}
	}
	var all [][]emailevent.Event
	for i, first := range events {
		rest := slices.Delete(slices.Clone(events), i, i+1)
		for _, tail := range permutations(rest) {
			all = append(all, append([]emailevent.Event{first}, tail...))
		}
	}
	return all
}

func TestEventsEndInTheSameStateInWhateverOrderAndHoweverOftenTheyCome(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		a := func(kinds ...webhook.Kind) (list []emailevent.Event) {
			for _, k := range kinds {
				list = append(list, mail(k, "a"))
			}
			return list
		}
		stories := map[string]struct {
			events []emailevent.Event
			want   ledger.State
			reason string
		}{
			"sent":                       {a(webhook.Sent), ledger.Accepted, ""},
			"deferred":                   {a(webhook.Sent, webhook.Deferred), ledger.Accepted, ""},
			"delivered":                  {a(webhook.Sent, webhook.Delivered), ledger.Delivered, ""},
			"opened":                     {a(webhook.Sent, webhook.Delivered, webhook.Opened), ledger.Delivered, ""},
			"opened and never delivered": {a(webhook.Clicked, webhook.Opened), ledger.Delivered, ""},
			"bounced":                    {a(webhook.Sent, webhook.Bounced), ledger.Undeliverable, "bounced"},
			"bounced after all": {a(webhook.Sent, webhook.Delivered, webhook.Bounced), ledger.Undeliverable,
				"bounced"},
			"dropped": {a(webhook.Dropped), ledger.Undeliverable, "dropped"},
			"spam": {a(webhook.Sent, webhook.Delivered, webhook.Spam), ledger.Undeliverable,
				"marked_as_spam"},
			"unsubscribed": {a(webhook.Sent, webhook.Delivered, webhook.Unsubscribed), ledger.Undeliverable,
				"unsubscribed"},
			"failed":                        {a(webhook.Failed), ledger.Refused, "send_failed"},
			"failed, and sent all the same": {a(webhook.Failed, webhook.Sent, webhook.Delivered), ledger.Delivered, ""},
			"failed, then sent again": {
				[]emailevent.Event{mail(webhook.Failed, "a"), mail(webhook.Sent, "b"), mail(webhook.Delivered, "b")},
				ledger.Delivered, "",
			},
			"one bounced, another one delivered": {
				[]emailevent.Event{mail(webhook.Sent, "a"), mail(webhook.Bounced, "a"), mail(webhook.Delivered, "b")},
				ledger.Delivered, "",
			},
			"both came back": {
				[]emailevent.Event{mail(webhook.Delivered, "a"), mail(webhook.Spam, "a"), mail(webhook.Bounced, "b")},
				ledger.Undeliverable, "bounced",
			},
		}
		n := 0
		for _, from := range []ledger.State{ledger.Accepted, ledger.Unknown} {
			for name, story := range stories {
				for _, events := range permutations(story.events) {
					n++
					id := ledgertest.NewImport(t, l, fmt.Sprint(name, n), 2)
					uncertain := ledger.Flag(0)
					if from == ledger.Unknown {
						uncertain = ledger.MaybeSent
					}
					ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: from, Set: uncertain})
					for _, e := range events {
						deliver(t, l, id, 1, e)
						deliver(t, l, id, 1, e)
						e.Delivery = uuid.NewString()
						deliver(t, l, id, 1, e)
					}
					if got := ledgertest.Byte(t, l, id, 1); got.State() != story.want || got.HasFlag(ledger.MaybeSent) {
						t.Fatalf("%s from %s by %v: %s", name, from, events, got.State())
					}
					ledgertest.CheckCounters(t, l, id, 2)
					why, err := l.Reasons(t.Context(), id, []int{1})
					if err != nil || why[0].Code != story.reason {
						t.Fatalf("%s by %v: reason %v, %v", name, events, why, err)
					}
				}
			}
		}
	})
}

// What an event may do to a row in each state; a state that is not listed stays.
func TestAnEventMovesOnlyRowsWhoseEmailItMayBe(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		out := []ledger.State{
			ledger.Queued, ledger.Parked, ledger.ParkedTried, ledger.Sending, ledger.Unknown, ledger.Exhausted, ledger.Refused,
			ledger.Cancelled,
			ledger.Suppressed,
		}
		moved := map[webhook.Kind][]ledger.State{
			webhook.Sent:      out,
			webhook.Delivered: append([]ledger.State{ledger.Accepted, ledger.Undeliverable}, out...),
			webhook.Bounced:   append([]ledger.State{ledger.Accepted, ledger.Delivered}, out...),
			webhook.Failed:    {ledger.Accepted, ledger.Unknown},
		}
		to := map[webhook.Kind]ledger.State{
			webhook.Sent: ledger.Accepted, webhook.Delivered: ledger.Delivered, webhook.Bounced: ledger.Undeliverable,
			webhook.Failed: ledger.Refused,
		}
		for kind, froms := range moved {
			for _, from := range ledger.AllStates() {
				id := spec.ID(string(kind), from.String())
				if _, _, err := l.Create(t.Context(),
					ledger.Import{Spec: spec.Spec{Event: "ev"}, ID: id, SHA256: id, Rows: 1, Chunk: 50}); err != nil {
					t.Fatal(err)
				}
				for _, step := range wayTo(from) {
					if !ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: step}).OK {
						t.Fatalf("no way to %s", from)
					}
				}
				told := deliver(t, l, id, 1, mail(kind, "a"))
				want := from
				if slices.Contains(froms, from) {
					want = to[kind]
				}
				if got := ledgertest.Byte(t, l, id, 1).State(); got != want || told.From != from ||
					(told.Effect == emailevent.StateChanged) != (want != from) {
					t.Errorf("%s of a row that is %s: %s (%+v), want %s", kind, from, got, told, want)
				}
				ledgertest.CheckCounters(t, l, id, 1)
			}
		}
	})
}

// wayTo leads a new row to a state.
func wayTo(s ledger.State) []ledger.State {
	switch s {
	case ledger.New:
		return nil
	case ledger.Rejected, ledger.Queued, ledger.Filtered:
		return []ledger.State{s}
	default:
		return []ledger.State{ledger.Queued, s}
	}
}

// A failure that is told while the row's call is on its way ends as if it had been told after it, whatever the call
// came to.
func TestAFailureToldDuringACallCountsAsIfItCameAfterIt(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		n := 0
		story := func(answer ledger.Move, begin string, cancel, during bool, more ...webhook.Kind) (ledger.RowByte,
			ledger.Reason) {
			t.Helper()
			n++
			id := ledgertest.NewImport(t, l, fmt.Sprint("during ", n), 2)
			var err error
			if begin == "send" {
				_, err = l.Calls.BeginSend(t.Context(), id, nil, 1)
			} else {
				_, err = l.Calls.BeginAtomic(t.Context(), id, nil, 1)
			}
			if err != nil {
				t.Fatal(err)
			}
			if cancel {
				ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Cancelled})
			}
			tell := func() {
				failed := mail(webhook.Failed, "a")
				if told := deliver(t, l, id, 1, failed); during && told.Effect != emailevent.CallInFlight {
					t.Fatalf("told during the call: %+v", told)
				}
				if told := deliver(t, l, id, 1, failed); told.Effect != emailevent.DuplicateDelivery {
					t.Fatalf("told again: %+v", told)
				}
				for _, kind := range more {
					deliver(t, l, id, 1, mail(kind, "b")) // another send of the same email
				}
			}
			if during {
				tell()
			}
			ledgertest.Move(t, l, id, answer)
			if !during {
				tell()
			}
			ledgertest.CheckCounters(t, l, id, 2)
			cancelled := ledgertest.Byte(t, l, id, 1).State() == ledger.Cancelled // the answer of whose call may never be known
			if left := client.Exists(t.Context(), "gf:{main}:import:"+id+":failing").Val(); left != 0 && !cancelled {
				t.Error("the failure is kept though the call is over")
			}
			why, err := l.Reasons(t.Context(), id, []int{1})
			if err != nil {
				t.Fatal(err)
			}
			return ledgertest.Byte(t, l, id, 1), why[0]
		}
		for _, begin := range []string{"atomic", "send"} {
			for _, to := range []ledger.State{ledger.Accepted, ledger.Unknown, ledger.Queued, ledger.ParkedTried, ledger.Refused,
				ledger.Exhausted} {
				for _, more := range [][]webhook.Kind{nil, {webhook.Sent}, {webhook.Delivered}} {
					for _, cancel := range []bool{false, begin == "atomic"} {
						answer := ledger.Move{Row: 1, To: to, Clear: ledger.MaybeSent, KeepSettled: true}
						mark, why := story(answer, begin, cancel, true, more...)
						later, whyLater := story(answer, begin, cancel, false, more...)
						if mark.State() != later.State() || why != whyLater {
							t.Errorf("%s, cancelled %t, answer %s, then %v: %s (%v) if it came during the call, %s (%v) after it",
								begin, cancel, to, more, mark.State(), why, later.State(), whyLater)
						}
					}
				}
			}
		}
		// It is sent again to a guest that exists, and not by an atomic call, which Qflow would not repeat.
		mark, why := story(ledger.Move{Row: 1, To: ledger.Accepted}, "atomic", false, true)
		if mark.State() != ledger.Refused || why.Code != reason.SendFailed || !mark.HasFlag(ledger.Tried) ||
			mark.HasFlag(ledger.MaybeSent) {
			t.Errorf("%s, %v, mark %x", mark.State(), why, mark)
		}
	})
}

// A gate is probed with a row that is parked.
func TestAFailureToldDuringAProbeIsKept(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		for _, parked := range []ledger.State{ledger.Parked, ledger.ParkedTried} {
			id := ledgertest.NewImport(t, l, "probed "+parked.String(), 1)
			ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: parked})
			if _, err := l.Calls.BeginAtomic(t.Context(), id, nil, 1); err != nil {
				t.Fatal(err)
			}
			if told := deliver(t, l, id, 1, mail(webhook.Failed, "a")); told.Effect != emailevent.CallInFlight {
				t.Errorf("%s: told during the call: %+v", parked, told)
			}
			ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Accepted, Clear: ledger.MaybeSent, KeepSettled: true})
			if s := ledgertest.Byte(t, l, id, 1).State(); s != ledger.Refused {
				t.Errorf("%s: the row is %s", parked, s)
			}
			ledgertest.CheckCounters(t, l, id, 1)
		}
	})
}

func TestAFailureToldDuringACallWaitsForItsImportAndNoLonger(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		id := ledgertest.NewImport(t, l, "waits", 2)
		if _, err := l.Calls.BeginAtomic(t.Context(), id, nil, 1); err != nil {
			t.Fatal(err)
		}
		for n := range 40 {
			deliver(t, l, id, 1, mail(webhook.Failed, fmt.Sprint("i", n)))
		}
		key := "gf:{main}:import:" + id + ":failing"
		if n := client.HLen(t.Context(), key).Val(); n != 1 {
			t.Errorf("%d failures of one row are kept", n)
		}
		if text := fmt.Sprint(client.HGetAll(t.Context(), key).Val()); strings.Contains(text, "@") {
			t.Errorf("a guest's data is kept: %s", text)
		}
		of := client.PTTL(t.Context(), "gf:{main}:import:"+id).Val() // asked first: both grow less with the time
		if left := client.PTTL(t.Context(), key).Val(); left <= 0 || left > of {
			t.Errorf("it is kept for %s, the import for %s", left, of)
		}
	})
}

func TestALateAnswerOfTheCallDoesNotUndoWhatWasTold(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		for kind, want := range map[webhook.Kind]ledger.State{
			webhook.Sent: ledger.Accepted, webhook.Delivered: ledger.Delivered, webhook.Dropped: ledger.Undeliverable,
		} {
			for _, answer := range []ledger.State{ledger.Accepted, ledger.Queued, ledger.ParkedTried, ledger.Refused,
				ledger.Exhausted} {
				id := ledgertest.NewImport(t, l, string(kind)+answer.String(), 1)
				if _, err := l.Calls.BeginAtomic(t.Context(), id, nil, 1); err != nil {
					t.Fatal(err)
				}
				deliver(t, l, id, 1, mail(kind, "a"))
				ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: answer, KeepSettled: true})
				if got := ledgertest.Byte(t, l, id, 1).State(); got != want {
					t.Errorf("%s, then the call's answer %s: %s", kind, answer, got)
				}
				ledgertest.CheckCounters(t, l, id, 1)
			}
		}
	})
}

func TestAnEventThatSettlesTheLastRowFinishesTheImportOnce(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		id := ledgertest.NewImport(t, l, "last", 1)
		if told := deliver(t, l, id, 1, mail(webhook.Sent, "a")); !told.Finished {
			t.Fatalf("%+v", told)
		}
		if told := deliver(t, l, id, 1, mail(webhook.Delivered, "a")); told.Finished {
			t.Fatalf("finished twice: %+v", told)
		}
	})
}

func TestEventsOfNoRowChangeNothing(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		id := ledgertest.NewImport(t, l, "small", 2)
		for name, of := range map[string]ledger.Owner{"no import": {Import: "aaaaaaaa", Row: 1}, "row 0": {Import: id},
			"a row behind the last": {Import: id, Row: 3}} {
			told, err := emailevent.For(l).Record(t.Context(), of, mail(webhook.Bounced, "a"))
			if err != nil || told.Effect != emailevent.RowNotFound {
				t.Errorf("%s: %+v, %v", name, told, err)
			}
			if n := client.Exists(t.Context(), "gf:{main}:import:"+of.Import+":events:0").Val(); n != 0 {
				t.Errorf("%s: it is kept", name)
			}
		}
		if _, err := emailevent.For(l).Record(t.Context(), ledger.Owner{Import: id, Row: 1},
			mail(webhook.Other, "a")); err == nil {
			t.Error("an event that says nothing of an email is taken")
		}
		ledgertest.CheckCounters(t, l, id, 2)
	})
}

func TestARowTellsItsEventsUntilItsImportIsForgotten(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		id := ledgertest.NewImport(t, l, "told", 300)
		for n, kind := range []webhook.Kind{webhook.Opened, webhook.Sent, webhook.Delivered} {
			m := mail(kind, "a")
			m.At = sentAt.Add(time.Duration([]int{9, 0, 5}[n]) * time.Minute)
			deliver(t, l, id, 200, m)
		}
		deliver(t, l, id, 199, mail(webhook.Sent, "b"))
		got, err := emailevent.For(l).List(t.Context(), ledger.Owner{Import: id, Row: 200})
		want := []emailevent.Event{
			{Kind: webhook.Sent, At: sentAt}, {Kind: webhook.Delivered, At: sentAt.Add(5 * time.Minute)},
			{Kind: webhook.Opened, At: sentAt.Add(9 * time.Minute)},
		}
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%v, %v", got, err)
		}
		if got, err := emailevent.For(l).List(t.Context(), ledger.Owner{Import: id, Row: 1}); err != nil || len(got) != 0 {
			t.Fatalf("of another row: %v, %v", got, err)
		}
		ttl := client.PTTL(t.Context(), "gf:{main}:import:"+id).Val()
		if of := client.PTTL(t.Context(), "gf:{main}:import:"+id+":events:1").Val(); of <= 0 || of > ttl {
			t.Fatalf("the events stay for %s, the import for %s", of, ttl)
		}
	})
}

func TestEventsOfARowAreBounded(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		id := ledgertest.NewImport(t, l, "many", 1)
		for n := range 40 {
			deliver(t, l, id, 1, mail(webhook.Opened, fmt.Sprint("i", n)))
		}
		got, err := emailevent.For(l).List(t.Context(), ledger.Owner{Import: id, Row: 1})
		if err != nil || len(got) != 14 {
			t.Fatalf("%d events, %v", len(got), err)
		}
		deliver(t, l, id, 1, mail(webhook.Bounced, "i1")) // still weighed
		ledgertest.CheckCounters(t, l, id, 1)
	})
}

func TestRandomEventsAmongMovesKeepTheCountersExact(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		const rows = 20
		seed := testkit.Seed(t)
		random := rand.New(rand.NewPCG(seed, 0))
		id := ledgertest.NewImport(t, l, "random events", rows)
		kinds := webhook.Kinds()[:10]
		for range 500 {
			if random.IntN(3) == 0 {
				ledgertest.Move(t, l, id,
					ledger.Move{Row: 1 + random.IntN(rows), To: ledger.State(random.IntN(15)), KeepSettled: random.IntN(2) == 0})
			} else {
				deliver(t, l, id, 1+random.IntN(rows), mail(kinds[random.IntN(len(kinds))], fmt.Sprint(random.IntN(3))))
			}
		}
		ledgertest.CheckCounters(t, l, id, rows)
	})
}
