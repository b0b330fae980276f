package sandbox_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"guestflow/qflow/sandbox"
)

// receiver is a webhook endpoint that notes what it gets and refuses the first so many.
type receiver struct {
	sync.Mutex
	*httptest.Server
	got    []received
	refuse int
}

type received struct {
	event, id, signature, body string
}

func (r received) fields(t *testing.T) map[string]any { return answer{t: t, body: r.body}.json() }

func (c *client) receiver(refuse int) *receiver {
	c.t.Helper()
	r := &receiver{refuse: refuse}
	r.Server = httptest.NewServer(http.HandlerFunc(r.take))
	c.t.Cleanup(r.Close)
	return r
}

func (r *receiver) take(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	header := request.Header
	r.Lock()
	defer r.Unlock()
	r.got = append(r.got, received{
		header.Get("X-Qflow-Event"), header.Get("X-Qflow-Webhook-Id"), header.Get("X-Qflow-Signature"), string(body),
	})
	if len(r.got) <= r.refuse {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

func (r *receiver) all() []received {
	r.Lock()
	defer r.Unlock()
	return slices.Clone(r.got)
}

func (c *client) register(url string) (secret string) {
	c.t.Helper()
	got := c.call(http.MethodPost, commsPath+"/webhook", map[string]any{"url": url}).want(http.StatusOK).json()
	return got["secret"].(string)
}

func (c *client) quickRetries() {
	c.adjust(func(sw *sandbox.Switches) { sw.WebhookRetryMS = 1 })
}

// hooked registers a receiver and brings about one email with its events.
func (c *client) hooked(refuse int) ([]received, string) {
	c.t.Helper()
	c.quickRetries()
	r := c.receiver(refuse)
	secret := c.register(r.URL)
	c.create(invited("email", "open@guests.example", "correlationId", "row-17")).want(http.StatusOK)
	c.settle()
	return r.all(), secret
}

// wantBounceTypes brings about a soft bounce and a hard one, and checks what is said of each.
func (c *client) wantBounceTypes(soft, hard any) {
	c.t.Helper()
	r := c.receiver(0)
	c.register(r.URL)
	for local, want := range map[string]any{"soft": soft, "bounce": hard} {
		c.create(invited("email", local+"@guests.example")).want(http.StatusOK)
		c.settle()
		all := r.all()
		if last := all[len(all)-1]; last.event != "comms.bounced" || last.fields(c.t)["bounceType"] != want {
			c.t.Errorf("%s: %+v", local, last)
		}
	}
}

func sign(key []byte, stamp, body string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(stamp + "." + body))
	return hex.EncodeToString(mac.Sum(nil))
}

var webhookBehaviours = map[string]map[string]func(*client){
	"webhook_payload": {
		"camel":  payload(func(f map[string]any) any { return f["correlationId"] }),
		"pascal": payload(func(f map[string]any) any { return f["CorrelationId"] }),
		"nested": payload(func(f map[string]any) any { return f["data"].(map[string]any)["correlationId"] }),
	},
	"webhook_address": {
		"yes": func(c *client) {
			if got, _ := c.hooked(0); got[0].fields(c.t)["email"] != "open@guests.example" {
				c.t.Errorf("%v", got)
			}
		},
		"no": func(c *client) {
			got, _ := c.hooked(0)
			if _, has := got[0].fields(c.t)["email"]; has {
				c.t.Errorf("%v", got)
			}
		},
	},
	"bounce_kind": {
		"unsaid": func(c *client) { c.wantBounceTypes(nil, nil) },
		"said":   func(c *client) { c.wantBounceTypes("Soft", "Hard") },
	},
	"webhook_retry_id": {
		"same": func(c *client) {
			if got := c.retried(); got[0].id != got[1].id {
				c.t.Error("the id changed")
			}
		},
		"new": func(c *client) {
			if got := c.retried(); got[0].id == got[1].id {
				c.t.Error("the id stayed")
			}
		},
	},
	"webhook_retry_time": {
		"new": func(c *client) {
			if got := c.retried(); got[0].signature == got[1].signature {
				c.t.Error("the signature stayed")
			}
		},
		"same": func(c *client) {
			if got := c.retried(); got[0].signature != got[1].signature {
				c.t.Error("the signature changed")
			}
		},
	},
	"webhook_order": {
		"in_order": order("comms.sent comms.delivered comms.opened"),
		"reversed": order("comms.opened comms.delivered comms.sent"),
		"shuffled": order(""),
	},
	"webhook_repost": {
		"new":   repost(false),
		"keeps": repost(true),
	},
	"webhook_key": {
		"ascii": signedWith(func(secret string) []byte { return []byte(secret) }),
		"hex_decoded": signedWith(func(secret string) []byte {
			key, _ := hex.DecodeString(secret)
			return key
		}),
	},
	"webhook_hex": {
		"lower": hexCase(strings.ToLower),
		"upper": hexCase(strings.ToUpper),
	},
}

func payload(correlation func(map[string]any) any) func(*client) {
	return func(c *client) {
		got, _ := c.hooked(0)
		if id := correlation(got[0].fields(c.t)); id != "row-17" {
			c.t.Errorf("correlation id %v in %s", id, got[0].body)
		}
	}
}

// retried is a comms.test delivered twice, the first time in vain, with the clock stepped in between.
func (c *client) retried() []received {
	c.t.Helper()
	c.quickRetries()
	r := &receiver{refuse: 1}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		r.take(w, request)
		c.clock.Step(7 * time.Second)
	}))
	c.t.Cleanup(r.Close)
	c.register(r.URL)
	c.call(http.MethodPost, commsPath+"/webhook/test", nil).want(http.StatusOK)
	c.settle()
	if got := r.all(); len(got) == 2 {
		return got
	}
	c.t.Fatalf("%d deliveries", len(r.all()))
	return nil
}

