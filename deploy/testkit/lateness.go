package testkit

import (
	"sync/atomic"
	"testing"
	"time"
)

// Lateness is how late the machine wakes goroutines. A test that judges how long something takes, or how close together
// things happen, does so only on a machine that is quiet enough; on others it logs.
type Lateness struct{ most atomic.Int64 }

// MeasureLateness measures until the test is over.
func MeasureLateness(t testing.TB) *Lateness {
	t.Helper()
	l, end, ended := &Lateness{}, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		const nap = 5 * time.Millisecond
		for began := time.Now(); ; began = time.Now() {
			select {
			case <-end:
				return
			case <-time.After(nap):
				l.most.Store(max(l.most.Load(), int64(time.Since(began)-nap)))
			}
		}
	}()
	t.Cleanup(func() { close(end); <-ended })
	return l
}

// Most returns the longest delay so far.
func (l *Lateness) Most() time.Duration { return time.Duration(l.most.Load()) }
