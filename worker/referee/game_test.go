package referee

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
	"guestflow/qflow"
	"guestflow/tokencache"
	"guestflow/tokencache/secret"
	"guestflow/worker"
	"guestflow/worker/budget"
	"guestflow/worker/delivery"
	"guestflow/worker/gate"
)

// game is one run: a Qflow of random rules, a few people, lists of them, and operators and faults that act as they
// please.
type game struct {
	t       *testing.T
	random  *rand.Rand
	judge   *judge
	redis   *redis.Client
	server  *redisserver.Server
	account string
	ledger  *ledger.Ledger
	log     *slog.Logger
	said    *testkit.Log
	desk    *httptest.Server
	hush    []byte // the secret that events are signed with
	post    http.Client
	first   bool   // guests are created before their gate opens
	state   string // the folder that all workers of a host share

	workers     []func()
	lists       []*list // in the order in which they were begun
	versions    int
	forgotten   int // how many lists there were when the guest index was lost
	forgottenAt int // and how many calls
	diary       []string
}

// list is one import.
type list struct {
	id, path        string
	event, template string
	rows            []entry
	plan            importer.Plan
	imp             ledger.Import
	run             bool // its rows were enqueued
	cancelled       bool
	retried         bool
	decided         bool // a person has had its unknown rows sent again
}

type entry struct{ name, mail, tags, notes string }

const people = 7

func newGame(t *testing.T, server *redisserver.Server, seed uint64) *game {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 7))
	g := &game{t: t, random: r, judge: newJudge(t, r), server: server, account: fmt.Sprintf("r%d", seed),
		said:  &testkit.Log{},
		state: t.TempDir(), first: r.IntN(4) == 0}
	g.log = slog.New(slog.NewTextHandler(g.said, &slog.HandlerOptions{Level: slog.LevelWarn}))
	g.redis = redistest.Connect(t, server)
	var err error
	g.ledger, err = ledger.For(g.redis, g.account)
	g.must(err)
	if r.IntN(3) == 0 {
		g.judge.bad[person(r.IntN(people))] = true
	}
	if r.IntN(3) == 0 {
		g.judge.noEmail[person(r.IntN(people))] = true
	}
	g.openDesk()
	return g
}

func person(n int) string { return string(rune('A'+n)) + "nn" }

func (g *game) must(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

// openDesk takes the events that Qflow tells.
func (g *game) openDesk() {
	ring, err := tokencache.ParseKeys(secret.Text(strings.Repeat("42", 32)))
	g.must(err)
	secrets := delivery.NewSecrets(g.redis, g.ledger.Prefix(), g.account, ring)
	change, err := secrets.BeginChange(g.t.Context(), "register")
	g.must(err)
	g.hush = []byte(strings.Repeat("ab", 32))
	g.must(change.Commit(g.t.Context(), "http://referee", secret.Text(g.hush), false))
	g.post.Transport = &http.Transport{} // its own: servers of tests close the idle connections of the common one
	g.t.Cleanup(g.post.CloseIdleConnections)
	g.desk = httptest.NewServer(delivery.New(g.ledger, secrets, g.log, delivery.Observer{}).Handler())
	g.t.Cleanup(g.desk.Close)
	g.judge.tell = func(p post) {
		body, _ := json.Marshal(map[string]any{
			"event": p.kind, "attendeeInvitationId": p.invitation, "attendeeId": p.attendee, "eventId": p.event,
			"templateId": p.template, "correlationId": p.correlation})
		stamp := fmt.Sprint(time.Now().Unix())
		mac := hmac.New(sha256.New, g.hush)
		mac.Write([]byte(stamp + "."))
		mac.Write(body)
		req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, g.desk.URL, bytes.NewReader(body))
		if err != nil {
			panic(err)
		}
		req.Header.Set("X-Qflow-Signature", "t="+stamp+",v1="+hex.EncodeToString(mac.Sum(nil)))
		req.Header.Set("X-Qflow-Webhook-Id", uuid.NewString())
		resp, err := g.post.Do(req)
		if err != nil {
			g.t.Errorf("tell an event: %v", err)
			return
		}
		defer resp.Body.Close()
		_, _ = io.Copy(io.Discard, resp.Body)
		if resp.StatusCode != http.StatusOK {
			g.t.Errorf("an event got %d", resp.StatusCode)
		}
	}
}

