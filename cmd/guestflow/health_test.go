package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// served starts the daemon on a port that is free and gives where it is.
func (h *house) served(args ...string) (d *testkit.Process, at string) {
	h.t.Helper()
	d = h.start("msg=console", append([]string{"run", "--listen=127.0.0.1:0"}, args...)...)
	return d, listening.FindStringSubmatch(d.String())[1]
}

var listening = regexp.MustCompile(`msg=console url=(http://127\.0\.0\.1:\d+)/`)

func visit(t *testing.T, address string) (int, string) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// ready waits until a process is.
func ready(t *testing.T, at string) {
	t.Helper()
	var said string
	testkit.Eventually(t, "it is ready", func() (is bool) {
		code, text := visit(t, at+"/readyz")
		said = text
		return code == http.StatusOK
	}, testkit.Detail(func() string { return said }))
}

// spans is a collector of traces.
type spans struct {
	mu   sync.Mutex
	all  []*tracepb.Span
	text string
}

func (s *spans) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	var data tracepb.TracesData
	if r.URL.Path != "/v1/traces" || proto.Unmarshal(raw, &data) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text += data.String()
	for _, resource := range data.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			s.all = append(s.all, scope.GetSpans()...)
		}
	}
}

// named gives the spans of a name.
func (s *spans) named(name string) (list []*tracepb.Span) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, span := range s.all {
		if span.GetName() == name {
			list = append(list, span)
		}
	}
	return list
}

func TestProbesHaveAnAddressOfTheirOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	// without workers, which would have to start first
	d, console := h.served("--metrics-listen=127.0.0.1:0", "--roles=schedules")
	watched := regexp.MustCompile(`msg="metrics and health" url=(http://127\.0\.0\.1:\d+)/`)
	at := d.WaitForMatch(watched)[1] // the two begin to listen side by side
	ready(t, at)
	for path, want := range map[string]int{"/healthz": 200, "/metrics": 200, "/": 404, "/login": 404,
		"/webhooks/qflow": 404} {
		if code, body := visit(t, at+path); code != want {
			t.Errorf("%s is answered %d there: %.200s", path, code, body)
		}
	}
	if code, _ := visit(t, console+"/healthz"); code != http.StatusOK {
		t.Errorf("/healthz is answered %d on the console", code)
	}
	if out, errs, code := h.run("health", "--metrics-listen="+strings.TrimPrefix(at, "http://"),
		"--listen=127.0.0.1:1"); code != exit.OK {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}

// poison stands in every cell of the guests, and in what Qflow says of them.
const poison = "Zyxwv"

// gossip passes calls on, and refuses the guests called Bad by telling all about them, in the place of a code too.
func gossip(t *testing.T, api string) (address string) {
	t.Helper()
	to, err := url.Parse(api)
	if err != nil {
		t.Fatal(err)
	}
	pass := httputil.NewSingleHostReverseProxy(to)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if bytes.Contains(body, []byte(`"lastName":"Bad"`)) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprintf(w, `{"error":{"code":%q,"message":%q}}`, poison, poison+"@example.com is bad")
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		pass.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestNothingOfAGuestIsInMetricsTracesOrLogs(t *testing.T) {
	t.Parallel()
	traces := &spans{}
	collector := httptest.NewServer(traces)
	t.Cleanup(collector.Close)
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(),
		"OTEL_EXPORTER_OTLP_ENDPOINT="+collector.URL)...)
	h.sandbox(sandbox.Options{Adjust: noLimits})
	h.env = append(h.env, "GUESTFLOW_API_URL="+gossip(t, strings.TrimPrefix(h.env[len(h.env)-1], "GUESTFLOW_API_URL=")))
	d, at := h.served("--verbose")
	h.write("guests.csv", "First Name,Last Name,Email,Tags,Additional Info,"+poison+"\n"+
		strings.ReplaceAll("P,PP,P@example.com,P,P,P\nP,Bad,2P@example.com,P,,\nP,Bad,3P@example.com,,,\nP,Bad,4P@example.com,,,\nP,PPP,P,,,\n", "P", poison))
	if out, errs, code := h.run("import", "guests.csv", event, template, "--wait"); code != exit.Attention {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	counted := []string{
		`guestflow_rows_moved_total{account="sandbox",reason="other",state="refused"} 3`,
		`guestflow_rows_moved_total{account="sandbox",reason="",state="accepted"} 1`,
		`guestflow_calls_total{account="sandbox",endpoint="guest",outcome="refused"} 3`,
		`guestflow_imports_finished_total{account="sandbox",outcome="attention"} 1`,
		`guestflow_fleet_up{account="sandbox"} 1`, `guestflow_workers{account="sandbox"} `,
		`guestflow_open_imports{account="sandbox",status="running"} 0`,
	}
	var metrics string
	testkit.Eventually(t, "the metrics have counted all of it", func() bool { // a moment after it was written down
		_, metrics = visit(t, at+"/metrics")
		return !slices.ContainsFunc(counted, func(want string) bool { return !strings.Contains(metrics, want) })
	}, testkit.Detail(func() string { return metrics }))
	d.End(syscall.SIGTERM) // which sends the last spans
	for what, text := range map[string]string{"the metrics": metrics, "the traces": traces.text, "the log": d.String()} {
		if where := strings.Index(strings.ToLower(text), strings.ToLower(poison)); where >= 0 {
			t.Errorf("a guest's data is in %s: ...%s...", what, text[max(where-200, 0):min(where+100, len(text))])
		}
	}
	lines := regexp.MustCompile(`(?m)^.*msg="row called".*$`).FindAllString(d.String(), -1)
	if len(lines) != 4 {
		t.Fatalf("%d lines about the four rows that were called", len(lines))
	}
	whole := regexp.MustCompile(`import=\w{8} row=\d+ correlation_id=[0-9a-f-]{36} .*trace_id=[0-9a-f]{32}`)
	for _, line := range lines {
		if !whole.MatchString(line) {
			t.Errorf("a line about a row does not name it and its trace: %s", line)
		}
	}
	traces.oneTrace(t)
}

