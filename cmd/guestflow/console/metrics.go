// Package console is what guestflow shows over HTTP. So far that is its metrics; the operator's pages come here.
package console

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"guestflow/tokencache"
)

// Metrics are the numbers of one process. Their labels are closed sets: no guest, account or file is in any of them.
type Metrics struct {
	registry  *prometheus.Registry
	renewals  *prometheus.CounterVec
	renewing  *prometheus.HistogramVec
	waits     prometheus.Histogram
	recovered prometheus.Counter
	settled   prometheus.Counter
}

// NewMetrics registers everything, with Go's own and the process's numbers.
func NewMetrics() *Metrics {
	seconds := []float64{.001, .005, .025, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		renewals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "guestflow_token_renewals_total", Help: "Attempts at a new token, by grant and result.",
		}, []string{"grant", "result"}),
		renewing: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "guestflow_token_renewal_seconds", Help: "Time that an attempt at the identity server took.", Buckets: seconds,
		}, []string{"grant"}),
		waits: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "guestflow_token_wait_seconds", Help: "Time that callers waited for a token which was not in memory.", Buckets: seconds,
		}),
		recovered: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "guestflow_token_claims_recovered_total", Help: "Claims taken over from a process that was gone; each gives up a refresh token.",
		}),
		settled: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "guestflow_token_journals_settled_total", Help: "Answers of the identity server committed from a journal that somebody left behind.",
		}),
	}
	m.registry.MustRegister(m.renewals, m.renewing, m.waits, m.recovered, m.settled,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewBuildInfoCollector())
	return m
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Tokens counts what the token cache does.
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
