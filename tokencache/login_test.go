package tokencache_test

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guestflow/tokencache"
)

// browser plays the person: it checks the address, and goes to the redirect with what the server would add.
func browser(t *testing.T, add func(q, back url.Values), check func(q url.Values)) func(string) error {
	return func(address string) error {
		u, err := url.Parse(address)
		if err != nil {
			return err
		}
		q := u.Query()
		check(q)
		back := url.Values{"state": {q.Get("state")}}
		add(q, back)
		go func() {
			forged := get(t, q.Get("redirect_uri")+"?code=stolen&state=forged")
			if !strings.Contains(forged, "not the login") {
				t.Errorf("a forged redirect was answered: %s", forged)
			}
			get(t, q.Get("redirect_uri")+"?"+back.Encode())
		}()
		return nil
	}
}

func get(t *testing.T, address string) string {
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get(address)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return string(body)
}

func TestLoginByCodeWithPKCEServesTheWholeFleet(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.cfg.Credentials.Password = ""
	b.cfg.Endpoint.AuthURL = b.idp.URL + "/authorize"
	c, other := b.process(), b.process()
	challenge := ""
	tok, err := c.Login(t.Context(), tokencache.LoginOptions{Open: browser(t,
		func(_, back url.Values) { back.Set("code", "the-code") },
		func(q url.Values) {
			challenge = q.Get("code_challenge")
			if q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("client_id") != "client" {
				t.Errorf("address: %v", q)
			}
			if !strings.HasPrefix(q.Get("redirect_uri"), "http://127.0.0.1:") {
				t.Errorf("redirect_uri %q is not on the loopback", q.Get("redirect_uri"))
			}
		})})
	if err != nil {
		t.Fatal(err)
	}
	b.idp.with(func(s *identity) {
		sum := sha256.Sum256([]byte(s.last.Get("code_verifier")))
		if base64.RawURLEncoding.EncodeToString(sum[:]) != challenge || s.last.Get("code") != "the-code" {
			t.Errorf("exchange: %v does not fit challenge %s", s.last, challenge)
		}
	})
	if got := b.token(other); got.Access != tok.Access {
		t.Error("another process has another token")
	}
	if err := other.Refused(t.Context(), tok.Generation); err != nil {
		t.Fatalf("renew what a login brought: %v", err)
	}
	b.wantOncePresented()
}

func TestImplicitLoginKeepsTheTokenWithoutARefreshToken(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.cfg.Credentials.Password = ""
	b.cfg.Endpoint.AuthURL = b.idp.URL + "/authorize"
	c := b.process()
	tok, err := c.Login(t.Context(), tokencache.LoginOptions{Implicit: true, Open: func(address string) error {
		u, _ := url.Parse(address)
		q := u.Query()
		if q.Get("response_type") != "token" || q.Has("code_challenge") {
			t.Errorf("address: %v", q)
		}
		go func() { // what the page's script does
			if page := get(t, q.Get("redirect_uri")); !strings.Contains(page, "location.hash") {
				t.Errorf("page: %s", page)
			}
			resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).PostForm(q.Get("redirect_uri"),
				url.Values{"state": {q.Get("state")}, "access_token": {"implicit-token"}, "expires_in": {"3600"}})
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
		}()
		return nil
	}})
	if err != nil || tok.Access.Reveal() != "implicit-token" {
		t.Fatalf("got %v, %v", tok, err)
	}
	info, err := c.Inspect(t.Context())
	if err != nil || info.HasRefreshToken || info.Grant != tokencache.GrantImplicit {
		t.Fatalf("record: %+v, %v", info, err)
	}
	var auth *tokencache.AuthError
	if err := c.Refused(t.Context(), tok.Generation); !errors.As(err, &auth) ||
		auth.Reason != tokencache.ReasonNoCredentials {
		t.Fatalf("a refused implicit token: %v, want no_credentials", err)
	}
}

func TestRefusedLoginRepeatsNoTextOfTheServer(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.cfg.Endpoint.AuthURL = b.idp.URL + "/authorize"
	_, err := b.process().Login(t.Context(), tokencache.LoginOptions{Open: browser(t,
		func(_, back url.Values) { back.Set("error", "<script>evil") }, func(url.Values) {})})
	if err == nil || strings.Contains(err.Error(), "evil") {
		t.Fatalf("got %v", err)
	}
}
