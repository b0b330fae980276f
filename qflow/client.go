// Package qflow calls Qflow's API: check-in (guests) and comms (emails). Every call is one HTTP request and ends in one
// Outcome; no other package looks at a status code. The client never repeats a request by itself, because only
// its caller knows what a repeat would do: to POST /guest nothing, to /comms/send a second email.
//
// Hosts, prefixes and the key header's name are configuration, since Qflow's own documents disagree about them
// (docs/qflow-api.md section 1). The source of the facts is named beside each call.
package qflow

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"guestflow/qflow/http1"
	"guestflow/tokencache/secret"
)

const (
	// DefaultURL and the three below are version A of docs/qflow-api.md section 1.
	DefaultURL           = "https://api.qflowhub.io"
	DefaultCheckinPrefix = "/checkin/v1/api"
	DefaultCommsPrefix   = "/comms/v1/api/comms"
	DefaultKeyHeader     = "Ocp-Apim-Subscription-Key"

	// What is behind the prefixes, of the calls that are made for each guest.
	guestPath, sendPath = "/guest", "/send"

	// DefaultTimeout bounds one call. Qflow states no time; the edge in front of it gives up after 100 s, and a call that
	// took 30 s has held a worker long enough.
	DefaultTimeout = 30 * time.Second

	// maxBody limits what is read of an answer. The longest is a bulk answer: 200 records of a few KB.
	maxBody = 4 << 20

	// maxHeader limits the header of an answer; those of gateways have a few KB.
	maxHeader = 1 << 20

	// idleConnTimeout is shorter than the keep-alive of common gateways (60 s and more), so that this side
	// closes. A connection closed by the other side at the moment of a write would make a /comms/send ambiguous.
	idleConnTimeout = 30 * time.Second
)

// TokenSource returns access tokens. A generation names the token pair that a call used, so that fifty calls refused
// with one old token cause one renewal.
type TokenSource interface {
	Token(ctx context.Context) (access secret.Text, generation uint64, err error)
	Refused(ctx context.Context, generation uint64) error
	// Accepted reports that a call with this generation succeeded. It must not block.
	Accepted(generation uint64)
}

// Config holds Qflow's address and the account's key.
type Config struct {
	URL             string // scheme and host, perhaps a path; default DefaultURL
	CheckinPrefix   string // default DefaultCheckinPrefix
	CommsPrefix     string // default DefaultCommsPrefix
	KeyHeader       string // default DefaultKeyHeader
	SubscriptionKey secret.Text
	Timeout         time.Duration // of one call; default DefaultTimeout
	Connections     int           // kept open for reuse; default 64
	Observer        Observer      `json:"-"` // called for every call; may be nil
}

// Client calls Qflow for one account. It is safe for concurrent use.
type Client struct {
	checkin, comms string
	key            secret.Text
	keyHeader      string
	tokens         TokenSource
	http           *http.Client      // with the time limit of a call
	direct         *http1.Client     // makes the calls of directPaths; nil: http does
	directPaths    map[string]string // by their addresses
	observer       Observer
	listsWritten   atomic.Bool // a bulk answer has listed the guests that it had written
}

// New checks the configuration and returns a client. It makes no call.
func New(cfg Config, tokens TokenSource) (*Client, error) {
	base, err := rootOf(cmp.Or(cfg.URL, DefaultURL))
	if err != nil {
		return nil, err
	}
	root := strings.TrimRight(base.String(), "/")
	keyHeader := cmp.Or(cfg.KeyHeader, DefaultKeyHeader)
	if !headerName.MatchString(keyHeader) {
		return nil, fmt.Errorf("the key header %q is not a header's name such as %s", keyHeader, DefaultKeyHeader)
	}
	connections, timeout := cmp.Or(cfg.Connections, 64), cmp.Or(cfg.Timeout, DefaultTimeout)
	others := transport(connections)
	c := &Client{
		checkin:   root + prefix(cmp.Or(cfg.CheckinPrefix, DefaultCheckinPrefix)),
		comms:     root + prefix(cmp.Or(cfg.CommsPrefix, DefaultCommsPrefix)),
		key:       cfg.SubscriptionKey,
		keyHeader: http.CanonicalHeaderKey(keyHeader),
		tokens:    tokens,
		observer:  cfg.Observer,
		http: &http.Client{
			Timeout:   timeout,
			Transport: others,
			// A followed redirect would send a POST again, with both secrets, to wherever it points.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		direct: http1.New(base, others, http1.Limits{
			Time: timeout, Header: maxHeader, Body: maxBody, Connections: connections, Idle: idleConnTimeout,
		}),
	}
	c.findDirect(c.checkin+guestPath, c.comms+sendPath)
	return c, nil
}

// findDirect has calls of addresses go by http1, where that is possible: those that are made for each guest.
func (c *Client) findDirect(addresses ...string) {
	c.directPaths = map[string]string{}
	for _, address := range addresses {
		if u, err := url.Parse(address); c.direct != nil && err == nil {
			c.directPaths[address] = u.RequestURI()
		}
	}
}

// headerName is a token (RFC 9110 section 5.6.2); net/http would refuse any other name at every call.
var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// rootOf refuses an address that would send both secrets to a wrong place. The error does not show it: it may contain a
// password.
func rootOf(address string) (*url.URL, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http") {
		return nil, fmt.Errorf("the API address is not a URL such as %s", DefaultURL)
	}
	if base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, fmt.Errorf("the API address at %s must be scheme, host and path only, such as %s", base.Host, DefaultURL)
	}
	return base, nil
}

// prefix returns a path with one slash before it and none after: appended as it is, "checkin" would become part of the
// host. "/" means none.
func prefix(path string) string {
	if path = strings.Trim(path, "/"); path == "" {
		return ""
	}
	return "/" + path
}

