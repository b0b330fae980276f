package access_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"guestflow/cmd/guestflow/console/access"
	"guestflow/tokencache/secret"
)

func TestTheLoginPageIsForEverybody(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	a := d.get("/login?next=/imports", asPage)
	for _, want := range []string{`<html lang="en">`, "<title>Log in", `<label for="name">`, `<label for="password">`,
		`autocomplete="current-password"`, `name="next" value="/imports"`} {
		d.wants(a, http.StatusOK, want)
	}
	for _, never := range []string{"<script", "<style", " style=", " onclick="} {
		if strings.Contains(a.body, never) {
			t.Errorf("the page has %s, which its policy forbids", never)
		}
	}
	a = d.logIn(`"><script>alert(1)</script>`, "wrong")
	d.wants(a, http.StatusUnauthorized, `role="alert"`)
	if strings.Contains(a.body, "<script") {
		t.Error("a name becomes a script")
	}
}

func TestASessionIsACookieThatScriptsCannotRead(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	a := d.logIn("otto", password)
	for _, cookie := range a.header.Values("Set-Cookie") {
		if !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") ||
			!strings.Contains(cookie, "Path=/;") {
			t.Error(cookie)
		}
	}
	d.wants(d.get("/"), http.StatusOK, "inside {Name:otto Operator:true Guests:false Account:} out=true")
}

func TestAForgedSessionIsNone(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.enter("vera")
	home, _ := url.Parse(d.url)
	var good, device string
	for _, c := range d.browser.Jar.Cookies(home) {
		switch c.Name {
		case "guestflow_session":
			good = c.Value
		case "guestflow_device":
			device = c.Value
		}
	}
	value, signature, _ := strings.Cut(good, ".")
	raw, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		t.Fatal(err)
	}
	as := func(name string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(raw), "vera", name, 1)))
	}
	other := open(t, nil) // the same users, another key
	other.enter("otto")
	otherHome, _ := url.Parse(other.url)
	d.browser = newBrowser()
	forged := map[string]string{"another name": as("otto") + "." + signature, "no signature": value,
		"an empty one": value + ".",
		"nothing":      "", "a dot": ".", "another cookie": device, "more": good + "x", "a part": good[:len(good)-2]}
	for _, c := range other.browser.Jar.Cookies(otherHome) {
		forged["another key "+c.Name] = c.Value
	}
	for what, cookie := range forged {
		if a := d.get("/", header{"Cookie", "guestflow_session=" + cookie}); a.status != http.StatusUnauthorized {
			t.Errorf("%s is taken for a session: %s", what, a.body)
		}
	}
	d.wants(d.get("/", header{"Cookie", "guestflow_session=forged; guestflow_session=" + good}), http.StatusOK, "vera")
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *access.Options) { o.SessionLength = time.Hour })
	d.enter("otto")
	d.clock.step(time.Hour - time.Second)
	d.wants(d.get("/"), http.StatusOK, "otto")
	d.clock.step(time.Second)
	d.wants(d.get("/"), http.StatusUnauthorized, "no longer")
}

func TestALogoutEndsTheSessionAndNotOnlyTheCookie(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.enter("otto")
	home, _ := url.Parse(d.url)
	var kept []header
	for _, c := range d.browser.Jar.Cookies(home) {
		kept = append(kept, header{"Cookie", c.String()})
	}
	d.wants(d.get("/logout"), http.StatusOK, "inside") // a GET logs no user out
	if a := d.do("POST", "/logout", url.Values{}); a.status != http.StatusSeeOther ||
		a.header.Get("Location") != "/login" {
		t.Fatalf("%d %s", a.status, a.header.Get("Location"))
	}
	d.wants(d.get("/"), http.StatusUnauthorized, "")
	d.wants(d.get("/", kept...), http.StatusUnauthorized, "")
}

func TestSessionsOutliveARestartOnlyWithAKey(t *testing.T) {
	t.Parallel()
	for key, status := range map[secret.Text]int{"": http.StatusUnauthorized,
		secret.Text(strings.Repeat("k", 32)): http.StatusOK} {
		var options access.Options
		before := open(t, func(o *access.Options) { o.Key = key; options = *o })
		before.enter("otto")
		after := open(t, func(o *access.Options) { *o = options })
		home, _ := url.Parse(before.url)
		var cookies []header
		for _, c := range before.browser.Jar.Cookies(home) {
			cookies = append(cookies, header{"Cookie", c.String()})
		}
		after.wants(after.get("/", cookies...), status, "")
	}
	_, err := access.New(access.Options{Listen: "127.0.0.1:0", Key: "too short to sign with"})
	if err == nil || strings.Contains(err.Error(), "too short to") {
		t.Error(err)
	}
}

