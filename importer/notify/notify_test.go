package notify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/ledger"
	"guestflow/importer/notify"
	"guestflow/importer/spec"
	"guestflow/qflow"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fleet is some processes over one Redis, and a channel that writes down what comes through it.
type fleet struct {
	t      *testing.T
	redis  redis.UniversalClient
	ledger *ledger.Ledger

	mu    sync.Mutex
	log   bytes.Buffer
	sent  []notify.Event
	gates []notify.ClosedGate
	fault error         // what sending ends with
	dies  bool          // the next process to send is killed right after it
	came  chan struct{} // something was sent
}

func newFleet(t *testing.T, client redis.UniversalClient) *fleet {
	t.Helper()
	l, err := ledger.For(client, "main")
	if err != nil {
		t.Fatal(err)
	}
	return &fleet{t: t, redis: client, ledger: l, came: make(chan struct{}, 1000)}
}

// onBothStores runs a test on a real server and on the embedded store, which must not differ.
func onBothStores(t *testing.T, test func(t *testing.T, f *fleet)) {
	t.Parallel()
	t.Run("redis-server", func(t *testing.T) {
		t.Parallel()
		test(t, newFleet(t, redistest.Client(t)))
	})
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		c := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr()})
		t.Cleanup(func() { _ = c.Close() })
		test(t, newFleet(t, c))
	})
}

func (f *fleet) closed(context.Context) ([]notify.ClosedGate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.gates), nil
}

func (f *fleet) close(gates ...notify.ClosedGate) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gates = gates
}

func (f *fleet) send(_ context.Context, e notify.Event) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent = append(f.sent, e)
	f.came <- struct{}{}
	if f.dies {
		f.dies = false
		f.mu.Unlock()
		defer f.mu.Lock()
		runtime.Goexit()
	}
	return f.fault
}

// process starts one more process, with its own connection, on the channels with these names.
func (f *fleet) process(channels ...string) *notify.Notifier {
	var list []notify.Channel
	for _, name := range channels {
		list = append(list, notify.Channel{Name: name, Send: f.send})
	}
	n := notify.New(f.redis, f.ledger, f.closed, list, slog.New(slog.NewTextHandler(locked{f}, nil)))
	n.NameEvents(qflow.EventNames{"ev": "Spring Gala"})
	return n
}

type locked struct{ f *fleet }

func (l locked) Write(b []byte) (int, error) {
	l.f.mu.Lock()
	defer l.f.mu.Unlock()
	return l.f.log.Write(b)
}

func (f *fleet) poll(n *notify.Notifier) {
	f.t.Helper()
	if err := errors.Join(n.Poll(f.t.Context()), n.Deliver(f.t.Context())); err != nil {
		f.t.Fatal(err)
	}
}

// want compares the ids of what was sent, without their times, in any order.
func (f *fleet) want(ids ...string) {
	f.t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	got := []string{}
	for _, e := range f.sent {
		got = append(got, e.ID[:strings.LastIndexByte(e.ID, '-')])
	}
	slices.Sort(got)
	slices.Sort(ids)
	if !slices.Equal(got, ids) {
		f.t.Fatalf("sent: %q\nwant: %q\n%s", got, ids, f.log.String())
	}
}

// finish makes an import whose rows come to rest in these states.
func (f *fleet) finish(name string, states ...ledger.State) string {
	f.t.Helper()
	id := spec.ID(name)
	_, _, err := f.ledger.Create(f.t.Context(),
		ledger.Import{Spec: spec.Spec{Event: "ev"}, ID: id, SHA256: name,
			Source: "/in/done/20260101T000000-ABCDEF-" + id + "--" + name + ".csv", Rows: len(states), Chunk: 50})
	for i, s := range states {
		moves := []ledger.Move{{Row: i + 1, To: ledger.Queued},
			{Row: i + 1, To: s, Reason: ledger.Reason{Code: "secret", Text: "of ann@example.com"}}}
		if s == ledger.Rejected {
			moves = moves[1:]
		}
		for _, m := range moves {
			_, _, moved := f.ledger.Move(f.t.Context(), id, []ledger.Move{m})
			err = errors.Join(err, moved)
		}
	}
	if err != nil {
		f.t.Fatal(err)
	}
	return id
}

