package console

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/ledger"
)

// request is somebody who wants a page of an account; of none, and then without one, if it is of all.
type request struct {
	*http.Request
	*Account

	User access.User
}

// actor is the user as the audit trail names him.
func (r *request) actor() operate.Actor { return operate.Actor{Name: r.User.Name, Via: "console"} }

// at gives a path within the account.
func (r *request) at(parts ...string) string { return home(r.Account) + strings.Join(parts, "/") }

// page is what a view shows.
type page struct {
	Template string // pages/<Template>.html, whose block "live" is what changes by itself
	Title    string
	Live     bool
	Final    bool // it lives no longer than this: what was read for it is read
	Data     any
	Status   int // 200 if nothing is said
}

// view reads what a page shows. It changes nothing.
type view func(context.Context, *request) (page, error)

// action changes something and says where to go next, with a sentence about what was done.
type action func(context.Context, *request) (next, done string, err error)

// problem is what went wrong, as a page.
type problem struct {
	status      int
	Title, Text string
}

func (p *problem) Error() string { return p.Text }

// problemShown is a problem on its page.
type problemShown struct {
	*problem
	Retry bool // it passes by itself, and to ask once more does nothing twice
}

var (
	errNoPage   = &problem{http.StatusNotFound, "There is no such page", "Perhaps the address was cut off."}
	errOperator = &problem{http.StatusForbidden, "Only operators may do that", "Your login may look at everything here, and change nothing. Ask for the operator's right."}
	errGuests   = &problem{http.StatusForbidden, "Guests' data is not for this login", "Names, addresses and files of guests are shown to those who have the right to see them."}
)

// view answers GET: a whole page, or the stream of its living part.
func (s *Site) view(v view) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req, err := s.request(r)
		if err != nil {
			s.writeError(w, r, req, err)
			return
		}
		if r.Header.Get("Accept") == "text/event-stream" {
			s.stream(w, req, v)
			return
		}
		p, err := v(r.Context(), req)
		if err != nil {
			s.writeError(w, r, req, err)
			return
		}
		s.writePage(w, req, p)
	})
}

// action answers POST. Somebody who only looks is refused before anything is read.
func (s *Site) action(d action) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req, err := s.request(r)
		if err == nil && !req.User.Operator {
			err = errOperator
		}
		if err != nil {
			s.writeError(w, r, req, err)
			return
		}
		next, done, err := d(r.Context(), req)
		if err != nil {
			s.writeError(w, r, req, err)
			return
		}
		if done != "" {
			s.guard.SetFlash(w, done)
		}
		http.Redirect(w, r, next, http.StatusSeeOther)
	})
}

func (s *Site) request(r *http.Request) (*request, error) {
	name := r.PathValue("account")
	if name == "" { // a page of all
		return &request{Request: r, User: access.UserFrom(r.Context())}, nil
	}
	i := slices.IndexFunc(s.accounts, func(a *Account) bool { return a.Name() == name })
	if i < 0 {
		return nil, errNoPage
	}
	if id := r.PathValue("id"); id != "" && !importID.MatchString(id) {
		return nil, &problem{http.StatusNotFound, "There is no such import", "Perhaps the address was cut off."}
	}
	return &request{Request: r, Account: s.accounts[i], User: access.UserFrom(r.Context())}, nil
}

// importID is the shape of an id: it becomes part of a key in Redis.
var importID = regexp.MustCompile(`^[a-z2-7]{8}$`)

// pager is the way from a page of a long list to those beside it.
type pager struct {
	Items        string // what is listed
	Path, Anchor string // the list's path, and where on its page it is
	Newer, Older string // places to go on from; "" where there is nothing
}

// cursors are those that a page of a list begins after or ends before.
func (r *request) cursors(shape *regexp.Regexp) (after, before string, err error) {
	after, before = r.FormValue("after"), r.FormValue("before")
	for _, place := range []string{after, before} {
		if place != "" && !shape.MatchString(place) {
			return "", "", errNoPage
		}
	}
	return after, before, nil
}

// writePage writes a page whole: an error half-way leaves no half page.
func (s *Site) writePage(w http.ResponseWriter, r *request, p page) {
	var b bytes.Buffer
	if err := s.render(r.Context(), &b, r, p, s.guard.PopFlash(w, r.Request)); err != nil {
		s.log.Error("a page cannot be drawn", "page", p.Template, "error", err)
		http.Error(w, "This page cannot be drawn; the log says why.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Vary", "Accept")
	w.WriteHeader(max(p.Status, http.StatusOK))
	_, _ = w.Write(b.Bytes()) // whoever asked has gone
}

// writeError shows what went wrong. What nobody can do anything about but the operator of this process is logged.
func (s *Site) writeError(w http.ResponseWriter, r *http.Request, req *request, err error) {
	p := problemOf(err)
	if p.status >= http.StatusInternalServerError && r.Context().Err() == nil {
		s.log.Error("a request of the console failed", "path", r.URL.Path, "error", err)
	}
	if slowed, is := errors.AsType[*access.RateLimitError](err); is {
		slowed.SetRetryAfter(w)
	}
	if req == nil {
		req = &request{Request: r, User: access.UserFrom(r.Context())}
		if len(s.accounts) == 1 {
			req.Account = s.accounts[0]
		}
	}
	s.writePage(w, req, page{Template: "problem", Title: p.Title, Data: problemShown{p, p.status == http.StatusServiceUnavailable && r.Method == http.MethodGet}, Status: p.status})
}

// problemOf makes a page of an error.
func problemOf(err error) *problem {
	if p, is := errors.AsType[*problem](err); is {
		return p
	}
	if f, is := errors.AsType[*importer.FileError](err); is {
		return &problem{http.StatusUnprocessableEntity, "The file cannot be imported", f.Problem + "; " + f.Advice}
	}
	if slowed, is := errors.AsType[*access.RateLimitError](err); is {
		return &problem{http.StatusTooManyRequests, "Too much at once", slowed.Error()}
	}
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return &problem{http.StatusNotFound, "There is no such import", "It may be of another account, or so old that it is no longer kept."}
	case errors.Is(err, os.ErrNotExist):
		return &problem{http.StatusNotFound, "The file is no longer there", "Files are kept for a number of days only, since they hold guests' data."}
	case operate.IsRefused(err):
		return &problem{http.StatusConflict, "That cannot be done now", err.Error()}
	case isUnwritable(err):
		return &problem{http.StatusServiceUnavailable, "Redis takes nothing", "It is a replica, is loading, or is full; /readyz says which. Nothing is lost: imports go on where they were once it is well."}
	case isUnreachable(err):
		return &problem{http.StatusServiceUnavailable, "Redis is away", "Nothing is lost: imports go on where they were once it is back."}
	}
	return &problem{http.StatusInternalServerError, "Something went wrong", "The log of this process says what."}
}

// isUnwritable tells whether Redis is there, and not fit for work.
func isUnwritable(err error) bool {
	return slices.ContainsFunc([]string{"READONLY", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "OOM", "MISCONF", "EXECABORT"}, func(prefix string) bool {
		return redis.HasErrorPrefix(err, prefix)
	})
}

func isUnreachable(err error) bool {
	_, is := errors.AsType[net.Error](err)
	return is || errors.Is(err, context.DeadlineExceeded)
}
