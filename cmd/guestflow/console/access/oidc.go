package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"guestflow/tokencache/secret"
)

// OIDC is an identity provider. The zero value is none.
type OIDC struct {
	Issuer       string // such as https://login.example.com; its discovery document is fetched at the first login
	ClientID     string
	ClientSecret secret.Text
	RedirectURL  string   // this console's address, with the path /login/callback
	Scopes       []string // beside openid, email and profile
	GroupsClaim  string   // claim of the id token with somebody's groups, or with one text such as Google's hd; "groups" without
	Groups       Groups   // at least one of its lists must be set: some providers log anybody in
}

const (
	callbackPath = "/login/callback"
	flowLife     = 10 * time.Minute // for a password, a second factor, and looking for the phone
	askWithin    = 10 * time.Second // an answer of the provider
)

// loginFlow is a login that is at the provider now. The browser keeps it, so that nothing here grows with logins that nobody ends.
type loginFlow struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"` // of PKCE (RFC 7636)
	Next     string `json:"next"`
	Expires  int64  `json:"exp"`

	Renews *session `json:"renews,omitempty"` // a session that goes on if its user is still who the provider says
}

// provider is OIDC, checked. What it is learnt from the provider itself waits for the first login: a provider that is away
// must not keep the console from starting.
type provider struct {
	OIDC
	now    func() time.Time
	client *http.Client

	known  atomic.Pointer[endpoints] // nil until then
	asking singleflight.Group
}

// endpoints is what a provider says of itself.
type endpoints struct {
	config   *oauth2.Config
	verifier *oidc.IDTokenVerifier
}

func newProvider(o OIDC, now func() time.Time) (*provider, error) {
	if o.Issuer == "" {
		if o.ClientID != "" || o.ClientSecret.Set() || o.RedirectURL != "" {
			return nil, &UsageError{"the OIDC login has no issuer; set the provider's address, such as https://login.example.com"}
		}
		return nil, nil
	}
	if err := checkURL("OIDC issuer", o.Issuer, ""); err != nil {
		return nil, err
	}
	if err := checkURL("OIDC redirect URL", o.RedirectURL, callbackPath); err != nil {
		return nil, err
	}
	if o.ClientID == "" {
		return nil, &UsageError{"the OIDC login has no client id; register the console with the provider"}
	}
	if o.Groups.empty() {
		return nil, &UsageError{"the OIDC login names no groups of viewers, operators or guests' data, so nobody could come in; " +
			`"*" stands for everybody whom the provider knows`}
	}
	if o.GroupsClaim == "" {
		o.GroupsClaim = "groups"
	}
	return &provider{OIDC: o, now: now, client: &http.Client{Timeout: askWithin, CheckRedirect: withinHost}}, nil
}

// withinHost follows a redirect of what is only read, within its host. The code and the client's secret go to the endpoint that the
// provider names, and nowhere else.
func withinHost(next *http.Request, via []*http.Request) error {
	next.Header.Del("Referer")
	first := via[0]
	if first.Method != http.MethodGet || next.URL.Host != first.URL.Host || next.URL.Scheme != first.URL.Scheme || len(via) > redirects {
		return fmt.Errorf("the identity provider redirects to %s, which is not followed", next.URL.Host)
	}
	return nil
}

// redirects of one request are followed: a provider may add a slash, or a version.
const redirects = 3

// checkURL wants https, but on this machine.
func checkURL(what, text, path string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || (path != "" && u.Path != path) {
		return &UsageError{fmt.Sprintf("the %s is not an address such as https://console.example.com%s", what, path)}
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Host)) {
		return &UsageError{fmt.Sprintf("the %s %s is not https, so others could read along", what, text)}
	}
	return nil
}

// ready fetches the discovery document, once it can be had. All who wait for it wait for the same answer.
func (p *provider) ready(ctx context.Context) (*endpoints, error) {
	if known := p.known.Load(); known != nil {
		return known, nil
	}
	found := p.asking.DoChan("", func() (any, error) { return p.discover(context.WithoutCancel(ctx)) })
	select {
	case answer := <-found:
		known, _ := answer.Val.(*endpoints)
		return known, answer.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *provider) discover(ctx context.Context) (*endpoints, error) {
	found, err := oidc.NewProvider(p.context(ctx), p.Issuer)
	if err != nil {
		return nil, fmt.Errorf("ask the identity provider %s for its endpoints: %w", p.Issuer, err)
	}
	var says struct {
		Methods []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := found.Claims(&says); err != nil {
		return nil, fmt.Errorf("read what the identity provider %s supports: %w", p.Issuer, err)
	}
	endpoint := found.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader // said, for trying out both would send the code twice
	if !p.ClientSecret.Set() || len(says.Methods) > 0 && !slices.Contains(says.Methods, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	known := &endpoints{
		config: &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret.Reveal(), Endpoint: endpoint,
			RedirectURL: p.RedirectURL, Scopes: append([]string{oidc.ScopeOpenID, "email", "profile"}, p.Scopes...)},
		verifier: found.VerifierContext(p.context(ctx), &oidc.Config{ClientID: p.ClientID, Now: p.now}),
	}
	p.known.Store(known)
	return known, nil
}

func (p *provider) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.client)
}

// startOIDC sends somebody to the provider. Who has a session is not asked for anything there: his rights are asked again.
func (a *Access) startOIDC(w http.ResponseWriter, r *http.Request) {
	next := localPath(r.URL.Query().Get("next"))
	if a.slowedOIDC(w, r, next) {
		return
	}
	provider, err := a.provider.ready(r.Context())
	if err != nil {
		a.failedOIDC(w, r, next, err)
		return
	}
	f := loginFlow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Next: next, Expires: a.now().Add(flowLife).Unix()}
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

