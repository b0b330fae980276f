package delivery_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer/guestindex"
	"guestflow/importer/lease"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/qflow/webhook"
	"guestflow/tokencache"
	"guestflow/tokencache/secret"
	"guestflow/worker/delivery"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// post is a sandbox that reports to a real handler over HTTP, and an import whose rows have their emails from it.
type post struct {
	t       *testing.T
	account string
	box     *sandbox.Sandbox
	qflow   *qflow.Client
	server  *redisserver.Server
	client  *redis.Client
	books   *ledger.Ledger
	secrets *delivery.Secrets
	handler *httptest.Server
	secret  secret.Text
	imp     string
	log     testkit.Log

	mu       sync.Mutex
	accepted map[string]int // by kind and fate
	refused  map[webhook.Refusal]int
	down     atomic.Bool  // the handler's Redis client fails
	commands atomic.Int64 // of the client
}

const rows = 20

func newPost(t *testing.T, adjust func(*sandbox.Switches)) *post {
	t.Helper()
	return newPostOn(t, redistest.Start(t), "main", adjust)
}

// newPostOn shares a redis-server with others, under an account of its own.
func newPostOn(t *testing.T, server *redisserver.Server, account string, adjust func(*sandbox.Switches)) *post {
	t.Helper()
	p := &post{t: t, account: account, accepted: map[string]int{}, refused: map[webhook.Refusal]int{}, server: server}
	p.client = redistest.Connect(t, p.server)
	p.client.AddHook(breaker{&p.down, &p.commands})
	var err error
	if p.books, err = ledger.For(p.client, account); err != nil {
		t.Fatal(err)
	}
	p.secrets = newSecrets(t, p.client, p.books)
	p.handler = httptest.NewServer(p.desk(p.secrets))
	t.Cleanup(p.handler.Close)
	p.box = sandbox.New(sandbox.Options{Seed: 1, Adjust: func(sw *sandbox.Switches) {
		sw.ZonePerMinute, sw.SendPerMinute, sw.WebhookRetryMS = 0, 0, 1
		if adjust != nil {
			adjust(sw)
		}
	}})
	url, err := p.box.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.box.Close() })
	p.signIn(url)
	p.register()
	p.imp = spec.ID("guests")
	_, _, err = p.books.Create(t.Context(), ledger.Import{
		Spec: spec.Spec{Event: sandbox.Defaults().EventID, Template: sandbox.Defaults().TemplateID},
		ID:   p.imp, SHA256: "x", Rows: rows, Chunk: 50})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var keyring = func() tokencache.Keyring {
	ring, err := tokencache.ParseKeys(secret.Text(strings.Repeat("42", 32)))
	if err != nil {
		panic(err)
	}
	return ring
}()

func newSecrets(t *testing.T, client redis.UniversalClient, books *ledger.Ledger) *delivery.Secrets {
	t.Helper()
	return delivery.NewSecrets(client, books.Prefix(), books.Account(), keyring)
}

func (p *post) desk(secrets *delivery.Secrets) http.Handler {
	return delivery.New(p.books, secrets, slog.New(slog.NewTextHandler(&p.log, nil)), delivery.Observer{
		Accepted: func(kind webhook.Kind, fate delivery.Result) {
			p.count(func() { p.accepted[string(kind)+" "+string(fate)]++ })
		},
		Refused: func(why webhook.Refusal) { p.count(func() { p.refused[why]++ }) },
	}).Handler()
}

func (p *post) count(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	do()
}

func (p *post) wantAccepted(what string, n int) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.accepted[what] != n {
		p.t.Errorf("%d x %s, want %d: accepted %v, refused %v", p.accepted[what], what, n, p.accepted, p.refused)
	}
}

// breaker makes every command fail while it is open, and counts the commands.
type breaker struct {
	open     *atomic.Bool
	commands *atomic.Int64
}

func (b breaker) DialHook(next redis.DialHook) redis.DialHook { return next }

func (b breaker) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		b.commands.Add(1)
		if b.open.Load() {
			cmd.SetErr(net.ErrClosed)
			return net.ErrClosed
		}
		return next(ctx, cmd)
	}
}

