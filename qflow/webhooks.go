package qflow

import (
	"context"
	"encoding/json"
	"net/http"

	"guestflow/tokencache/secret"
)

// Webhook is where Qflow reports on emails, and the secret that it signs with. Qflow shows the secret once, in the answer
// that made it.
type Webhook struct {
	URL    string
	Secret secret.Text
}

// EndpointWebhook is POST and GET /webhook and what lies below it.
const EndpointWebhook Endpoint = "webhook"

// RegisterWebhook sets the account's one comms webhook: POST /webhook (docs/qflow-api.md section 6). It may make a new
// secret each time, so after Ambiguous nobody knows the secret that holds.
func (c *Client) RegisterWebhook(ctx context.Context, url string) (w Webhook, out Outcome) {
	ctx, done := c.observe(ctx, EndpointWebhook)
	defer func() { done(out) }()
	r, out := c.post(ctx, c.comms+"/webhook", map[string]string{"url": url})
	return webhookIn(r, out)
}

// RotateWebhook has Qflow make a new secret; the old one dies at once: POST /webhook/rotate. Refused with status 404 means that
// there is no webhook. After Ambiguous it can be called again: only the latest secret counts.
func (c *Client) RotateWebhook(ctx context.Context) (w Webhook, out Outcome) {
	ctx, done := c.observe(ctx, EndpointWebhook)
	defer func() { done(out) }()
	r, out := c.call(ctx, http.MethodPost, c.comms+"/webhook/rotate", nil)
	return webhookIn(r, out)
}

// WebhookURL gives where the webhook points: GET /webhook. Refused with status 404 means that there is none.
func (c *Client) WebhookURL(ctx context.Context) (url string, out Outcome) {
	ctx, done := c.observe(ctx, EndpointWebhook)
	defer func() { done(out) }()
	r, out := c.get(ctx, c.comms+"/webhook")
	if out.Kind != Accepted {
		return "", out
	}
	return stringIn(fieldsOf(r.body), "url"), out
}

// TestWebhook has Qflow send a signed comms.test: POST /webhook/test.
func (c *Client) TestWebhook(ctx context.Context) (out Outcome) {
	ctx, done := c.observe(ctx, EndpointWebhook)
	defer func() { done(out) }()
	_, out = c.call(ctx, http.MethodPost, c.comms+"/webhook/test", nil)
	return out
}

// DeleteWebhook ends the reports: POST /webhook/delete. Refused with status 404 means that there is none.
func (c *Client) DeleteWebhook(ctx context.Context) (out Outcome) {
	ctx, done := c.observe(ctx, EndpointWebhook)
	defer func() { done(out) }()
	_, out = c.call(ctx, http.MethodPost, c.comms+"/webhook/delete", nil)
	return out
}

// webhookIn reads the answer that shows the secret. One without a secret is as good as lost.
func webhookIn(r reply, out Outcome) (Webhook, Outcome) {
	if out.Kind != Accepted {
		return Webhook{}, out
	}
	fields := fieldsOf(r.body)
	w := Webhook{URL: stringIn(fields, "url"), Secret: secret.Text(stringIn(fields, "secret"))}
	if !w.Secret.Set() {
		return w, Outcome{Kind: Ambiguous, Status: out.Status, Code: "no_secret", Text: "the answer shows no secret"}
	}
	return w, out
}

// stringIn gives a text among an object's fields, or "".
func stringIn(fields map[string]json.RawMessage, name string) (s string) {
	_ = json.Unmarshal(fields[name], &s) // anything but a text is as good as nothing
	return s
}
