package access_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"guestflow/cmd/guestflow/console/access"
	"guestflow/deploy/testkit"
)

// door is a console behind access, over real HTTP, and a browser in front of it.
type door struct {
	t       *testing.T
	url     string
	access  *access.Access
	log     *testkit.Log
	clock   *clock
	browser *http.Client
}

const password = "correct horse battery"

// open starts a console. It has three users by default: vera may look, otto operate, gina see guests' data.
func open(t *testing.T, change func(*access.Options)) *door {
	t.Helper()
	d := &door{t: t, log: &testkit.Log{}, clock: &clock{now: time.Now()}}
	o := access.Options{Listen: "0.0.0.0:8080", Passwords: passwordFile(t, "vera:HASH:viewer", "otto:HASH:operator",
		"gina:HASH:guests"),
		Public: []string{"/healthz", "/static/"},
		Log:    slog.New(slog.NewTextHandler(d.log, nil)), Now: d.clock.Now}
	if change != nil {
		change(&o)
	}
	if o.Proxy.Header != "" && o.Hosts == nil {
		o.Hosts = []string{"127.0.0.1"}
	}
	var err error
	if d.access, err = access.New(o); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(d.access.Wrap(d.console()))
	server.Config = access.NewServer(server.Config.Handler, o.Log)
	server.Start()
	t.Cleanup(server.Close)
	d.url, d.browser = server.URL, newBrowser()
	return d
}

func newBrowser() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// console is what stands behind.
func (d *door) console() http.Handler {
	mux := http.NewServeMux()
	hello := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "inside %+v out=%t", access.UserFrom(r.Context()), d.access.CanLogOut(r))
	})
	mux.Handle("/", hello)
	mux.Handle("POST /steer", allow(func(u access.User) bool { return u.Operator }, hello))
	mux.Handle("GET /guest", allow(func(u access.User) bool { return u.Guests }, hello))
	return mux
}

// allow serves users with a right, as the console's handlers do.
func allow(may func(access.User) bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !may(access.UserFrom(r.Context())) {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// header is a name and a value.
type header [2]string

var (
	asPage   = header{"Accept", "text/html,application/xhtml+xml"}
	asJSON   = header{"Accept", "application/json"}
	asStream = header{"Accept", "text/event-stream"}
)

type answer struct {
	status int
	header http.Header
	body   string
}

// do sends a request as a browser does, and wants the headers of every answer.
func (d *door) do(method, path string, form url.Values, headers ...header) answer {
	d.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(d.t.Context(), method, d.url+path, body)
	if err != nil {
		d.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, h := range headers {
		if h[0] == "Host" {
			req.Host = h[1]
		}
		req.Header.Add(h[0], h[1])
	}
	resp, err := d.browser.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	for name, want := range map[string]string{"Content-Security-Policy": "default-src",
		"X-Content-Type-Options": "nosniff",
		"Referrer-Policy":        "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy":           "camera=()", "Cache-Control": "no-store", "X-Frame-Options": "DENY"} {
		if !strings.Contains(resp.Header.Get(name), want) {
			d.t.Errorf("%s %s: %s is %q", method, path, name, resp.Header.Get(name))
		}
	}
	return answer{resp.StatusCode, resp.Header, string(text)}
}

func (d *door) get(path string, headers ...header) answer {
	return d.do("GET", path, nil, headers...)
}

func (d *door) logIn(name, with string, headers ...header) answer {
	return d.do("POST", "/login", url.Values{"name": {name}, "password": {with}, "next": {"/imports?page=2"}},
		headers...)
}

// enter logs a user in, and fails the test otherwise.
func (d *door) enter(name string) {
	d.t.Helper()
	if a := d.logIn(name, password); a.status != http.StatusSeeOther || a.header.Get("Location") != "/imports?page=2" {
		d.t.Fatalf("%s is not let in: %d %s", name, a.status, a.body)
	}
}

func (d *door) wants(a answer, status int, says string) {
	d.t.Helper()
	if a.status != status || !strings.Contains(a.body, says) {
		d.t.Errorf("want %d and %q, got %d: %s", status, says, a.status, a.body)
	}
}

// cheap is the hash of password that tests can afford.
var cheap = sync.OnceValue(func() string {
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		panic(err)
	}
	return string(hash)
})

func passwordFile(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "passwords")
	write(t, path, lines...)
	return path
}

func write(t *testing.T, path string, lines ...string) {
	t.Helper()
	text := strings.ReplaceAll(strings.Join(lines, "\n"), "HASH", cheap())
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// clock is stepped by a test.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) step(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func TestWithoutALoginOnlyThisMachineIsServed(t *testing.T) {
	t.Parallel()
	for _, listen := range []string{":8080", "0.0.0.0:8080", "[::]:8080", "192.168.1.7:8080", "console.example.com:80",
		"localhost.example.com:80", ""} {
		_, err := access.New(access.Options{Listen: listen})
		if usage, is := errors.AsType[*access.UsageError](err); !is || !strings.Contains(usage.Error(), "guestflow "+
			"user add") {
			t.Errorf("%q is listened on without a login: %v", listen, err)
		}
	}
	for _, listen := range []string{"127.0.0.1:8080", "localhost:8080", "[::1]:0", "127.3.2.1:80"} {
		if _, err := access.New(access.Options{Listen: listen}); err != nil {
			t.Errorf("%q: %v", listen, err)
		}
	}
}

func TestWithoutALoginEverybodyOnThisMachineMayEverything(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *access.Options) { o.Listen, o.Passwords = "127.0.0.1:0", "" })
	d.wants(d.get("/"), http.StatusOK, "inside {Name:local Operator:true Guests:true Account:} out=false")
	d.wants(d.do("POST", "/steer", nil), http.StatusOK, "inside")
	d.wants(d.get("/guest"), http.StatusOK, "inside")
	if a := d.get("/login?next=/x"); a.status != http.StatusSeeOther || a.header.Get("Location") != "/x" {
		t.Errorf("a login is asked for where there is none: %d", a.status)
	}
	d.wants(d.logIn("a", "b"), http.StatusNotFound, "")
}

