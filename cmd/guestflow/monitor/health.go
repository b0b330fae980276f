package monitor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Check is one condition of health. Fails returns in a sentence why it does not hold, without secrets: its address
// needs no login.
type Check struct {
	Name  string
	Fails func(context.Context) error
}

const (
	// checkTimeout bounds all checks together: probes of Kubernetes and Docker wait for a second or more.
	checkTimeout = time.Second

	// checkTTL is how long a result is reused, so that a flood of requests costs Redis two checks a second.
	checkTTL = 500 * time.Millisecond
)

// HealthHandler answers 200 with "ok", or 503 with a line for each failed check. /healthz checks the process alone, so
// that it is not restarted because Redis is down; /readyz makes the other checks too.
func HealthHandler(checks ...Check) http.Handler {
	return &healthHandler{checks: checks}
}

type healthHandler struct {
	checks []Check

	mu       sync.Mutex
	failures []string
	until    time.Time
}

func (h *healthHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	failed := h.check(context.WithoutCancel(r.Context())) // other requests share the result
	if len(failed) == 0 {
		fmt.Fprintln(w, "ok")
		return
	}
	w.WriteHeader(http.StatusServiceUnavailable)
	fmt.Fprintln(w, strings.Join(failed, "\n"))
}

// check makes the checks concurrently: in sequence, a slow one would leave the others no time.
func (h *healthHandler) check(ctx context.Context) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Now().Before(h.until) {
		return h.failures
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	h.failures = nil
	for i, answer := range h.start(ctx) {
		select {
		case err := <-answer:
			if err != nil {
				h.failures = append(h.failures, h.checks[i].Name+": "+err.Error())
			}
		case <-ctx.Done():
			h.failures = append(h.failures, fmt.Sprintf("%s: no answer within %s", h.checks[i].Name, checkTimeout))
		}
	}
	h.until = time.Now().Add(checkTTL)
	return h.failures
}

// Failures makes the checks at once, and returns a line for each that fails.
func Failures(ctx context.Context, checks ...Check) []string {
	return (&healthHandler{checks: checks}).check(ctx)
}

// start starts all checks. One that ignores its context, as Redis' client does while it reads, ends later by itself.
func (h *healthHandler) start(ctx context.Context) []chan error {
	answers := make([]chan error, len(h.checks))
	for i, c := range h.checks {
		answers[i] = make(chan error, 1)
		go func() { answers[i] <- c.Fails(ctx) }()
	}
	return answers
}

// RedisCheck checks that Redis takes writes, which a full one, a replica and one that is still loading do not.
func RedisCheck(client redis.UniversalClient, prefix string) Check {
	return Check{Name: "redis", Fails: func(ctx context.Context) error {
		err := client.Set(ctx, prefix+"ready", 1, time.Minute).Err()
		return redisTrouble(err)
	}}
}

// redisTrouble returns an error in our own words: the driver's may hold the address with a user's name.
func redisTrouble(err error) error {
	switch {
	case err == nil:
		return nil
	case redis.HasErrorPrefix(err, "LOADING"):
		return errors.New("it is loading its data")
	case redis.HasErrorPrefix(err, "READONLY"):
		return errors.New("it is read-only: a replica, or a failover is under way")
	case redis.HasErrorPrefix(err, "OOM"):
		return errors.New("it is full: give it more memory")
	case redis.HasErrorPrefix(err, "MISCONF"):
		return errors.New("it cannot save to disk and takes no writes")
	case redis.HasErrorPrefix(err, "NOAUTH"), redis.HasErrorPrefix(err, "WRONGPASS"),
		redis.HasErrorPrefix(err, "NOPERM"):
		return errors.New("it refuses this user or password")
	case redis.HasErrorPrefix(err, "MASTERDOWN"), redis.HasErrorPrefix(err, "CLUSTERDOWN"):
		return errors.New("it is part of a cluster that is down")
	}
	return fmt.Errorf("it does not answer within %s", checkTimeout)
}