func TestAFinishedImportIsReportedOnceWithCountsAndWhatToDo(t *testing.T) {
	onBothStores(t, func(t *testing.T, f *fleet) {
		n := f.process("webhook")
		f.poll(n)
		id := f.finish("gala", ledger.Accepted, ledger.Accepted, ledger.Rejected, ledger.Unknown)
		f.poll(n)
		f.poll(n)
		f.poll(f.process("webhook")) // another process, or a restart
		f.want("main-import-" + id + "-finished")
		e := f.sent[0]
		for _, say := range []string{"gala.csv", "for the event Spring Gala (ev)", "4 rows", "2 rows accepted",
			"1 row rejected", "rejects.csv", "guestflow retry --unknown " + id, "guestflow report " + id} {
			if !strings.Contains(e.Text, say) {
				t.Errorf("the text does not say %q:\n%s", say, e.Text)
			}
		}
		if e.Account != "main" || e.Import != id || e.Kind != notify.ImportFinished || e.Fields["rows"] != 4.0 ||
			e.Fields["fine"] != 2.0 {
			t.Errorf("the event is %+v", e)
		}
		if strings.Contains(fmt.Sprint(e), "ann@") || strings.Contains(fmt.Sprint(e), "ABCDEF") {
			t.Errorf("the event says too much: %+v", e)
		}
	})
}

func TestAnImportThatFinishesAgainIsReportedAgain(t *testing.T) {
	t.Parallel()
	f := newFleet(t, redistest.Client(t))
	n := f.process("webhook")
	f.poll(n)
	id := f.finish("gala", ledger.Exhausted)
	// Two ends are told apart by their milliseconds, so the first one is set back a little.
	f.redis.IncrBy(t.Context(), f.ledger.Prefix()+"notify:since", -5000)
	f.redis.HIncrBy(t.Context(), f.ledger.Prefix()+"import:"+id, "finished", -2000)
	f.poll(n)
	for _, s := range []ledger.State{ledger.Queued, ledger.Accepted} {
		if _, _, err := f.ledger.Move(t.Context(), id, []ledger.Move{{Row: 1, To: s}}); err != nil {
			t.Fatal(err)
		}
	}
	f.poll(n)
	f.want("main-import-"+id+"-finished", "main-import-"+id+"-finished")
}

// begin makes imports that are open.
func (f *fleet) begin(names ...string) {
	f.t.Helper()
	for _, name := range names {
		if _, _, err := f.ledger.Create(f.t.Context(),
			ledger.Import{ID: spec.ID(name), SHA256: name, Source: name, Rows: 1, Chunk: 50}); err != nil {
			f.t.Fatal(err)
		}
	}
}

func TestNoEndIsMissedHoweverManyYoungerImportsHaveBegun(t *testing.T) {
	onBothStores(t, func(t *testing.T, f *fleet) {
		n := f.process("webhook")
		f.poll(n)
		f.begin("oldest")
		f.finish("waits", ledger.Parked, ledger.ParkedTried)
		var names, want []string
		for i := range 250 {
			names = append(names, fmt.Sprintf("list%d", i))
		}
		f.begin(names...)
		f.poll(n)
		f.want()
		f.close(notify.ClosedGate{Gate: qflow.GateTrust, Since: time.Now()})
		f.poll(n)
		if len(f.sent) != 1 || f.sent[0].Fields["parked"] != 2.0 {
			t.Fatalf("sent %+v, want two parked rows", f.sent)
		}
		f.sent = nil
		for _, name := range append(names, "oldest") {
			for _, s := range []ledger.State{ledger.Queued, ledger.Accepted} {
				if _, _, err := f.ledger.Move(t.Context(), spec.ID(name), []ledger.Move{{Row: 1, To: s}}); err != nil {
					t.Fatal(err)
				}
			}
			want = append(want, "main-import-"+spec.ID(name)+"-finished")
		}
		f.poll(n)
		f.poll(f.process("webhook"))
		f.want(want...)
	})
}

