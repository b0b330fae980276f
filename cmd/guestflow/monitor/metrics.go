package monitor

import (
	"cmp"
	"context"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"guestflow/importer/ledger"
	"guestflow/importer/reason"
	"guestflow/qflow"
	"guestflow/qflow/webhook"
	"guestflow/tokencache"
	"guestflow/worker"
	"guestflow/worker/budget"
	"guestflow/worker/delivery"
)

// Metrics are the numbers of one process, and with AddAccount those of the fleet. Their labels are closed sets, without
// guests, imports or files. The account is a label; there are as many as are configured.
//
// What a process counts itself is named so, and must be summed over all processes; what is read from Redis is the same
// in each process, and must not.
type Metrics struct {
	registry *prometheus.Registry
	fleet    *fleetCollector

	rows      *prometheus.CounterVec
	imports   *prometheus.CounterVec
	durations *prometheus.HistogramVec

	calls     *prometheus.CounterVec
	callTimes *prometheus.HistogramVec
	waited    *prometheus.HistogramVec

	gates    *prometheus.CounterVec
	probes   *prometheus.CounterVec
	restored *prometheus.CounterVec

	webhooks *prometheus.CounterVec
	refusals *prometheus.CounterVec

	requests     *prometheus.CounterVec
	requestTimes *prometheus.HistogramVec

	renewals  *prometheus.CounterVec
	renewing  *prometheus.HistogramVec
	waits     prometheus.Histogram
	recovered prometheus.Counter
	settled   prometheus.Counter
}

// The buckets, in seconds.
var (
	callBuckets = []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30} // a call times out after 30 s
	// at 300 emails a minute, 32 callers wait 6 s
	waitBuckets    = []float64{.01, .1, .5, 1, 5, 15, 60, 300, 1800}
	tokenBuckets   = []float64{.001, .005, .025, .1, .25, .5, 1, 2.5, 5, 10, 30, 60} //
	importBuckets  = []float64{1, 5, 15, 60, 300, 900, 3600, 14400, 43200, 86400, 259200}
	requestBuckets = []float64{.001, .005, .025, .1, .25, 1, 5} // a page should take 0.1 s
)

// NewMetrics registers all metrics, with those of the Go runtime and of the process.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		fleet:    newFleetCollector(),

		rows: counters("guestflow_rows_moved_total",
			"Rows whose state this process has changed, by the new state and the code of its reason, if any.",
			"account", "state", "reason"),
		imports: counters("guestflow_imports_finished_total",
			"Imports whose last open row this process has settled: done, attention (some rows need attention) or "+
				"cancelled.", "account", "outcome"),
		durations: histograms("guestflow_import_duration_seconds",
			"Time from the start of an import to its end, for those that this process has finished.", importBuckets,
			"account"),

		calls: counters("guestflow_calls_total", "Calls to Qflow that this process has made, by outcome.", "account",
			"endpoint", "outcome"),
		callTimes: histograms("guestflow_call_duration_seconds",
			"Duration of this process's calls to Qflow, without the wait for the budget.", callBuckets, "account",
			"endpoint"),
		waited: histograms("guestflow_budget_wait_seconds",
			"Time that a call of this process waited for the budget, by the tightest limit that applies to it.",
			waitBuckets, "account", "scope"),

		gates: counters("guestflow_gate_changes_total",
			"Changes of gates by this process: closed or opened. Each change of the fleet is counted by one process.",
			"account", "gate", "change"),
		probes: counters("guestflow_gate_probes_total", "Probes of closed gates by this process: closed (still) or "+
			"open.", "account", "gate", "result"),
		restored: counters("guestflow_tasks_restored_total", "Missing tasks of queued rows, deleted by Asynq's tools "+
			"perhaps, that this process has enqueued again.", "account"),

		webhooks: counters("guestflow_webhook_events_total",
			"Deliveries of Qflow's webhook that this process has accepted, by kind of event and result.", "account",
			"event", "fate"),
		refusals: counters("guestflow_webhook_refusals_total", "Requests to the webhook that this process has "+
			"refused, by reason.", "account", "reason"),

		requests: counters("guestflow_http_requests_total", "Requests to this process's console, by route.", "route",
			"code"),
		requestTimes: histograms("guestflow_http_request_duration_seconds",
			"Duration of this process's answers in the console, without streams.", requestBuckets, "route"),

		renewals: counters("guestflow_token_renewals_total", "Attempts of this process at a new token, by grant and "+
			"result.", "grant", "result"),
		renewing: histograms("guestflow_token_renewal_seconds", "Duration of this process's requests to the identity "+
			"server.", tokenBuckets, "grant"),
		waits: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "guestflow_token_wait_seconds", Help: "Time that callers in this process waited for a token that " +
				"was not in memory.", Buckets: tokenBuckets,
		}),
		recovered: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "guestflow_token_claims_recovered_total", Help: "Claims that this process took over from one that " +
				"was gone; each abandons a refresh token.",
		}),
		settled: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "guestflow_token_journals_settled_total", Help: "Answers of the identity server that this process " +
				"committed from the journal of another process.",
		}),
	}
	m.registry.MustRegister(m.fleet, m.rows, m.imports, m.durations, m.calls, m.callTimes, m.waited, m.gates, m.probes,
		m.restored, m.webhooks, m.refusals,
		m.requests, m.requestTimes, m.renewals, m.renewing, m.waits, m.recovered, m.settled, build(),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
}