// oneTrace is what a short import makes, though one process reads it and another calls.
func (s *spans) oneTrace(t *testing.T) {
	t.Helper()
	imports, chunks, calls := s.named("import"), s.named("chunk"), s.named("qflow guest")
	if len(imports) != 1 || len(chunks) == 0 || len(calls) != 4 {
		t.Fatalf("%d spans of the import, %d of chunks and %d of calls", len(imports), len(chunks), len(calls))
	}
	parents := map[string]string{}
	for _, span := range append(append(imports, chunks...), calls...) {
		if !bytes.Equal(span.GetTraceId(), imports[0].GetTraceId()) {
			t.Errorf("the span %s is in another trace", span.GetName())
		}
		parents[string(span.GetSpanId())] = string(span.GetParentSpanId())
	}
	for _, call := range calls {
		if root := parents[string(call.GetParentSpanId())]; root != string(imports[0].GetSpanId()) {
			t.Errorf("a call does not lie below a chunk of the import")
		}
	}
}

func TestTasksOfALongImportBeginTracesOfTheirOwn(t *testing.T) {
	t.Parallel()
	traces := &spans{}
	collector := httptest.NewServer(traces)
	t.Cleanup(collector.Close)
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(),
		"OTEL_EXPORTER_OTLP_ENDPOINT="+collector.URL)...)
	h.sandbox(sandbox.Options{Adjust: noLimits})
	d, _ := h.served()
	if out, errs, code := h.run("import", h.file("guests.csv", 600), event, "--wait"); code != exit.OK {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	d.End(syscall.SIGTERM)
	root := traces.named("import")[0]
	chunks := traces.named("chunk")
	if len(chunks) < 3 {
		t.Fatalf("%d chunks", len(chunks))
	}
	for _, c := range chunks {
		if bytes.Equal(c.GetTraceId(), root.GetTraceId()) || len(c.GetLinks()) != 1 ||
			!bytes.Equal(c.GetLinks()[0].GetTraceId(), root.GetTraceId()) {
			t.Fatal("a chunk is not a trace of its own with a link to its import")
		}
	}
}

func TestAProcessSaysWhetherItIsWell(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+server.URL())
	h.sandbox(sandbox.Options{})
	_, at := h.served()
	ready(t, at)
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	// On a busy machine Redis may take longer than a process waits for it.
	health := func(want int, words string, args ...string) {
		t.Helper()
		var said string
		testkit.Eventually(t, fmt.Sprintf("health %v ends with %d and %q", args, want, words), func() bool {
			out, errs, code := h.run(append([]string{"health"}, args...)...)
			said = fmt.Sprintf("exit %d\n%s%s", code, out, errs)
			return code == want && strings.Contains(out+errs, words)
		}, testkit.Detail(func() string { return said }))
	}
	health(0, "is healthy", "--listen=:"+u.Port())
	health(0, "is healthy", "--live", "--url="+at+"/healthz")
	health(1, "does not answer", "--listen=127.0.0.1:1")
	health(1, "is not a URL", "--url=nowhere")

	client := redistest.Connect(t, server)
	client.ReplicaOf(t.Context(), "127.0.0.1", "1") // a failover that has taken its master away
	testkit.Eventually(t, "it says that Redis is read-only", func() bool {
		code, said := visit(t, at+"/readyz")
		return code == http.StatusServiceUnavailable && strings.Contains(said, "redis: it is read-only")
	})
	health(1, "read-only", "--listen="+u.Host)
	client.ReplicaOf(t.Context(), "NO", "ONE")
	ready(t, at)

	server.Kill()
	testkit.Eventually(t, "it says that Redis is away", func() bool {
		code, said := visit(t, at+"/readyz")
		return code == http.StatusServiceUnavailable && strings.Contains(said, "redis: it does not answer within 1s")
	})
	if code, said := visit(t, at+"/healthz"); code != http.StatusOK {
		t.Fatalf("a process is to be restarted because Redis is away: %s", said)
	}
	if code, text := visit(t, at+"/metrics"); code != http.StatusOK ||
		!strings.Contains(text, `guestflow_fleet_up{account="sandbox"} 0`) ||
		!strings.Contains(text, "guestflow_build_info") {
		t.Fatalf("without Redis the metrics are %d, %.300s", code, text)
	}
}

func TestAProcessWithoutAnAddressHasNoConsoleAndWorks(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	h.sandbox(sandbox.Options{Adjust: noLimits})
	d := h.start("running", "run", "--listen=")
	h.must("import", h.file("one.csv", 2), event, template, "--wait")
	if log := d.String(); strings.Contains(log, "console") {
		t.Errorf("there is a console:\n%s", log)
	}
}
