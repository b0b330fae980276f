package schedule_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"guestflow/importer/schedule"
)

const (
	london  = "Europe/London"
	newYork = "America/New_York"
)

func mustNew(t testing.TB, s schedule.Setting) *schedule.Schedule {
	t.Helper()
	if s.Profile == "" {
		s.Profile = "gala"
	}
	made, err := schedule.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func utc(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// clockChanges are nights on which the clocks of a zone are changed: from and to in UTC, and the ticks in between.
var clockChanges = []struct {
	name, zone, cron string
	from, to         string
	want             string
}{
	{
		"London springs from 01:00 to 02:00: a skipped tick falls on the jump", london, "30 1 * * *",
		"2026-03-28 00:00", "2026-03-30 12:00", "2026-03-28 01:30, 2026-03-29 01:00, 2026-03-30 00:30",
	},
	{
		"New York springs from 02:00 to 03:00: a skipped tick falls on the jump", newYork, "30 2 * * *",
		"2026-03-07 00:00", "2026-03-09 12:00", "2026-03-07 07:30, 2026-03-08 07:00, 2026-03-09 06:30",
	},
	{
		"several skipped ticks are one", london, "*/10 1 * * *",
		"2026-03-29 00:00", "2026-03-29 23:00", "2026-03-29 01:00",
	},
	{
		"skipped ticks and one that is due at the end of the jump are one", newYork, "0,30 2,3 * * *",
		"2026-03-08 00:00", "2026-03-08 12:00", "2026-03-08 07:00, 2026-03-08 07:30",
	},
	{
		"a tick at the first skipped minute falls on the jump", london, "0 1 * * *",
		"2026-03-29 00:00", "2026-03-29 12:00", "2026-03-29 01:00",
	},
	{
		"London falls back from 02:00 to 01:00: a repeated tick runs the first time", london, "30 1 * * *",
		"2026-10-24 00:00", "2026-10-26 12:00", "2026-10-24 00:30, 2026-10-25 00:30, 2026-10-26 01:30",
	},
	{
		"New York falls back from 02:00 to 01:00: a repeated tick runs the first time", newYork, "30 1 * * *",
		"2026-10-31 00:00", "2026-11-02 12:00", "2026-10-31 05:30, 2026-11-01 05:30, 2026-11-02 06:30",
	},
	{
		"the minute at which the repetition begins runs once", london, "0 1,2 * * *",
		"2026-10-25 00:00", "2026-10-25 12:00", "2026-10-25 02:00", // 01:00 was at 00:00 UTC
	},
	{
		"the minute at which the repetition ends runs once, after it", newYork, "0 2 * * *",
		"2026-11-01 00:00", "2026-11-01 12:00", "2026-11-01 07:00",
	},
	{
		"every half hour goes by real time in spring", london, "15,45 * * * *",
		"2026-03-29 00:00", "2026-03-29 02:00", "2026-03-29 00:15, 2026-03-29 00:45, 2026-03-29 01:15, 2026-03-29 01:45",
	},
	{
		"every half hour goes by real time in autumn", newYork, "*/30 * * * *",
		"2026-11-01 04:50", "2026-11-01 07:10",
		"2026-11-01 05:00, 2026-11-01 05:30, 2026-11-01 06:00, 2026-11-01 06:30, 2026-11-01 07:00",
	},
	{
		"a Sunday's tick stays on Sunday", london, "30 1 * * 0",
		"2026-03-23 00:00", "2026-04-06 00:00", "2026-03-29 01:00, 2026-04-05 00:30",
	},
	{
		"the last day of a leap year, far ahead", newYork, "30 12 * * *",
		"2040-12-30 00:00", "2041-01-02 00:00", "2040-12-30 17:30, 2040-12-31 17:30, 2041-01-01 17:30",
	},
	{
		"Lord Howe's half hour too", "Australia/Lord_Howe", "15 2 * * *", // 4 October 2026: 02:00 becomes 02:30
		"2026-10-02 16:00", "2026-10-05 00:00", "2026-10-03 15:30, 2026-10-04 15:15",
	},
}

func TestTicksAreRightOverBothClockChanges(t *testing.T) {
	t.Parallel()
	for _, c := range clockChanges {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := mustNew(t, schedule.Setting{Cron: c.cron, Zone: c.zone})
			var got []string
			for at := s.Next(utc(t, c.from)); at.Before(utc(t, c.to)); at = s.Next(at) {
				got = append(got, at.Format("2006-01-02 15:04"))
			}
			if strings.Join(got, ", ") != c.want {
				t.Fatalf("%q in %s ticks at\n%s UTC, want\n%s", c.cron, c.zone, strings.Join(got, ", "), c.want)
			}
		})
	}
}