func TestWhoIsRemovedIsOutAtOnce(t *testing.T) {
	t.Parallel()
	var file string
	d := open(t, func(o *access.Options) { file = o.Passwords })
	d.enter("otto")
	d.wants(d.do("POST", "/steer", url.Values{}), http.StatusOK, "inside")
	write(t, file, "vera:HASH:viewer", "otto:HASH:viewer")
	d.wants(d.do("POST", "/steer", url.Values{}), http.StatusForbidden, "")
	if err := access.RemoveUser(file, "otto"); err != nil {
		t.Fatal(err)
	}
	d.wants(d.get("/"), http.StatusUnauthorized, "")
	d.wants(d.logIn("otto", password), http.StatusUnauthorized, "wrong")
}

func TestANewPasswordEndsSessions(t *testing.T) {
	t.Parallel()
	var file string
	d := open(t, func(o *access.Options) { file = o.Passwords })
	d.enter("otto")
	if err := access.SetUser(file, access.User{Name: "otto", Guests: true}, "another password"); err != nil {
		t.Fatal(err)
	}
	d.wants(d.get("/"), http.StatusUnauthorized, "")
	d.wants(d.logIn("otto", password), http.StatusUnauthorized, "wrong")
	d.wants(d.logIn("otto", "another password"), http.StatusSeeOther, "")
	d.wants(d.get("/"), http.StatusOK, "inside {Name:otto Operator:false Guests:true Account:}")
}

func TestABrokenPasswordFileAdmitsNoUser(t *testing.T) {
	t.Parallel()
	var file string
	d := open(t, func(o *access.Options) { file = o.Passwords })
	d.enter("otto")
	for range 3 {
		write(t, file, "otto:HASH:operator", "vera:"+"$2b$04$broken")
		d.wants(d.get("/", asPage), http.StatusServiceUnavailable, "in the log")
	}
	d.wants(d.logIn("otto", password), http.StatusServiceUnavailable, "in the log")
	if log := d.log.String(); strings.Count(log, "line 2") != 1 || strings.Contains(log, "broken") {
		t.Errorf("the log says\n%s", log)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	d.wants(d.get("/"), http.StatusServiceUnavailable, "")
	write(t, file, "otto:HASH:operator")
	d.wants(d.get("/"), http.StatusOK, "otto") // the session was never the file's
}

func TestTheLoginLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, `\/evil.example`,
		"/\t/evil.example", "/\n/evil.example",
		"javascript:alert(1)", "evil.example", "", "///evil.example", "/login?next=/login", "/login/oidc", "/logout",
		"http:evil.example", "/%zz",
		"/\x00/evil", "@evil.example", ".evil.example", "/%2f/evil.example"} {
		a := d.do("POST", "/login", url.Values{"name": {"vera"}, "password": {password}, "next": {next}})
		to, err := url.Parse(a.header.Get("Location"))
		if a.status != http.StatusSeeOther || err != nil || a.header.Get("Location") != "/" {
			t.Errorf("%q leads to %d %s", next, a.status, to)
		}
	}
	for _, next := range []string{"/", "/imports/7?page=2&q=a%20b", "/guest?find=https://x.example/"} {
		if a := d.get("/login?" + url.Values{"next": {next}}.Encode()); a.header.Get("Location") != next {
			t.Errorf("%q leads to %q", next, a.header.Get("Location"))
		}
	}
}

func TestGuessingIsSlowedDownByAddress(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	refused := 0
	for i := range 30 { // of another name each time
		a := d.logIn(fmt.Sprintf("name%d", i), "guess")
		if a.status == http.StatusTooManyRequests {
			refused++
			if a.header.Get("Retry-After") != "10" {
				t.Errorf("retry after %q", a.header.Get("Retry-After"))
			}
		}
	}
	if refused != 10 {
		t.Errorf("%d of 30 guesses were refused", refused)
	}
	d.clock.step(10 * time.Second)
	d.wants(d.logIn("otto", password), http.StatusSeeOther, "") // a lockout is short
}

func TestAnAddressThatIsClaimedIsNotASource(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *access.Options) { o.Proxy = access.Proxy{Header: "X-User", From: []string{"10.0.0.0/8"}} })
	var last answer
	for i := range 21 {
		last = d.logIn(fmt.Sprintf("name%d", i), "guess", header{"X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i)})
	}
	d.wants(last, http.StatusTooManyRequests, "Too many")
}

// A guesser with many addresses goes on and on, and the right person still gets in where they have been before.
func TestGuessingLocksNoUserOutOfTheirOwnBrowser(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *access.Options) {
		o.Proxy = access.Proxy{Header: "X-User", From: []string{"127.0.0.1"}} // so that a test can come from anywhere
	})
	from := func(i int) header { return header{"X-Forwarded-For", fmt.Sprintf("198.51.100.%d, 203.0.113.%d", i, i)} }
	d.enter("otto")
	own, stranger := d.browser, newBrowser()
	d.browser = stranger
	var last answer
	for i := range 40 {
		last = d.logIn("otto", "guess", from(i))
	}
	d.wants(last, http.StatusTooManyRequests, "Try again in 30 seconds")
	d.wants(d.logIn("otto", password, from(99)), http.StatusTooManyRequests, "")
	d.wants(d.logIn("vera", password, from(99)), http.StatusSeeOther, "") // others have nothing to do with it
	d.browser = own
	d.wants(d.logIn("otto", password, from(100)), http.StatusSeeOther, "")
	d.browser = newBrowser()
	d.clock.step(30 * time.Second)
	d.wants(d.logIn("otto", password, from(101)), http.StatusSeeOther, "")
}

