package sandbox_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guestflow/qflow/sandbox"
)

// Where each dialect's endpoints are in these tests, ProcessMaker's in a workspace.
const (
	breakoutToken = "/oauth/token"
	eqdkpToken    = "/wcf/oauth-token/"
	makerToken    = "/workflow/oauth2/token"
	makerConsent  = "/workflow/oauth2/authorize"
	redirectURI   = "http://127.0.0.1:4180/callback"
)

var basicClient = url.UserPassword(account.ClientID, account.ClientSecret)

func signInForm(scope string) url.Values {
	return url.Values{"grant_type": {"password"}, "username": {account.Email}, "password": {account.Password},
		"scope": {scope}}
}

func formClient(form url.Values) url.Values {
	form.Set("client_id", account.ClientID)
	form.Set("client_secret", account.ClientSecret)
	return form
}

func TestBreakOutWantsBasicAuthAndRotates(t *testing.T) {
	t.Parallel()
	c := open(t, nil)
	c.tokenAt(breakoutToken, formClient(signInForm("read write")), nil).want(http.StatusUnauthorized)
	got := c.tokenAt(breakoutToken, signInForm("read write"), basicClient).want(http.StatusOK).json()
	if got["expires_in"] != 42961.0 || got["token_type"] != "bearer" || got["scope"] != "read write" {
		t.Fatalf("answer %v", got)
	}
	refresh := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {got["refresh_token"].(string)}}
	c.tokenAt(breakoutToken, refresh, basicClient).want(http.StatusOK)
	c.tokenAt(breakoutToken, refresh, basicClient).want(http.StatusBadRequest)
}

func TestEQdkpKeepsItsRefreshTokenAndWantsRedirectURI(t *testing.T) {
	t.Parallel()
	c := open(t, nil)
	form := signInForm("openid offline_access")
	form.Set("client_id", account.ClientID)
	form.Set("nonce", "n-17")
	got := c.tokenAt(eqdkpToken, form, nil).want(http.StatusOK).json() // without client secret
	_, claims, _ := strings.Cut(got["id_token"].(string), ".")
	claims, _, _ = strings.Cut(claims, ".")
	if raw, err := base64.RawURLEncoding.DecodeString(claims); err != nil || !strings.Contains(string(raw), `"nonce":"n-17"`) {
		t.Errorf("id_token claims %s: %v", raw, err)
	}
	refresh := formClient(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {got["refresh_token"].(string)}})
	c.tokenAt(eqdkpToken, refresh, nil).want(http.StatusBadRequest)
	refresh.Set("redirect_uri", redirectURI)
	for range 2 {
		if again := c.tokenAt(eqdkpToken, refresh, nil).want(http.StatusOK).json(); again["refresh_token"] != nil {
			t.Error("a new refresh token")
		}
	}
	refresh.Del("client_secret")
	c.tokenAt(eqdkpToken, refresh, nil).want(http.StatusUnauthorized) // only the password grant does without
}

func TestProcessMakerHasWorkspacesAndAllGrants(t *testing.T) {
	t.Parallel()
	c := open(t, nil)
	got := c.tokenAt(makerToken, url.Values{"grant_type": {"client_credentials"}, "scope": {"*"}},
		basicClient).want(http.StatusOK).json()
	if got["refresh_token"] != nil || got["scope"] != "*" {
		t.Errorf("client credentials: %v", got)
	}
	pair := c.tokenAt(makerToken, signInForm("*"), basicClient).want(http.StatusOK).json()
	refresh := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {pair["refresh_token"].(string)}}
	c.tokenAt("/other/oauth2/token", refresh, basicClient).want(http.StatusOK) // one server, many workspaces
	c.tokenAt(makerToken, signInForm("everything"), basicClient).want(http.StatusBadRequest)
}

