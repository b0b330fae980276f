package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver"
	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
)

// BenchmarkGuestsBesidePlainAsynq sends the same guests by guestflow and by a worker as a reader of Asynq's README
// would write it (see plainWorker), in turn, so that a busy machine slows both alike. Each runs as a process of its own
// with a fresh redis-server and a fresh sandbox without latency or limits. Everything is enqueued before the worker is
// started. The clock runs from the start of its process until its last guest is done and acknowledged; its CPU time is
// that of the whole process, start and stop included.
//
// The plain worker is given each number of places of plainPlaces, and the best of what it reaches is what counts: more
// than its README's ten, because that would not be left as it is, and not more than 64, because it gets slower.
//
// go test -short has a tenth of the rows.
func BenchmarkGuestsBesidePlainAsynq(b *testing.B) {
	email := sandbox.Defaults().TemplateID
	const away = 5 * time.Millisecond
	for _, c := range []course{
		{name: "bulk", rows: 100_000, plain: 100_000},
		{name: "with_email", rows: 100_000, plain: 100_000, template: email},
		{name: "bulk_redis_5ms_away", rows: 100_000, plain: 3_000, away: away},
		{name: "with_email_redis_5ms_away", rows: 20_000, plain: 3_000, template: email, away: away},
	} {
		b.Run(c.name, c.race)
	}
}

// course is what both have to run.
type course struct {
	name     string
	rows     int // of guestflow
	plain    int // of the plain worker, which takes minutes for the same number where Redis is far
	template string
	away     time.Duration // round trip to Redis
}

var plainPlaces = []int{10, 32, 64}

// effort is what a number of guests has cost.
type effort struct {
	guests int
	took   time.Duration
	cpu    time.Duration
}

func (e effort) perSecond() float64 { return float64(e.guests) / e.took.Seconds() }

// cpuSeconds are for 100,000 guests.
func (e effort) cpuSeconds() float64 { return e.cpu.Seconds() / float64(e.guests) * 100_000 }

func (e *effort) add(o effort) {
	e.guests, e.took, e.cpu = e.guests+o.guests, e.took+o.took, e.cpu+o.cpu
}

func (c course) race(b *testing.B) {
	if testing.Short() {
		c.rows, c.plain = c.rows/10, c.plain/10
	}
	var ours effort
	plain := make([]effort, len(plainPlaces))
	oursFirst := false
	for b.Loop() {
		oursFirst = !oursFirst
		if oursFirst {
			ours.add(c.guestflow(b))
		}
		for i, places := range plainPlaces {
			plain[i].add(c.plainAsynq(b, places))
		}
		if !oursFirst {
			ours.add(c.guestflow(b))
		}
	}
	speed, cpu := 0.0, math.Inf(1)
	for i, places := range plainPlaces {
		b.Logf("plain with %d places: %.0f guests/s, %.2f CPU-seconds for 100,000", places, plain[i].perSecond(),
			plain[i].cpuSeconds())
		speed, cpu = max(speed, plain[i].perSecond()), min(cpu, plain[i].cpuSeconds())
	}
	b.ReportMetric(0, "ns/op") // says nothing here
	b.ReportMetric(ours.perSecond(), "guests/s")
	b.ReportMetric(speed, "plain-guests/s")
	b.ReportMetric(ours.perSecond()/speed, "times-the-guests/s")
	b.ReportMetric(ours.cpuSeconds(), "cpu-s/100k")
	b.ReportMetric(cpu, "plain-cpu-s/100k")
	b.ReportMetric(cpu/ours.cpuSeconds(), "times-less-cpu")
}

// guestflow imports a file, then has a worker of guestflow send it.
func (c course) guestflow(b *testing.B) effort {
	t := newTrack(b, c.away)
	books, err := ledger.For(t.redis, "sandbox")
	if err != nil {
		b.Fatal(err)
	}
	env := append([]string{asGuestflow + "=1", "GUESTFLOW_API_URL=" + t.qflow}, fast...)
	args := []string{"import", guestFile(b, c.rows), event}
	if c.template != "" {
		args = append(args, "--template="+c.template)
	}
	if out, err := t.process(append(env, "GUESTFLOW_REDIS_URL=redis://"+t.near), args...).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	worker := t.process(append(env, "GUESTFLOW_REDIS_URL=redis://"+t.far), "run", "--roles=workers")
	return t.run(c.rows, c.template, worker, func(ctx context.Context) bool {
		list, err := books.Imports(ctx, 1)
		return err == nil && len(list) == 1 && list[0].Done()
	})
}

