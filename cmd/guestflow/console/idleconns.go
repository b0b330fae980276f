package console

import (
	"container/list"
	"context"
	"net"
	"net/http"
	"sync"
)

// idleConns are the connections without a request in progress: those between two requests, those before their first,
// and those whose request is not complete yet. If all slots are taken, the one that has been idle for longest is closed
// for a new connection, so that a thousand connections that only stay open, or send a header a minute, block no user. A
// stream is a request in progress, and stays open; package access bounds their number.
//
// There is no bound by address: behind a proxy, or in an office, all have the same. Nor a short idle timeout, which a
// flood outruns, and for which browsers pay with a handshake a page.
type idleConns struct {
	most int

	mu   sync.Mutex
	open map[net.Conn]*openConn
	idle list.List // of net.Conn, the longest quiet first
}

// openConn is a connection that is open.
type openConn struct {
	answering int           // requests, of which HTTP/2 has several at a time
	idle      *list.Element // nil while there are any
}

func newIdleConns(most int) *idleConns { return &idleConns{most: most, open: map[net.Conn]*openConn{}} }

// attach has a server tell of its connections.
func (q *idleConns) attach(server *http.Server) {
	server.ConnState = q.changed
	server.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, conn)
	}
	next := server.Handler
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _ := r.Context().Value(connKey{}).(net.Conn)
		q.answering(conn, 1)
		defer q.answering(conn, -1)
		next.ServeHTTP(w, r)
	})
}

type connKey struct{}

// answering notes that a request of a connection begins or ends to be answered.
func (q *idleConns) answering(conn net.Conn, more int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	u := q.open[conn]
	if u == nil { // it was closed to make room
		return
	}
	u.answering += more
	switch {
	case u.answering == 0:
		u.idle = q.idle.PushBack(conn)
	case u.idle != nil:
		q.idle.Remove(u.idle)
		u.idle = nil
	}
}

// changed is for http.Server.ConnState.
func (q *idleConns) changed(conn net.Conn, to http.ConnState) {
	if longest := q.update(conn, to); longest != nil {
		// with TLS it says goodbye first, for up to 5 seconds, and the next one waits for this
		go func() { _ = longest.Close() }()
	}
}

// update gives the connection that is to make room. It is not known from then on, so that it is chosen once.
func (q *idleConns) update(conn net.Conn, to http.ConnState) (longest net.Conn) {
	q.mu.Lock()
	defer q.mu.Unlock()
	u := q.open[conn]
	switch {
	case to == http.StateNew:
		q.open[conn] = &openConn{idle: q.idle.PushBack(conn)}
	case u == nil:
		return nil // it was closed to make room
	case to == http.StateClosed || to == http.StateHijacked:
		q.forget(conn)
		return nil
	case to == http.StateActive: // the first bytes of a request
		if u.idle != nil {
			q.idle.MoveToBack(u.idle)
		}
		return nil
	}
	// who has just come has a place
	if len(q.open) < q.most || q.idle.Len() == 0 || to == http.StateNew && q.idle.Len() == 1 {
		return nil
	}
	longest, _ = q.idle.Front().Value.(net.Conn)
	q.forget(longest)
	return longest
}

func (q *idleConns) forget(conn net.Conn) {
	if waits := q.open[conn].idle; waits != nil {
		q.idle.Remove(waits)
	}
	delete(q.open, conn)
}
