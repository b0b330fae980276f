package monitor_test

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"guestflow/cmd/guestflow/monitor"
	"guestflow/cmd/guestflow/operate"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/importer/reason"
	"guestflow/qflow"
	"guestflow/qflow/webhook"
	"guestflow/tokencache"
	"guestflow/worker/budget"
	"guestflow/worker/delivery"
	"guestflow/worker/gate"
)

// used has every metric moved once.
func used(t *testing.T) *monitor.Metrics {
	t.Helper()
	m := monitor.NewMetrics()
	client := redistest.Client(t)
	books, err := ledger.For(client, "main")
	if err != nil {
		t.Fatal(err)
	}
	m.AddAccount(&operate.Account{
		Redis: client, Ledger: books, Gates: gate.New(client, books.Prefix(), nil), Queues: queue.New(client, "main"),
		Budget: budget.New(client, budget.Config{Egress: "default", Account: "main", Limits: budget.DefaultLimits}),
	})
	m.Ledger("main").Moved(ledger.Accepted, "", 200)
	m.Ledger("main").Finished(ledger.Import{Started: time.Unix(1, 0), Finished: time.Unix(61, 0)})
	_, done := m.Calls("main")(t.Context(), qflow.EndpointSend)
	done(qflow.Outcome{Kind: qflow.Accepted})
	m.Waited("main")(budget.Email, time.Second)
	m.Worker("main").GateChanged(qflow.GateTrust, true)
	m.Worker("main").Probed(qflow.GateTrust, false)
	m.Webhooks("main").Accepted(webhook.Bounced, delivery.Ignored)
	m.Webhooks("main").Refused(webhook.RefusedStale)
	m.Tokens().Renewed(tokencache.Grant("password"), tokencache.ResultRenewed, time.Second)
	m.HTTP(http.NewServeMux()).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	return m
}

func scrape(t *testing.T, m *monitor.Metrics) string {
	t.Helper()
	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	if answer.Code != http.StatusOK {
		t.Fatalf("%d: %s", answer.Code, answer.Body)
	}
	return answer.Body.String()
}

func TestMetricsAreNamedAsPrometheusWants(t *testing.T) {
	t.Parallel()
	text := scrape(t, used(t))
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	for line := range strings.Lines(text) {
		name, is := strings.CutPrefix(line, "# HELP guestflow_")
		if is && !strings.Contains(name, "his process") && !strings.Contains(name, "The same in each process") {
			t.Errorf("it is not told of whom it is: %s", line)
		}
	}
}

// A guest's name has the shape of a code, and Qflow may say anything.
func TestReasonsAreAClosedSet(t *testing.T) {
	t.Parallel()
	m := monitor.NewMetrics()
	moved := m.Ledger("main").Moved
	for code, want := range map[string]string{
		"Ann": "other", "ann": "other", "http_422": "http_422", "http_ann": "other", "trust_gate": "trust_gate",
		"spam_check_failed": "spam_check_failed",
		"interrupted":       "interrupted", "ambiguous": "ambiguous", "": "", reason.Bounced: reason.Bounced,
	} {
		moved(ledger.Refused, code, 1)
		if want := `reason="` + want + `",state="refused"`; !strings.Contains(scrape(t, m), want) {
			t.Errorf("%q is not %s", code, want)
		}
	}
	moved(ledger.Rejected, "bad_email", 1)
	moved(ledger.Rejected, "ann@example.com", 1)
	if text := scrape(t, m); strings.Contains(text, "ann") || strings.Contains(text, "Ann") ||
		!strings.Contains(text, `reason="bad_email",state="rejected"`) {
		t.Errorf("the reasons are not ours:\n%s", text)
	}
}

// Prometheus takes a series that begins at 200 for one that has not grown.
func TestRowsAndImportsAreCountedFromZero(t *testing.T) {
	t.Parallel()
	m := monitor.NewMetrics()
	_ = m.Ledger("main")
	text := scrape(t, m)
	for _, want := range []string{
		`guestflow_rows_moved_total{account="main",reason="",state="accepted"} 0`,
		`guestflow_imports_finished_total{account="main",outcome="done"} 0`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing before the first import", want)
		}
	}
}

func TestRequestsAreCountedByRouteAndStreamsStillFlow(t *testing.T) {
	t.Parallel()
	m, next := monitor.NewMetrics(), make(chan struct{})
	inner, outer := http.NewServeMux(), http.NewServeMux()
	inner.HandleFunc("GET /a/{account}/imports/{id}",
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	inner.HandleFunc("GET /live", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = w.Write([]byte("one\n"))
		_ = http.NewResponseController(w).Flush()
		<-next
		_, _ = w.Write([]byte("two\n"))
	})
	outer.Handle("/", inner)
	server := httptest.NewServer(m.HTTP(outer))
	t.Cleanup(server.Close)
	for _, path := range []string{"/a/main/imports/aaaa", "/a/main/imports/bbbb", "/wp-login.php"} {
		resp, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	resp, err := http.Get(server.URL + "/live")
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(resp.Body)
	if !lines.Scan() || lines.Text() != "one" {
		t.Fatal("nothing flows before the stream has ended")
	}
	close(next)
	for lines.Scan() {
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	server.Close() // waits for the handlers, which count at their end
	text := scrape(t, m)
	for _, want := range []string{
		`guestflow_http_requests_total{code="418",route="GET /a/{account}/imports/{id}"} 2`,
		`guestflow_http_requests_total{code="404",route="none"} 1`,
		`guestflow_http_requests_total{code="200",route="GET /live"} 1`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %s in\n%s", want, text)
		}
	}
	if strings.Contains(text, `duration_seconds_count{route="GET /live"}`) || strings.Contains(text, "wp-login") {
		t.Errorf("a stream was timed, or a stranger's path is a label:\n%s", text)
	}
}

func TestHealthSaysWhatIsAmissOnceForAllWhoAsk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, healthIsCheap)
}

func healthIsCheap(t *testing.T) {
	asked := 0
	check := monitor.HealthHandler(monitor.Check{Name: "redis", Fails: func(ctx context.Context) error {
		asked++
		if _, bounded := ctx.Deadline(); !bounded {
			t.Error("a check may take for ever")
		}
		return errors.New("it is full")
	}}, monitor.Check{Name: "main", Fails: func(context.Context) error { return nil }})
	for range 20 {
		answer := httptest.NewRecorder()
		check.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/readyz", http.NoBody))
		if answer.Code != http.StatusServiceUnavailable || answer.Body.String() != "redis: it is full\n" {
			t.Fatalf("%d: %s", answer.Code, answer.Body)
		}
	}
	if asked != 1 {
		t.Errorf("20 requests cost %d looks", asked)
	}
	time.Sleep(time.Second) // of the bubble's clock
	check.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/readyz", http.NoBody))
	if asked != 2 {
		t.Errorf("a second later it was not looked again")
	}
}
