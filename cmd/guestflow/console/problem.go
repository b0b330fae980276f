package console

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/ledger"
)

// problem is an error as a page. It says what happened and what to do.
type problem struct {
	status      int
	Title, Text string
}

func (p *problem) Error() string { return p.Text }

// problemShown is the page of a problem.
type problemShown struct {
	*problem
	Retry bool // it passes by itself, and the request can be repeated without effect
}

var (
	errNoPage   = &problem{http.StatusNotFound, "Page not found", "The address may be incomplete."}
	errNoImport = &problem{http.StatusNotFound, "Import not found", "It may be of another account, or older than " +
		"imports are kept."}
	errOperator = &problem{http.StatusForbidden, "Only operators may do that", "Your login may see everything here, " +
		"but change nothing. Ask for the operator right."}
	errGuests = &problem{http.StatusForbidden, "Your login may not see guests' data",
		"Names, addresses and files of guests need the right to see guests' data. Ask for it."}
)

// writeError shows an error as a page, and logs what only the administrator of this process can mend.
func (s *Site) writeError(w http.ResponseWriter, r *http.Request, req *request, err error) {
	p := s.problemOf(err)
	if p.status >= http.StatusInternalServerError && r.Context().Err() == nil {
		s.log.Error("a request of the console failed", "path", r.URL.Path, "error", err)
	}
	if limited, is := errors.AsType[*access.RateLimitError](err); is {
		limited.SetRetryAfter(w)
	}
	if req == nil {
		req = &request{Request: r, User: access.UserFrom(r.Context())}
		if len(s.accounts) == 1 {
			req.Account = s.accounts[0]
		}
	}
	retry := p.status == http.StatusServiceUnavailable && r.Method == http.MethodGet
	s.writePage(w, req, page{Template: "problem", Title: p.Title, Data: problemShown{p, retry}, Status: p.status})
}

func (s *Site) problemOf(err error) *problem {
	if p, is := errors.AsType[*problem](err); is {
		return p
	}
	if f, is := errors.AsType[*importer.FileError](err); is {
		return &problem{http.StatusUnprocessableEntity, "The file cannot be imported", f.Problem + "; " + f.Advice}
	}
	if limited, is := errors.AsType[*access.RateLimitError](err); is {
		return &problem{http.StatusTooManyRequests, "Too many actions", limited.Error()}
	}
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return errNoImport
	case errors.Is(err, os.ErrNotExist):
		return &problem{http.StatusNotFound, "The file is gone", "Files are kept for some days only, since they hold " +
			"guests' data."}
	case operate.IsRefused(err):
		return &problem{http.StatusConflict, "Not possible now", sentence(err.Error())}
	case isUnwritable(err):
		return &problem{http.StatusServiceUnavailable, "Redis takes no writes",
			"It is a replica, is loading, or is full; see /readyz. Imports resume when it takes writes again."}
	case isUnreachable(err):
		since := rfc3339(s.redisOutage.failed(time.Now()))
		return &problem{http.StatusServiceUnavailable, "Redis cannot be reached", "No answer since " + since +
			". Imports resume when it is back."}
	}
	return &problem{http.StatusInternalServerError, "Internal error", "The log of this process has the details."}
}

// isUnwritable reports whether Redis answers, and cannot take writes.
func isUnwritable(err error) bool {
	return slices.ContainsFunc([]string{"READONLY", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "OOM", "MISCONF",
		"EXECABORT"}, func(prefix string) bool {
		return redis.HasErrorPrefix(err, prefix)
	})
}

func isUnreachable(err error) bool {
	_, is := errors.AsType[net.Error](err)
	return is || errors.Is(err, context.DeadlineExceeded)
}

// outage is the time since when something fails. It ends without a signal: pages that need no Redis succeed meanwhile.
type outage struct {
	mu           sync.Mutex
	since, until time.Time
}

// outageGap separates two outages. The page of a failure tries again every few seconds.
const outageGap = time.Minute

// failed records a failure and returns the time of the first one in a row.
func (o *outage) failed(now time.Time) (since time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if now.Sub(o.until) > outageGap {
		o.since = now
	}
	o.until = now
	return o.since
}
