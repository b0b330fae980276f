package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"guestflow/qflow"
	"guestflow/worker/budget"
	"guestflow/worker/delivery"
)

// webhookPath is where the console takes deliveries of all accounts. Behind it may stand an account's name, see webhookOf.
const webhookPath = "/webhooks/qflow"

type webhookCommand struct {
	Show     webhookShow     `cmd:"" default:"1" help:"Show where Qflow reports to, and when it last did; never the secret."`
	Register webhookRegister `cmd:"" help:"Have Qflow report on emails to an address of ours."`
	Test     webhookTest     `cmd:"" help:"Have Qflow send a test, and wait until it has arrived."`
	Rotate   webhookRotate   `cmd:"" help:"Have Qflow make a new secret to sign with."`
	Delete   webhookDelete   `cmd:"" help:"End the reports."`
}

type webhookShow struct{}

// webhookView is what is known of a webhook.
type webhookView struct {
	AtQflow string `json:"at_qflow,omitempty"` // where it points
	delivery.Info
	Problem string `json:"problem,omitempty"`
}

func (webhookShow) Run(ctx context.Context, s *settings, std output) error {
	return s.withWebhook(ctx, func(a *app) error {
		v, err := a.viewWebhook(ctx)
		if err != nil {
			return err
		}
		if s.JSON {
			return json.NewEncoder(std.out).Encode(v)
		}
		t := tabwriter.NewWriter(std.out, 0, 8, 2, ' ', 0)
		line := func(name, value string) { printf(t, "%s\t%s\n", name, value) }
		line("at Qflow", first(v.AtQflow, "none"))
		if !v.SecretSince.IsZero() {
			line("secret", "sealed here since "+v.SecretSince.Local().Format(time.DateTime))
		}
		heard := "nothing yet"
		if !v.LastDelivery.IsZero() {
			heard = v.LastDelivery.Local().Format(time.DateTime)
		}
		line("last delivery", heard)
		if v.Problem != "" {
			line("problem", v.Problem)
		}
		return t.Flush()
	})
}

func (a *app) viewWebhook(ctx context.Context) (v webhookView, err error) {
	if v.AtQflow, err = a.webhookAtQflow(ctx); err != nil {
		return v, err
	}
	if v.Info, err = a.secrets().Info(ctx); err != nil {
		return v, err
	}
	switch {
	case v.Pending != "":
		v.Problem = fmt.Sprintf("the answer to %q of %s was never heard, so Qflow may sign with a secret that nobody knows; run: guestflow webhook rotate",
			v.Pending, v.PendingSince.Local().Format(time.DateTime))
	case v.AtQflow != "" && v.SecretSince.IsZero():
		v.Problem = "somebody else has registered it, and its secret is not here; run: guestflow webhook rotate"
	case v.AtQflow != v.URL:
		v.Problem = fmt.Sprintf("it was registered from here as %s; run: guestflow webhook register URL", first(v.URL, "none"))
	}
	return v, nil
}

type webhookRegister struct {
	URL string `arg:"" help:"Address of this console as Qflow reaches it, such as https://guests.example.com/webhooks/qflow; /webhooks/qflow/ACCOUNT takes those of one account only."`
	Yes bool   `help:"Do not ask." short:"y"`
}

func (c *webhookRegister) Run(ctx context.Context, s *settings, std output) error {
	return s.withWebhook(ctx, func(a *app) error {
		if err := checkWebhookURL(c.URL, s.account(), a.live()); err != nil {
			return err
		}
		there, err := a.webhookAtQflow(ctx)
		if err != nil {
			return err
		}
		if there != "" && there != c.URL { // an account has but one, and somebody may rely on it
			question := fmt.Sprintf("Qflow reports to %s now. Have it report to %s instead?", there, c.URL)
			if err := ask(ctx, std, question, c.Yes); err != nil {
				return err
			}
		}
		err = a.changeWebhook(ctx, "register "+c.URL, false, func() (qflow.Webhook, qflow.Outcome) {
			made, out := a.qflow.RegisterWebhook(ctx, c.URL)
			made.URL = c.URL
			return made, out
		})
		if err != nil {
			return err
		}
		return s.say(std, c.URL, "Qflow reports to %s. Its secret is sealed in Redis. See whether it works: guestflow webhook test\n", c.URL)
	})
}

