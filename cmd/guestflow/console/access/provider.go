package access

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"guestflow/tokencache/secret"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"
)

// OIDC is an identity provider. The zero value is none.
type OIDC struct {
	Issuer       string // such as https://login.example.com; its discovery document is fetched at the first login
	ClientID     string
	ClientSecret secret.Text
	RedirectURL  string // this console's address, with the path /login/callback
	// claim of the id token with the user's groups, or with one text such as Google's hd; "" is groups
	GroupsClaim string
	Groups      Groups // at least one of its lists must be set: some providers log everyone in
}

// provider is a checked OIDC. Its endpoints are discovered at the first login: a provider that is unreachable must not
// keep the console from starting.
type provider struct {
	OIDC
	now    func() time.Time
	client *http.Client

	known  atomic.Pointer[endpoints] // nil until then
	asking singleflight.Group
}

// endpoints is what was discovered about a provider.
type endpoints struct {
	config   *oauth2.Config
	verifier *oidc.IDTokenVerifier
}

func newProvider(o OIDC, now func() time.Time) (*provider, error) {
	if o.Issuer == "" {
		if o.ClientID != "" || o.ClientSecret.Set() || o.RedirectURL != "" {
			return nil, &UsageError{"the OIDC login has no issuer; set the provider's address, such as " +
				"https://login.example.com"}
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
		return nil, &UsageError{"the OIDC login names no groups of viewers, operators or guests' data, so no user " +
			"would be admitted; " +
			`"*" stands for every user of the provider`}
	}
	if o.GroupsClaim == "" {
		o.GroupsClaim = "groups"
	}
	return &provider{OIDC: o, now: now, client: &http.Client{Timeout: oidcTimeout, CheckRedirect: withinHost}}, nil
}

// withinHost follows redirects of GET requests, within a host. The code and the client's secret go to the discovered
// endpoint and nowhere else.
func withinHost(next *http.Request, via []*http.Request) error {
	next.Header.Del("Referer")
	first := via[0]
	if first.Method != http.MethodGet || next.URL.Host != first.URL.Host || next.URL.Scheme != first.URL.Scheme ||
		len(via) > redirects {
		return fmt.Errorf("the identity provider redirects to %s, which is not followed", next.URL.Host)
	}
	return nil
}

// redirects is how many redirects of one request are followed: a provider may add a slash, or a version.
const redirects = 3

// checkURL requires https, except on this machine.
func checkURL(what, text, path string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || (path != "" && u.Path != path) {
		return &UsageError{fmt.Sprintf("the %s is not an address such as https://console.example.com%s", what, path)}
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Host)) {
		return &UsageError{fmt.Sprintf("the %s %s is not https, so others could read the login", what, text)}
	}
	return nil
}

// ready fetches the discovery document, until it succeeds once. Concurrent callers share one request.
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
	endpoint.AuthStyle = oauth2.AuthStyleInHeader // explicit, since detecting it would send the code twice
	if !p.ClientSecret.Set() || len(says.Methods) > 0 && !slices.Contains(says.Methods, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	known := &endpoints{
		config: &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret.Reveal(), Endpoint: endpoint,
			RedirectURL: p.RedirectURL, Scopes: []string{oidc.ScopeOpenID, "email", "profile"}},
		verifier: found.VerifierContext(p.context(ctx), &oidc.Config{ClientID: p.ClientID, Now: p.now}),
	}
	p.known.Store(known)
	return known, nil
}

func (p *provider) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.client)
}

// redeem redeems the code for a session. Its errors quote no code and no token.
func (p *provider) redeem(ctx context.Context, query url.Values, f loginFlow) (s session, err error) {
	if query.Has("error") {
		return s, fmt.Errorf("the identity provider answered %.100q", query.Get("error"))
	}
	provider, err := p.ready(ctx) // another process may have started the login
	if err != nil {
		return s, err
	}
	token, err := provider.config.Exchange(p.context(ctx), query.Get("code"), oauth2.VerifierOption(f.Verifier))
	if err != nil {
		if refused, is := errors.AsType[*oauth2.RetrieveError](err); is { // its text holds the whole answer
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
		return s, errors.New("verify the id token: it belongs to another login")
	}
	var claims map[string]json.RawMessage
	if err := id.Claims(&claims); err != nil {
		return s, fmt.Errorf("read the id token: %w", err)
	}
	name := userName(id.Subject, claims)
	if !printable(name) {
		return s, errors.New("read the id token: its subject is empty or has invalid characters")
	}
	return session{Name: name, Via: viaOIDC, Groups: p.Groups.relevant(p.groupsOf(claims))}, nil
}

// userName is the user's name in the audit log: an email that the provider has verified or not questioned, or else the
// subject, which users cannot choose.
func userName(subject string, claims map[string]json.RawMessage) string {
	var email string
	_ = json.Unmarshal(claims["email"], &email)
	if printable(email) && !emailDoubted(claims) {
		return email
	}
	return subject
}

// emailDoubted reports whether the provider marks the email as unverified. Some do not mark those of their own domain.
func emailDoubted(claims map[string]json.RawMessage) bool {
	said := string(claims["email_verified"])
	return said == "false" || said == `"false"`
}

// groupsOf reads a claim that is one text or a list of them.
func (p *provider) groupsOf(claims map[string]json.RawMessage) (groups []string) {
	if verified := string(claims["email_verified"]); p.GroupsClaim == "email" && verified != "true" &&
		verified != `"true"` {
		return nil // anyone may have entered it there
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
