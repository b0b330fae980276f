// Package http1 posts small bodies to one server by HTTP/1.1, for half of the processor time that net/http takes: the
// caller's own goroutine writes to its connection and reads from it, where net/http has two more for each connection,
// and wakes them for every call. Answers are read by net/http's code; what is of this package is the request's header,
// which connection it takes, and what becomes of that.
//
// No request is ever sent a second time: what fails once it has a connection is an error of that request. Whatever is
// no small POST to a server that is called directly by http (https, HTTP/2, proxies, lists) is for net/http.
package http1

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"time"

	"golang.org/x/net/http/httpguts"
)

// MaxPost is the longest body that is posted. With its header it fits into the buffer of a socket, so that a server
// that answers before it has read all of it holds nothing up.
const MaxPost = 16 << 10

// Client posts to one server. It is safe for concurrent use.
type Client struct {
	host    string // as in the server's address
	server  string // host and port
	dial    func(ctx context.Context, network, server string) (net.Conn, error)
	limits  Limits
	waiting pool
}

// Limits bound what a client does.
type Limits struct {
	Time        time.Duration // of a call, with connecting and reading the answer
	Header      int64         // bytes of an answer's header, with those that only announce it
	Body        int64         // and of its body
	Connections int           // that are kept open
	Idle        time.Duration // for which one is
}

// Answer is a server's answer to a post.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Field is a field of a request's header.
type Field struct{ Name, Value string }

// New returns a client that calls the server of an address as a transport of net/http would; nil if that would not call
// it directly by http, or if the system cannot say whether a connection is still open.
func New(address *url.URL, as *http.Transport, limits Limits) *Client {
	if !canAsk || address.Scheme != "http" || !plainHost.MatchString(address.Host) || isProxied(address, as) {
		return nil
	}
	server := address.Host
	if address.Port() == "" {
		server = net.JoinHostPort(address.Hostname(), "80")
	}
	return &Client{host: address.Host, server: server, dial: as.DialContext, limits: limits,
		waiting: pool{most: limits.Connections, lasts: limits.Idle}}
}

// plainHost is a host that stands in a request as it stands in its address: no name in another alphabet, and no zone.
var plainHost = regexp.MustCompile(`^[0-9A-Za-z._-]+(:[0-9]+)?$|^\[[0-9A-Fa-f:.]+\](:[0-9]+)?$`)

// isProxied reports whether calls of an address go to a proxy, or fail since it cannot be found out which.
func isProxied(address *url.URL, as *http.Transport) bool {
	if as.Proxy == nil {
		return false
	}
	proxy, err := as.Proxy(&http.Request{URL: address})
	return proxy != nil || err != nil
}

// Post sends a body to a path of the server, and reads the answer. sent reports whether a byte of it may have been
// sent.
func (c *Client) Post(ctx context.Context, path string, header []Field, body []byte) (a Answer, sent bool, err error) {
	if err := check(header, body); err != nil {
		return a, false, err
	}
	deadline := time.Now().Add(c.limits.Time)
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	conn, err := c.connect(ctx, deadline)
	if err != nil {
		return a, false, reasonOf(ctx, err)
	}
	stop := conn.begin(ctx, deadline)
	a, reusable, err := conn.post(c, path, header, body)
	if isOpen := stop() && err == nil && reusable; !isOpen || !c.waiting.put(conn) {
		_ = conn.Close()
	}
	return a, true, reasonOf(ctx, err)
}

// check refuses what net/http would.
func check(header []Field, body []byte) error {
	for _, f := range header {
		if !httpguts.ValidHeaderFieldName(f.Name) || !httpguts.ValidHeaderFieldValue(f.Value) {
			return fmt.Errorf("the header's field %q has a character that none may have", f.Name) // its value may be a secret
		}
	}
	if len(body) > MaxPost {
		return fmt.Errorf("a body of %d bytes, at most %d", len(body), MaxPost)
	}
	return nil
}

// connect returns a connection that no other call has.
func (c *Client) connect(ctx context.Context, deadline time.Time) (*conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if waiting := c.waiting.take(); waiting != nil {
		return waiting, nil
	}
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	dialled, err := c.dial(ctx, "tcp", c.server)
	if err != nil {
		return nil, reasonOf(ctx, err)
	}
	return newConn(dialled), nil
}

// Close closes the connections that no call has.
func (c *Client) Close() { c.waiting.closeIdle(0) }

// reasonOf returns why a call has failed: the end of its context comes as an error of its connection.
func reasonOf(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return context.DeadlineExceeded
	}
	return err
}
