package worker_test

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/tokencache"
	"guestflow/tokencache/secret"
	"guestflow/worker"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// BenchmarkIdlePickup enqueues single guests at random moments for a worker that has nothing to do, and for an Asynq
// server as it comes, side by side. Asynq's time ends when its handler begins; ours when the call arrives at Qflow,
// which is later. What the two ask of Redis while nothing is enqueued is counted too.
//
// go test -short does it twenty times instead of two hundred times.
func BenchmarkIdlePickup(b *testing.B) {
	times, quiet := 200, 20*time.Second
	if testing.Short() {
		times, quiet = 20, 5*time.Second
	}
	ours, plain := idleGuestflow(b, times), idlePlain(b)
	for b.Loop() {
		var both sync.WaitGroup
		for _, i := range []*idler{ours, plain} {
			both.Go(func() {
				if err := i.pickup(times); err != nil {
					b.Error(err)
				}
				i.rest(quiet)
			})
		}
		both.Wait()
	}
	if b.Failed() {
		return
	}
	b.ReportMetric(0, "ns/op") // says nothing here
	for name, i := range map[string]*idler{"": ours, "plain-": plain} {
		slices.Sort(i.waits)
		b.ReportMetric(float64(i.waits[len(i.waits)/2].Microseconds())/1000, name+"p50-ms")
		b.ReportMetric(float64(i.waits[len(i.waits)*99/100].Microseconds())/1000, name+"p99-ms")
		b.ReportMetric(float64(i.asked.commands)/i.rested.Seconds(), name+"commands/s")
		b.ReportMetric(float64(i.asked.trips)/i.rested.Seconds(), name+"round-trips/s")
	}
}

// idler is a worker with nothing to do.
type idler struct {
	enqueue func(n int) error
	begun   chan time.Time
	sent    *traffic

	waits  []time.Duration
	rested time.Duration
	asked  struct{ commands, trips int64 } // while it rested
}

// pickup enqueues and waits, again and again. The pauses are spread over more than the second in which Asynq asks once.
func (i *idler) pickup(times int) error {
	random := rand.New(rand.NewPCG(1, 2))
	for range times {
		time.Sleep(time.Duration(random.Int64N(int64(time.Second))))
		start := time.Now()
		if err := i.enqueue(len(i.waits)); err != nil {
			return err
		}
		select {
		case begun := <-i.begun:
			i.waits = append(i.waits, begun.Sub(start))
		case <-time.After(20 * time.Second):
			return errors.New("what was enqueued is not taken")
		}
	}
	return nil
}

func (i *idler) rest(d time.Duration) {
	commands, trips := i.sent.commands.Load(), i.sent.trips.Load()
	time.Sleep(d)
	i.asked.commands += i.sent.commands.Load() - commands
	i.asked.trips += i.sent.trips.Load() - trips
	i.rested += d
}

// traffic counts what a client sends to Redis.
type traffic struct {
	commands, trips atomic.Int64 // a pipeline is one round trip
}

func (c *traffic) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c *traffic) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		c.commands.Add(1)
		c.trips.Add(1)
		return next(ctx, cmd)
	}
}

func (c *traffic) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		c.commands.Add(int64(len(cmds)))
		c.trips.Add(1)
		return next(ctx, cmds)
	}
}

func counted(server *redisserver.Server) (*redis.Client, *traffic) {
	client, sent := redis.NewClient(server.Redis()), &traffic{}
	client.AddHook(sent)
	return client, sent
}

func idlePlain(b *testing.B) *idler {
	server := redistest.Start(b)
	client, sent := counted(server)
	enqueuer := asynq.NewClientFromRedisClient(redistest.Connect(b, server))
	i := &idler{begun: make(chan time.Time, 1), sent: sent, enqueue: func(int) error {
		_, err := enqueuer.Enqueue(asynq.NewTask("idle", nil))
		return err
	}}
	plain := asynq.NewServerFromRedisClient(client, asynq.Config{LogLevel: asynq.ErrorLevel})
	err := plain.Start(asynq.HandlerFunc(func(context.Context, *asynq.Task) error {
		i.begun <- time.Now()
		return nil
	}))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		plain.Shutdown()
		_ = client.Close()
	})
	return i
}

