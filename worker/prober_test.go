package worker_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"guestflow/importer"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/importer/spec"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/worker/gate"
)

const (
	// never is a ladder on which no probe is due until the test wants one.
	never       = time.Hour
	noTemplate  = "11111111-2222-4333-8444-555555555555" // of no event
	otherEvent  = "99999999-2222-4333-8444-000000000001"
	thirdEvent  = "99999999-2222-4333-8444-000000000002"
	notMyEvent  = `{"message":"You are not a member of this event's team"}`
	unknownCode = "http_403"
)

func (f *farm) close(g qflow.Gate) {
	f.t.Helper()
	if _, err := f.gates().Close(f.t.Context(), g, "test"); err != nil {
		f.t.Fatal(err)
	}
}

func (f *farm) probeNow(g qflow.Gate) {
	f.t.Helper()
	if closed, err := f.gates().ProbeNow(f.t.Context(), g); err != nil || !closed {
		f.t.Fatalf("the %s gate is closed: %v, %v", g, closed, err)
	}
}

func (f *farm) closed() []gate.Closed {
	f.t.Helper()
	list, err := f.gates().Closed(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	return list
}

func (f *farm) awaitParked(id string, rows int) {
	f.t.Helper()
	f.await(id, "its rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == rows })
}

// to gives the settings of an import to another event.
func to(event string) importer.Settings {
	s := settings(template)
	s.Event = event
	return s
}

// qflowAt puts a proxy in front of the sandbox. It answers for it where answer says so; otherwise all events are the
// sandbox's.
func (f *farm) qflowAt(answer func(r *http.Request, body []byte) string) {
	f.t.Helper()
	to, err := url.Parse(f.url)
	if err != nil {
		f.t.Fatal(err)
	}
	pass := httputil.NewSingleHostReverseProxy(to)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if said := answer(r, body); said != "" {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, said)
			return
		}
		for _, event := range []string{otherEvent, thirdEvent} {
			body = bytes.ReplaceAll(body, []byte(event), []byte(sandbox.Defaults().EventID))
			r.URL.Path = strings.ReplaceAll(r.URL.Path, event, sandbox.Defaults().EventID)
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		pass.ServeHTTP(w, r)
	}))
	f.t.Cleanup(server.Close)
	f.url = server.URL
}

// refusing answers calls for these events by an unknown 403, as long as it is on.
func refusing(on *atomic.Bool, events ...string) func(*http.Request, []byte) string {
	return func(r *http.Request, body []byte) string {
		for _, event := range events {
			if on.Load() && (bytes.Contains(body, []byte(event)) || strings.Contains(r.URL.Path, event)) {
				return notMyEvent
			}
		}
		return ""
	}
}

func TestOneProbeGoesPastTheRefusedRowsOfAnotherImport(t *testing.T) {
	t.Parallel()
	const bad = 30
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.ladder = []time.Duration{never}
	f.close(qflow.GateTrust)
	f.work()
	gone := f.importFile(file(t, bad), settings(noTemplate))
	f.awaitParked(gone, bad)
	good := f.importFile(named(t, "Bea", 5), settings(template))
	f.awaitParked(good, 5)
	f.probeNow(qflow.GateTrust)
	if imp := f.awaitDone(good); imp.Counts[ledger.Accepted] != 5 {
		t.Fatalf("counts %s", show(imp.Counts))
	}
	if imp := f.awaitDone(gone); imp.Counts[ledger.Refused] != bad {
		t.Fatalf("counts %s", show(imp.Counts))
	}
}

func TestOneProbeGoesPastTheRefusedRowsOfItsOwnImport(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.DuplicateBarcode = "400" }})
	f.ladder = []time.Duration{never}
	f.work()
	f.awaitDone(f.importFile(barcodes(t, "old", 12, 1), settings("")))
	f.close(qflow.GateTrust)
	id := f.importFile(barcodes(t, "new", 14, 1), settings(template)) // the first twelve claim barcodes that others have
	f.awaitParked(id, 14)
	f.probeNow(qflow.GateTrust)
	if imp := f.awaitDone(id); imp.Counts[ledger.Refused] != 12 || imp.Counts[ledger.Accepted] != 2 {
		t.Fatalf("counts %s", show(imp.Counts))
	}
}

