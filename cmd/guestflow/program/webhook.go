package program

import (
	"context"
	"log/slog"
	"net/http"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/worker/delivery"
)

// WithQflow is With for what needs the way to Qflow.
func WithQflow(ctx context.Context, s *config.Settings, do func(*Account) error) error {
	return With(ctx, s, func(a *Account) error {
		if err := a.Connect(nil); err != nil {
			return err
		}
		return do(a)
	})
}

// anyAccount is the account in metrics of what is refused at the address of all accounts: no account can have this
// name.
const anyAccount = "(any)"

// webhooks returns the handlers of Qflow's deliveries by path. The accounts must be connected.
func webhooks(accounts []*Account, log *slog.Logger) map[string]http.Handler {
	receivers, handlers := make([]*delivery.Receiver, len(accounts)), map[string]http.Handler{}
	for i, a := range accounts {
		name := a.Settings.AccountName()
		receivers[i] = delivery.New(a.Ledger, a.Operate().Webhook().Secrets, a.Log, a.metrics.Webhooks(name))
		handlers[operate.WebhookPathOf(name)] = receivers[i].Handler()
	}
	handlers[operate.WebhookPath] = handlers[operate.WebhookPathOf(accounts[0].Settings.AccountName())]
	if len(accounts) > 1 {
		handlers[operate.WebhookPath] = delivery.SharedHandler(receivers, accounts[0].metrics.Webhooks(anyAccount).Refused,
			log)
	}
	return handlers
}
