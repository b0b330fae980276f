package remote

import "net/http"

// Trusting gives options for a test's own web server.
func (o Options) Trusting(t *http.Transport) Options {
	o.transport = t
	return o
}

// ID is a source's name in Redis.
func (s *Source) ID() string { return s.id() }