// A gate that is closed still must not be answered by as many calls as there are rows.
func TestAProbeEndsAtTheFirstAnswerThatSpeaksOfItsGate(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.Trusted = false }})
	f.ladder = []time.Duration{never}
	f.close(qflow.GateTrust)
	f.work()
	for _, s := range []importer.Settings{settings(noTemplate), settings(template)} {
		f.awaitParked(f.importFile(named(t, "Bea"+s.Template[:1], 10), s), 10)
	}
	f.probeNow(qflow.GateTrust)
	f.until("the probe is answered", func() bool { return f.closed()[0].LastAnswer != "" })
	if c := f.closed()[0]; c.Probes != 1 || f.calls() != 2 {
		t.Fatalf("%d calls; %+v", f.calls(), c)
	}
}

func TestAProbeThatSaysNothingOfItsGateClimbsNoLadder(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"no token":  {Endpoint: sandbox.Token, Kind: sandbox.Fail500Before},
		"no answer": {Endpoint: sandbox.CreateGuest, Kind: sandbox.ResetBefore},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFarm(t, sandbox.Options{Adjust: noLimits})
			f.ladder = []time.Duration{200 * time.Millisecond, never}
			f.close(qflow.GateTrust)
			if err := f.sandbox.Inject(fault); err != nil {
				t.Fatal(err)
			}
			f.work()
			id := f.importFile(file(t, 8), settings(template))
			f.until("a probe is made again",
				func() bool { return f.lines.Count("the probe's answer says nothing about the gate") >= 2 })
			if c := f.closed()[0]; c.Probes != 0 || f.lines.Count("still closed") > 0 {
				t.Fatalf("%+v\n%s", c, f.lines)
			}
			f.sandbox.ClearFaults()
			// What an answer was lost for, behind a gate that is closed, proves no email when it comes back.
			imp := f.awaitDone(id)
			if s := f.sandbox.Summary(); imp.Counts[ledger.Accepted]+imp.Counts[ledger.Unknown] != 8 || s.Emails != 8 ||
				s.EmailsMax != 1 {
				t.Fatalf("counts %s; %d emails", show(imp.Counts), s.Emails)
			}
		})
	}
}

func TestAnUnknown403ClosesNoMoreThanTheEventItMet(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	var refuses atomic.Bool
	refuses.Store(true)
	f.qflowAt(refusing(&refuses, otherEvent))
	f.work()
	// with an email, and by a bulk call
	for i, s := range []importer.Settings{to(otherEvent), {Spec: spec.Spec{Account: "main", Event: otherEvent}}} {
		id := f.importFile(named(t, []string{"Bob", "Rob"}[i], 3), s)
		f.awaitParked(id, 3)
		good := f.importFile(named(t, "Bea", 5), settings(s.Template))
		if imp := f.awaitDone(good); imp.Counts[ledger.Accepted]+imp.Counts[ledger.Created]+imp.Counts[ledger.Unchanged] != 5 {
			t.Fatalf("counts %s", show(imp.Counts))
		}
		closed := f.closed()
		c := closed[len(closed)-1]
		if s.Template == "" {
			c = closed[0]
		}
		if c.Gate != qflow.GatePlan || c.Event != otherEvent || c.Template != s.Template || c.Import != id ||
			c.Code != unknownCode || c.Detail != unknownCode+" You are not a member of this event's team" {
			t.Fatalf("%+v", closed)
		}
	}
	refuses.Store(false)
	f.until("all gates are open", func() bool { return len(f.closed()) == 0 })
	for _, imp := range f.running() {
		f.awaitDone(imp)
	}
}

// The rows of an event that is refused say nothing of the gate that all emails wait for.
func TestOneProbeGoesPastTheRowsOfAnEventThatIsRefused(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.ladder = []time.Duration{never}
	var refuses atomic.Bool
	refuses.Store(true)
	f.qflowAt(refusing(&refuses, otherEvent))
	f.close(qflow.GateTrust)
	f.work()
	f.awaitParked(f.importFile(named(t, "Bob", 30), to(otherEvent)), 30)
	good := f.importFile(named(t, "Bea", 5), settings(template))
	f.awaitParked(good, 5)
	f.probeNow(qflow.GateTrust)
	if imp := f.awaitDone(good); imp.Counts[ledger.Accepted] != 5 {
		t.Fatalf("counts %s", show(imp.Counts))
	}
	if n := f.lines.Count("gate closed"); n != 1 {
		t.Fatalf("%d gates were closed, want the event's:\n%s", n, f.lines)
	}
}

