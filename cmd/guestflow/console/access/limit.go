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
	formBytes = 1 << 20
	formTime  = 30 * time.Second
)

// Limit bounds how many bytes a request may bring, and how long it may take to. Wrap bounds every request to what a form needs;
// Limit says otherwise for one handler, such as one for uploads. Reading more is an *http.MaxBytesError.
//
// It is no http.TimeoutHandler, which would hold the answer in memory and bound the work after the upload too. The server lifts
// the deadline at the end of the body.
func Limit(most int64, within time.Duration, next http.Handler) http.Handler {
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

// Answer ends requests whose answer nobody reads: each write may take so long, and the whole as long as it likes.
//
// It is no http.Server.WriteTimeout, which would end streams and long downloads. The deadline is lifted between writes, for with
// HTTP/2 it ends the request even while nothing is written.
func Answer(within time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := &answer{w, http.NewResponseController(w), within}
		next.ServeHTTP(a, r)
		a.begin() // the server writes what is left, and lifts it before the next request
	})
}

// answer is written with a deadline.
type answer struct {
	http.ResponseWriter
	control *http.ResponseController
	within  time.Duration
}

// begin and end do nothing where there are no deadlines, as in tests.
func (a *answer) begin() { _ = a.control.SetWriteDeadline(time.Now().Add(a.within)) }
func (a *answer) end()   { _ = a.control.SetWriteDeadline(time.Time{}) }

func (a *answer) Write(p []byte) (int, error) {
	a.begin()
	defer a.end()
	return a.ResponseWriter.Write(p)
}

// FlushError is for http.ResponseController.
func (a *answer) FlushError() error {
	a.begin()
	defer a.end()
	return a.control.Flush()
}

// Flush is for those who ask the writer itself.
func (a *answer) Flush() { _ = a.FlushError() }

// Unwrap lets http.ResponseController set deadlines for reading.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// Server is a server with bounds that suit the console. Answers have no time limit as long as somebody reads them, for a stream of
// events lasts; bodies have that of Limit.
func Server(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           Answer(answerTime, handler),
		ReadHeaderTimeout: 10 * time.Second, // a slow phone needs less; who sends a byte a minute is cut off
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,                                         // cookies and a long query; the default is 1 MiB
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn), // panics, and handshakes that fail
	}
}
