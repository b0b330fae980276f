package hold

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"guestflow/importer/schedule"
)

// errStart is without the text, which may be a secret that slipped into the wrong line.
var errStart = errors.New("the start time is neither a time of day such as 09:00 nor a date and time such as 2026-12-01 09:00")

// dated are the forms of a date and time on the wall, and zoned those that name their zone.
var (
	timesOfDay = []string{"15:04", "15:04:05"}
	dated      = []string{"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05"}
	zoned      = []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02 15:04Z07:00", "2006-01-02 15:04:05Z07:00"}
)

// StartTime returns when an import may begin that is ready now: the next such time of day, which may be now, or the
// date and time, which may be past. Where clocks are changed the rules are those of schedules: a time that the wall
// skips is the moment of the jump, and one that it shows twice is the first of both. Without a zone only a time that
// names its own is known.
func StartTime(text string, zone *time.Location, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	if len(text) > mostText {
		return time.Time{}, errStart
	}
	if at, is := parse(text, zoned); is {
		return at.UTC(), nil
	}
	if at, is := parse(text, timesOfDay); is {
		return next(fmt.Sprintf("%d %d * * *", at.Minute(), at.Hour()), zone, at.Second(), now)
	}
	if at, is := parse(text, dated); is {
		cron := fmt.Sprintf("%d %d %d %d *", at.Minute(), at.Hour(), at.Day(), int(at.Month()))
		const beforeAnyWall = 26 * time.Hour
		return next(cron, zone, at.Second(), at.Add(-beforeAnyWall))
	}
	return time.Time{}, errStart
}

func parse(text string, layouts []string) (at time.Time, is bool) {
	for _, layout := range layouts {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// next is the first tick at or after a time, and so many seconds later.
func next(cron string, zone *time.Location, seconds int, now time.Time) (time.Time, error) {
	if zone == nil {
		return time.Time{}, errors.New("the start time needs a time zone; add timezone: Europe/London, America/New_York or UTC to the profile")
	}
	past := time.Duration(seconds) * time.Second
	tick, err := schedule.NextTick(cron, zone, now.Add(-past-1))
	return tick.Add(past), err
}

// Start returns when an import may begin that was started or approved now; the zero time is at once.
func (r Rules) Start(zone *time.Location, now time.Time) (time.Time, error) {
	var start time.Time
	if undo := r.undo(); undo > 0 {
		start = now.Add(undo)
	}
	if r.StartAt == "" {
		return start, nil
	}
	at, err := StartTime(r.StartAt, zone, now)
	if err != nil {
		return start, err
	}
	if at.After(now) && at.After(start) {
		start = at
	}
	return start, nil
}
