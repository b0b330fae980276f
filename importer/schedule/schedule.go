// Package schedule runs imports by cron expressions with a named time zone, each tick once however many processes run.
//
// There is no leader. Every process computes the same ticks from the same settings, and a tick is claimed in Redis by
// one script. The claim is a lease that its owner renews (package lease, whose Keep does that; it is kept in the
// schedule's hash, since it is granted together with the cursor). When a process dies half-way it lapses, and another
// one takes the same tick over. A frozen owner that comes back may run beside its successor: a lease guards nothing.
// What the tick runs must therefore be harmless to run twice, as an import is, being known by its content or by the
// tick's ID.
//
// Of each schedule Redis keeps one small hash with a cursor, the last tick that is settled, rather than a mark for
// every tick: the cursor also shows what was missed, and needs no cleaning up. The price is that a schedule's ticks run
// one after the other. A tick that comes due while the one before still runs waits, and counts as missed.
//
// A tick runs when both the host's clock and that of Redis have come to it; leases follow that of Redis. Next documents
// which ticks there are when clocks are changed.
package schedule

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // a container without time zones must not run an import at another hour; 450 KB

	"github.com/robfig/cron/v3"
)

// Missed is what is done about ticks that were not run in time: all processes were down, or the tick before took too
// long.
type Missed string

const (
	RunOnce Missed = "run_once" // the newest of them runs late, the others are dropped; the default
	Skip    Missed = "skip"     // they are dropped
)

// grace is how late a tick may start without being missed: long enough for a restart of the processes.
const grace = time.Minute

// MaxJitter bounds the jitter: it is there to spread load over minutes, not to move an import to another time of day.
const MaxJitter = time.Hour

// Setting is a schedule as it is configured.
type Setting struct {
	Profile string        // the schedule's name: there is one for each profile
	Cron    string        // minute hour day month weekday, or @hourly, @daily, @weekly, @monthly, @yearly
	Zone    string        // by its name, such as Europe/London or UTC
	Missed  Missed        // RunOnce if empty
	Jitter  time.Duration // each tick starts up to this much later, but never more than half-way to the next
}

// SettingError names the setting that is wrong, and what to do.
type SettingError struct {
	Profile, Field, Value, Problem, Advice string
}

func (e *SettingError) Error() string {
	return fmt.Sprintf("profile %q: %s %q: %s; %s", e.Profile, e.Field, e.Value, e.Problem, e.Advice)
}

// Schedule is a checked setting.
type Schedule struct {
	Setting
	cron      *cron.SpecSchedule // over times on the wall, see Next
	zone      *time.Location
	everyHour bool
}

// Seconds are not offered: no import needs them. The parser is the one that Asynq depends on; of its Next only the part
// without time zones is used.
var parser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

const everyHour = 1<<24 - 1 // the bits of all hours in a cron.SpecSchedule

// New checks a setting. Its error is a *SettingError.
func New(s Setting) (*Schedule, error) {
	wrong := func(field, value, problem, advice string) (*Schedule, error) {
		return nil, &SettingError{Profile: s.Profile, Field: field, Value: value, Problem: problem, Advice: advice}
	}
	if s.Missed == "" {
		s.Missed = RunOnce
	}
	s.Cron = strings.Join(strings.Fields(s.Cron), " ")
	switch {
	case s.Profile == "":
		return wrong("profile", "", "a schedule needs a name", "name the profile that it imports")
	case s.Zone == "":
		return wrong("zone", "", "a schedule needs a time zone", "name one, such as Europe/London or UTC")
	case s.Zone == "Local":
		return wrong("zone", s.Zone, "it differs between hosts", "name one, such as Europe/London or UTC")
	case s.Missed != RunOnce && s.Missed != Skip:
		return wrong("missed", string(s.Missed), "unknown value", "choose run_once or skip")
	case s.Jitter < 0 || s.Jitter > MaxJitter:
		return wrong("jitter", s.Jitter.String(), "it is out of range", "choose from 0 to "+MaxJitter.String())
	case strings.Contains(s.Cron, "TZ="):
		return wrong("cron", s.Cron, "the time zone does not belong here", "write it as zone")
	case strings.HasPrefix(s.Cron, "@every"):
		return wrong("cron", s.Cron, "processes that start at different times would disagree",
			"write */5 * * * * for every five minutes")
	}
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return wrong("zone", s.Zone, "no such time zone", "write a name such as Europe/London, America/New_York or UTC")
	}
	const form = `write minute hour day month weekday, such as "30 2 * * 1-5"; weekdays are 0 (Sunday) to 6`
	parsed, err := parser.Parse(s.Cron)
	if err != nil {
		return wrong("cron", s.Cron, err.Error(), form)
	}
	spec, is := parsed.(*cron.SpecSchedule)
	if !is {
		return wrong("cron", s.Cron, "it is not a cron expression", form)
	}
	spec.Location = time.UTC // the wall's
	schedule := &Schedule{Setting: s, cron: spec, zone: zone, everyHour: spec.Hour&everyHour == everyHour}
	if schedule.Next(time.Now()).IsZero() {
		return wrong("cron", s.Cron, "it never occurs", "check that its month has that day")
	}
	return schedule, nil
}

// spec is what makes two schedules have the same ticks.
func (s *Schedule) spec() string { return "CRON_TZ=" + s.Zone + " " + s.Cron }

// Tick is one time of a schedule.
type Tick struct {
	Profile string
	At      time.Time // by the cron expression, in UTC, before jitter
	Try     int       // 1, and more after errors and crashes
	Late    bool      // it was missed and runs all the same
}

// ID is the same in every process, so that what is named by it is created once.
func (t Tick) ID() string { return t.Profile + "@" + t.At.UTC().Format("20060102T150405Z") }

// Fire is when a tick starts: its time plus a jitter that comes from its ID, so that all processes agree.
func (s *Schedule) Fire(tick time.Time) time.Time {
	if s.Jitter == 0 {
		return tick
	}
	room := s.Jitter
	if next := s.Next(tick); !next.IsZero() {
		room = min(room, next.Sub(tick)/2) // or ticks would overtake each other
	}
	sum := sha256.Sum256([]byte(Tick{Profile: s.Profile, At: tick}.ID()))
	part := time.Duration(binary.BigEndian.Uint64(sum[:])>>1) % room
	return tick.Add(part.Truncate(time.Millisecond))
}
