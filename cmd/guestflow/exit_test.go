package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/qflow/sandbox"
)

// liveAccount is the environment of an account outside of the sandbox's rules.
func liveAccount(tokenURL, password, subscriptionKey string) []string {
	account := sandbox.Defaults()
	return []string{
		"GUESTFLOW_CLIENT_ID=" + account.ClientID, "GUESTFLOW_CLIENT_SECRET=" + account.ClientSecret, "GUESTFLOW_USERNAME=" + account.Email,
		"GUESTFLOW_PASSWORD=" + password, "GUESTFLOW_SUBSCRIPTION_KEY=" + subscriptionKey, "GUESTFLOW_IDENTITY_URL=" + tokenURL,
	}
}

// Whatever command needs a token, and however the identity server fails to give one: scripts see the code for it, and
// people what to check.
func TestACommandThatGetsNoTokenEndsAsUnreachable(t *testing.T) {
	t.Parallel()
	identity := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/429/token":
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(http.StatusTooManyRequests)
		case "/502/token":
			w.WriteHeader(http.StatusBadGateway)
		case "/302/token":
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		case "/page/token":
			_, _ = w.Write([]byte("<html>"))
		}
	}))
	t.Cleanup(identity.Close)
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())
	h.sandbox(sandbox.Options{})
	good := h.file("good.csv", 1)
	for name, command := range map[string][]string{
		"import": {"import", good, event}, "dry run": {"import", good, event, "--dry-run"}, "doctor": {"doctor"},
		"token renew": {"token", "renew"}, "webhook": {"webhook", "show"},
	} {
		for _, how := range []string{"429", "502", "302", "page"} {
			t.Run(name+" "+how, func(t *testing.T) {
				t.Parallel()
				h := h.with(liveAccount(identity.URL+"/"+how+"/token", "x", sandbox.Defaults().SubscriptionKey)...)
				account := "--account=" + strings.ReplaceAll(name, " ", "") + how
				out, errs, code := h.run(append([]string{account}, command...)...)
				if code != exit.Unreachable || !strings.Contains(out+errs, "GUESTFLOW_IDENTITY_URL") {
					t.Fatalf("exit %d, want %d and what to check\n%s%s", code, exit.Unreachable, out, errs)
				}
			})
		}
	}
}

// A dry run is what scripts ask before the import: it must not say yes where the import says no.
func TestADryRunSaysNoWhereQflowWould(t *testing.T) {
	t.Parallel()
	redis := "GUESTFLOW_REDIS_URL=" + redistest.Start(t).URL()
	for where, env := range map[string][]string{"with a Redis": {redis}, "with nothing": nil} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, env...)
			box := h.sandbox(sandbox.Options{})
			api := strings.TrimPrefix(h.env[len(h.env)-1], "GUESTFLOW_API_URL=")
			token := api + "/core/connect/token"
			good := h.file("good.csv", 1)
			for name, c := range map[string]struct {
				args []string
				code int
				env  []string
			}{
				"all is well":         {[]string{event, template}, exit.OK, nil},
				"an unknown event":    {[]string{"--event=none"}, exit.Refused, nil},
				"an unknown template": {[]string{event, "--template=none"}, exit.Refused, nil},
				"wrong credentials":   {[]string{"--account=live", event}, exit.Refused, liveAccount(token, "wrong", sandbox.Defaults().SubscriptionKey)},
				"an unreachable API":  {[]string{"--account=far", "--api-url=http://127.0.0.1:1", event}, exit.Unreachable, nil},
			} {
				out, errs, code := h.with(c.env...).run(append([]string{"import", good, "--dry-run"}, c.args...)...)
				if code != c.code || !strings.Contains(out, "1 guest") {
					t.Errorf("%s: exit %d, want %d and the plan all the same\n%s%s", name, code, c.code, out, errs)
				}
			}
			if n := box.Summary(); n.Guests != 0 || n.Emails != 0 {
				t.Errorf("dry runs made %d guests and %d emails", n.Guests, n.Emails)
			}
			if entries, _ := os.ReadDir(h.dir); env == nil && len(entries) != 1 {
				t.Errorf("dry runs left %v", entries)
			}
		})
	}
}
