package http1

import (
	"slices"
	"sync"
	"time"
)

// pool keeps the connections that wait for a call. The one that was used last is used first, so that those which are
// not needed end.
type pool struct {
	most  int
	lasts time.Duration

	mu    sync.Mutex
	conns []*conn // the one that was used last at the end
}

// take returns a connection that its server has not closed, or nil.
func (p *pool) take() *conn {
	for {
		c := p.pop()
		if c == nil || time.Since(c.since) < p.lasts && isOpen(c.Conn) {
			return c
		}
		_ = c.Close()
	}
}

func (p *pool) pop() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.conns) - 1
	if n < 0 {
		return nil
	}
	c := p.conns[n]
	p.conns = p.conns[:n]
	return c
}

// put keeps a connection, if there is room.
func (p *pool) put(c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.conns) >= p.most {
		return false
	}
	c.since = time.Now()
	if p.conns = append(p.conns, c); len(p.conns) == 1 {
		p.closeLater()
	}
	return true
}

// closeLater closes what will have waited too long, and so on while anything waits.
func (p *pool) closeLater() {
	time.AfterFunc(p.lasts, func() { p.closeIdle(p.lasts) })
}

// closeIdle closes the connections that have waited for so long.
func (p *pool) closeIdle(since time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for n < len(p.conns) && time.Since(p.conns[n].since) >= since {
		_ = p.conns[n].Close()
		n++
	}
	if p.conns = slices.Delete(p.conns, 0, n); since > 0 && len(p.conns) > 0 {
		p.closeLater()
	}
}
