package monitor

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/importer/remote"
	"guestflow/qflow"
	"guestflow/worker/budget"
)

const (
	// fleetTTL is how long the numbers are reused: several scrapers, or a frequent one, cost Redis no more than one.
	fleetTTL = 5 * time.Second

	// fleetTimeout bounds the reading of Redis. Prometheus gives up after 10 s by default, and would have no numbers at
	// all then.
	fleetTimeout = 3 * time.Second
)

// fleetCollector reads the numbers that all processes share, when they are scraped. What cannot be read is left out,
// and guestflow_fleet_up is 0.
type fleetCollector struct {
	up, importRows, imports, stalled               *prometheus.Desc
	gate, gateSince                                *prometheus.Desc
	limit, booked, allowed, pace, paused           *prometheus.Desc
	braking, retryTokens                           *prometheus.Desc
	tasks, oldest, workers, tokenLeft, tokenRenews *prometheus.Desc
	signIn                                         *prometheus.Desc
	sourceOK, sourceFailed                         *prometheus.Desc

	mu       sync.Mutex
	accounts []*operate.Account
	metrics  []prometheus.Metric
	until    time.Time
}

func newFleetCollector() *fleetCollector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("guestflow_"+name, help+" The same in each process.", labels, nil)
	}
	return &fleetCollector{
		up:         desc("fleet_up", "Whether the numbers of the whole fleet could be read from Redis.", "account"),
		importRows: desc("open_import_rows", "Rows of the fleet's unfinished imports, by state.", "account", "state"),
		imports: desc("open_imports", "Unfinished imports of the fleet: running, parked (all that is left waits "+
			"for a gate), window (its emails wait for their send window), paused or cancelled.", "account", "status"),
		stalled: desc("open_imports_still_seconds", "Time since the last progress of the running import for which "+
			"that is longest.", "account"),

		gate:      desc("gate_closed", "Whether a gate is closed for the fleet.", "account", "gate"),
		gateSince: desc("gate_closed_since_timestamp_seconds", "When a closed gate was closed.", "account", "gate"),

		limit: desc("budget_limit_calls", "Calls that the fleet may make in a minute; 0 is no limit.", "egress",
			"scope"),
		booked: desc("budget_booked_calls", "Calls that the fleet has booked in the last whole minute.", "egress",
			"scope"),
		allowed: desc("budget_allowed_calls", "Calls that the fleet was allowed in the last whole minute, fewer than "+
			"the limit after a 429; 0 is no limit.", "egress", "scope"),
		pace: desc("budget_pace_ratio", "Share of the limits that the fleet uses now; less than 1 after a 429.",
			"egress"),
		paused: desc("budget_paused_seconds", "How much longer the fleet is paused after a 429.", "egress"),

		braking: desc("account_braking", "Whether the fleet slows an account's calls down because too many have "+
			"failed.", "account"),
		retryTokens: desc("account_retry_tokens", "What is left of an account's retry budget of 100.", "account"),

		tasks: desc("queue_tasks", "Chunks in the fleet's queues, by lane and state; lost ones were being "+
			"processed by a worker that is gone.", "account", "lane", "state"),
		oldest: desc("queue_oldest_seconds", "How long the first chunk in a lane of the fleet has waited.", "account",
			"lane"),
		workers: desc("workers", "Processes of the fleet that work for an account.", "account"),

		tokenLeft:   desc("token_left_seconds", "How long the fleet's access token is valid.", "account"),
		tokenRenews: desc("token_refreshable", "Whether the fleet has a refresh token.", "account"),
		sourceOK: desc("source_last_success_timestamp_seconds", "When a profile's source was last read.", "account",
			"profile"),
		sourceFailed: desc("source_failed", "Whether the last look at a profile's source has failed.", "account", "profile"),
		signIn: desc("sign_in_failed", "Whether the account cannot sign in at Qflow, or cannot once its token ends; the "+
			"problem says what was refused.", "account", "problem"),
	}
}

// AddAccount adds an account to the collected ones.
func (m *Metrics) AddAccount(a *operate.Account) {
	m.fleet.mu.Lock()
	defer m.fleet.mu.Unlock()
	m.fleet.accounts = append(m.fleet.accounts, a)
	m.fleet.until = time.Time{}
}

