package program

import (
	"os"
	"runtime/debug"
)

// importGC is GOGC for an import. With Go's 100 a process takes 61 MB, 31 of them pages of the program itself; with 50
// it takes 53 to 55, whatever the file's length, for a quarter more processor time, and with 25 some 50 for three
// fifths more. A memory limit would do the same for usual files, but the collector would run all the time for a file
// that needs more.
const importGC = 50

// LimitMemory keeps an import's memory small until end is called. GOGC in the environment wins.
func LimitMemory() (end func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(importGC)
	return func() { debug.SetGCPercent(before) }
}
