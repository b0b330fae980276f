package access_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"guestflow/cmd/guestflow/console/access"
)

const (
	clientID     = "guestflow-console"
	clientSecret = "client-secret-value"
)

// idp is a small identity provider. It logs every user in, with the claims of the test, and is as strict about the
// protocol as a real one.
type idp struct {
	*httptest.Server
	t      *testing.T
	key    *ecdsa.PrivateKey
	claims map[string]any    // over those of a proper token
	signer *ecdsa.PrivateKey // another one forges
	codes  map[string]url.Values
	asked  int    // for tokens
	moved  string // where its endpoints redirect to
	down   bool
}

func newIDP(t *testing.T) *idp {
	p := &idp{t: t, codes: map[string]url.Values{}, claims: map[string]any{}}
	p.key, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p.signer = p.key
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discover)
	mux.HandleFunc("GET /elsewhere/openid", p.discover)
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		p.reply(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: "1",
			Algorithm: "ES256", Use: "sig"}}})
	})
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func (p *idp) reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (p *idp) discover(w http.ResponseWriter, r *http.Request) {
	if p.moved != "" && p.moved[0] == '/' && r.URL.Path != p.moved {
		http.Redirect(w, r, p.moved, http.StatusFound)
		return
	}
	if p.down {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	p.reply(w, http.StatusOK, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/auth",
		"token_endpoint": p.URL + "/token",
		"jwks_uri":       p.URL + "/keys", "id_token_signing_alg_values_supported": []string{"ES256"}})
}

// authorize is the person at the provider who says yes: it gives the way back.
func (p *idp) authorize(location string) string {
	p.t.Helper()
	u, err := url.Parse(location)
	if err != nil || !strings.HasPrefix(location, p.URL+"/auth?") {
		p.t.Fatalf("the login leads to %q", location)
	}
	q := u.Query()
	if q.Get("response_type") != "code" || q.Get("client_id") != clientID || q.Get("code_challenge_method") != "S256" ||
		len(q.Get("state")) < 20 || len(q.Get("nonce")) < 20 || !strings.Contains(q.Get("scope"), "openid") {
		p.t.Fatalf("asked with %v", q)
	}
	code := rand.Text()
	p.codes[code] = q
	back, _ := url.Parse(q.Get("redirect_uri"))
	back.RawQuery = url.Values{"code": {code}, "state": {q.Get("state")}}.Encode()
	return back.RequestURI()
}

func (p *idp) token(w http.ResponseWriter, r *http.Request) {
	if p.moved != "" && p.moved[0] != '/' {
		http.Redirect(w, r, p.moved, http.StatusTemporaryRedirect)
		return
	}
	p.asked++
	id, pass, _ := r.BasicAuth()
	q, known := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if !known || id != clientID || pass != clientSecret ||
		base64.RawURLEncoding.EncodeToString(sum[:]) != q.Get("code_challenge") ||
		r.FormValue("redirect_uri") != q.Get("redirect_uri") {
		p.reply(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant",
			"error_description": "secret-code-in-words"})
		return
	}
	claims := map[string]any{"iss": p.URL, "aud": clientID, "sub": "subject-1", "nonce": q.Get("nonce"),
		"iat": time.Now().Unix(),
		"exp": time.Now().Add(time.Hour).Unix(), "email": "anna@example.com", "email_verified": true,
		"groups": []string{"events"}}
	maps.Copy(claims, p.claims)
	p.reply(w, http.StatusOK, map[string]any{"access_token": "access-token-value", "token_type": "Bearer",
		"id_token": p.sign(claims)})
}

func (p *idp) sign(claims map[string]any) string {
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: p.signer, KeyID: "1"}},
		nil)
	if err != nil {
		p.t.Fatal(err)
	}
	raw, _ := json.Marshal(claims)
	signed, err := s.Sign(raw)
	if err != nil {
		p.t.Fatal(err)
	}
	text, _ := signed.CompactSerialize()
	return text
}

func withOIDC(t *testing.T, p *idp, change func(*access.OIDC)) *door {
	return open(t, func(o *access.Options) {
		o.Passwords = ""
		o.OIDC = access.OIDC{Issuer: p.URL, ClientID: clientID, ClientSecret: clientSecret,
			RedirectURL: "http://127.0.0.1:8080/login/callback",
			Groups: access.Groups{Viewers: []string{"staff"}, Operators: []string{"events"},
				Guests: []string{"admins"}}}
		if change != nil {
			change(&o.OIDC)
		}
	})
}

