package schedule_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/ledger"
	"guestflow/importer/schedule"
)

func TestMain(m *testing.M) {
	if os.Getenv("SCHEDULE_DOOMED") != "" {
		doomed()
		return
	}
	goleak.VerifyTestMain(m)
}

// newRunner gives a process of the fleet: a runner with a Redis client of its own.
func newRunner(t testing.TB, server *redisserver.Server, schedules ...*schedule.Schedule) *schedule.Runner {
	t.Helper()
	return runnerOn(t, redistest.Connect(t, server), schedules...)
}

func runnerOn(t testing.TB, client redis.UniversalClient, schedules ...*schedule.Schedule) *schedule.Runner {
	t.Helper()
	l, err := ledger.For(client, "main")
	if err != nil {
		t.Fatal(err)
	}
	return schedule.NewRunner(client, l, schedules, slog.New(slog.DiscardHandler))
}

// diary is a job that notes what it ran.
type diary struct {
	mu   sync.Mutex
	runs []string
	last schedule.Tick
	err  error
}

func (d *diary) job(_ context.Context, tick schedule.Tick) (schedule.Outcome, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.runs = append(d.runs, tick.ID())
	d.last = tick
	return schedule.Outcome{Import: "abcdefgh", Text: "10 guests"}, d.err
}

func (d *diary) want(t testing.TB, ids ...string) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Equal(d.runs, ids) {
		t.Fatalf("ran %q, want %q", d.runs, ids)
	}
}

// step moves the clock of processes on, minute by minute; all of them look at the same moment.
func step(t testing.TB, from, to time.Time, job schedule.Job, fleet ...*schedule.Runner) {
	t.Helper()
	for now := from; !now.After(to); now = now.Add(time.Minute) {
		var looking sync.WaitGroup
		for _, r := range fleet {
			looking.Go(func() {
				r.StartDue(t.Context(), now, job)
				r.Wait()
			})
		}
		looking.Wait()
	}
}

func TestAFleetRunsEachTickOnceOverClockChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone, cron, from, to string
		want                 []string
	}{
		{london, "30 1 * * *", "2026-03-28 23:00", "2026-03-29 03:00", []string{"gala@20260329T010000Z"}},
		{london, "30 1 * * *", "2026-10-24 23:00", "2026-10-25 03:00", []string{"gala@20261025T003000Z"}},
		{newYork, "30 2 * * *", "2026-03-08 05:00", "2026-03-08 09:00", []string{"gala@20260308T070000Z"}},
		{newYork, "30 1 * * *", "2026-11-01 04:00", "2026-11-01 08:00", []string{"gala@20261101T053000Z"}},
		{newYork, "0 * * * *", "2026-11-01 04:30", "2026-11-01 07:30",
			[]string{"gala@20261101T050000Z", "gala@20261101T060000Z", "gala@20261101T070000Z"}},
	} {
		t.Run(c.zone+" "+c.cron+" "+c.from, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			var fleet []*schedule.Runner
			for range 4 {
				fleet = append(fleet, newRunner(t, server, mustNew(t, schedule.Setting{Cron: c.cron, Zone: c.zone})))
			}
			var d diary
			step(t, utc(t, c.from), utc(t, c.to), d.job, fleet...)
			d.want(t, c.want...)
		})
	}
}

func TestJitterStartsAFleetsTickLaterAndOnce(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := mustNew(t, schedule.Setting{Cron: "0 3 * * *", Zone: "UTC", Jitter: 30 * time.Minute})
	a, b := newRunner(t, server, s), newRunner(t, server, s)
	fire := s.Fire(utc(t, "2026-05-01 03:00"))
	if !fire.After(utc(t, "2026-05-01 03:01")) {
		t.Fatalf("this test needs a tick with some jitter, not %s", fire)
	}
	var d diary
	step(t, utc(t, "2026-05-01 02:00"), fire.Add(-time.Minute), d.job, a, b)
	d.want(t)
	step(t, fire, utc(t, "2026-05-01 04:00"), d.job, a, b)
	d.want(t, "gala@20260501T030000Z")
}

