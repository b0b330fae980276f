package testkit

import (
	"bytes"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// Log collects the output of a process or a logger, while a test reads it. The zero value is empty and ready to use.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // closed by the next write; nil when nothing waits for it
}

func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.more != nil {
		close(l.more)
		l.more = nil
	}
	return l.text.Write(p)
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Len is how many bytes were written so far.
func (l *Log) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Len()
}

// Count returns how often words were written.
func (l *Log) Count(words string) int { return strings.Count(l.String(), words) }

// Logger returns a logger that writes every level to the log.
func (l *Log) Logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// More returns a channel that is closed by the next write.
func (l *Log) More() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.more == nil {
		l.more = make(chan struct{})
	}
	return l.more
}

// WaitFor waits until words were written, and fails the test when that takes longer than Patience.
func (l *Log) WaitFor(t testing.TB, words string) {
	t.Helper()
	l.wait(t, nil, fmt.Sprintf("%q", words), func(text string) bool { return strings.Contains(text, words) })
}

// WaitForMatch waits until something was written that matches, and returns the match and its groups.
func (l *Log) WaitForMatch(t testing.TB, pattern *regexp.Regexp) (groups []string) {
	t.Helper()
	l.wait(t, nil, pattern.String(), func(text string) bool {
		groups = pattern.FindStringSubmatch(text)
		return groups != nil
	})
	return groups
}

// wait fails the test, too, when the writer has ended without having written it.
func (l *Log) wait(t testing.TB, ended <-chan struct{}, what string, is func(text string) bool) {
	t.Helper()
	deadline := time.After(Patience)
	for {
		more := l.More() // before the look, so that no write goes unseen
		if is(l.String()) {
			return
		}
		select {
		case <-more:
		case <-ended:
			if !is(l.String()) {
				t.Fatalf("it ended without writing %s:\n%s", what, l)
			}
			return
		case <-deadline:
			t.Fatalf("it did not write %s within %s:\n%s", what, Patience, l)
		}
	}
}