// through logs in at the provider.
func (d *door) through(p *idp) answer {
	d.t.Helper()
	a := d.get("/login/oidc?next=/imports/7")
	d.wants(a, http.StatusSeeOther, "")
	return d.get(p.authorize(a.header.Get("Location")))
}

func TestAnIdentityProviderLetsPeopleIn(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	d := withOIDC(t, p, nil)
	page := d.get("/login?next=/imports/7", asPage)
	d.wants(page, http.StatusOK, `href="/login/oidc?next=%2Fimports%2F7"`)
	if strings.Contains(page.body, "<form") {
		t.Error("a password is asked for where there is none")
	}
	if a := d.through(p); a.status != http.StatusSeeOther || a.header.Get("Location") != "/imports/7" {
		t.Fatalf("%d %s %s\n%s", a.status, a.header.Get("Location"), a.body, d.log)
	}
	d.wants(d.get("/"), http.StatusOK, "inside {Name:anna@example.com Operator:true Guests:false Account:} out=true")
	d.wants(d.do("POST", "/logout", url.Values{}), http.StatusSeeOther, "")
	d.wants(d.get("/"), http.StatusUnauthorized, "")
}

func TestGroupsOfTheProviderDecide(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	d := withOIDC(t, p, nil)
	p.claims = map[string]any{"groups": []string{"other"}}
	d.wants(d.through(p), http.StatusForbidden, "of your groups may use this console")
	p.claims = map[string]any{"groups": nil}
	d.wants(d.through(p), http.StatusForbidden, "of your groups may use this console")
	d.wants(d.get("/"), http.StatusUnauthorized, "")
	p.claims = map[string]any{"groups": "staff", "email": "boss@example.com", "email_verified": false}
	d.through(p)
	// not by an email that users may enter themselves
	d.wants(d.get("/"), http.StatusOK, "{Name:subject-1 Operator:false Guests:false Account:}")

	domain := withOIDC(t, p, func(o *access.OIDC) {
		o.GroupsClaim, o.Groups = "hd",
			access.Groups{Viewers: []string{"example.com"}}
	})
	p.claims = map[string]any{"hd": "example.com"}
	domain.through(p)
	domain.wants(domain.get("/"), http.StatusOK, "anna@example.com")

	mail := withOIDC(t, p, func(o *access.OIDC) {
		o.GroupsClaim, o.Groups = "email", access.Groups{Operators: []string{"anna@example.com"}}
	})
	p.claims = map[string]any{"email_verified": nil}
	mail.wants(mail.through(p), http.StatusForbidden, "of your groups may use this console")
	p.claims = nil
	mail.wants(mail.through(p), http.StatusSeeOther, "")
}

func TestATokenForAnotherClientIsRefused(t *testing.T) {
	t.Parallel()
	for what, claims := range map[string]map[string]any{
		"another issuer":   {"iss": "https://evil.example"},
		"another audience": {"aud": "another-client"},
		"expired":          {"exp": time.Now().Add(-time.Hour).Unix()},
		"another login":    {"nonce": "another"},
		"no nonce":         {"nonce": ""},
		"no subject":       {"sub": "", "email": ""},
	} {
		p := newIDP(t)
		d := withOIDC(t, p, nil)
		p.claims = claims
		if a := d.through(p); a.status != http.StatusBadGateway || !strings.Contains(a.body, "did not log you in") {
			t.Errorf("%s: %d", what, a.status)
		}
		d.wants(d.get("/"), http.StatusUnauthorized, "")
	}
	p := newIDP(t)
	d := withOIDC(t, p, nil)
	p.signer, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	d.wants(d.through(p), http.StatusBadGateway, "did not log you in")
}

// again asks for a page when what the provider said is too old, and goes by the provider.
func (d *door) again(p *idp, after time.Duration, says string) answer {
	d.t.Helper()
	d.clock.step(after)
	a := d.get("/imports/7", asPage)
	if a.status != http.StatusSeeOther || a.header.Get("Location") != "/login/oidc?next=%2Fimports%2F7" {
		d.t.Fatalf("after %s a page is answered %d, leading to %q", after, a.status, a.header.Get("Location"))
	}
	to := d.get(a.header.Get("Location")).header.Get("Location")
	if u, err := url.Parse(to); err != nil || u.Query().Get("prompt") != "none" {
		d.t.Fatalf("the provider prompts a user with a session: %s", to)
	}
	back := p.authorize(to)
	if says != "" {
		back = strings.Replace(back, "code=", "error="+says+"&ignored=", 1)
	}
	return d.get(back)
}

