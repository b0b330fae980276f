package http1_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"guestflow/qflow/http1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var limits = http1.Limits{Time: 10 * time.Second, Header: 8 << 10, Body: 64 << 10, Connections: 4,
	Idle: 10 * time.Second}

// poster posts a body, as a client of this package does or as net/http does.
type poster func(ctx context.Context, body string) (http1.Answer, error)

// both runs a test with each, against a server of its own.
func both(t *testing.T, serve func(c net.Conn, n int), test func(t *testing.T, post poster, s *server)) {
	for name, client := range map[string]func(*testing.T, *url.URL) poster{"http1": direct, "net/http": standard} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := listen(t, serve)
			test(t, client(t, s.url), s)
		})
	}
}

var header = []http1.Field{{Name: "Authorization", Value: "Bearer x"},
	{Name: "Content-Type", Value: "application/json"}}

func direct(t *testing.T, address *url.URL) poster {
	c := http1.New(address, &http.Transport{DialContext: (&net.Dialer{}).DialContext}, limits)
	t.Cleanup(c.Close)
	return func(ctx context.Context, body string) (http1.Answer, error) {
		a, _, err := c.Post(ctx, "/guest?a=b%20c", header, []byte(body))
		return a, err
	}
}

func standard(t *testing.T, address *url.URL) poster {
	transport := &http.Transport{MaxIdleConnsPerHost: limits.Connections, IdleConnTimeout: limits.Idle,
		MaxResponseHeaderBytes: limits.Header, DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return func(ctx context.Context, body string) (http1.Answer, error) {
		ctx, cancel := context.WithTimeout(ctx, limits.Time)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, address.String()+"/guest?a=b%20c",
			strings.NewReader(body))
		if err != nil {
			return http1.Answer{}, err
		}
		for _, f := range header {
			req.Header.Set(f.Name, f.Value)
		}
		req.Header.Set("User-Agent", "")
		resp, err := transport.RoundTrip(req)
		if err != nil {
			return http1.Answer{}, err
		}
		defer resp.Body.Close()
		raw, err := io.ReadAll(io.LimitReader(resp.Body, limits.Body+1))
		if err == nil && int64(len(raw)) > limits.Body {
			err = errors.New("too long")
		}
		return http1.Answer{Status: resp.StatusCode, Header: resp.Header, Body: raw}, err
	}
}

// server hands each of its connections to a function, with its number from 1 on.
type server struct {
	url         *url.URL
	connections atomic.Int32
	requests    atomic.Int32 // that have arrived whole
	answered    chan struct{}
}

func listen(t *testing.T, serve func(c net.Conn, n int)) *server {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{url: &url.URL{Scheme: "http", Host: l.Addr().String()}, answered: make(chan struct{}, 2)}
	var open sync.WaitGroup
	open.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			n := int(s.connections.Add(1))
			open.Go(func() {
				defer c.Close()
				serve(&counted{Conn: c, in: bufio.NewReader(c), of: s}, n)
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		open.Wait()
	})
	return s
}

// counted counts the requests that are read from a connection.
type counted struct {
	net.Conn
	in *bufio.Reader
	of *server
}

// take reads a request, and returns its body; false at the end of the connection.
func take(c net.Conn) (string, bool) {
	from := c.(*counted)
	req, err := http.ReadRequest(from.in)
	if err != nil {
		return "", false
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return "", false
	}
	from.of.requests.Add(1)
	return string(body), true
}

// eof waits until the client has closed a connection.
func eof(c net.Conn) { _, _ = io.Copy(io.Discard, c.(*counted).in) }

