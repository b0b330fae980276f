package main

import (
	"cmp"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// identityHouse has the sandbox's account configured as a live one would be.
func identityHouse(t *testing.T) (*house, *sandbox.Sandbox, string) {
	t.Helper()
	account := sandbox.Defaults()
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(), "GUESTFLOW_CLIENT_ID="+account.ClientID,
		"GUESTFLOW_CLIENT_SECRET="+account.ClientSecret,
		"GUESTFLOW_USERNAME="+account.Email, "GUESTFLOW_PASSWORD="+account.Password,
		"GUESTFLOW_SUBSCRIPTION_KEY="+account.SubscriptionKey)
	box := h.sandbox(sandbox.Options{})
	return h, box, strings.TrimPrefix(h.env[len(h.env)-1], "GUESTFLOW_API_URL=")
}

func TestTheTokenCommandsTellEverythingButTheSecrets(t *testing.T) {
	t.Parallel()
	h, _, url := identityHouse(t)
	h.env = append(h.env, "GUESTFLOW_IDENTITY_URL="+url+"/core/connect/token")
	steps := []struct {
		args string
		say  string
	}{
		{"token", "generation  0"}, {"token renew", "Generation 1 is valid"}, {"token renew", "Generation 2 is valid"},
		{"token show", "by the refresh_token grant"}, {"token forget", "Forgotten"}, {"token forget", "There were no tokens"},
		{"token show --json", `"state":"none"`},
	}
	var all strings.Builder
	for _, s := range steps {
		out, errs, code := h.run(strings.Fields(s.args)...)
		if code != exit.OK || !strings.Contains(out, s.say) {
			t.Fatalf("%s: exit %d, no %q in\n%s%s", s.args, code, s.say, out, errs)
		}
		all.WriteString(out + errs)
	}
	all.WriteString(signInThatFails(t, h))
	account := sandbox.Defaults()
	for _, secret := range []string{account.ClientSecret, account.Password, account.SubscriptionKey, "not-the-secret"} {
		if strings.Contains(all.String(), secret) {
			t.Fatalf("a secret shows in %s", all.String())
		}
	}
}

// signInThatFails has each command say which secret is refused and what to run for the account, until a sign-in
// succeeds, and returns what they said.
func signInThatFails(t *testing.T, h *house) (all string) {
	t.Helper()
	wrong := h.with("GUESTFLOW_CLIENT_SECRET=not-the-secret")
	const what, do = "refuses the client secret", "guestflow token renew --account main"
	say := func(h *house, code int, said bool, args ...string) {
		t.Helper()
		out, errs, got := h.run(args...)
		all += out + errs
		if got != code || strings.Contains(out+errs, what) != said || strings.Contains(out+errs, do) != said {
			t.Errorf("%v: exit %d, want %d; of the refused secret it says so: %v\n%s%s", args, got, code, said, out, errs)
		}
	}
	say(wrong, exit.Refused, true, "token", "renew")
	say(h, exit.Refused, true, "status") // there is no import yet
	say(h, exit.OK, true, "token", "show")
	say(h, exit.OK, false, "token", "renew")
	list := h.file("signin.csv", 1)
	say(h, exit.OK, false, "import", list, event, "--yes")
	say(wrong, exit.Refused, true, "token", "renew")
	for _, args := range []string{"status", "status --json", "doctor", "doctor --json"} {
		say(h, exit.Refused, true, strings.Fields(args)...)
	}
	for _, args := range []string{"top --times=1", "status --watch --times=1 --json"} {
		say(h, exit.OK, true, strings.Fields(args)...)
	}
	say(h, exit.OK, false, "token", "renew")
	say(h, exit.OK, false, "status")
	return all
}

func TestEveryDialectIsReachedByConfigurationAlone(t *testing.T) {
	t.Parallel()
	dialects := map[string]struct{ path, env, first, second string }{
		"qflow":        {"/core/connect/token", "", "password", "refresh_token"},
		"breakout":     {"/oauth/token", "", "password", "refresh_token"},
		"eqdkp-plus":   {"/wcf/oauth-token/", "GUESTFLOW_REDIRECT_URI=http://127.0.0.1:8765/cb", "password", "refresh_token"},
		"processmaker": {"/workflow/oauth2/token", "GUESTFLOW_GRANT=client_credentials", "client_credentials", ""},
	}
	for name, d := range dialects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, box, url := identityHouse(t)
			h = h.with("GUESTFLOW_IDENTITY_DIALECT="+name, "GUESTFLOW_IDENTITY_URL="+url+d.path, d.env)
			for n, grant := range []string{d.first, d.second} {
				if grant == "" {
					continue
				}
				out, errs, code := h.run("token", "renew")
				if got := box.Summary().Grants[grant]; code != exit.OK || got != 1 {
					t.Fatalf("renewal %d: exit %d, %d tokens by %s\n%s%s", n+1, code, got, grant, out, errs)
				}
			}
		})
	}
}

