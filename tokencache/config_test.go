package tokencache_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"guestflow/tokencache"
)

func TestBadConfigurationNamesTheField(t *testing.T) {
	t.Parallel()
	b, _ := newMini(t)
	for want, change := range map[string]func(*tokencache.Config){
		"account":          func(c *tokencache.Config) { c.Account = "a}b" },
		"absolute":         func(c *tokencache.Config) { c.Endpoint.TokenURL = "identity.example/token" },
		"must not hold":    func(c *tokencache.Config) { c.Endpoint.TokenURL = "https://u:hunter2@identity.example/token" },
		"cannot be read":   func(c *tokencache.Config) { c.Endpoint.TokenURL = "https://hunter2\x7f/" },
		"style":            func(c *tokencache.Config) { c.Endpoint.Style = "digest" },
		"unattended grant": func(c *tokencache.Config) { c.Endpoint.Unattended = "magic" },
		"redirect URI":     func(c *tokencache.Config) { c.Endpoint.RedirectOnRefresh = true },
		"client id":        func(c *tokencache.Config) { c.Credentials.ClientID = "" },
		"request time": func(c *tokencache.Config) {
			c.Timing = tokencache.Timing{Request: time.Minute,
				Lock: time.Minute}
		},
		"stale":       func(c *tokencache.Config) { c.Timing = tokencache.Timing{Stale: time.Second} },
		"replicas":    func(c *tokencache.Config) { c.Replicas = -1 },
		"sealing key": func(c *tokencache.Config) { c.Keys, c.StateDir = tokencache.Keyring{}, "" },
	} {
		cfg := b.cfg
		change(&cfg)
		_, err := tokencache.New(b.rdb, cfg)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}

func TestChangedCredentialsNeverUseAnothersTokens(t *testing.T) {
	t.Parallel()
	b, _ := newMini(t)
	first := b.token(b.process())
	for name, change := range map[string]func(*tokencache.Config){
		"user":      func(c *tokencache.Config) { c.Credentials.Username = "bob@example.com" },
		"pin":       func(c *tokencache.Config) { c.Credentials.EnterprisePIN = "12" },
		"client":    func(c *tokencache.Config) { c.Credentials.ClientID = "another" },
		"token URL": func(c *tokencache.Config) { c.Endpoint.TokenURL += "/v2" },
	} {
		if got := b.token(b.process(change)); got.Access == first.Access {
			t.Errorf("another %s got the first one's token", name)
		}
	}
	if got := b.token(b.process()); got != first && got.Access != first.Access {
		t.Error("the first one lost its token")
	}
}

func TestScopeWordsGoOutWithPlusesAndSecretsUnchanged(t *testing.T) {
	t.Parallel()
	b, _ := newMini(t)
	b.cfg.Endpoint.Extra = map[tokencache.Grant]url.Values{
		"": {"tenant": {"a b"}}, tokencache.GrantPassword: {"acr": {"x"}},
	}
	b.token(b.process())
	b.idp.with(func(s *identity) {
		if s.last.Get("scope") != "api offline_access" || s.last.Get("tenant") != "a b" || s.last.Get("acr") != "x" {
			t.Errorf("form: %v", s.last)
		}
		if !strings.Contains(s.last.Encode(), "scope=api+offline_access") {
			t.Errorf("encoded: %s", s.last.Encode())
		}
		for _, h := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
			if s.lastReq.Header.Get(h) != "" {
				t.Errorf("header %s makes net/http repeat the request", h)
			}
		}
	})
}

func TestForgottenTokensAreGoneAndTheGenerationGrows(t *testing.T) {
	t.Parallel()
	b, _ := newMini(t)
	c := b.process()
	gen := b.token(c).Generation
	if had, err := c.Forget(t.Context()); err != nil || !had {
		t.Fatalf("forget: %v, %v", had, err)
	}
	if info, err := c.Inspect(t.Context()); err != nil || info.HasRefreshToken || info.State != "none" {
		t.Fatalf("left over: %+v, %v", info, err)
	}
	if got := b.token(c).Generation; got <= gen {
		t.Fatalf("generation %d after %d", got, gen)
	}
	b.idp.with(func(s *identity) {
		if s.grants["password"] != 2 || s.grants["refresh_token"] != 0 {
			t.Errorf("grants %v", s.grants)
		}
	})
}
