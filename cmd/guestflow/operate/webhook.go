package operate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"guestflow/qflow"
	"guestflow/worker/budget"
	"guestflow/worker/delivery"
)

// WebhookPath is where the console receives deliveries of all accounts.
const WebhookPath = "/webhooks/qflow"

// WebhookPathOf returns where the console receives deliveries of one account only: what is refused there counts as that
// account's.
func WebhookPathOf(account string) string { return WebhookPath + "/" + account }

// Webhook is the account's webhook at Qflow, with its secret sealed in Redis. The account must be connected.
type Webhook struct {
	*Account
	Secrets *delivery.Secrets
}

// Webhook returns the account's webhook. Its secrets are sealed with the key that seals tokens.
func (a *Account) Webhook() Webhook {
	return Webhook{a, delivery.NewSecrets(a.Redis, a.Ledger.Prefix(), a.Name(), a.Tokens.Keys())}
}

// WebhookStatus is what is known of a webhook.
type WebhookStatus struct {
	AtQflow string `json:"at_qflow,omitempty"` // the URL that Qflow has
	delivery.Info
	Problem string `json:"problem,omitempty"`
}

// Status asks Qflow for the webhook's URL, and compares it with what was registered from here.
func (w Webhook) Status(ctx context.Context) (s WebhookStatus, err error) {
	if s.AtQflow, err = w.URL(ctx); err != nil {
		return s, err
	}
	if s.Info, err = w.Secrets.Info(ctx); err != nil {
		return s, err
	}
	switch {
	case s.Pending != "":
		s.Problem = fmt.Sprintf("no answer was received to %q of %s, so Qflow may sign with an unknown secret; run: "+
			"guestflow webhook rotate",
			s.Pending, s.PendingSince.Local().Format(time.DateTime))
	case s.AtQflow != "" && s.SecretSince.IsZero():
		s.Problem = "it was not registered from here, and its secret is unknown; run: guestflow webhook rotate"
	case s.AtQflow != s.Info.URL:
		s.Problem = fmt.Sprintf("it was registered from here as %s; run: guestflow webhook register URL",
			cmp.Or(s.Info.URL, "none"))
	}
	return s, nil
}

// URL returns the webhook's URL at Qflow, "" if there is none.
func (w Webhook) URL(ctx context.Context) (url string, err error) {
	out, err := w.call(ctx, func() (out qflow.Outcome) {
		url, out = w.Qflow.WebhookURL(ctx)
		return out
	})
	switch {
	case err != nil:
		return "", err
	case out.Status == http.StatusNotFound:
		return "", nil
	case out.Kind != qflow.Accepted:
		return "", fmt.Errorf("ask for the webhook: %w", out.Err())
	}
	return url, nil
}

// Register has Qflow report to a URL. An account has one webhook only: it replaces another one.
func (w Webhook) Register(ctx context.Context, who Actor, url string) error {
	return w.change(ctx, who, "register "+url, false, func() (qflow.Webhook, qflow.Outcome) {
		made, out := w.Qflow.RegisterWebhook(ctx, url)
		made.URL = url
		return made, out
	})
}

// Rotate has Qflow make a new secret, and returns the webhook's URL. A leaked secret is refused at once, with the
// deliveries that are on their way; otherwise the old one is accepted for some minutes.
func (w Webhook) Rotate(ctx context.Context, who Actor, leaked bool) (url string, err error) {
	err = w.change(ctx, who, "rotate", leaked, func() (qflow.Webhook, qflow.Outcome) {
		made, out := w.Qflow.RotateWebhook(ctx)
		url = made.URL
		return made, out
	})
	return url, err
}

// Delete deletes the webhook at Qflow and its secret here.
func (w Webhook) Delete(ctx context.Context, who Actor) error {
	return w.Audited(ctx, who, "webhook delete", "webhook", "", func() (string, error) { return "", w.delete(ctx) })
}

func (w Webhook) delete(ctx context.Context) error {
	change, err := w.Secrets.BeginChange(ctx, "delete")
	if err != nil {
		return err
	}
	out, err := w.call(ctx, func() qflow.Outcome { return w.Qflow.DeleteWebhook(ctx) })
	ctx = context.WithoutCancel(ctx)
	switch {
	case err == nil && (out.Kind == qflow.Accepted || out.Status == http.StatusNotFound):
		return change.Delete(ctx)
	case err == nil:
		err = fmt.Errorf("delete the webhook: %w", out.Err())
	}
	return errors.Join(err, change.Abort(ctx)) // it can be repeated
}

