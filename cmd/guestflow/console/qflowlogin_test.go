package console_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/console"
	"guestflow/qflow/sandbox"
	"guestflow/tokencache"
	"guestflow/tokencache/secret"
)

// withCallback has an account without a password, whose app at Qflow sends browsers back to this console.
func withCallback(t *testing.T) func(*console.Account) {
	return func(a *console.Account) {
		box := sandbox.New(sandbox.Options{})
		url, err := box.Listen("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = box.Close() })
		to := tokencache.Qflow()
		to.TokenURL, to.AuthURL, to.RedirectURI = url+"/core/connect/token", url+"/core/connect/authorize",
			"https://console.example.com/sign-in/back"
		c := sandbox.Defaults()
		tokens, err := tokencache.New(a.Redis, tokencache.Config{
			Account: "main", Endpoint: to, StateDir: t.TempDir(),
			Credentials: tokencache.Credentials{ClientID: c.ClientID, ClientSecret: secret.Text(c.ClientSecret),
				Username: c.Email},
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = tokens.Close() })
		a.Tokens, a.Callback = tokens, "/sign-in/back"
	}
}

var toQflow = regexp.MustCompile(`href="(http://127[^"]+authorize[^"]+)"`)

// signInAt follows the page's link to Qflow, whose user is signed in already, and returns where it sends the browser.
func signInAt(t *testing.T, page answer) (back string) {
	t.Helper()
	link := toQflow.FindStringSubmatch(page.body)
	if link == nil {
		t.Fatalf("no link to Qflow: %s", page.body)
	}
	stay := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := stay.Get(html.UnescapeString(link[1]))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	at, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || at.Host != "console.example.com" {
		t.Fatalf("Qflow sends the browser to %s, %v", at, err)
	}
	return at.RequestURI()
}

func TestAPersonSignsInWithQflowInTheBrowserThatBeganIt(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, func(a *console.Account) { withReports(a); withCallback(t)(a) })
	d.wants(d.as("vera").get("/a/main/sign-in"), http.StatusForbidden)
	back := signInAt(t, d.as("otto").get("/a/main/sign-in"))
	d.wants(d.as("gina").get(back), http.StatusConflict, "another browser")
	back = signInAt(t, d.as("otto").get("/a/main/sign-in"))
	d.wants(d.get(back+"x"), http.StatusConflict, "another browser") // another state, if it is the last
	back = signInAt(t, d.get("/a/main/sign-in"))
	d.wants(d.get(back), http.StatusOK, "Signed in at Qflow")
	info, err := d.account.Tokens.Inspect(t.Context())
	if err != nil || info.Generation != 1 || info.Grant != tokencache.GrantCode {
		t.Errorf("%+v, %v", info, err)
	}
	d.wants(d.get(back), http.StatusConflict) // once
	refused, _, _ := strings.Cut(signInAt(t, d.get("/a/main/sign-in")), "?")
	d.wants(d.get(refused+"?error=access_denied&state=forged"), http.StatusConflict)
}

func TestWithoutARegisteredAddressThePageSaysHowToSignIn(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, withReports).as("otto")
	d.wants(d.get("/a/main/sign-in"), http.StatusOK, "redirect_uri", "guestflow token login --paste --account main")
	d.wants(d.get("/sign-in/back?code=x&state=y"), http.StatusNotFound)
}
