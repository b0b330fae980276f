package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"guestflow/qflow/webhook"
	"guestflow/tokencache/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is a handler with everything around it written down.
type desk struct {
	*httptest.Server
	mu      sync.Mutex
	taken   []webhook.Delivery
	refused map[webhook.Refusal]int
	asked   int          // for secrets
	arrived atomic.Int64 // requests
	log     bytes.Buffer
	takes   func() error
	known   func(fresh bool) ([]secret.Text, error)
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{refused: map[webhook.Refusal]int{}, takes: func() error { return nil }}
	d.known = func(bool) ([]secret.Text, error) { return secrets, nil }
	handler := webhook.NewHandler(webhook.Config{
		Secrets: func(_ context.Context, fresh bool) ([]secret.Text, error) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.asked++
			return d.known(fresh)
		},
		Record: func(_ context.Context, got webhook.Delivery) error {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.taken = append(d.taken, got)
			return d.takes()
		},
		Refused: func(why webhook.Refusal) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.refused[why]++
		},
		Log: slog.New(slog.NewTextHandler(&d.log, nil)), Now: func() time.Time { return noon },
	})
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if from := r.Header.Get("From"); from != "" { // so that a test can come from anywhere
			r.RemoteAddr = from
		}
		d.arrived.Add(1)
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(d.Close)
	return d
}

func (d *desk) send(t *testing.T, method, header string, body io.Reader) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, d.URL, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set(webhook.SignatureHeader, header)
	r.Header.Set(webhook.IDHeader, "d-1")
	answer, err := d.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

func (d *desk) refusedFor(why webhook.Refusal) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.refused[why]
}

func TestASignedDeliveryIsTakenAsItCame(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if status := d.send(t, http.MethodPost, sign([]byte(current), noon, body),
		bytes.NewReader(body)); status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	got := d.taken[0]
	if got.ID != "d-1" || !bytes.Equal(got.Body, body) || got.Event.Kind != webhook.Delivered || !got.Readable {
		t.Fatalf("taken: %+v", got)
	}
}

func TestEachRefusalHasItsAnswerAndItsCount(t *testing.T) {
	t.Parallel()
	good := sign([]byte(current), noon, body)
	large := bytes.Repeat([]byte(" "), 64<<10+1)
	unsized := func(b []byte) io.Reader { return io.MultiReader(bytes.NewReader(b)) } // no Content-Length
	for name, c := range map[string]struct {
		method, header string
		body           io.Reader
		prepare        func(*desk)
		status         int
		why            webhook.Refusal
		asked          int // for secrets
	}{
		"a GET":        {http.MethodGet, good, http.NoBody, nil, 405, webhook.RefusedMethod, 0},
		"no signature": {http.MethodPost, "", bytes.NewReader(body), nil, 401, webhook.RefusedMalformed, 0},
		"an old one": {http.MethodPost, sign([]byte(current), noon.Add(-time.Hour), body),
			bytes.NewReader(body), nil, 401, webhook.RefusedStale, 0},
		"a large body": {http.MethodPost, sign([]byte(current), noon, large), bytes.NewReader(large), nil, 413,
			webhook.RefusedTooLarge, 0},
		"a large body without size": {http.MethodPost, sign([]byte(current), noon, large), unsized(large), nil, 413,
			webhook.RefusedTooLarge, 0},
		"a forged one": {http.MethodPost, sign([]byte("guessed"), noon, body), bytes.NewReader(body), nil, 401,
			webhook.RefusedWrong, 2},
		"no webhook": {http.MethodPost, good, bytes.NewReader(body), func(d *desk) {
			d.known = func(bool) ([]secret.Text, error) { return nil, nil }
		}, 401, webhook.RefusedNoSecret, 2},
		"no secret to be had": {http.MethodPost, good, bytes.NewReader(body), func(d *desk) {
			d.known = func(bool) ([]secret.Text, error) { return nil, errors.New("redis is away") }
		}, 503, webhook.RefusedNotRecorded, 1},
		"not written down": {http.MethodPost, good, bytes.NewReader(body), func(d *desk) {
			d.takes = func() error { return errors.New("redis is away") }
		}, 503, webhook.RefusedNotRecorded, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			if c.prepare != nil {
				c.prepare(d)
			}
			if status := d.send(t, c.method, c.header, c.body); status != c.status {
				t.Errorf("status %d, want %d", status, c.status)
			}
			if d.refused[c.why] != 1 || len(d.refused) != 1 || d.asked != c.asked {
				t.Errorf("refused %v, want one %s; asked %d times for secrets, want %d", d.refused, c.why, d.asked, c.asked)
			}
			if c.why != webhook.RefusedNotRecorded && len(d.taken) > 0 {
				t.Errorf("taken: %+v", d.taken)
			}
		})
	}
}

func TestARotationByAnotherProcessIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.known = func(fresh bool) ([]secret.Text, error) {
		if fresh {
			return []secret.Text{current}, nil
		}
		return []secret.Text{previous}, nil
	}
	if status := d.send(t, http.MethodPost, sign([]byte(current), noon, body),
		bytes.NewReader(body)); status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
}

func TestWhatIsSignedButUnreadableIsNotAskedForAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	text := []byte("not json")
	if status := d.send(t, http.MethodPost, sign([]byte(current), noon, text),
		bytes.NewReader(text)); status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	if d.taken[0].Readable {
		t.Fatal("it counts as read")
	}
}

func TestAFloodOfForgeriesWritesOneLine(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for range 300 {
		d.send(t, http.MethodPost, sign([]byte("guessed"), noon, body), bytes.NewReader(body))
	}
	d.Close() // whatever it writes is written
	if lines := strings.Count(d.log.String(), "\n"); lines != 1 || d.refused[webhook.RefusedWrong] != 300 {
		t.Fatalf("%d lines, refused %v", lines, d.refused)
	}
	if strings.Contains(d.log.String(), "i-1") || strings.Contains(d.log.String(), current) {
		t.Fatalf("the log shows what came: %s", d.log.String())
	}
}

// slow is a body that stops in the middle until the test ends.
type slow struct {
	begun chan<- struct{}
	end   <-chan struct{}
	once  sync.Once
}

func (s *slow) Read(p []byte) (int, error) {
	first := false
	s.once.Do(func() { first = true })
	if first {
		return copy(p, "{"), nil
	}
	s.begun <- struct{}{}
	<-s.end
	return 0, io.ErrUnexpectedEOF
}

// hold sends so many requests whose bodies stop in the middle from one address, and comes back when they have begun.
func (d *desk) hold(t *testing.T, requests int, from string) (release func()) {
	t.Helper()
	begun, end := make(chan struct{}, requests), make(chan struct{})
	var all sync.WaitGroup
	for range requests {
		all.Go(func() {
			r, _ := http.NewRequest(http.MethodPost, d.URL, &slow{begun: begun, end: end})
			r.Header.Set(webhook.SignatureHeader, sign([]byte(current), noon, body))
			r.Header.Set("From", from)
			if answer, err := d.Client().Do(r); err == nil {
				answer.Body.Close()
			}
		})
	}
	for range requests {
		<-begun
	}
	return func() { close(end); all.Wait() }
}

// deliver sends a delivery from an address.
func (d *desk) deliver(t *testing.T, from string) int {
	t.Helper()
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, d.URL, bytes.NewReader(body))
	r.Header.Set(webhook.SignatureHeader, sign([]byte(current), noon, body))
	r.Header.Set("From", from)
	answer, err := d.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

func TestSlowBodiesOfOthersKeepNoDeliveryOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for i, source := range []string{"198.51.100.1:1", "[2001:db8::1]:1"} {
		t.Cleanup(d.hold(t, 140, source))
		for d.arrived.Load() < int64(140*(i+1)) { // their first bytes were sent, and are on their way
			runtime.Gosched()
		}
	}
	for range 20 {
		if status := d.deliver(t, "192.0.2.1:1"); status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
	}
}

func TestASeatIsFreeWhenItsBodyEnds(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.hold(t, 8, "198.51.100.1:1")()
	for d.refusedFor(webhook.RefusedBroken) < 8 {
		runtime.Gosched()
	}
	if status := d.deliver(t, "198.51.100.1:1"); status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
}
