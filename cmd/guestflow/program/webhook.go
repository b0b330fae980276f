package program

import (
	"context"
	"log/slog"
	"net/http"

	"guestflow/cmd/guestflow/config"
	"guestflow/worker/delivery"
)

// WebhookPath is where the console takes deliveries of all accounts. Behind it may stand an account's name, see webhookOf.
const WebhookPath = "/webhooks/qflow"

// WithQflow opens the books and the way to Qflow.
func WithQflow(ctx context.Context, s *config.Settings, do func(*Account) error) error {
	return With(ctx, s, func(a *Account) error {
		if err := a.Connect(nil); err != nil {
			return err
		}
		return do(a)
	})
}

// Secrets are the account's webhook secrets, sealed by the key that seals its tokens.
func (a *Account) Secrets() *delivery.Secrets {
	return delivery.NewSecrets(a.Store.Client, a.Ledger.Prefix(), a.Ledger.Account(), a.Tokens.Keys())
}

// WebhookOf is where the console takes deliveries of one account only: what is refused there is counted as that account's.
func WebhookOf(account string) string { return WebhookPath + "/" + account }

// nobodys is the account of metrics for what is refused where several accounts are told: no account may be called so.
const nobodys = "(any)"

// webhooks answer what Qflow tells of emails, by path. The apps must be connected.
func webhooks(apps []*Account, log *slog.Logger) map[string]http.Handler {
	desks, answers := make([]*delivery.Receiver, len(apps)), map[string]http.Handler{}
	for i, a := range apps {
		desks[i] = delivery.New(a.Ledger, a.Secrets(), a.Log, a.metrics.Webhooks(a.Settings.AccountName()))
		answers[WebhookOf(a.Settings.AccountName())] = desks[i].Handler()
	}
	answers[WebhookPath] = answers[WebhookOf(apps[0].Settings.AccountName())]
	if len(apps) > 1 {
		answers[WebhookPath] = delivery.SharedHandler(desks, apps[0].metrics.Webhooks(nobodys).Refused, log)
	}
	return answers
}
