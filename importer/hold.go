package importer

import (
	"context"
	"fmt"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
)

// highWater is how many rows may wait, in chunks of one import's size, before the importer holds back: 100,000 are about
// 25 MB of Redis, and hours of work for the budget. At most 2000 chunks of them, since a task costs something too.
func highWater(chunkSize int) int { return min(100_000/chunkSize, 2000) }

// little is how much of the high-water mark an import may have in line while others have used it up. A short import never has as
// much, since it is at most 127 chunks (Plan.chunkSize). For a long one it is twice what is sent between two looks, so that its
// lane does not run dry.
func little(most int) int { return max(most/15, 1) }

// Hold is why an importer does not go on reading.
type Hold struct {
	Import  string
	Waiting int  // chunks that wait for workers, of those that count
	Most    int  // it goes on when fewer wait
	Memory  int  // per cent that Redis uses of its maxmemory, 0 when it has none
	Full    bool // this is why, and not the chunks
	Over    bool // it goes on
}

// Why says it to an operator.
func (h Hold) Why() string {
	if h.Full {
		return fmt.Sprintf("Redis is %d %% full, and it goes on at %d %%: give it more memory (maxmemory), or let the workers make room", h.Memory, roomyAt)
	}
	return fmt.Sprintf("%d chunks of work are enqueued, and it goes on when fewer than %d are", h.Waiting, h.Most)
}

// Room says what there is again.
func (h Hold) Room() string {
	if h.Full {
		return "Redis has room again"
	}
	return "workers have made room"
}

// holdEvery is how often an importer that holds back looks again: its workers have hours of work left.
const holdEvery = time.Second

// holdBack waits while too much work is pending, or Redis' memory is nearly used up, so that it stays bounded however long the
// file is. With noeviction a full Redis would stop the workers too, who alone can empty it.
func (im *Importer) holdBack(ctx context.Context, imp ledger.Import) error {
	h := Hold{Import: imp.ID, Most: highWater(imp.Chunk)}
	for held := false; ; held = true {
		now, err := im.wanted(ctx, imp.ID)
		if err != nil {
			return err
		}
		imp.Counts = now.Counts
		if h.Waiting, err = im.crowd(ctx, imp, h.Most); err != nil {
			return err
		}
		if h.Memory, err = im.memory.percent(ctx, im.unknownMemory); err != nil {
			return err
		}
		full := h.Memory >= fullFrom || held && h.Full && h.Memory > roomyAt
		if h.Over = h.Waiting < h.Most && !full; !h.Over {
			h.Full = full
		}
		if h.Over == held { // it has just changed
			im.tell(h)
		}
		if !h.Over || held {
			im.mark(ctx, h)
		}
		if h.Over {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(holdEvery):
		}
	}
}

// crowd is how many chunks are in an import's way: all that wait, whatever for. If those are too many, an import of which little is
// in line is let go on beside them, so that a short one does not wait for a long one and long ones share the work. Then only such
// little parts of its own kind count, short or long, wherever their tasks are: many of them are too much as well. So at most thrice
// the mark is in line. This is looked at only above the mark, since it costs a look at every import that runs.
func (im *Importer) crowd(ctx context.Context, imp ledger.Import, most int) (int, error) {
	waiting, err := im.queues.Waiting(ctx)
	if err != nil || waiting < most || imp.QueuedChunks() >= little(most) {
		return waiting, err
	}
	running, err := im.ledger.Running(ctx)
	beside := 0
	for _, r := range running {
		if short(r) == short(imp) {
			beside += min(r.QueuedChunks(), little(most))
		}
	}
	return beside, err
}

func short(imp ledger.Import) bool { return chunk.Lane(imp.Lane).IsShort() }

func (im *Importer) tell(h Hold) {
	if h.Over {
		im.log.Info("the importer goes on: "+h.Room(), "import", h.Import, "chunks", h.Waiting)
	} else {
		im.log.Info("the importer holds back: "+h.Why(), "import", h.Import, "chunks", h.Waiting)
	}
	if im.OnHold != nil {
		im.OnHold(h)
	}
}

// mark writes down for whoever asks why nothing moves that this import's importer holds back, or no longer does. It is said again at
// each look, so one time that fails is made up for, as it may in a Redis that is full.
func (im *Importer) mark(ctx context.Context, h Hold) {
	if h.Over {
		_ = im.ledger.ClearBackpressure(ctx, h.Import)
	} else {
		_ = im.ledger.SetBackpressure(ctx, h.Import, h.Why())
	}
}

func (im *Importer) unknownMemory(err error) {
	im.log.Info("Redis does not tell how full it is, so imports hold back by the work that is enqueued alone", "error", err)
}