func TestWhatADowntimeMissedRunsOnceOrIsSkippedByChoice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		missed schedule.Missed
		back   string // when the fleet comes back
		want   []string
		late   bool
	}{
		{schedule.RunOnce, "2026-05-04 12:00", []string{"gala@20260504T090000Z"}, true}, // of ten missed ones
		{schedule.RunOnce, "2027-05-04 12:00", []string{"gala@20270504T090000Z"}, true},
		{schedule.Skip, "2026-05-04 12:00", nil, false},
		{schedule.Skip, "2026-05-04 09:01", []string{"gala@20260504T090000Z"}, false}, // a restart is no downtime
	} {
		t.Run(string(c.missed)+" "+c.back, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			s := mustNew(t, schedule.Setting{Cron: "0 3,6,9 * * *", Zone: "UTC", Missed: c.missed})
			var d diary
			newRunner(t, server, s).StartDue(t.Context(), utc(t, "2026-05-01 05:00"), d.job) // the fleet has been there
			back := utc(t, c.back)
			step(t, back, back.Add(5*time.Minute), d.job, newRunner(t, server, s), newRunner(t, server, s))
			d.want(t, c.want...)
			if d.last.Late != c.late {
				t.Fatalf("late: %t, want %t", d.last.Late, c.late)
			}
			next := s.Next(back)
			step(t, next, next, d.job, newRunner(t, server, s))
			d.want(t, append(c.want, schedule.Tick{Profile: "gala", At: next}.ID())...)
		})
	}
}

func TestANewScheduleMissesNothing(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	var d diary
	noon := utc(t, "2026-05-01 12:00")
	step(t, noon, noon, d.job, newRunner(t, server, mustNew(t, schedule.Setting{Cron: "0 3 * * *", Zone: "UTC"})))
	d.want(t)
}

func TestAChangedExpressionCountsFromItsChange(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	var d diary
	before := newRunner(t, server, mustNew(t, schedule.Setting{Cron: "0 3 * * *", Zone: "UTC"}))
	step(t, utc(t, "2026-05-01 02:59"), utc(t, "2026-05-01 03:00"), d.job, before)
	// At noon it becomes nine o'clock. Today's nine o'clock was never promised.
	after := newRunner(t, server, mustNew(t, schedule.Setting{Cron: "0 9 * * *", Zone: "UTC"}))
	step(t, utc(t, "2026-05-01 12:00"), utc(t, "2026-05-01 12:05"), d.job, after, before)
	d.want(t, "gala@20260501T030000Z")
	step(t, utc(t, "2026-05-02 08:59"), utc(t, "2026-05-02 09:01"), d.job, after)
	d.want(t, "gala@20260501T030000Z", "gala@20260502T090000Z")
}

func TestALongImportIsNotOvertakenByTheNextTick(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := mustNew(t, schedule.Setting{Cron: "*/15 * * * *", Zone: "UTC"})
	slow, other := newRunner(t, server, s), newRunner(t, server, s)
	var d diary
	begun, finish := make(chan struct{}), make(chan struct{})
	long := func(ctx context.Context, tick schedule.Tick) (schedule.Outcome, error) {
		close(begun)
		<-finish
		return d.job(ctx, tick)
	}
	slow.StartDue(t.Context(), utc(t, "2026-05-01 03:10"), long)
	slow.StartDue(t.Context(), utc(t, "2026-05-01 03:15"), long)
	<-begun
	for _, at := range []string{"2026-05-01 03:15", "2026-05-01 03:30", "2026-05-01 03:45"} {
		other.StartDue(t.Context(), utc(t, at), d.job)
		slow.StartDue(t.Context(), utc(t, at), long)
	}
	other.Wait()
	d.want(t)
	close(finish)
	slow.Wait()
	step(t, utc(t, "2026-05-01 03:50"), utc(t, "2026-05-01 03:52"), d.job, other, slow)
	d.want(t, "gala@20260501T031500Z", "gala@20260501T034500Z")
}

