package worker

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestAStepOfRedisClockIsToldOnce(t *testing.T) {
	t.Parallel()
	const (
		forward = "Redis' clock has gone forward"
		back    = "Redis' clock has gone back"
		differ  = "clock and Redis' differ"
		agree   = "agree again"
	)
	for name, looks := range map[string][]struct {
		ahead time.Duration // of this host
		want  string        // what is told, if anything
	}{
		"both are right":            {{0, ""}, {20 * time.Millisecond, ""}, {0, ""}},
		"it goes back by an hour":   {{0, ""}, {-time.Hour, back}, {-time.Hour, ""}, {0, forward}, {0, ""}},
		"it goes forward for years": {{0, ""}, {100_000 * time.Hour, forward}, {100_000 * time.Hour, ""}, {0, back}},
		"this host is a minute off": {{time.Minute, differ}, {time.Minute, ""}},
		"it drifts": {{4600 * time.Millisecond, ""}, {5500 * time.Millisecond, differ},
			{4600 * time.Millisecond, agree}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var said bytes.Buffer
			c := &clockMonitor{log: slog.New(slog.NewTextHandler(&said, nil))}
			here := time.Now()
			for n, look := range looks {
				said.Reset()
				here = here.Add(15 * time.Second)
				c.compare(context.Background(), here.Round(0).Add(look.ahead), here, time.Millisecond)
				if got := strings.Count(said.String(), "\n"); look.want == "" && got > 0 || look.want != "" &&
					(got != 1 || !strings.Contains(said.String(), look.want)) {
					t.Fatalf("look %d: want %q, it says %q", n, look.want, said.String())
				}
			}
		})
	}
}
