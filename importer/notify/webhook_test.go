package notify_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/notify"
	"guestflow/tokencache/secret"
)

const signWith = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// receiver is an HTTP server that writes down what it is sent.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
	heads  []http.Header
	answer func(http.ResponseWriter)
}

func newReceiver(t *testing.T, on net.Listener) *receiver {
	r := &receiver{}
	r.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.bodies = append(r.bodies, string(body))
		r.heads = append(r.heads, req.Header)
		if r.answer != nil {
			r.answer(w)
		}
	}))
	if on != nil {
		_ = r.Listener.Close()
		r.Listener = on
	}
	r.Start()
	t.Cleanup(r.Close)
	return r
}

func hook(t *testing.T, address, sign string) notify.Channel {
	t.Helper()
	c, err := notify.Webhook("webhook", secret.Text(address), secret.Text(sign))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(http.DefaultTransport.(*http.Transport).CloseIdleConnections)
	return c
}

func TestAWebhookIsJSONSignedAsStandardWebhooksSays(t *testing.T) {
	r := newReceiver(t, nil)
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	e := notify.Event{ID: "event-1", Kind: notify.GateClosed, Account: "main", At: at, Title: "closed", Text: "do this",
		Fields: map[string]any{"parked": 3}}
	for _, sign := range []string{signWith, "a secret of more than 16 bytes"} {
		if err := hook(t, r.URL+"/path", sign).Send(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		verifier, err := standardwebhooks.NewWebhook(sign)
		if !strings.HasPrefix(sign, "whsec_") {
			verifier, err = standardwebhooks.NewWebhookRaw([]byte(sign))
		}
		if err != nil {
			t.Fatal(err)
		}
		n := len(r.bodies) - 1
		if err := verifier.Verify([]byte(r.bodies[n]), r.heads[n]); err != nil {
			t.Error(err)
		}
		if err := verifier.Verify([]byte(r.bodies[n]+" "), r.heads[n]); err == nil {
			t.Error("another body has the same signature")
		}
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(r.bodies[0]), &got); err != nil {
		t.Fatal(err)
	}
	if got["id"] != "event-1" || got["kind"] != "gate.closed" || got["at"] != "2026-03-01T09:00:00Z" ||
		got["text"] != "do this" {
		t.Errorf("the body is %s", r.bodies[0])
	}
	if r.heads[0].Get("webhook-id") != "event-1" || r.heads[0].Get("Content-Type") != "application/json" {
		t.Errorf("the headers are %v", r.heads[0])
	}
}

func TestARedirectIsNotFollowedAndAnswersAreErrors(t *testing.T) {
	elsewhere := newReceiver(t, nil)
	for status, ok := range map[int]bool{200: true, 204: true, 301: false, 307: false, 308: false, 400: false, 404: false,
		410: false, 429: false, 500: false} {
		r := newReceiver(t, nil)
		r.answer = func(w http.ResponseWriter) {
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(status)
		}
		if err := hook(t, r.URL, "").Send(t.Context(), notify.Event{ID: "event-1"}); (err == nil) != ok {
			t.Errorf("after %d: %v", status, err)
		}
	}
	if len(elsewhere.bodies) != 0 {
		t.Error("a redirect was followed")
	}
}

func TestAWebhookThatHangsEndsWithItsContext(t *testing.T) {
	release := make(chan struct{})
	came := make(chan struct{})
	r := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(came); <-release }))
	defer r.Close()
	defer close(release)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-came; cancel() }()
	if err := hook(t, r.URL, "").Send(ctx, notify.Event{ID: "event-1"}); err == nil {
		t.Error("no error")
	}
}

func TestNoErrorShowsAWebhooksAddressOrSecret(t *testing.T) {
	for _, address := range []string{"https://hooks.example.com:99999/T0/s3cr3t", "ftp://example.com/s3cr3t", "s3cr3t",
		"http://127.0.0.1:1/s3cr3t?t=s3cr3t", "http://u:s3cr3t@127.0.0.1:1/"} {
		c, err := notify.Webhook("webhook", secret.Text(address), signWith)
		if err == nil {
			err = c.Send(t.Context(), notify.Event{ID: "event-1"})
		}
		if err == nil || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("the error is %v", err)
		}
	}
	for _, sign := range []secret.Text{"short", "whsec_not base64!", "whsec_c2hvcnQ="} {
		if _, err := notify.Webhook("webhook", "https://example.com", sign); err == nil ||
			strings.Contains(err.Error(), sign.Reveal()) {
			t.Errorf("of the secret %s: %v", sign.Reveal(), err)
		}
	}
}

func TestAReceiverThatIsDownForAWhileGetsTheEventOnceItIsBack(t *testing.T) {
	f := newFleet(t, redistest.Client(t))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	n := notify.New(f.redis, f.ledger, f.closed, []notify.Channel{hook(t, "http://"+address, signWith)},
		slog.New(slog.NewTextHandler(locked{f}, nil)))
	n.RetryAfter(0, 0, time.Hour)
	if err := n.Publish(t.Context(), notify.Event{ID: "event-1"}); err != nil {
		t.Fatal(err)
	}
	f.poll(n) // three tries, the next one in an hour
	if s := f.log.String(); strings.Count(s, "\n") != 1 || !strings.Contains(s, "is retried") ||
		!strings.Contains(s, "connection refused") {
		t.Errorf("the log is\n%s", s)
	}
	if listener, err = net.Listen("tcp", address); err != nil {
		t.Fatal(err)
	}
	r := newReceiver(t, listener)
	f.poll(n)
	if len(r.bodies) != 0 {
		t.Fatal("it was not an hour")
	}
	due := f.ledger.Prefix() + "notify:due:webhook"
	f.redis.ZIncrBy(t.Context(), due, -3_600_000, "event-1") // an hour goes by
	f.poll(n)
	f.poll(n)
	if len(r.bodies) != 1 || r.heads[0].Get("webhook-id") != "event-1" {
		t.Errorf("it got %q", r.bodies)
	}
}