func (b breaker) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		b.commands.Add(int64(len(cmds)))
		if b.open.Load() {
			return net.ErrClosed
		}
		return next(ctx, cmds)
	}
}

// tokens are those of the sandbox's public account.
type tokens struct{ cache *tokencache.Cache }

func (s tokens) Token(ctx context.Context) (secret.Text, uint64, error) {
	token, err := s.cache.Token(ctx)
	return token.Access, token.Generation, err
}

func (s tokens) Accepted(generation uint64) { s.cache.Accepted(generation) }

func (s tokens) Refused(ctx context.Context, generation uint64) error {
	return s.cache.Refused(ctx, generation)
}

func (p *post) signIn(url string) {
	p.t.Helper()
	account := sandbox.Defaults()
	endpoint := tokencache.Qflow()
	endpoint.TokenURL = url + "/core/connect/token"
	cache, err := tokencache.New(p.client, tokencache.Config{Account: p.account, Endpoint: endpoint, Keys: keyring,
		Credentials: tokencache.Credentials{
			ClientID: account.ClientID, ClientSecret: secret.Text(account.ClientSecret), Username: account.Email,
			Password: secret.Text(account.Password),
		}})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = cache.Close() })
	p.qflow, err = qflow.New(qflow.Config{URL: url, SubscriptionKey: secret.Text(account.SubscriptionKey)}, tokens{cache})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(p.qflow.Close)
}

// keep does what the command does with an answer that shows a secret.
func (p *post) keep(made qflow.Webhook, out qflow.Outcome, leaked bool) {
	p.t.Helper()
	if err := out.Err(); err != nil {
		p.t.Fatal(err)
	}
	change, err := p.secrets.BeginChange(p.t.Context(), "test")
	if err != nil {
		p.t.Fatal(err)
	}
	if err := change.Commit(p.t.Context(), made.URL, made.Secret, leaked); err != nil {
		p.t.Fatal(err)
	}
	p.secret = made.Secret
}

func (p *post) register() {
	p.t.Helper()
	made, out := p.qflow.RegisterWebhook(p.t.Context(), p.handler.URL)
	p.keep(made, out, false)
}

// guest makes the guest of a row with its email, as the worker would. The row is accepted before anything is reported
// of it, unless it is to be in another state.
func (p *post) guest(row int, email, correlation string, state ledger.State) string {
	p.t.Helper()
	account := sandbox.Defaults()
	id := uuid.New()
	p.claim(row, id)
	if state != ledger.Queued {
		p.move(row, state)
	}
	out := p.qflow.CreateGuest(p.t.Context(), qflow.Guest{
		ID: id.String(), EventID: account.EventID, FirstName: "Ann", LastName: "Lee", Email: email,
		TemplateID: account.TemplateID, CorrelationID: correlation,
	})
	if err := out.Err(); err != nil {
		p.t.Fatal(err)
	}
	return id.String()
}

func (p *post) claim(row int, id uuid.UUID) {
	p.t.Helper()
	g := guestindex.Guest{Row: row, ID: id, Event: canonical(sandbox.Defaults().EventID),
		Template: canonical(sandbox.Defaults().TemplateID)}
	if _, err := guestindex.For(p.books).Claim(p.t.Context(), p.imp, []guestindex.Guest{g}); err != nil {
		p.t.Fatal(err)
	}
	p.move(row, ledger.Queued)
}

func canonical(id string) string { return uuid.MustParse(id).String() }

