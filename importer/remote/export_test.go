package remote

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Trusting gives options for a test's own web server.
func (o Options) Trusting(t *http.Transport) Options {
	o.transport = t
	return o
}

// ID is a source's name in Redis.
func (s *Source) ID() string { return s.id() }

// ClaimFor sets the time to live of claims.
func (l *FetchLog) ClaimFor(ttl time.Duration) { l.ttl = ttl }

// OpenExchanged opens the one file of a folder after something was done to it since it was listed.
func OpenExchanged(ctx context.Context, dir string, meanwhile func() error) error {
	l := folderConn(dir)
	objects, err := l.list(ctx, "")
	if err != nil || len(objects) != 1 {
		return fmt.Errorf("%d files: %w", len(objects), err)
	}
	if err := meanwhile(); err != nil {
		return nil // which the caller takes for a failure
	}
	f, err := l.open(ctx, objects[0])
	if err == nil {
		_ = f.Close()
	}
	return err
}
