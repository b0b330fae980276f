package importer

import (
	"context"
	"fmt"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
)

// maxBacklog is how many rows may wait, in chunks of one import's size, before the importer waits: 100,000 are about
// 25 MB of Redis, and hours of work for the budget. At most 2000 chunks of them, since a task costs something too.
func maxBacklog(chunkSize int) int { return min(100_000/chunkSize, 2000) }

// fairShare is how much of the high-water mark an import may have in line while others have used it up. A short import never has as
// much: one of chunk.ShortRows is at most 127 chunks (Plan.chunkSize). For a long one it is twice what is sent between two looks, so that its
// lane does not run dry.
func fairShare(most int) int { return max(most/15, 1) }

// Backpressure is why an importer does not go on reading.
type Backpressure struct {
	Import  string
	Waiting int  // chunks that wait for workers, of those that count
	Max     int  // it goes on when fewer wait
	Memory  int  // per cent that Redis uses of its maxmemory, 0 when it has none
	Full    bool // this is why, and not the chunks
	Ended   bool // it goes on
}

// Why says it to an operator.
func (h Backpressure) Why() string {
	if h.Full {
		return fmt.Sprintf("Redis is %d %% full, and the import goes on at %d %%: give Redis more memory (maxmemory), or let the workers make room", h.Memory, roomPercent)
	}
	return fmt.Sprintf("%s enqueued, and it goes on when fewer than %d are", plural.Of(h.Waiting, "chunk of work is", "chunks of work are"), h.Max)
}

// Room says what there is again.
func (h Backpressure) Room() string {
	if h.Full {
		return "Redis has room again"
	}
	return "workers have made room"
}

// backlogPoll is how often an importer that waits looks again: its workers have hours of work left.
const backlogPoll = time.Second

// waitForRoom waits while too much work is pending, or Redis' memory is nearly used up, so that it stays bounded however long the
// file is. With noeviction a full Redis would stop the workers too, who alone can empty it.
func (im *Importer) waitForRoom(ctx context.Context, imp ledger.Import) error {
	h := Backpressure{Import: imp.ID, Max: maxBacklog(imp.Chunk)}
	for held := false; ; held = true {
		now, err := im.stillWanted(ctx, imp.ID)
		if err != nil {
			return err
		}
		imp.Counts = now.Counts
		if h.Waiting, err = im.backlog(ctx, imp, h.Max); err != nil {
			return err
		}
		if h.Memory, err = im.memory.percent(ctx, im.memoryUnknown); err != nil {
			return err
		}
		full := h.Memory >= fullPercent || held && h.Full && h.Memory > roomPercent
		if h.Ended = h.Waiting < h.Max && !full; !h.Ended {
			h.Full = full
		}
		if h.Ended == held { // it has just changed
			im.report(h)
		}
		if !h.Ended || held {
			im.recordBackpressure(ctx, h)
		}
		if h.Ended {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(backlogPoll):
		}
	}
}

// backlog is how many chunks are in an import's way: all that wait, whatever for. If those are too many, an import of which little is
// in line is let go on beside them, so that a short one does not wait for a long one and long ones share the work. Then only such
// little parts of its own kind count, short or long, wherever their tasks are: many of them are too much as well. So at most thrice
// the mark is in line. This is looked at only above the mark, since it costs a look at every import that runs.
func (im *Importer) backlog(ctx context.Context, imp ledger.Import, most int) (int, error) {
	waiting, err := im.queues.Tasks(ctx)
	if err != nil || waiting < most || imp.QueuedChunks() >= fairShare(most) {
		return waiting, err
	}
	running, err := im.ledger.Running(ctx)
	beside := 0
	for _, r := range running {
		if short(r) == short(imp) {
			beside += min(r.QueuedChunks(), fairShare(most))
		}
	}
	return beside, err
}

func short(imp ledger.Import) bool { return chunk.Lane(imp.Lane).IsShort() }

func (im *Importer) report(h Backpressure) {
	if h.Ended {
		im.log.Info("the import goes on: "+h.Room(), "import", h.Import, "chunks", h.Waiting)
	} else {
		im.log.Info("the import waits for room: "+h.Why(), "import", h.Import, "chunks", h.Waiting)
	}
	if im.OnBackpressure != nil {
		im.OnBackpressure(h)
	}
}

// recordBackpressure notes with the import that its importer waits, or no longer does, for status to show. It is written again at each
// poll, so that a write may fail, as it does in a Redis that is full.
func (im *Importer) recordBackpressure(ctx context.Context, h Backpressure) {
	if h.Ended {
		_ = im.ledger.Notes.ClearBackpressure(ctx, h.Import)
	} else {
		_ = im.ledger.Notes.SetBackpressure(ctx, h.Import, h.Why())
	}
}

func (im *Importer) memoryUnknown(err error) {
	im.log.Info("Redis does not tell how full it is, so imports wait for room by the enqueued work alone", "error", err)
}