// doomed is a process that begins a tick and never ends it: its parent kills it.
func doomed() {
	client := redis.NewClient(&redis.Options{Addr: os.Getenv("SCHEDULE_DOOMED")})
	l, err := ledger.For(client, "main")
	if err != nil {
		panic(err)
	}
	s, err := schedule.New(schedule.Setting{Profile: "gala", Cron: "0 3 * * *", Zone: "UTC", Missed: schedule.Skip})
	if err != nil {
		panic(err)
	}
	r := schedule.NewRunner(client, l, []*schedule.Schedule{s}, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	r.Hurry(300 * time.Millisecond)
	job := func(context.Context, schedule.Tick) (schedule.Outcome, error) {
		fmt.Println("begun")
		select {}
	}
	r.StartDue(context.Background(), time.Date(2026, 5, 1, 2, 0, 0, 0, time.UTC), job)
	r.StartDue(context.Background(), time.Date(2026, 5, 1, 3, 0, 0, 0, time.UTC), job)
	r.Wait()
}

func TestATickOfAKilledProcessIsTakenOver(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	dead := exec.CommandContext(t.Context(), os.Args[0])
	dead.Env = append(os.Environ(), "SCHEDULE_DOOMED="+server.Redis().Addr)
	out, err := dead.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := dead.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, len("begun\n"))); err != nil {
		t.Fatal(err)
	}
	// An hour later this tick would not be begun any more, but one that is half-way is brought to its end.
	s := mustNew(t, schedule.Setting{Cron: "0 3 * * *", Zone: "UTC", Missed: schedule.Skip})
	heir, other := newRunner(t, server, s), newRunner(t, server, s)
	var d diary
	step(t, utc(t, "2026-05-01 04:00"), utc(t, "2026-05-01 04:00"), d.job, heir, other)
	d.want(t) // its owner lives
	if err := dead.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = dead.Wait()
	for d.last.Try == 0 && t.Context().Err() == nil { // until the lease lapses
		step(t, utc(t, "2026-05-01 04:01"), utc(t, "2026-05-01 04:01"), d.job, heir, other)
	}
	step(t, utc(t, "2026-05-01 04:02"), utc(t, "2026-05-01 05:00"), d.job, heir, other)
	d.want(t, "gala@20260501T030000Z")
	if d.last.Try != 2 {
		t.Fatalf("try %d, want 2", d.last.Try)
	}
}

func TestAFrozenOwnerStopsAndDoesNotOverwriteItsSuccessor(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := redistest.Connect(t, server)
	s := mustNew(t, schedule.Setting{Cron: "0 3 * * *", Zone: "UTC"})
	frozen, heir := newRunner(t, server, s), newRunner(t, server, s)
	frozen.Hurry(300 * time.Millisecond)
	begun := make(chan struct{})
	job := func(ctx context.Context, _ schedule.Tick) (schedule.Outcome, error) {
		close(begun)
		<-ctx.Done()
		return schedule.Outcome{Import: "frozen"}, nil
	}
	frozen.StartDue(t.Context(), utc(t, "2026-05-01 02:00"), job)
	frozen.StartDue(t.Context(), utc(t, "2026-05-01 03:00"), job)
	<-begun
	// As if its lease had lapsed while it was frozen, and another process had claimed the tick.
	if err := client.HSet(t.Context(), frozen.Key("gala"), "owner", "", "lease", 0).Err(); err != nil {
		t.Fatal(err)
	}
	var d diary
	step(t, utc(t, "2026-05-01 03:01"), utc(t, "2026-05-01 03:01"), d.job, heir)
	frozen.Wait()
	d.want(t, "gala@20260501T030000Z")
	list, err := heir.Statuses(t.Context(), utc(t, "2026-05-01 03:02"))
	if err != nil {
		t.Fatal(err)
	}
	if got := list[0].Last.Import; got != "abcdefgh" {
		t.Fatalf("the last run's import is %q, want that of the successor", got)
	}
}

