package monitor

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// HTTP counts the requests of a mux. It must wrap the mux itself, which sets the route of the request.
func (m *Metrics) HTTP(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, answer := time.Now(), &statusWriter{ResponseWriter: w, code: http.StatusOK}
		next.ServeHTTP(answer, r)
		route := r.Pattern
		if route == "" {
			route = "none" // otherwise requests for unknown pages would add labels
		}
		m.requests.WithLabelValues(route, strconv.Itoa(answer.code)).Inc()
		if !strings.HasPrefix(answer.Header().Get("Content-Type"), "text/event-stream") {
			m.requestTimes.WithLabelValues(route).Observe(time.Since(began).Seconds())
		}
	})
}

// statusWriter records the status of an answer.
type statusWriter struct {
	http.ResponseWriter

	code int
}

func (a *statusWriter) WriteHeader(code int) {
	a.code = code
	a.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController flush, and set deadlines.
func (a *statusWriter) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// Flush implements http.Flusher.
func (a *statusWriter) Flush() { _ = http.NewResponseController(a.ResponseWriter).Flush() }
