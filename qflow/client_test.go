package qflow_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/tokencache/secret"
)

func quoteJSON(s string) string {
	raw, _ := json.Marshal(s)
	return string(raw)
}

func TestEveryCallCarriesBothHeadersOnce(t *testing.T) {
	t.Parallel()
	for name, keyHeader := range map[string]string{"default": qflow.DefaultKeyHeader,
		"integrator": sandbox.IntegratorKeyName} {
		for call, make := range calls {
			t.Run(name+"/"+call, func(t *testing.T) {
				t.Parallel()
				b := serve(t, func(c *qflow.Config) { c.KeyHeader = keyHeader }, says(http.StatusOK, fine))
				if out := make(t.Context(), b.Client); out.Kind != qflow.Accepted {
					t.Fatalf("%v", out.Err())
				}
				b.wantArrived(t, 1)
				h := b.requests[0].Header
				if got := h.Values("Authorization"); len(got) != 1 || got[0] != "Bearer "+accessToken {
					t.Errorf("Authorization: %q", got)
				}
				if got := h.Values(keyHeader); len(got) != 1 || got[0] != key {
					t.Errorf("%s: %q", keyHeader, got)
				}
			})
		}
	}
}

func TestPathsFollowTheConfiguration(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		path           string // behind the host
		checkin, comms string
		want           map[string]string
	}{
		"version A": {"", "", "", map[string]string{
			"guest": "/checkin/v1/api/guest", "bulk": "/checkin/v1/api/guests/ev", "send": "/comms/v1/api/comms/send",
			"templates": "/comms/v1/api/comms/templates?eventId=ev",
		}},
		"version B": {"/", "/api", "/api/comms", map[string]string{
			"guest": "/api/guest", "bulk": "/api/guests/ev", "send": "/api/comms/send",
			"templates": "/api/comms/templates?eventId=ev",
		}},
		"slashes as they come": {"/qflow/", "api/", "comms", map[string]string{
			"guest": "/qflow/api/guest", "bulk": "/qflow/api/guests/ev", "send": "/qflow/comms/send",
			"templates": "/qflow/comms/templates?eventId=ev",
		}},
		"none": {"", "/", "/", map[string]string{
			"guest": "/guest", "bulk": "/guests/ev", "send": "/send", "templates": "/templates?eventId=ev",
		}},
	} {
		for call, make := range calls {
			t.Run(name+"/"+call, func(t *testing.T) {
				t.Parallel()
				b := serve(t, func(cfg *qflow.Config) {
					cfg.URL, cfg.CheckinPrefix, cfg.CommsPrefix = cfg.URL+c.path, c.checkin, c.comms
				}, says(http.StatusOK, fine))
				if out := make(t.Context(), b.Client); out.Kind != qflow.Accepted {
					t.Fatalf("%v", out.Err())
				}
				if got := b.requests[0].RequestURI; got != c.want[call] {
					t.Fatalf("called %s, want %s", got, c.want[call])
				}
			})
		}
	}
}

func TestAWrongConfigurationIsRefusedBeforeAnyCallAndWithoutItsPassword(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]qflow.Config{
		"no scheme":    {URL: "api.qflowhub.io"},
		"other scheme": {URL: "ftp://api.qflowhub.io"},
		"no host":      {URL: "https:///checkin"},
		"no URL":       {URL: "http://a b"},
		"user":         {URL: "https://operator:hunter2@api.qflowhub.io"},
		"broken user":  {URL: "https://operator:hunter2@api.qflowhub.io:port"},
		"query":        {URL: "https://api.qflowhub.io?key=hunter2"},
		"fragment":     {URL: "https://api.qflowhub.io#hunter2"},
		"header":       {KeyHeader: "Subscription Key"},
		"header line":  {KeyHeader: "Key\r\nX-Other"},
	} {
		_, err := qflow.New(cfg, &tokens{})
		if err == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v shows the password", name, err)
		}
	}
}

func TestTheFlatLayoutWorksEndToEnd(t *testing.T) {
	t.Parallel()
	s, c := box(t, sandbox.Options{Layout: sandbox.LayoutFlat, KeyHeader: sandbox.IntegratorKeyName})
	g := guest(1)
	if out := c.CreateGuest(t.Context(), g); out.Kind != qflow.Accepted {
		t.Fatal(out.Err())
	}
	if _, out := c.UpsertGuests(t.Context(), g.EventID, []qflow.Guest{g, guest(2)}); out.Kind != qflow.Accepted {
		t.Fatal(out.Err())
	}
	if out := c.Send(t.Context(),
		qflow.SendRequest{AttendeeID: guest(2).ID, TemplateID: sandbox.Defaults().TemplateID}); out.Kind != qflow.Accepted {
		t.Fatal(out.Err())
	}
	if list, out := c.Templates(t.Context(), g.EventID); out.Kind != qflow.Accepted || len(list) != 2 {
		t.Fatalf("%d templates, %v", len(list), out.Err())
	}
	if sum := s.Summary(); sum.Guests != 2 || sum.Emails != 2 {
		t.Fatalf("%d guests and %d emails, want 2 and 2", sum.Guests, sum.Emails)
	}
}

