// Package store finds guestflow a Redis: the one that is configured, or else a redis-server of our own with its files in the
// state folder, or else an emulation inside this process that forgets everything on exit. So the first try needs nothing,
// a laptop keeps its ledger, and a fleet shares one server, all with the same commands.
package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver"
	"guestflow/tokencache/secret"
)

// Kind is where the store is.
type Kind string

const (
	// Configured by URL; other processes may work on it.
	Configured Kind = "configured"
	// Child is a redis-server that this process has started, or that another guestflow on this state folder has.
	Child Kind = "child"
	// Embedded in this process.
	Embedded Kind = "embedded"
)

// ErrMisconfigured says that a setting of the store is wrong, whatever the server does.
var ErrMisconfigured = errors.New("the store is not configured right")

// ErrUnreachable says that the configured Redis does not answer.
var ErrUnreachable = errors.New("Redis does not answer")

// Store is an open store.
type Store struct {
	Client redis.UniversalClient
	Kind   Kind
	Owner  bool   // Child: we started it, and it ends with us
	URL    string // for another process; without the password
	close  []func()
}

// Options say where to look.
type Options struct {
	URL      secret.Text // "" when none is configured
	StateDir string      // for a child's files
	Log      *slog.Logger
}

// Open gives a store that answers, or an error that says what to do.
func Open(ctx context.Context, o Options) (*Store, error) {
	redis.SetLogger(driverLog{o.Log})
	if o.URL.Set() {
		return configured(ctx, o.URL)
	}
	s, err := child(ctx, o)
	if errors.Is(err, redisserver.ErrNotInstalled) {
		return embedded()
	}
	return s, err
}

// Close ends what Open started.
func (s *Store) Close() {
	_ = s.Client.Close()
	for _, f := range s.close {
		f()
	}
}

// Note is a sentence for the operator about what this store means for the ledger; "" when there is nothing to say.
func (s *Store) Note() string {
	switch {
	case s.Kind == Embedded:
		return "No redis-server was found, so the ledger is kept in this process and forgotten when it exits. Install redis-server, or set GUESTFLOW_REDIS_URL, to keep it."
	case s.Kind == Child && s.Owner:
		return "Using a redis-server of our own; it keeps the ledger in the state folder and ends with this process."
	}
	return ""
}

func configured(ctx context.Context, url secret.Text) (*Store, error) {
	opts, err := redis.ParseURL(url.Reveal())
	if err != nil {
		// The parser's error quotes the URL, and with it the password.
		return nil, fmt.Errorf("%w: GUESTFLOW_REDIS_URL is not a URL such as redis://user:password@host:6379/0", ErrMisconfigured)
	}
	client := connect(opts)
	if err := client.Ping(ctx).Err(); err != nil {
		_ = client.Close()
		return nil, fmt.Errorf("%w at %s: %w; check GUESTFLOW_REDIS_URL and that the server runs", ErrUnreachable, opts.Addr, err)
	}
	return &Store{Client: client, Kind: Configured, URL: opts.Addr}, nil
}

// connect gives a client with the pool for a worker. Its retries ride out a blink of Redis and no more: a longer outage is
// for the callers, who know what may be repeated.
func connect(opts *redis.Options) *redis.Client {
	opts.PoolSize = max(opts.PoolSize, 64)
	opts.MaxRetries, opts.MinRetryBackoff, opts.MaxRetryBackoff = 5, 20*time.Millisecond, 150*time.Millisecond
	return redis.NewClient(opts)
}

// child starts a redis-server on the state folder, or joins the one that another process has started there.
func child(ctx context.Context, o Options) (*Store, error) {
	if _, err := redisserver.Find(); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(filepath.Join(o.StateDir, "redis"))
	if err != nil {
		return nil, fmt.Errorf("find the state folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("%w: the state folder cannot be made: %w; set GUESTFLOW_STATE_DIR", ErrMisconfigured, err)
	}
	socket := filepath.Join(dir, "redis.sock")
	if len(socket) > 100 { // the kernel's limit for a socket's path is 108
		return nil, fmt.Errorf("%w: the state folder's path is too long for a socket: %s; set GUESTFLOW_STATE_DIR to a shorter one", ErrMisconfigured, dir)
	}
	client := connect(&redis.Options{Network: "unix", Addr: socket})
	if answers(ctx, socket) {
		return &Store{Client: client, Kind: Child, URL: "unix://" + socket}, nil
	}
	server, err := redisserver.Start(ctx, redisserver.Options{Dir: dir, Socket: socket})
	if err != nil {
		_ = client.Close()
		return nil, fmt.Errorf("start a redis-server of our own in %s: %w", dir, err)
	}
	return &Store{Client: client, Kind: Child, Owner: true, URL: server.URL(), close: []func(){server.Stop}}, nil
}

// answers tells whether somebody listens on a socket.
func answers(ctx context.Context, socket string) bool {
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "unix", socket)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

// embedded runs miniredis, whose clock stands still unless somebody drives it: without that no lock and no key would ever
// expire. Its port takes a password, since others on this machine can reach it.
func embedded() (*Store, error) {
	m := miniredis.NewMiniRedis()
	password := rand.Text()
	m.RequireAuth(password)
	if err := m.Start(); err != nil {
		return nil, fmt.Errorf("start the embedded store: %w", err)
	}
	stop := make(chan struct{})
	go func() {
		const step = 100 * time.Millisecond
		tick := time.NewTicker(step)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				m.FastForward(step)
			}
		}
	}()
	client := connect(&redis.Options{Addr: m.Addr(), Password: password})
	return &Store{Client: client, Kind: Embedded, close: []func(){func() { close(stop) }, m.Close}}, nil
}

// driverLog takes the driver's own lines, which repeat what its errors say, out of an operator's sight.
type driverLog struct{ log *slog.Logger }

func (d driverLog) Printf(ctx context.Context, format string, args ...any) {
	d.log.DebugContext(ctx, "redis: "+fmt.Sprintf(format, args...))
}
