package tokencache

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// server answers every connection with the same bytes and counts what arrives.
type server struct {
	addr     string
	requests atomic.Int64
}

func serve(t *testing.T, reply string) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{addr: "http://" + l.Addr().String()}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.answer(conn, strings.ReplaceAll(reply, "SELF", s.addr))
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return s
}

func (s *server) answer(conn net.Conn, reply string) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(2 * time.Second))
	req, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	if _, err := io.ReadAll(req.Body); err == nil {
		s.requests.Add(1)
	}
	_, _ = io.WriteString(conn, reply)
}

func senderFor(t *testing.T, addr string) *sender {
	t.Helper()
	cfg := Config{Account: "a", Endpoint: Endpoint{TokenURL: addr}, Credentials: Credentials{ClientID: "c"}}
	if err := cfg.normalize(); err != nil {
		t.Fatal(err)
	}
	cfg.Timing.Request = 2 * time.Second
	return newSender(&cfg)
}

func leave() error { return nil }

// Whatever net/http likes to repeat (a dead connection, a redirect that keeps the method), a request goes out once.
func TestNothingBelowUsSendsASecondTime(t *testing.T) {
	t.Parallel()
	for name, reply := range map[string]string{
		"no reply":      "",
		"cut header":    "HTTP/1.1 200 OK\r\nContent-Le",
		"cut body":      "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"access",
		"307":           "HTTP/1.1 307 Temporary Redirect\r\nLocation: SELF/again\r\nContent-Length: 0\r\n\r\n",
		"302":           "HTTP/1.1 302 Found\r\nLocation: SELF/again\r\nContent-Length: 0\r\n\r\n",
		"408":           "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
		"503 and later": "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n",
		"401 challenge": "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
		"not HTTP":      "hello\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, reply)
			_, err := senderFor(t, s.addr).send(t.Context(), tokenRequest{grant: GrantRefresh, refresh: "once"}, leave)
			if err == nil || unsent(err) {
				t.Errorf("got %v, want an error that does not claim that nothing was sent", err)
			}
			if n := s.requests.Load(); n != 1 {
				t.Errorf("%d requests, want 1", n)
			}
		})
	}
}

func TestNothingLeavesOnceItIsTooLate(t *testing.T) {
	t.Parallel()
	s := serve(t, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
	_, err := senderFor(t, s.addr).send(t.Context(), tokenRequest{grant: GrantRefresh, refresh: "once"},
		func() error { return errTooLate })
	if !errors.Is(err, errTooLate) || s.requests.Load() != 0 {
		t.Fatalf("got %v after %d requests, want too late after none", err, s.requests.Load())
	}
}

func TestDialErrorMeansUnsent(t *testing.T) {
	t.Parallel()
	s := senderFor(t, "http://127.0.0.1:1")
	if _, err := s.send(t.Context(), tokenRequest{grant: GrantRefresh}, leave); !unsent(err) {
		t.Fatalf("got %v, want unsent", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.send(ctx, tokenRequest{grant: GrantRefresh}, leave); !unsent(err) {
		t.Fatalf("got %v, want unsent", err)
	}
}

// Do can give up while the goroutine that writes has not begun. What is then reported as unsent must never leave.
func TestBodyReportedAsUnsentCannotBeReadAnyMore(t *testing.T) {
	t.Parallel()
	b := &onceBody{r: strings.NewReader("refresh_token=once"), mayLeave: leave}
	if err := b.explain(context.DeadlineExceeded); !unsent(err) {
		t.Fatalf("got %v, want unsent", err)
	}
	if got, err := io.ReadAll(b); len(got) > 0 || err == nil {
		t.Fatalf("read %q, %v after it was reported as unsent", got, err)
	}
}
