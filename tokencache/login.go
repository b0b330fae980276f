package tokencache

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/google/uuid"
	"golang.org/x/oauth2"

	"guestflow/tokencache/secret"
)

// LoginOptions say how a person signs in.
type LoginOptions struct {
	// Open shows the address to the person, or opens a browser at it. Required. It holds no secret.
	Open func(address string) error
	// Implicit asks for the token in the redirect's fragment, for servers that offer a script nothing else. Discouraged
	// (RFC 9700 section 2.1.2): the token passes through the browser, and there is no refresh token, so the account
	// stops when it expires.
	Implicit bool
}

// Login signs a person in through the browser and stores the tokens for the fleet: the authorization code grant with
// PKCE (RFC 7636, S256) and a redirect to a loopback port (RFC 8252), for accounts that keep no password. If the
// endpoint's RedirectURI is a loopback address, that one is used; else a free port. A login overrules whatever claim
// or pause there is.
func (c *Cache) Login(ctx context.Context, opts LoginOptions) (Token, error) {
	if opts.Open == nil {
		return Token{}, errors.New("login: no way to show the address to a person")
	}
	if c.cfg.Endpoint.AuthURL == "" {
		return Token{}, fmt.Errorf("login: account %q has no authorization URL", c.cfg.Account)
	}
	p := newPending()
	back, err := listenLoopback(ctx, c.cfg.Endpoint.RedirectURI, p.State, opts.Implicit)
	if err != nil {
		return Token{}, fmt.Errorf("login: %w", err)
	}
	defer back.close()
	p.Redirect = back.redirect
	address, err := c.loginAddress(p, opts.Implicit)
	if err != nil {
		return Token{}, fmt.Errorf("login: %w", err)
	}
	if err := opts.Open(address); err != nil {
		return Token{}, fmt.Errorf("login: show the address: %w", err)
	}
	got, err := back.wait(ctx)
	if err != nil {
		return Token{}, fmt.Errorf("login: %w", err)
	}
	if opts.Implicit {
		return c.accept(ctx, GrantImplicit, func() (answer, error) { return got.token, nil })
	}
	return c.redeem(ctx, p, got.code)
}

// PendingLogin is a login whose person is at the identity server. It is for the process or the browser that began it
// alone.
type PendingLogin struct {
	Redirect string `json:"redirect"` // where the browser comes back to
	State    string `json:"state"`
	Verifier string `json:"verifier"`
}

func newPending() PendingLogin {
	return PendingLogin{State: rand.Text(), Verifier: oauth2.GenerateVerifier()}
}

// ErrOtherLogin says that what came back from the identity server is not of the login that was begun.
var ErrOtherLogin = errors.New("this is not the login that was started here, or not all of its address")

// BeginLogin begins a login whose browser comes back elsewhere than to this process, for FinishLogin. The redirect URI
// is the endpoint's, or another one if it has none. The person goes to the address, which holds no secret.
func (c *Cache) BeginLogin(otherwise string) (p PendingLogin, address string, err error) {
	if c.cfg.Endpoint.AuthURL == "" {
		return p, "", fmt.Errorf("login: account %q has no authorization URL", c.cfg.Account)
	}
	p = newPending()
	p.Redirect = cmp.Or(c.cfg.Endpoint.RedirectURI, otherwise)
	address, err = c.loginAddress(p, false)
	return p, address, err
}

// FinishLogin stores the tokens of a login for the fleet, by the query of the address that the browser came back to.
func (c *Cache) FinishLogin(ctx context.Context, p PendingLogin, back url.Values) (Token, error) {
	if p.State == "" || subtle.ConstantTimeCompare([]byte(back.Get("state")), []byte(p.State)) != 1 {
		return Token{}, ErrOtherLogin
	}
	got := readCode(back)
	if got.err != nil {
		return Token{}, fmt.Errorf("login: %w", got.err)
	}
	return c.redeem(ctx, p, got.code)
}

// redeem exchanges a login's code.
func (c *Cache) redeem(ctx context.Context, p PendingLogin, code secret.Text) (Token, error) {
	return c.accept(ctx, GrantCode, func() (answer, error) {
		a := tokenRequest{grant: GrantCode, code: code, verifier: secret.Text(p.Verifier), redirectURI: p.Redirect}
		return c.sender.send(ctx, a, func() error { return nil })
	})
}

// loginAddress is where the person's browser goes. The verifier itself stays here; only its digest is in the address.
func (c *Cache) loginAddress(p PendingLogin, implicit bool) (string, error) {
	u, err := url.Parse(c.cfg.Endpoint.AuthURL)
	if err != nil {
		return "", errors.New("authorization URL cannot be read")
	}
	q := u.Query()
	q.Set("client_id", c.cfg.Credentials.ClientID)
	q.Set("redirect_uri", p.Redirect)
	q.Set("state", p.State)
	if c.cfg.Endpoint.Scope != "" {
		q.Set("scope", c.cfg.Endpoint.Scope)
	}
	if c.cfg.Endpoint.Nonce {
		q.Set("nonce", uuid.NewString())
	}
	if implicit {
		q.Set("response_type", "token")
	} else {
		q.Set("response_type", "code")
		q.Set("code_challenge", oauth2.S256ChallengeFromVerifier(p.Verifier))
		q.Set("code_challenge_method", "S256")
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// accept stores what a person's login brought. There is no claim: a code is single-use too, but no other process has
// it.
func (c *Cache) accept(ctx context.Context, g Grant, get func() (answer, error)) (Token, error) {
	asked := c.now()
	rec, err := c.store.read(ctx)
	if err != nil {
		return Token{}, &TroubleError{Op: "login", Err: err}
	}
	ans, err := get()
	c.cfg.Observer.renewed(g, resultOf(err), c.now()-asked)
	if err != nil {
		var denied *DeniedError
		if errors.As(err, &denied) {
			return Token{}, fmt.Errorf("login: exchange the code: %w", err)
		}
		return Token{}, &TroubleError{Op: "login: exchange the code", Err: err}
	}
	life := ans.lifetime
	if life == 0 {
		life = c.cfg.Endpoint.Lifetime
	}
	e := entry{
		Adopt: true, Nonce: uuid.NewString(), Grant: g, By: c.cfg.Process,
		Exp: rec.now + life.Milliseconds(), Access: ans.access.Reveal(), Refresh: ans.refresh.Reveal(),
	}
	// The fleet may renew the old pair meanwhile; the person's login is newer than that.
	for range 5 {
		e.From, e.Gen = rec.gen, max(rec.gen, c.seen.load().gen)+1
		tok, err := c.persist(ctx, e, life, asked)
		if !errors.Is(err, errAgain) {
			return tok, err
		}
		if rec, err = c.store.read(ctx); err != nil {
			return Token{}, &TroubleError{Op: "login", Err: err}
		}
	}
	err = errors.New("the fleet renews faster than a login can be stored")
	return Token{}, &TroubleError{Op: "login", RetryAfter: time.Second, Err: err}
}