func TestTheProviderIsAskedAgainWithinMinutesAndWithoutAWord(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	d := withOIDC(t, p, nil)
	d.through(p)
	d.clock.step(4 * time.Minute)
	d.wants(d.get("/imports/7", asPage), http.StatusOK, "Operator:true")
	p.claims = map[string]any{"groups": []string{"staff"}} // no longer an operator
	if a := d.again(p, 2*time.Minute, ""); a.header.Get("Location") != "/imports/7" {
		t.Fatalf("it leads on to %q: %s", a.header.Get("Location"), a.body)
	}
	d.wants(d.get("/imports/7", asPage), http.StatusOK, "Operator:false")
	if n := strings.Count(d.log.String(), "logged in"); n != 1 {
		t.Errorf("the log tells of %d logins", n)
	}
	d.do("POST", "/logout", nil)
	d.wants(d.get("/"), http.StatusUnauthorized, "not logged in")
}

func TestWhoIsOutAtTheProviderIsOutHereWithinMinutes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		says   string
		claims map[string]any
		status int
	}{
		"not logged in there":                 {"login_required", nil, http.StatusUnauthorized},
		"refused there":                       {"access_denied", nil, http.StatusUnauthorized},
		"of your groups may use this console": {"", map[string]any{"groups": []string{"other"}}, http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newIDP(t)
			d := withOIDC(t, p, nil)
			d.through(p)
			cookie := d.cookie()
			p.claims = c.claims
			d.wants(d.again(p, 6*time.Minute, c.says), c.status, "")
			d.browser = newBrowser()
			d.wants(d.get("/", cookie), http.StatusUnauthorized, "not logged in") // a kept cookie
		})
	}
}

// A page that asks for nothing new, a script, and a kept cookie.
func TestWhatIsNeverAskedAgainEndsWithinMinutes(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	d := withOIDC(t, p, nil)
	d.through(p)
	d.clock.step(9 * time.Minute)
	d.wants(d.get("/", asStream), http.StatusOK, "inside")
	d.wants(d.do("POST", "/steer", url.Values{}, asPage), http.StatusOK, "inside") // it was being filled in
	d.clock.step(2 * time.Minute)
	d.wants(d.get("/", asStream), http.StatusUnauthorized, "Reload the page")
	d.wants(d.get("/", asJSON), http.StatusUnauthorized, "Reload the page")
	a := d.do("POST", "/steer", url.Values{}, asPage, header{"Referer", d.url + "/imports/7"})
	if a.status != http.StatusSeeOther || a.header.Get("Location") != "/login/oidc?next=%2Fimports%2F7" {
		t.Errorf("a form is answered %d, leading to %q", a.status, a.header.Get("Location"))
	}
}

func TestASessionThatIsAskedForAgainEndsWhenItWouldHave(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	d := withOIDC(t, p, nil)
	d.through(p)
	for range 11 * 6 {
		d.again(p, 10*time.Minute, "")
	}
	d.clock.step(time.Hour + time.Minute)
	if a := d.get("/imports/7", asPage); a.header.Get("Location") != "/login?next=%2Fimports%2F7" {
		t.Errorf("after 12 hours a page leads to %q", a.header.Get("Location"))
	}
}

func TestAnotherUserAtTheProviderGetsASessionOfTheirOwn(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	d := withOIDC(t, p, nil)
	d.through(p)
	cookie := d.cookie()
	p.claims = map[string]any{"email": "boris@example.com"}
	d.again(p, 6*time.Minute, "")
	d.wants(d.get("/imports/7", asPage), http.StatusOK, "boris@example.com")
	d.browser = newBrowser()
	d.wants(d.get("/", cookie), http.StatusUnauthorized, "")
}

// cookie is that of the session, to be used again later.
func (d *door) cookie() header {
	d.t.Helper()
	at, err := url.Parse(d.url)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, c := range d.browser.Jar.Cookies(at) {
		if c.Name == "guestflow_session" {
			return header{"Cookie", c.String()}
		}
	}
	d.t.Fatal("there is no session")
	return header{}
}

func TestALoginThatWasNotBegunHereIsRefused(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	d := withOIDC(t, p, nil)
	begin := func() string { return p.authorize(d.get("/login/oidc").header.Get("Location")) }

	back := begin()
	begun := d.browser
	d.browser = newBrowser() // of another user, who is sent the link
	d.wants(d.get(back), http.StatusBadRequest, "in another browser")
	d.browser = begun
	d.wants(d.get(strings.Replace(back, "state=", "state=x", 1)), http.StatusBadRequest, "Log in again")
	d.wants(d.get("/login/callback"), http.StatusBadRequest, "Log in again")
	d.clock.step(11 * time.Minute)
	d.wants(d.get(back), http.StatusBadRequest, "too long ago")
	if p.asked != 0 {
		t.Errorf("the provider was asked %d times", p.asked)
	}

	back = begin()
	d.wants(d.get(back), http.StatusSeeOther, "")
	d.wants(d.get(back), http.StatusBadRequest, "Log in again") // once
	if p.asked != 1 {
		t.Errorf("one login redeemed %d codes", p.asked)
	}
	back = begin()
	d.wants(d.get(strings.Replace(back, "code=", "error=access_denied&ignored=", 1)), http.StatusBadGateway,
		"did not log you in")
}

