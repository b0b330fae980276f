package schedule_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/ledger"
	"guestflow/importer/schedule"
)

// logging gives a process of the fleet and what it logs.
func logging(t *testing.T, server *redisserver.Server, schedules ...*schedule.Schedule) (*schedule.Runner,
	*redis.Client, *bytes.Buffer) {
	t.Helper()
	client, said := redistest.Connect(t, server), &bytes.Buffer{}
	l, err := ledger.For(client, "main")
	if err != nil {
		t.Fatal(err)
	}
	return schedule.NewRunner(client, l, schedules, slog.New(slog.NewTextHandler(said, nil))), client, said
}

const year = 365 * 24 * time.Hour

// A clock that was ahead has settled ticks, or begun the schedule, in what is now the future.
func TestAClockThatWasAheadSilencesNoSchedule(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{time.Hour, 24 * time.Hour, 3 * year} {
		for what, cron := range map[string]string{"every five minutes": "*/5 * * * *", "once a day": "30 2 * * *"} {
			t.Run(what+" "+ahead.String(), func(t *testing.T) {
				t.Parallel()
				server := redistest.Start(t)
				s := mustNew(t, schedule.Setting{Cron: cron, Zone: "UTC"})
				good, client, said := logging(t, server, s)
				redisNow, err := client.Time(t.Context()).Result()
				if err != nil {
					t.Fatal(err)
				}
				var d diary
				now := redisNow.Truncate(24 * time.Hour)
				step(t, now.Add(-30*time.Minute), now, d.job, good)
				bad := newRunner(t, server, s)
				bad.StartDue(t.Context(), redisNow.Add(ahead), d.job)
				bad.Wait()
				before := len(d.runs)
				for day := range 20 {
					at := now.AddDate(0, 0, day+1).Add(2*time.Hour + 30*time.Minute + time.Second)
					good.StartDue(t.Context(), at, d.job)
					good.Wait()
				}
				if n := len(d.runs) - before; n < 18 {
					t.Fatalf("%d runs in 20 days: %q", n, d.runs)
				}
				if n := strings.Count(said.String(), "settled up to a time in the future"); n > 1 {
					t.Fatalf("it was logged %d times:\n%s", n, said)
				}
			})
		}
	}
}

func TestAScheduleThatWasBegunByAClockAheadGoesOn(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := mustNew(t, schedule.Setting{Cron: "30 2 * * *", Zone: "UTC"})
	var d diary
	now := utc(t, "2026-06-01 00:00")
	newRunner(t, server, s).StartDue(t.Context(), now.Add(30*year), d.job)
	good, _, said := logging(t, server, s)
	step(t, now, now.Add(3*time.Hour), d.job, good)
	d.want(t, "gala@20260601T023000Z")
	if !strings.Contains(said.String(), "settled up to a time in the future") {
		t.Fatalf("nothing was told:\n%s", said)
	}
}

// A host that is behind finds the others' ticks in its future, and Redis' clock there as well: it is the one that is
// wrong.
func TestAHostThatIsBehindRunsNothingTwice(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := mustNew(t, schedule.Setting{Cron: "*/5 * * * *", Zone: "UTC"})
	good, behind := newRunner(t, server, s), newRunner(t, server, s)
	var d, none diary
	now := utc(t, "2026-06-01 12:00")
	for at := now; at.Before(now.Add(time.Hour)); at = at.Add(time.Minute) {
		good.StartDue(t.Context(), at, d.job)
		good.Wait()
		behind.StartDue(t.Context(), at.Add(-time.Hour), none.job)
		behind.Wait()
	}
	none.want(t)
	if len(d.runs) != 11 {
		t.Fatalf("%d runs in an hour: %q", len(d.runs), d.runs)
	}
}

// Redis' clock goes back while a dead process has a tick, or one waits to be tried again.
func TestAClaimHoldsATickNoLongerThanMeantWhenTheClockGoesBack(t *testing.T) {
	t.Parallel()
	for what, owner := range map[string]string{"claimed by a process that died": "dead", "to be retried": ""} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			r, client, _ := logging(t, server, mustNew(t, schedule.Setting{Cron: "0 3 * * *", Zone: "UTC"}))
			r.Hurry(20*time.Millisecond, 20*time.Millisecond)
			var d diary
			now := utc(t, "2026-05-01 03:00")
			r.StartDue(t.Context(), now.Add(-time.Hour), d.job)
			key := r.Key("gala")
			if err := client.HSet(t.Context(), key, "claim", now.UnixMilli(), "owner", owner, "tries", 1, "lease",
				time.Now().Add(year).UnixMilli()).Err(); err != nil {
				t.Fatal(err)
			}
			for len(d.runs) == 0 && t.Context().Err() == nil { // until the lease lapses
				r.StartDue(t.Context(), now, d.job)
				r.Wait()
			}
			d.want(t, "gala@20260501T030000Z")
		})
	}
}
