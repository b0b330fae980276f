package console

import (
	"container/list"
	"context"
	"net"
	"net/http"
	"sync"
)

// quiet are the connections by which nothing is being answered: those that wait for a next request, those that have yet to send
// their first, and those whose request is not whole yet. Where all places are taken, the one that has been so for longest makes room
// for whoever comes, so that a thousand connections that only lie there, or send a header a minute, lock nobody out. A stream is
// being answered, and is left alone; how many there are of those is for package access to bound.
//
// It is no bound per address: behind a proxy all come from one, and an office does too. It is no short idle timeout either, which
// a flood outruns and a browser pays for with a handshake a page.
type quiet struct {
	most int

	mu   sync.Mutex
	open map[net.Conn]*openConn
	wait list.List // of net.Conn, the longest quiet first
}

// openConn is a connection that is open.
type openConn struct {
	answering int           // requests, of which HTTP/2 has several at a time
	waits     *list.Element // nil while there are any
}

func newQuiet(most int) *quiet { return &quiet{most: most, open: map[net.Conn]*openConn{}} }

// guard has a server tell of its connections.
func (q *quiet) guard(server *http.Server) {
	server.ConnState = q.changed
	server.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, conn)
	}
	next := server.Handler
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _ := r.Context().Value(connKey{}).(net.Conn)
		q.answer(conn, 1)
		defer q.answer(conn, -1)
		next.ServeHTTP(w, r)
	})
}

type connKey struct{}

// answer notes that a request of a connection begins or ends to be answered.
func (q *quiet) answer(conn net.Conn, more int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	u := q.open[conn]
	if u == nil { // it was closed to make room
		return
	}
	u.answering += more
	switch {
	case u.answering == 0:
		u.waits = q.wait.PushBack(conn)
	case u.waits != nil:
		q.wait.Remove(u.waits)
		u.waits = nil
	}
}

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
	u := q.open[conn]
	switch {
	case to == http.StateNew:
		q.open[conn] = &openConn{waits: q.wait.PushBack(conn)}
	case u == nil:
		return nil // it was closed to make room
	case to == http.StateClosed || to == http.StateHijacked:
		q.forget(conn)
		return nil
	case to == http.StateActive: // the first bytes of a request
		if u.waits != nil {
			q.wait.MoveToBack(u.waits)
		}
		return nil
	}
	if len(q.open) < q.most || q.wait.Len() == 0 || to == http.StateNew && q.wait.Len() == 1 { // who has just come has a place
		return nil
	}
	longest, _ = q.wait.Front().Value.(net.Conn)
	q.forget(longest)
	return longest
}

func (q *quiet) forget(conn net.Conn) {
	if waits := q.open[conn].waits; waits != nil {
		q.wait.Remove(waits)
	}
	delete(q.open, conn)
}
