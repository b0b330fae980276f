package access

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// Bounds of request bodies where LimitBody does not set others: those of forms.
const (
	formBytes  = 1 << 20
	formTime   = 30 * time.Second
	publicTime = 10 * time.Second // without a login: a webhook, in one piece
)

// blockBody prevents a body from being read until an inner LimitBody opens it. If none does, as for a refused request,
// the server would read it to its end before it answers, to reuse the connection: a client that sends a byte a second
// would hold the connection without being authenticated.
func blockBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody {
			next.ServeHTTP(w, r)
			return
		}
		// HTTP/2 shares a connection, reads no body to its end, and never lifts a passed deadline
		if r.ProtoMajor == 1 {
			_ = http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0)) // not supported in tests
		}
		copied := *r
		copied.Body = &body{ReadCloser: blockedBody{}, whole: r.Body}
		next.ServeHTTP(w, &copied)
	})
}

// blockedBody is a body that no LimitBody has opened.
type blockedBody struct{}

func (blockedBody) Read([]byte) (int, error) { return 0, errBodyBlocked }
func (blockedBody) Close() error             { return nil }

var errBodyBlocked = errors.New("the body is blocked: its reader is not wrapped in access.LimitBody")

// LimitBody bounds the size of a request's body, and the time to receive it. Wrap bounds all bodies to those of forms;
// LimitBody sets other bounds for one handler, such as that of uploads. Reading more is an *http.MaxBytesError.
//
// It is no http.TimeoutHandler, which would buffer the answer and bound the work after the upload too. The server lifts
// the deadline at the end of the body.
func LimitBody(limit int64, within time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody {
			next.ServeHTTP(w, r)
			return
		}
		whole := r.Body
		if outer, bounded := whole.(*body); bounded {
			whole = outer.whole
		}
		if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(within)); err != nil &&
			!errors.Is(err, http.ErrNotSupported) {
			http.Error(w, "the request cannot be read", http.StatusInternalServerError)
			return
		}
		copied := *r
		copied.Body = &body{ReadCloser: http.MaxBytesReader(w, whole, limit), whole: whole}
		next.ServeHTTP(w, &copied)
	})
}

// body is a bounded body, with the unbounded one for an inner LimitBody.
type body struct {
	io.ReadCloser
	whole io.ReadCloser
}
