package tokencache

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// sender makes exactly one request. golang.org/x/oauth2 is not used: with its default auth style it presents a refresh
// token a second time whenever the first answer is an error (internal/token.go), and it offers no place to claim
// before and commit after.
type sender struct {
	endpoint Endpoint
	creds    Credentials
	limit    time.Duration
	client   *http.Client
}

func newSender(cfg *Config) *sender {
	var http1 http.Protocols
	http1.SetHTTP1(true) // HTTP/2 may repeat a request by itself after a GOAWAY
	return &sender{
		endpoint: cfg.Endpoint, creds: cfg.Credentials, limit: cfg.Timing.Request,
		client: &http.Client{
			Transport: &http.Transport{
				Proxy:                  http.ProxyFromEnvironment,
				DialContext:            cfg.Dial,
				TLSClientConfig:        cfg.TLS,
				Protocols:              &http1,
				DisableKeepAlives:      true, // a reused connection that turns out dead makes net/http send again
				MaxResponseHeaderBytes: maxReply,
			},
			// A redirect followed would carry the token to another place, and with a 307 a second time.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// send asks for a token. mayLeave is called at the last moment before the first byte of the form leaves; its error
// stops the request. The error says what became of it: errors.Is with errUnreachable or errTooLate means that
// certainly nothing was sent, a *DeniedError or *BusyError that the server refused, anything else that it is unknown.
func (s *sender) send(ctx context.Context, a tokenRequest, mayLeave func() error) (answer, error) {
	// The caller's cancellation must not tear a request that may have spent a token.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.limit)
	defer cancel()
	once := &onceBody{mayLeave: mayLeave}
	req, err := s.request(ctx, a, once)
	if err != nil {
		return answer{}, err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return answer{}, once.explain(bare(err))
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	if err != nil {
		return answer{}, fmt.Errorf("%w: status %d, then: %w", errNoReply, resp.StatusCode, bare(err))
	}
	got, err := readReply(resp, body)
	if denied, is := errors.AsType[*DeniedError](err); is {
		denied.grant = a.grant
		denied.part = denied.refusedPart(s.creds)
		if denied.Code == "invalid_client" {
			denied.Hint = s.endpoint.hint(s.creds, a.grant)
		}
	}
	return got, err
}

// maxReply is far above any token answer (a JWT of many claims is 8 KB).
const maxReply = 64 << 10

func (s *sender) request(ctx context.Context, a tokenRequest, once *onceBody) (*http.Request, error) {
	form := s.endpoint.form(s.creds, a).Encode()
	once.r = strings.NewReader(form)
	// A body of a type that net/http does not know has no GetBody, so nothing below us is able to send it twice. For
	// the same reason there is no Idempotency-Key header: it would tell net/http that repeating is fine.
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.endpoint.TokenURL, once)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnreachable, bare(err))
	}
	req.ContentLength = int64(len(form))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	s.endpoint.authorize(req, s.creds, a.grant)
	return req, nil
}

// bare takes the URL out of an error.
func bare(err error) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		return ue.Err
	}
	return err
}

// onceBody is a body that can be read once, and records whether reading has begun.
type onceBody struct {
	r        *strings.Reader
	mayLeave func() error
	state    atomic.Int32
}

const (
	bodyWaiting int32 = iota
	bodyLeft
	bodyStopped
)

func (b *onceBody) Read(p []byte) (int, error) {
	if b.state.Load() == bodyWaiting {
		if err := b.mayLeave(); err != nil {
			b.state.CompareAndSwap(bodyWaiting, bodyStopped)
			return 0, err
		}
		b.state.CompareAndSwap(bodyWaiting, bodyLeft)
	}
	if b.state.Load() != bodyLeft {
		return 0, errUnreachable
	}
	return b.r.Read(p)
}

func (b *onceBody) Close() error { return nil }

// explain separates an error before the first byte from one after it. It closes the body first: Do may have returned
// while the goroutine that writes is just about to begin, and that one must not send what we report as unsent.
func (b *onceBody) explain(err error) error {
	if b.state.CompareAndSwap(bodyWaiting, bodyStopped) {
		return fmt.Errorf("%w: %w", errUnreachable, err)
	}
	if errors.Is(err, errTooLate) {
		return errTooLate
	}
	if b.state.Load() == bodyStopped {
		return fmt.Errorf("%w: %w", errUnreachable, err)
	}
	return fmt.Errorf("%w: %w", errNoReply, err)
}