// work starts a worker with clients of its own, as another process would have.
func (g *game) work() {
	client := redis.NewClient(g.server.Redis())
	endpoint := tokencache.Qflow()
	endpoint.TokenURL = g.judge.server.URL + "/core/connect/token"
	cache, err := tokencache.New(client, tokencache.Config{
		Account: g.account, Endpoint: endpoint, StateDir: g.state, Logger: g.log,
		Credentials: tokencache.Credentials{ClientID: "client-id", ClientSecret: "client-secret", Username: "some-user",
			Password: "some-password"},
	})
	g.must(err)
	api, err := qflow.New(qflow.Config{URL: g.judge.server.URL, SubscriptionKey: "0123456789abcdef0123456789abcdef",
		Timeout: 10 * time.Second}, worker.Tokens{Cache: cache})
	g.must(err)
	books, err := ledger.For(client, g.account)
	g.must(err)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		err := worker.Run(ctx, worker.Config{
			Redis: client, Ledger: books, Qflow: api,
			Budget: budget.New(client, budget.Config{Egress: g.account, Account: g.account,
				Limits: budget.Limits{API: 60_000, Email: 60_000, Pause: 100 * time.Millisecond}, Log: g.log}),
			Gates: gate.New(client, books.Prefix(),
				[]time.Duration{100 * time.Millisecond}), Log: g.log, Concurrency: 4, CreateFirst: g.first,
		})
		if err != nil {
			g.t.Error(err)
		}
	})
	var once sync.Once
	stop := func() {
		once.Do(func() {
			cancel()
			running.Wait()
			api.Close()
			_ = cache.Close()
			_ = client.Close()
		})
	}
	g.t.Cleanup(stop)
	g.workers = append(g.workers, stop)
}

func (g *game) importer() *importer.Importer { return importer.New(g.redis, g.ledger, g.log) }

func (g *game) note(format string, args ...any) {
	g.judge.mu.Lock()
	n := len(g.judge.calls)
	g.judge.mu.Unlock()
	g.diary = append(g.diary, fmt.Sprintf("after call %d: ", n)+fmt.Sprintf(format, args...))
}

// invent draws a list: some people, each with tags and notes that no other list has, or with those that the last one
// had.
func (g *game) invent() *list {
	r := g.random
	events := []string{"11111111-aaaa-4333-8444-555555555501", "11111111-aaaa-4333-8444-555555555502"}
	l := &list{event: pick(r, events[0], events[0], events[1])}
	if r.IntN(3) > 0 {
		l.template = pick(r, templates[l.event]...)
	}
	if g.versions == 0 || r.IntN(3) > 0 {
		g.versions++
	}
	for _, n := range r.Perm(people)[:1+r.IntN(people)] {
		name := person(n)
		l.rows = append(l.rows, entry{name, strings.ToLower(name) + "@example.com", fmt.Sprintf("T%d", g.versions),
			fmt.Sprintf("N%d", g.versions)})
	}
	if r.IntN(6) == 0 { // the same guest once more, further down
		again := l.rows[0]
		again.tags = "TWICE"
		l.rows = append(l.rows, again)
	}
	if r.IntN(8) == 0 {
		l.rows = append(l.rows, entry{"Zed", "no address", "T", "N"})
	}
	return l
}

// begin writes the list's record; its rows are enqueued by enqueue.
func (g *game) begin(l *list, again string) {
	var b strings.Builder
	b.WriteString("First Name,Last Name,Email,Tags,Guest Notes\n")
	for _, e := range l.rows {
		fmt.Fprintf(&b, "%s,Lee,%s,%s,%s\n", e.name, e.mail, e.tags, e.notes)
	}
	l.path = filepath.Join(g.t.TempDir(), "guests.csv")
	g.must(os.WriteFile(l.path, []byte(b.String()), 0o600))
	plan, err := importer.MakePlan(g.t.Context(), l.path, importer.Settings{
		Spec: spec.Spec{Account: g.account, Event: l.event, Template: l.template, Again: again},
	})
	g.must(err)
	imp, created, err := g.importer().Begin(g.t.Context(), plan)
	g.must(err)
	l.plan, l.imp, l.id = plan, imp, imp.ID
	if !created { // it is a list that was there: it goes on
		for _, old := range g.lists {
			if old.id == l.id {
				g.enqueue(old)
			}
		}
		return
	}
	g.lists = append(g.lists, l)
	g.note("list %d %s begun: event %s template %s rows %v", len(g.lists)-1, l.id, l.event[34:], tail(l.template),
		names(l.rows))
}