func transport(connections int) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConns, t.MaxIdleConnsPerHost = connections, connections
	t.IdleConnTimeout, t.MaxResponseHeaderBytes = idleConnTimeout, maxHeader
	return t
}

// Close closes the idle connections.
func (c *Client) Close() {
	c.http.CloseIdleConnections()
	if c.direct != nil {
		c.direct.Close()
	}
}

// reply is the response to one request.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// Prepare obtains an access token, so that the next call does not wait for one. It returns the outcome that the call
// would have without a token, or the zero value.
func (c *Client) Prepare(ctx context.Context) Outcome {
	if _, _, err := c.tokens.Token(ctx); err != nil {
		return noToken(err)
	}
	return Outcome{}
}

func noToken(err error) Outcome {
	return Outcome{Kind: NoToken, Cause: fmt.Errorf("get an access token: %w", err)}
}

func (c *Client) get(ctx context.Context, url string) (reply, Outcome) {
	return c.call(ctx, http.MethodGet, url, nil)
}

func (c *Client) post(ctx context.Context, url string, body any) (reply, Outcome) {
	raw, err := json.Marshal(body)
	if err != nil {
		return reply{}, Outcome{Kind: Refused, Code: "not_json", Cause: err}
	}
	return c.call(ctx, http.MethodPost, url, raw)
}

// call makes one request with both headers and turns the result into an Outcome.
func (c *Client) call(ctx context.Context, method, url string, body []byte) (reply, Outcome) {
	access, generation, err := c.tokens.Token(ctx)
	if err != nil {
		return reply{}, noToken(err)
	}
	r, sent, err := c.roundTrip(ctx, method, url, body, access)
	if err != nil {
		return reply{}, failed(sent, err)
	}
	r.body = hide(r.body, access, c.key)
	out := classify(r)
	if r.status/100 == 2 {
		c.tokens.Accepted(generation)
	}
	if out.Kind == Unauthorized {
		if err := c.tokens.Refused(ctx, generation); err != nil {
			return r, Outcome{Kind: NoToken, Status: r.status, Cause: fmt.Errorf("renew the refused token: %w", err)}
		}
	}
	return r, out
}

// hide removes the account's secrets from an answer: a proxy that echoes the request's headers must not get them into a
// ledger.
func hide(body []byte, secrets ...secret.Text) []byte {
	for _, s := range secrets {
		if s.Set() && bytes.Contains(body, []byte(s.Reveal())) {
			body = bytes.ReplaceAll(body, []byte(s.Reveal()), []byte(secret.Hidden))
		}
	}
	return body
}

// roundTrip also reports whether any byte of the request may have been sent: the difference between Transient and
// Ambiguous. Once there is a connection it may have been: hooks for written bytes run too late when the call is
// cancelled while another goroutine writes.
func (c *Client) roundTrip(ctx context.Context, method, url string, body []byte, access secret.Text) (reply, bool,
	error) {
	if path, ok := c.directPaths[url]; ok && method == http.MethodPost && len(body) <= http1.MaxPost {
		a, sent, err := c.direct.Post(ctx, path, c.fields(access), body)
		return reply{status: a.Status, header: a.Header, body: bytes.TrimPrefix(a.Body, byteOrderMark)}, sent, err
	}
	return c.roundTripByTransport(ctx, method, url, body, access)
}

// roundTripByTransport asks the transport itself. http.Client would only add what is not wanted here, redirects and
// cookies.
func (c *Client) roundTripByTransport(
	ctx context.Context, method, url string, body []byte, access secret.Text,
) (reply, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, c.http.Timeout)
	defer cancel()
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
	})
	req, err := c.request(ctx, method, url, body, access)
	if err != nil {
		return reply{}, false, err
	}
	resp, err := c.http.Transport.RoundTrip(req)
	if err != nil {
		return reply{}, sent.Load(), err
	}
	defer resp.Body.Close()
	raw, err := readBody(resp)
	if err != nil {
		return reply{}, true, fmt.Errorf("read the answer: %w", err)
	}
	if len(raw) > maxBody { // the part that is missing may hold refusals
		return reply{}, true, fmt.Errorf("read the answer: longer than %d bytes", maxBody)
	}
	return reply{status: resp.StatusCode, header: resp.Header, body: bytes.TrimPrefix(raw, byteOrderMark)}, true, nil
}

// request has what every call to Qflow has.
func (c *Client) request(
	ctx context.Context, method, url string, body []byte, access secret.Text,
) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("build the request: %w", err)
	}
	for _, f := range c.fields(access) {
		req.Header[f.Name] = []string{f.Value}
	}
	return req, nil
}

// fields are the header's.
func (c *Client) fields(access secret.Text) []http1.Field {
	return []http1.Field{
		{Name: "Authorization", Value: "Bearer " + access.Reveal()}, {Name: c.keyHeader, Value: c.key.Reveal()},
		{Name: "Content-Type", Value: "application/json"}, {Name: "Accept", Value: "application/json"},
		{Name: "User-Agent", Value: "guestflow"},
	}
}

// readBody reads an answer, and a byte more than it may have.
func readBody(resp *http.Response) ([]byte, error) {
	var b bytes.Buffer
	if resp.ContentLength > 0 && resp.ContentLength <= maxBody {
		b.Grow(int(resp.ContentLength) + bytes.MinRead)
	}
	_, err := b.ReadFrom(io.LimitReader(resp.Body, maxBody+1))
	return b.Bytes(), err
}

// byteOrderMark is put before JSON by some .NET services, and rejected by encoding/json.
var byteOrderMark = []byte("\xef\xbb\xbf")
