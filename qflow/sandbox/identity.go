package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// tokenRequest is one call of a token endpoint in progress.
type tokenRequest struct {
	*call
	dialect *Dialect
	form    url.Values
	client  *Credentials // nil where a dialect does without
	nonce   string
}

// countPresentation comes before the faults: a token that was sent was sent, also when the connection breaks.
func countPresentation(c *call) *reply {
	form, err := url.ParseQuery(c.body.String())
	if err == nil && form.Get("grant_type") == grantRefresh {
		c.s.recorder.presented(form.Get("refresh_token"))
	}
	return nil
}

// token answers a token request. Errors are IdentityServer3's (docs/qflow-api.md section 2): HTTP 400 and a code.
func token(c *call) *reply {
	t := tokenRequest{call: c, dialect: c.s.dialectAt(c.r.URL.Path)}
	if c.r.Method != http.MethodPost {
		return &reply{status: http.StatusMethodNotAllowed}
	}
	var err error
	kind, _, _ := strings.Cut(c.r.Header.Get("Content-Type"), ";")
	if t.form, err = url.ParseQuery(c.body.String()); err != nil || kind != "application/x-www-form-urlencoded" {
		return oauthError(http.StatusBadRequest, "invalid_request")
	}
	if refused := t.authenticateClient(); refused != nil {
		return refused
	}
	grant := t.form.Get("grant_type")
	if !t.dialect.grants(grant) {
		return oauthError(http.StatusBadRequest, "unsupported_grant_type")
	}
	if t.dialect.RedirectURIAlways && (grant == grantRefresh || grant == grantCode) && t.form.Get("redirect_uri") == "" {
		return oauthError(http.StatusBadRequest, "invalid_request")
	}
	c.s.identity.Lock()
	defer c.s.identity.Unlock()
	switch grant {
	case grantPassword:
		return t.password()
	case grantRefresh:
		return t.refresh()
	case grantCode:
		return t.code()
	default:
		return t.clientCredentials()
	}
}

func (s *Sandbox) dialectAt(path string) *Dialect {
	for i := range s.options.Dialects {
		d := &s.options.Dialects[i]
		if matches(d.TokenPath, path) || matches(d.AuthorizePath, path) {
			return d
		}
	}
	return nil
}

func oauthError(status int, code string) *reply {
	return jsonReply(status, map[string]any{"error": code}).with("Cache-Control", "no-store")
}

func (t *tokenRequest) authenticateClient() *reply {
	id, secret := t.form.Get("client_id"), t.form.Get("client_secret")
	if t.dialect.ClientAuth == InBasic {
		id, secret = basic(t.r)
	}
	client := t.s.client(id)
	switch {
	case client != nil && same(secret, client.ClientSecret):
		t.client = client
	case client != nil && secret == "" && t.dialect.PublicPassword && t.form.Get("grant_type") == grantPassword:
		t.client = client
	default:
		return oauthError(t.dialect.BadClientStatus, "invalid_client")
	}
	return nil
}

