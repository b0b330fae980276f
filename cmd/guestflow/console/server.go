package console

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// closeIn is how long open requests may take when the process stops.
const closeIn = 2 * time.Second

// TLS are the files of a certificate; without them it is http.
type TLS struct{ Cert, Key string }

// Serve serves on an address until ctx ends.
func Serve(ctx context.Context, address string, server *http.Server, tls TLS, log *slog.Logger) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen for the console: %w", err)
	}
	// Streams last as long as somebody looks: they end with the process, and nobody waits for them.
	server.BaseContext = func(net.Listener) context.Context { return ctx }
	go func() {
		<-ctx.Done()
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeIn)
		defer cancel()
		_ = server.Shutdown(closing)
	}()
	serve, scheme := server.Serve, "http"
	if tls.Cert != "" {
		serve, scheme = func(l net.Listener) error { return server.ServeTLS(l, tls.Cert, tls.Key) }, "https"
	}
	log.Info("console", "url", scheme+"://"+listener.Addr().String()+"/")
	if err := serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the console: %w", err)
	}
	return nil
}