// A browser that keeps its cookie, against what it is told, has the provider asked once only.
func TestALoginComesBackOnce(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	d := withOIDC(t, p, nil)
	begun := d.get("/login/oidc")
	kept := header{"Cookie", strings.Split(begun.header.Get("Set-Cookie"), ";")[0]}
	back := p.authorize(begun.header.Get("Location"))
	d.browser = newBrowser()
	d.wants(d.get(back, kept), http.StatusSeeOther, "")
	for range 3 {
		d.wants(d.get(back, kept), http.StatusBadRequest, "Log in again")
	}
	if p.asked != 1 {
		t.Errorf("the provider was asked %d times", p.asked)
	}
}

func TestRequestsToTheProviderAreLimited(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	d := withOIDC(t, p, nil)
	slowed := 0
	for range 35 {
		a := d.get("/login/oidc")
		if a.status == http.StatusTooManyRequests {
			slowed++
			continue
		}
		back := p.authorize(a.header.Get("Location"))
		if d.get(strings.Replace(back, "code=", "code=x", 1)).status == http.StatusTooManyRequests {
			slowed++
		}
	}
	if slowed == 0 || p.asked > 31 {
		t.Errorf("%d requests were slowed down, and the provider was asked %d times", slowed, p.asked)
	}
	d.wants(d.get("/login/callback"), http.StatusTooManyRequests, "Try again in 1 seconds")
	d.clock.step(2 * time.Second)
	d.wants(d.through(p), http.StatusSeeOther, "")
}

func TestAProviderThatIsAwayOrRefusesIsNamedInTheLogWithoutSecrets(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	p.down = true
	d := withOIDC(t, p, nil) // the console starts all the same
	d.wants(d.get("/login/oidc", asPage), http.StatusBadGateway, "Try again")
	p.down = false
	back := p.authorize(d.get("/login/oidc").header.Get("Location"))
	clear(p.codes)
	d.wants(d.get(back), http.StatusBadGateway, "Try again")
	log := d.log.String()
	if !strings.Contains(log, "invalid_grant") || strings.Contains(log, "secret") || strings.Contains(log, "code=") {
		t.Errorf("the log says\n%s", log)
	}
}

func TestOIDCOptionsThatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	good := access.OIDC{Issuer: "https://login.example.com", ClientID: "c",
		RedirectURL: "https://console.example.com/login/callback",
		Groups:      access.Groups{Viewers: []string{"*"}}}
	if _, err := access.New(access.Options{Listen: ":80", OIDC: good}); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(*access.OIDC){
		"no issuer":      func(o *access.OIDC) { o.Issuer = "" },
		"clear issuer":   func(o *access.OIDC) { o.Issuer = "http://login.example.com" },
		"no client":      func(o *access.OIDC) { o.ClientID = "" },
		"no redirect":    func(o *access.OIDC) { o.RedirectURL = "" },
		"other path":     func(o *access.OIDC) { o.RedirectURL = "https://console.example.com/" },
		"clear redirect": func(o *access.OIDC) { o.RedirectURL = "http://console.example.com/login/callback" },
		"no groups":      func(o *access.OIDC) { o.Groups = access.Groups{} },
	} {
		o := good
		change(&o)
		if _, err := access.New(access.Options{Listen: ":80", OIDC: o}); !isUsage(err) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestTheCodeAndTheClientsSecretFollowNoRedirect(t *testing.T) {
	t.Parallel()
	var heard atomic.Int64
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heard.Add(1) }))
	t.Cleanup(thief.Close)
	p := newIDP(t)
	p.moved = thief.URL + "/token"
	d := withOIDC(t, p, nil)
	if a := d.through(p); a.status != http.StatusBadGateway || heard.Load() != 0 {
		t.Errorf("it answers %d, and the other host was asked %d times\n%s", a.status, heard.Load(), d.log)
	}
	p.moved = "/elsewhere/openid" // what is only read may move within its host
	d = withOIDC(t, p, nil)
	if a := d.through(p); a.status != http.StatusSeeOther {
		t.Errorf("it answers %d\n%s", a.status, d.log)
	}
}
