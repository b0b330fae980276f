package console_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"guestflow/cmd/guestflow/console"
	"guestflow/cmd/guestflow/console/access"
)

// crowded serves the desk as a process does, and gives a lobby in front of it.
func (d *testConsole) crowded() *lobby {
	d.t.Helper()
	listener, err := console.Listen(d.t.Context(), "127.0.0.1:0")
	if err != nil {
		d.t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", d.site.Handler())
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "well\n") })
	ctx, stop := context.WithCancel(d.t.Context())
	ended := make(chan error)
	go func() {
		ended <- d.site.Serve(ctx, listener, access.NewServer(d.guard.Wrap(mux), d.logger()), console.TLS{})
	}()
	d.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			d.t.Error(err)
		}
	})
	d.url = "http://" + listener.Addr().String()
	return &lobby{t: d.t, address: listener.Addr().String()}
}

// cookies are those of the user who is logged in.
func (d *testConsole) cookies() (line string) {
	at, err := url.Parse(d.url)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, c := range d.browser.Jar.Cookies(at) {
		line += c.String() + "; "
	}
	return "Cookie: " + line + "\r\n"
}

// allow writes the file of those who may log in anew.
func (d *testConsole) allow(line string) {
	d.t.Helper()
	if err := os.WriteFile(d.users, []byte(line+"\n"), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// healthy wants each of 15 probes answered, each on a connection of its own.
func (l *lobby) healthy() {
	l.t.Helper()
	for range 15 {
		conn := l.come()
		if line, _ := l.ask(conn, "/healthz"); line != "well\n" {
			l.t.Fatalf("a probe is answered with %q", line)
		}
		conn.Close()
	}
}

func TestBodiesThatComeByteByByteBlockNoProbeAndNoUser(t *testing.T) {
	for name, path := range map[string]string{"of logins": "/login", "without a session": "/a/main/settings/limits"} {
		t.Run(name, func(t *testing.T) {
			d := newTestConsole(t, nil)
			l := d.crowded()
			d.as("vera")
			for range 1150 {
				conn := l.come()
				_, _ = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: "+
					"application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nn", path)
			}
			l.healthy()
			if a := d.get("/a/main/"); a.status != http.StatusOK {
				t.Errorf("who has logged in is answered %d", a.status)
			}
		})
	}
}

func TestTheStreamsOfOneUserAreBoundedAndBlockNoOther(t *testing.T) {
	const wanted, most = 200, 64
	d := newTestConsole(t, nil)
	l := d.crowded()
	d.as("vera")
	streams, refused := 0, 0
	for range wanted {
		conn := l.come()
		_, _ = fmt.Fprintf(conn, "GET /a/main/ HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n%s\r\n", d.cookies())
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		switch answer.StatusCode {
		case http.StatusOK:
			streams++
		case http.StatusTooManyRequests:
			refused++
		}
	}
	if streams != most || refused != wanted-most {
		t.Errorf("of %d streams %d began and %d were refused", wanted, streams, refused)
	}
	l.healthy()
	if a := d.as("otto").get("/a/main/"); a.status != http.StatusOK {
		t.Errorf("another user is answered %d", a.status)
	}
	body := d.stream("/a/main/")
	defer body.Close()
	if line, err := bufio.NewReader(body).ReadString('\n'); err != nil || !strings.HasPrefix(line, "data:") {
		t.Errorf("the stream of another user begins with %q, %v", line, err)
	}
}

// An open page lives no longer than what lets its reader in, also where nothing changes on it.
func TestAStreamEndsWithItsSession(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*testConsole){
		"logged out":    func(d *testConsole) { d.post("/logout", nil) },
		"removed":       func(d *testConsole) { d.allow("otto:" + testHash() + ":operator") },
		"another right": func(d *testConsole) { d.allow("vera:" + testHash() + ":operator") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newTestConsole(t, nil).as("vera")
			body := d.stream("/a/main/parked")
			defer body.Close()
			lines := bufio.NewReader(body)
			if _, err := lines.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
			end(d)
			// it says that it is still here every 20 seconds
			silent := time.AfterFunc(15*time.Second, func() { _ = body.Close() })
			defer silent.Stop()
			if _, err := io.Copy(io.Discard, lines); err != nil {
				t.Errorf("the stream goes on: %v", err)
			}
		})
	}
}

func TestAPanicLeavesOutAPictureAndEndsNoStream(t *testing.T) {
	t.Parallel()
	var drawn atomic.Int32
	d := newTestConsole(t, func(a *console.Account) {
		a.Schedules = func(context.Context) ([]console.Schedule, error) {
			n := drawn.Add(1) // the first is for the answer's status
			if n == 3 || n == 4 {
				panic("a guest's name")
			}
			return []console.Schedule{{Source: fmt.Sprintf("drawn %d times", n)}}, nil
		}
	}).as("vera")
	d.follow("/a/main/schedules", "drawn 2 times", "drawn 5 times")
	if log := d.log.String(); strings.Count(log, "cannot be rendered") != 1 ||
		!strings.Contains(log, "console/hub.go") || strings.Contains(log, "a guest's name") {
		t.Errorf("the log says: %s", log)
	}
}
