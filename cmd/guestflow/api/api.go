// Package api is the HTTP API for programs, at /api/v1: what openapi.yaml beside it says, which a test keeps true.
//
// A request names no account: its token belongs to one. What is read and changed is package operate's, as for the
// command line and the console, so that a program can skip neither a question nor the audit log. What only a person may
// do, such as approving a list, is not here.
package api

import (
	"context"
	_ "embed"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"

	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
)

// Path begins the paths of this version.
const Path = access.APIPath + "v1"

// Account is one account of the API.
type Account struct {
	*operate.Watcher

	Profiles []string
	Spool    *spool.Spool // of lists that are sent
	Settings func(spec.Spec) (importer.Settings, error)
	// is called once an item may be imported
	Approved func()
	Report   func(ctx context.Context, imp ledger.Import, folder string) (Files, error) // writes the report of an import
	MaxBytes int64                                                                      // of a list
}

// Files are the paths of an import's report.
type Files struct{ Result, Rejects string }

// API serves the accounts of a process.
type API struct {
	accounts []*Account
	guard    *access.Access
	arriving chan struct{} // lists on their way
	log      *slog.Logger
}

// maxArriving bounds the lists that are received and read at a time: each takes a core for a while, and room on the
// disk.
const maxArriving = 4

// New returns the API of some accounts. The guard must also wrap the handler.
func New(accounts []*Account, guard *access.Access, log *slog.Logger) *API {
	return &API{accounts: accounts, guard: guard, arriving: make(chan struct{}, maxArriving), log: log}
}

//go:embed openapi.yaml
var description []byte

// Description is the OpenAPI document.
func Description() []byte { return slices.Clone(description) }

// call is a request of a program.
type call struct {
	*http.Request
	*Account

	w    http.ResponseWriter
	User access.User
}

// actor is the program as the audit log names it.
func (c *call) actor() operate.Actor { return operate.Actor{Name: c.User.Name, Via: "api"} }

// answer is what is answered to a call.
type answer struct {
	status   int // 0 is 200
	location string
	body     any
}

// endpoint answers a call; what it has written by itself has a nil answer.
type endpoint func(context.Context, *call) (*answer, error)

// reads and changes are the endpoints by path: those that change something are for operators.
func (a *API) reads() map[string]endpoint {
	return map[string]endpoint{
		"/openapi.yaml":               describe,
		"/status":                     status,
		"/imports":                    listImports,
		"/imports/{id}":               showImport,
		"/imports/{id}/rows":          listRows,
		"/imports/{id}/report/{file}": a.sendReport,
		"/gates":                      listGates,
	}
}

func (a *API) changes() map[string]endpoint {
	return map[string]endpoint{
		"/imports":                  a.createImport,
		"/imports/{id}/{verb}":      steer,
		"/imports/{id}/rows/cancel": cancelRows,
		"/gates/{gate}/{verb}":      steerGate,
	}
}

// Handler serves the API.
func (a *API) Handler() http.Handler {
	mux := http.NewServeMux()
	for path, e := range a.reads() {
		mux.Handle("GET "+Path+path, a.serve(e, false))
	}
	for path, e := range a.changes() {
		mux.Handle("POST "+Path+path, a.serve(e, true))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { errNoPath.Write(w) })
	return a.bounded(mux)
}

// bounded lets the one request that brings a list be larger than a form.
func (a *API) bounded(next http.Handler) http.Handler {
	most := int64(0)
	for _, of := range a.accounts {
		most = max(most, of.MaxBytes)
	}
	large := access.LimitBody(most, uploadTime, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path == Path+"/imports" {
			large.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (a *API) serve(e endpoint, changes bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := a.call(w, r)
		if err == nil && changes && !c.User.Operator {
			err = errOperator
		}
		var is *answer
		if err == nil {
			is, err = e(r.Context(), c)
		}
		if err != nil {
			a.writeError(w, r, err)
			return
		}
		if is != nil {
			is.write(w)
		}
	})
}

func (a *API) call(w http.ResponseWriter, r *http.Request) (*call, error) {
	u := access.UserFrom(r.Context())
	i := slices.IndexFunc(a.accounts, func(of *Account) bool { return of.Name() == u.Account })
	if i < 0 {
		return nil, errNoPath
	}
	if id := r.PathValue("id"); id != "" && !spec.IsID(id) {
		return nil, errNoImport
	}
	return &call{Request: r, Account: a.accounts[i], w: w, User: u}, nil
}

func (is *answer) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	if is.location != "" {
		h.Set("Location", is.location)
	}
	w.WriteHeader(max(is.status, http.StatusOK))
	_ = json.NewEncoder(w).Encode(is.body) // the client is gone
}

// describe sends the OpenAPI document.
func describe(_ context.Context, c *call) (*answer, error) {
	c.w.Header().Set("Content-Type", "application/yaml")
	_, _ = c.w.Write(description) // the client is gone
	return nil, nil
}
