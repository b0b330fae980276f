package sandbox

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/google/uuid"
)

// webhook is an account's comms webhook. It is never changed, only replaced, so that a delivery may keep a reference.
type webhook struct{ url, secret string }

type webhookSecret struct {
	URL    string `json:"url"`
	Secret string `json:"secret"`
}

// newSecret is 64 hex characters (docs/qflow-api.md section 6).
func newSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

func setWebhook(c *call) *reply {
	var in struct {
		URL string `json:"url"`
	}
	if err := json.Unmarshal(c.body.Bytes(), &in); err != nil {
		return c.invalid("The request body is not a webhook: %v", err)
	}
	target, err := url.Parse(in.URL)
	if err != nil || target.Host == "" || (target.Scheme != "http" && target.Scheme != "https") {
		return c.invalid("url must be an absolute http or https URL")
	}
	c.s.store.Lock()
	defer c.s.store.Unlock()
	secret := newSecret()
	if old := c.account.webhook; old != nil && c.sw.WebhookRepost == "keeps" {
		secret = old.secret
	}
	c.account.webhook = &webhook{url: in.URL, secret: secret}
	return jsonReply(http.StatusOK, webhookSecret{in.URL, secret})
}

func (c *call) currentWebhook() *webhook {
	c.s.store.Lock()
	defer c.s.store.Unlock()
	return c.account.webhook
}

func hasWebhook(c *call) *reply {
	if c.currentWebhook() == nil {
		return c.refuse(http.StatusNotFound, "", "No webhook is configured")
	}
	return nil
}

func showWebhook(c *call) *reply {
	hook := c.currentWebhook()
	if hook == nil {
		return hasWebhook(c) // deleted since the gate
	}
	return jsonReply(http.StatusOK, map[string]any{"url": hook.url})
}

// rotateWebhook: the old secret is invalid at once, also for retries under way.
func rotateWebhook(c *call) *reply {
	c.s.store.Lock()
	defer c.s.store.Unlock()
	if c.account.webhook == nil {
		return c.refuse(http.StatusNotFound, "", "No webhook is configured")
	}
	c.account.webhook = &webhook{url: c.account.webhook.url, secret: newSecret()}
	return jsonReply(http.StatusOK, webhookSecret{c.account.webhook.url, c.account.webhook.secret})
}

func testWebhook(c *call) *reply {
	round := c.s.mailer.roundNow()
	n := &notification{owner: c.account, event: "comms.test", id: uuid.NewString(), round: round, occurred: c.now}
	c.s.mailer.schedule(0, round, func() { c.s.mailer.deliver(n) })
	return jsonReply(http.StatusOK, map[string]any{"status": StateQueued})
}

func deleteWebhook(c *call) *reply {
	c.s.store.Lock()
	defer c.s.store.Unlock()
	c.account.webhook = nil
	return jsonReply(http.StatusOK, map[string]any{})
}