// Processes start at different times, and a look may come late: none of that may change what the ticks are.
func TestTheNextTickIsTheSameFromEveryMomentBefore(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, zone := range []string{london, newYork, "UTC", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo"} {
		for _, cron := range []string{"30 1 * * *", "*/20 0-3 * * *", "0 2 * * 0", "*/30 * * * *", "0 0 1 * *",
			"59 23 31 12 *"} {
			s := mustNew(t, schedule.Setting{Cron: cron, Zone: zone})
			tick := s.Next(utc(t, "2026-01-01 00:00"))
			for range 500 {
				next := s.Next(tick)
				if !next.After(tick) {
					t.Fatalf("%q in %s: after %s comes %s", cron, zone, tick, next)
				}
				between := tick.Add(time.Duration(random.Int64N(int64(next.Sub(tick)))))
				for _, from := range []time.Time{between, next.Add(-1)} {
					if got := s.Next(from); !got.Equal(next) {
						t.Fatalf("%q in %s: after %s comes %s, but after %s, in between, comes %s", cron, zone, tick, next, from, got)
					}
				}
				tick = next
			}
		}
	}
}

func TestJitterIsBoundedAgreedUponAndKeepsTheOrder(t *testing.T) {
	t.Parallel()
	for _, cron := range []string{"0 3 * * *", "*/5 * * * *", "30 1,2 * * *"} {
		setting := schedule.Setting{Cron: cron, Zone: london, Jitter: 20 * time.Minute}
		s, same := mustNew(t, setting), mustNew(t, setting)
		setting.Profile = "other"
		other := mustNew(t, setting)
		differ := 0
		for tick, n := s.Next(utc(t, "2026-03-01 00:00")), 0; n < 300; n++ {
			fire, next := s.Fire(tick), s.Next(tick)
			if late := fire.Sub(tick); late < 0 || late > 20*time.Minute || !fire.Before(next) {
				t.Fatalf("%q: the tick %s fires at %s, the next is %s", cron, tick, fire, next)
			}
			if !fire.Equal(same.Fire(tick)) {
				t.Fatalf("%q: two processes disagree about the tick %s", cron, tick)
			}
			if !fire.Equal(other.Fire(tick)) {
				differ++
			}
			tick = next
		}
		if differ < 290 {
			t.Fatalf("%q: two profiles start together most of the time", cron)
		}
	}
}

func TestAWrongSettingIsNamedWithWhatToDo(t *testing.T) {
	t.Parallel()
	good := schedule.Setting{Profile: "gala", Cron: "0 3 * * *", Zone: london}
	for name, c := range map[string]struct {
		change func(*schedule.Setting)
		field  string
	}{
		"no profile":         {func(s *schedule.Setting) { s.Profile = "" }, "profile"},
		"no zone":            {func(s *schedule.Setting) { s.Zone = "" }, "zone"},
		"the host's zone":    {func(s *schedule.Setting) { s.Zone = "Local" }, "zone"},
		"unknown zone":       {func(s *schedule.Setting) { s.Zone = "Europe/Londn" }, "zone"},
		"unknown choice":     {func(s *schedule.Setting) { s.Missed = "all" }, "missed"},
		"negative jitter":    {func(s *schedule.Setting) { s.Jitter = -1 }, "jitter"},
		"much jitter":        {func(s *schedule.Setting) { s.Jitter = 2 * time.Hour }, "jitter"},
		"nothing":            {func(s *schedule.Setting) { s.Cron = " " }, "cron"},
		"four fields":        {func(s *schedule.Setting) { s.Cron = "0 3 * *" }, "cron"},
		"six fields":         {func(s *schedule.Setting) { s.Cron = "0 0 3 * * *" }, "cron"},
		"hour 24":            {func(s *schedule.Setting) { s.Cron = "0 24 * * *" }, "cron"},
		"Sunday as 7":        {func(s *schedule.Setting) { s.Cron = "0 3 * * 7" }, "cron"},
		"a zone in the cron": {func(s *schedule.Setting) { s.Cron = "TZ=UTC" }, "cron"},
		"an interval":        {func(s *schedule.Setting) { s.Cron = "@every 5m" }, "cron"},
		"at reboot":          {func(s *schedule.Setting) { s.Cron = "@reboot" }, "cron"},
		"30 February":        {func(s *schedule.Setting) { s.Cron = "0 3 30 2 *" }, "cron"},
	} {
		s := good
		c.change(&s)
		_, err := schedule.New(s)
		wrong, is := errors.AsType[*schedule.SettingError](err)
		if !is || wrong.Field != c.field || wrong.Problem == "" || wrong.Advice == "" {
			t.Errorf("%s: %v, want an error about %s", name, err, c.field)
		}
	}
	if _, err := schedule.New(good); err != nil {
		t.Fatal(err)
	}
}

func FuzzCronNeverPanicsAndTicksGoForward(f *testing.F) {
	for _, c := range clockChanges {
		f.Add(c.cron, c.zone)
	}
	f.Add("@daily", "UTC")
	f.Add("*/0 1-0 ? jan sun", "Africa/Casablanca")
	f.Fuzz(func(t *testing.T, cron, zone string) {
		s, err := schedule.New(schedule.Setting{Profile: "p", Cron: cron, Zone: zone})
		if err != nil {
			return
		}
		at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		for range 20 {
			next := s.Next(at)
			if !next.After(at) {
				t.Fatalf("%q in %q: %s comes after %s", cron, zone, next, at)
			}
			at = next
		}
	})
}