// checkWebhookURL refuses an address that cannot work, or by which whoever listens could read guests' addresses.
func checkWebhookURL(address, account string, live bool) error {
	u, err := url.Parse(address)
	if err != nil {
		u = &url.URL{}
	}
	before, behind, ours := strings.Cut(u.Path, webhookPath) // a proxy in front may have its own paths
	switch {
	case u.Host == "" || u.User != nil || u.Fragment != "" || (u.Scheme != "https" && u.Scheme != "http"):
		return &usageError{"the webhook's URL must be one such as https://guests.example.com" + webhookPath + ", without a user or password"}
	case live && u.Scheme != "https":
		return &usageError{"Qflow reports guests' addresses, so the webhook's URL must begin with https://"}
	case live && loopback(address):
		return &usageError{"Qflow cannot reach an address of this machine only; name the one by which the internet reaches it"}
	case u.Path == "" || u.Path == "/":
		return &usageError{fmt.Sprintf("the webhook's URL names no path; the console takes deliveries at %s://%s%s", u.Scheme, u.Host, webhookOf(account))}
	case ours && behind != "" && webhookPath+behind != webhookOf(account):
		return &usageError{fmt.Sprintf("the console takes no deliveries of the account %s at %s, but at %s://%s%s", account, u.Path, u.Scheme, u.Host, before+webhookOf(account))}
	}
	return nil
}

type webhookRotate struct {
	Leaked bool `help:"Somebody else has the old secret: refuse it at once, instead of in five minutes, at the price of what is on its way."`
}

func (c *webhookRotate) Run(ctx context.Context, s *settings, std output) error {
	return s.withWebhook(ctx, func(a *app) error {
		at := ""
		err := a.changeWebhook(ctx, "rotate", c.Leaked, func() (qflow.Webhook, qflow.Outcome) {
			made, out := a.qflow.RotateWebhook(ctx)
			at = made.URL
			return made, out
		})
		if err != nil {
			return err
		}
		return s.say(std, at, "Qflow signs with a new secret, which is sealed in Redis; running processes know it at once.\n")
	})
}

type webhookDelete struct{}

func (webhookDelete) Run(ctx context.Context, s *settings, std output) error {
	return s.withWebhook(ctx, func(a *app) error {
		err := a.account().Audited(ctx, cliActor(), "webhook delete", "webhook", "", func() (string, error) { return "", a.deleteWebhook(ctx) })
		if err != nil {
			return err
		}
		return s.say(std, "", "Qflow reports no more. Rows stay as they are.\n")
	})
}

func (a *app) deleteWebhook(ctx context.Context) error {
	change, err := a.secrets().BeginChange(ctx, "delete")
	if err != nil {
		return err
	}
	out, err := a.ask(ctx, func() qflow.Outcome { return a.qflow.DeleteWebhook(ctx) })
	ctx = context.WithoutCancel(ctx)
	switch {
	case err == nil && (out.Kind == qflow.Accepted || out.Status == http.StatusNotFound):
		return change.Delete(ctx)
	case err == nil:
		err = fmt.Errorf("delete the webhook: %w", out.Err())
	}
	return errors.Join(err, change.Abort(ctx)) // repeating it does no harm
}

// changeWebhook has Qflow make a secret and keeps it. What is asked is written down before, and crossed out once the answer is
// kept: Qflow shows a secret once, so an answer that is lost can only be made good by a further rotation.
func (a *app) changeWebhook(ctx context.Context, what string, leaked bool, call func() (qflow.Webhook, qflow.Outcome)) error {
	act, _, _ := strings.Cut(what, " ")
	return a.account().Audited(ctx, cliActor(), "webhook "+act, "webhook", "", func() (string, error) { return what, a.newSecret(ctx, what, leaked, call) })
}

func (a *app) newSecret(ctx context.Context, what string, leaked bool, call func() (qflow.Webhook, qflow.Outcome)) error {
	change, err := a.secrets().BeginChange(ctx, what)
	if err != nil {
		return err
	}
	var made qflow.Webhook
	out, err := a.ask(ctx, func() (out qflow.Outcome) {
		made, out = call()
		return out
	})
	ctx = context.WithoutCancel(ctx) // an answer that is there is kept
	switch {
	case err != nil:
		return errors.Join(err, change.Abort(ctx))
	case out.Kind == qflow.Accepted:
		if err := change.Commit(ctx, made.URL, made.Secret, leaked); err != nil {
			return fmt.Errorf("%w; Qflow has made a new secret all the same, which is lost: run guestflow webhook rotate once Redis answers", err)
		}
		return nil
	case out.Kind == qflow.Ambiguous:
		err = fmt.Errorf("%w; Qflow may have made a secret that nobody knows: run guestflow webhook rotate", out.Err())
		return errors.Join(err, change.Unresolved(ctx))
	case out.Status == http.StatusNotFound:
		err = errNoWebhook
	default:
		err = fmt.Errorf("%s: %w", what, out.Err())
	}
	return errors.Join(err, change.Abort(ctx))
}

var errNoWebhook = &usageError{"Qflow has no webhook of this account; run: guestflow webhook register URL"}

type webhookTest struct {
	Timeout time.Duration `help:"How long to wait." default:"30s"`
}

// testedEvery is how often Redis is asked whether the test has come, by whatever process it came to.
const testedEvery = 100 * time.Millisecond