// Whatever the network does, a call is one request, and its outcome says whether Qflow may have processed it.
func TestEveryFaultIsOneRequestAndTellsWhatIsKnown(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]qflow.Kind{
		sandbox.Fail500Before: qflow.Ambiguous, sandbox.Fail500After: qflow.Ambiguous, sandbox.LostAfter: qflow.Ambiguous,
		sandbox.ShortAfter: qflow.Ambiguous, sandbox.ResetBefore: qflow.Ambiguous, sandbox.Hang: qflow.Ambiguous,
		sandbox.HangAfter: qflow.Ambiguous, sandbox.Fail429: qflow.RateLimited, sandbox.Fail401: qflow.Unauthorized,
		sandbox.HTMLBefore: qflow.Ambiguous, sandbox.HTMLAfter: qflow.Ambiguous, sandbox.WrongTypesAfter: qflow.Ambiguous,
		sandbox.Slow: qflow.Accepted, sandbox.SlowAfter: qflow.Accepted,
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s, c := box(t, sandbox.Options{})
			// so that the connection is a reused one
			if out := c.CreateGuest(t.Context(), guest(9)); out.Kind != qflow.Accepted {
				t.Fatal(out.Err())
			}
			if err := s.Inject(sandbox.Fault{Endpoint: sandbox.CreateGuest, Kind: kind, DelayMS: 1}); err != nil {
				t.Fatal(err)
			}
			out := c.CreateGuest(t.Context(), guest(1))
			if out.Kind != want {
				t.Fatalf("%s (%v), want %s", out.Kind, out.Err(), want)
			}
			wantSafe(t, out)
			if n := s.Summary().Total(sandbox.CreateGuest); n != 2 {
				t.Fatalf("%d requests arrived for 2 calls", n)
			}
		})
	}
}

func TestAnAnswerThatIsNotQflowsIsNeverAccepted(t *testing.T) {
	t.Parallel()
	long := `{"id":"` + ada.ID + `","notes":"` + strings.Repeat("x", qflow.MaxBody) + `"}`
	for name, c := range map[string]struct {
		body string
		want map[string]qflow.Kind
	}{
		"page": {"<html><body>We will be back</body></html>",
			map[string]qflow.Kind{"guest": qflow.Ambiguous, "bulk": qflow.Ambiguous, "send": qflow.Ambiguous,
				"templates": qflow.Ambiguous}},
		"empty": {"", map[string]qflow.Kind{"guest": qflow.Ambiguous, "bulk": qflow.Accepted, "send": qflow.Ambiguous,
			"templates": qflow.Ambiguous}},
		"text": {"OK", map[string]qflow.Kind{"guest": qflow.Ambiguous, "bulk": qflow.Accepted, "send": qflow.Ambiguous,
			"templates": qflow.Ambiguous}},
		"null": {"null", map[string]qflow.Kind{"guest": qflow.Ambiguous, "bulk": qflow.Accepted, "send": qflow.Ambiguous,
			"templates": qflow.Ambiguous}},
		"other id": {`{"id":"22222222-2222-4222-8222-222222222222"}`, map[string]qflow.Kind{"guest": qflow.Ambiguous, "bulk": qflow.Accepted, "send": qflow.Ambiguous, "templates": qflow.Ambiguous}},
		"our id":   {"\xef\xbb\xbf" + `{"Id":"` + strings.ToUpper(ada.ID) + `"}`, map[string]qflow.Kind{"guest": qflow.Accepted, "bulk": qflow.Accepted, "send": qflow.Ambiguous, "templates": qflow.Ambiguous}},
		"no id":    {`{"firstName":"Ada"}`, map[string]qflow.Kind{"guest": qflow.Ambiguous, "bulk": qflow.Accepted, "send": qflow.Ambiguous, "templates": qflow.Ambiguous}},
		"invited":  {`{"attendeeInvitationId":"i1"}`, map[string]qflow.Kind{"guest": qflow.Ambiguous, "bulk": qflow.Accepted, "send": qflow.Accepted, "templates": qflow.Ambiguous}},
		"too long": {long, map[string]qflow.Kind{"guest": qflow.Ambiguous, "bulk": qflow.Ambiguous, "send": qflow.Ambiguous,
			"templates": qflow.Ambiguous}},
	} {
		for call, make := range calls {
			t.Run(name+"/"+call, func(t *testing.T) {
				t.Parallel()
				b := serve(t, nil, says(http.StatusOK, c.body))
				out := make(t.Context(), b.Client)
				if out.Kind != c.want[call] {
					t.Fatalf("%s (%v), want %s", out.Kind, out.Err(), c.want[call])
				}
				wantSafe(t, out)
				b.wantArrived(t, 1)
			})
		}
	}
}

