package access_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"guestflow/cmd/guestflow/console/access"
)

// halfway sends a request whose body does not come, and gives what it is answered.
func (d *door) halfway(path string) (answered func() (status int, closes bool)) {
	d.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(d.url, "http://"))
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil { // less than a form with a session has
		d.t.Fatal(err)
	}
	_, _ = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: "+
		"application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nn", path)
	return func() (int, bool) {
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			return 0, false
		}
		resp.Body.Close()
		return resp.StatusCode, resp.Close
	}
}

func TestWhoHasNoSessionIsAnsweredBeforeTheBodyHasCome(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *access.Options) { o.Hosts = []string{"console.example.com"} })
	for _, path := range []string{"/steer", "/logout", "/anything"} {
		if status, closes := d.halfway(path)(); status != http.StatusMisdirectedRequest || !closes {
			t.Errorf("by a wrong host %s is answered %d, closing %t", path, status, closes)
		}
	}
	d = open(t, nil)
	for path, want := range map[string]int{"/steer": 401, "/logout": 303, "/anything": 401, "/login/nowhere": 401} {
		if status, closes := d.halfway(path)(); status != want || !closes {
			t.Errorf("%s is answered %d, closing %t", path, status, closes)
		}
	}
}

func TestALoginThatDoesNotComeIsGivenUpAndLeavesItsPlace(t *testing.T) {
	t.Parallel()
	const ofOneAddress = 16
	d := open(t, nil)
	answers := make([]func() (int, bool), 3*ofOneAddress)
	began := time.Now()
	for i := range answers {
		answers[i] = d.halfway("/login")
	}
	allCame := time.Since(began) < 4*time.Second // else some have the places of those before
	late, refused := 0, 0
	for _, answered := range answers {
		switch status, _ := answered(); status {
		case http.StatusBadRequest:
			late++
		case http.StatusServiceUnavailable:
			refused++
		}
	}
	if late+refused != 3*ofOneAddress || late < ofOneAddress || allCame && late > ofOneAddress {
		t.Errorf("%d were waited for and %d refused", late, refused)
	}
	d.enter("otto")
}

// waiting is a console whose pages at /wait are not answered until release is called; nor are those at /open, which
// need no login.
func waiting(t *testing.T, most int) (d *door, arrived <-chan string, release func()) {
	t.Helper()
	d = open(t, func(o *access.Options) {
		o.Probes, o.Public = []string{"/healthz"}, append(o.Public, "/open")
		o.Proxy.From = []string{"127.0.0.1"}
	})
	here, let := make(chan string, most), make(chan struct{})
	server := httptest.NewServer(d.access.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/wait" || r.URL.Path == "/open" {
			here <- access.UserFrom(r.Context()).Name
			<-let
		}
	})))
	release = sync.OnceFunc(func() { close(let) })
	t.Cleanup(server.Close)
	t.Cleanup(release)
	d.url = server.URL
	return d, here, release
}

func TestOneUserCannotTakeThePlacesOfOthers(t *testing.T) {
	t.Parallel()
	const own = 96
	d, arrived, release := waiting(t, own)
	d.enter("vera")
	var open sync.WaitGroup
	for range own {
		open.Go(func() { d.get("/wait") })
		<-arrived
	}
	a := d.get("/imports")
	d.wants(a, http.StatusTooManyRequests, "too many open requests")
	if a.header.Get("Retry-After") == "" {
		t.Error("it is not said when to try again")
	}
	d.wants(d.get("/healthz"), http.StatusOK, "")
	vera := d.browser
	d.browser = newBrowser()
	d.enter("otto")
	d.wants(d.get("/imports"), http.StatusOK, "")
	release()
	open.Wait()
	d.browser = vera
	d.wants(d.get("/imports"), http.StatusOK, "")
}

func TestStrangersCannotTakeThePlacesOfLogins(t *testing.T) {
	t.Parallel()
	const ofOne, ofAll = 48, 128
	d, arrived, release := waiting(t, ofAll)
	var open sync.WaitGroup
	defer open.Wait()
	defer release()
	from := func(n int) header { return header{"X-Forwarded-For", fmt.Sprintf("192.0.2.%d", n)} }
	for i := range ofAll {
		open.Go(func() { d.do("GET", "/open", nil, from(i/ofOne)) })
		<-arrived
		if i == ofOne-1 {
			d.wants(d.do("GET", "/static/a.css", nil, from(0)), http.StatusServiceUnavailable, "")
			d.wants(d.do("GET", "/login", nil, from(1)), http.StatusOK, "")
		}
	}
	d.wants(d.do("GET", "/login", nil, from(9)), http.StatusServiceUnavailable, "")
	d.enter("otto")
	d.wants(d.get("/imports"), http.StatusOK, "")
}

func TestAUserActsNoFasterThanHandsDo(t *testing.T) {
	t.Parallel()
	const atOnce = 60
	d := open(t, nil)
	d.enter("otto")
	for range atOnce {
		if a := d.do("POST", "/steer", nil, asPage); a.status != http.StatusOK {
			t.Fatalf("answered %d: %s", a.status, a.body)
		}
	}
	a := d.do("POST", "/steer", nil, asPage)
	d.wants(a, http.StatusTooManyRequests, "Try again in 2 s")
	if again := a.header.Get("Retry-After"); again != "2" {
		t.Errorf("it is to be tried again after %q", again)
	}
	d.wants(d.get("/imports"), http.StatusOK, "inside")
	d.wants(d.do("POST", "/logout", nil), http.StatusSeeOther, "")
	d.enter("gina")
	d.wants(d.do("POST", "/anything", nil), http.StatusOK, "inside")
	d.enter("otto")
	d.clock.step(2 * time.Second)
	d.wants(d.do("POST", "/steer", nil), http.StatusOK, "inside")
	d.wants(d.do("POST", "/steer", nil), http.StatusTooManyRequests, "this one was refused")
}
