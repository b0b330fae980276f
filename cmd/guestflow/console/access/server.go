package access

import (
	"log/slog"
	"net/http"
	"time"
)

// answerTime is how long one write of an answer may take: 30 seconds for some kilobytes suit a slow phone in a tunnel.
const answerTime = 30 * time.Second

// LimitWrites ends requests whose answer is not read: each write has a time limit, and the whole answer none.
//
// It is no http.Server.WriteTimeout, which would end streams and long downloads. The deadline is lifted between writes,
// since with HTTP/2 it ends the request even while nothing is written.
func LimitWrites(within time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := &deadlineWriter{w, http.NewResponseController(w), within}
		next.ServeHTTP(a, r)
		a.begin() // the server writes the rest, and lifts the deadline before the next request
	})
}

// deadlineWriter sets a deadline for each write.
type deadlineWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	within  time.Duration
}

// begin and end have no effect without deadlines, as in tests.
func (a *deadlineWriter) begin() { _ = a.control.SetWriteDeadline(time.Now().Add(a.within)) }

func (a *deadlineWriter) Write(p []byte) (int, error) {
	a.begin()
	defer a.end()
	return a.ResponseWriter.Write(p)
}

// FlushError is for http.ResponseController.
func (a *deadlineWriter) FlushError() error {
	a.begin()
	defer a.end()
	return a.control.Flush()
}

// Flush implements http.Flusher.
func (a *deadlineWriter) Flush() { _ = a.FlushError() }

// Unwrap lets http.ResponseController set deadlines for reading.
func (a *deadlineWriter) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *deadlineWriter) end() { _ = a.control.SetWriteDeadline(time.Time{}) }

// NewServer returns a server with bounds for the console. Answers have no time limit while they are read, since an
// event stream lasts; bodies have that of LimitBody.
func NewServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           LimitWrites(answerTime, handler),
		ReadHeaderTimeout: 10 * time.Second, // a slow phone needs less; a client that sends a byte a minute is cut off
		IdleTimeout:       2 * time.Minute,
		// cookies and a long query; the default is 1 MiB
		MaxHeaderBytes: 32 << 10,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelWarn), // panics, and failed handshakes
	}
}

// NewProbeServer returns a server for monitoring at an address of its own. Its answers are short, so each has a time
// limit as a whole, above the 10 seconds that Prometheus waits.
func NewProbeServer(handler http.Handler, log *slog.Logger) *http.Server {
	var taken slots
	return &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			release, full := taken.acquire([]slotLimit{probeLimit(r.URL.Path)})
			if full != nil {
				http.Error(w, full.why, full.status)
				return
			}
			defer release()
			handler.ServeHTTP(w, r)
		}),
		ReadTimeout:    5 * time.Second,
		WriteTimeout:   15 * time.Second,
		IdleTimeout:    2 * time.Minute, // a scrape a minute keeps its connection
		MaxHeaderBytes: 8 << 10,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
