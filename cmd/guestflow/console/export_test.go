package console

import (
	"context"
	"log/slog"
	"time"

	"guestflow/worker/budget"
)

// Tidy removes what is outdated by then.
func Tidy(ctx context.Context, a *Account, now time.Time) error { return a.tidy(ctx, now) }

// Crowd has as many files be read as may be at a time, for previews and for searches, until next is called.
func Crowd(s *Site) (next func()) {
	for range plansAtOnce {
		s.looks.plans.slots <- struct{}{}
		s.looks.searches.slots <- struct{}{}
		s.looks.rows.slots <- struct{}{}
	}
	return func() {
		for range plansAtOnce {
			<-s.looks.plans.slots
			<-s.looks.searches.slots
			<-s.looks.rows.slots
		}
	}
}

// Readings are such that tell a number.
type Readings struct{ *readings[int] }

// The bounds of readings.
const (
	Unwatched  = unwatched
	MostInLine = mostInLine
)

// NewReadings gives some that are read one at a time.
func NewReadings(limit, keep time.Duration) Readings {
	return NewLoggedReadings(limit, keep, slog.New(slog.DiscardHandler))
}

// NewLoggedReadings gives some that say what went wrong.
func NewLoggedReadings(limit, keep time.Duration, log *slog.Logger) Readings {
	return Readings{newReadings[int](1, limit, keep, log)}
}

// Mistake is what a reading ends with that has panicked.
var Mistake = errMistake

// Look begins or joins a reading, and tells how far it is.
func (l Readings) Look(ctx context.Context, name string, read func(context.Context, func(int)) error) (soFar int, waits, over bool, err error) {
	k, err := l.begin(name, 0, read)
	if err != nil {
		return 0, false, false, err
	}
	now, err := l.look(ctx, k, glance)
	return now.SoFar, now.Waits, now.Over, err
}

// Known tells whether a reading is remembered.
func (l Readings) Known(name string) bool { return l.find(name) != nil }

// Minutes draws what was called each minute.
func Minutes(history []budget.Minute) string { return string(minutes(history)) }