func order(want string) func(*client) {
	return func(c *client) {
		got, _ := c.hooked(0)
		var events []string
		for _, one := range got {
			events = append(events, one.event)
		}
		if len(events) != 3 || (want != "" && strings.Join(events, " ") != want) {
			c.t.Errorf("events %v", events)
		}
	}
}

func repost(keeps bool) func(*client) {
	return func(c *client) {
		first, second := c.register("http://127.0.0.1:9/a"), c.register("http://127.0.0.1:9/b")
		if (first == second) != keeps {
			c.t.Errorf("secret kept: %v", first == second)
		}
	}
}

func signedWith(key func(string) []byte) func(*client) {
	return func(c *client) {
		got, secret := c.hooked(0)
		var stamp, v1 string
		if _, err := fmt.Sscanf(strings.ReplaceAll(got[0].signature, ",", " "), "t=%s v1=%s", &stamp, &v1); err != nil {
			c.t.Fatal(err)
		}
		if want := sign(key(secret), stamp, got[0].body); v1 != want {
			c.t.Errorf("v1 %s, want %s", v1, want)
		}
	}
}

func hexCase(change func(string) string) func(*client) {
	return func(c *client) {
		got, _ := c.hooked(0)
		if _, v1, _ := strings.Cut(got[0].signature, "v1="); v1 != change(v1) {
			c.t.Errorf("v1 %s", v1)
		}
	}
}