func idleGuestflow(b *testing.B, times int) *idler {
	server := redistest.Start(b)
	client, sent := counted(server)
	box := sandbox.New(sandbox.Options{Adjust: func(s *sandbox.Switches) { s.ZonePerMinute, s.SendPerMinute = 0, 0 }})
	i := &idler{begun: make(chan time.Time, 1), sent: sent}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/guest") {
			i.begun <- time.Now()
		}
		box.ServeHTTP(w, r)
	}))
	b.Cleanup(func() {
		api.Close()
		_ = box.Close()
	})
	books, err := ledger.For(client, "main")
	if err != nil {
		b.Fatal(err)
	}
	startWorker(b, client, books, api.URL)
	i.enqueue = singles(b, redistest.Connect(b, server), times)
	return i
}

// startWorker runs a worker without limits for as long as the benchmark lasts.
func startWorker(b *testing.B, client *redis.Client, books *ledger.Ledger, url string) {
	b.Helper()
	who, endpoint, silent := sandbox.Defaults(), tokencache.Qflow(), slog.New(slog.DiscardHandler)
	endpoint.TokenURL = url + "/core/connect/token"
	tokens, err := tokencache.New(client, tokencache.Config{
		Account: "main", Endpoint: endpoint, StateDir: b.TempDir(), Logger: silent,
		Credentials: tokencache.Credentials{
			ClientID: who.ClientID, ClientSecret: secret.Text(who.ClientSecret), Username: who.Email,
			Password: secret.Text(who.Password),
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	calls, err := qflow.New(qflow.Config{URL: url, SubscriptionKey: secret.Text(who.SubscriptionKey)},
		worker.Tokens{Cache: tokens})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		err := worker.Run(ctx, worker.Config{
			Redis: client, Ledger: books, Qflow: calls, Log: silent,
			Budget: budget.New(client, budget.Config{Egress: "main", Account: "main"}), Gates: gate.New(client, books.Prefix(),
				nil),
		})
		if err != nil {
			b.Error(err)
		}
	})
	b.Cleanup(func() {
		cancel()
		running.Wait()
		calls.Close()
		_ = tokens.Close()
		_ = client.Close()
	})
}

// singles keeps an import of chunks of one guest each, and gives what enqueues them one by one.
func singles(b *testing.B, client *redis.Client, times int) func(int) error {
	b.Helper()
	books, err := ledger.For(client, "main")
	if err != nil {
		b.Fatal(err)
	}
	const id = "idle"
	total := times * 100 // for the benchmark's repeats
	if _, _, err := books.Create(b.Context(), ledger.Import{ID: id, Rows: total, Chunk: 1}); err != nil {
		b.Fatal(err)
	}
	queues := queue.New(client, "main")
	return func(n int) error {
		guest := qflow.Guest{
			ID: uuid.NewString(), EventID: sandbox.Defaults().EventID, TemplateID: template, FirstName: "Ann", LastName: "Lee",
			Email: "ann@example.com",
		}
		data, err := chunk.Encode([]chunk.Row{{Row: n + 1, Line: n + 2, Guest: guest}})
		if err != nil {
			return err
		}
		stored, queued := []ledger.StoredChunk{{N: n, Data: data}}, []ledger.Move{{Row: n + 1, To: ledger.Queued}}
		if err := books.Chunks.Commit(b.Context(), id, stored, queued); err != nil {
			return err
		}
		return queues.Enqueue(b.Context(), chunk.Ref{Account: "main", Import: id, Chunk: n, Lane: chunk.Short})
	}
}