func (f *farm) running() (ids []string) {
	f.t.Helper()
	list, err := f.ledger.Running(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	for _, imp := range list {
		ids = append(ids, imp.ID)
	}
	return ids
}

func TestASecondEventsUnknown403ClosesTheAccountAndASuccessNarrowsItAgain(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.ladder = []time.Duration{never}
	var all, some atomic.Bool
	all.Store(true)
	some.Store(true)
	everybody, both := refusing(&all, otherEvent, thirdEvent, sandbox.Defaults().EventID), refusing(&some, otherEvent,
		thirdEvent)
	f.qflowAt(func(r *http.Request, body []byte) string { return everybody(r, body) + both(r, body) })
	f.work()
	one := f.importFile(named(t, "Ann", 3), to(otherEvent))
	f.awaitParked(one, 3)
	if c := f.closed(); len(c) != 1 || c[0].Event != otherEvent {
		t.Fatalf("%+v", c)
	}
	two := f.importFile(named(t, "Bob", 3), to(thirdEvent))
	f.awaitParked(two, 3)
	if c := f.closed(); len(c) != 1 || c[0].Gate != qflow.GatePlan || c[0].Event != "" || c[0].Import != two {
		t.Fatalf("%+v", c)
	}
	before := f.calls()
	third := f.importFile(named(t, "Bea", 5), settings(template))
	f.awaitParked(third, 5)
	if f.calls() != before {
		t.Fatal("a call was made behind a gate that is closed for the account")
	}
	// The third event's guests may go. It takes a few probes: one row each until the answer is a 403.
	all.Store(false)
	f.until("the third event goes on", func() bool {
		if c := f.closed(); len(c) == 1 && c[0].Event == "" {
			_, _ = f.gates().ProbeNow(t.Context(), qflow.GatePlan)
		}
		imp, err := f.ledger.Import(t.Context(), third)
		return err == nil && imp.Done()
	})
	f.until("the other two are closed each for itself", func() bool { return len(f.closed()) == 2 })
	// What was shown not to be the account's fault does not close it again.
	again := settings(sandbox.Defaults().SecondTemplate)
	again.Event = otherEvent
	f.importFile(named(t, "Cyd", 2), again)
	f.until("the other template is closed too", func() bool { return len(f.closed()) == 3 })
	some.Store(false)
	f.probeNow(qflow.GatePlan)
	for _, id := range []string{one, two} {
		if imp := f.awaitDone(id); imp.Counts[ledger.Accepted] != 3 {
			t.Fatalf("counts %s", show(imp.Counts))
		}
	}
	f.until("all gates are open", func() bool { return len(f.closed()) == 0 })
	if s := f.sandbox.Summary(); s.EmailsMax != 1 {
		t.Fatalf("a guest has %d emails", s.EmailsMax)
	}
}

// The version before wrote one record a gate, and meant the account.
func TestAGateThatTheVersionBeforeHasClosedIsTheAccounts(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	const record = `{"since":1767225600000,"next":1767225660000,"probes":3,"code":"other","held":true}`
	if err := f.redis.HSet(t.Context(), f.ledger.Prefix()+"gates", "plan", record).Err(); err != nil {
		t.Fatal(err)
	}
	if c := f.closed(); len(c) != 1 || c[0].Gate != qflow.GatePlan || c[0].Event != "" || c[0].Probes != 3 ||
		!c[0].QueuePaused {
		t.Fatalf("%+v", c)
	}
	f.work()
	if imp := f.awaitDone(f.importFile(file(t, 6), settings(template))); imp.Counts[ledger.Accepted] != 6 {
		t.Fatalf("counts %s", show(imp.Counts))
	}
	f.until("the gate is open", func() bool { return len(f.closed()) == 0 })
}

func TestAnOutageOfSendCostsNoMoreThanARowAProbe(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{sandbox.Fail500Before, sandbox.HTMLBefore, sandbox.ResetBefore, sandbox.LostAfter} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			const rows, workers = 120, 2
			f := newFarm(t, sandbox.Options{Adjust: noLimits})
			f.ladder = []time.Duration{never}
			for range workers {
				f.work()
			}
			list := file(t, rows)
			f.awaitDone(f.importFile(list, settings("")))
			if err := f.sandbox.Inject(sandbox.Fault{Endpoint: sandbox.Send, Kind: kind, Skip: 5}); err != nil {
				t.Fatal(err)
			}
			id := f.importFile(list, settings(template)) // the guests exist: by /comms/send
			atRest := func(i ledger.Import) bool { return i.Counts.Open() == i.Counts.Parked() }
			imp := f.await(id, "the rest waits", atRest)
			unknown := imp.Counts[ledger.Unknown]
			// as many as were in flight, of both servers of a worker
			if most := workers * (8 + 2); unknown == 0 || unknown > most {
				t.Fatalf("%d rows are unknown, want 1 to %d", unknown, most)
			}
			for range 3 {
				f.probeNow(qflow.GateSend)
				f.until("it is answered", func() bool { return f.closed()[0].LastAnswer != "" })
				imp = f.await(id, "the rest waits", atRest)
				if unknown++; imp.Counts[ledger.Unknown] > unknown {
					t.Fatalf("%d rows are unknown after a probe, want %d", imp.Counts[ledger.Unknown], unknown)
				}
			}
			f.sandbox.ClearFaults()
			f.probeNow(qflow.GateSend)
			imp = f.awaitDone(id)
			if imp.Counts[ledger.Accepted]+imp.Counts[ledger.Unknown] != rows || imp.Counts[ledger.Unknown] > unknown {
				t.Fatalf("counts %s", show(imp.Counts))
			}
			if s := f.sandbox.Summary(); s.EmailsMax != 1 || s.Emails < imp.Counts[ledger.Accepted] {
				t.Fatalf("%d emails, %d for one guest, %d rows accepted", s.Emails, s.EmailsMax, imp.Counts[ledger.Accepted])
			}
		})
	}
}

