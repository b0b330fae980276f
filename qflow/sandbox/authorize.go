package sandbox

import (
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// codeLife is the most that RFC 6749 4.1.2 recommends.
const codeLife = 10 * time.Minute

// authorize is the authorization endpoint, seen by a browser that is signed in and consents at once: it only redirects.
// A real one would show pages, which no client code can be tried against.
func authorize(c *call) *reply {
	d := c.s.dialectAt(c.r.URL.Path)
	q := c.r.URL.Query()
	client := c.s.client(q.Get("client_id"))
	target, err := url.Parse(q.Get("redirect_uri"))
	if client == nil || err != nil || !target.IsAbs() || target.Fragment != "" {
		// Never redirect to an address that is not the client's (RFC 6749 4.1.2.1).
		return oauthError(http.StatusBadRequest, "invalid_request")
	}
	answer, inFragment := c.authorization(d, client, q)
	if state := q.Get("state"); state != "" {
		answer.Set("state", state)
	}
	if inFragment {
		target.Fragment = ""
		return redirect(target.String() + "#" + answer.Encode())
	}
	merged := target.Query()
	for name := range answer {
		merged.Set(name, answer.Get(name))
	}
	target.RawQuery = merged.Encode()
	return redirect(target.String())
}

func redirect(to string) *reply {
	return (&reply{status: http.StatusFound}).with("Location", to)
}

func (c *call) authorization(d *Dialect, client *Credentials, q url.Values) (answer url.Values, inFragment bool) {
	kind, method := q.Get("response_type"), q.Get("code_challenge_method")
	implicit := kind == "token"
	switch {
	case kind != "code" && (!implicit || !d.Implicit):
		return url.Values{"error": {"unsupported_response_type"}}, implicit
	case q.Get("code_challenge") != "" && method != "S256":
		return url.Values{"error": {"invalid_request"}}, implicit
	case !d.allows(q.Get("scope")):
		return url.Values{"error": {"invalid_scope"}}, implicit
	}
	f := &family{account: c.s.store.accountOf(client), dialect: d.Name, client: client.ClientID, scope: q.Get("scope")}
	c.s.identity.Lock()
	defer c.s.identity.Unlock()
	if implicit {
		return c.implicit(d, f), true
	}
	code := mint()
	c.s.identity.codes[code] = &authCode{
		family:    f,
		redirect:  q.Get("redirect_uri"),
		challenge: q.Get("code_challenge"),
		nonce:     q.Get("nonce"),
		expires:   c.now.Add(codeLife),
	}
	return url.Values{"code": {code}}, false
}

// implicit puts the token itself into the fragment, without a refresh token (RFC 6749 4.2.2).
func (c *call) implicit(d *Dialect, f *family) url.Values {
	life := c.accessLife(d)
	return url.Values{
		"access_token": {c.s.identity.issueAccess(f, c.now, life)},
		"token_type":   {d.TokenType},
		"expires_in":   {strconv.Itoa(int(life / time.Second))},
		"scope":        {f.scope},
	}
}