// change has Qflow make a secret and keeps it. The request is recorded before, and the record removed once the answer
// is stored: Qflow shows a secret once, so that a lost answer can only be repaired by a further rotation.
func (w Webhook) change(ctx context.Context, who Actor, what string, leaked bool,
	call func() (qflow.Webhook, qflow.Outcome)) error {
	verb, _, _ := strings.Cut(what, " ")
	return w.Audited(ctx, who, "webhook "+verb, "webhook", "", func() (string, error) {
		return what,
			w.newSecret(ctx, what, leaked, call)
	})
}

func (w Webhook) newSecret(ctx context.Context, what string, leaked bool,
	call func() (qflow.Webhook, qflow.Outcome)) error {
	change, err := w.Secrets.BeginChange(ctx, what)
	if err != nil {
		return err
	}
	var made qflow.Webhook
	out, err := w.call(ctx, func() (out qflow.Outcome) {
		made, out = call()
		return out
	})
	ctx = context.WithoutCancel(ctx) // an answer that has arrived is stored
	switch {
	case err != nil:
	case out.Kind == qflow.Accepted:
		if err := change.Commit(ctx, made.URL, made.Secret, leaked); err != nil {
			return fmt.Errorf("%w; Qflow has made a new secret, which is lost: run guestflow webhook rotate once "+
				"Redis answers", err)
		}
		return nil
	case out.Kind == qflow.Ambiguous:
		err = fmt.Errorf("%w; Qflow may have made a secret that is unknown here: run guestflow webhook rotate",
			out.Err())
		return errors.Join(err, change.Unresolved(ctx))
	case out.Status == http.StatusNotFound:
		err = errNoWebhook
	default:
		err = fmt.Errorf("%s: %w", what, out.Err())
	}
	return errors.Join(err, change.Abort(ctx))
}

var errNoWebhook = &refusedError{"Qflow has no webhook of this account; run: guestflow webhook register URL"}

// testInterval is how often Redis is asked whether the test has arrived, at whichever process.
const testInterval = 100 * time.Millisecond

// Test has Qflow send a test and waits until it has arrived. It returns the webhook's URL and the time that took.
func (w Webhook) Test(ctx context.Context, timeout time.Duration) (url string, took time.Duration, err error) {
	before, err := w.Secrets.Info(ctx)
	if err != nil {
		return "", 0, err
	}
	start := time.Now()
	out, err := w.call(ctx, func() qflow.Outcome { return w.Qflow.TestWebhook(ctx) })
	switch {
	case err != nil:
		return "", 0, err
	case out.Status == http.StatusNotFound:
		return "", 0, errNoWebhook
	case out.Kind != qflow.Accepted:
		return "", 0, fmt.Errorf("test the webhook: %w", out.Err())
	}
	err = w.awaitTest(ctx, before.Tests, timeout)
	return before.URL, time.Since(start), err
}

func (w Webhook) awaitTest(ctx context.Context, before int64, timeout time.Duration) error {
	late := time.NewTimer(timeout)
	defer late.Stop()
	tick := time.NewTicker(testInterval)
	defer tick.Stop()
	for {
		info, err := w.Secrets.Info(ctx)
		if err != nil || info.Tests > before {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		case <-late.C:
			return fmt.Errorf("no test from Qflow has arrived within %s. Check that guestflow run serves its "+
				"console, and that "+
				"`curl -i -X POST %s` from another network is answered with 401; with 404 another server answers, or "+
				"the path is wrong: it ends in %s, or in %s. The console's log says what was refused: for "+
				"wrong_signature check that this process serves the account %s, then run guestflow webhook rotate; "+
				"for stale set the clock",
				timeout, cmp.Or(info.URL, "URL"), WebhookPath, WebhookPathOf(w.Name()), w.Name())
		}
	}
}

// call makes one call within the budget. A token that has just expired is worth a second try: nothing was done.
func (w Webhook) call(ctx context.Context, call func() qflow.Outcome) (out qflow.Outcome, err error) {
	for range 2 {
		if out = w.Qflow.Prepare(ctx); out.Kind == qflow.NoToken { // then no slot is booked
			return out, nil
		}
		if err := w.Budget.Wait(ctx, nil, "commands", budget.API); err != nil {
			return out, err
		}
		if out = call(); out.Kind != qflow.Unauthorized {
			break
		}
	}
	return out, nil
}
