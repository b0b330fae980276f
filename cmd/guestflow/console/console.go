// Package console serves the operator's pages over HTTP.
//
// Pages are rendered on the server and work without JavaScript. With it, a stream of server-sent events updates the
// live part of a page, rendered by the same template, so that there is one way to render anything. A view reads and
// shows a page; an action changes something and redirects to a view; the tables views and actions list them. What is
// read and changed is package operate's, as for the command line.
package console

import (
	"embed"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"

	"guestflow/cmd/guestflow/console/access"
)

// Site is the console of a process.
type Site struct {
	accounts []*Account
	guard    *access.Access
	hub      *hub
	previews *previewCache
	resends  chan struct{} // those whose files are being read
	log      *slog.Logger

	Language string // of the pages: en, de, or auto for what the browser accepts; set before Handler is called

	redisOutage outage
}

// New returns the console of some accounts. The guard must also wrap the handler.
func New(accounts []*Account, guard *access.Access, log *slog.Logger) *Site {
	for _, a := range accounts {
		if a.Clock == nil {
			a.Clock = rfc3339
		}
	}
	return &Site{accounts: accounts, guard: guard, hub: newHub(log), previews: newPreviewCache(log),
		resends: make(chan struct{}, maxSearches), log: log}
}

//go:embed pages/*.html
var pages embed.FS

//go:embed static/*
var static embed.FS

// Handler serves the pages. Package access admits the requests, and names their user.
func (s *Site) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, v := range s.views() {
		mux.Handle("GET "+pattern, s.view(v))
	}
	for pattern, d := range s.actions() {
		mux.Handle("POST "+pattern, s.action(d))
	}
	mux.Handle("POST /a/{account}/new", s.limitUpload(s.receive))
	mux.HandleFunc("POST /a/{account}/guests", s.searchGuests)
	mux.HandleFunc("POST /a/{account}/tokens", s.addAPIToken)
	mux.HandleFunc("GET /a/{account}/sign-in", s.beginQflowLogin)
	for _, path := range s.callbacks() {
		mux.HandleFunc("GET "+path, s.finishQflowLogin)
	}
	mux.HandleFunc("GET /a/{account}/imports/{id}/report/{report}", s.download)
	mux.HandleFunc("GET /a/{account}/new/{upload}/email/text", s.emailText)
	assets, err := fs.Sub(static, "static")
	if err != nil {
		panic(err) // embedded
	}
	mux.Handle("GET /static/", cached(http.StripPrefix("/static/", http.FileServerFS(assets))))
	mux.Handle("GET /{$}", s.front())
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) { s.writeError(w, r, nil, errNoPage) })
	return mux
}

// home is the path of an account's overview, or of the overview of all accounts.
func home(a *Account) string {
	if a == nil {
		return "/"
	}
	return "/a/" + a.Name() + "/"
}

// views are the pages by path.
func (s *Site) views() map[string]view {
	return map[string]view{
		"/a/{account}/{$}":                       overviewPage,
		"/a/{account}/imports":                   importsPage,
		"/a/{account}/imports/{id}":              s.importPage,
		"/a/{account}/imports/{id}/steer/{verb}": steerPage,
		"/a/{account}/imports/{id}/cancel":       cancelRowsPage,
		"/a/{account}/imports/{id}/window":       windowPage,
		"/a/{account}/imports/{id}/rows":         rowsPage,
		"/a/{account}/imports/{id}/qflow":        s.comparePage,
		"/a/{account}/imports/{id}/rows/{row}":   s.rowPage,
		"/a/{account}/inbox":                     inboxPage,
		"/a/{account}/waiting":                   waitingPage,
		"/a/{account}/imports/{id}/resend/{row}": s.resendPage,
		"/a/{account}/new":                       newPage,
		"/a/{account}/new/{upload}":              s.planPage,
		"/a/{account}/new/{upload}/email":        s.emailPage,
		"/a/{account}/guests":                    guestsPage,
		"/a/{account}/guests/{search}":           s.searchPage,
		"/a/{account}/parked":                    parkedPage,
		"/a/{account}/schedules":                 schedulesPage,
		"/a/{account}/suppressed":                suppressedPage,
		"/a/{account}/settings":                  settingsPage,
		"/a/{account}/help":                      helpPage,
	}
}

// actions are what a form can change, by path.
func (s *Site) actions() map[string]action {
	return map[string]action{
		"/a/{account}/imports/{id}/steer/{verb}": steer,
		"/a/{account}/imports/{id}/cancel":       cancelRows,
		"/a/{account}/imports/{id}/window":       setWindow,
		"/a/{account}/imports/{id}/qflow":        s.compare,
		"/a/{account}/imports/{id}/qflow/settle": s.settleFound,
		"/a/{account}/imports/{id}/resend/{row}": s.resend,
		"/a/{account}/gates/{gate}/{verb}":       steerGate,
		"/a/{account}/new/{upload}":              saveRequest,
		"/a/{account}/new/{upload}/start":        s.start,
		"/a/{account}/new/{upload}/email":        s.sendTest,
		"/a/{account}/new/{upload}/discard":      discard,
		"/a/{account}/waiting/{upload}/hold":     holdItem,
		"/a/{account}/schedules/{profile}/run":   lookNow,
		"/a/{account}/settings/limits":           setLimits,
		"/a/{account}/tokens/{token}/revoke":     revokeAPIToken,
		"/a/{account}/suppressed/{verb}":         changeSuppressed,
		"/a/{account}/erase":                     erase,
	}
}

// cached lets a browser keep an asset for a while: they change with the program only.
func cached(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/") { // no directory listing
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=300")
		next.ServeHTTP(w, r)
	})
}
