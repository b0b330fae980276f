package access

import (
	"context"
	"errors"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

// refusal is the answer to a refused request. Its text is shown to the user.
type refusal struct {
	status int
	why    string
}

func (e *refusal) Error() string { return e.why }

// requireUser passes requests of users who have logged in, and all requests for public paths.
func (a *Access) requireUser(next http.Handler) http.Handler {
	open, admitted := LimitBody(formBytes, publicTime, next), LimitBody(formBytes, formTime, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.public(r) {
			open.ServeHTTP(w, r)
			return
		}
		u, err := a.authenticate(r)
		if s, is := a.session(r); err == nil && is && a.older(s, rightsTTL) && r.Method == http.MethodGet &&
			wantsPage(r) {
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
		ctx := context.WithValue(withUser(r.Context(), u), admittedKey{}, a.now())
		admitted.ServeHTTP(w, r.WithContext(ctx))
	})
}

// public reports whether a path needs no login. Only a path in its plain form can: an encoded slash or dot may mean
// another one to its handler.
func (a *Access) public(r *http.Request) bool {
	p := r.URL.Path
	if r.URL.RawPath != "" || strings.TrimSuffix(p, "/") != strings.TrimSuffix(path.Clean(p), "/") {
		return false
	}
	return slices.ContainsFunc(a.options.Public, func(open string) bool {
		return p == open || strings.HasSuffix(open, "/") && strings.HasPrefix(p, open)
	})
}

var (
	errNotLoggedIn = &refusal{http.StatusUnauthorized, "You are not logged in, or no longer. Log in and try again."}

	// errStale means that the identity provider must be asked again.
	errStale = &refusal{http.StatusUnauthorized, "Your rights must be checked again with the identity provider. " +
		"Reload the page."}

	errPasswordFile = &refusal{http.StatusServiceUnavailable, "The console's password file cannot be used, so no " +
		"login is possible. Its administrator finds the reason in the log."}
)

// authenticate returns the user of a request, with the rights that they have now.
func (a *Access) authenticate(r *http.Request) (User, error) {
	if a.noLogin() {
		return User{Name: NoLogin, Operator: true, Guests: true}, nil
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

// reject answers a refused request: a browser's page is redirected to the login, a script gets the error.
func (a *Access) reject(w http.ResponseWriter, r *http.Request, err error) {
	why, is := errors.AsType[*refusal](err)
	if !is {
		why = &refusal{http.StatusInternalServerError, "Your login could not be checked."}
	}
	if why == errNotLoggedIn && !a.canLogIn() {
		why = &refusal{http.StatusUnauthorized, "The reverse proxy sent no user name. Open the console at the " +
			"proxy's address."}
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

// knownHost refuses other host names. Without a login, and for browsers whose proxy header is trusted, this keeps out
// pages of other sites whose name was made to point here (DNS rebinding): the browser takes both for one site, and only
// the name differs.
func (a *Access) knownHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.serves(r.Host) || a.public(r) { // a cluster's probes use the address
			next.ServeHTTP(w, r)
			return
		}
		a.warn(r, "a request for another host was refused", "host", r.Host)
		a.refuse(w, r, http.StatusMisdirectedRequest, "This console does not serve that host name. Open it by its "+
			"configured name, or at 127.0.0.1 on its own machine.")
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

// admittedKey is the context key of the time at which a request was admitted.
type admittedKey struct{}

// rightsTTL is how long the groups that an identity provider or a proxy has sent are used. Then the next page is
// redirected by the provider, without a prompt; a form that is being filled in meanwhile has until rightsMaxAge.
const rightsTTL, rightsMaxAge = 5 * time.Minute, 10 * time.Minute

// StillAllowed reports whether the user of a request is still logged in, with the same rights. A stream asks before
// each message, and often enough in between to end with its session. A proxy's header is checked again with the next
// request only.
func (a *Access) StillAllowed(r *http.Request) bool {
	u, err := a.authenticate(r)
	if a.proxy != nil && r.Header.Get(a.proxy.Header) != "" {
		admitted, _ := r.Context().Value(admittedKey{}).(time.Time)
		return err == nil && u == UserFrom(r.Context()) && a.now().Sub(admitted) <= rightsTTL
	}
	return err == nil && u == UserFrom(r.Context())
}
