package access

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"guestflow/tokencache/secret"
)

// Options say who may come in and how.
type Options struct {
	Listen string // the address that is listened on, to know whether others than this machine can reach it
	TLS    bool   // browsers come by https, by a certificate of ours or of a proxy in front: cookies are secure, HSTS is sent

	Passwords string // file with lines name:hash:rights; see SetUser
	OIDC      OIDC   // log in with an identity provider
	Proxy     Proxy  // a reverse proxy in front, which may say who it is

	Hosts []string    // names that browsers reach the console by; others are refused. None is all of them, but with no login only this machine's. A proxy's header wants them
	Key   secret.Text // signs cookies, 32 characters or more, the same in all processes; none is a random one, which logs everybody out at a restart

	SessionLength time.Duration // until a new login is needed; 0 is 12 hours

	Public   []string          // paths that need no login; one that ends in / stands for all below it
	Probes   []string          // those of them by which this process is watched: they are answered however many requests there are of others
	Policies map[string]string // Content-Security-Policy by prefix of the path, where the strict one does not do

	Log    *slog.Logger
	Login  func(http.ResponseWriter, *http.Request, LoginPage)                  // renders the login page; a plain one of this package without. The status is set before
	Refuse func(w http.ResponseWriter, r *http.Request, status int, why string) // renders a page that says no; a plain one without
	Now    func() time.Time                                                     // the clock; time.Now without
}

// workday is how long a session lasts: who comes in the morning logs in once, and a forgotten browser is out by the next day.
const workday = 12 * time.Hour

// UsageError is a mistake in the options; its text says what to do.
type UsageError struct{ text string }

func (e *UsageError) Error() string { return e.text }

// refusal is an answer to a request that may not go on. Its text is for people.
type refusal struct {
	status int
	why    string
}

func (e *refusal) Error() string { return e.why }

// Access guards the console. Its trade-off: sessions are signed cookies and not records, so any process of a fleet with the same
// key knows them and Redis may be away; the price is that a logout is known to one process only, until the session expires.
type Access struct {
	options       Options
	log           *slog.Logger
	now           func() time.Time
	signer        *signer
	passwords     *passwords  // nil without
	provider      *provider   // nil without
	proxy         *proxy      // nil without
	proxyNetworks networks    // of the proxy, whether it names people or not
	endedSessions expiringSet // sessions that were logged out of before they expired
	usedLogins    expiringSet // logins that came back from the identity provider
	slots         slots

	sourceLimiter, nameLimiter *rateLimiter
	oidcLimiter                *rateLimiter // of the identity provider
	actionLimiter              *rateLimiter // of users
	warnLimiter                *rateLimiter
	hashSlots                  chan struct{} // as many at a time as it holds
}

// How often somebody may be wrong. An office behind one address has more tries than one name; a right password takes none.
// Half a minute a try is 3,000 guesses a day of one name, of which a password of eight letters has 2e11.
const (
	sourceEvery, sourceBurst = 10 * time.Second, 20
	nameEvery, nameBurst     = 30 * time.Second, 10
)

// How often one source may begin or end a login with the identity provider: nothing is guessed, and an office logs in at nine.
const oidcEvery, oidcBurst = time.Second, 60

// How often one user may do something that changes anything or is written down: more than hands can, and few enough that the audit
// trail keeps all of it. A script has the command line, which whoever has a shell may use as fast as he likes.
const actionEvery, actionBurst = 2 * time.Second, 60

// maxHashing is how many passwords are hashed at a time: each takes 19 MiB and a core.
const maxHashing = 4