func TestAPersonSignsInWithoutAPasswordBeingKept(t *testing.T) {
	t.Parallel()
	h, box, url := identityHouse(t)
	h.env = append(h.env, "GUESTFLOW_PASSWORD=")
	h = h.with("GUESTFLOW_IDENTITY_URL=" + url + "/core/connect/token")
	d := h.start("Sign in here: ", "token", "login", "--no-browser")
	_, address, _ := strings.Cut(d.String(), "Sign in here: ")
	// The sandbox's user is signed in already: it sends the browser straight back to guestflow's loopback port.
	resp, err := http.Get(strings.TrimSpace(address))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	<-d.Done
	if code := d.Cmd.ProcessState.ExitCode(); code != exit.OK ||
		!strings.Contains(d.String(), "Signed in. Generation 1") || box.Summary().Grants["authorization_code"] != 1 {
		t.Fatalf("exit %d, tokens by %v\n%s", code, box.Summary().Grants, d)
	}
	if _, errs, code := h.run("token", "renew"); code != exit.OK || box.Summary().Grants["refresh_token"] != 1 {
		t.Fatalf("after the login: exit %d, tokens by %v\n%s", code, box.Summary().Grants, errs)
	}
}

func TestAPersonSignsInForAHostWithoutABrowserByPasting(t *testing.T) {
	t.Parallel()
	h, box, url := identityHouse(t)
	h = h.with("GUESTFLOW_PASSWORD=", "GUESTFLOW_IDENTITY_URL="+url+"/core/connect/token")
	for _, registered := range []string{"", "https://console.example.com/sign-in/back"} {
		p := newPaste(t, h.with("GUESTFLOW_REDIRECT_URI="+registered))
		back := p.signIn()
		if want := cmp.Or(registered, "http://127.0.0.1:"); !strings.HasPrefix(back, want) {
			t.Errorf("the browser is sent to %s", back)
		}
		if out, code := p.paste(back); code != exit.OK || !strings.Contains(out, "Signed in. Generation") {
			t.Errorf("exit %d\n%s", code, out)
		}
	}
	p := newPaste(t, h)
	other := newPaste(t, h)
	if out, code := p.paste(other.signIn()); code != exit.Usage || !strings.Contains(out, "not the login") {
		t.Errorf("with the address of another login: exit %d\n%s", code, out)
	}
	if out, code := other.paste("https://example.com/"); code != exit.Usage || !strings.Contains(out, "whole address") {
		t.Errorf("with another address: exit %d\n%s", code, out)
	}
	if n := box.Summary().Grants["authorization_code"]; n != 2 {
		t.Errorf("%d logins", n)
	}
}

// pasting is a token login --paste that waits for its address.
type pasting struct {
	t     *testing.T
	cmd   *exec.Cmd
	input io.WriteCloser
	out   *testkit.Log
}

func newPaste(t *testing.T, h *house) *pasting {
	t.Helper()
	p := &pasting{t: t, cmd: h.command("token", "login", "--paste"), out: &testkit.Log{}}
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	var err error
	if p.input, err = p.cmd.StdinPipe(); err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	testkit.Eventually(t, "an address is asked for",
		func() bool { return strings.Contains(p.out.String(), "Paste that address here") }, p.out)
	return p
}

// signIn goes to the address, and returns where a browser would be sent.
func (p *pasting) signIn() (back string) {
	p.t.Helper()
	address := regexp.MustCompile(`http://\S+authorize\S+`).FindString(p.out.String())
	stay := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := stay.Get(address)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.Header.Get("Location")
}

func (p *pasting) paste(address string) (out string, code int) {
	p.t.Helper()
	if _, err := io.WriteString(p.input, address+"\n"); err != nil {
		p.t.Fatal(err)
	}
	_ = p.cmd.Wait()
	return p.out.String(), p.cmd.ProcessState.ExitCode()
}

func TestMetricsCountRenewalsAndHoldNoNames(t *testing.T) {
	t.Parallel()
	h, _, url := identityHouse(t)
	h.env = append(h.env, "GUESTFLOW_IDENTITY_URL="+url+"/core/connect/token")
	_, at := h.served()
	var page string
	testkit.Eventually(t, "a renewal is counted", func() bool {
		_, page = visit(t, at+"/metrics")
		return strings.Contains(page, `guestflow_token_renewals_total{grant="password",result="renewed"} 1`)
	})
	for _, word := range []string{sandbox.Defaults().Email, sandbox.Defaults().ClientID,
		sandbox.Defaults().SubscriptionKey} {
		if strings.Contains(page, word) {
			t.Fatalf("%s is in the metrics", word)
		}
	}
}