// A page at evil.example whose name is made to point to 127.0.0.1 is same-site for the browser; its Host tells.
func TestWithoutALoginARebundNameIsRefused(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *access.Options) { o.Listen, o.Passwords = "127.0.0.1:0", "" })
	for _, host := range []string{"evil.example", "evil.example:8080", "127.0.0.1.evil.example",
		"localhost.evil.example", "10.0.0.1", "0.0.0.0:8080", "[::2]:80"} {
		d.wants(d.get("/guest", header{"Host", host}, asPage), http.StatusMisdirectedRequest,
			"does not serve that host name")
	}
	for _, host := range []string{"localhost", "LOCALHOST:9", "127.0.0.1", "127.0.0.1:8080", "[::1]:8080", "[::1]"} {
		d.wants(d.get("/guest", header{"Host", host}), http.StatusOK, "inside")
	}
}

func TestHostsThatAreSetAreTheOnlyOnes(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *access.Options) { o.Hosts = []string{"console.example.com"} })
	d.wants(d.get("/", header{"Host", "evil.example"}, asPage), http.StatusMisdirectedRequest, "")
	d.wants(d.get("/healthz", header{"Host", "10.2.3.4:8080"}), http.StatusOK, "inside") // a probe of a cluster
	for _, host := range []string{"console.example.com", "Console.Example.com.:443"} {
		d.wants(d.get("/", header{"Host", host}, asPage), http.StatusSeeOther, "")
	}
}

func TestAnotherSitesPageCannotPost(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	d.enter("otto")
	host := strings.TrimPrefix(d.url, "http://")
	for _, foreign := range [][]header{
		{{"Sec-Fetch-Site", "cross-site"}}, {{"Sec-Fetch-Site", "same-site"}}, {{"Origin", "https://evil.example"}},
		{{"Origin", "null"}}, {{"Origin", "http://" + host + ".evil.example"}},
	} {
		d.wants(d.do("POST", "/steer", url.Values{}, append(foreign, asPage)...), http.StatusForbidden, "another site")
		d.wants(d.do("POST", "/login", url.Values{}, foreign...), http.StatusForbidden, "another site")
		d.wants(d.do("POST", "/logout", url.Values{}, foreign...), http.StatusForbidden, "another site")
	}
	for _, ours := range [][]header{{{"Sec-Fetch-Site", "same-origin"}}, {{"Origin", d.url}}, {}} {
		d.wants(d.do("POST", "/steer", url.Values{}, ours...), http.StatusOK,
			"inside {Name:otto Operator:true Guests:false Account:}")
	}
}

func TestRightsAreKeptApart(t *testing.T) {
	t.Parallel()
	for name, may := range map[string]struct{ steer, guests int }{
		"vera": {http.StatusForbidden, http.StatusForbidden},
		"otto": {http.StatusOK, http.StatusForbidden},
		"gina": {http.StatusForbidden, http.StatusOK},
	} {
		d := open(t, nil)
		d.enter(name)
		d.wants(d.get("/"), http.StatusOK, "inside {Name:"+name)
		for _, accept := range []header{asPage, asJSON, asStream, {"Accept", "*/*"}} {
			steered, seen := d.do("POST", "/steer", url.Values{}, accept), d.get("/guest", accept)
			if steered.status != may.steer || seen.status != may.guests {
				t.Errorf("%s with %s: steering %d, guests' data %d", name, accept[1], steered.status, seen.status)
			}
		}
	}
}

