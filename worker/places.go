package worker

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

const (
	// rowsAhead is the part of a server's places by which there may be more rows under way than calls: while they are
	// marked, and while their outcomes are taken, calls of other rows are in flight. A process that dies leaves so many
	// more rows with a mark whose call was not begun.
	rowsAhead = 8

	// markWaits is how long after the last look a marked row may wait for its call. Then its mark is taken back.
	markWaits = markLasts / 2
)

// places are what the chunks of a server of Asynq share. Each chunk has a place of its own. Those that are free are for
// more rows of the chunks that are there, so that the last chunk of an import does not go on row by row.
type places struct {
	calls *semaphore.Weighted // in flight
	most  int                 // rows under way

	mu   sync.Mutex
	rows int
}

func newPlaces(slots int) *places {
	return &places{calls: semaphore.NewWeighted(int64(slots)), most: slots + max(slots/rowsAhead, 1)}
}

// enter takes the place of a chunk, which may be one too many until a row beside others ends.
func (p *places) enter() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rows++
}

// enterBeside takes a place that is free, for one more row of a chunk.
func (p *places) enterBeside() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rows >= p.most {
		return false
	}
	p.rows++
	return true
}

// leave frees a place.
func (p *places) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rows--
}

// crowded reports whether chunks have come for whose places rows beside others are to end.
func (p *places) crowded() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rows > p.most
}

// beginCall waits until one more call may be in flight, for a row whose last look was then. It is false if that takes
// too long, or if the process was frozen meanwhile.
func (p *places) beginCall(ctx context.Context, looked time.Time) bool {
	if p == nil || p.calls.TryAcquire(1) {
		return true
	}
	ctx, cancel := context.WithDeadline(ctx, looked.Add(markWaits))
	defer cancel()
	if p.calls.Acquire(ctx, 1) != nil {
		return false
	}
	if time.Since(looked) > markLasts {
		p.endCall()
		return false
	}
	return true
}

// beginBulk waits until one more call may be in flight, for rows that may always be written once more.
func (p *places) beginBulk() {
	if p != nil {
		_ = p.calls.Acquire(context.Background(), 1) // each call ends within its time limit
	}
}

func (p *places) endCall() {
	if p != nil {
		p.calls.Release(1)
	}
}