func (p *post) move(row int, to ledger.State) {
	p.t.Helper()
	if _, _, err := p.books.Move(p.t.Context(), p.imp, []ledger.Move{{Row: row, To: to}}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *post) correlation(row int) string {
	return ledger.CorrelationID(p.account, p.imp, row).String()
}

func (p *post) settle() {
	p.t.Helper()
	if err := p.box.Settle(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
}

func (p *post) state(row int) ledger.State {
	p.t.Helper()
	marks, err := p.books.RowBytes(p.t.Context(), p.imp, row, row)
	if err != nil {
		p.t.Fatal(err)
	}
	return marks[0].State()
}

// post sends a body as Qflow would.
func (p *post) send(key secret.Text, at time.Time, id string, body string) int {
	p.t.Helper()
	stamp := fmt.Sprint(at.Unix())
	mac := hmac.New(sha256.New, []byte(key.Reveal()))
	_, _ = io.WriteString(mac, stamp+"."+body)
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.handler.URL, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set(webhook.SignatureHeader, "t="+stamp+",v1="+hex.EncodeToString(mac.Sum(nil)))
	r.Header.Set(webhook.IDHeader, id)
	answer, err := p.handler.Client().Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

func (p *post) event(row int, kind string) string {
	return fmt.Sprintf(`{"event":"comms.%s","attendeeInvitationId":"i","correlationId":%q}`, kind, p.correlation(row))
}

// outcomes are what the sandbox makes of addresses, and where their rows end.
var outcomes = map[string]ledger.State{
	"ann@x.example": ledger.Delivered, "open@x.example": ledger.Delivered, "sent@x.example": ledger.Accepted,
	"defer@x.example":  ledger.Accepted,
	"bounce@x.example": ledger.Undeliverable, "drop@x.example": ledger.Undeliverable,
	"spam@x.example":        ledger.Undeliverable,
	"unsubscribe@x.example": ledger.Undeliverable, "fail@x.example": ledger.Refused,
}

// Every switch that changes what Qflow sends, in each of its positions.
func TestRowsEndAsTheirEmailsDidWhateverQflowSends(t *testing.T) {
	t.Parallel()
	server, account := redistest.Start(t), 0
	for name, adjust := range map[string]func(*sandbox.Switches){
		"as it is likeliest":      nil,
		"names in pascal case":    func(sw *sandbox.Switches) { sw.WebhookPayload = "pascal" },
		"nested":                  func(sw *sandbox.Switches) { sw.WebhookPayload = "nested" },
		"reversed":                func(sw *sandbox.Switches) { sw.WebhookOrder = "reversed" },
		"shuffled":                func(sw *sandbox.Switches) { sw.WebhookOrder = "shuffled" },
		"everything twice":        func(sw *sandbox.Switches) { sw.WebhookTwice = true },
		"signed by decoded bytes": func(sw *sandbox.Switches) { sw.WebhookKey = "hex_decoded" },
		"upper case hex":          func(sw *sandbox.Switches) { sw.WebhookHex = "upper" },
		"a second version":        func(sw *sandbox.Switches) { sw.WebhookV2 = true },
		"dates without an offset": func(sw *sandbox.Switches) { sw.DateFormat = "naive" },
		"dates with an offset":    func(sw *sandbox.Switches) { sw.DateFormat = "offset" },
		"all at once, badly": func(sw *sandbox.Switches) {
			sw.WebhookPayload, sw.WebhookOrder, sw.WebhookTwice, sw.WebhookHex, sw.WebhookV2 = "pascal", "shuffled", true,
				"upper", true
			sw.WebhookRetryID, sw.WebhookRetryTime = "new", "same"
		},
	} {
		for how, correlated := range map[string]bool{"by correlation id": true, "by the guest index": false} {
			account++
			own := fmt.Sprint("account", account)
			t.Run(name+"/"+how, func(t *testing.T) {
				t.Parallel()
				p := newPostOn(t, server, own, adjust)
				row, want := 0, map[int]ledger.State{}
				for email, end := range outcomes {
					for _, begin := range []ledger.State{ledger.Accepted, ledger.Unknown} {
						row++
						correlation := ""
						if correlated {
							correlation = p.correlation(row)
						}
						p.guest(row, email, correlation, begin)
						want[row] = end
					}
				}
				p.settle()
				for row, end := range want {
					if got := p.state(row); got != end {
						t.Errorf("row %d: %s, want %s", row, got, end)
					}
				}
				imp, err := p.books.Import(t.Context(), p.imp)
				if err != nil || imp.Counts.Total() != rows || imp.Counts[ledger.Delivered] != 4 ||
					imp.Counts[ledger.Undeliverable] != 8 {
					t.Errorf("counts %v, %v", imp.Counts, err)
				}
				if books := p.box.Summary().Webhooks; books.GivenUp != 0 {
					t.Errorf("%+v, refused %v", books, p.refused)
				}
			})
		}
	}
}

func TestEventsOfOthersAreAnsweredAndChangeNothing(t *testing.T) {
	t.Parallel()
	p := newPost(t, nil)
	p.guest(1, "ann@x.example", "another system's id", ledger.Accepted) // its guest is in the index all the same
	account := sandbox.Defaults()
	for range 2 { // from Qflow's own pages
		out := p.qflow.CreateGuest(t.Context(), qflow.Guest{ID: uuid.NewString(), EventID: account.EventID,
			FirstName: "Bob", Email: "bounce@x.example", TemplateID: account.TemplateID})
		if err := out.Err(); err != nil {
			t.Fatal(err)
		}
	}
	p.settle()
	p.wantAccepted("delivered moved", 1)
	p.wantAccepted("bounced foreign", 2)
	for what, body := range map[string]string{
		"other ignored":    `{"event":"comms.brand_new"}`,
		"other unreadable": `[]`,
		"sent gone": fmt.Sprintf(`{"event":"comms.sent","correlationId":%q}`,
			ledger.CorrelationID("main", "aaaaaaaa", 1)),
		"opened foreign": fmt.Sprintf(`{"event":"comms.opened","correlationId":%q}`,
			ledger.CorrelationID("other", p.imp, 1)),
		"bounced foreign": `{"event":"comms.bounced"}`,
	} {
		if status := p.send(p.secret, time.Now(), uuid.NewString(), body); status != http.StatusOK {
			t.Errorf("%s: status %d", what, status)
		}
	}
	p.wantAccepted("other ignored", 1)
	p.wantAccepted("sent gone", 1)
	p.wantAccepted("opened foreign", 1)
	p.wantAccepted("bounced foreign", 3)
	p.wantAccepted("other unreadable", 1)
}

func TestAFloodOfForgeriesCostsRedisNextToNothing(t *testing.T) {
	t.Parallel()
	p := newPost(t, nil)
	p.guest(1, "sent@x.example", p.correlation(1), ledger.Accepted)
	p.settle()
	before, begun := p.commands.Load(), time.Now()
	for range 1000 {
		if status := p.send("guessed", time.Now(), uuid.NewString(),
			p.event(1, "bounced")); status != http.StatusUnauthorized {
			t.Fatalf("status %d", status)
		}
	}
	// ten a second, and the one that is due anyway; two commands each
	looks := int(time.Since(begun)/(100*time.Millisecond)) + 2
	if got := int(p.commands.Load() - before); got > 2*looks {
		t.Errorf("1000 forgeries cost %d commands, want at most %d", got, 2*looks)
	}
	if p.state(1) != ledger.Accepted {
		t.Errorf("row 1 is %s", p.state(1))
	}
	if lines := strings.Count(p.log.String(), "\n"); lines > 1 {
		t.Errorf("%d lines", lines)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refused[webhook.RefusedWrong] != 1000 {
		t.Errorf("refused %v", p.refused)
	}
}

func TestAReplayChangesNothing(t *testing.T) {
	t.Parallel()
	p := newPost(t, nil)
	p.claim(1, uuid.New())
	at, id := time.Now(), uuid.NewString()
	for range 3 {
		p.send(p.secret, at, id, p.event(1, "sent"))
	}
	p.wantAccepted("sent moved", 1)
	p.wantAccepted("sent repeated", 2)
	p.send(p.secret, at, uuid.NewString(), p.event(1, "sent")) // the id is not signed, so a replay may have another
	p.wantAccepted("sent known", 1)
	p.send(p.secret, at, id, p.event(1, "bounced")) // nor is it proof of a repeat
	p.wantAccepted("bounced moved", 1)
	if status := p.send(p.secret, at.Add(-time.Hour), id, p.event(1, "delivered")); status != http.StatusUnauthorized {
		t.Errorf("an hour later: status %d", status)
	}
	if got := p.state(1); got != ledger.Undeliverable {
		t.Errorf("row 1 is %s", got)
	}
}

func TestARotationLosesNoDeliveryInAnyProcess(t *testing.T) {
	t.Parallel()
	p := newPost(t, nil)
	other := httptest.NewServer(p.desk(newSecrets(t, redistest.Connect(t, p.server), p.books))) // another process
	t.Cleanup(other.Close)
	first, here := p.secret, p.handler
	for n, server := range []*httptest.Server{here, other} {
		p.handler = server
		if status := p.send(first, time.Now(), uuid.NewString(), p.event(1+n, "opened")); status != http.StatusOK {
			t.Fatalf("before: %d", status)
		}
	}
	made, out := p.qflow.RotateWebhook(t.Context())
	p.keep(made, out, false)
	for _, server := range []*httptest.Server{here, other} {
		p.handler = server
		for name, key := range map[string]secret.Text{"the new one": made.Secret, "what was on its way": first} {
			if status := p.send(key, time.Now(), uuid.NewString(), p.event(3, "opened")); status != http.StatusOK {
				t.Errorf("%s: status %d", name, status)
			}
		}
	}
	stays, err := p.client.PTTL(t.Context(), "gf:{main}:webhook:previous").Result()
	if err != nil || stays <= 0 || stays > webhook.Window {
		t.Errorf("the old secret is good for %s more, %v", stays, err)
	}
	made, out = p.qflow.RotateWebhook(t.Context())
	second := p.secret
	p.keep(made, out, true) // it has leaked
	p.handler = httptest.NewServer(p.desk(newSecrets(t, p.client, p.books)))
	defer p.handler.Close()
	if status := p.send(second, time.Now(), uuid.NewString(), p.event(3, "opened")); status != http.StatusUnauthorized {
		t.Errorf("a leaked secret: status %d", status)
	}
}

func TestQflowComesAgainWhenRedisWasAway(t *testing.T) {
	t.Parallel()
	p := newPost(t, func(sw *sandbox.Switches) { sw.WebhookRetries, sw.WebhookRetryMS = 12, 5 })
	p.guest(1, "sent@x.example", p.correlation(1), ledger.Accepted)
	p.settle() // the secret is known
	p.claim(2, uuid.New())
	p.down.Store(true)
	if status := p.send(p.secret, time.Now(), "d", p.event(2, "delivered")); status != http.StatusServiceUnavailable {
		t.Fatalf("status %d", status)
	}
	if status := p.send("guessed", time.Now(), "d", p.event(2, "delivered")); status != http.StatusUnauthorized {
		t.Errorf("a forgery meanwhile: status %d", status)
	}
	p.down.Store(false)
	if status := p.send(p.secret, time.Now(), "d", p.event(2, "delivered")); status != http.StatusOK ||
		p.state(2) != ledger.Delivered {
		t.Errorf("the second time: status %d, row 2 is %s", status, p.state(2))
	}
}

// Qflow does not come again for ever, so what is told while a row's call is on its way is kept until the answer is
// there.
func TestAFailureThatOvertakesItsAnswerIsHeardThoughQflowComesOnce(t *testing.T) {
	t.Parallel()
	p := newPost(t, nil)
	for row, begin := range map[int]func(context.Context, string, []qflow.Gate, ...int) (ledger.BeginResult, error){
		1: p.books.Calls.BeginAtomic, 2: p.books.Calls.BeginSend,
	} {
		p.claim(row, uuid.New())
		if _, err := begin(t.Context(), p.imp, nil, row); err != nil {
			t.Fatal(err)
		}
		if status := p.send(p.secret, time.Now(), fmt.Sprint("d", row), p.event(row, "failed")); status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
		p.move(row, ledger.Accepted)
		if got := p.state(row); got != ledger.Refused {
			t.Errorf("row %d is %s", row, got)
		}
	}
	p.wantAccepted("failed busy", 2)
}

func TestTheSecretLiesSealedAndIsTheAccountsOwn(t *testing.T) {
	t.Parallel()
	p := newPost(t, nil)
	made, out := p.qflow.RotateWebhook(t.Context())
	first := p.secret
	p.keep(made, out, false)
	for _, key := range p.client.Keys(t.Context(), "gf:{main}:webhook*").Val() {
		dump := p.client.Dump(t.Context(), key).Val()
		for _, plain := range []secret.Text{first, made.Secret} {
			if strings.Contains(dump, plain.Reveal()) {
				t.Errorf("%s holds a secret in clear", key)
			}
		}
	}
	sealed := p.client.HGet(t.Context(), "gf:{main}:webhook", "secret").Val()
	p.client.HSet(t.Context(), "gf:{second}:webhook", "secret", sealed)
	if list, err := delivery.NewSecrets(p.client, "gf:{second}:", "second", keyring).Current(t.Context(),
		false); err == nil {
		t.Errorf("another account opens it: %d secrets", len(list))
	}
}

func TestALostAnswerLeavesATraceUntilTheNextRotation(t *testing.T) {
	t.Parallel()
	p := newPost(t, nil)
	begin := func() *delivery.Change {
		t.Helper()
		change, err := p.secrets.BeginChange(t.Context(), "rotate")
		if err != nil {
			t.Fatal(err)
		}
		return change
	}
	info := func() delivery.Info {
		t.Helper()
		i, err := p.secrets.Info(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	change := begin()
	if _, err := p.secrets.BeginChange(t.Context(), "rotate"); err == nil {
		t.Error("two change it at a time")
	}
	if i := info(); i.Pending != "rotate" || i.PendingSince.IsZero() {
		t.Errorf("a process that dies now leaves %+v", i)
	}
	if err := change.Unresolved(t.Context()); err != nil {
		t.Fatal(err)
	}
	if i := info(); i.Pending != "rotate" || i.URL != p.handler.URL {
		t.Errorf("after a lost answer: %+v", i)
	}
	if err := begin().Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	made, out := p.qflow.RotateWebhook(t.Context())
	p.keep(made, out, false)
	if i := info(); i.Pending != "" || i.SecretSince.IsZero() {
		t.Errorf("after a rotation: %+v", i)
	}
	if err := begin().Delete(t.Context()); err != nil {
		t.Fatal(err)
	}
	if i := info(); i != (delivery.Info{}) {
		t.Errorf("after it is deleted: %+v", i)
	}
	if status := p.send(made.Secret, time.Now(), "d", p.event(1, "sent")); status != http.StatusUnauthorized &&
		status != http.StatusOK { // known for five seconds more
		t.Errorf("status %d", status)
	}
}

func TestAChangeThatAnotherHasOvertakenKeepsItsHandsOff(t *testing.T) {
	t.Parallel()
	p := newPost(t, nil)
	frozen, err := p.secrets.BeginChange(t.Context(), "rotate")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := p.client.Keys(t.Context(), "*webhook:begun").Result()
	if err != nil || len(keys) != 1 {
		t.Fatalf("%q, %v", keys, err)
	}
	p.client.Del(t.Context(), keys...) // a minute goes by
	made, out := p.qflow.RotateWebhook(t.Context())
	p.keep(made, out, false)
	other, err := p.secrets.BeginChange(t.Context(), "another")
	if err != nil {
		t.Fatal(err)
	}
	if err := frozen.Commit(t.Context(), "https://late.example", "late", false); !errors.Is(err, lease.ErrLost) {
		t.Errorf("committed late: %v", err)
	}
	if err := frozen.Abort(t.Context()); !errors.Is(err, lease.ErrLost) {
		t.Errorf("aborted late: %v", err)
	}
	if i, err := p.secrets.Info(t.Context()); err != nil || i.Pending != "another" || i.URL != made.URL {
		t.Errorf("%+v, %v", i, err)
	}
	if err := other.Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestATestIsHeard(t *testing.T) {
	t.Parallel()
	p := newPost(t, nil)
	if err := p.qflow.TestWebhook(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	p.settle()
	i, err := p.secrets.Info(t.Context())
	if err != nil || i.Tests != 1 || time.Since(i.LastDelivery) > time.Minute {
		t.Fatalf("%+v, %v", i, err)
	}
	p.wantAccepted("test tested", 1)
}
