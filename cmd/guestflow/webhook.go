package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/qflow"
	"guestflow/worker/budget"
	"guestflow/worker/delivery"
)

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

func (webhookShow) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.WithQflow(ctx, s, func(a *program.Account) error {
		v, err := viewWebhook(ctx, a)
		if err != nil {
			return err
		}
		if std.JSON {
			return std.Encode(v)
		}
		t := std.Table()
		line := func(name, value string) { terminal.Printf(t, "%s\t%s\n", name, value) }
		line("at Qflow", cmp.Or(v.AtQflow, "none"))
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

func viewWebhook(ctx context.Context, a *program.Account) (v webhookView, err error) {
	if v.AtQflow, err = webhookAtQflow(ctx, a); err != nil {
		return v, err
	}
	if v.Info, err = a.Secrets().Info(ctx); err != nil {
		return v, err
	}
	switch {
	case v.Pending != "":
		v.Problem = fmt.Sprintf("the answer to %q of %s was never heard, so Qflow may sign with a secret that nobody knows; run: guestflow webhook rotate",
			v.Pending, v.PendingSince.Local().Format(time.DateTime))
	case v.AtQflow != "" && v.SecretSince.IsZero():
		v.Problem = "somebody else has registered it, and its secret is not here; run: guestflow webhook rotate"
	case v.AtQflow != v.URL:
		v.Problem = fmt.Sprintf("it was registered from here as %s; run: guestflow webhook register URL", cmp.Or(v.URL, "none"))
	}
	return v, nil
}

type webhookRegister struct {
	URL string `arg:"" help:"Address of this console as Qflow reaches it, such as https://guests.example.com/webhooks/qflow; /webhooks/qflow/ACCOUNT takes those of one account only."`
	Yes bool   `help:"Do not ask." short:"y"`
}

func (c *webhookRegister) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.WithQflow(ctx, s, func(a *program.Account) error {
		if err := checkWebhookURL(c.URL, s.AccountName(), a.Live()); err != nil {
			return err
		}
		there, err := webhookAtQflow(ctx, a)
		if err != nil {
			return err
		}
		if there != "" && there != c.URL { // an account has but one, and somebody may rely on it
			question := fmt.Sprintf("Qflow reports to %s now. Have it report to %s instead?", there, c.URL)
			if err := terminal.Confirm(ctx, std, question, c.Yes); err != nil {
				return err
			}
		}
		err = changeWebhook(ctx, a, "register "+c.URL, false, func() (qflow.Webhook, qflow.Outcome) {
			made, out := a.Qflow.RegisterWebhook(ctx, c.URL)
			made.URL = c.URL
			return made, out
		})
		if err != nil {
			return err
		}
		return std.Result(webhookDone{c.URL}, "Qflow reports to %s. Its secret is sealed in Redis. See whether it works: guestflow webhook test", c.URL)
	})
}

// checkWebhookURL refuses an address that cannot work, or by which whoever listens could read guests' addresses.
func checkWebhookURL(address, account string, live bool) error {
	u, err := url.Parse(address)
	if err != nil {
		u = &url.URL{}
	}
	before, behind, ours := strings.Cut(u.Path, program.WebhookPath) // a proxy in front may have its own paths
	switch {
	case u.Host == "" || u.User != nil || u.Fragment != "" || (u.Scheme != "https" && u.Scheme != "http"):
		return config.Usagef("the webhook's URL must be one such as https://guests.example.com%s, without a user or password", program.WebhookPath)
	case live && u.Scheme != "https":
		return config.Usagef("Qflow reports guests' addresses, so the webhook's URL must begin with https://")
	case live && config.Loopback(address):
		return config.Usagef("Qflow cannot reach an address of this machine only; name the one by which the internet reaches it")
	case u.Path == "" || u.Path == "/":
		return config.Usagef("the webhook's URL names no path; the console takes deliveries at %s://%s%s", u.Scheme, u.Host, program.WebhookOf(account))
	case ours && behind != "" && program.WebhookPath+behind != program.WebhookOf(account):
		return config.Usagef("the console takes no deliveries of the account %s at %s, but at %s://%s%s", account, u.Path, u.Scheme, u.Host, before+program.WebhookOf(account))
	}
	return nil
}

type webhookRotate struct {
	Leaked bool `help:"Somebody else has the old secret: refuse it at once, instead of in five minutes, at the price of what is on its way."`
}

func (c *webhookRotate) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.WithQflow(ctx, s, func(a *program.Account) error {
		at := ""
		err := changeWebhook(ctx, a, "rotate", c.Leaked, func() (qflow.Webhook, qflow.Outcome) {
			made, out := a.Qflow.RotateWebhook(ctx)
			at = made.URL
			return made, out
		})
		if err != nil {
			return err
		}
		return std.Result(webhookDone{at}, "Qflow signs with a new secret, which is sealed in Redis; running processes know it at once.")
	})
}

