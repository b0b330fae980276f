package qflow_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/tokencache/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	accessToken = "0123456789abcdef-access-token"
	key         = "fedcba9876543210-subscription-key"
	guestEmail  = "ada.o'hara+gala@guests.example"
)

// tokens is a TokenSource with one token that notes which generations were refused.
type tokens struct {
	mu       sync.Mutex
	access   secret.Text
	refused  []uint64
	accepted []uint64
	none     error // from Token
	norefuse error // from Refused
}

func (s *tokens) Token(context.Context) (secret.Text, uint64, error) { return s.access, 7, s.none }

func (s *tokens) Accepted(generation uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accepted = append(s.accepted, generation)
}

func (s *tokens) Refused(_ context.Context, generation uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused = append(s.refused, generation)
	return s.norefuse
}

// bundle is a client of a server that answers as a test wants and notes what arrived.
type bundle struct {
	*qflow.Client
	tokens *tokens

	mu          sync.Mutex
	requests    []*http.Request // their bodies are read
	bodies      []string
	connections int
}

func serve(t *testing.T, adjust func(*qflow.Config), answer http.HandlerFunc) *bundle {
	t.Helper()
	b := &bundle{tokens: &tokens{access: accessToken}}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		b.mu.Lock()
		b.requests, b.bodies = append(b.requests, r), append(b.bodies, string(body))
		b.mu.Unlock()
		answer(w, r)
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			b.mu.Lock()
			b.connections++
			b.mu.Unlock()
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	b.Client = client(t, server.URL, b.tokens, adjust)
	return b
}

func client(t *testing.T, base string, source qflow.TokenSource, adjust func(*qflow.Config)) *qflow.Client {
	t.Helper()
	cfg := qflow.Config{URL: base, SubscriptionKey: key}
	if adjust != nil {
		adjust(&cfg)
	}
	c, err := qflow.New(cfg, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// says answers every call the same.
func says(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func (b *bundle) arrived() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.requests)
}

func (b *bundle) wantArrived(t *testing.T, n int) {
	t.Helper()
	if got := b.arrived(); got != n {
		t.Fatalf("%d requests arrived, want %d", got, n)
	}
}

var ada = qflow.Guest{
	ID: "11111111-1111-4111-8111-111111111111", EventID: "ev", FirstName: "Ada", Email: guestEmail, TemplateID: "tpl",
}

// fine is a body that each of the calls takes for success.
var fine = `{"id":"` + ada.ID + `","attendeeInvitationId":"i1","templates":[]}`

// calls are the four calls of the client, each reduced to its outcome.
var calls = map[string]func(context.Context, *qflow.Client) qflow.Outcome{
	"guest": func(ctx context.Context, c *qflow.Client) qflow.Outcome { return c.CreateGuest(ctx, ada) },
	"bulk": func(ctx context.Context, c *qflow.Client) qflow.Outcome {
		_, out := c.UpsertGuests(ctx, "ev", []qflow.Guest{ada})
		return out
	},
	"send": func(ctx context.Context, c *qflow.Client) qflow.Outcome {
		return c.Send(ctx, qflow.SendRequest{AttendeeID: ada.ID, TemplateID: "tpl"})
	},
	"templates": func(ctx context.Context, c *qflow.Client) qflow.Outcome {
		_, out := c.Templates(ctx, "ev")
		return out
	},
}

// wantSafe fails when anything that an outcome can print holds a secret or the guest's address.
func wantSafe(t *testing.T, out qflow.Outcome) {
	t.Helper()
	code, text := out.Reason()
	printed := []string{out.Code, out.Text, code, text}
	for err := out.Err(); err != nil; err = errors.Unwrap(err) {
		printed = append(printed, err.Error())
	}
	for _, s := range printed {
		for _, hidden := range []string{accessToken, key, "ada.o", "hara+gala", "guests.example"} {
			if strings.Contains(s, hidden) {
				t.Fatalf("%q shows %q", s, hidden)
			}
		}
		if len([]rune(s)) > 300 {
			t.Fatalf("%d characters long: %q", len([]rune(s)), s)
		}
	}
}

// box is a client of a sandbox.
func box(t *testing.T, o sandbox.Options) (*sandbox.Sandbox, *qflow.Client) {
	t.Helper()
	s := sandbox.New(o)
	t.Cleanup(func() { _ = s.Close() })
	base, err := s.Listen("")
	if err != nil {
		t.Fatal(err)
	}
	return s, client(t, base, &tokens{access: signIn(t, base)}, func(c *qflow.Config) {
		c.SubscriptionKey, c.KeyHeader = secret.Text(sandbox.Defaults().SubscriptionKey), o.KeyHeader
		if o.Layout == sandbox.LayoutFlat {
			c.CheckinPrefix, c.CommsPrefix = "/api", "/api/comms"
		}
	})
}

func signIn(t *testing.T, base string) secret.Text {
	t.Helper()
	known := sandbox.Defaults()
	r, err := http.PostForm(base+"/core/connect/token", url.Values{
		"grant_type": {"password"}, "scope": {"qflowapi openid offline_access"}, "username": {known.UserName()},
		"password":  {known.Password},
		"client_id": {known.ClientID}, "client_secret": {known.ClientSecret},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer r.Body.Close()
	var answer struct {
		Access secret.Text `json:"access_token"`
	}
	if err := json.NewDecoder(r.Body).Decode(&answer); err != nil || !answer.Access.Set() {
		t.Fatalf("sign in: %s, %v", r.Status, err)
	}
	return answer.Access
}
