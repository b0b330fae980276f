package worker

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/hibiken/asynq"
)

const (
	// MaxTries is how often a row may fail before it is exhausted. With the pauses below that is one to two hours of an
	// unreachable Qflow, after which an operator should look.
	MaxTries = 20

	firstPause = 2 * time.Second
	maxPause   = 10 * time.Minute
)

// backoff returns the pause after so many failed tries: exponential with full jitter, so that the chunks that failed
// together do not come back together.
func backoff(tries int) time.Duration {
	top := maxPause
	if tries < 9 { // 2 s << 9 is above the cap
		top = min(firstPause<<max(tries-1, 0), maxPause)
	}
	return time.Second + time.Duration(rand.Int64N(int64(top))) // not a secret
}

// laterError sends a chunk back to Asynq for a while. It is no failure: what failed is counted in the ledger, by row.
type laterError struct {
	after time.Duration
	why   string
}

func (e *laterError) Error() string {
	return fmt.Sprintf("goes on in %s: %s", e.after.Round(time.Second), e.why)
}

// retryDelay answers Asynq's question when a task runs again.
func retryDelay(_ int, err error, _ *asynq.Task) time.Duration {
	if l, ok := errors.AsType[*laterError](err); ok {
		return l.after
	}
	if errors.Is(err, asynq.ErrLeaseExpired) { // its worker died: nothing to wait for
		return 0
	}
	return backoff(3) // Redis was away, or a bug: about 8 s
}

// isFailure keeps chunks that merely wait out of Asynq's failure counts.
func isFailure(err error) bool {
	_, waits := errors.AsType[*laterError](err)
	return !waits && !errors.Is(err, asynq.ErrLeaseExpired)
}