// basic reads HTTP Basic credentials, which RFC 6749 2.3.1 has form-encoded first.
func basic(r *http.Request) (id, secret string) {
	rawID, rawSecret, _ := r.BasicAuth()
	id, errID := url.QueryUnescape(rawID)
	secret, errSecret := url.QueryUnescape(rawSecret)
	if errID != nil || errSecret != nil {
		return rawID, rawSecret
	}
	return id, secret
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func (s *Sandbox) client(id string) *Credentials {
	for _, a := range s.store.accounts {
		if a.ClientID == id {
			return &a.Credentials
		}
	}
	return nil
}

func (t *tokenRequest) password() *reply {
	scope := t.form.Get("scope")
	if !t.dialect.allows(scope) {
		return oauthError(http.StatusBadRequest, "invalid_scope")
	}
	for _, a := range t.s.identity.accounts {
		if a.UserName() == t.form.Get("username") && same(a.Password, t.form.Get("password")) {
			return t.start(a, scope)
		}
	}
	return oauthError(http.StatusBadRequest, "invalid_grant")
}

func (t *tokenRequest) clientCredentials() *reply {
	scope := t.form.Get("scope")
	if !t.dialect.allows(scope) {
		return oauthError(http.StatusBadRequest, "invalid_scope")
	}
	for _, a := range t.s.identity.accounts {
		if a.ClientID == t.client.ClientID {
			f := &family{account: a, dialect: t.dialect.Name, client: a.ClientID, scope: scope}
			return t.grant(f, "") // RFC 6749 4.4.3: no refresh token
		}
	}
	return oauthError(http.StatusBadRequest, "invalid_grant")
}

// start begins a new family.
func (t *tokenRequest) start(a *account, scope string) *reply {
	f := &family{account: a, dialect: t.dialect.Name, client: t.client.ClientID, scope: scope}
	return t.grant(f, t.newRefresh(f))
}

func (t *tokenRequest) newRefresh(f *family) string {
	need := t.dialect.RefreshScope
	if need != "" && !hasWord(f.scope, need) {
		return ""
	}
	return t.s.identity.issueRefresh(f)
}

func hasWord(list, word string) bool {
	for one := range strings.FieldsSeq(list) {
		if one == word {
			return true
		}
	}
	return false
}

func (t *tokenRequest) refresh() *reply {
	presented := t.form.Get("refresh_token")
	if presented == "" {
		return oauthError(http.StatusBadRequest, "invalid_request")
	}
	f, reused := t.s.identity.redeem(presented, t.dialect, t.client.ClientID)
	if reused && t.sw.ReuseRevokesFamily {
		f.revoked = true
		t.s.recorder.familyRevoked()
	}
	if f == nil || reused {
		return oauthError(http.StatusBadRequest, "invalid_grant")
	}
	if !t.dialect.Rotates {
		return t.grant(f, "")
	}
	return t.grant(f, t.s.identity.issueRefresh(f))
}

func (t *tokenRequest) code() *reply {
	code := t.form.Get("code")
	found := t.s.identity.codes[code]
	delete(t.s.identity.codes, code) // single use, also when the rest of the request is wrong
	if found == nil || !t.now.Before(found.expires) || found.family.client != t.client.ClientID ||
		found.family.dialect != t.dialect.Name || found.redirect != t.form.Get("redirect_uri") ||
		!proves(t.form.Get("code_verifier"), found.challenge) {
		return oauthError(http.StatusBadRequest, "invalid_grant")
	}
	t.nonce = found.nonce
	return t.grant(found.family, t.newRefresh(found.family))
}

// proves is RFC 7636 4.6 for S256, the only method offered.
func proves(verifier, challenge string) bool {
	if challenge == "" {
		return verifier == ""
	}
	sum := sha256.Sum256([]byte(verifier))
	return same(base64.RawURLEncoding.EncodeToString(sum[:]), challenge)
}

func (c *call) accessLife(d *Dialect) time.Duration {
	if c.sw.AccessTokenSeconds > 0 {
		return time.Duration(c.sw.AccessTokenSeconds) * time.Second
	}
	return d.ExpiresIn
}

func (t *tokenRequest) grant(f *family, refresh string) *reply {
	life := t.accessLife(t.dialect)
	answer := map[string]any{
		"access_token": t.s.identity.issueAccess(f, t.now, life),
		"expires_in":   int(life / time.Second),
		"token_type":   t.dialect.TokenType,
	}
	if refresh != "" {
		answer["refresh_token"] = refresh
	}
	if t.dialect.EchoScope {
		answer["scope"] = f.scope
	}
	if t.dialect.IDTokens {
		answer["id_token"] = t.idToken(f)
	}
	t.s.recorder.granted(t.form.Get("grant_type"))
	return jsonReply(http.StatusOK, answer).with("Cache-Control", "no-store")
}

// idToken is an unsigned JWT: clients here must ignore it, so that it exists is all that matters.
func (t *tokenRequest) idToken(f *family) string {
	if t.nonce == "" {
		t.nonce = t.form.Get("nonce")
	}
	claims := map[string]any{"iss": t.dialect.Name, "sub": f.account.UserName(), "aud": f.client, "iat": t.now.Unix()}
	if t.nonce != "" {
		claims["nonce"] = t.nonce
	}
	body, _ := json.Marshal(claims) // strings and a number
	enc := base64.RawURLEncoding
	return enc.EncodeToString([]byte(`{"alg":"none"}`)) + "." + enc.EncodeToString(body) + "."
}
