// Package access decides who may see and do what in the console: logins, sessions, rights, and the protection of every
// request.
//
// Its trade-off: sessions are signed cookies and not records, so every process of a fleet with the same key accepts
// them, even without Redis. The price is that a logout is known to one process only, until the session expires.
package access

import (
	"log/slog"
	"net/http"
	"time"
)

// Access guards the console. Each way to log in is nil if it is not configured.
type Access struct {
	options   Options
	log       *slog.Logger
	now       func() time.Time
	signer    *signer
	passwords *passwords
	provider  *provider
	proxy     *proxy

	proxyNetworks networks    // of the reverse proxy, whether it names users or not
	endedSessions expiringSet // that were logged out before they expired
	usedLogins    expiringSet // that came back from the identity provider
	slots         slots
	hashSlots     chan struct{} // one a password that is being hashed

	sourceLimiter, nameLimiter *rateLimiter // of wrong passwords
	oidcLimiter                *rateLimiter
	actionLimiter              *rateLimiter // of users
	warnLimiter                *rateLimiter // of log lines
}

// maxHashing is how many passwords are hashed at a time: each takes 19 MiB and a core.
const maxHashing = 4

// New checks the options and reads the password file.
func New(o Options) (*Access, error) {
	a := &Access{
		options: o.withDefaults(), hashSlots: make(chan struct{}, maxHashing),
		sourceLimiter: newRateLimiter(sourceEvery, sourceBurst), nameLimiter: newRateLimiter(nameEvery, nameBurst),
		oidcLimiter: newRateLimiter(oidcEvery, oidcBurst), actionLimiter: newRateLimiter(actionEvery, actionBurst),
		warnLimiter: newRateLimiter(warnEvery, warnBurst),
	}
	a.log, a.now = a.options.Log, a.options.Now
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
	if err := a.openPasswords(); err != nil {
		return nil, err
	}
	if err := a.checkExposure(); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *Access) openPasswords() error {
	path := a.options.Passwords
	if path == "" {
		return nil
	}
	a.passwords = &passwords{path: path, log: a.log}
	users, err := a.passwords.current()
	if err != nil {
		return &UsageError{err.Error() + "; guestflow user add NAME makes one"}
	}
	if len(users) == 0 && a.provider == nil && a.proxy == nil {
		return &UsageError{"password file " + path + " has no users; add one with: guestflow user add NAME"}
	}
	return nil
}

// noLogin reports whether no login is configured at all.
func (a *Access) noLogin() bool { return a.passwords == nil && a.provider == nil && a.proxy == nil }

// canLogIn reports whether there is a login of our own.
func (a *Access) canLogIn() bool { return a.passwords != nil || a.provider != nil }

// Wrap guards a handler: headers, concurrency, host, cross-origin protection, bodies, login and session, or a program's
// token. It serves /login with the paths below, and /logout. No body is read before its sender is authenticated.
func (a *Access) Wrap(next http.Handler) http.Handler {
	mux := http.NewServeMux() // it also redirects paths such as /static/../imports before they are matched
	mux.HandleFunc("GET /login", a.loginPage)
	mux.Handle("POST /login", LimitBody(loginBytes, loginTime, http.HandlerFunc(a.login)))
	mux.HandleFunc("POST /logout", a.logout)
	if a.provider != nil {
		mux.HandleFunc("GET /login/oidc", a.startOIDC)
		mux.HandleFunc("GET "+callbackPath, a.finishOIDC)
	}
	if a.options.Tokens != nil {
		mux.Handle(APIPath, a.requireToken(next))
	}
	mux.Handle("/", a.requireUser(next))

	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.warn(r, "a request from another site's page was refused", "path", r.URL.Path)
		a.refuse(w, r, http.StatusForbidden, "This request came from a page of another site, so it was refused. Open "+
			"the console itself and try again.")
	}))
	return blockBody(a.securityHeaders(a.limitConcurrency(a.knownHost(protection.Handler(mux)))))
}

// warn logs a refusal, a few a minute of each kind, so that a flood of requests makes no flood of lines.
func (a *Access) warn(r *http.Request, what string, args ...any) {
	if a.warnLimiter.take(what, a.now()) == 0 {
		a.log.Warn(what, append(args, "from", a.sourceAddress(r).String())...)
	}
}
