// Package redisserver runs a redis-server (or valkey-server) as a child process that ends with its parent. A laptop
// without a Redis of its own gets its ledger this way, and so does every test. It is a real server with append-only
// persistence rather than an emulation, because guestflow relies on scripts, blocking commands and restarts.
//
// The child gets its whole configuration on the command line and reads no configuration file of the machine.
package redisserver

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
)

// ErrNotInstalled: the PATH has neither redis-server nor valkey-server.
var ErrNotInstalled = errors.New("no redis-server or valkey-server on the PATH")

// ErrPortTaken: another process listens on the server's port.
var ErrPortTaken = errors.New("the port is taken by another process")

// Options configure the child.
type Options struct {
	// Dir holds the append-only files and the server's log. It must exist.
	Dir string
	// Socket is the path of a unix socket (mode 0700). Empty: a TCP port on 127.0.0.1.
	Socket string
	// Port is the TCP port; 0 takes a free one, and another one when it is taken meanwhile. A restarted server keeps its
	// port.
	Port int
	// Sentinel makes it a Sentinel: the path of its configuration file, to which it writes its state. Empty: a server.
	Sentinel string
	// Args are further settings, such as "--replicaof", "127.0.0.1 7000".
	Args []string
	// Env are variables beside those of the parent.
	Env []string
}

// Server is a running child.
type Server struct {
	opts Options
	cmd  *exec.Cmd
	done chan struct{}
}

// Find returns the path of a server binary, or ErrNotInstalled.
func Find() (string, error) {
	for _, name := range []string{"redis-server", "valkey-server"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNotInstalled
}

// Start runs a child and returns once it answers PING, or an error with its last log line when it does not within 30 s.
func Start(ctx context.Context, opts Options) (*Server, error) {
	path, err := Find()
	if err != nil {
		return nil, err
	}
	if opts.Socket != "" || opts.Port != 0 {
		return run(ctx, path, opts)
	}
	for {
		if opts.Port, err = FreePort(); err != nil {
			return nil, fmt.Errorf("find a free port for redis-server: %w", err)
		}
		s, err := run(ctx, path, opts)
		if !errors.Is(err, ErrPortTaken) || ctx.Err() != nil {
			return s, err
		}
	}
}

func run(ctx context.Context, path string, opts Options) (*Server, error) {
	s := &Server{opts: opts, done: make(chan struct{})}
	// the path is the PATH's; it outlives the context that starts it, and Stop ends it
	s.cmd = exec.Command(path, s.args()...)
	s.cmd.Env = append(os.Environ(), opts.Env...)
	s.cmd.SysProcAttr = endWithParent()
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	go func() {
		_ = s.cmd.Wait()
		close(s.done)
	}()
	if err := s.waitReady(ctx); err != nil {
		s.Kill()
		return nil, err
	}
	return s, nil
}

func (s *Server) args() []string {
	args := []string{
		"--dir", s.opts.Dir, "--logfile", "redis.log", "--daemonize", "no",
		"--port", strconv.Itoa(s.opts.Port), "--bind", "127.0.0.1",
	}
	if s.opts.Sentinel != "" {
		return append(append([]string{s.opts.Sentinel, "--sentinel"}, args...), s.opts.Args...)
	}
	args = append(args, "--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy",
		"noeviction")
	if s.opts.Socket != "" {
		args = append(args, "--unixsocket", s.opts.Socket, "--unixsocketperm", "700")
	}
	return append(args, s.opts.Args...)
}

// waitReady polls: a server does not announce that it has finished loading its files.
func (s *Server) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	options := s.Redis()
	options.Password = s.password()
	client := redis.NewClient(options)
	defer client.Close()
	network := cmp.Or(client.Options().Network, "tcp")
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if listens(ctx, network, options.Addr) && s.answers(ctx, client) {
			return nil
		}
		select {
		case <-s.done:
			return s.ended()
		case <-ctx.Done():
			return fmt.Errorf("redis-server does not answer: %w: %s", ctx.Err(), s.lastLog())
		case <-tick.C:
		}
	}
}

// answers reports whether it is the child that answers. When another server has the port, the child ends, but not at
// once.
func (s *Server) answers(ctx context.Context, client *redis.Client) bool {
	if client.Ping(ctx).Err() != nil {
		return false
	}
	info, err := client.InfoMap(ctx, "server").Result()
	return err == nil && info["Server"]["process_id"] == strconv.Itoa(s.Pid())
}

// password returns the one that the arguments set.
func (s *Server) password() string {
	if i := slices.Index(s.opts.Args, "--requirepass"); i >= 0 && i+1 < len(s.opts.Args) {
		return s.opts.Args[i+1]
	}
	return ""
}

// ended returns why the child has ended, by its log.
func (s *Server) ended() error {
	last := s.lastLog()
	if strings.Contains(last, fmt.Sprintf("listening on port %d ", s.opts.Port)) {
		return fmt.Errorf("redis-server ended at once: %w: %s", ErrPortTaken, last)
	}
	return fmt.Errorf("redis-server ended at once: %s", last)
}

// listens spares the client its retries and its log lines while no server listens.
func listens(ctx context.Context, network, address string) bool {
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

func (s *Server) lastLog() string {
	log, err := os.ReadFile(filepath.Join(s.opts.Dir, "redis.log"))
	if err != nil {
		return "it wrote no log"
	}
	lines := bytes.Split(bytes.TrimSpace(log), []byte("\n"))
	return string(lines[len(lines)-1])
}

// Redis returns the options to connect with.
func (s *Server) Redis() *redis.Options {
	if s.opts.Socket != "" {
		return &redis.Options{Network: "unix", Addr: s.opts.Socket}
	}
	return &redis.Options{Addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.opts.Port))}
}

// URL is the address for GUESTFLOW_REDIS_URL.
func (s *Server) URL() string {
	if s.opts.Socket != "" {
		return "unix://" + s.opts.Socket
	}
	return "redis://" + s.Redis().Addr + "/0"
}

// Dir is the folder of the child's data.
func (s *Server) Dir() string { return s.opts.Dir }

// Pid is the child's process id.
func (s *Server) Pid() int { return s.cmd.Process.Pid }

// Done is closed when the child has ended, for whatever reason.
func (s *Server) Done() <-chan struct{} { return s.done }

// Stop ends the child gracefully (it writes its data) and waits for it, 10 s at most.
func (s *Server) Stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.done:
	case <-time.After(10 * time.Second):
		s.Kill()
	}
}

// Kill ends the child at once, as a crash would, and waits for it.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill()
	<-s.done
}

// Restart starts the server again on the same data and the same address, after Stop or Kill.
func (s *Server) Restart(ctx context.Context) (*Server, error) { return Start(ctx, s.opts) }

// Ports outside of the ranges that Linux (32768 on) and macOS (49152 on) use for outgoing connections: one of those
// could otherwise take the port of a server that is about to start or restart. The nodes of a Cluster listen on the port
// 10,000 above as well, where no server has its own.
const firstPort, lastPort = 10_000, 20_000

// FreePort returns a TCP port on 127.0.0.1 that is free at this moment.
func FreePort() (port int, err error) {
	for range 100 { // a machine where so many in a row are taken has no room for a server
		port = firstPort + rand.IntN(lastPort-firstPort)                                     // it is not a secret
		l, listenErr := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))) // closed in the next line
		if listenErr == nil {
			return port, l.Close()
		}
		err = listenErr
	}
	return 0, err
}
