package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"guestflow/cmd/guestflow/monitor"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/store"
	"guestflow/importer"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/trace"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/tokencache"
	"guestflow/tokencache/secret"
	"guestflow/worker"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// app is the parts of guestflow put together for one account.
type app struct {
	settings *settings
	log      *slog.Logger
	store    *store.Store
	sandbox  *sandbox.Sandbox // nil: Qflow itself, or a sandbox in another process
	api      string           // where Qflow is
	metrics  *monitor.Metrics
	ledger   *ledger.Ledger
	tokens   *tokencache.Cache
	qflow    *qflow.Client
	budget   *budget.Budget
	gates    *gate.Gates
	queues   *chunk.Queues
	importer *importer.Importer
	working  atomic.Bool // its worker takes chunks
	close    []func()
}

// open builds the whole app; box is a sandbox to take the place of Qflow, if it is not for open to choose. What it opened is
// closed by Close, in the opposite order, also when it fails half-way.
func (s *settings) open(ctx context.Context, log *slog.Logger, box *sandbox.Sandbox) (*app, error) {
	a, err := s.openBooks(ctx, log)
	if err != nil {
		return a, err
	}
	if err := a.connect(box); err != nil {
		a.Close()
		return a, err
	}
	return a, nil
}

// openBooks builds what is kept in Redis, and no way to Qflow.
func (s *settings) openBooks(ctx context.Context, log *slog.Logger) (*app, error) {
	a := &app{settings: s, log: log}
	err := a.openStore(ctx)
	if err != nil {
		return a, err
	}
	if trace.Kept() {
		log = slog.New(trace.Log(log.Handler()))
		a.log = log
	}
	if a.ledger, err = ledger.For(a.store.Client, s.account()); err != nil {
		a.Close()
		return a, &usageError{err.Error()}
	}
	a.ledger.Observe(a.metrics.Ledger(s.account()))
	a.ledger.SealWith(a.sealingKeys())
	a.budget = budget.New(a.store.Client, budget.Config{
		Egress: s.Egress, Account: s.account(), Limits: s.limits(), Log: log, OnWait: a.metrics.Waited(s.account()),
	})
	a.gates = gate.New(a.store.Client, a.ledger.Prefix(), s.ProbeIntervals)
	a.queues = chunk.NewQueues(a.store.Client, s.account())
	a.importer = importer.New(a.store.Client, a.ledger, log)
	a.importer.Replicas = s.RedisReplicas
	return a, nil
}

// openStore finds a Redis, or takes the one of an account that this process serves too.
func (a *app) openStore(ctx context.Context) (err error) {
	if other := a.settings.shared; other != nil {
		a.store, a.metrics = other.store, other.metrics
		return nil
	}
	a.metrics = monitor.NewMetrics()
	if err := a.keepTraces(); err != nil {
		return err
	}
	a.store, err = store.Open(ctx, a.settings.redisSettings.options(a.settings.StateDir, a.log))
	if err == nil {
		a.close = append(a.close, a.store.Close)
	}
	return err
}

// with opens the books for a command that looks or steers, and closes them behind it.
func (s *settings) with(ctx context.Context, do func(*app) error) error {
	if err := s.only(); err != nil {
		return err
	}
	a, err := s.openBooks(ctx, s.logger(true))
	if err != nil {
		return err
	}
	defer a.Close()
	return do(a)
}

// withImport is with for what is about one import; "" is the newest.
func (s *settings) withImport(ctx context.Context, id string, do func(*app) error) error {
	one, err := s.forImport(ctx, id)
	if err != nil {
		return err
	}
	return one.with(ctx, do)
}

// Close ends what open started.
func (a *app) Close() {
	for i := len(a.close) - 1; i >= 0; i-- {
		a.close[i]()
	}
}

// connect builds the way to Qflow: the account, its tokens, the client.
func (a *app) connect(box *sandbox.Sandbox) error {
	who, err := a.caller(box)
	if err != nil {
		return err
	}
	journal, err := a.journal(&who)
	if err != nil {
		return err
	}
	a.tokens, err = tokencache.New(a.store.Client, tokencache.Config{
		Account: a.settings.account(), Endpoint: who.endpoint, Credentials: who.credentials, Keys: who.keys,
		StateDir: journal, Replicas: a.settings.RedisReplicas, Logger: a.log, Observer: a.metrics.Tokens(),
	})
	if err != nil {
		return fmt.Errorf("set up the token cache: %w", err)
	}
	a.close = append(a.close, func() { _ = a.tokens.Close() })
	a.api = who.api
	a.qflow, err = qflow.New(qflow.Config{
		URL: who.api, CheckinPrefix: a.settings.CheckinPrefix, CommsPrefix: a.settings.CommsPrefix,
		KeyHeader: a.settings.KeyHeader, SubscriptionKey: who.key, Connections: a.settings.Concurrency,
		Observer: qflow.Observers(a.metrics.Calls(a.settings.account()), callTraces()),
	}, worker.Tokens{Cache: a.tokens})
	if err != nil {
		return &usageError{err.Error()}
	}
	a.close = append(a.close, a.qflow.Close)
	return nil
}

