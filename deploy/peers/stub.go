package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// What the list and the calls have, on all sides.
const (
	guestPath  = "/checkin/v1/api/guest"
	token      = "benchmark"
	eventID    = "5b2c0c6e-4ad5-4f1f-9d7c-0a3a2f6f9d11"
	templateID = "7d0c2f5a-8f63-4f7c-8a1b-3c52cf1f4e22"
)

// stub is as little of Qflow as a worker needs to send an email a guest: it grants a token, and answers POST /guest
// with the record that was posted, after a while. The sandbox would cost more than the workers that are measured.
type stub struct {
	latency time.Duration

	mu    sync.Mutex
	first time.Time
	ids   map[string]bool // of guests
	seen  seen
}

// seen is what the stub has seen.
type seen struct {
	Guests  int           // different ones
	Repeats int           // posts of a guest that was there
	Took    time.Duration // from the first guest to the last one that was new
}

// runStub serves until it is stopped, after it has printed its address: LATENCY.
func runStub(ctx context.Context, args []string) error {
	latency, err := time.ParseDuration(args[0])
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	server := &http.Server{Handler: &stub{latency: latency, ids: map[string]bool{}}, ReadHeaderTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	_ = server.Serve(listener)
	return nil
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.URL.Path == guestPath:
		s.guest(w, r)
	case strings.HasSuffix(r.URL.Path, "/token"):
		_, _ = io.WriteString(w, `{"access_token":"`+token+`","refresh_token":"`+token+`","expires_in":86400,`+
			`"token_type":"Bearer"}`)
	case r.URL.Path == "/seen":
		s.mu.Lock()
		defer s.mu.Unlock()
		_ = json.NewEncoder(w).Encode(s.seen)
	default: // what a command asks before it begins, and may go on without
		http.Error(w, `{}`, http.StatusForbidden)
	}
}

func (s *stub) guest(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	_, id, found := bytes.Cut(body, []byte(`"id":"`))
	if err != nil || !found || len(id) < 36 || r.Header.Get("Authorization") != "Bearer "+token {
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
	if s.ids[id] {
		s.seen.Repeats++
		return
	}
	if s.ids[id] = true; s.seen.Guests == 0 {
		s.first = time.Now()
	}
	s.seen.Guests++
	s.seen.Took = time.Since(s.first)
}