func TestAnEndThatComesWhileTheLastOneIsReportedIsReportedToo(t *testing.T) {
	onBothStores(t, func(t *testing.T, f *fleet) {
		id := f.finish("gala", ledger.Exhausted)
		news := func() []ledger.Notification {
			t.Helper()
			list, err := f.ledger.Notifications.Pending(t.Context(), time.Now().Add(-time.Hour), 10)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		f.redis.ZIncrBy(t.Context(), f.ledger.Prefix()+"news", -1, id) // the ends are a millisecond apart
		first := news()
		for _, s := range []ledger.State{ledger.Queued, ledger.Accepted} {
			if _, _, err := f.ledger.Move(t.Context(), id, []ledger.Move{{Row: 1, To: s}}); err != nil {
				t.Fatal(err)
			}
		}
		for _, n := range first {
			if err := f.ledger.Notifications.Ack(t.Context(), n); err != nil {
				t.Fatal(err)
			}
		}
		again := news()
		if len(first) != 1 || len(again) != 1 || again[0].Counts[ledger.Accepted] != 1 {
			t.Fatalf("first %+v, then %+v", first, again)
		}
		if err := f.ledger.Notifications.Ack(t.Context(), again[0]); err != nil || len(news()) != 0 {
			t.Fatalf("%v, and left are %+v", err, news())
		}
	})
}

func TestAFileThatFailedIsReportedOnceWithTheReason(t *testing.T) {
	onBothStores(t, func(t *testing.T, f *fleet) {
		a, b := f.process("webhook"), f.process("webhook")
		f.poll(a)
		failure := notify.FileFailure{ID: "20260101T000000-ABCDEF", Name: "gala\nBcc: all.csv",
			Reason: "gala.csv: it has no header; add one", Where: "It is in failed.", At: time.Now()}
		old := failure
		old.ID, old.At = "20250101T000000-ABCDEF", time.Now().AddDate(-1, 0, 0)
		for _, n := range []*notify.Notifier{a, b, f.process("webhook"), f.process()} {
			for _, failed := range []notify.FileFailure{failure, old} {
				if err := n.PublishFailure(t.Context(), failed); err != nil {
					t.Fatal(err)
				}
			}
		}
		f.poll(b)
		f.poll(a)
		f.want("main-file-20260101T000000-ABCDEF")
		if e := f.sent[0]; e.Kind != notify.FileFailed || e.Title != "gala Bcc: all.csv was not imported" ||
			!strings.Contains(e.Text, "it has no header; add one") || !strings.Contains(e.Text, "It is in failed.") {
			t.Errorf("the event is %+v", e)
		}
	})
}

func TestWhatFinishedBeforeTheFirstPollIsNotReported(t *testing.T) {
	t.Parallel()
	f := newFleet(t, redistest.Client(t))
	id := f.finish("old", ledger.Accepted)
	// a look in the same millisecond cannot tell
	f.redis.HIncrBy(t.Context(), f.ledger.Prefix()+"import:"+id, "finished", -1)
	f.poll(f.process("webhook"))
	f.want()
}

func TestWithoutChannelsNothingIsRecordedAsReported(t *testing.T) {
	t.Parallel()
	f := newFleet(t, redistest.Client(t))
	f.poll(f.process("webhook"))
	id := f.finish("gala", ledger.Accepted)
	mute := f.process()
	f.poll(mute)
	mute.Run(t.Context()) // ends at once
	f.poll(f.process("webhook"))
	f.want("main-import-" + id + "-finished")
}

func TestEachClosingAndOpeningOfAGateIsReportedOnce(t *testing.T) {
	onBothStores(t, func(t *testing.T, f *fleet) {
		a, b := f.process("webhook"), f.process("webhook")
		all := func() { f.poll(a); f.poll(b); f.poll(f.process("webhook")) }
		closed := func(gate qflow.Gate, minute int) notify.ClosedGate {
			return notify.ClosedGate{Gate: gate, Since: time.Date(2026, 3, 1, 9, minute, 0, 0, time.UTC), Code: "trust_required",
				Meaning: "finish the verification"}
		}
		f.finish("waits", ledger.Parked, ledger.ParkedTried, ledger.Accepted)
		all()
		f.close(closed(qflow.GateTrust, 1))
		all()
		f.want("main-gate-trust-closed")
		if text := f.sent[0].Text; !strings.Contains(text, "finish the verification") ||
			!strings.Contains(text, "2 rows wait") || !strings.Contains(text, "1 March 2026, 09:01 UTC") {
			t.Errorf("the text is %q", text)
		}
		f.close(closed(qflow.GateTrust, 1), closed(qflow.GatePlan, 2))
		all()
		f.close(closed(qflow.GatePlan, 2))
		all()
		f.want("main-gate-plan-closed", "main-gate-trust-closed", "main-gate-trust-opened")
		// Killed after telling and before noting it: the next look tells it once more, which its id prevents.
		f.redis.Del(t.Context(), f.ledger.Prefix()+"notify:gates")
		all()
		f.close(closed(qflow.GateTrust, 5))
		all()
		f.want("main-gate-plan-closed", "main-gate-trust-closed", "main-gate-trust-opened", "main-gate-plan-opened",
			"main-gate-trust-closed")
	})
}

func TestAGateThatWidensIsNotReportedAsOpened(t *testing.T) {
	onBothStores(t, func(t *testing.T, f *fleet) {
		n := f.process("webhook")
		one := notify.ClosedGate{Gate: qflow.GatePlan.For("e1", "t1"), Since: time.Date(2026, 3, 1, 9, 1, 0, 0, time.UTC)}
		f.close(one)
		f.poll(n)
		f.close(notify.ClosedGate{Gate: qflow.GatePlan, Since: time.Date(2026, 3, 1, 9, 2, 0, 0, time.UTC)})
		f.poll(n)
		f.close(one) // another event has had a success
		f.poll(n)
		f.close()
		f.poll(n)
		var titles []string
		for _, e := range f.sent {
			titles = append(titles, e.Title)
			if strings.ContainsAny(e.ID, "@/") {
				t.Errorf("an id that is no part of a message id: %s", e.ID)
			}
		}
		want := []string{
			"The plan gate for event e1 and template t1 is closed", "The plan gate is closed", "The plan gate is open again",
			"The plan gate for event e1 and template t1 is open again",
		}
		if !slices.Equal(titles, want) {
			t.Errorf("published %q, want %q", titles, want)
		}
	})
}

func TestEveryChannelGetsEveryEventWhateverBecomesOfTheOthers(t *testing.T) {
	onBothStores(t, func(t *testing.T, f *fleet) {
		broken := notify.Channel{Name: "email", Send: func(context.Context, notify.Event) error { return errors.New("down") }}
		n := notify.New(f.redis, f.ledger, f.closed, []notify.Channel{broken, {Name: "webhook", Send: f.send}},
			slog.New(slog.DiscardHandler))
		for i := range 3 {
			if err := n.Publish(t.Context(), notify.Event{ID: fmt.Sprintf("event-%d", i)}); err != nil {
				t.Fatal(err)
			}
		}
		f.poll(n)
		f.want("event", "event", "event")
		later := f.process("email") // what is left comes once it works, from any process
		later.RetryAfter(0)
		n.RetryAfter(0)
		f.redis.ZAdd(t.Context(), f.ledger.Prefix()+"notify:due:email", redis.Z{Member: "event-0"},
			redis.Z{Member: "event-1"}, redis.Z{Member: "event-2"})
		f.poll(later)
		f.want("event", "event", "event", "event", "event", "event")
	})
}

func TestAReceiverThatFailsIsTriedAgainAndGivenUpWithOneLine(t *testing.T) {
	onBothStores(t, func(t *testing.T, f *fleet) {
		f.fault = errors.New("it answers 503")
		n := f.process("webhook")
		n.RetryAfter(0, 0, 0)
		if err := n.Publish(t.Context(), notify.Event{ID: "event-1", Title: "the gala"}); err != nil {
			t.Fatal(err)
		}
		f.poll(n)
		f.poll(n)
		f.want("event", "event", "event", "event")
		if n := strings.Count(f.log.String(), "is dropped"); n != 1 || strings.Count(f.log.String(), "\n") != 2 {
			t.Errorf("dropped %d times\n%s", n, f.log.String())
		}
		for _, key := range []string{"due", "tries"} {
			if left := f.redis.Exists(t.Context(), f.ledger.Prefix()+"notify:"+key+":webhook").Val(); left != 0 {
				t.Errorf("the %s of what was dropped stay", key)
			}
		}
	})
}

func TestAProcessKilledBetweenSendingAndRecordingItSendsTheSameEventAgain(t *testing.T) {
	onBothStores(t, func(t *testing.T, f *fleet) {
		dying, other := f.process("webhook"), f.process("webhook")
		if err := dying.Publish(t.Context(), notify.Event{ID: "event-1"}); err != nil {
			t.Fatal(err)
		}
		f.dies = true
		dead := make(chan struct{})
		go func() {
			defer close(dead)
			_ = dying.Deliver(context.Background())
		}()
		<-dead
		f.poll(other)
		f.want("event") // the claim of the dead process holds
		f.redis.ZAdd(t.Context(), f.ledger.Prefix()+"notify:due:webhook", redis.Z{Member: "event-1", Score: 1})
		f.poll(other)
		f.poll(other)
		f.want("event", "event")
	})
}

// A process that was frozen while it sent comes back after another has taken over.
func TestALateFailureDoesNotBringBackWhatAnotherHasDelivered(t *testing.T) {
	onBothStores(t, func(t *testing.T, f *fleet) {
		other := f.process("webhook")
		frozen := notify.New(f.redis, f.ledger, f.closed,
			[]notify.Channel{{Name: "webhook", Send: func(ctx context.Context, _ notify.Event) error {
				// its claim has expired
				f.redis.ZAdd(ctx, f.ledger.Prefix()+"notify:due:webhook", redis.Z{Member: "event-1", Score: 1})
				f.poll(other)
				return errors.New("too late")
			}}}, slog.New(slog.DiscardHandler))
		frozen.RetryAfter(0)
		if err := frozen.Publish(t.Context(), notify.Event{ID: "event-1"}); err != nil {
			t.Fatal(err)
		}
		f.poll(frozen)
		f.poll(other)
		f.want("event")
	})
}

func TestTwoProcessesDeliverEachOfManyEventsOnce(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	f := newFleet(t, redistest.Connect(t, server))
	f.poll(f.process("webhook", "email"))
	const imports = 25
	for i := range imports {
		f.finish(fmt.Sprintf("list%d", i), ledger.Accepted)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for range 2 {
		n := f.process("webhook", "email")
		running.Go(func() { n.Run(ctx) })
	}
	for range 2 * imports {
		<-f.came
	}
	cancel()
	running.Wait() // what was sent is noted by then
	f.poll(f.process("webhook", "email"))
	counts := map[string]int{}
	for _, e := range f.sent {
		counts[e.ID]++
	}
	for id, n := range counts {
		if n != 2 {
			t.Errorf("%s was sent %d times through two channels", id, n)
		}
	}
	if len(counts) != imports {
		t.Errorf("%d events, want %d", len(counts), imports)
	}
}

func TestDeliveryGoesOnOnceRedisIsBack(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	options := server.Redis()
	options.MaxRetries = -1
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	f := newFleet(t, client)
	n := f.process("webhook")
	if err := n.Publish(t.Context(), notify.Event{ID: "event-1"}); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	if err := n.Deliver(t.Context()); err == nil {
		t.Fatal("delivered without Redis")
	}
	again, err := redistest.Restart(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(again.Kill)
	for n.Deliver(t.Context()) != nil && t.Context().Err() == nil { // until the connection is back
	}
	f.want("event")
}

func TestAnEventIsDueNoLaterThanMeantWhenTheClockOfRedisGoesBack(t *testing.T) {
	t.Parallel()
	f := newFleet(t, redistest.Client(t))
	f.fault = errors.New("it answers 503")
	n := f.process("webhook")
	n.RetryAfter(10*time.Minute, 0)
	if err := n.Publish(t.Context(), notify.Event{ID: "event-1"}); err != nil {
		t.Fatal(err)
	}
	f.poll(n)
	due := f.ledger.Prefix() + "notify:due:webhook"
	ahead := time.Now().Add(time.Hour)
	f.redis.ZAdd(t.Context(), due, redis.Z{Member: "event-1", Score: float64(ahead.UnixMilli())})
	f.poll(n)
	if at := time.UnixMilli(int64(f.redis.ZScore(t.Context(), due,
		"event-1").Val())); !at.Before(ahead.Add(-30 * time.Minute)) {
		t.Fatalf("it is due again at %s, although the delay is ten minutes", at)
	}
}

// The first poll was by a clock that was ahead.
func TestChangesAreReportedThoughTheFirstPollLiesInTheFuture(t *testing.T) {
	t.Parallel()
	f := newFleet(t, redistest.Client(t))
	n := f.process("webhook")
	f.redis.Set(t.Context(), f.ledger.Prefix()+"notify:since", time.Now().Add(24*time.Hour).UnixMilli(), 0)
	f.poll(n)
	id := f.finish("gala", ledger.Accepted)
	f.poll(n)
	f.want("main-import-" + id + "-finished")
}