// journal is the folder of the token journal. A sandbox in this process ends with it, and so do its tokens: what would be
// remembered of them would only lie there, for every start anew.
func (a *app) journal(who *caller) (dir string, err error) {
	if a.sandbox == nil {
		return a.settings.StateDir, nil
	}
	if who.keys.Empty() {
		if who.keys, _, err = tokencache.LoadOrCreateKey(a.settings.StateDir); err != nil {
			return "", fmt.Errorf("set up the token cache: %w", err)
		}
	}
	return "", nil
}

// caller is who calls Qflow, and where Qflow is.
type caller struct {
	api         string
	endpoint    tokencache.Endpoint
	credentials tokencache.Credentials
	keys        tokencache.Keyring
	key         secret.Text
}

func (a *app) caller(box *sandbox.Sandbox) (caller, error) {
	s := a.settings
	who := caller{api: s.APIURL, endpoint: s.endpoint(), key: s.SubscriptionKey, credentials: tokencache.Credentials{
		ClientID: s.ClientID, ClientSecret: s.ClientSecret, Username: s.Username, Password: s.Password, EnterprisePIN: s.EnterprisePin,
	}}
	var err error
	if who.keys, err = s.tokenKeys(); err != nil {
		return who, err
	}
	if s.sandboxed() || box != nil {
		if err := a.playSandbox(&who, box); err != nil {
			return who, err
		}
	}
	return who, nil
}

// tokenKeys are those that are configured; none if there are none.
func (s *settings) tokenKeys() (keys tokencache.Keyring, err error) {
	if s.TokenKeys.Set() {
		if keys, err = tokencache.ParseKeys(s.TokenKeys); err != nil {
			return keys, &usageError{fmt.Sprintf("--token-keys: %v", err)}
		}
	}
	return keys, nil
}

// sealingKeys gives the keys that seal guests' data: those of the tokens, which are generated in the state folder where none are
// configured. They are looked for when they are needed, for most commands need none and are to leave no key behind. A process whose
// tokens are sealed with another key is refused: nobody else in the fleet could open what it seals.
func (a *app) sealingKeys() func() (tokencache.Keyring, error) {
	var once sync.Mutex
	var keys tokencache.Keyring
	return func() (tokencache.Keyring, error) {
		once.Lock()
		defer once.Unlock()
		if !keys.Empty() {
			return keys, nil
		}
		found, err := a.settings.tokenKeys()
		if err == nil && found.Empty() {
			found, _, err = tokencache.LoadOrCreateKey(a.settings.StateDir)
		}
		if err == nil && a.tokens != nil {
			ctx, cancel := context.WithTimeout(context.Background(), sealWithin)
			defer cancel()
			err = a.canOpenSeals(ctx)
		}
		if err != nil {
			return tokencache.Keyring{}, err
		}
		keys = found
		return keys, nil
	}
}

// sealWithin is how long Redis may take to tell with which key the fleet seals.
const sealWithin = 5 * time.Second

// playSandbox fills in the sandbox's public account, and starts a sandbox in this process unless one is named.
func (a *app) playSandbox(who *caller, box *sandbox.Sandbox) error {
	if box == nil && who.api == "" {
		box = sandbox.New(sandbox.Options{})
	}
	if box != nil {
		at, err := box.Listen("127.0.0.1:0")
		if err != nil {
			return fmt.Errorf("start the sandbox: %w", err)
		}
		a.sandbox, who.api = box, at
		a.close = append(a.close, func() { _ = box.Close() })
	}
	account := sandbox.Defaults()
	if a.settings.IdentityURL == "" {
		who.endpoint.TokenURL = strings.TrimSuffix(who.api, "/") + "/core/connect/token"
		who.endpoint.AuthURL = authorizeURL(who.endpoint.TokenURL)
	}
	who.key = secret.Text(account.SubscriptionKey)
	who.credentials = tokencache.Credentials{
		ClientID: account.ClientID, ClientSecret: secret.Text(account.ClientSecret), Username: account.Email, Password: secret.Text(account.Password),
	}
	return nil
}

// live tells whether calls reach real people.
func (a *app) live() bool { return !a.settings.sandboxed() && !loopback(a.settings.APIURL) }

// worker is the configuration of a worker in this process.
func (a *app) worker() worker.Config {
	return worker.Config{
		Redis: a.store.Client, Ledger: a.ledger, Qflow: a.qflow, Budget: a.budget, Gates: a.gates, Log: a.log,
		Concurrency: a.settings.Concurrency, CreateFirst: a.settings.WhileUntrusted == "create", Observer: a.observed(),
	}
}

// describe makes an error a sentence that says what to do.
func describe(err error) string { return operate.Describe(err) }

// host is an address as people name it.
func host(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return address
}
