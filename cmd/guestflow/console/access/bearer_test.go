package access_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/console/access"
)

// withTokens lets the program shop operate; a token "down" cannot be looked up.
func withTokens(o *access.Options) {
	o.Tokens = func(_ context.Context, token string) (access.User, error) {
		switch token {
		case "right":
			return access.User{Name: "shop", Operator: true, Account: "main"}, nil
		case "down":
			return access.User{}, errors.New("redis: connection refused")
		}
		return access.User{}, access.ErrNoToken
	}
}

func bearing(token string) header { return header{"Authorization", "Bearer " + token} }

func TestOnlyATokenOpensTheAPI(t *testing.T) {
	t.Parallel()
	d := open(t, withTokens)
	d.wants(d.get("/api/v1/status", header{"Authorization", "bearer right"}), http.StatusOK, "Name:shop Operator:true")
	d.enter("otto") // whose browser sends his session by itself
	for name, sent := range map[string]header{
		"a session": asJSON, "no token": bearing(""), "a wrong one": bearing("wrong"),
		"another scheme":  {"Authorization", "Basic right"},
		"the token alone": {"Authorization", "right"}, "a page": asPage,
	} {
		a := d.get("/api/v1/status", sent)
		if a.status != http.StatusUnauthorized || a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("with %s: %d as %s", name, a.status, a.header.Get("Content-Type"))
		}
	}
	if a := d.get("/api/v1/status", bearing("down")); a.status != http.StatusServiceUnavailable ||
		strings.Contains(a.body, "refused") {
		t.Errorf("while Redis is away: %d %s", a.status, a.body)
	}
}

func TestATokenOpensNothingButTheAPI(t *testing.T) {
	t.Parallel()
	d := open(t, withTokens)
	for path, method := range map[string]string{
		"/": "GET", "/steer": "POST", "/api": "GET", "/apis/v1": "GET", "/static/../steer": "POST", "/api/../steer": "POST",
	} {
		if a := d.do(method, path, nil, bearing("right")); strings.Contains(a.body, "shop") {
			t.Errorf("%s answers %d %s", path, a.status, a.body)
		}
	}
}

func TestWithoutTokensThereIsNoAPI(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	if a := d.get("/api/v1/status", bearing("right")); a.status == http.StatusOK {
		t.Errorf("%d %s", a.status, a.body)
	}
}