func TestTokensAreGoodForTheirOwnDialectOnly(t *testing.T) {
	t.Parallel()
	c := open(t, nil)
	pair := c.tokenAt(breakoutToken, signInForm("read"), basicClient).want(http.StatusOK).json()
	c.bearer = pair["access_token"].(string)
	c.create(guest()).want(http.StatusUnauthorized)
	c.token(refreshForm(pair["refresh_token"].(string))).want(http.StatusBadRequest)
}

// consent follows the authorization endpoint's redirect on paper.
func (c *client) consent(path string, query url.Values) *url.URL {
	c.t.Helper()
	got := c.call(http.MethodGet, path+"?"+query.Encode(), nil).want(http.StatusFound)
	target, err := url.Parse(got.header.Get("Location"))
	if err != nil {
		c.t.Fatal(err)
	}
	return target
}

func consentQuery(kind, scope string) url.Values {
	return url.Values{
		"response_type": {kind}, "client_id": {account.ClientID}, "redirect_uri": {redirectURI}, "scope": {scope},
		"state": {"s-17"},
	}
}

func TestAuthorizationCodeNeedsItsVerifierAndWorksOnce(t *testing.T) {
	t.Parallel()
	for path, dialect := range map[string]struct {
		token, scope string
		client       *url.Userinfo
	}{
		"/core/connect/authorize": {"/core/connect/token", "qflowapi openid offline_access", nil},
		"/oauth/authorize":        {breakoutToken, "read write", basicClient},
		"/wcf/oauth-authorize/":   {eqdkpToken, "openid", nil},
		makerConsent:              {makerToken, "*", basicClient},
	} {
		t.Run(dialect.token, func(t *testing.T) {
			t.Parallel()
			c := open(t, nil)
			const verifier = "a-verifier-of-more-than-forty-three-characters-0123456789"
			sum := sha256.Sum256([]byte(verifier))
			query := consentQuery("code", dialect.scope)
			query.Set("code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]))
			query.Set("code_challenge_method", "S256")
			exchange := func(verifier string) (url.Values, answer) {
				back := c.consent(path, query).Query()
				if back.Get("state") != "s-17" {
					t.Errorf("state %q", back.Get("state"))
				}
				form := url.Values{
					"grant_type": {"authorization_code"}, "code": {back.Get("code")}, "redirect_uri": {redirectURI},
					"code_verifier": {verifier},
				}
				if dialect.client == nil {
					formClient(form)
				}
				return form, c.tokenAt(dialect.token, form, dialect.client)
			}
			_, refused := exchange("something else")
			refused.want(http.StatusBadRequest)
			form, granted := exchange(verifier)
			if granted.want(http.StatusOK).json()["refresh_token"] == nil {
				t.Error("no refresh token")
			}
			c.tokenAt(dialect.token, form, dialect.client).want(http.StatusBadRequest)
		})
	}
}

func TestImplicitGrantIsInTheFragmentAndProcessMakersOnly(t *testing.T) {
	t.Parallel()
	c := open(t, nil)
	fragment, err := url.ParseQuery(c.consent(makerConsent, consentQuery("token", "*")).Fragment)
	if err != nil || len(fragment.Get("access_token")) != 32 || fragment.Get("refresh_token") != "" ||
		fragment.Get("state") != "s-17" {
		t.Errorf("fragment %v: %v", fragment, err)
	}
	back := c.consent("/oauth/authorize", consentQuery("token", "read"))
	if !strings.Contains(back.String(), "unsupported_response_type") {
		t.Errorf("redirected to %s", back)
	}
}

func TestUnknownClientsAreNotRedirected(t *testing.T) {
	t.Parallel()
	c := open(t, nil)
	query := consentQuery("code", "read")
	query.Set("client_id", "unknown")
	c.call(http.MethodGet, "/oauth/authorize?"+query.Encode(), nil).want(http.StatusBadRequest)
}

func TestDialectsCanBeLeftOut(t *testing.T) {
	t.Parallel()
	c := openWith(t, sandbox.Options{Dialects: []sandbox.Dialect{sandbox.Qflow()}})
	c.tokenAt(breakoutToken, signInForm("read"), basicClient).want(http.StatusNotFound)
	c.signIn()
}