// Every answer, good or bad, is what net/http makes of it.
func TestAnAnswerIsReadAsByNetHTTP(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", int(limits.Body))
	for name, answer := range map[string]string{
		"with a length":                      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: 1\r\n\r\n{}",
		"with a length of nothing":           "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
		"in chunks":                          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;ext=1\r\n}\r\n0\r\n\r\n",
		"in chunks with a trailer":           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n2\r\n{}\r\n0\r\nT: 1\r\n\r\n",
		"in chunks, cut":                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
		"in chunks of no number":             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
		"up to the end of the connection":    "HTTP/1.1 200 OK\r\n\r\n{}",
		"with the connection to be closed":   "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
		"of HTTP/1.0":                        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
		"of HTTP/1.0, kept alive":            "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}",
		"of HTTP/2.0":                        "HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
		"without content":                    "HTTP/1.1 204 No Content\r\n\r\n",
		"without content, but with a length": "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}",
		"not modified":                       "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n",
		"after 100":                          "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
		"after hints":                        "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
		"after too many hints": strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: <"+strings.Repeat("x", 1000)+
			">\r\n\r\n", 20) + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
		"only 100":                         "HTTP/1.1 100 Continue\r\n\r\n",
		"another protocol":                 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
		"a redirect":                       "HTTP/1.1 302 Found\r\nLocation: http://example.com/\r\nContent-Length: 0\r\n\r\n",
		"a refusal":                        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 2\r\n\r\n{}",
		"fewer requests, please":           "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\n{}",
		"an error":                         "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\n{}",
		"names in lower case":              "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nretry-after:9\r\n\r\n{}",
		"no reason":                        "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}",
		"lines that end alone":             "HTTP/1.1 200 OK\nContent-Length: 2\n\n{}",
		"a folded field":                   "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\n{}",
		"a field without a colon":          "HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 2\r\n\r\n{}",
		"a field with a blank in its name": "HTTP/1.1 200 OK\r\nX : a\r\nContent-Length: 2\r\n\r\n{}",
		"two lengths":                      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
		"the same length twice":            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
		"a length and chunks":              "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
		"a length below nothing":           "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}",
		"a length that is none":            "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n{}",
		"another coding":                   "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n{}",
		"less than its length":             "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}",
		"half a header":                    "HTTP/1.1 200 OK\r\nContent-Len",
		"half a status":                    "HTTP/1.1 20",
		"nothing":                          "",
		"nonsense":                         "nonsense\r\n\r\n",
		"a status of letters":              "HTTP/1.1 two OK\r\n\r\n",
		"a status of two digits":           "HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\n{}",
		"a page of another protocol":       "\x16\x03\x01\x02\x00\x01\x00",
		"a header that is too long": "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 64<<10) +
			"\r\nContent-Length: 2\r\n\r\n{}",
		"a header of too many fields": "HTTP/1.1 200 OK\r\n" + strings.Repeat("X: x\r\n", 10_000) +
			"Content-Length: 2\r\n\r\n{}",
		"as long as it may be": fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(long), long),
		"longer than it may be": fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%sx", len(long)+1,
			long),
		"of a length that none has":        "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n{}",
		"longer than it may be, in chunks": fmt.Sprintf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n1\r\nx\r\n0\r\n\r\n", len(long), long),
		"longer, to the connection's end":  "HTTP/1.1 200 OK\r\n\r\n" + long + "x",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			serve := func(c net.Conn, _ int) {
				take(c)
				_, _ = io.WriteString(c, answer)
			}
			got, gotErr := direct(t, listen(t, serve).url)(t.Context(), "{}")
			want, wantErr := standard(t, listen(t, serve).url)(t.Context(), "{}")
			if (gotErr == nil) != (wantErr == nil) {
				t.Fatalf("ended with %v; net/http with %v", gotErr, wantErr)
			}
			if wantErr != nil {
				return
			}
			if got.Status != want.Status || !bytes.Equal(got.Body, want.Body) {
				t.Errorf("%d %.80q; net/http has %d %.80q", got.Status, got.Body, want.Status, want.Body)
			}
			if !maps.EqualFunc(got.Header, want.Header, slices.Equal) {
				t.Errorf("the header %v; net/http has %v", got.Header, want.Header)
			}
		})
	}
}

func TestARequestArrivesAsNetHTTPsDoes(t *testing.T) {
	t.Parallel()
	var requests []string
	for _, client := range []func(*testing.T, *url.URL) poster{direct, standard} {
		s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			requests = append(requests,
				fmt.Sprint(r.Method, r.RequestURI, r.Proto, r.Header, r.ContentLength, r.TransferEncoding,
					r.Close, string(body)))
		}))
		address, _ := url.Parse(s.URL)
		if _, err := client(t, address)(t.Context(), `{"a":1}`); err != nil {
			t.Error(err)
		}
		s.Close()
	}
	if len(requests) != 2 || requests[0] != requests[1] {
		t.Errorf("%q", requests)
	}
}

const accepted = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

// answerAll answers each request with its own body.
func answerAll(c net.Conn, _ int) {
	for body, ok := take(c); ok; body, ok = take(c) {
		_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	}
}

