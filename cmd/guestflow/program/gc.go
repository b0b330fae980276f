package program

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

const (
	// importGC is GOGC for an import whose live memory is large: with 50, and 22 MB as importHeap, a process takes 8 MB more, and 3 %
	// less of the processor.
	importGC = 25
	// importHeap is how large the heap becomes before it is collected for the first time, and again while little of it is live.
	// That is what planning needs anyhow, so that it costs nothing; and entering and enqueuing, where half as much is live,
	// collect half as often. A memory limit would do the same for usual files, but the collector would run all the time for a
	// file that needs more.
	importHeap = 16 << 20
)

// LimitMemory keeps an import's memory small until end is called. GOGC in the environment wins.
func LimitMemory() (end func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(importGC) // until it is known what is live: planning soon needs thrice what starting does
	stopped := afterCollections(func() { debug.SetGCPercent(gcPercent()) })
	return func() {
		stopped()
		debug.SetGCPercent(before)
	}
}

// gcPercent is GOGC for what is live now.
func gcPercent() int {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	return percentFor(live[0].Value.Uint64())
}

// percentFor is by how many per cent of what is live the heap grows before it is collected.
func percentFor(live uint64) int {
	const smallest = 1 << 20 // before the first collection it is not known
	if live = max(live, smallest); live >= importHeap {
		return importGC
	}
	return max(importGC, int(100*(importHeap-live)/live))
}

// collected is an object without references, so that it is finalized by the next collection.
type collected struct{ _ *byte }

// afterCollections calls a function after each collection, until stop is called and has returned.
func afterCollections(do func()) (stop func()) {
	var mu sync.Mutex
	stopped := false
	var again func(*collected)
	again = func(c *collected) {
		mu.Lock()
		defer mu.Unlock()
		if stopped {
			return
		}
		do()
		runtime.SetFinalizer(c, again)
	}
	runtime.SetFinalizer(&collected{}, again)
	return func() {
		mu.Lock()
		defer mu.Unlock()
		stopped = true
	}
}
