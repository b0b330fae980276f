package schedule_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"guestflow/importer/schedule"
)

// minutes is a cron expression as sets, to be looked up minute by minute.
type minutes struct {
	minute, hour, weekday map[int]bool // an empty set is an asterisk
}

func (m minutes) shows(wall time.Time) bool {
	in := func(set map[int]bool, n int) bool { return len(set) == 0 || set[n] }
	return in(m.minute, wall.Minute()) && in(m.hour, wall.Hour()) && in(m.weekday, int(wall.Weekday()))
}

// ticks walks through every minute between two moments: a wall's time that is seen again does not tick, and what a jump
// skips ticks at the jump. An expression for every hour goes by real time.
func (m minutes) ticks(zone *time.Location, after, until time.Time) (list []time.Time) {
	var highest time.Time // on the wall so far
	for t := after.Add(-72 * time.Hour); !t.After(until); t = t.Add(time.Minute) {
		l := t.In(zone)
		wall := time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), 0, 0, time.UTC)
		fires := m.shows(wall) && (len(m.hour) == 0 || wall.After(highest))
		if len(m.hour) > 0 && !highest.IsZero() {
			for skipped := highest.Add(time.Minute); skipped.Before(wall); skipped = skipped.Add(time.Minute) {
				fires = fires || m.shows(skipped)
			}
		}
		if wall.After(highest) {
			highest = wall
		}
		if fires && t.After(after) {
			list = append(list, t)
		}
	}
	return list
}

func TestTicksAroundClockChangesAreThoseThatBruteForceFinds(t *testing.T) {
	t.Parallel()
	zones := []string{
		"Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Asia/Beirut", "America/Santiago",
		"Africa/Casablanca",
		"Europe/Dublin", "Antarctica/Troll", "Pacific/Apia", "Asia/Tehran", "America/Sao_Paulo", "Africa/Cairo",
		"Pacific/Chatham", "Asia/Pyongyang",
	}
	random := rand.New(rand.NewPCG(7, 11))
	pick := func(most, below int) (map[int]bool, string) {
		set, text := map[int]bool{}, []string{}
		for range 1 + random.IntN(most) {
			n := random.IntN(below)
			set[n] = true
			text = append(text, fmt.Sprint(n))
		}
		return set, strings.Join(text, ",")
	}
	for range 150 {
		zone, err := time.LoadLocation(zones[random.IntN(len(zones))])
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(1990+random.IntN(65), time.Month(1+random.IntN(12)), 1+random.IntN(28), 0, 0, 0, 0, time.UTC)
		if _, end := at.In(zone).ZoneBounds(); end.After(at) && end.Year() < 2060 {
			at = end.UTC().Truncate(time.Minute)
		}
		var m minutes
		var cron [3]string
		m.minute, cron[0] = pick(3, 60)
		cron[1], cron[2] = "*", "*"
		if random.IntN(4) > 0 {
			m.hour, cron[1] = pick(4, []int{4, 24}[random.IntN(2)])
		}
		if random.IntN(3) == 0 {
			m.weekday, cron[2] = pick(3, 7)
		}
		expression := fmt.Sprintf("%s %s * * %s", cron[0], cron[1], cron[2])
		s, err := schedule.New(schedule.Setting{Profile: "p", Cron: expression, Zone: zone.String()})
		if err != nil {
			t.Fatal(err)
		}
		after, until := at.Add(-30*time.Hour), at.Add(30*time.Hour)
		var got []time.Time
		for next := s.Next(after); !next.IsZero() && !next.After(until); next = s.Next(next) {
			got = append(got, next)
		}
		if want := m.ticks(zone, after, until); !slices.EqualFunc(got, want, time.Time.Equal) {
			t.Errorf("%s %q around %s\n got  %v\n want %v", zone, expression, at.Format(time.RFC3339), got, want)
		}
	}
}
