package worker_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/tokencache"
	"guestflow/tokencache/secret"
	"guestflow/worker"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// farm is everything that a test of the worker needs, all of it real: a redis-server, a sandbox over HTTP, an importer
// and any number of workers.
type farm struct {
	t       *testing.T
	server  *redisserver.Server
	redis   *redis.Client
	sandbox *sandbox.Sandbox
	url     string
	ledger  *ledger.Ledger
	account string
	lines   *testkit.Log
	log     *slog.Logger
	limits  budget.Limits
	ladder  []time.Duration
	grace   time.Duration
	first   bool   // guests are created before their gate opens
	state   string // the state folder that all workers of a host share
	egress  string // the address whose budget the workers draw on: the account's own, unless set

	timeout  time.Duration // of a call, the client's own unless set: on a busy machine an answer is no lost one
	tokenURL string        // where tokens come from: the sandbox, unless set

	lookEvery   time.Duration // the interval of a worker's services, their own unless set
	screenLasts time.Duration // how long a worker's look for suppressed addresses lasts, its own time unless set
	markLasts   time.Duration // for how long a worker's mark is good, its own time unless set
}

const (
	concurrency = 8
	atOnce      = concurrency + 1 // of a worker: one more is for short imports
)

func newFarm(t *testing.T, options sandbox.Options) *farm {
	t.Helper()
	return newFarmOn(t, redistest.Start(t), "main", options)
}

// newFarmOn shares a redis-server with other farms, under an account of its own.
func newFarmOn(t *testing.T, server *redisserver.Server, account string, options sandbox.Options) *farm {
	t.Helper()
	box := sandbox.New(options)
	url, err := box.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	client := redistest.Connect(t, server)
	books, err := ledger.For(client, account)
	if err != nil {
		t.Fatal(err)
	}
	said := &testkit.Log{}
	return &farm{
		t: t, server: server, redis: client, sandbox: box, url: url, ledger: books, account: account,
		lines: said, log: slog.New(slog.NewTextHandler(said, nil)), ladder: []time.Duration{200 * time.Millisecond},
		state: t.TempDir(),
	}
}

// tokens gives a token cache of its own, as another process would have.
func (f *farm) tokens(client redis.UniversalClient) *tokencache.Cache {
	f.t.Helper()
	c := sandbox.Defaults()
	endpoint := tokencache.Qflow()
	endpoint.TokenURL = cmp.Or(f.tokenURL, f.url+"/core/connect/token")
	cache, err := tokencache.New(client, tokencache.Config{
		Account: f.account, Endpoint: endpoint, StateDir: f.state, Logger: f.log,
		Credentials: tokencache.Credentials{
			ClientID: c.ClientID, ClientSecret: secret.Text(c.ClientSecret), Username: c.Email,
			Password: secret.Text(c.Password),
		},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return cache
}

// work starts a worker and gives the function that stops it and waits for it.
func (f *farm) work() (stop func()) {
	f.t.Helper()
	options := f.server.Redis()
	// a server that is slow is not one that is away
	options.ReadTimeout, options.WriteTimeout = testkit.Patience, testkit.Patience
	return f.workWith(redis.NewClient(options))
}

// workWith starts a worker with a Redis client of its own, which it closes.
func (f *farm) workWith(client *redis.Client) (stop func()) {
	f.t.Helper()
	cache := f.tokens(client)
	api, err := qflow.New(qflow.Config{URL: f.url, SubscriptionKey: secret.Text(sandbox.Defaults().SubscriptionKey),
		Timeout: f.timeout}, worker.Tokens{Cache: cache})
	if err != nil {
		f.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		c := worker.Config{
			Redis: client, Ledger: f.ledger, Qflow: api,
			Budget: budget.New(client, budget.Config{Egress: cmp.Or(f.egress, f.account), Account: f.account, Limits: f.limits,
				Log: f.log}),
			Gates: gate.New(client, f.ledger.Prefix(),
				f.ladder), Log: f.log, Concurrency: concurrency, Grace: f.grace, CreateFirst: f.first,
		}
		err := worker.Run(ctx, c.LookingEvery(f.lookEvery).ScreeningWithin(f.screenLasts).MarkingFor(f.markLasts))
		if err != nil {
			f.t.Error(err)
		}
	})
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			running.Wait()
			api.Close()
			_ = cache.Close()
			_ = client.Close()
		})
	}
	f.t.Cleanup(stop)
	return stop
}

// settings are those of the sandbox's own event, with or without an email.
func settings(template string) importer.Settings {
	return importer.Settings{Spec: spec.Spec{Account: "main", Event: sandbox.Defaults().EventID, Template: template}}
}

var template = sandbox.Defaults().TemplateID

// file writes a CSV of n guests and gives its path.
func file(t *testing.T, n int, more ...string) string { return named(t, "Ann", n, more...) }

