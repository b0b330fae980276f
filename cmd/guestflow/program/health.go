package program

import (
	"context"
	"errors"
	"net/http"

	"guestflow/cmd/guestflow/monitor"
	"guestflow/worker"
)

// probes are the paths by which this process is monitored. They need no login.
var probes = []string{"/healthz", "/readyz", "/metrics"}

// Probes serves them. It is called once.
func Probes(accounts []*Account, works bool) http.Handler {
	for _, a := range accounts {
		a.metrics.AddAccount(a.Operate())
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", accounts[0].metrics.Handler())
	mux.Handle("GET /healthz", monitor.HealthHandler(alive(accounts)...))
	mux.Handle("GET /readyz", monitor.HealthHandler(append(alive(accounts), ready(accounts, works)...)...))
	return mux
}

// alive returns the checks of /healthz: a restart would help. It does not if Redis is down.
func alive(accounts []*Account) (checks []monitor.Check) {
	for _, a := range accounts {
		checks = append(checks, monitor.Check{Name: a.Settings.AccountName(), Fails: func(context.Context) error {
			if a.Budget.Stuck() {
				return errors.New("its calls block each other; restart this process")
			}
			return nil
		}})
	}
	return checks
}

// ready returns the checks of /readyz: everything that work needs is there.
func ready(accounts []*Account, works bool) []monitor.Check {
	checks := []monitor.Check{monitor.RedisCheck(accounts[0].Store.Client, accounts[0].Ledger.Prefix())}
	for _, a := range accounts {
		checks = append(checks, monitor.Check{Name: a.Settings.AccountName(), Fails: func(ctx context.Context) error {
			if works && !a.working.Load() {
				return errors.New("its workers have not started yet")
			}
			return a.sealFits(ctx)
		}})
	}
	return checks
}

// sealFits returns an error for a sealing key that is not the fleet's. Whether Redis answers is another check.
func (a *Account) sealFits(ctx context.Context) error {
	info, err := a.Tokens.Inspect(ctx)
	if err == nil && info.KeyID != "" && !info.KeyKnown {
		return errors.New("its tokens are sealed with a key that this process does not have; give it the fleet's token_keys")
	}
	return nil
}

// observed returns the worker's observer.
func (a *Account) observed() worker.Observer {
	o := a.metrics.Worker(a.Settings.AccountName())
	o.Started = func() { a.working.Store(true) }
	return o
}