func TestCallsThatFollowEachOtherUseOneConnection(t *testing.T) {
	t.Parallel()
	both(t, answerAll, func(t *testing.T, post poster, s *server) {
		for n := range 10 {
			if a, err := post(t.Context(), fmt.Sprint(n)); err != nil || string(a.Body) != fmt.Sprint(n) {
				t.Fatalf("%q, %v", a.Body, err)
			}
		}
		if n := s.connections.Load(); n != 1 {
			t.Errorf("%d connections", n)
		}
	})
}

func TestEachOfManyCallersGetsItsOwnAnswer(t *testing.T) {
	t.Parallel()
	both(t, answerAll, func(t *testing.T, post poster, s *server) {
		var all sync.WaitGroup
		for n := range 16 {
			all.Go(func() {
				for m := range 50 {
					body := fmt.Sprint(n, "-", m)
					if a, err := post(t.Context(), body); err != nil || string(a.Body) != body {
						t.Errorf("%q, %v", a.Body, err)
					}
				}
			})
		}
		all.Wait()
		if n := s.requests.Load(); n != 16*50 {
			t.Errorf("%d requests", n)
		}
	})
}

// A server that closes a connection after an answer, without saying so, costs no call.
func TestAConnectionThatItsServerHasClosedGetsNoRequest(t *testing.T) {
	t.Parallel()
	var closed sync.WaitGroup
	closed.Add(2)
	s := listen(t, func(c net.Conn, n int) {
		take(c)
		_, _ = io.WriteString(c, accepted)
		if n <= 2 {
			_ = c.Close()
			closed.Done()
		}
		eof(c)
	})
	post := direct(t, s.url)
	for n := range 3 {
		if _, err := post(t.Context(), "{}"); err != nil {
			t.Fatal(err)
		}
		if n == 1 {
			closed.Wait()
		}
	}
	if n := s.requests.Load(); n != 3 {
		t.Errorf("%d requests for 3 calls", n)
	}
}

// What a server sends beyond its answer must not become the answer of the next call.
func TestAnAnswerThatNothingWasAskedForIsNobodysElse(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]string{
		"with the answer": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong", "a byte": "\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			both(t, func(c net.Conn, n int) {
				for body, ok := take(c); ok; body, ok = take(c) {
					_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s%s", len(body), body, more)
				}
			}, func(t *testing.T, post poster, _ *server) {
				for n := range 5 {
					if a, err := post(t.Context(), fmt.Sprint(n)); err != nil || string(a.Body) != fmt.Sprint(n) {
						t.Fatalf("%q, %v", a.Body, err)
					}
				}
			})
		})
	}
}

// A request that a server has read, and not answered, may have been done: it is not sent again.
func TestNoRequestIsSentASecondTime(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{"no answer": "", "half an answer": "HTTP/1.1 200 OK\r\nContent-",
		"408": "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			both(t, func(c net.Conn, _ int) {
				take(c) // the first call's, after which the connection is one that was used before
				_, _ = io.WriteString(c, accepted)
				take(c)
				_, _ = io.WriteString(c, answer)
			}, func(t *testing.T, post poster, s *server) {
				if _, err := post(t.Context(), "{}"); err != nil {
					t.Fatal(err)
				}
				a, err := post(t.Context(), "{}")
				if err == nil && a.Status != http.StatusRequestTimeout {
					t.Error("a request without an answer is no error")
				}
				if n := s.requests.Load(); n != 2 {
					t.Errorf("%d requests for 2 calls", n)
				}
			})
		})
	}
}

func TestTheEndOfAContextEndsACall(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{"no answer": "", "half a header": "HTTP/1.1 200 OK\r\n",
		"half a body": accepted[:len(accepted)-1]} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for kind, want := range map[string]error{"cancelled": context.Canceled, "deadline": context.DeadlineExceeded} {
				t.Run(kind, func(t *testing.T) {
					t.Parallel()
					both(t, func(c net.Conn, _ int) {
						take(c)
						_, _ = io.WriteString(c, answer)
						c.(*counted).of.answered <- struct{}{}
						eof(c)
					}, func(t *testing.T, post poster, s *server) {
						ctx, cancel := context.WithCancel(t.Context())
						defer cancel()
						if kind == "deadline" {
							ctx, cancel = context.WithTimeout(ctx, 50*time.Millisecond)
							defer cancel()
						} else {
							go func() { <-s.answered; cancel() }()
						}
						if _, err := post(ctx, "{}"); !errors.Is(err, want) {
							t.Errorf("%v", err)
						}
					})
				})
			}
		})
	}
}

