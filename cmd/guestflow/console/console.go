// Package console is what guestflow shows over HTTP: the operator's pages.
//
// Pages are made on the server and work without JavaScript. Where there is some, one stream of server-sent events brings the
// part of a page that lives, made by the same template: there is no second way to draw anything. A page is a view, which
// reads, or a deed, which changes something and leads to a view; the tables views and deeds list them. What is read and done
// is package operate's, as for the command line.
package console

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/schedule"
)

// Account is one account as the console serves it. What depends on flags and the configuration file comes as functions.
type Account struct {
	*operate.Watcher

	Profiles  []string
	Uploads   string                                                                      // folder for files that come by the browser
	Settings  func(ImportRequest) (importer.Settings, error)                              // as the command line would make them
	Report    func(ctx context.Context, imp ledger.Import, folder string) (Report, error) // writes an import's report
	Schedules func(ctx context.Context) ([]Schedule, error)
	Config    func() map[string]any // secrets hide themselves

	MaxUpload int64         // bytes of a file that comes by the browser; 0 is 256 MiB
	KeepFiles time.Duration // how long it stays after its import; 0 is for ever

	uploadLocks locks    // of uploads
	incoming    incoming // uploads
}

// ImportRequest is what a person asks of an import.
type ImportRequest struct {
	Profile, Event, Template, Key string

	Mapping    map[string]string
	SplitNames bool
	Dates      string
	Sheet      string
	Encoding   string
	HeaderRow  string
	Hidden     string
	Again      bool
}

// Report is where an import's report is.
type Report struct{ Result, Rejects string }

// Schedule is where a schedule stands.
type Schedule struct {
	schedule.Status
	Source  string
	Imports []string // of the last run
}

// Site is the console of a process.
type Site struct {
	accounts []*Account
	guard    *access.Access
	hub      *hub
	previews *previewCache
	enqueuer *enqueuer
	log      *slog.Logger
}

// New gives the console of some accounts. The guard must also be around the handler.
func New(accounts []*Account, guard *access.Access, log *slog.Logger) *Site {
	for _, a := range accounts {
		if a.Clock == nil {
			a.Clock = rfc3339
		}
	}
	return &Site{accounts: accounts, guard: guard, hub: newHub(log), previews: newPreviewCache(log), enqueuer: newEnqueuer(), log: log}
}

//go:embed pages/*.html
var pages embed.FS

//go:embed static/*
var static embed.FS

// Handler serves the pages. Who may is for package access to decide, whose user the pages ask.
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
	mux.HandleFunc("GET /a/{account}/imports/{id}/report/{report}", s.download)
	assets, err := fs.Sub(static, "static")
	if err != nil {
		panic(err) // embedded
	}
	mux.Handle("GET /static/", cached(http.StripPrefix("/static/", http.FileServerFS(assets))))
	mux.Handle("GET /{$}", s.front())
	return mux
}

// home is an account's overview; that of none in particular shows all.
func home(a *Account) string {
	if a == nil {
		return "/"
	}
	return "/a/" + a.Name() + "/"
}

// views are the pages, by path.
func (s *Site) views() map[string]view {
	return map[string]view{
		"/a/{account}/{$}":                       overviewPage,
		"/a/{account}/imports":                   importsPage,
		"/a/{account}/imports/{id}":              importPage,
		"/a/{account}/imports/{id}/steer/{verb}": steerPage,
		"/a/{account}/imports/{id}/rows":         rowsPage,
		"/a/{account}/imports/{id}/rows/{row}":   s.rowPage,
		"/a/{account}/new":                       newPage,
		"/a/{account}/new/{upload}":              s.planPage,
		"/a/{account}/guests":                    guestsPage,
		"/a/{account}/guests/{search}":           s.searchPage,
		"/a/{account}/parked":                    parkedPage,
		"/a/{account}/schedules":                 schedulesPage,
		"/a/{account}/settings":                  settingsPage,
		"/a/{account}/help":                      helpPage,
	}
}

// actions are what can be done, by path.
func (s *Site) actions() map[string]action {
	return map[string]action{
		"/a/{account}/imports/{id}/steer/{verb}": steer,
		"/a/{account}/gates/{gate}/{verb}":       steerGate,
		"/a/{account}/new/{upload}":              saveRequest,
		"/a/{account}/new/{upload}/start":        s.start,
		"/a/{account}/new/{upload}/discard":      discard,
		"/a/{account}/settings/limits":           setLimits,
	}
}

// cached lets a browser keep an asset for a while. They change with the program only.
func cached(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/") { // no list of them
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=300")
		next.ServeHTTP(w, r)
	})
}
