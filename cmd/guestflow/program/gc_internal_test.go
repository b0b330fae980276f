package program

import (
	"os"
	"runtime"
	"runtime/debug"
	"testing"
)

func TestTheHeapOfAnImportGrowsToASizeAndNotByAShareWhileItIsSmall(t *testing.T) {
	for live, want := range map[uint64]int{0: 1500, 2 << 20: 700, 8 << 20: 100, 16 << 20: importGC, 100 << 20: importGC} {
		if got := percentFor(live); got != want {
			t.Errorf("with %d MB live the collector runs at %d %%, want %d", live>>20, got, want)
		}
	}
}

// Promise: what an import has changed of the collector ends with it, however many collections come after.
func TestTheCollectorIsAsBeforeOnceAnImportHasEnded(t *testing.T) {
	if os.Getenv("GOGC") != "" {
		t.Skip("GOGC wins")
	}
	before := debug.SetGCPercent(77)
	defer debug.SetGCPercent(before)
	end := LimitMemory()
	runtime.GC()
	end()
	runtime.GC()
	runtime.GC()
	if after := debug.SetGCPercent(77); after != 77 {
		t.Errorf("the collector runs at %d %%, want 77", after)
	}
}