// New checks the options and reads the password file.
func New(o Options) (*Access, error) {
	a := &Access{options: o, log: o.Log, now: o.Now, hashSlots: make(chan struct{}, maxHashing),
		sourceLimiter: newRateLimiter(sourceEvery, sourceBurst), nameLimiter: newRateLimiter(nameEvery, nameBurst),
		oidcLimiter: newRateLimiter(oidcEvery, oidcBurst), actionLimiter: newRateLimiter(actionEvery, actionBurst), warnLimiter: newRateLimiter(time.Minute, 5)}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if a.now == nil {
		a.now = time.Now
	}
	if o.SessionLength == 0 {
		a.options.SessionLength = workday
	}
	var err error
	if a.signer, err = newSigner(o.Key, o.TLS); err != nil {
		return nil, err
	}
	if a.proxyNetworks, err = parseNetworks(o.Proxy.From); err != nil {
		return nil, err
	}
	if a.proxy, err = newProxy(o.Proxy, a.proxyNetworks); err != nil {
		return nil, err
	}
	if a.provider, err = newProvider(o.OIDC, a.now); err != nil {
		return nil, err
	}
	if o.Passwords != "" {
		a.passwords = &passwords{path: o.Passwords, log: a.log}
		users, err := a.passwords.current()
		if err != nil {
			return nil, &UsageError{err.Error() + "; guestflow user add NAME makes one"}
		}
		if len(users) == 0 && a.provider == nil && a.proxy == nil {
			return nil, &UsageError{"password file " + o.Passwords + " has nobody in it; add somebody with: guestflow user add NAME"}
		}
	}
	if err := a.checkExposure(); err != nil {
		return nil, err
	}
	return a, nil
}

// checkExposure checks the ways by which requests come, refuses those that let anybody in, and warns of what others may overhear or forge.
func (a *Access) checkExposure() error {
	listen := a.options.Listen
	if a.noLogin() && !loopback(listen) {
		return &UsageError{"the console would listen on " + listen + ", where others than this machine reach it, without a login; " +
			"listen on 127.0.0.1, or give it a password file (guestflow user add NAME), an OIDC issuer, or a reverse proxy's header"}
	}
	if a.proxy != nil && len(a.options.Hosts) == 0 { // see knownHost
		return &UsageError{"the header " + a.proxy.Header + " would be believed whatever host is asked for, so that a page elsewhere could send it " +
			"by a browser in the reverse proxy's network; name the hosts that the proxy asks for, as in hosts: console.example.com"}
	}
	if a.canLogIn() && !a.options.TLS && !loopback(listen) {
		a.log.Warn("passwords and sessions can be read on their way to the console, for it is http; "+
			"use --tls-cert and --tls-key, or behind_tls if a proxy in front speaks https", "listen", listen)
	}
	for _, network := range a.proxyNetworks.wide() {
		a.log.Warn("the reverse proxy's network is wide: whoever is in it can say that they are the proxy; name the proxy's address instead", "network", network)
	}
	return nil
}

// noLogin tells whether there is no login at all.
func (a *Access) noLogin() bool { return a.passwords == nil && a.provider == nil && a.proxy == nil }

// canLogIn tells whether there is a login of our own.
func (a *Access) canLogIn() bool { return a.passwords != nil || a.provider != nil }

// Wrap guards a handler: headers, places, host, cross-origin protection, bodies, login and session. It serves /login, what is below
// it, and /logout. No body is read before it is known whose it is.
func (a *Access) Wrap(next http.Handler) http.Handler {
	mux := http.NewServeMux() // it also redirects paths such as /static/../imports before anybody decides by them
	mux.HandleFunc("GET /login", a.loginPage)
	mux.Handle("POST /login", LimitBody(loginBytes, loginTime, http.HandlerFunc(a.login)))
	mux.HandleFunc("POST /logout", a.logout)
	if a.provider != nil {
		mux.HandleFunc("GET /login/oidc", a.startOIDC)
		mux.HandleFunc("GET "+callbackPath, a.finishOIDC)
	}
	mux.Handle("/", a.requireUser(next))

	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.warn(r, "a request from another site's page was refused", "path", r.URL.Path)
		a.refuse(w, r, http.StatusForbidden, "This request came from a page of another site, so nothing was done. Open the console itself and try again.")
	}))
	return blockBody(a.securityHeaders(a.limitConcurrency(a.knownHost(protection.Handler(mux)))))
}

// requireUser lets those pass who have logged in, and everybody to what is public.
func (a *Access) requireUser(next http.Handler) http.Handler {
	open, admitted := LimitBody(formBytes, publicTime, next), LimitBody(formBytes, formTime, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.public(r) {
			open.ServeHTTP(w, r)
			return
		}
		u, err := a.authenticate(r)
		if s, is := a.session(r); err == nil && is && a.older(s, rightsTTL) && r.Method == http.MethodGet && wantsPage(r) {
			err = errStale
		}
		if err != nil {
			a.reject(w, r, err)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			if err := a.CountAction(r, u); err != nil {
				err.SetRetryAfter(w)
				a.refuse(w, r, http.StatusTooManyRequests, err.Error())
				return
			}
		}
		ctx := context.WithValue(WithUser(r.Context(), u), admittedKey{}, a.now())
		admitted.ServeHTTP(w, r.WithContext(ctx))
	})
}