// plainAsynq enqueues a task for each guest, then has the plain worker send them.
func (c course) plainAsynq(b *testing.B, places int) effort {
	t := newTrack(b, c.away)
	if err := enqueuePlain(t.near, c.plain, c.template); err != nil {
		b.Fatal(err)
	}
	worker := t.process([]string{asPlainWorker + "=1"}, t.far, t.qflow, accessToken(b, t.qflow), fmt.Sprint(places))
	return t.run(c.plain, c.template, worker, func(ctx context.Context) bool {
		left, err := leftPlain(ctx, t.redis)
		return err == nil && left == 0
	})
}

// track is what a worker runs on: a Redis and a Qflow that are not used yet.
type track struct {
	b         *testing.B
	server    *redisserver.Server
	redis     *redis.Client
	box       *sandbox.Sandbox
	near, far string // addresses of Redis, with and without the distance
	qflow     string
	stop      func() // of a stub in place of the box
	dir       string // where processes find what others have left, such as the key that seals tokens
}

func newTrack(b *testing.B, away time.Duration) *track {
	b.Helper()
	runtime.GC() // of what the sandbox of the run before has left
	server, err := redisserver.Start(b.Context(), redisserver.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	t := &track{b: b, dir: b.TempDir(), server: server, redis: redis.NewClient(server.Redis()),
		box: sandbox.New(sandbox.Options{Adjust: noLimits})}
	t.near = server.Redis().Addr
	t.far = t.near
	if away > 0 {
		t.far = distance(b, t.near, away/2)
	}
	if t.qflow, err = t.box.Listen("127.0.0.1:0"); err != nil {
		b.Fatal(err)
	}
	return t
}

// run starts a worker, waits until everything is done, and stops it.
func (t *track) run(guests int, template string, worker *exec.Cmd, done func(context.Context) bool) effort {
	t.b.Helper()
	defer t.server.Kill()
	defer t.box.Close()
	defer t.redis.Close()
	worker.Stderr = &strings.Builder{}
	start := time.Now()
	if err := worker.Start(); err != nil {
		t.b.Fatal(err)
	}
	t.await(worker, done)
	took := time.Since(start)
	_ = worker.Process.Signal(syscall.SIGTERM)
	if err := worker.Wait(); err != nil {
		t.b.Fatalf("the worker ended with %v\n%s", err, worker.Stderr)
	}
	emails := 0
	if template != "" {
		emails = guests
	}
	if s := t.box.Summary(); s.Guests != guests || s.Emails != emails || s.EmailsMax > 1 {
		t.b.Fatalf("Qflow has %d guests and %d emails, at most %d for one; want %d, %d and 1\n%s", s.Guests, s.Emails,
			s.EmailsMax, guests, emails, worker.Stderr)
	}
	return effort{guests: guests, took: took, cpu: worker.ProcessState.UserTime() + worker.ProcessState.SystemTime()}
}

// await polls, seldom enough not to be felt.
func (t *track) await(worker *exec.Cmd, done func(context.Context) bool) {
	t.b.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(3 * time.Minute)
	for !done(t.b.Context()) {
		if time.Now().After(deadline) {
			_ = worker.Process.Kill()
			_ = worker.Wait()
			t.b.Fatalf("the worker is not done in time\n%s", worker.Stderr)
		}
		<-tick.C
	}
}

// process is this binary as another process, in an environment of its own.
func (t *track) process(env []string, args ...string) *exec.Cmd {
	t.b.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.b.Fatal(err)
	}
	cmd := exec.Command(exe, args...) // ended by run, by its id
	cmd.Dir = t.dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.dir}, env...)
	return cmd
}

func guestFile(b *testing.B, rows int) string {
	b.Helper()
	var text strings.Builder
	text.WriteString("First Name,Last Name,Email\n")
	for i := range rows {
		fmt.Fprintf(&text, "Ann,Lee %d,ann%d@example.com\n", i, i)
	}
	path := filepath.Join(b.TempDir(), "guests.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}