func TestACallLastsNoLongerThanItMay(t *testing.T) {
	t.Parallel()
	s := listen(t, func(c net.Conn, _ int) { take(c); eof(c) })
	conn, err := net.Dial("tcp", s.url.Host) // so that no busy machine takes the time for it
	if err != nil {
		t.Fatal(err)
	}
	short := limits
	short.Time = time.Second
	c := http1.New(s.url, &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) { return conn, nil }}, short)
	if _, sent, err := c.Post(t.Context(), "/", nil, []byte("{}")); !errors.Is(err, context.DeadlineExceeded) || !sent {
		t.Errorf("sent %v, %v", sent, err)
	}
}

// What certainly was not sent says so: it may be called again.
func TestACallThatFoundNoConnectionWasNotSent(t *testing.T) {
	t.Parallel()
	gone := listen(t, answerAll)
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	refusing := &url.URL{Scheme: "http", Host: l.Addr().String()}
	_ = l.Close()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	hangs := func(ctx context.Context, _, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
	short := limits
	short.Time = 50 * time.Millisecond
	for name, c := range map[string]struct {
		ctx    context.Context
		client *http1.Client
		header []http1.Field
		body   string
	}{
		"the connection is refused": {t.Context(),
			http1.New(refusing, &http.Transport{DialContext: (&net.Dialer{}).DialContext}, limits), nil, "{}"},
		"connecting takes too long": {t.Context(), http1.New(gone.url, &http.Transport{DialContext: hangs}, short), nil,
			"{}"},
		"the context has ended": {cancelled, http1.New(gone.url, &http.Transport{DialContext: hangs}, limits), nil, "{}"},
		"a header of two lines": {t.Context(), http1.New(gone.url, &http.Transport{DialContext: hangs}, limits),
			[]http1.Field{{Name: "Authorization", Value: "a\r\nX: b"}}, "{}"},
		"a name with a colon": {t.Context(), http1.New(gone.url, &http.Transport{DialContext: hangs}, limits),
			[]http1.Field{{Name: "A:", Value: "a"}}, "{}"},
		"a long body": {t.Context(), http1.New(gone.url, &http.Transport{DialContext: hangs}, limits), nil,
			strings.Repeat("x", http1.MaxPost+1)},
	} {
		if _, sent, err := c.client.Post(c.ctx, "/", c.header, []byte(c.body)); err == nil || sent {
			t.Errorf("%s: sent %v, %v", name, sent, err)
		}
	}
	if n := gone.connections.Load(); n != 0 {
		t.Errorf("%d connections", n)
	}
}

func TestAConnectionThatWaitsTooLongIsClosed(t *testing.T) {
	t.Parallel()
	closed := make(chan struct{})
	s := listen(t, func(c net.Conn, _ int) { answerAll(c, 0); close(closed) })
	short := limits
	short.Idle = 20 * time.Millisecond
	c := http1.New(s.url, &http.Transport{DialContext: (&net.Dialer{}).DialContext}, short)
	if _, _, err := c.Post(t.Context(), "/", nil, []byte("{}")); err != nil {
		t.Fatal(err)
	}
	<-closed
}

func TestOnlyWhatIsCalledDirectlyByHTTPIsCalledHere(t *testing.T) {
	t.Parallel()
	proxied := func(*http.Request) (*url.URL, error) { return url.Parse("http://proxy:3128") }
	broken := func(*http.Request) (*url.URL, error) { return nil, errors.New("no URL") }
	notThere := func(*http.Request) (*url.URL, error) { return nil, nil }
	for _, c := range []struct {
		address string
		proxy   func(*http.Request) (*url.URL, error)
		want    bool
	}{
		{"http://qflow.example", nil, true},
		{"http://qflow.example:8080", notThere, true},
		{"http://[::1]:8080", nil, true},
		{"http://[::1]", nil, true},
		{"https://qflow.example", nil, false},
		{"http://qflow.example", proxied, false},
		{"http://qflow.example", broken, false},
		{"http://käse.example", nil, false},
		{"http://[fe80::1%25eth0]:80", nil, false},
	} {
		address, err := url.Parse(c.address)
		if err != nil {
			t.Fatal(err)
		}
		if got := http1.New(address, &http.Transport{Proxy: c.proxy}, limits) != nil; got != c.want {
			t.Errorf("%s: %v", c.address, got)
		}
	}
}