func (c *webhookTest) Run(ctx context.Context, s *settings, std output) error {
	return s.withWebhook(ctx, func(a *app) error {
		before, err := a.secrets().Info(ctx)
		if err != nil {
			return err
		}
		begun := time.Now()
		out, err := a.ask(ctx, func() qflow.Outcome { return a.qflow.TestWebhook(ctx) })
		switch {
		case err != nil:
			return err
		case out.Status == http.StatusNotFound:
			return errNoWebhook
		case out.Kind != qflow.Accepted:
			return fmt.Errorf("test the webhook: %w", out.Err())
		}
		if err := a.awaitTest(ctx, before.Tests, c.Timeout); err != nil {
			return err
		}
		return s.say(std, before.URL, "Qflow's test has arrived after %s, rightly signed.\n", time.Since(begun).Round(10*time.Millisecond))
	})
}

func (a *app) awaitTest(ctx context.Context, before int64, patience time.Duration) error {
	late := time.NewTimer(patience)
	defer late.Stop()
	tick := time.NewTicker(testedEvery)
	defer tick.Stop()
	for {
		info, err := a.secrets().Info(ctx)
		if err != nil || info.Tests > before {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		case <-late.C:
			return fmt.Errorf("no test from Qflow has arrived within %s. Check that guestflow run serves its console, and that "+
				"`curl -i -X POST %s` from elsewhere is answered by it, with 401; with 404 something else answers, or the path is wrong: it ends "+
				"in %s, or in %s. Its log says what was refused: for wrong_signature see that this process serves the account %s, "+
				"then run guestflow webhook rotate; for stale set the clock", patience, first(info.URL, "URL"), webhookPath, webhookOf(a.settings.account()), a.settings.account())
		}
	}
}

// webhookAtQflow is where Qflow reports to, "" for nowhere.
func (a *app) webhookAtQflow(ctx context.Context) (at string, err error) {
	out, err := a.ask(ctx, func() (out qflow.Outcome) {
		at, out = a.qflow.WebhookURL(ctx)
		return out
	})
	switch {
	case err != nil:
		return "", err
	case out.Status == http.StatusNotFound:
		return "", nil
	case out.Kind != qflow.Accepted:
		return "", fmt.Errorf("ask where the webhook points: %w", out.Err())
	}
	return at, nil
}

// ask makes one call for a person, within the budget. A token that has just run out is worth a second try: nothing was done.
func (a *app) ask(ctx context.Context, call func() qflow.Outcome) (out qflow.Outcome, err error) {
	for range 2 {
		if out = a.qflow.Prepare(ctx); out.Kind == qflow.NoToken { // then no slot is booked
			return out, nil
		}
		if err := a.budget.Wait(ctx, nil, "commands", budget.API); err != nil {
			return out, err
		}
		if out = call(); out.Kind != qflow.Unauthorized {
			break
		}
	}
	return out, nil
}

// say prints what was done: a sentence, or the address as JSON.
func (s *settings) say(std output, at, format string, args ...any) error {
	if s.JSON {
		return json.NewEncoder(std.out).Encode(map[string]string{"url": at})
	}
	_, err := fmt.Fprintf(std.out, format, inLine(args)...)
	return err
}

// withWebhook opens the books and the way to Qflow.
func (s *settings) withWebhook(ctx context.Context, do func(*app) error) error {
	return s.with(ctx, func(a *app) error {
		if err := a.connect(nil); err != nil {
			return err
		}
		return do(a)
	})
}

// secrets are the account's webhook secrets, sealed by the key that seals its tokens.
func (a *app) secrets() *delivery.Secrets {
	return delivery.NewSecrets(a.store.Client, a.ledger.Prefix(), a.ledger.Account(), a.tokens.Keys())
}

// webhookOf is where the console takes deliveries of one account only: what is refused there is counted as that account's.
func webhookOf(account string) string { return webhookPath + "/" + account }

// nobodys is the account of metrics for what is refused where several accounts are told: no account may be called so.
const nobodys = "(any)"

// webhooks answer what Qflow tells of emails, by path. The apps must be connected.
func webhooks(apps []*app, log *slog.Logger) map[string]http.Handler {
	desks, answers := make([]*delivery.Receiver, len(apps)), map[string]http.Handler{}
	for i, a := range apps {
		desks[i] = delivery.New(a.ledger, a.secrets(), a.log, a.metrics.Webhooks(a.settings.account()))
		answers[webhookOf(a.settings.account())] = desks[i].Handler()
	}
	answers[webhookPath] = answers[webhookOf(apps[0].settings.account())]
	if len(apps) > 1 {
		answers[webhookPath] = delivery.SharedHandler(desks, apps[0].metrics.Webhooks(nobodys).Refused, log)
	}
	return answers
}