// As behind a proxy whose address is not configured: all browsers have the same one.
func TestANeighbourWhoGuessesLocksNoUserOutOfTheirOwnBrowser(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.enter("otto")
	own := d.browser
	d.browser = newBrowser()
	var last answer
	for i := range 21 {
		last = d.logIn(fmt.Sprintf("name%d", i), "guess")
	}
	d.wants(last, http.StatusTooManyRequests, "Too many")
	d.browser = own
	d.wants(d.logIn("otto", password), http.StatusSeeOther, "")
	d.wants(d.logIn("vera", password), http.StatusTooManyRequests, "") // the browser is otto's
}

func TestAProxyWithoutAUserHeaderStillIdentifiesClients(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *access.Options) { o.Proxy = access.Proxy{From: []string{"127.0.0.1"}} })
	guesser, other := header{"X-Forwarded-For", "198.51.100.1"}, header{"X-Forwarded-For", "198.51.100.2"}
	var last answer
	for i := range 21 {
		last = d.logIn(fmt.Sprintf("name%d", i), "guess", guesser)
	}
	d.wants(last, http.StatusTooManyRequests, "Too many")
	d.wants(d.logIn("otto", password, other), http.StatusSeeOther, "")
	d.wants(d.get("/", header{"X-Forwarded-User", "gina"}), http.StatusOK, "otto")
}

// A proxy appends who asked it. What stands before a hop that is no proxy by name is that hop's word.
func TestAClientInTheProxysNetworkIsOneSource(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *access.Options) {
		o.Proxy = access.Proxy{From: []string{"127.0.0.1", "10.0.0.5", "10.0.1.0/24"}}
	})
	var last answer
	for i := range 21 {
		hops := fmt.Sprintf("198.51.100.%d, 10.0.1.77, 10.0.0.5", i)
		last = d.logIn(fmt.Sprintf("name%d", i), "guess", header{"X-Forwarded-For", hops})
	}
	d.wants(last, http.StatusTooManyRequests, "Too many")
	d.wants(d.logIn("otto", password, header{"X-Forwarded-For", "10.0.1.78, 10.0.0.5"}), http.StatusSeeOther, "")
}

func TestRightPasswordsAreNeverThrottled(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	for range 50 {
		d.enter("otto")
	}
}

func TestAFloodOfLoginsHashesAFewAtATime(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			// One address has some places for logins; who finds none is refused at once, and waits in no line.
			a := d.logIn("vera", password)
			if !slices.Contains([]int{http.StatusSeeOther, http.StatusTooManyRequests, http.StatusServiceUnavailable},
				a.status) {
				t.Errorf("%d %s", a.status, a.body)
			}
		})
	}
	wg.Wait()
}

func TestPasswordsInTheClearAreWarnedOf(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		change func(*access.Options)
		times  int
	}{
		"http":         {nil, 1},
		"https":        {func(o *access.Options) { o.TLS = true }, 0},
		"this machine": {func(o *access.Options) { o.Listen = "127.0.0.1:8080" }, 0},
	} {
		if log := open(t, c.change).log.String(); strings.Count(log, "are sent to the console unencrypted") != c.times {
			t.Errorf("%s: the log says\n%s", what, log)
		}
	}
}

func TestPasswordsAreNeverLogged(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.logIn("otto", "secret-guess")
	d.logIn("secret-in-the-wrong-field", "x")
	d.logIn("secret\nlevel=ERROR forged", "x")
	d.enter("otto")
	d.logIn("otto", strings.Repeat("secret", 400))
	log := d.log.String()
	if strings.Contains(log, "secret") || strings.Contains(log, password) || strings.Contains(log, cheap()) {
		t.Errorf("the log says\n%s", log)
	}
	if strings.Count(log, "a login was refused\" name=otto") != 2 || strings.Count(log, "name=(unknown)") != 2 ||
		!strings.Contains(log, "logged in to the console\" name=otto via=password from=127.0.0.1") {
		t.Errorf("the log says\n%s", log)
	}
}

func TestAHugeLoginIsRefused(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.wants(d.logIn("otto", strings.Repeat("x", 1<<20)), http.StatusBadRequest, "could not be read")
}

// A host whose clock was years ahead for a moment gave a session until then.
func TestASessionOfAClockThatWasAheadIsNotGoodForYears(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.clock.step(3 * 365 * 24 * time.Hour)
	d.enter("otto")
	d.wants(d.get("/"), http.StatusOK, "otto")
	d.clock.step(-3 * 365 * 24 * time.Hour)
	d.wants(d.get("/"), http.StatusUnauthorized, "")
}