// public tells whether a path needs no login. Only a path in its plain form can: an encoded slash or dot may mean another one
// to whoever serves it.
func (a *Access) public(r *http.Request) bool {
	p := r.URL.Path
	if r.URL.RawPath != "" || strings.TrimSuffix(p, "/") != strings.TrimSuffix(path.Clean(p), "/") {
		return false
	}
	return slices.ContainsFunc(a.options.Public, func(open string) bool {
		return p == open || strings.HasSuffix(open, "/") && strings.HasPrefix(p, open)
	})
}

// errNotLoggedIn says that nobody has logged in.
var errNotLoggedIn = &refusal{http.StatusUnauthorized, "You are not logged in, or no longer. Log in and try again."}

// authenticate finds out who makes a request, and what they may as of now.
func (a *Access) authenticate(r *http.Request) (User, error) {
	if a.noLogin() {
		return User{Name: "local", Operator: true, Guests: true}, nil
	}
	if a.proxy != nil {
		if u, named, err := a.proxy.user(r); named || err != nil {
			return u, err
		}
	}
	s, is := a.session(r)
	if !is {
		return User{}, errNotLoggedIn
	}
	switch {
	case s.Via == viaOIDC && a.provider != nil:
		if a.older(s, rightsMaxAge) {
			return User{}, errStale
		}
		if u, in := a.provider.Groups.user(s.Name, s.Groups); in {
			return u, nil
		}
	case s.Via == viaPassword && a.passwords != nil:
		users, err := a.passwords.current()
		if err != nil {
			return User{}, errPasswordFile
		}
		if e, known := users[s.Name]; known && s.Proof == a.signer.proof(e.hash) {
			return e.user, nil
		}
	}
	return User{}, errNotLoggedIn
}

// session is the one that a request comes with, and that is not over.
func (a *Access) session(r *http.Request) (s session, is bool) {
	is = a.signer.get(r, sessionCookie, &s)
	left := time.Unix(s.Expires, 0).Sub(a.now())
	return s, is && left > 0 && left <= a.options.SessionLength+clockTolerance && !a.endedSessions.has(s.ID)
}

// clockTolerance is how much longer than it should a session may last before the clock that began it is taken to have been ahead: by that, it
// would be good for years. It leaves room for hosts that differ and for a change of the clock by an hour.
const clockTolerance = time.Hour

// older reports whether what the identity provider has said of somebody is older than that.
func (a *Access) older(s session, than time.Duration) bool {
	return s.Via == viaOIDC && a.now().Sub(time.Unix(s.Issued, 0)) > than
}

// errStale says that the identity provider is to be asked again.
var errStale = &refusal{http.StatusUnauthorized, "What the identity provider says of you is too old. Load the page again."}

// errPasswordFile says that nobody can be looked up.
var errPasswordFile = &refusal{http.StatusServiceUnavailable, "The console's password file cannot be used, so nobody can be let in. Its administrator finds the reason in the log."}

// reject answers who may not go on: a page's reader is led to the login, a script is told.
func (a *Access) reject(w http.ResponseWriter, r *http.Request, err error) {
	why, is := errors.AsType[*refusal](err)
	if !is {
		why = &refusal{http.StatusInternalServerError, "It cannot be found out who you are."}
	}
	if why == errNotLoggedIn && !a.canLogIn() {
		why = &refusal{http.StatusUnauthorized, "The reverse proxy does not say who you are. Open the console at the proxy's address."}
	}
	if why == errNotLoggedIn && wantsPage(r) {
		http.Redirect(w, r, loginURL("/login", r), http.StatusSeeOther)
		return
	}
	if why == errStale && wantsPage(r) {
		http.Redirect(w, r, loginURL("/login/oidc", r), http.StatusSeeOther)
		return
	}
	if why.status == http.StatusForbidden {
		a.warn(r, "a request was refused", "why", why.why)
	}
	a.refuse(w, r, why.status, why.why)
}

// admittedKey is of the moment at which a request was let in.
type admittedKey struct{}

