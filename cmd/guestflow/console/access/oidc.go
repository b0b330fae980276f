package access

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	callbackPath = "/login/callback"
	flowLife     = 10 * time.Minute // for a password, a second factor, and looking for the phone
	oidcTimeout  = 10 * time.Second // of an answer of the provider
)

// loginFlow is a login in progress at the provider. It is kept in the browser, so that unfinished logins take no memory
// here.
type loginFlow struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"` // of PKCE (RFC 7636)
	Next     string `json:"next"`
	Expires  int64  `json:"exp"`

	Renews *session `json:"renews,omitempty"` // the session that is renewed if its user is still the same
}

// startOIDC redirects to the provider. With a session it does so without a prompt, to read the user's groups again.
func (a *Access) startOIDC(w http.ResponseWriter, r *http.Request) {
	next := localPath(r.URL.Query().Get("next"))
	if a.limitOIDC(w, r, next) {
		return
	}
	provider, err := a.provider.ready(r.Context())
	if err != nil {
		a.failedOIDC(w, r, next, err)
		return
	}
	f := loginFlow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Next: next,
		Expires: a.now().Add(flowLife).Unix()}
	options := []oauth2.AuthCodeOption{oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)}
	if s, is := a.session(r); is && a.older(s, rightsTTL) {
		f.Renews = &session{ID: s.ID, Name: s.Name, Expires: s.Expires}
		options = append(options, oauth2.SetAuthURLParam("prompt", "none"))
	}
	if err := a.signer.set(w, flowCookie, f, flowLife); err != nil {
		a.failedOIDC(w, r, next, err)
		return
	}
	http.Redirect(w, r, provider.config.AuthCodeURL(f.State, options...), http.StatusSeeOther)
}

// finishOIDC handles the redirect back from the provider.
func (a *Access) finishOIDC(w http.ResponseWriter, r *http.Request) {
	if a.limitOIDC(w, r, "/") {
		return
	}
	f, valid := a.flow(r)
	if !valid {
		a.showLogin(w, r, http.StatusBadRequest, loginForm{Next: "/", Error: "This login was started too long ago, or " +
			"in another browser. Log in again."})
		return
	}
	a.signer.clear(w, flowCookie) // it is used up
	// OpenID Connect Core 3.1.2.6: login_required and the like, or a refusal
	if f.Renews != nil && r.URL.Query().Has("error") {
		a.endSession(w, f.Renews)
		a.showLogin(w, r, http.StatusUnauthorized, loginForm{Next: f.Next, Error: "The identity provider requires a new " +
			"login."})
		return
	}
	s, err := a.provider.redeem(r.Context(), r.URL.Query(), f)
	if err != nil {
		a.failedOIDC(w, r, f.Next, err)
		return
	}
	_, admitted := a.provider.Groups.user(s.Name, s.Groups)
	switch {
	case f.Renews == nil:
	case admitted && s.Name == f.Renews.Name:
		s.ID, s.Expires = f.Renews.ID, f.Renews.Expires
	default:
		a.endSession(w, f.Renews)
	}
	if !admitted {
		a.warn(r, "a login was refused: none of the user's groups is admitted", "name", s.Name)
		a.showLogin(w, r, http.StatusForbidden, loginForm{Next: f.Next, Error: "None of your groups may use this " +
			"console. Ask its administrator."})
		return
	}
	a.startSession(w, r, s, f.Next)
}

// flow returns the login that the provider redirects back from, once: its state must be that of this browser, and
// unused.
func (a *Access) flow(r *http.Request) (f loginFlow, valid bool) {
	given := r.URL.Query().Get("state")
	valid = a.signer.get(r, flowCookie, &f) && a.now().Unix() < f.Expires &&
		subtle.ConstantTimeCompare([]byte(f.State), []byte(given)) == 1 &&
		a.usedLogins.add(f.State, f.Expires, a.now())
	return f, valid
}

// limitOIDC refuses too many requests of one source: each may cause a request to the provider.
func (a *Access) limitOIDC(w http.ResponseWriter, r *http.Request, next string) bool {
	key := network(a.sourceAddress(r))
	if s, is := a.session(r); is { // a whole office renews its sessions every few minutes
		key = "user " + s.Name
	}
	wait := a.oidcLimiter.take(key, a.now())
	if wait == 0 {
		return false
	}
	a.warn(r, "too many logins with the identity provider")
	w.Header().Set("Retry-After", strconv.Itoa(seconds(wait)))
	a.showLogin(w, r, http.StatusTooManyRequests, loginForm{Next: next, Error: fmt.Sprintf("Too many logins. Try again "+
		"in %d seconds.", seconds(wait))})
	return true
}

func (a *Access) failedOIDC(w http.ResponseWriter, r *http.Request, next string, err error) {
	a.warn(r, "a login with the identity provider failed", "error", err)
	a.showLogin(w, r, http.StatusBadGateway, loginForm{Next: next, Error: "The identity provider did not log you in. " +
		"Try again; the reason is in the log."})
}