// Describe implements prometheus.Collector.
func (f *fleetCollector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		f.up, f.importRows, f.imports, f.stalled, f.gate, f.gateSince, f.limit, f.booked, f.allowed, f.pace, f.paused,
		f.braking, f.retryTokens, f.tasks, f.oldest, f.workers, f.tokenLeft, f.tokenRenews, f.signIn, f.sourceOK,
		f.sourceFailed,
	} {
		to <- d
	}
}

// Collect implements prometheus.Collector. Concurrent scrapes share one reading.
func (f *fleetCollector) Collect(to chan<- prometheus.Metric) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := time.Now(); now.After(f.until) {
		f.collectAll(now)
		f.until = time.Now().Add(fleetTTL)
	}
	for _, m := range f.metrics {
		to <- m
	}
}

func (f *fleetCollector) collectAll(now time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), fleetTimeout)
	defer cancel()
	f.metrics = nil
	addresses := map[string]bool{}
	for _, a := range f.accounts {
		up := 1.0
		if err := f.collectAccount(ctx, a, now, addresses); err != nil { // the workers log it
			up = 0
		}
		f.add(f.up, up, a.Name())
	}
}

// collectAccount stops at the first error, so that a Redis that does not answer costs the time limit once.
func (f *fleetCollector) collectAccount(ctx context.Context, a *operate.Account, now time.Time,
	addresses map[string]bool) error {
	for _, collect := range []func() error{
		func() error { return f.collectImports(ctx, a, now) },
		func() error { return f.collectGates(ctx, a) },
		func() error { return f.collectBudget(ctx, a, addresses) },
		func() error { return f.collectQueues(ctx, a) },
		func() error { return f.collectToken(ctx, a) },
		func() error { return f.collectSources(ctx, a) },
		func() error { return f.collectWorkers(ctx, a) },
	} {
		if err := collect(); err != nil {
			return err
		}
	}
	return nil
}

func (f *fleetCollector) add(d *prometheus.Desc, value float64, labels ...string) {
	f.metrics = append(f.metrics, prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...))
}

func (f *fleetCollector) collectImports(ctx context.Context, a *operate.Account, now time.Time) error {
	list, err := a.Ledger.Running(ctx)
	if err != nil {
		return err
	}
	var rows ledger.Counts
	imports := map[string]int{"running": 0, "parked": 0, "window": 0, ledger.StoppedPaused: 0, ledger.StoppedCancelled: 0}
	still := 0.0
	for _, i := range list {
		for s, n := range i.Counts {
			rows[s] += n
		}
		is := status(i, now)
		imports[is]++
		if is == "running" {
			still = max(still, now.Sub(i.Updated).Seconds())
		}
	}
	for _, s := range ledger.AllStates() {
		f.add(f.importRows, float64(rows[s]), a.Name(), s.String())
	}
	for is, n := range imports {
		f.add(f.imports, float64(n), a.Name(), is)
	}
	f.add(f.stalled, still, a.Name())
	return nil
}

// status is the label of an unfinished import.
func status(i ledger.Import, now time.Time) string {
	if i.Stopped != "" {
		return i.Stopped
	}
	if i.Counts.Open() == i.Counts.Parked() {
		return "parked"
	}
	if w := operate.WindowOf(i, now); w != nil && !w.Open {
		return "window"
	}
	return "running"
}

func (f *fleetCollector) collectGates(ctx context.Context, a *operate.Account) error {
	closed, err := a.Gates.Closed(ctx)
	if err != nil {
		return err
	}
	since := map[qflow.Gate]int64{} // of the part that was closed first
	for _, c := range closed {
		if at, known := since[c.Gate]; !known || c.Since.Unix() < at {
			since[c.Gate] = c.Since.Unix()
		}
	}
	for _, g := range qflow.Gates {
		at, is := since[g]
		if is {
			f.add(f.gateSince, float64(at), a.Name(), string(g))
		}
		f.add(f.gate, boolValue(is), a.Name(), string(g))
	}
	return nil
}