func tail(id string) string { return id[max(len(id)-2, 0):] }

func names(rows []entry) (list []string) {
	for _, e := range rows {
		list = append(list, e.name[:1]+"/"+e.tags)
	}
	return list
}

func (g *game) enqueue(l *list) {
	if err := g.importer().Run(g.t.Context(), l.plan, l.imp); err != nil && !l.cancelled {
		g.t.Fatalf("run %s: %v", l.id, err)
	}
	l.run = true
}

// step does one thing.
func (g *game) step() {
	r, ctx := g.random, g.t.Context()
	var any *list
	if len(g.lists) > 0 {
		any = g.lists[r.IntN(len(g.lists))]
	}
	switch n := r.IntN(40); {
	case any == nil || n < 12:
		l := g.invent()
		g.begin(l, "")
		if r.IntN(6) > 0 {
			g.enqueue(l)
		}
	case n < 14:
		again := *any
		again.run, again.cancelled, again.retried, again.decided = false, false, false, false
		name := pick(r, "", fmt.Sprint(len(g.lists)))
		g.begin(&again, name)
		if last := g.lists[len(g.lists)-1]; !last.run {
			g.enqueue(last)
		}
	case n < 16:
		if !any.cancelled { // it cannot be paused
			g.must(g.ledger.Pause(ctx, any.id))
			g.note("pause %s", any.id)
		}
	case n < 18:
		imp, err := g.ledger.Import(ctx, any.id)
		g.must(err)
		if imp.Stopped == ledger.StoppedPaused {
			g.must(g.importer().Resume(ctx, imp))
			g.note("resume %s", any.id)
		}
	case n < 20:
		any.cancelled = true
		g.note("cancel %s", any.id)
		_, err := g.ledger.Cancel(ctx, any.id)
		g.must(err)
	case n < 22:
		g.retry(any, r.IntN(2) == 0)
	case n < 26:
		g.judge.mood(func(m *moods) { m.trusted = !m.trusted })
		g.note("trusted: %v", g.judge.moods.trusted)
	case n < 27:
		g.judge.mood(func(m *moods) { m.allowed = !m.allowed })
		g.note("allowed: %v", g.judge.moods.allowed)
	case n < 28:
		g.judge.mood(func(m *moods) {
			m.closedEvent, m.closedTemplate = "", ""
			switch l := g.invent(); r.IntN(3) {
			case 0:
				m.closedEvent = l.event
			case 1:
				m.closedTemplate = l.template
			}
		})
		g.note("closed: event %q template %q", tail(g.judge.moods.closedEvent), tail(g.judge.moods.closedTemplate))
	case n < 32:
		g.judge.mood(func(m *moods) { m.trouble = pick(r, 0, 0, 0.3, 0.8) })
		g.note("trouble %v", g.judge.moods.trouble)
	case n < 33:
		if g.forgotten == 0 && r.IntN(2) == 0 {
			g.forget()
		}
	case n < 35:
		if len(g.workers) > 0 {
			at := r.IntN(len(g.workers))
			g.note("a worker stops")
			g.workers[at]()
			g.workers = slices.Delete(g.workers, at, at+1)
		}
		g.work()
	case n < 37:
		g.hurry()
	default:
		for _, p := range g.judge.late() {
			g.judge.tell(p)
		}
	}
}

func (g *game) retry(l *list, unknown bool) {
	imp, err := g.ledger.Import(g.t.Context(), l.id)
	g.must(err)
	if imp.Stopped != "" {
		return
	}
	g.note("retry %s, unknown: %v", l.id, unknown)
	l.retried = true
	l.decided = l.decided || unknown
	_, _ = g.importer().Retry(g.t.Context(), imp, unknown) // rows that are no longer kept are an error
}

