package program

import (
	"os"
	"runtime/debug"
)

// importGC is GOGC for an import. With Go's 100 a process takes 53 to 56 MB, 26 to 28 of them the pages of the program
// itself; with 25 it takes 44 to 47, whatever the file's length, for a fifth more processor time. A memory limit would
// do the same for usual files, but the collector would run all the time for a file that needs more.
const importGC = 25

// LimitMemory keeps an import's memory small until end is called. GOGC in the environment wins.
func LimitMemory() (end func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(importGC)
	return func() { debug.SetGCPercent(before) }
}
