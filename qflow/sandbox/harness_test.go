package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"guestflow/qflow/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// client is a sandbox of a test's own, over real HTTP, and an account signed in to it.
type client struct {
	t      *testing.T
	box    *sandbox.Sandbox
	url    string
	http   *http.Client
	bearer string
	key    string
	clock  *clock
}

// clock is stepped by hand.
type clock struct{ nanos atomic.Int64 }

func (c *clock) Now() time.Time       { return time.Unix(0, c.nanos.Load()) }
func (c *clock) Step(d time.Duration) { c.nanos.Add(int64(d)) }

var account = sandbox.Defaults()

func open(t *testing.T, adjust func(*sandbox.Switches)) *client {
	t.Helper()
	return openWith(t, sandbox.Options{Adjust: adjust})
}

func openWith(t *testing.T, options sandbox.Options) *client {
	t.Helper()
	steps := &clock{}
	steps.nanos.Store(time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC).UnixNano())
	options.Now = steps.Now
	box := sandbox.New(options)
	base, err := box.Listen("")
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 32}
	c := &client{
		t: t, box: box, url: base, key: account.SubscriptionKey, clock: steps,
		http: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// signedIn also has a token.
func signedIn(t *testing.T, adjust func(*sandbox.Switches)) *client {
	t.Helper()
	c := open(t, adjust)
	c.signIn()
	return c
}

func (c *client) signIn() {
	c.t.Helper()
	got := c.token(passwordForm())
	if got.status != http.StatusOK {
		c.t.Fatalf("sign in: %d %s", got.status, got.body)
	}
	c.bearer = got.json()["access_token"].(string)
}

func passwordForm() url.Values {
	return url.Values{
		"grant_type": {"password"}, "client_id": {account.ClientID}, "client_secret": {account.ClientSecret},
		"username": {account.UserName()}, "password": {account.Password}, "scope": {"qflowapi openid offline_access"},
	}
}

func refreshForm(token string) url.Values {
	return url.Values{
		"grant_type": {"refresh_token"}, "client_id": {account.ClientID}, "client_secret": {account.ClientSecret},
		"refresh_token": {token},
	}
}

type answer struct {
	t      *testing.T
	err    error // of the connection
	status int
	header http.Header
	body   string
}

func (a answer) json() map[string]any {
	a.t.Helper()
	var fields map[string]any
	if err := json.Unmarshal([]byte(a.body), &fields); err != nil {
		a.t.Fatalf("%v in %q", err, a.body)
	}
	return fields
}

func (a answer) list() []any {
	a.t.Helper()
	var list []any
	if err := json.Unmarshal([]byte(a.body), &list); err != nil {
		a.t.Fatalf("%v in %q", err, a.body)
	}
	return list
}

func (a answer) want(status int) answer {
	a.t.Helper()
	if a.err != nil || a.status != status {
		a.t.Fatalf("got %d %q (%v), want %d", a.status, a.body, a.err, status)
	}
	return a
}

func (a answer) wantLost() {
	a.t.Helper()
	if a.err == nil {
		a.t.Fatalf("got %d %q, want no reply", a.status, a.body)
	}
}

func (c *client) do(r *http.Request) answer {
	c.t.Helper()
	response, err := c.http.Do(r)
	if err != nil {
		return answer{t: c.t, err: err}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{c.t, err, response.StatusCode, response.Header, string(body)}
}

func (c *client) request(method, path string, body any) *http.Request {
	c.t.Helper()
	raw, isText := body.(string)
	if !isText && body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		raw = string(encoded)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, bytes.NewReader([]byte(raw)))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+c.bearer)
	r.Header.Set(sandbox.DefaultKeyHeader, c.key)
	return r
}

func (c *client) call(method, path string, body any) answer {
	c.t.Helper()
	return c.do(c.request(method, path, body))
}

func (c *client) token(form url.Values) answer { return c.tokenAt("/core/connect/token", form, nil) }

func (c *client) tokenAt(path string, form url.Values, client *url.Userinfo) answer {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if client != nil {
		secret, _ := client.Password()
		r.SetBasicAuth(client.Username(), secret)
	}
	return c.do(r)
}

const (
	guestPath = "/checkin/v1/api/guest"
	commsPath = "/comms/v1/api/comms"
)

var bulkPath = "/checkin/v1/api/guests/" + account.EventID

// guest is a full record with a new id; changes are pairs of key and value, nil removing a key.
func guest(changes ...any) map[string]any {
	record := map[string]any{
		"id": uuid.NewString(), "eventId": account.EventID, "firstName": "Ada", "lastName": "Lovelace",
		"email": "ada@guests.example",
	}
	for i := 0; i < len(changes); i += 2 {
		record[changes[i].(string)] = changes[i+1]
		if changes[i+1] == nil {
			delete(record, changes[i].(string))
		}
	}
	return record
}

func invited(changes ...any) map[string]any {
	return guest(append([]any{"commsTemplateId", account.TemplateID}, changes...)...)
}

func with(record map[string]any, key string, value any) map[string]any {
	changed := map[string]any{}
	for k, v := range record {
		changed[k] = v
	}
	changed[key] = value
	return changed
}

func (c *client) create(record map[string]any) answer {
	c.t.Helper()
	return c.call(http.MethodPost, guestPath, record)
}

func (c *client) bulk(records ...map[string]any) answer {
	c.t.Helper()
	return c.call(http.MethodPost, bulkPath, records)
}

func (c *client) send(id any) answer {
	c.t.Helper()
	return c.call(http.MethodPost, commsPath+"/send", map[string]any{"attendeeId": id, "templateId": account.TemplateID})
}

func (c *client) adjust(change func(*sandbox.Switches)) {
	c.t.Helper()
	if err := c.box.Adjust(change); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) inject(list ...sandbox.Fault) {
	c.t.Helper()
	if err := c.box.Inject(list...); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) settle() {
	c.t.Helper()
	if err := c.box.Settle(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) wantBooks(guests, emails int) {
	c.t.Helper()
	if sum := c.box.Summary(); sum.Guests != guests || sum.Emails != emails {
		c.t.Fatalf("%d guests and %d emails, want %d and %d", sum.Guests, sum.Emails, guests, emails)
	}
}

func untrusted(sw *sandbox.Switches) { sw.Trusted = false }
