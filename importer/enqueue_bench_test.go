package importer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/gocarina/gocsv"
	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
)

// BenchmarkRowsIntoAsynq takes a file from disk to everything enqueued, in turn with a plain loop on the same server,
// and each time from an empty one: plan, record, guest index, states and tasks on our side; gocsv, JSON and Enqueue on
// the other. An import is to do ten times the rows a second of the loop. With two processors to itself it does 11 to 14
// times as many. A busy machine slows both, but not alike, since the loop waits for round trips while an import keeps
// two processors busy: beside others that take as much again it is 4 to 9 times. A row takes 6 µs of ours, two thirds
// of it for reading it twice, and 4 of Redis, nearly all for the guest index, where the loop takes some 55 of both.
func BenchmarkRowsIntoAsynq(b *testing.B) {
	for _, rows := range []int{50_000, 200_000} {
		for _, template := range []string{"invitation", ""} {
			b.Run(fmt.Sprintf("%d/template=%s", rows, template), func(b *testing.B) {
				client := redistest.Client(b)
				defer drain(client)()
				path := filepath.Join(b.TempDir(), "guests.csv")
				writeGuests(b, path, rows)
				var plain, ours time.Duration
				for b.Loop() {
					plain += tookFrom(b, client, func() error { return enqueuePlain(client, path) })
					ours += tookFrom(b, client, func() error { return enqueueOurs(b.Context(), client, path, template) })
				}
				done := float64(rows * b.N)
				b.ReportMetric(done/ours.Seconds(), "rows/s")
				b.ReportMetric(done/plain.Seconds(), "plain-rows/s")
				b.ReportMetric(plain.Seconds()/ours.Seconds(), "times-plain")
			})
		}
	}
}

// tookFrom measures from an empty server and a clean heap.
func tookFrom(b *testing.B, client *redis.Client, do func() error) time.Duration {
	b.Helper()
	if err := client.FlushAll(b.Context()).Err(); err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	start := time.Now()
	if err := do(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// enqueuePlain is the loop that the READMEs of gocsv and Asynq lead to: no ledger, no check, a task for each guest.
func enqueuePlain(client *redis.Client, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	queue := asynq.NewClientFromRedisClient(client)
	var failed error
	err = gocsv.UnmarshalToCallback(f, func(guest stripPunctuation) {
		payload, err := json.Marshal(guest)
		if err == nil {
			_, err = queue.Enqueue(asynq.NewTask("guest:create", payload))
		}
		if err != nil {
			failed = err
		}
	})
	if err == nil {
		err = failed
	}
	return err
}

// enqueueOurs does what the import command does.
func enqueueOurs(ctx context.Context, client *redis.Client, path, template string) error {
	books, err := ledger.For(client, "main")
	if err != nil {
		return err
	}
	im := importer.New(client, books, slog.New(slog.DiscardHandler))
	plan, err := importer.MakePlan(ctx, path,
		importer.Settings{Spec: spec.Spec{Account: "main", Event: "gala", Template: template}, Keep: true})
	if err != nil {
		return err
	}
	imp, _, err := im.Begin(ctx, plan)
	if err != nil {
		return err
	}
	if err := im.Run(ctx, plan, imp); err != nil {
		return err
	}
	if imp, err = books.Import(ctx, imp.ID); err == nil &&
		(imp.Counts[ledger.Queued] != plan.Rows || imp.Counts.Total() != plan.Rows) {
		err = fmt.Errorf("the ledger counts %v of %d rows", imp.Counts, plan.Rows)
	}
	return err
}

// drain empties the lanes when they are half as full as an importer lets them be, in the place of workers, so that the
// benchmark measures the importer alone. It returns a function that ends it.
func drain(client *redis.Client) (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	inspector := asynq.NewInspectorFromRedisClient(client)
	go func() {
		defer close(ended)
		for ; ctx.Err() == nil; time.Sleep(5 * time.Millisecond) {
			for _, lane := range chunk.LongLanes() {
				queue := lane.Queue("main")
				if n := client.LLen(ctx, "asynq:{"+queue+"}:pending").Val(); n >= 250 {
					_, _ = inspector.DeleteAllPendingTasks(queue) // that the importer waits would show
				}
			}
		}
	}()
	return func() { cancel(); <-ended }
}

// BenchmarkRedisMemoryOfAHeldBackImport imports a million rows without a worker, and reports what Redis holds once the
// importer waits. It is to be below 100 MB.
func BenchmarkRedisMemoryOfAHeldBackImport(b *testing.B) {
	client := redistest.Client(b)
	path := filepath.Join(b.TempDir(), "guests.csv")
	writeGuests(b, path, 1_000_000)
	for b.Loop() {
		if err := client.FlushAll(b.Context()).Err(); err != nil {
			b.Fatal(err)
		}
		before := usedMemory(b, client)
		ctx, cancel := context.WithCancel(b.Context())
		log := heard{slog.DiscardHandler, make(chan string, 1)}
		books, err := ledger.For(client, "main")
		if err != nil {
			b.Fatal(err)
		}
		im := importer.New(client, books, slog.New(log))
		plan, err := importer.MakePlan(ctx, path,
			importer.Settings{Spec: spec.Spec{Account: "main", Event: "gala", Template: "invitation"}})
		if err != nil {
			b.Fatal(err)
		}
		imp, _, err := im.Begin(ctx, plan)
		if err != nil {
			b.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- im.Run(ctx, plan, imp) }()
		select {
		case <-log.lines:
		case err := <-done:
			b.Fatalf("nothing held the importer back: %v", err)
		}
		held := usedMemory(b, client) - before
		if imp, err = books.Import(ctx, imp.ID); err != nil {
			b.Fatal(err)
		}
		cancel()
		<-done
		b.ReportMetric(held/(1<<20), "redis-MB")
		b.ReportMetric(float64(imp.Counts[ledger.Queued]), "rows-enqueued")
	}
}

func usedMemory(b *testing.B, client *redis.Client) float64 {
	b.Helper()
	n, err := strconv.ParseFloat(client.InfoMap(b.Context(), "memory").Item("Memory", "used_memory"), 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}