func TestWhoIsNotLoggedInSeesNothing(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	a := d.get("/imports/7?page=2", asPage)
	if to := a.header.Get("Location"); a.status != http.StatusSeeOther ||
		to != "/login?next=%2Fimports%2F7%3Fpage%3D2" {
		t.Errorf("a page's reader is led to %d %q", a.status, to)
	}
	a = d.do("POST", "/steer", url.Values{}, asPage, header{"Referer", d.url + "/imports/7"})
	if to := a.header.Get("Location"); a.status != http.StatusSeeOther || to != "/login?next=%2Fimports%2F7" {
		t.Errorf("after a form it goes on at %d %q", a.status, to)
	}
	d.wants(d.get("/events", asStream), http.StatusUnauthorized, "not logged in")
	d.wants(d.get("/api", asJSON), http.StatusUnauthorized, `{"error":"You are not logged in`)
	d.wants(d.get("/page", asPage, header{"Sec-Fetch-Mode", "cors"}), http.StatusUnauthorized, "not logged in")
	d.wants(d.do("PUT", "/anything", url.Values{}), http.StatusUnauthorized, "")
	d.wants(d.do("DELETE", "/login", nil), http.StatusUnauthorized, "")
}

func TestOnlyWhatIsPublicIsOpen(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	for _, open := range []string{"/healthz", "/static/console.css", "/static/"} {
		d.wants(d.get(open), http.StatusOK, "inside {Name: Operator:false Guests:false Account:}")
	}
	for _, closed := range []string{"/healthz/x", "/healthzz", "/static", "/Static/x", "/static/../guest",
		"/static/%2e%2e/guest",
		"/static%2f..%2fguest", "/static/..%2fguest", "/static%2fconsole.css", "//static/../guest",
		"/static/./../guest", "/x/../static/%2e%2e%2fguest"} {
		if a := d.get(closed); strings.Contains(a.body, "inside") {
			t.Errorf("%s is open: %s", closed, a.body)
		}
	}
}

func TestAStreamLearnsThatItsReaderIsOut(t *testing.T) {
	t.Parallel()
	var file string
	d := open(t, func(o *access.Options) { file = o.Passwords })
	still := make(chan bool)
	ask := make(chan struct{})
	streaming := httptest.NewServer(d.access.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).Flush()
		for range ask {
			still <- d.access.StillAllowed(r)
		}
	})))
	defer streaming.Close()
	defer close(ask)
	d.url = streaming.URL
	d.enter("otto")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, d.url+"/events", nil)
	resp, err := d.browser.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	ask <- struct{}{}
	if !<-still {
		t.Error("a user who is logged in was refused")
	}
	write(t, file, "otto:HASH:viewer") // no longer an operator: the stream may show what a viewer may not see
	ask <- struct{}{}
	if <-still {
		t.Error("a stream goes on with rights that are gone")
	}
}

// What the proxy says stands in each request, and a stream is one request: only with the next one can it say something
// else.
func TestAStreamByAProxyAsksItAgainWithinMinutes(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *access.Options) {
		o.Passwords, o.Proxy = "", access.Proxy{Header: "X-Forwarded-User", From: []string{"127.0.0.1"}}
	})
	var first, later bool
	server := httptest.NewServer(d.access.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		first = d.access.StillAllowed(r)
		d.clock.step(5*time.Minute + time.Second)
		later = d.access.StillAllowed(r)
	})))
	defer server.Close()
	d.url = server.URL
	d.wants(d.get("/events", header{"X-Forwarded-User", "vera"}), http.StatusOK, "")
	if !first || later {
		t.Errorf("its reader may stay at first: %t, and after minutes: %t", first, later)
	}
}

func TestWithTLSCookiesAndLinksStaySecure(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *access.Options) { o.TLS = true })
	a := d.logIn("otto", password)
	if got := a.header.Get("Strict-Transport-Security"); got != "max-age=31536000" {
		t.Errorf("HSTS is %q", got)
	}
	for _, cookie := range a.header.Values("Set-Cookie") {
		if !strings.HasPrefix(cookie, "__Host-guestflow_") || !strings.Contains(cookie, "; Secure") ||
			strings.Contains(cookie, "Domain") {
			t.Error(cookie)
		}
	}
}

func (d *door) logger() *slog.Logger { return slog.New(slog.NewTextHandler(d.log, nil)) }