// forget loses the guest index.
func (g *game) forget() {
	keys, err := g.redis.Keys(g.t.Context(), g.ledger.Prefix()+"guests:*").Result()
	g.must(err)
	if len(keys) > 0 {
		g.must(g.redis.Del(g.t.Context(), keys...).Err())
		g.forgotten = len(g.lists)
		g.judge.mu.Lock()
		g.forgottenAt = len(g.judge.calls)
		g.judge.mu.Unlock()
		g.note("the guest index is lost")
	}
}

// hurry has all chunks that wait come back now.
func (g *game) hurry() {
	inspector := asynq.NewInspectorFromRedisClient(g.redis)
	queues, err := inspector.Queues()
	g.must(err)
	for _, q := range queues {
		if strings.HasPrefix(q, "guests:"+g.account+":") || strings.HasPrefix(q, "parked:"+g.account+":") {
			_, _ = inspector.RunAllRetryTasks(q)
			_, _ = inspector.RunAllScheduledTasks(q)
		}
	}
}

// pause lets the workers make some calls.
func (g *game) pause() {
	calls := g.random.IntN(6)
	over := time.NewTimer(time.Duration(50+g.random.IntN(250)) * time.Millisecond)
	defer over.Stop()
	for range calls {
		select {
		case <-g.judge.called:
		case <-over.C:
			return
		}
	}
}

// settleIn is how long it may take until every row is settled, once nothing stands in the way: a task that a worker
// left behind comes back after two minutes at the latest.
const settleIn = 150 * time.Second

// settle opens everything and waits until all rows are settled.
func (g *game) settle() {
	ctx := g.t.Context()
	g.judge.mood(func(m *moods) { *m = moods{trusted: true, allowed: true} })
	g.note("all is open, and nothing goes wrong")
	for _, l := range g.lists {
		if !l.run {
			g.enqueue(l)
		}
		imp, err := g.ledger.Import(ctx, l.id)
		g.must(err)
		if imp.Stopped == ledger.StoppedPaused {
			g.must(g.importer().Resume(ctx, imp))
		}
	}
	if len(g.workers) == 0 {
		g.work()
	}
	deadline := time.NewTimer(settleIn)
	defer deadline.Stop()
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for {
		done := true
		for _, l := range g.lists {
			imp, err := g.ledger.Import(ctx, l.id)
			g.must(err)
			done = done && imp.Done()
		}
		for _, p := range g.judge.late() {
			g.judge.tell(p)
		}
		if done {
			break
		}
		select {
		case <-deadline.C:
			g.t.Errorf("not all rows are settled within %s", settleIn)
			g.stuck()
			return
		case <-tick.C:
			g.hurry()
		}
	}
	for _, stop := range g.workers {
		stop()
	}
	for _, p := range g.judge.late() {
		g.judge.tell(p)
	}
}

// stuck returns what does not move.
func (g *game) stuck() {
	ctx := g.t.Context()
	for at, l := range g.lists {
		imp, err := g.ledger.Import(ctx, l.id)
		g.must(err)
		if !imp.Done() {
			counts, _ := imp.Counts.MarshalJSON()
			g.t.Logf("list %d %s: %s, stopped %q, enqueued %d", at, l.id, counts, imp.Stopped, imp.Enqueued)
		}
	}
	inspector := asynq.NewInspectorFromRedisClient(g.redis)
	queues, err := inspector.Queues()
	g.must(err)
	for _, q := range queues {
		if info, err := inspector.GetQueueInfo(q); err == nil && strings.Contains(q, ":"+g.account+":") && info.Size > 0 {
			g.t.Logf("%s paused %v: %d pending, %d active, %d scheduled, %d retry, %d archived", q, info.Paused, info.Pending,
				info.Active, info.Scheduled, info.Retry, info.Archived)
		}
	}
}

func (g *game) play(steps int) {
	for range 1 + g.random.IntN(3) {
		g.work()
	}
	for range steps {
		g.step()
		g.pause()
	}
	g.settle()
	g.check()
}
