package console_test

import (
	"strings"
	"testing"

	"guestflow/deploy/testkit"
	"guestflow/importer/spec"
	"guestflow/qflow/sandbox"
	"guestflow/tokencache"
	"guestflow/tokencache/secret"
)

// The banner is on every page, error pages and the pages of viewers too, and goes with the next sign-in.
func TestASignInThatFailsIsOnEveryPageUntilOneSucceeds(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, withReports)
	v := d.as("gina")
	imp := d.imported(t.TempDir()+"/g.csv", "First name,Last name,Email\nAnn,Lee,ann@example.com\n", spec.Spec{})
	pages := append(everyPage(imp), "/a/main/imports/"+strings.Repeat("a", 8))
	c := sandbox.Defaults()
	endpoint := tokencache.Qflow()
	endpoint.TokenURL = d.api + "/core/connect/token"
	wrong, err := tokencache.New(d.account.Redis,
		tokencache.Config{Account: "main", Endpoint: endpoint, Keys: d.account.Tokens.Keys(),
			Credentials: tokencache.Credentials{ClientID: c.ClientID, ClientSecret: "not-this", Username: c.Email,
				Password: secret.Text(c.Password)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = wrong.Close() })
	if _, err := wrong.Renew(t.Context()); err == nil {
		t.Fatal("the sandbox takes any secret")
	}
	testkit.Eventually(t, "the banner comes",
		func() bool { return strings.Contains(v.get("/a/main/").body, "client secret") })
	for _, at := range pages {
		body := v.get(at).body
		if !strings.Contains(body, "refuses the client secret") ||
			!strings.Contains(body, "guestflow token renew --account main") {
			t.Errorf("%s does not say that the sign-in fails", at)
		}
	}
	if _, err := d.account.Tokens.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the banner goes", func() bool {
		body := v.get("/a/main/").body
		return !strings.Contains(body, "client secret")
	})
}
