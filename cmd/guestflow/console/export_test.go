package console

import (
	"context"
	"path/filepath"
	"time"

	"guestflow/importer"
	"guestflow/worker/budget"
)

// Tidy removes what is outdated by then.
func Tidy(ctx context.Context, a *Account, now time.Time) error { return a.tidy(ctx, now) }

// Crowd has as many files be read as may be at a time, until next is called.
func Crowd(s *Site) (next func()) {
	for range plansAtOnce {
		s.looks.slots <- struct{}{}
	}
	return func() {
		for range plansAtOnce {
			s.looks.next()
		}
	}
}

// Peek gives a file's header.
func Peek(ctx context.Context, s *Site, path string) ([]string, error) {
	found, err := s.looks.peek(ctx, path, "")
	if err != nil {
		return nil, err
	}
	return found.header, nil
}

// Plan gives the header of a file that is read for its preview.
func Plan(ctx context.Context, s *Site, path string) ([]string, error) {
	found, err := s.looks.at(ctx, upload{ID: "list", Name: filepath.Base(path), folder: filepath.Dir(filepath.Dir(path))}, importer.Settings{})
	if err != nil {
		return nil, err
	}
	return found.header, found.err
}

// Minutes draws what was called each minute.
func Minutes(history []budget.Minute) string { return string(minutes(history)) }
