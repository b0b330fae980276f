// Package store opens guestflow's Redis: the configured one, or else a redis-server of our own with its files in the
// state folder, or else an emulation inside this process that forgets everything on exit. So the first try needs no
// setup, a laptop keeps its ledger, and a fleet shares one server, all with the same commands. Diagnose checks that a
// Redis can hold the ledger.
package store

import (
	"context"
	"crypto/rand"
	"crypto/tls"
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

// Kind is the kind of a store.
type Kind string

const (
	// Configured is a Redis configured by URL; other processes may use it.
	Configured Kind = "configured"
	// Child is a redis-server that this process, or another one on the same state folder, has started.
	Child Kind = "child"
	// Embedded is an emulation inside this process.
	Embedded Kind = "embedded"
)

// ErrMisconfigured means that a setting of the store is wrong.
var ErrMisconfigured = errors.New("the store is not configured right")

// ErrUnreachable means that the Redis does not answer.
var ErrUnreachable = errors.New("Redis does not answer")

// Store is an open store.
type Store struct {
	Client redis.UniversalClient
	Kind   Kind
	Owner  bool   // Child: this process has started it and stops it
	URL    string // without user and password
	at     *address
	tls    *tls.Config
	opts   Options
	close  []func()
}

// Options select the store.
type Options struct {
	URL      secret.Text // "" is none
	Password secret.Text // for a URL without one
	TLS      TLS

	SentinelUsername string // of the Sentinels themselves
	SentinelPassword secret.Text

	StateDir string // for a child's files
	Log      *slog.Logger
}

// Check returns what is wrong with the options, as far as that is known without a network.
func (o Options) Check() error {
	_, _, err := o.read()
	return err
}

// read returns the address and the TLS settings of the configured Redis; nil if none is configured.
func (o Options) read() (*address, *tls.Config, error) {
	if !o.URL.Set() {
		if o.Password.Set() || o.SentinelUsername != "" || o.SentinelPassword.Set() || o.TLS != (TLS{}) {
			return nil, nil, fmt.Errorf("%w: settings for a Redis are set, but GUESTFLOW_REDIS_URL is not",
				ErrMisconfigured)
		}
		return nil, nil, nil
	}
	a, err := parseAddress(o.URL.Reveal())
	if err != nil {
		return nil, nil, err
	}
	if o.Password.Set() {
		if a.password != "" {
			return nil, nil, fmt.Errorf("%w: GUESTFLOW_REDIS_URL has a password, and GUESTFLOW_REDIS_PASSWORD is set "+
				"too; use one", ErrMisconfigured)
		}
		a.password = o.Password.Reveal()
	}
	if a.mode != sentinel && (o.SentinelUsername != "" || o.SentinelPassword.Set()) {
		return nil, nil, fmt.Errorf("%w: a user or a password for Sentinels is set, but GUESTFLOW_REDIS_URL is not a "+
			"redis-sentinel:// URL", ErrMisconfigured)
	}
	if !a.tls {
		if o.TLS != (TLS{}) {
			return nil, nil, fmt.Errorf("%w: settings for TLS are set, but GUESTFLOW_REDIS_URL does not use it; "+
				"write rediss:// in place of redis://", ErrMisconfigured)
		}
		return a, nil, nil
	}
	c, err := o.TLS.config()
	return a, c, err
}

// Open opens a store that answers, or returns an error that says what to do.
func Open(ctx context.Context, o Options) (*Store, error) {
	redis.SetLogger(driverLog{o.Log})
	if o.URL.Set() {
		return configured(ctx, o)
	}
	if err := o.Check(); err != nil {
		return nil, err
	}
	s, err := child(ctx, o)
	if errors.Is(err, redisserver.ErrNotInstalled) {
		return embedded()
	}
	return s, err
}

// Close closes the store, and stops what Open has started.
func (s *Store) Close() {
	_ = s.Client.Close()
	for _, f := range s.close {
		f()
	}
}

// Note is a sentence for the operator about what this store means for the ledger; "" for a configured one.
func (s *Store) Note() string {
	switch {
	case s.Kind == Embedded:
		return "No redis-server was found, so the ledger is kept in this process and lost when it exits. Install " +
			"redis-server, or set GUESTFLOW_REDIS_URL, to keep it."
	case s.Kind == Child && s.Owner:
		return "Using a redis-server of our own; it keeps the ledger in the state folder and ends with this process."
	}
	return ""
}

func configured(ctx context.Context, o Options) (*Store, error) {
	at, tlsConfig, err := o.read()
	if err != nil {
		return nil, err
	}
	s := &Store{Kind: Configured, URL: at.String(), at: at, tls: tlsConfig, opts: o}
	if s.Client, err = s.dial(); err != nil {
		return nil, err
	}
	if err := s.verify(ctx); err != nil {
		_ = s.Client.Close()
		return nil, err
	}
	return s, nil
}

// dial returns a client for the mode.
func (s *Store) dial() (redis.UniversalClient, error) {
	switch s.at.mode {
	case sentinel:
		o, err := s.at.sentinel()
		if err != nil {
			return nil, err
		}
		o.TLSConfig, o.SentinelUsername, o.SentinelPassword = s.tls, s.opts.SentinelUsername,
			s.opts.SentinelPassword.Reveal()
		client := redis.NewFailoverClient(o)
		client.AddHook(errorHook{})
		return client, nil
	case cluster:
		o, err := s.at.cluster()
		if err != nil {
			return nil, err
		}
		o.TLSConfig = s.tls
		return newClusterClient(o), nil
	case single:
	}
	o, err := s.at.single()
	if err != nil {
		return nil, err
	}
	o.TLSConfig = s.tls
	return newClient(o), nil
}

// verify checks that the server answers, and that it is what the URL says.
func (s *Store) verify(ctx context.Context) error {
	if err := s.Client.Ping(ctx).Err(); err != nil {
		if text, is := Explain(err); is {
			return fmt.Errorf("%w at %s: %s", ErrUnreachable, s.URL, text)
		}
		return fmt.Errorf("%w at %s: %w; check GUESTFLOW_REDIS_URL and that the server runs", ErrUnreachable, s.URL,
			cause(err))
	}
	if s.at.mode != single {
		return nil
	}
	// Managed servers may forbid INFO; then the first command says what is wrong.
	info := &server{info: fields(s.Client.Info(ctx, "server").Val())}
	switch info.mode() {
	case "sentinel":
		return wrongURL("names a Sentinel as if it were the Redis that it watches; write redis-sentinel://%s/mymaster",
			s.URL)
	case "cluster":
		// A cluster of one node redirects no command.
		if info, err := s.Client.ClusterInfo(ctx).Result(); err == nil && field(info, "cluster_size") != "1" {
			return wrongURL("names one node of a Cluster as if it were all of it; write redis-cluster://%s", s.URL)
		}
	}
	return nil
}

// newClusterClient returns a client of a Cluster. go-redis returns errors of a node's pipeline as they are, so the whole
// has the hook as well.
func newClusterClient(o *redis.ClusterOptions) *redis.ClusterClient {
	client := redis.NewClusterClient(o)
	client.OnNewNode(func(node *redis.Client) { node.AddHook(errorHook{}) })
	client.AddHook(errorHook{})
	return client
}

// newClient returns a client of one server.
func newClient(opts *redis.Options) *redis.Client {
	client := redis.NewClient(opts)
	client.AddHook(errorHook{})
	return client
}

// newLocalClient returns a client of a store of our own.
func newLocalClient(o *redis.Options) *redis.Client {
	setPoolAndRetries(&o.PoolSize, &o.MaxRetries, &o.MinRetryBackoff, &o.MaxRetryBackoff)
	return newClient(o)
}

// child starts a redis-server on the state folder, or connects to the one that another process has started there.
func child(ctx context.Context, o Options) (*Store, error) {
	if _, err := redisserver.Find(); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(filepath.Join(o.StateDir, "redis"))
	if err != nil {
		return nil, fmt.Errorf("find the state folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("%w: the state folder cannot be created: %w; set GUESTFLOW_STATE_DIR", ErrMisconfigured,
			err)
	}
	socket := filepath.Join(dir, "redis.sock")
	if len(socket) > 100 { // the kernel's limit for a socket's path is 108
		return nil, fmt.Errorf("%w: the state folder's path is too long for a socket: %s; set GUESTFLOW_STATE_DIR to "+
			"a shorter one", ErrMisconfigured, dir)
	}
	client := newLocalClient(&redis.Options{Network: "unix", Addr: socket})
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

// Own is what is there of a redis-server of our own in a state folder.
type Own struct {
	Dir  string // "" for none
	Runs bool   // a process has started it, which can be used
}

// FindOwn looks for a redis-server of our own, and starts none.
func FindOwn(ctx context.Context, stateDir string) Own {
	dir := filepath.Join(stateDir, "redis")
	if entries, err := os.ReadDir(dir); err != nil || len(entries) == 0 {
		return Own{}
	}
	socket, err := filepath.Abs(filepath.Join(dir, "redis.sock"))
	return Own{Dir: dir, Runs: err == nil && answers(ctx, socket)}
}

// answers reports whether a server listens on a socket.
func answers(ctx context.Context, socket string) bool {
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "unix", socket)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

// OpenMemory opens a store in this process, whatever is configured. It is lost with the process.
func OpenMemory() (*Store, error) { return embedded() }

// embedded runs miniredis, whose clock must be advanced: otherwise no lock and no key would ever expire. Its port
// requires a password, since other processes on this machine can reach it.
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
	client := newLocalClient(&redis.Options{Addr: m.Addr(), Password: password})
	return &Store{Client: client, Kind: Embedded, close: []func(){func() { close(stop) }, m.Close}}, nil
}

// driverLog logs the driver's own lines, which repeat its errors, at debug level.
type driverLog struct{ log *slog.Logger }

func (d driverLog) Printf(ctx context.Context, format string, args ...any) {
	d.log.DebugContext(ctx, "redis: "+fmt.Sprintf(format, args...))
}
