package console

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
)

// shutdownTimeout is how long open requests may take when the process stops.
const shutdownTimeout = 2 * time.Second

// maxConnections bounds the open connections, at more than users have browser tabs. A further one replaces an idle one
// or, if all are busy, waits; so the process keeps the files and memory that it needs for its work.
const maxConnections = 1024

// TLS are the files of a certificate; without them the scheme is http.
type TLS struct{ Cert, Key string }

// URL is the URL of a listener.
func (t TLS) URL(l net.Listener) string {
	scheme := "http"
	if t.Cert != "" {
		scheme = "https"
	}
	return scheme + "://" + l.Addr().String() + "/"
}

// Listen opens a listener for Serve.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for the console: %w", err)
	}
	return netutil.LimitListener(listener, maxConnections), nil
}

// Serve serves until ctx ends.
func (s *Site) Serve(ctx context.Context, listener net.Listener, server *http.Server, tls TLS) error {
	s.log.Info("console", "url", tls.URL(listener))
	if err := Serve(ctx, listener, server, tls); err != nil {
		return fmt.Errorf("serve the console: %w", err)
	}
	return nil
}

// Serve serves on a listener of Listen until ctx ends.
func Serve(ctx context.Context, listener net.Listener, server *http.Server, tls TLS) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	newIdleConns(maxConnections).attach(server)
	// Streams last as long as their page is open: they end with the process, and are not waited for.
	server.BaseContext = func(net.Listener) context.Context { return ctx }
	go func() {
		<-ctx.Done()
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		_ = server.Shutdown(closing)
	}()
	serve := server.Serve
	if tls.Cert != "" {
		serve = func(l net.Listener) error { return server.ServeTLS(l, tls.Cert, tls.Key) }
	}
	if err := serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