// finishOIDC takes somebody back from the provider.
func (a *Access) finishOIDC(w http.ResponseWriter, r *http.Request) {
	if a.slowedOIDC(w, r, "/") {
		return
	}
	var f loginFlow
	given := r.URL.Query().Get("state")
	if !a.signer.get(r, flowCookie, &f) || a.now().Unix() >= f.Expires || subtle.ConstantTimeCompare([]byte(f.State), []byte(given)) != 1 ||
		!a.usedLogins.add(f.State, f.Expires, a.now()) {
		a.showLogin(w, r, http.StatusBadRequest, LoginPage{Next: "/", Error: "This login was begun too long ago, or in another browser. Begin again."})
		return
	}
	a.signer.clear(w, flowCookie)                      // it is of no more use
	if f.Renews != nil && r.URL.Query().Has("error") { // OpenID Connect Core 3.1.2.6: login_required and its siblings, or it is refused now
		a.endSession(w, f.Renews)
		a.showLogin(w, r, http.StatusUnauthorized, LoginPage{Next: f.Next, Error: "The identity provider wants you to log in again."})
		return
	}
	s, err := a.provider.redeem(r.Context(), r.URL.Query(), f)
	if err != nil {
		a.failedOIDC(w, r, f.Next, err)
		return
	}
	_, in := a.provider.Groups.user(s.Name, s.Groups)
	switch {
	case f.Renews == nil:
	case in && s.Name == f.Renews.Name:
		s.ID, s.Expires = f.Renews.ID, f.Renews.Expires
	default:
		a.endSession(w, f.Renews)
	}
	if !in {
		a.warn(r, "a login was refused: in no group that may come in", "name", s.Name)
		a.showLogin(w, r, http.StatusForbidden, LoginPage{Next: f.Next, Error: "You are in no group that may look at this console. Ask its administrator."})
		return
	}
	a.startSession(w, r, s, f.Next)
}

// slowedOIDC answers one source's requests that come too fast: each may ask the provider something.
func (a *Access) slowedOIDC(w http.ResponseWriter, r *http.Request, next string) bool {
	key := network(a.sourceAddress(r))
	if s, is := a.session(r); is { // an office asks again every few minutes
		key = "user " + s.Name
	}
	wait := a.oidcLimiter.take(key, a.now())
	if wait == 0 {
		return false
	}
	a.warn(r, "logins with the identity provider are slowed down: too many")
	w.Header().Set("Retry-After", strconv.Itoa(seconds(wait)))
	a.showLogin(w, r, http.StatusTooManyRequests, LoginPage{Next: next, Error: fmt.Sprintf("Too many logins. Try again in %d seconds.", seconds(wait))})
	return true
}

func (a *Access) failedOIDC(w http.ResponseWriter, r *http.Request, next string, err error) {
	a.warn(r, "a login with the identity provider failed", "error", err)
	a.showLogin(w, r, http.StatusBadGateway, LoginPage{Next: next, Error: "The identity provider did not log you in. Try again; the reason is in the log."})
}

// redeem redeems the code and gives who it is. Its errors quote no code and no token.
func (p *provider) redeem(ctx context.Context, query url.Values, f loginFlow) (s session, err error) {
	if query.Has("error") {
		return s, fmt.Errorf("the identity provider says %.100q", query.Get("error"))
	}
	provider, err := p.ready(ctx) // another process may have begun it
	if err != nil {
		return s, err
	}
	token, err := provider.config.Exchange(p.context(ctx), query.Get("code"), oauth2.VerifierOption(f.Verifier))
	if err != nil {
		if refused, is := errors.AsType[*oauth2.RetrieveError](err); is { // its text has the whole answer
			return s, fmt.Errorf("redeem the code: status %d, %.100q", refused.Response.StatusCode, refused.ErrorCode)
		}
		return s, fmt.Errorf("redeem the code: %w", err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.verifier.Verify(p.context(ctx), raw)
	if err != nil {
		return s, fmt.Errorf("verify the id token: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(f.Nonce)) != 1 {
		return s, errors.New("verify the id token: it is that of another login")
	}
	var claims map[string]json.RawMessage
	if err := id.Claims(&claims); err != nil {
		return s, fmt.Errorf("read the id token: %w", err)
	}
	name := userName(id.Subject, claims)
	if !printable(name) {
		return s, errors.New("read the id token: its subject is empty or has odd characters")
	}
	return session{Name: name, Via: viaOIDC, Groups: p.Groups.relevant(p.groupsOf(claims))}, nil
}

// userName is what the audit trail calls somebody: an email that the provider does not doubt, or else the subject, which nobody
// can choose.
func userName(subject string, claims map[string]json.RawMessage) string {
	var email string
	_ = json.Unmarshal(claims["email"], &email)
	if printable(email) && !emailDoubted(claims) {
		return email
	}
	return subject
}

// emailDoubted tells whether the provider says that the email may be somebody else's. Some say nothing, of their own people.
func emailDoubted(claims map[string]json.RawMessage) bool {
	said := string(claims["email_verified"])
	return said == "false" || said == `"false"`
}

// groupsOf reads one text or a list of them.
func (p *provider) groupsOf(claims map[string]json.RawMessage) (groups []string) {
	if verified := string(claims["email_verified"]); p.GroupsClaim == "email" && verified != "true" && verified != `"true"` {
		return nil // anybody may have typed it there
	}
	raw := claims[p.GroupsClaim]
	var one string
	if json.Unmarshal(raw, &one) == nil && one != "" {
		return []string{one}
	}
	if json.Unmarshal(raw, &groups) != nil {
		return nil
	}
	return groups
}
