package qflow

import (
	"context"
	"net/http"

	"guestflow/tokencache/secret"
)

// Webhook is where Qflow reports on emails, and the secret that it signs with. Qflow shows the secret once, in the
// answer that made it.
type Webhook struct {
	URL    string
	Secret secret.Text
}

// RegisterWebhook sets the account's one comms webhook: POST /webhook (docs/qflow-api.md section 6). It may make a new
// secret each time, so after Ambiguous the valid secret is unknown.
func (c *Client) RegisterWebhook(ctx context.Context, url string) (w Webhook, out Outcome) {
	ctx, done := c.observe(ctx, EndpointWebhook)
	defer func() { done(out) }()
	r, out := c.post(ctx, c.comms+"/webhook", map[string]string{"url": url})
	return webhookIn(r, out)
}

// RotateWebhook has Qflow make a new secret; the old one is invalid at once: POST /webhook/rotate. Refused with status
// 404 means that there is no webhook. After Ambiguous it can be called again: only the latest secret counts.
func (c *Client) RotateWebhook(ctx context.Context) (w Webhook, out Outcome) {
	ctx, done := c.observe(ctx, EndpointWebhook)
	defer func() { done(out) }()
	r, out := c.call(ctx, http.MethodPost, c.comms+"/webhook/rotate", nil)
	return webhookIn(r, out)
}

// WebhookURL returns the webhook's address: GET /webhook. Refused with status 404 means that there is none.
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

// DeleteWebhook ends the deliveries: POST /webhook/delete. Refused with status 404 means that there is none.
func (c *Client) DeleteWebhook(ctx context.Context) (out Outcome) {
	ctx, done := c.observe(ctx, EndpointWebhook)
	defer func() { done(out) }()
	_, out = c.call(ctx, http.MethodPost, c.comms+"/webhook/delete", nil)
	return out
}

// webhookIn reads the answer that shows the secret. Without a secret it is treated like a lost answer.
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