type webhookDelete struct{}

func (webhookDelete) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.WithQflow(ctx, s, func(a *program.Account) error {
		err := a.Operate().Audited(ctx, cliActor(), "webhook delete", "webhook", "", func() (string, error) { return "", deleteWebhook(ctx, a) })
		if err != nil {
			return err
		}
		return std.Result(webhookDone{}, "Webhook deleted: Qflow reports no more emails. Rows stay as they are.")
	})
}

func deleteWebhook(ctx context.Context, a *program.Account) error {
	change, err := a.Secrets().BeginChange(ctx, "delete")
	if err != nil {
		return err
	}
	out, err := askQflow(ctx, a, func() qflow.Outcome { return a.Qflow.DeleteWebhook(ctx) })
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
func changeWebhook(ctx context.Context, a *program.Account, what string, leaked bool, call func() (qflow.Webhook, qflow.Outcome)) error {
	act, _, _ := strings.Cut(what, " ")
	return a.Operate().Audited(ctx, cliActor(), "webhook "+act, "webhook", "", func() (string, error) { return what, newSecret(ctx, a, what, leaked, call) })
}

func newSecret(ctx context.Context, a *program.Account, what string, leaked bool, call func() (qflow.Webhook, qflow.Outcome)) error {
	change, err := a.Secrets().BeginChange(ctx, what)
	if err != nil {
		return err
	}
	var made qflow.Webhook
	out, err := askQflow(ctx, a, func() (out qflow.Outcome) {
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

var errNoWebhook = config.Usagef("Qflow has no webhook of this account; run: guestflow webhook register URL")

type webhookTest struct {
	Timeout time.Duration `help:"How long to wait." default:"30s"`
}

// testedEvery is how often Redis is asked whether the test has come, by whatever process it came to.
const testedEvery = 100 * time.Millisecond

func (c *webhookTest) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.WithQflow(ctx, s, func(a *program.Account) error {
		before, err := a.Secrets().Info(ctx)
		if err != nil {
			return err
		}
		begun := time.Now()
		out, err := askQflow(ctx, a, func() qflow.Outcome { return a.Qflow.TestWebhook(ctx) })
		switch {
		case err != nil:
			return err
		case out.Status == http.StatusNotFound:
			return errNoWebhook
		case out.Kind != qflow.Accepted:
			return fmt.Errorf("test the webhook: %w", out.Err())
		}
		if err := awaitTest(ctx, a, before.Tests, c.Timeout); err != nil {
			return err
		}
		return std.Result(webhookDone{before.URL}, "Qflow's test has arrived after %s, correctly signed.", time.Since(begun).Round(10*time.Millisecond))
	})
}

func awaitTest(ctx context.Context, a *program.Account, before int64, patience time.Duration) error {
	late := time.NewTimer(patience)
	defer late.Stop()
	tick := time.NewTicker(testedEvery)
	defer tick.Stop()
	for {
		info, err := a.Secrets().Info(ctx)
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
				"then run guestflow webhook rotate; for stale set the clock", patience, cmp.Or(info.URL, "URL"), program.WebhookPath, program.WebhookOf(a.Settings.AccountName()), a.Settings.AccountName())
		}
	}
}

// webhookAtQflow is where Qflow reports to, "" for nowhere.
func webhookAtQflow(ctx context.Context, a *program.Account) (at string, err error) {
	out, err := askQflow(ctx, a, func() (out qflow.Outcome) {
		at, out = a.Qflow.WebhookURL(ctx)
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

// askQflow makes one call for a person, within the budget. A token that has just run out is worth a second try: nothing was done.
func askQflow(ctx context.Context, a *program.Account, call func() qflow.Outcome) (out qflow.Outcome, err error) {
	for range 2 {
		if out = a.Qflow.Prepare(ctx); out.Kind == qflow.NoToken { // then no slot is booked
			return out, nil
		}
		if err := a.Budget.Wait(ctx, nil, "commands", budget.API); err != nil {
			return out, err
		}
		if out = call(); out.Kind != qflow.Unauthorized {
			break
		}
	}
	return out, nil
}

// webhookDone is what a change of the webhook, or its test, prints with --json.
type webhookDone struct {
	URL string `json:"url"` // empty after a deletion
}
