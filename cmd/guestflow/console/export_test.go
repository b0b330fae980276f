package console

import (
	"context"
	"log/slog"
	"time"

	"guestflow/cmd/guestflow/console/lang"
	"guestflow/importer/ledger"
	"guestflow/worker/budget"
)

// OccupyJobs has as many files be read as may be at a time, for previews and for searches, until next is called.
func OccupyJobs(s *Site) (next func()) {
	for range maxPreviews {
		s.previews.previews.slots <- struct{}{}
		s.previews.searches.slots <- struct{}{}
		s.previews.rows.slots <- struct{}{}
	}
	return func() {
		for range maxPreviews {
			<-s.previews.previews.slots
			<-s.previews.searches.slots
			<-s.previews.rows.slots
		}
	}
}

// Jobs are such that tell a number.
type Jobs struct{ *jobs[int] }

// The bounds of readings.
const (
	UnwatchedTTL  = unwatchedTTL
	MaxQueuedJobs = maxQueuedJobs
)

// NewJobs gives some that are read one at a time.
func NewJobs(limit, keep time.Duration) Jobs {
	return NewLoggedJobs(limit, keep, slog.New(slog.DiscardHandler))
}

// NewLoggedJobs gives some that say what went wrong.
func NewLoggedJobs(limit, keep time.Duration, log *slog.Logger) Jobs {
	return Jobs{newJobs[int](1, limit, keep, log)}
}

// ErrPanic is what a reading ends with that has panicked.
var ErrPanic = errPanic

// Look begins or joins a reading, and tells how far it is.
func (l Jobs) Look(ctx context.Context, name string, read func(context.Context, func(int)) error) (soFar int, waits,
	over bool, err error) {
	k, err := l.start(name, 0, read)
	if err != nil {
		return 0, false, false, err
	}
	now, err := l.wait(ctx, k, pageWait)
	return now.SoFar, now.Queued, now.Done, err
}

// Known reports whether a job is kept.
func (l Jobs) Known(name string) bool { return l.find(name) != nil }

// CallChart draws what was called each minute.
func CallChart(history []budget.Minute) string { return string(callChart(history, lang.Languages[0])) }

// Patterns are those of states, by class.
var Patterns = patterns

// GoTexts are the texts of translated pages that Go code makes, and a template translates by its function t.
func GoTexts() (list []string) {
	for _, s := range ledger.AllStates() {
		list = append(list, s.String())
	}
	for _, kind := range importKinds {
		list = append(list, kind.Text)
	}
	for _, v := range verbTexts {
		list = append(list, v.label)
	}
	return append(list, "all", "imports", "actions", "being released", "3 days", "none", "fresh", "expired", "renewing",
		"abandoned", "Overview", "Imports", "New import")
}
