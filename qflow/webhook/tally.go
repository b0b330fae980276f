package webhook

import (
	"log/slog"
	"sync"
	"time"
)

// logEvery is the most that refusals are logged: a flood of forgeries must not become a flood of lines.
const logEvery = time.Minute

// tally counts refusals between two lines of the log.
type tally struct {
	mu      sync.Mutex
	counts  map[Refusal]int
	last    time.Time
	trouble error // the latest
}

func (t *tally) add(why Refusal, trouble error, now time.Time, log *slog.Logger) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		t.counts = map[Refusal]int{}
	}
	t.counts[why]++
	if trouble != nil {
		t.trouble = trouble
	}
	if now.Sub(t.last) < logEvery {
		return
	}
	args := []any{"since", now.Sub(t.last).Round(time.Second)}
	if t.last.IsZero() {
		args = nil
	}
	for _, why := range Refusals() {
		if n := t.counts[why]; n > 0 {
			args = append(args, string(why), n)
		}
	}
	if t.trouble != nil {
		args = append(args, "error", t.trouble)
	}
	log.Warn("webhook requests were refused", args...)
	t.counts, t.last, t.trouble = nil, now, nil
}