// build is the version of this binary, as a metric.
func build() prometheus.Collector {
	labels := prometheus.Labels{"version": "unknown", "revision": "unknown", "goversion": "unknown"}
	if info, ok := debug.ReadBuildInfo(); ok {
		labels["version"], labels["goversion"] = cmp.Or(info.Main.Version, "unknown"), info.GoVersion
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				labels["revision"] = s.Value
			}
		}
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{Name: "guestflow_build_info",
		Help: "What this process was built from; always 1.", ConstLabels: labels})
	info.Set(1)
	return info
}

// Handler serves the metrics. What cannot be read is left out, since some numbers are better than none.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// Ledger counts the rows and imports of an account. The usual series exist from the start: Prometheus does not count
// the first value of a series as an increase, and a small import may be counted at once.
func (m *Metrics) Ledger(account string) ledger.Observer {
	for _, s := range ledger.AllStates() {
		if s.Succeeded() {
			m.rows.WithLabelValues(account, s.String(), "")
		}
	}
	for _, is := range []string{"done", "attention", "cancelled"} {
		m.imports.WithLabelValues(account, is)
	}
	return ledger.Observer{
		Moved: func(to ledger.State, code string, rows int) {
			m.rows.WithLabelValues(account, to.String(), reason.Public(code, to == ledger.Rejected)).Add(float64(rows))
		},
		Finished: func(i ledger.Import) {
			m.imports.WithLabelValues(account, outcome(i)).Inc()
			m.durations.WithLabelValues(account).Observe(i.Finished.Sub(i.Started).Seconds())
		},
	}
}

// outcome is the label of a finished import.
func outcome(i ledger.Import) string {
	switch {
	case i.Stopped == ledger.StoppedCancelled:
		return "cancelled"
	case i.Counts.Attention() > 0:
		return "attention"
	}
	return "done"
}

// Calls counts an account's calls to Qflow.
func (m *Metrics) Calls(account string) qflow.Observer {
	return func(ctx context.Context, e qflow.Endpoint) (context.Context, func(qflow.Outcome)) {
		began := time.Now()
		return ctx, func(out qflow.Outcome) {
			m.calls.WithLabelValues(account, string(e), out.Kind.String()).Inc()
			if out.Kind != qflow.NoToken { // no call was made
				m.callTimes.WithLabelValues(account, string(e)).Observe(time.Since(began).Seconds())
			}
		}
	}
}

// Waited counts an account's waits for the budget.
func (m *Metrics) Waited(account string) func(budget.Scope, time.Duration) {
	return func(s budget.Scope, d time.Duration) {
		m.waited.WithLabelValues(account, string(s)).Observe(d.Seconds())
	}
}

// Worker counts what an account's worker does to gates.
func (m *Metrics) Worker(account string) worker.Observer {
	return worker.Observer{
		GateChanged: func(g qflow.Gate, closed bool) {
			m.gates.WithLabelValues(account, string(g), choose(closed, "closed", "opened")).Inc()
		},
		Probed: func(g qflow.Gate, open bool) {
			m.probes.WithLabelValues(account, string(g), choose(open, "open", "closed")).Inc()
		},
		TasksRescued: func(tasks int) { m.restored.WithLabelValues(account).Add(float64(tasks)) },
	}
}

// Webhooks counts Qflow's webhook events about an account's emails.
func (m *Metrics) Webhooks(account string) delivery.Observer {
	return delivery.Observer{
		Accepted: func(kind webhook.Kind, fate delivery.Result) {
			m.webhooks.WithLabelValues(account, string(kind), string(fate)).Inc()
		},
		Refused: func(why webhook.Refusal) { m.refusals.WithLabelValues(account, string(why)).Inc() },
	}
}

// Tokens counts renewals of the token cache.
func (m *Metrics) Tokens() tokencache.Observer {
	return tokencache.Observer{
		Renewed: func(grant tokencache.Grant, result tokencache.Result, took time.Duration) {
			m.renewals.WithLabelValues(string(grant), string(result)).Inc()
			m.renewing.WithLabelValues(string(grant)).Observe(took.Seconds())
		},
		Waited:    func(d time.Duration) { m.waits.Observe(d.Seconds()) },
		Recovered: m.recovered.Inc,
		Settled:   m.settled.Inc,
	}
}

func choose(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}