func TestAnErrorIsTriedAgainAndGivenUpAfterFiveTries(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := mustNew(t, schedule.Setting{Cron: "0 3 * * *", Zone: "UTC", Missed: schedule.Skip})
	a, b := newRunner(t, server, s), newRunner(t, server, s)
	d := diary{err: errors.New("the file server does not answer")}
	step(t, utc(t, "2026-05-01 02:59"), utc(t, "2026-05-01 03:30"), d.job, a, b)
	d.want(t, "gala@20260501T030000Z") // the next try is a minute of Redis' time away
	list, err := a.Statuses(t.Context(), utc(t, "2026-05-01 03:30"))
	if err != nil {
		t.Fatal(err)
	}
	if doing := list[0].Running; doing == nil || doing.LastError != d.err.Error() || doing.NextTry.IsZero() ||
		doing.Try != 1 {
		t.Fatalf("the list says %+v of a tick that is retried", doing)
	}
	a.Hurry(time.Minute, 0, 0, 0, 0)
	b.Hurry(time.Minute, 0, 0, 0, 0)
	if err := redistest.Connect(t, server).HSet(t.Context(), a.Key("gala"), "lease", 0).Err(); err != nil {
		t.Fatal(err)
	}
	step(t, utc(t, "2026-05-01 03:31"), utc(t, "2026-05-01 03:59"), d.job, a, b)
	d.want(t, slices.Repeat([]string{"gala@20260501T030000Z"}, 5)...)
	if list, err = a.Statuses(t.Context(), utc(t, "2026-05-01 03:59")); err != nil {
		t.Fatal(err)
	}
	if last := list[0].Last; last == nil || !last.Failed || last.Text != d.err.Error() || last.Tries != 5 ||
		list[0].Running != nil {
		t.Fatalf("the list says %+v of a tick that was given up", last)
	}
}

func TestAStoppingProcessHandsItsTickOverAtOnce(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := mustNew(t, schedule.Setting{Cron: "0 3 * * *", Zone: "UTC"})
	stopping, heir := newRunner(t, server, s), newRunner(t, server, s)
	ctx, stop := context.WithCancel(t.Context())
	job := func(ctx context.Context, _ schedule.Tick) (schedule.Outcome, error) {
		stop()
		<-ctx.Done()
		return schedule.Outcome{}, ctx.Err()
	}
	stopping.StartDue(ctx, utc(t, "2026-05-01 02:00"), job)
	stopping.StartDue(ctx, utc(t, "2026-05-01 03:00"), job)
	stopping.Wait()
	var d diary
	step(t, utc(t, "2026-05-01 03:01"), utc(t, "2026-05-01 03:01"), d.job, heir)
	d.want(t, "gala@20260501T030000Z")
	if d.last.Try != 1 {
		t.Fatalf("try %d: an orderly stop counts as a try", d.last.Try)
	}
}

func TestSchedulesShowInAsynqsInspector(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := redistest.Connect(t, server)
	nightly := mustNew(t, schedule.Setting{Profile: "gala", Cron: "0 3 * * *", Zone: london})
	yearly := mustNew(t, schedule.Setting{Profile: "ball", Cron: "@yearly", Zone: newYork})
	var d diary
	step(t, utc(t, "2026-05-01 01:59"), utc(t, "2026-05-01 02:01"), d.job, newRunner(t, server, nightly, yearly),
		newRunner(t, server, nightly, yearly))

	inspector := asynq.NewInspectorFromRedisClient(client)
	entries, err := inspector.SchedulerEntries()
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	for _, e := range entries {
		fmt.Fprintf(&got, "%s, %s, %s, next %s", e.ID, e.Spec, e.Task.Type(), e.Next.UTC().Format(time.RFC3339))
		if !e.Prev.IsZero() {
			fmt.Fprintf(&got, ", last %s", e.Prev.UTC().Format(time.RFC3339))
		}
		fmt.Fprintln(&got)
	}
	want := "main:gala, CRON_TZ=Europe/London 0 3 * * *, import gala, next 2026-05-02T02:00:00Z, last 2026-05-01T02:00:00Z\n" +
		"main:ball, CRON_TZ=America/New_York @yearly, import ball, next 2027-01-01T05:00:00Z\n"
	if got.String() != want {
		t.Fatalf("the inspector sees\n%swant\n%s", got.String(), want)
	}
	events, err := inspector.ListSchedulerEnqueueEvents("main:gala")
	if err != nil {
		t.Fatal(err)
	}
	if len(events) != 1 || events[0].TaskID != "abcdefgh" || time.Since(events[0].EnqueuedAt) > time.Minute {
		t.Fatalf("the inspector sees the history %+v", events)
	}
}

