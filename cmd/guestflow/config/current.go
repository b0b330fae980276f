package config

import (
	"log/slog"
	"os"
	"sync"
)

// Current returns the settings with what guestflow.yaml says of lists by now: a process that runs for long has read it at
// its start. It is read once for each change, however many ask, for all accounts of the process; so is what is logged. A
// file that cannot be read is as it was before.
func (s *Settings) Current(log *slog.Logger) *Settings {
	if s.File == nil || s.File.latest == nil {
		return s
	}
	f := s.File.latest.read(log)
	if f == nil {
		return s
	}
	now := *s
	now.File, now.Profiles = f.SeenFrom(s.File.account), f.Profiles
	return &now
}

// latest is what a file says by now.
type latest struct {
	path string

	mu   sync.Mutex
	seen os.FileInfo // when it was read last; nil where it was not there
	file *File       // nil while it is as it was at the start
}

func (l *latest) read(log *slog.Logger) *File {
	l.mu.Lock()
	defer l.mu.Unlock()
	is, err := os.Stat(l.path)
	if err != nil {
		is = nil
	}
	if isSame(is, l.seen) {
		return l.file
	}
	l.seen = is
	var f *File
	if err == nil {
		f, err = ReadFile([]string{"--config=" + l.path})
	}
	if err != nil {
		log.Warn("the configuration file was changed and cannot be read: lists go by what it said before; mend it", "file", l.path, "err", err)
		return l.file
	}
	log.Info("the configuration file was changed: uploads go by what it says now, dropped files by what it said at the start",
		"file", l.path)
	l.file = f
	return f
}

// isSame reports whether a file is as it was.
func isSame(is, was os.FileInfo) bool {
	if is == nil || was == nil {
		return is == nil && was == nil
	}
	return is.ModTime().Equal(was.ModTime()) && is.Size() == was.Size()
}