func named(t *testing.T, name string, n int, more ...string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("First Name,Last Name,Email,Tags\n")
	for i := range n {
		fmt.Fprintf(&b, "%s %d,Lee,%s%d@example.com,VIP\n", name, i, strings.ToLower(name), i)
	}
	for _, line := range more {
		b.WriteString(line + "\n")
	}
	return write(t, b.String())
}

func write(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "guests.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// importFile imports a file and gives its id.
func (f *farm) importFile(path string, s importer.Settings) string {
	f.t.Helper()
	s.Account = f.account
	plan, err := importer.MakePlan(f.t.Context(), path, s)
	if err != nil {
		f.t.Fatal(err)
	}
	im := f.importer()
	imp, _, err := im.Begin(f.t.Context(), plan)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := im.Run(f.t.Context(), plan, imp); err != nil {
		f.t.Fatal(err)
	}
	return imp.ID
}

func (f *farm) importer() *importer.Importer { return importer.New(f.redis, f.ledger, f.log) }

func (f *farm) inspector() *asynq.Inspector { return asynq.NewInspectorFromRedisClient(f.redis) }

func (f *farm) gates() *gate.Gates { return gate.New(f.redis, f.ledger.Prefix(), f.ladder) }

// await waits until an import's counters are as wanted, and gives the import. A ledger has no signal to wait on.
func (f *farm) await(id, what string, is func(ledger.Import) bool) ledger.Import {
	f.t.Helper()
	var imp ledger.Import
	f.until(what, func() bool {
		var err error
		imp, err = f.ledger.Import(context.Background(), id)
		return err == nil && is(imp)
	}, testkit.Detail(func() string { counts, _ := imp.Counts.MarshalJSON(); return string(counts) }))
	return imp
}

// until polls until something is so. A task that Asynq had taken when a worker stopped comes back when its lease is
// over, within two minutes.
func (f *farm) until(what string, is func() bool, details ...fmt.Stringer) {
	f.t.Helper()
	testkit.Eventually(f.t, what, is, append(details, f.lines)...)
}

func (f *farm) awaitDone(id string) ledger.Import {
	f.t.Helper()
	return f.await(id, "every row is settled", ledger.Import.Done)
}

// checkBooks compares the sandbox's books: one guest and one email for each, and no refresh token used twice.
func (f *farm) checkBooks(guests, emails int) {
	f.t.Helper()
	s := f.sandbox.Summary()
	if s.Guests != guests || s.Emails != emails || s.EmailsMax > 1 || s.RefreshPresentationsMax > 1 {
		f.t.Fatalf("Qflow has %d guests, %d emails, at most %d for one guest, a refresh token shown %d times; want %d, %d, 1, 1",
			s.Guests, s.Emails, s.EmailsMax, s.RefreshPresentationsMax, guests, emails)
	}
}

// checkRows compares what each row of an import says with Qflow's books: a row that says accepted has its guest and one
// email of the template, one that says created or unchanged has its guest, and one that came to nothing has no email.
// Rows in unknown may have either. Guests are told by their email address, which is the third column of the file.
func (f *farm) checkRows(path, id, template string) {
	f.t.Helper()
	ctx := context.Background()
	text, err := os.ReadFile(path)
	if err != nil {
		f.t.Fatal(err)
	}
	books := f.sandbox.History()
	guests, emails := map[string]string{}, map[string]int{}
	for _, g := range books.GuestList {
		guests[g.Email] = g.ID
	}
	for _, e := range books.EmailList {
		if e.Count > 1 {
			f.t.Errorf("guest %s has %d emails of one template", e.GuestID, e.Count)
		}
		if e.TemplateID == template {
			emails[e.GuestID] += e.Count
		}
	}
	imp, err := f.ledger.Import(ctx, id)
	if err != nil {
		f.t.Fatal(err)
	}
	marks, err := f.ledger.RowBytes(ctx, id, 1, imp.Rows)
	if err != nil {
		f.t.Fatal(err)
	}
	for n, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		guest := guests[strings.Split(line, ",")[2]]
		sent, state := emails[guest], marks[n].State()
		ok := true
		switch state {
		case ledger.Accepted, ledger.Delivered, ledger.Undeliverable:
			ok = guest != "" && sent == 1
		case ledger.Created, ledger.Unchanged:
			ok = guest != ""
		case ledger.Refused, ledger.Rejected, ledger.Exhausted, ledger.Cancelled:
			ok = sent == 0
		default:
		}
		if !ok {
			f.t.Errorf("row %d of import %s is %s; Qflow has the guest: %v, and %d emails", n+1, id, state, guest != "", sent)
		}
	}
}

func TestMain(m *testing.M) {
	// These tests wait more than they compute.
	flag.Parse()
	_ = flag.Set("test.parallel", "6")
	redis.SetLogger(quiet{}) // a killed server is no news here
	// A pool that could not dial for a while tries until it is closed, and looks whether that is so once a second.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial"),
		goleak.Cleanup(testkit.RemovePlainTests))
}

type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}