func TestWebhookLifeCycle(t *testing.T) {
	t.Parallel()
	c := signedIn(t, nil)
	for _, path := range []string{"/webhook/rotate", "/webhook/test", "/webhook/delete"} {
		c.call(http.MethodPost, commsPath+path, nil).want(http.StatusNotFound)
	}
	c.call(http.MethodGet, commsPath+"/webhook", nil).want(http.StatusNotFound)
	c.call(http.MethodPost, commsPath+"/webhook", map[string]any{"url": "ftp://x"}).want(http.StatusBadRequest)
	r := c.receiver(0)
	secret := c.register(r.URL)
	if shown := c.call(http.MethodGet, commsPath+"/webhook", nil).want(http.StatusOK); strings.Contains(shown.body,
		secret) {
		t.Error("GET /webhook shows the secret")
	}
	rotated := c.call(http.MethodPost, commsPath+"/webhook/rotate", nil).want(http.StatusOK).json()["secret"]
	if len(secret) != 64 || rotated == secret {
		t.Errorf("secrets %d and %v", len(secret), rotated == secret)
	}
	c.call(http.MethodPost, commsPath+"/webhook/test", nil).want(http.StatusOK)
	c.settle()
	if got := r.all(); len(got) != 1 || got[0].event != "comms.test" {
		t.Errorf("test events: %v", got)
	}
	c.call(http.MethodPost, commsPath+"/webhook/delete", nil).want(http.StatusOK)
	c.create(invited()).want(http.StatusOK)
	c.settle()
	if n := len(r.all()); n != 1 {
		t.Errorf("%d events after delete", n)
	}
}

func TestUnacceptedWebhooksAreRetriedAndGivenUp(t *testing.T) {
	t.Parallel()
	c := signedIn(t, func(sw *sandbox.Switches) { sw.WebhookRetries = 2 })
	got, _ := c.hooked(1000)
	if len(got) != 9 { // three events, three attempts each
		t.Errorf("%d attempts", len(got))
	}
	if totals := c.box.Summary().Webhooks; totals != (sandbox.WebhookTotals{Attempts: 9, GivenUp: 3}) {
		t.Errorf("history: %+v", totals)
	}
}

func TestWebhooksCanComeTwiceAndWithAnUnknownSignatureVersion(t *testing.T) {
	t.Parallel()
	c := signedIn(t, func(sw *sandbox.Switches) { sw.WebhookTwice, sw.WebhookV2 = true, true })
	got, _ := c.hooked(0)
	ids := map[string]int{}
	for _, one := range got {
		ids[one.id]++
		if !strings.Contains(one.signature, ",v2=") {
			t.Errorf("signature %s", one.signature)
		}
	}
	if len(got) != 6 || len(ids) != 3 {
		t.Errorf("%d deliveries of %d events", len(got), len(ids))
	}
}

func TestEventsMatchTheSend(t *testing.T) {
	t.Parallel()
	c := signedIn(t, nil)
	r := c.receiver(0)
	c.register(r.URL)
	record := guest()
	c.create(record).want(http.StatusOK)
	sent := c.call(http.MethodPost, commsPath+"/send", map[string]any{
		"attendeeId": record["id"], "templateId": account.TemplateID, "correlationId": "again",
	}).want(http.StatusOK).json()
	c.settle()
	for _, one := range r.all() {
		var f struct{ AttendeeInvitationID, CorrelationID, AttendeeID string }
		if err := json.Unmarshal([]byte(one.body), &f); err != nil {
			t.Fatal(err)
		}
		if f.AttendeeInvitationID != sent["attendeeInvitationId"] || f.CorrelationID != "again" ||
			f.AttendeeID != record["id"] {
			t.Errorf("%s: %+v", one.event, f)
		}
	}
	if n := len(r.all()); n != 2 {
		t.Errorf("%d events", n)
	}
}

func TestHeldMailGoesOutWhenReleased(t *testing.T) {
	t.Parallel()
	c := signedIn(t, func(sw *sandbox.Switches) { sw.MailHeld = true })
	r := c.receiver(0)
	c.register(r.URL)
	c.create(invited()).want(http.StatusOK)
	c.settle()
	if n := len(r.all()); n != 0 {
		t.Errorf("%d events while held", n)
	}
	c.adjust(func(sw *sandbox.Switches) { sw.MailHeld, sw.MailDelayMS = false, 1 })
	c.settle()
	if n := len(r.all()); n != 2 {
		t.Errorf("%d events after release", n)
	}
}
