package console

import (
	"container/list"
	"net"
	"net/http"
	"sync"
)

// quiet are the connections by which nobody asks anything: those that wait for a next request, and those that have yet to send
// their first. Where all places are taken, the one that has been so for longest makes room for whoever comes, so that a thousand
// connections that only lie there lock nobody out. A stream has been asked for, and is left alone.
//
// It is no bound per address: behind a proxy all come from one, and an office does too. It is no short idle timeout either, which
// a flood outruns and a browser pays for with a handshake a page.
type quiet struct {
	most int

	mu   sync.Mutex
	open map[net.Conn]*list.Element // nil where something is asked
	wait list.List                  // of net.Conn, the longest quiet first
}

func newQuiet(most int) *quiet { return &quiet{most: most, open: map[net.Conn]*list.Element{}} }

// changed is for http.Server.ConnState.
func (q *quiet) changed(conn net.Conn, to http.ConnState) {
	if longest := q.note(conn, to); longest != nil {
		go func() { _ = longest.Close() }() // with TLS it says goodbye first, for up to 5 seconds, and the next one waits for this
	}
}

// note gives the connection that is to make room. It is not known from then on, so that it is chosen once.
func (q *quiet) note(conn net.Conn, to http.ConnState) (longest net.Conn) {
	q.mu.Lock()
	defer q.mu.Unlock()
	before, known := q.open[conn]
	if !known && to != http.StateNew {
		return nil // it was closed to make room
	}
	if before != nil {
		q.wait.Remove(before)
	}
	switch to {
	case http.StateNew, http.StateIdle:
		q.open[conn] = q.wait.PushBack(conn)
	case http.StateActive:
		q.open[conn] = nil
	case http.StateClosed, http.StateHijacked:
		delete(q.open, conn)
	}
	if len(q.open) < q.most || q.wait.Len() == 0 || to == http.StateNew && q.wait.Len() == 1 { // who has just come has a place
		return nil
	}
	longest, _ = q.wait.Remove(q.wait.Front()).(net.Conn)
	delete(q.open, longest)
	return longest
}
