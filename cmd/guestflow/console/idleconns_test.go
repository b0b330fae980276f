package console_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"guestflow/cmd/guestflow/console"
	"guestflow/cmd/guestflow/console/access"
)

// lobby is a server with the console's bounds, and a client with connections of its own.
type lobby struct {
	t       *testing.T
	address string
	tell    chan string // what the streams are told next
}

func newLobby(t *testing.T) *lobby {
	t.Helper()
	l := &lobby{t: t, tell: make(chan string)}
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "well\n") })
	mux.HandleFunc("/stream", func(w http.ResponseWriter, r *http.Request) {
		for line := "begun"; ; {
			_, _ = io.WriteString(w, line+"\n")
			_ = http.NewResponseController(w).Flush()
			select {
			case line = <-l.tell:
			case <-r.Context().Done():
				return
			}
		}
	})
	listener, err := console.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.address = listener.Addr().String()
	log := slog.New(slog.DiscardHandler)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		ended <- console.New(nil, nil, log).Serve(ctx, listener, access.NewServer(mux, log), console.TLS{})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l
}

// come opens a connection, on which everything has to happen in good time.
func (l *lobby) come() net.Conn {
	l.t.Helper()
	conn, err := net.Dial("tcp", l.address)
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { _ = conn.Close() })
	l.hurry(conn)
	return conn
}

// hurry gives a connection less time than the server gives to who sends nothing.
func (l *lobby) hurry(conn net.Conn) {
	l.t.Helper()
	if err := conn.SetDeadline(time.Now().Add(8 * time.Second)); err != nil {
		l.t.Fatal(err)
	}
}

// ask gives the first line of an answer, and what follows it.
func (l *lobby) ask(conn net.Conn, path string) (line string, more *bufio.Reader) {
	l.t.Helper()
	if _, err := io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		l.t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		l.t.Fatalf("no answer: %v", err)
	}
	more = bufio.NewReader(answer.Body)
	line, err = more.ReadString('\n')
	if err != nil {
		l.t.Fatal(err)
	}
	return line, more
}

func TestIdleConnectionsBlockNoOther(t *testing.T) {
	for name, lie := range map[string]func(*lobby, net.Conn){
		"after a request": func(l *lobby, conn net.Conn) { l.ask(conn, "/healthz") },
		"without one":     func(*lobby, net.Conn) {},
		"without its end": func(_ *lobby, conn net.Conn) {
			_, _ = io.WriteString(conn,
				"GET /healthz HTTP/1.1\r\nHost: x\r\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLobby(t)
			page := l.come()
			_, stream := l.ask(page, "/stream")
			for range 1100 {
				lie(l, l.come())
			}
			if line, _ := l.ask(l.come(), "/healthz"); line != "well\n" {
				t.Errorf("answered %q", line)
			}
			l.hurry(page)
			l.tell <- "more"
			if line, err := stream.ReadString('\n'); err != nil || line != "more\n" {
				t.Errorf("a stream of an open page was closed: %q, %v", line, err)
			}
		})
	}
}

// A connection that comes while all others are busy has the last slot, and keeps it until it has sent a request.
func TestTheLastPlaceIsNotTakenFromWhoHasJustCome(t *testing.T) {
	l := newLobby(t)
	for range 1023 {
		l.ask(l.come(), "/stream")
	}
	for range 20 {
		last := l.come()
		if line, _ := l.ask(last, "/healthz"); line != "well\n" {
			t.Fatalf("answered %q", line)
		}
		if _, err := last.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Fatalf("the last slot is kept by a connection without a request: %v", err)
		}
	}
}
