package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Sandbox is a local Qflow. It is an http.Handler, and can listen by itself.
type Sandbox struct {
	options Options
	now     func() time.Time
	routes  map[string]Endpoint

	switching    sync.Mutex // writers of switches; readers take the pointer
	switches     atomic.Pointer[Switches]
	trustOpensAt atomic.Int64 // unix nanoseconds, 0 = not by itself

	edge     edge
	identity identity
	store    store
	mailer   mailer
	faults   faults
	recorder recorder
	admin    http.Handler

	server  *http.Server
	closeMu sync.RWMutex // guards closed, so that no handler starts while Close waits for the last one
	closed  bool
	serving sync.WaitGroup // handlers and the accept loop
	closing context.Context
	cancel  context.CancelFunc
}

// New makes a sandbox. It starts no goroutine: those begin with Listen and with the first email, and end with Close.
func New(o Options) *Sandbox {
	o = o.withDefaults()
	s := &Sandbox{options: o, now: o.Now, routes: routes(o.Layout)}
	s.closing, s.cancel = context.WithCancel(context.Background())
	s.store.open(append([]Credentials{o.Credentials}, o.Others...))
	s.mailer.open(s)
	s.faults.seed(o.Seed)
	s.admin = s.adminRoutes()
	s.initialise()
	return s
}

// initialise puts everything into the state it has right after New.
func (s *Sandbox) initialise() {
	sw := DefaultSwitches()
	if s.options.Adjust != nil {
		s.options.Adjust(&sw)
	}
	if err := sw.settle(); err != nil {
		panic(fmt.Errorf("sandbox: %w", err)) // a programmer's typo; silently testing another case would be worse
	}
	if !s.options.TrustOpensAt.IsZero() {
		sw.Trusted = false
		s.trustOpensAt.Store(s.options.TrustOpensAt.UnixNano())
	}
	s.switches.Store(&sw)
	s.store.initialise(s.now())
	s.identity.initialise(s.store.accounts)
	s.edge.clear()
	s.faults.clear()
	s.recorder.clear()
}

// Reset forgets guests, emails, tokens, webhooks, faults and history, and puts the switches back to those of New.
func (s *Sandbox) Reset() {
	s.mailer.clear()
	s.initialise()
}

// Listen serves on addr ("" or "127.0.0.1:0" for a free loopback port) until Close and returns the base URL.
func (s *Sandbox) Listen(addr string) (string, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", addr) // it only opens a socket, which Close ends
	if err != nil {
		return "", fmt.Errorf("listen on %s: %w", addr, err)
	}
	s.server = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		// aborted replies are what faults are for, not news
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	s.serving.Go(func() { _ = s.server.Serve(listener) })
	return "http://" + listener.Addr().String(), nil
}

// Close cuts every connection, ends every goroutine and waits for them.
func (s *Sandbox) Close() error {
	s.closeMu.Lock()
	s.closed = true
	s.closeMu.Unlock()
	s.cancel()
	var err error
	if s.server != nil {
		err = s.server.Close()
	}
	s.mailer.stop()
	s.serving.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// ServeHTTP answers one call of the API, the identity server or the admin API.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		panic(http.ErrAbortHandler)
	}
	defer s.serving.Done()
	if strings.HasPrefix(r.URL.Path, "/admin/") {
		s.admin.ServeHTTP(w, r)
		return
	}
	c := s.open(r)
	defer c.done()
	answer := c.run(gatesOf(c.at))
	if answer == nil {
		answer = c.refuse(http.StatusNotFound, "", "Resource not found")
	}
	answer = c.fault.after(c, answer)
	s.recorder.answered(c.at, answer)
	s.recorder.keep(c, answer, s.now())
	answer.send(w)
}

func (s *Sandbox) enter() bool {
	s.closeMu.RLock()
	defer s.closeMu.RUnlock()
	if !s.closed {
		s.serving.Add(1)
	}
	return !s.closed
}

// wait passes d in real time; it ends early when the client leaves or the sandbox closes.
func (s *Sandbox) wait(r *http.Request, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	case <-s.closing.Done():
	}
}