// What certainly came before any work needs no person: the row is called again.
func TestASendThatCertainlyDidNothingIsNotUnknown(t *testing.T) {
	t.Parallel()
	for _, down := range []string{"521", "523", "525", "526"} {
		t.Run(down, func(t *testing.T) {
			t.Parallel()
			f := newFarm(t, sandbox.Options{Adjust: noLimits})
			f.work()
			list := file(t, 6)
			f.awaitDone(f.importFile(list, settings("")))
			f.adjust(func(s *sandbox.Switches) { s.OriginDown = down })
			id, before := f.importFile(list, settings(template)), f.calls()
			f.until("sends have failed", func() bool { return f.calls() >= before+3 })
			f.adjust(func(s *sandbox.Switches) { s.OriginDown = "no" })
			if imp := f.awaitDone(id); imp.Counts[ledger.Accepted] != 6 || f.lines.Count("gate closed") > 0 {
				t.Fatalf("counts %s\n%s", show(imp.Counts), f.lines)
			}
			f.checkBooks(6, 6)
		})
	}
}

func TestASendWhoseConnectionIsRefusedIsNotUnknown(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	on := func(at string) *httptest.Server {
		to, err := url.Parse(f.url)
		if err != nil {
			t.Fatal(err)
		}
		s := httptest.NewUnstartedServer(httputil.NewSingleHostReverseProxy(to))
		_ = s.Listener.Close()
		if s.Listener, err = new(net.ListenConfig).Listen(t.Context(), "tcp", at); err != nil {
			t.Fatal(err)
		}
		s.Start()
		return s
	}
	direct, front := f.url, on("127.0.0.77:0") // where no other test takes the port meanwhile
	f.url = front.URL
	f.work()
	f.url = direct
	list := file(t, 6)
	f.awaitDone(f.importFile(list, settings("")))
	front.Close()
	id := f.importFile(list, settings(template))
	f.until("sends have failed", func() bool {
		tries, err := f.ledger.Tries(t.Context(), id, []int{1, 2, 3, 4, 5, 6})
		return err == nil && slices.Max(tries) > 0
	})
	front = on(front.Listener.Addr().String())
	defer front.Close()
	if imp := f.awaitDone(id); imp.Counts[ledger.Accepted] != 6 || f.lines.Count("gate closed") > 0 {
		t.Fatalf("counts %s\n%s", show(imp.Counts), f.lines)
	}
	f.checkBooks(6, 6)
}