func boolValue(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// collectBudget reads each address once, however many accounts call from it.
func (f *fleetCollector) collectBudget(ctx context.Context, a *operate.Account, addresses map[string]bool) error {
	s, err := a.Budget.State(ctx)
	if err != nil {
		return err
	}
	f.add(f.braking, boolValue(s.CircuitOpen()), a.Name())
	f.add(f.retryTokens, s.Accounts[0].Tokens, a.Name())
	if addresses[s.Egress] {
		return nil
	}
	addresses[s.Egress] = true
	f.add(f.pace, s.Throttle, s.Egress)
	f.add(f.paused, s.Paused.Seconds(), s.Egress)
	f.add(f.limit, float64(s.APILimit), s.Egress, string(budget.API))
	f.add(f.limit, float64(s.EmailLimit), s.Egress, string(budget.Email))
	minutes, err := a.Budget.History(ctx, 2)
	if err != nil {
		return err
	}
	last := minutes[0]
	f.add(f.booked, float64(last.Calls), s.Egress, string(budget.API))
	f.add(f.booked, float64(last.Emails), s.Egress, string(budget.Email))
	f.add(f.allowed, float64(last.APILimit), s.Egress, string(budget.API))
	f.add(f.allowed, float64(last.EmailLimit), s.Egress, string(budget.Email))
	return nil
}

// collectQueues adds up the lanes of long imports, and those of short ones: which of them an import has does not
// matter.
func (f *fleetCollector) collectQueues(ctx context.Context, a *operate.Account) error {
	depths, err := a.Queues.Stats(ctx)
	if err != nil {
		return err
	}
	ages, err := a.Queues.OldestPending(ctx)
	if err != nil {
		return err
	}
	sums, first := map[string]queue.Depth{}, map[string]time.Duration{}
	for name, d := range depths {
		lane := laneOf(name, a.Name())
		sum := sums[lane]
		sum.Pending, sum.Active, sum.Lost = sum.Pending+d.Pending, sum.Active+d.Active, sum.Lost+d.Lost
		sum.Retry, sum.Scheduled = sum.Retry+d.Retry, sum.Scheduled+d.Scheduled
		sums[lane], first[lane] = sum, max(first[lane], ages[name])
	}
	for lane, d := range sums {
		for state, n := range map[string]int{"pending": d.Pending, "active": d.Active - d.Lost, "lost": d.Lost,
			"retry": d.Retry, "scheduled": d.Scheduled} {
			f.add(f.tasks, float64(max(n, 0)), a.Name(), lane, state)
		}
		f.add(f.oldest, first[lane].Seconds(), a.Name(), lane)
	}
	return nil
}

// laneOf is short, long, or parked with the gate.
func laneOf(name, account string) string {
	if queue.IsParked(name) {
		return "parked_" + strings.TrimPrefix(name, "parked:"+account+":")
	}
	if chunk.IsShortQueue(name, account) {
		return "short"
	}
	return "long"
}

func (f *fleetCollector) collectWorkers(ctx context.Context, a *operate.Account) error {
	n, err := a.Workers(ctx)
	if err == nil {
		f.add(f.workers, float64(n), a.Name())
	}
	return err
}

func (f *fleetCollector) collectSources(ctx context.Context, a *operate.Account) error {
	looks, err := remote.NewLooks(a.Redis, a.Ledger.Prefix()).Read(ctx)
	if err != nil {
		return err
	}
	for profile, look := range looks {
		f.add(f.sourceFailed, boolValue(!look.Failed.IsZero()), a.Name(), profile)
		if !look.OK.IsZero() {
			f.add(f.sourceOK, float64(look.OK.Unix()), a.Name(), profile)
		}
	}
	return nil
}

func (f *fleetCollector) collectToken(ctx context.Context, a *operate.Account) error {
	if a.Tokens == nil {
		return nil
	}
	info, err := a.Tokens.Inspect(ctx)
	if err != nil {
		return err
	}
	left := 0.0
	if !info.ExpiresAt.IsZero() {
		left = max(info.ExpiresAt.Sub(info.Now).Seconds(), 0)
	}
	f.add(f.tokenLeft, left, a.Name())
	f.add(f.tokenRenews, boolValue(info.HasRefreshToken), a.Name())
	signIn, err := a.SignIn(ctx)
	switch {
	case err != nil:
		return err
	case signIn != nil:
		f.add(f.signIn, 1, a.Name(), signIn.Problem)
	default:
		f.add(f.signIn, 0, a.Name(), "none")
	}
	return nil
}
