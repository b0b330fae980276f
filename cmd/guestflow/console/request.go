package console

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"

	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/spec"
)

// request is a request for a page of an account; of none, if the page is about all accounts.
type request struct {
	*http.Request
	*Account

	User access.User
}

// actor is the user as the audit log names them.
func (r *request) actor() operate.Actor { return operate.Actor{Name: r.User.Name, Via: "console"} }

// at returns a path within the account.
func (r *request) at(parts ...string) string { return home(r.Account) + strings.Join(parts, "/") }

// page is what a view shows.
type page struct {
	Template string // pages/<Template>.html, whose block "live" is updated by the stream
	Title    string
	Live     bool
	Final    bool // nothing changes any more, so its stream ends
	Data     any
	Status   int  // 0 is 200
	Frames   bool // it shows documents of this console in frames
}

// view reads the data of a page. It changes nothing.
type view func(context.Context, *request) (page, error)

// action changes something and returns the path of the next page, with a sentence about what was done for it.
type action func(context.Context, *request) (next, flash string, err error)

// view answers GET with a page, or with the stream of its live part.
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

// action answers POST. A user without the operator right is refused before anything is read.
func (s *Site) action(do action) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req, err := s.request(r)
		if err == nil && !req.User.Operator {
			err = errOperator
		}
		if err != nil {
			s.writeError(w, r, req, err)
			return
		}
		next, flash, err := do(r.Context(), req)
		if err != nil {
			s.writeError(w, r, req, err)
			return
		}
		if flash != "" {
			s.guard.SetFlash(w, flash)
		}
		http.Redirect(w, r, next, http.StatusSeeOther)
	})
}

func (s *Site) request(r *http.Request) (*request, error) {
	name := r.PathValue("account")
	if name == "" { // a page about all accounts
		return &request{Request: r, User: access.UserFrom(r.Context())}, nil
	}
	i := slices.IndexFunc(s.accounts, func(a *Account) bool { return a.Name() == name })
	if i < 0 {
		return nil, errNoPage
	}
	if id := r.PathValue("id"); id != "" && !spec.IsID(id) {
		return nil, errNoImport
	}
	return &request{Request: r, Account: s.accounts[i], User: access.UserFrom(r.Context())}, nil
}

// pager links a page of a long list to the pages before and after it.
type pager struct {
	Items        string // what is listed, for screen readers
	Path, Anchor string // of the list
	Newer, Older string // cursors; "" if there are no such items
}

// cursors are the bounds of the requested page of a list.
func (r *request) cursors(isCursor func(string) bool) (after, before string, err error) {
	after, before = r.FormValue("after"), r.FormValue("before")
	for _, cursor := range []string{after, before} {
		if cursor != "" && !isCursor(cursor) {
			return "", "", errNoPage
		}
	}
	return after, before, nil
}

// writePage renders a page completely before it writes it, so that an error leaves no half page.
func (s *Site) writePage(w http.ResponseWriter, r *request, p page) {
	var b bytes.Buffer
	if err := s.render(r.Context(), &b, r, p, s.guard.PopFlash(w, r.Request)); err != nil {
		s.log.Error("a page cannot be rendered", "page", p.Template, "error", err)
		http.Error(w, "This page cannot be rendered; the log has the details.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Vary", "Accept, Accept-Language")
	if p.Frames {
		access.AllowFrames(w.Header())
	}
	w.WriteHeader(max(p.Status, http.StatusOK))
	_, _ = w.Write(b.Bytes()) // the client is gone
}
