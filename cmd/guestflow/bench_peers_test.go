package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver"
	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
)

// peerPlaces is how many calls each worker has in flight.
const peerPlaces = 64

// BenchmarkEmailsBesidePeers sends an email a guest by guestflow and by a plain worker of Asynq (see plainWorker), in
// rounds of one run each, so that a busy machine slows both alike. Each run has a fresh redis-server with an
// append-only file, a fresh stub of Qflow in a process of its own, and no limits; all guests are enqueued before the
// worker starts. The clock runs from the first guest that the stub sees to the last one. The ratios are medians of the
// rounds.
//
// -benchtime=5x makes five rounds; go test -short takes a tenth of the guests.
func BenchmarkEmailsBesidePeers(b *testing.B) {
	for _, latency := range []time.Duration{0, 20 * time.Millisecond} {
		b.Run("api_"+latency.String(), func(b *testing.B) { (&contest{b: b, latency: latency}).run() })
	}
}

// contest is a number of rounds.
type contest struct {
	b       *testing.B
	latency time.Duration
	guests  int
}

// score is what one run has cost.
type score struct {
	perSecond float64
	cpu       float64 // seconds of the worker's process, for 100,000 guests
	evals     float64 // scripts that Redis has run, for each guest
	commands  float64 // commands that Redis has run, those of scripts included, for each guest
	bytes     float64 // that Redis was sent, for each guest
}

func (c *contest) run() {
	c.guests = 64_000 // of which the last chunks, for which there are too many places, are few
	if testing.Short() {
		c.guests /= 10
	}
	var ours, plain []score
	for c.b.Loop() {
		if len(ours)%2 == 0 {
			ours, plain = append(ours, c.guestflow()), append(plain, c.plainAsynq())
		} else {
			plain, ours = append(plain, c.plainAsynq()), append(ours, c.guestflow())
		}
		c.b.Logf("ours %+v, plain %+v", ours[len(ours)-1], plain[len(plain)-1])
	}
	c.b.ReportMetric(0, "ns/op") // says nothing here
	c.report("", ours)
	c.report("plain-", plain)
	c.b.ReportMetric(median(ours, func(i int) float64 { return ours[i].perSecond / plain[i].perSecond }),
		"times-the-guests/s")
	c.b.ReportMetric(median(ours, func(i int) float64 { return plain[i].cpu / ours[i].cpu }), "times-less-cpu")
}

func (c *contest) report(whose string, all []score) {
	for unit, of := range map[string]func(score) float64{
		"guests/s":       func(s score) float64 { return s.perSecond },
		"cpu-s/100k":     func(s score) float64 { return s.cpu },
		"evalsha/guest":  func(s score) float64 { return s.evals },
		"commands/guest": func(s score) float64 { return s.commands },
		"bytes/guest":    func(s score) float64 { return s.bytes },
	} {
		c.b.ReportMetric(median(all, func(i int) float64 { return of(all[i]) }), whose+unit)
	}
}

func median(all []score, of func(int) float64) float64 {
	values := make([]float64, len(all))
	for i := range all {
		values[i] = of(i)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

func (c *contest) guestflow() score {
	t := newPeerTrack(c.b, c.latency)
	books, err := ledger.For(t.redis, "sandbox")
	if err != nil {
		c.b.Fatal(err)
	}
	env := append([]string{
		asGuestflow + "=1", "GUESTFLOW_API_URL=" + t.qflow, "GUESTFLOW_REDIS_URL=redis://" + t.near,
		fmt.Sprint("GUESTFLOW_CONCURRENCY=", peerPlaces),
	}, fast...)
	args := []string{"import", guestFile(c.b, c.guests), event, "--template=" + sandbox.Defaults().TemplateID, "--yes"}
	if out, err := t.process(env, args...).CombinedOutput(); err != nil {
		c.b.Fatalf("%v\n%s", err, out)
	}
	return t.measure(c.guests, t.process(env, "run", "--roles=workers"), func(ctx context.Context) bool {
		list, err := books.Imports(ctx, 1)
		return err == nil && len(list) == 1 && list[0].Done()
	})
}

func (c *contest) plainAsynq() score {
	t := newPeerTrack(c.b, c.latency)
	if err := enqueuePlain(t.near, c.guests, sandbox.Defaults().TemplateID); err != nil {
		c.b.Fatal(err)
	}
	worker := t.process([]string{asPlainWorker + "=1"}, t.near, t.qflow, "benchmark", fmt.Sprint(peerPlaces))
	return t.measure(c.guests, worker, func(ctx context.Context) bool {
		left, err := leftPlain(ctx, t.redis)
		return err == nil && left == 0
	})
}

// newPeerTrack is a track whose Qflow is the stub.
func newPeerTrack(b *testing.B, latency time.Duration) *track {
	b.Helper()
	server, err := redisserver.Start(b.Context(), redisserver.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	t := &track{b: b, dir: b.TempDir(), server: server, redis: redis.NewClient(server.Redis())}
	t.near = server.Redis().Addr
	t.qflow, t.stop = startStub(b, latency)
	return t
}

// measure runs a worker until everything is done.
func (t *track) measure(guests int, worker *exec.Cmd, done func(context.Context) bool) score {
	t.b.Helper()
	defer t.server.Kill()
	defer t.redis.Close()
	defer t.stop()
	worker.Stderr = &strings.Builder{}
	before := t.load()
	if err := worker.Start(); err != nil {
		t.b.Fatal(err)
	}
	t.await(worker, done)
	after := t.load()
	_ = worker.Process.Signal(syscall.SIGTERM)
	if err := worker.Wait(); err != nil {
		t.b.Fatalf("the worker ended with %v\n%s", err, worker.Stderr)
	}
	saw := stubSaw(t.b, t.qflow)
	if saw.Guests != guests || saw.Repeats > 0 {
		t.b.Fatalf("Qflow has %d guests of %d, and %d were posted again\n%s", saw.Guests, guests, saw.Repeats, worker.Stderr)
	}
	each := func(n int) float64 { return float64(n) / float64(guests) }
	cpu := worker.ProcessState.UserTime() + worker.ProcessState.SystemTime()
	return score{
		perSecond: float64(guests) / saw.Took.Seconds(), cpu: cpu.Seconds() / float64(guests) * 100_000,
		evals: each(after.evals - before.evals), commands: each(after.commands - before.commands),
		bytes: each(after.bytes - before.bytes),
	}
}

// redisLoad is what a Redis has been asked so far.
type redisLoad struct{ evals, commands, bytes int }

var (
	commandCalls = regexp.MustCompile(`(?m)^cmdstat_([^:]+):calls=(\d+)`)
	inputBytes   = regexp.MustCompile(`(?m)^total_net_input_bytes:(\d+)`)
)

func (t *track) load() (l redisLoad) {
	t.b.Helper()
	info, err := t.redis.Info(t.b.Context(), "commandstats", "stats").Result()
	if err != nil {
		t.b.Fatal(err)
	}
	for _, c := range commandCalls.FindAllStringSubmatch(info, -1) {
		n, _ := strconv.Atoi(c[2])
		if l.commands += n; strings.HasPrefix(c[1], "eval") {
			l.evals += n
		}
	}
	l.bytes, _ = strconv.Atoi(inputBytes.FindStringSubmatch(info)[1])
	return l
}