// rightsTTL is how long what an identity provider or a proxy has said of somebody is good for. The next page leads by the provider, who
// is asked without bothering anybody; a form that is being filled in meanwhile has as long again.
const rightsTTL, rightsMaxAge = 5 * time.Minute, 10 * time.Minute

// StillAllowed reports whether who made the request may still be here, with the same rights. A stream asks before each message, and often
// enough in between to end with its session. What a proxy says of somebody it says with the next request.
func (a *Access) StillAllowed(r *http.Request) bool {
	u, err := a.authenticate(r)
	if a.proxy != nil && r.Header.Get(a.proxy.Header) != "" {
		admitted, _ := r.Context().Value(admittedKey{}).(time.Time)
		return err == nil && u == UserFrom(r.Context()) && a.now().Sub(admitted) <= rightsTTL
	}
	return err == nil && u == UserFrom(r.Context())
}

// RateLimitError says that a user has done so much that the next has to wait. Its text is for people.
type RateLimitError struct{ Wait time.Duration }

func (e *RateLimitError) Error() string {
	return fmt.Sprintf("You have done %d things in a short time, so nothing was done this time. Try again in %d s; "+
		"for many at once there is the command line.", actionBurst, seconds(e.Wait))
}

// SetRetryAfter adds to an answer when to try again.
func (e *RateLimitError) SetRetryAfter(w http.ResponseWriter) {
	w.Header().Set("Retry-After", strconv.Itoa(seconds(e.Wait)))
}

// CountAction books something that a user does, or refuses it. Requests that are no GET are booked already.
func (a *Access) CountAction(r *http.Request, u User) *RateLimitError {
	wait := a.actionLimiter.take(u.Name, a.now())
	if wait == 0 {
		return nil
	}
	a.warn(r, "a user is slowed down: too many actions", "name", u.Name)
	return &RateLimitError{wait}
}

// CanLogOut tells whether a button to log out makes sense: not without a login, nor where a proxy says who it is.
func (a *Access) CanLogOut(r *http.Request) bool {
	return a.canLogIn() && a.signer.get(r, sessionCookie, &session{})
}

// RequireOperator lets only operators pass.
func (a *Access) RequireOperator(next http.Handler) http.Handler {
	return a.require(func(u User) bool { return u.Operator }, "is for operators, and you may only look. Ask whoever runs this console for the right to operate it.", next)
}

// RequireGuests lets only those pass who may see guests' data.
func (a *Access) RequireGuests(next http.Handler) http.Handler {
	return a.require(func(u User) bool { return u.Guests }, "shows guests' data, which you may not see. Ask whoever runs this console for that right.", next)
}

func (a *Access) require(may func(User) bool, why string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u := UserFrom(r.Context())
		if !may(u) {
			a.warn(r, "a request beyond somebody's rights was refused", "name", u.Name, "method", r.Method, "path", r.URL.Path)
			a.refuse(w, r, http.StatusForbidden, "This "+why)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// knownHost refuses other names for this console. With no login, and for a browser that a proxy's header is believed from, it is
// what keeps a page elsewhere out whose own name was made to point here (DNS rebinding): the browser takes both for one site, and
// only the name tells them apart.
func (a *Access) knownHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.serves(r.Host) || a.public(r) { // probes of a cluster come by address
			next.ServeHTTP(w, r)
			return
		}
		a.warn(r, "a request for another host was refused", "host", r.Host)
		a.refuse(w, r, http.StatusMisdirectedRequest, "This console is not known by that host name. Open it by the address that it was set up with, or at 127.0.0.1 on its own machine.")
	})
}

func (a *Access) serves(host string) bool {
	if a.noLogin() && loopback(host) {
		return true
	}
	if len(a.options.Hosts) == 0 {
		return !a.noLogin()
	}
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.Trim(host, "[]"), ".")
	return slices.ContainsFunc(a.options.Hosts, func(known string) bool { return strings.EqualFold(known, host) })
}

// warn logs what was refused, a few a minute of each kind: a flood of requests makes no flood of lines.
func (a *Access) warn(r *http.Request, what string, args ...any) {
	if a.warnLimiter.take(what, a.now()) == 0 {
		a.log.Warn(what, append(args, "from", a.sourceAddress(r).String())...)
	}
}