// Each probe of it may cost a row, so an outage costs few however short the configured intervals are.
func TestProbesOfAnOutageOfSendGetRarerBelowAnyLadder(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{})
	f.ladder = []time.Duration{200 * time.Millisecond}
	gates := f.gates()
	wait := func() time.Duration {
		t.Helper()
		c := f.closed()[0]
		now, err := f.redis.Time(t.Context()).Result()
		if err != nil {
			t.Fatal(err)
		}
		return c.NextProbe.Sub(now)
	}
	f.close(qflow.GateSend)
	for n := range 12 {
		c := f.closed()[0]
		if c.Probes != n {
			t.Fatalf("%d probes, want %d", c.Probes, n)
		}
		if err := gates.RecordProbe(t.Context(), c, true, 0, "ambiguous 503"); err != nil {
			t.Fatal(err)
		}
	}
	if w := wait(); w < 10*time.Minute || w > 20*time.Minute {
		t.Fatalf("the next probe comes in %s", w)
	}
	// It opens, and the next answer is lost as well.
	if opened, err := gates.OpenProven(t.Context(), f.closed()[0], "", ""); err != nil || !opened {
		t.Fatalf("opened: %v, %v", opened, err)
	}
	f.close(qflow.GateSend)
	if w := wait(); w < 5*time.Minute {
		t.Fatalf("the next probe comes in %s", w)
	}
}

// Rows that go by the atomic call may be repeated, and wait for no outage of /comms/send.
func TestAnOutageOfSendHoldsUpNoRowThatGoesAnotherWay(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.ladder = []time.Duration{never}
	f.close(qflow.GateSend)
	f.work()
	for name, s := range map[string]importer.Settings{"Bea": settings(template), "Eve": settings("")} {
		if imp := f.awaitDone(f.importFile(named(t, name, 9),
			s)); imp.Counts[ledger.Accepted]+imp.Counts[ledger.Created] != 9 {
			t.Fatalf("counts %s", show(imp.Counts))
		}
	}
	if c := f.closed(); len(c) != 1 || c[0].Gate != qflow.GateSend {
		t.Fatalf("%+v", c)
	}
}

// A process that unpauses a queue for a gate that has just opened may come late, when the gate is closed again.
func TestAQueueThatTheFleetReleasesLateIsNotUnpausedManually(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.ladder = []time.Duration{never}
	queues := queue.New(f.redis, f.account)
	may, err := f.gates().BeginRelease(t.Context(), qflow.GateTrust)
	if err != nil || !may {
		t.Fatalf("may release: %v, %v", may, err)
	}
	f.close(qflow.GateTrust)
	if err := queues.Pause(t.Context(), qflow.GateTrust); err != nil {
		t.Fatal(err)
	}
	if err := f.gates().SetQueuePaused(t.Context(), qflow.GateTrust); err != nil {
		t.Fatal(err)
	}
	if err := queues.Unpause(t.Context(), qflow.GateTrust); err != nil { // late
		t.Fatal(err)
	}
	if may, err := f.gates().BeginRelease(t.Context(), qflow.GateTrust); err != nil || may {
		t.Fatalf("a closed gate's queue may be released: %v, %v", may, err)
	}
	// makes the queue
	if err := queues.Park(t.Context(), qflow.GateTrust, chunk.Ref{Account: f.account, Import: "aaaaaaaa"}); err != nil {
		t.Fatal(err)
	}
	f.work()
	f.until("the queue is paused again", func() bool {
		return f.closed()[0].QueuePaused &&
			f.parkedQueue(qflow.GateTrust).Paused
	})
	if c := f.closed()[0]; f.lines.Count("unpaused manually") > 0 || time.Until(c.NextProbe) < never/2 {
		t.Fatalf("%+v\n%s", c, f.lines)
	}
}
