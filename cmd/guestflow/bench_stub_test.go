package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// asStub makes this test binary run as the stub.
const asStub = "TEST_RUN_AS_STUB"

func init() { // before TestMain, which knows nothing of it
	if os.Getenv(asStub) == "" {
		return
	}
	latency, err := time.ParseDuration(os.Args[1])
	if err == nil {
		err = runStub(latency)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// stub is as little of Qflow as a worker needs to send an email a guest: it grants a token, and answers POST /guest
// with the record that was posted, after a while. The sandbox would cost more than the workers that are measured.
type stub struct {
	latency time.Duration

	mu     sync.Mutex
	first  time.Time
	seen   map[string]bool // guests by id
	counts stubCounts
}

// stubCounts is what the stub has seen.
type stubCounts struct {
	Guests  int           // different ones
	Repeats int           // posts of a guest that was there
	Took    time.Duration // from the first guest to the last one that was new
}

func runStub(latency time.Duration) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	s := &stub{latency: latency, seen: map[string]bool{}}
	return http.Serve(listener, s)
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case strings.HasSuffix(r.URL.Path, "/guest"):
		s.guest(w, r)
	case strings.HasSuffix(r.URL.Path, "/token"):
		_, _ = io.WriteString(w, `{"access_token":"benchmark","refresh_token":"benchmark","expires_in":86400,`+
			`"token_type":"Bearer"}`)
	case r.URL.Path == "/counts":
		s.mu.Lock()
		defer s.mu.Unlock()
		_ = json.NewEncoder(w).Encode(s.counts)
	default: // what a command asks before it begins, and may go on without
		http.Error(w, `{}`, http.StatusForbidden)
	}
}

func (s *stub) guest(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	_, id, found := bytes.Cut(body, []byte(`"id":"`))
	if err != nil || !found || len(id) < 36 {
		http.Error(w, `{"message":"no guest"}`, http.StatusBadRequest)
		return
	}
	s.count(string(id[:36]))
	if s.latency > 0 {
		time.Sleep(s.latency)
	}
	_, _ = w.Write(body)
}

func (s *stub) count(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[id] {
		s.counts.Repeats++
		return
	}
	if s.seen[id] = true; s.counts.Guests == 0 {
		s.first = time.Now()
	}
	s.counts.Guests++
	s.counts.Took = time.Since(s.first)
}

// startStub runs the stub as a process of its own, and returns its URL and what ends it.
func startStub(b *testing.B, latency time.Duration) (url string, stop func()) {
	b.Helper()
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(exe, latency.String()) // ended by stop, by its id
	cmd.Env = []string{asStub + "=1"}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	var address string
	if _, err := fmt.Fscanln(out, &address); err != nil {
		b.Fatal(err)
	}
	return "http://" + address, func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}

// stubSaw asks the stub for its counts.
func stubSaw(b *testing.B, url string) (c stubCounts) {
	b.Helper()
	resp, err := http.Get(url + "/counts")
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&c); err != nil {
		b.Fatal(err)
	}
	return c
}
