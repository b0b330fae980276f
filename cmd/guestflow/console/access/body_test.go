package access_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"guestflow/cmd/guestflow/console/access"
)

// reader tells what became of a body.
type reader struct {
	n   int64
	err error
}

// serve starts a console with one handler that reads, bounded or not.
func serve(t *testing.T, bound func(http.Handler) http.Handler) (address string, read <-chan reader) {
	t.Helper()
	out := make(chan reader, 1)
	a, err := access.New(access.Options{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a.Wrap(bound(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		out <- reader{n, err}
		fmt.Fprint(w, n)
	}))))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), out
}

func plainly(h http.Handler) http.Handler { return h }

func TestABodyBeyondTheLimitIsNotRead(t *testing.T) {
	t.Parallel()
	uploads := func(h http.Handler) http.Handler { return access.LimitBody(8<<20, time.Minute, h) }
	for name, c := range map[string]struct {
		bound func(http.Handler) http.Handler
		most  int64
	}{"a form": {plainly, 1 << 20}, "an upload": {uploads, 8 << 20}} {
		address, read := serve(t, c.bound)
		for size, fits := range map[int64]bool{c.most: true, c.most + 1: false, 2 << 30: false} {
			resp, err := http.Post("http://"+address+"/", "text/csv", io.LimitReader(zeros{}, size))
			if err == nil {
				resp.Body.Close()
			}
			r := <-read
			_, tooLarge := errors.AsType[*http.MaxBytesError](r.err)
			if tooLarge == fits || r.n > c.most {
				t.Errorf("%s of %d bytes: %d read, %v", name, size, r.n, r.err)
			}
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestASlowBodyIsCutOff(t *testing.T) {
	t.Parallel()
	address, read := serve(t, func(h http.Handler) http.Handler {
		return access.LimitBody(100, 50*time.Millisecond,
			h)
	})
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\na byte and then nothing")
	if r := <-read; !errors.Is(r.err, os.ErrDeadlineExceeded) {
		t.Errorf("%d bytes, %v", r.n, r.err)
	}
}

// The deadline is for the body: what is done with it may take longer.
func TestWorkAfterASlowBodyIsNotCancelled(t *testing.T) {
	t.Parallel()
	const within = 250 * time.Millisecond
	cancelled := make(chan error, 1)
	server := httptest.NewServer(access.LimitBody(100, within,
		http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			select {
			case <-r.Context().Done():
			case <-time.After(4 * within): // the deadline would have struck
			}
			cancelled <- r.Context().Err()
		})))
	defer server.Close()
	resp, err := http.Post(server.URL, "text/plain", strings.NewReader("short"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if err := <-cancelled; err != nil {
		t.Errorf("the request was cancelled while it was worked on: %v", err)
	}
}

// A connection that asks and does not read would hold its request, and what it has open, for ever.
func TestAnUnreadAnswerIsEnded(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	server := httptest.NewServer(access.LimitWrites(50*time.Millisecond,
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, err := io.Copy(w, zeros{})
			ended <- err
		})))
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
}

// With HTTP/2, too, where a deadline that passes between two writes would end the answer.
func TestAnAnswerMayTakeLongerThanEachOfItsWrites(t *testing.T) {
	t.Parallel()
	const within = 250 * time.Millisecond
	server := httptest.NewUnstartedServer(access.LimitWrites(within,
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for range 2 {
				fmt.Fprintln(w, "still here")
				w.(http.Flusher).Flush()
				<-time.After(3 * within)
			}
			fmt.Fprint(w, "the end")
		})))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	for _, protocol := range []string{"HTTP/1.1", "HTTP/2.0"} {
		client := server.Client()
		if protocol == "HTTP/1.1" {
			client = &http.Client{Transport: &http.Transport{TLSClientConfig: client.Transport.(*http.Transport).TLSClientConfig.Clone()}}
			client.Transport.(*http.Transport).TLSClientConfig.NextProtos = nil
			t.Cleanup(client.CloseIdleConnections)
		}
		resp, err := client.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.Proto != protocol || !strings.HasSuffix(string(body), "the end") {
			t.Errorf("%s: %q, %v", resp.Proto, body, err)
		}
	}
}

func TestHeadersWithoutEndAreCutOff(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	conn, err := net.Dial("tcp", strings.TrimPrefix(d.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() {
		fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n")
		for range 2000 {
			if _, err := fmt.Fprintf(conn, "X-Long: %s\r\n", strings.Repeat("x", 100)); err != nil {
				return
			}
		}
	}()
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && !strings.Contains(line, "431") {
		t.Errorf("200 kB of headers are answered with %q", line)
	}
	if s := access.NewServer(nil, d.logger()); s.ReadHeaderTimeout == 0 || s.IdleTimeout == 0 || s.WriteTimeout != 0 {
		t.Errorf("%+v", s)
	}
}
