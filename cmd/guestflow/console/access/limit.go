package access

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"
)

// What a request may bring where Limit does not say otherwise: forms.
const (
	formBytes  = 1 << 20
	formTime   = 30 * time.Second
	publicTime = 10 * time.Second // without a login: what a server tells us, in one piece
)

// blockBody keeps a body from being read until a Limit further in opens it. Where none does, as for a request that is refused, the server
// would read on before it answers, to use the connection again: who sends a byte a second would hold it, without any right.
func blockBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody {
			next.ServeHTTP(w, r)
			return
		}
		if r.ProtoMajor == 1 { // HTTP/2 has a connection for many requests, reads none to its end, and lifts no deadline that has passed
			_ = http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0)) // there are none in tests
		}
		copied := *r
		copied.Body = &body{ReadCloser: blockedBody{}, whole: r.Body}
		next.ServeHTTP(w, &copied)
	})
}

// blockedBody is a body that nobody has opened.
type blockedBody struct{}

func (blockedBody) Read([]byte) (int, error) { return 0, errBodyBlocked }
func (blockedBody) Close() error             { return nil }

var errBodyBlocked = errors.New("the body is not open: no access.Limit is around what reads it")

// LimitBody bounds how many bytes a request may bring, and how long it may take to. Wrap bounds every request to what a form needs;
// Limit says otherwise for one handler, such as one for uploads. Reading more is an *http.MaxBytesError.
//
// It is no http.TimeoutHandler, which would hold the answer in memory and bound the work after the upload too. The server lifts
// the deadline at the end of the body.
func LimitBody(most int64, within time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody {
			next.ServeHTTP(w, r)
			return
		}
		whole := r.Body
		if outer, bounded := whole.(*body); bounded {
			whole = outer.whole
		}
		if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(within)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			http.Error(w, "the request cannot be read", http.StatusInternalServerError)
			return
		}
		copied := *r
		copied.Body = &body{ReadCloser: http.MaxBytesReader(w, whole, most), whole: whole}
		next.ServeHTTP(w, &copied)
	})
}

// body is bounded, and remembers the unbounded one for a Limit further in.
type body struct {
	io.ReadCloser
	whole io.ReadCloser
}

// answerTime is how long one write of an answer may take: 30 seconds for some kilobytes are a slow phone in a tunnel.
const answerTime = 30 * time.Second

// LimitWrites ends requests whose answer nobody reads: each write may take so long, and the whole as long as it likes.
//
// It is no http.Server.WriteTimeout, which would end streams and long downloads. The deadline is lifted between writes, for with
// HTTP/2 it ends the request even while nothing is written.
func LimitWrites(within time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := &deadlineWriter{w, http.NewResponseController(w), within}
		next.ServeHTTP(a, r)
		a.begin() // the server writes what is left, and lifts it before the next request
	})
}

// deadlineWriter is written with a deadline.
type deadlineWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	within  time.Duration
}

// begin and end do nothing where there are no deadlines, as in tests.
func (a *deadlineWriter) begin() { _ = a.control.SetWriteDeadline(time.Now().Add(a.within)) }
func (a *deadlineWriter) end()   { _ = a.control.SetWriteDeadline(time.Time{}) }

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

// Flush is for those who ask the writer itself.
func (a *deadlineWriter) Flush() { _ = a.FlushError() }

// Unwrap lets http.ResponseController set deadlines for reading.
func (a *deadlineWriter) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// NewServer is a server with bounds that suit the console. Answers have no time limit as long as somebody reads them, for a stream of
// events lasts; bodies have that of Limit.
func NewServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           LimitWrites(answerTime, handler),
		ReadHeaderTimeout: 10 * time.Second, // a slow phone needs less; who sends a byte a minute is cut off
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,                                         // cookies and a long query; the default is 1 MiB
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn), // panics, and handshakes that fail
	}
}

// NewProbeServer is a server for an address of its own, of which only those know who watch this process. Its answers are short, so each has a
// time limit as a whole, which is above the 10 seconds that Prometheus waits.
func NewProbeServer(handler http.Handler, log *slog.Logger) *http.Server {
	var taken slots
	return &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			leave, full := taken.acquire([]slotLimit{probeLimit(r.URL.Path)})
			if full != nil {
				http.Error(w, full.why, full.status)
				return
			}
			defer leave()
			handler.ServeHTTP(w, r)
		}),
		ReadTimeout:    5 * time.Second,
		WriteTimeout:   15 * time.Second,
		IdleTimeout:    2 * time.Minute, // a scrape a minute keeps its connection
		MaxHeaderBytes: 8 << 10,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
