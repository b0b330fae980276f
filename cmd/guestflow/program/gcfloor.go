package program

import "runtime"

// gcFloor is memory that is never touched, so that it takes none. The collector counts it as used, and so lets a worker
// allocate that much more between two runs, whose live memory is only some 8 MB: with 24 MiB they take a tenth of its
// processor time less, for at most 50 MB more, however much is live. GOGC of a larger number would multiply what is
// live, also that of a large file.
const gcFloor = 24 << 20

// raiseGCFloor has the collector run less often until lower is called.
func raiseGCFloor() (lower func()) {
	floor := make([]byte, gcFloor)
	return func() { runtime.KeepAlive(floor) }
}
