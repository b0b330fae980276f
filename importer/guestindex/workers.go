package guestindex

import (
	"sync"
	"time"
)

const (
	// maxRemembered is how many imports a worker remembers at a time.
	maxRemembered = 16

	// rememberedFor is the longest for which it does, and the least part of the retention: by so much less a bucket
	// may be kept.
	rememberedFor  = time.Hour
	rememberedPart = 100
)

// WorkerClaims is for a worker, who claims guests of any import, a chunk at a time. It remembers for a while whose
// buckets have their new time to live, and the sizes of events. It is safe for concurrent use.
type WorkerClaims struct {
	index Index

	mu    sync.Mutex
	of    map[string]*Claims // by import
	until time.Time
}

// WorkerClaims begins the claims of a worker.
func (x Index) WorkerClaims() *WorkerClaims { return &WorkerClaims{index: x} }

// Of returns the claims of an import.
func (w *WorkerClaims) Of(id string) *Claims {
	w.mu.Lock()
	defer w.mu.Unlock()
	if now := time.Now(); now.After(w.until) || len(w.of) >= maxRemembered && w.of[id] == nil {
		w.of = map[string]*Claims{}
		w.until = now.Add(min(rememberedFor, w.index.ledger.Retention()/rememberedPart))
	}
	if w.of[id] == nil {
		w.of[id] = w.index.Claims(id)
	}
	return w.of[id]
}