func TestAServerThatIsNotThereIsTransient(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	c := client(t, "http://"+l.Addr().String(), &tokens{access: accessToken}, nil)
	for call, make := range calls {
		out := make(t.Context(), c)
		if out.Kind != qflow.Transient {
			t.Errorf("%s: %s, want transient", call, out.Kind)
		}
		wantSafe(t, out)
	}
}

func TestACallGivenUpAfterItWasSentIsAmbiguous(t *testing.T) {
	t.Parallel()
	for call, make := range calls {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			b := serve(t, nil, func(_ http.ResponseWriter, r *http.Request) {
				cancel()
				<-r.Context().Done() // the client has left
			})
			out := make(ctx, b.Client)
			if out.Kind != qflow.Ambiguous || !errors.Is(out.Err(), context.Canceled) {
				t.Fatalf("%s: %v", out.Kind, out.Err())
			}
			b.wantArrived(t, 1)
		})
	}
}

func TestASilentServerIsGivenUpInTime(t *testing.T) {
	t.Parallel()
	b := serve(t, func(c *qflow.Config) { c.Timeout = 300 * time.Millisecond },
		func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	out := b.Send(t.Context(), qflow.SendRequest{AttendeeID: ada.ID, TemplateID: "tpl"})
	if out.Kind != qflow.Ambiguous || !errors.Is(out.Err(), context.DeadlineExceeded) ||
		!strings.Contains(out.Err().Error(), "no answer in time") {
		t.Fatalf("%s: %v", out.Kind, out.Err())
	}
	b.wantArrived(t, 1)
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		b := serve(t, nil, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", status) })
		if out := b.Send(t.Context(), qflow.SendRequest{AttendeeID: ada.ID}); out.Kind != qflow.Transient {
			t.Errorf("%d: %s, want transient", status, out.Kind)
		}
		b.wantArrived(t, 1)
	}
}

func TestARefusedTokenIsReportedWithItsGeneration(t *testing.T) {
	t.Parallel()
	b := serve(t, nil, says(http.StatusUnauthorized, ""))
	if out := b.CreateGuest(t.Context(), ada); out.Kind != qflow.Unauthorized || len(b.tokens.refused) != 1 ||
		b.tokens.refused[0] != 7 {
		t.Fatalf("%s, refused %v; want unauthorized and [7]", out.Kind, b.tokens.refused)
	}
	b.tokens.norefuse = errors.New("no password is configured")
	if out := b.CreateGuest(t.Context(), ada); out.Kind != qflow.NoToken || !errors.Is(out.Err(), b.tokens.norefuse) {
		t.Fatalf("%s: %v, want no_token", out.Kind, out.Err())
	}
	b = serve(t, nil, says(http.StatusUnauthorized, keyInvalid))
	if out := b.CreateGuest(t.Context(), ada); out.Kind != qflow.KeyRefused || len(b.tokens.refused) != 0 {
		t.Fatalf("%s, refused %v: a bad key says nothing of the token", out.Kind, b.tokens.refused)
	}
}

func TestWithoutATokenNothingIsSent(t *testing.T) {
	t.Parallel()
	b := serve(t, nil, says(http.StatusOK, "{}"))
	b.tokens.none = errors.New("the gate is closed")
	for call, make := range calls {
		if out := make(t.Context(), b.Client); out.Kind != qflow.NoToken || !errors.Is(out.Err(), b.tokens.none) {
			t.Errorf("%s: %s, %v", call, out.Kind, out.Err())
		}
	}
	b.wantArrived(t, 0)
}

func TestManyCallsShareFewConnections(t *testing.T) {
	t.Parallel()
	b := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
		status := []int{200, 400, 403, 429, 500}[len(r.URL.Query().Get("eventId"))%5]
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"templates":[],"message":"`+strings.Repeat("x", 10_000)+`"}`) // refusals must be read to their end too
	})
	const workers, each = 8, 50
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := range each {
				b.Templates(t.Context(), strings.Repeat("e", 1+i%5))
			}
		})
	}
	all.Wait()
	b.wantArrived(t, workers*each)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.connections > 2*workers { // a new call may dial while another's connection is on its way back
		t.Fatalf("%d connections for %d calls of %d workers", b.connections, workers*each, workers)
	}
}

func TestASecretPrintsAsNothingInAClient(t *testing.T) {
	t.Parallel()
	cfg := qflow.Config{SubscriptionKey: secret.Text(key)}
	raw, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), key) {
		t.Fatalf("%s shows the key", raw)
	}
}

// The token cache must know which tokens have worked: the refusal of such a one is its end, and not the API's distrust.
func TestOnlyACallThatWentWellSaysThatItsTokenWorks(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]int{http.StatusOK: 1, http.StatusUnauthorized: 0, http.StatusForbidden: 0,
		http.StatusBadGateway: 0} {
		b := serve(t, nil, says(status, `{"id":"8a3c6b1e-2f4d-5c6a-9b7e-0d1f2a3b4c5d"}`))
		b.CreateGuest(t.Context(), ada)
		if len(b.tokens.accepted) != want {
			t.Errorf("status %d: said of %v that they work, want %d", status, b.tokens.accepted, want)
		}
	}
}
