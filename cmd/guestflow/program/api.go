package program

import (
	"context"
	"errors"
	"log/slog"

	"guestflow/cmd/guestflow/api"
	"guestflow/cmd/guestflow/console"
	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/ledger"
)

// apiOf is the HTTP API of the accounts that the console shows.
func apiOf(accounts []*console.Account, guard *access.Access, log *slog.Logger) *api.API {
	served := make([]*api.Account, len(accounts))
	for i, a := range accounts {
		served[i] = &api.Account{
			Watcher: a.Watcher, Profiles: a.Profiles, Spool: a.Spool, Settings: a.Settings, Approved: a.Approved,
			MaxBytes: a.UploadLimit(),
			Report: func(ctx context.Context, imp ledger.Import, folder string) (api.Files, error) {
				r, err := a.Report(ctx, imp, folder)
				return api.Files{Result: r.Result, Rejects: r.Rejects}, err
			},
		}
	}
	return api.New(served, guard, log)
}

// tokensOf checks the API tokens of some accounts.
func tokensOf(accounts []*Account) access.Tokens {
	operated := make([]*operate.Account, len(accounts))
	for i, a := range accounts {
		operated[i] = a.Operate()
	}
	return func(ctx context.Context, text string) (access.User, error) {
		for _, a := range operated {
			t, err := a.CheckAPIToken(ctx, text)
			if errors.Is(err, operate.ErrAPIToken) {
				continue
			}
			return access.User{Name: t.Name, Operator: t.Operator, Guests: t.Guests, Account: a.Name()}, err
		}
		return access.User{}, access.ErrNoToken
	}
}
