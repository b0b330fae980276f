package main

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
)

type webhookCommand struct {
	Show     webhookShow     `cmd:"" default:"1" help:"Show where Qflow reports to, and its last delivery; never the secret."`
	Register webhookRegister `cmd:"" help:"Have Qflow report on emails to an address of this console."`
	Test     webhookTest     `cmd:"" help:"Have Qflow send a test, and wait until it has arrived."`
	Rotate   webhookRotate   `cmd:"" help:"Have Qflow make a new secret to sign with."`
	Delete   webhookDelete   `cmd:"" help:"Delete the webhook: Qflow reports no more."`
}

// webhookDone is what register, test, rotate and delete print with --json.
type webhookDone struct {
	URL string `json:"url"` // empty after a deletion
}

type webhookShow struct{}

func (webhookShow) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return withWebhook(ctx, s, func(w operate.Webhook) error {
		status, err := w.Status(ctx)
		if err != nil {
			return err
		}
		if std.JSON {
			return std.Encode(status)
		}
		return printWebhook(status, std)
	})
}

func printWebhook(s operate.WebhookStatus, std terminal.Output) error {
	t := std.Table()
	line := func(name, value string) { terminal.Printf(t, "%s\t%s\n", name, value) }
	line("at Qflow", cmp.Or(s.AtQflow, "none"))
	if !s.SecretSince.IsZero() {
		line("secret", "sealed here since "+s.SecretSince.Local().Format(time.DateTime))
	}
	last := "none yet"
	if !s.LastDelivery.IsZero() {
		last = s.LastDelivery.Local().Format(time.DateTime)
	}
	line("last delivery", last)
	if s.Problem != "" {
		line("problem", s.Problem)
	}
	return t.Flush()
}

type webhookRegister struct {
	URL string `arg:"" help:"Public URL of this console, such as https://guests.example.com/webhooks/qflow; /webhooks/qflow/ACCOUNT is for one account only."`
	Yes bool   `help:"Do not ask." short:"y"`
}

func (c *webhookRegister) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return withWebhook(ctx, s, func(w operate.Webhook) error {
		if err := checkWebhookURL(c.URL, s.AccountName(), w.Live); err != nil {
			return err
		}
		now, err := w.URL(ctx)
		if err != nil {
			return err
		}
		if now != "" && now != c.URL { // an account has one only, and it may be in use
			question := fmt.Sprintf("Qflow reports to %s now. Replace it by %s?", now, c.URL)
			if err := terminal.Confirm(ctx, std, question, c.Yes); err != nil {
				return err
			}
		}
		if err := w.Register(ctx, cliActor(), c.URL); err != nil {
			return err
		}
		return std.Result(webhookDone{c.URL},
			"Qflow reports to %s. Its secret is sealed in Redis. Test it with: guestflow webhook test", c.URL)
	})
}

// checkWebhookURL refuses a URL that cannot work, or that would send guests' addresses over a network in clear.
func checkWebhookURL(address, account string, live bool) error {
	u, err := url.Parse(address)
	if err != nil {
		u = &url.URL{}
	}
	before, behind, ours := strings.Cut(u.Path, operate.WebhookPath) // a proxy in front may have its own paths
	switch {
	case u.Host == "" || u.User != nil || u.Fragment != "" || (u.Scheme != "https" && u.Scheme != "http"):
		return config.Usagef("the webhook's URL must be one such as https://guests.example.com%s, without a user or password",
			operate.WebhookPath)
	case live && u.Scheme != "https":
		return config.Usagef("Qflow reports guests' addresses, so the webhook's URL must begin with https://")
	case live && config.Loopback(address):
		return config.Usagef("Qflow cannot reach an address of this machine only; name the one by which the internet reaches it")
	case u.Path == "" || u.Path == "/":
		return config.Usagef("the webhook's URL names no path; the console takes deliveries at %s://%s%s", u.Scheme, u.Host,
			operate.WebhookPathOf(account))
	case ours && behind != "" && operate.WebhookPath+behind != operate.WebhookPathOf(account):
		return config.Usagef("the console takes no deliveries of the account %s at %s, but at %s://%s%s", account, u.Path,
			u.Scheme, u.Host, before+operate.WebhookPathOf(account))
	}
	return nil
}

type webhookRotate struct {
	Leaked bool `help:"The old secret has leaked: refuse it at once instead of in five minutes. Deliveries on their way are lost."`
}

func (c *webhookRotate) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return withWebhook(ctx, s, func(w operate.Webhook) error {
		address, err := w.Rotate(ctx, cliActor(), c.Leaked)
		if err != nil {
			return err
		}
		return std.Result(webhookDone{address},
			"Qflow signs with a new secret. It is sealed in Redis, and running processes use it at once.")
	})
}

type webhookDelete struct{}

func (webhookDelete) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return withWebhook(ctx, s, func(w operate.Webhook) error {
		if err := w.Delete(ctx, cliActor()); err != nil {
			return err
		}
		return std.Result(webhookDone{}, "Webhook deleted: Qflow reports no more. Rows stay as they are.")
	})
}

type webhookTest struct {
	Timeout time.Duration `help:"How long to wait." default:"30s"`
}

func (c *webhookTest) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return withWebhook(ctx, s, func(w operate.Webhook) error {
		address, took, err := w.Test(ctx, c.Timeout)
		if err != nil {
			return err
		}
		return std.Result(webhookDone{address}, "Qflow's test has arrived after %s, correctly signed.",
			took.Round(10*time.Millisecond))
	})
}

// withWebhook opens the account with its way to Qflow.
func withWebhook(ctx context.Context, s *config.Settings, do func(operate.Webhook) error) error {
	return program.WithQflow(ctx, s, func(a *program.Account) error { return do(a.Operate().Webhook()) })
}
