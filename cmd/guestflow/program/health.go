package program

import (
	"context"
	"errors"
	"net/http"

	"guestflow/cmd/guestflow/monitor"
	"guestflow/worker"
)

// probes are the paths by which this process is watched. None of them has a login.
var probes = []string{"/healthz", "/readyz", "/metrics"}

// Watched serves them: the metrics, and whether this process gets on and can work. It is called once.
func Watched(apps []*Account, works bool) http.Handler {
	for _, a := range apps {
		a.metrics.AddAccount(a.Operate())
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", apps[0].metrics.Handler())
	mux.Handle("GET /healthz", monitor.HealthHandler(alive(apps)...))
	mux.Handle("GET /readyz", monitor.HealthHandler(append(alive(apps), ready(apps, works)...)...))
	return mux
}

// alive are the checks of /healthz: that this process gets on. Whether Redis does is not its fault, and a restart no cure.
func alive(apps []*Account) (checks []monitor.Check) {
	for _, a := range apps {
		checks = append(checks, monitor.Check{Name: a.Settings.AccountName(), Fails: func(context.Context) error {
			if a.Budget.Stuck() {
				return errors.New("its calls hold each other up; restart this process")
			}
			return nil
		}})
	}
	return checks
}

// ready are the checks of /readyz: that there is everything that work needs.
func ready(apps []*Account, works bool) []monitor.Check {
	checks := []monitor.Check{monitor.RedisCheck(apps[0].Store.Client, apps[0].Ledger.Prefix())}
	for _, a := range apps {
		checks = append(checks, monitor.Check{Name: a.Settings.AccountName(), Fails: func(ctx context.Context) error {
			if works && !a.working.Load() {
				return errors.New("its workers have not started yet")
			}
			return a.sealFits(ctx)
		}})
	}
	return checks
}

// sealFits tells of a sealing key that is not the fleet's. A Redis that does not answer is another check's.
func (a *Account) sealFits(ctx context.Context) error {
	info, err := a.Tokens.Inspect(ctx)
	if err == nil && info.KeyID != "" && !info.KeyKnown {
		return errors.New("its tokens are sealed with a key that this process does not have; give it the fleet's token_keys")
	}
	return nil
}

// observed is what the worker's events go to.
func (a *Account) observed() worker.Observer {
	o := a.metrics.Worker(a.Settings.AccountName())
	o.Started = func() { a.working.Store(true) }
	return o
}
