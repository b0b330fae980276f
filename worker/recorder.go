package worker

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/qflow"
)

// recorder writes to the ledger what a worker does with rows. All marks before a call pass through mark, and all
// outcomes through commit. The ledger writes those of many callers at once (importer/ledger/commit.go).
type recorder struct {
	ledger *ledger.Ledger
	log    *slog.Logger
}

// mark marks rows before a call that goes by the given way, unless one of the gates is closed or the import is stopped.
// Its answer is the last look before the call.
func (r *recorder) mark(ctx context.Context, ref chunk.Ref, way string, gates []qflow.Gate,
	rows ...int) (ledger.BeginResult, error) {
	switch way {
	case ledger.BySend:
		return r.ledger.Calls.BeginSend(ctx, ref.Import, gates, rows...)
	case ledger.ByGuest:
		return r.ledger.Calls.BeginAtomic(ctx, ref.Import, gates, rows...)
	}
	return r.ledger.Calls.BeginBulk(ctx, ref.Import, gates, rows...)
}

const (
	// commitFor is how long an outcome is held while Redis is away. An outcome that is not written down is not lost to the
	// guest, but makes its row ambiguous; a fleet that waits longer does not stop in time.
	commitFor = 20 * time.Second

	// commitPause is the pause between two tries: often enough to come through between two failovers.
	commitPause = 200 * time.Millisecond
)

// commit writes outcomes down, and holds on to them while Redis blinks, even when the task's lease has ended meanwhile.
// It logs when they finish the import.
func (r *recorder) commit(ctx context.Context, ref chunk.Ref, moves []ledger.Move) error {
	if len(moves) == 0 {
		return nil
	}
	return insist(ctx, func(ctx context.Context) error {
		_, finished, err := r.ledger.Move(ctx, ref.Import, moves)
		if err == nil {
			r.logFinished(ctx, ref, finished)
		}
		return err
	})
}

// liftMark takes the marks of rows back whose calls were not made.
func (r *recorder) liftMark(ctx context.Context, ref chunk.Ref, rows ...int) error {
	word := rand.Text()
	return insist(ctx, func(ctx context.Context) error { return r.ledger.Calls.LiftMark(ctx, ref.Import, word, rows...) })
}

// insist has something written, and tries again for a while, also when the task's context has ended.
func insist(ctx context.Context, write func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitFor)
	defer cancel()
	for {
		err := write(ctx)
		if err == nil {
			return nil
		}
		if errors.Is(err, redis.ErrClosed) { // by the process, which ends
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(commitPause):
		}
	}
}

// start begins to write outcomes down, and returns what waits until they are, as commit does. What fails is tried again
// from then on.
func (r *recorder) start(ctx context.Context, ref chunk.Ref, moves []ledger.Move) (wait func() error) {
	ctx = context.WithoutCancel(ctx)
	moving, err := r.ledger.StartMove(ctx, ref.Import, moves)
	return func() error {
		if err != nil {
			return err
		}
		finished, err := moving.Wait(ctx)
		if err != nil {
			return r.commit(ctx, ref, moves)
		}
		r.logFinished(ctx, ref, finished)
		return nil
	}
}

func (r *recorder) logFinished(ctx context.Context, ref chunk.Ref, finished bool) {
	if finished {
		r.log.InfoContext(ctx, "import finished", "import", ref.Import)
	}
}