func TestTheListTellsNextAndLastRuns(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	r := newRunner(t, server, mustNew(t, schedule.Setting{Cron: "0 3 * * *", Zone: london}))
	var d diary
	step(t, utc(t, "2026-10-24 01:59"), utc(t, "2026-10-24 02:00"), d.job, r)
	list, err := r.Statuses(t.Context(), utc(t, "2026-10-24 12:00"))
	if err != nil {
		t.Fatal(err)
	}
	got := list[0]
	if next := got.Next.Format(time.RFC3339); next != "2026-10-25T03:00:00Z" { // in London's winter
		t.Errorf("next is %s", next)
	}
	if got.Running != nil || got.Last == nil || !got.Last.Tick.Equal(utc(t, "2026-10-24 02:00")) ||
		got.Last.Ended.Before(got.Last.Started) ||
		got.Last.Import != "abcdefgh" || got.Last.Text != "10 guests" || got.Last.Failed || got.Last.Tries != 1 {
		t.Errorf("the list says %+v, last %+v", got, got.Last)
	}
}

func TestKeysOfASchedulesScriptShareTheAccountsSlot(t *testing.T) {
	t.Parallel()
	r := newRunner(t, redistest.Start(t))
	if key := r.Key("gala"); !strings.HasPrefix(key, "gf:{main}:schedule:") {
		t.Fatal(key)
	}
}

// Here the clock is synctest's, which goes on by itself whenever everybody waits, and the Redis a real one outside.
func TestRunWakesForEveryTickOfADay(t *testing.T) {
	server := redistest.Start(t)
	synctest.Test(t, func(t *testing.T) {
		client := redis.NewClient(server.Redis())
		defer client.Close()
		r := runnerOn(t, client, mustNew(t, schedule.Setting{Cron: "7 */6 * * *", Zone: london}))
		ctx, stop := context.WithCancel(t.Context())
		var d diary
		var woken []string
		r.Run(ctx, func(ctx context.Context, tick schedule.Tick) (schedule.Outcome, error) {
			if woken = append(woken, time.Now().UTC().Format("15:04:05")); len(woken) == 4 {
				stop()
			}
			return d.job(ctx, tick)
		})
		if got := strings.Join(woken, " "); got != "00:07:00 06:07:00 12:07:00 18:07:00" {
			t.Fatalf("woken at %s", got)
		}
	})
}

func TestTheEmbeddedStoreRunsEachTickOnceToo(t *testing.T) {
	t.Parallel()
	store := miniredis.RunT(t)
	var fleet []*schedule.Runner
	for range 3 {
		client := redis.NewClient(&redis.Options{Addr: store.Addr()})
		t.Cleanup(func() { _ = client.Close() })
		fleet = append(fleet, runnerOn(t, client, mustNew(t, schedule.Setting{Cron: "0 3 * * *", Zone: "UTC"})))
	}
	var d diary
	step(t, utc(t, "2026-05-01 02:50"), utc(t, "2026-05-01 03:10"), d.job, fleet...)
	d.want(t, "gala@20260501T030000Z")
}
