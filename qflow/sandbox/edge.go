package sandbox

import (
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// edge is the rate limiter in front of everything (docs/qflow-api.md section 7). It is a true sliding window, stricter
// than the fixed ones that many such limiters use: a client that stays inside this one is inside those too.
type edge struct {
	sync.Mutex
	sources map[string]*source
}

// source is one source address.
type source struct {
	zone, send window
	blocked    [2]time.Time // until when, by rule: zone, send
}

const (
	zoneRule = iota
	sendRule
)

// window remembers the last limit passes; the oldest of them decides. A ring, so a pass is O(1) in time and memory.
type window struct {
	passes []time.Time
	next   int
}

// full reports whether one more pass at now would exceed the limit.
func (w *window) full(now time.Time, limit int, length time.Duration) bool {
	w.fit(limit)
	oldest := w.passes[w.next]
	return !oldest.IsZero() && now.Sub(oldest) < length
}

func (w *window) pass(now time.Time) {
	w.passes[w.next] = now
	w.next = (w.next + 1) % len(w.passes)
}

// fit keeps the newest passes when the limit is changed while running.
func (w *window) fit(limit int) {
	if len(w.passes) == limit {
		return
	}
	ordered := append(append([]time.Time{}, w.passes[w.next:]...), w.passes[:w.next]...)
	if extra := len(ordered) - limit; extra > 0 {
		ordered = ordered[extra:]
	}
	w.passes = append(make([]time.Time, limit-len(ordered)), ordered...)
	w.next = 0
}

func (e *edge) clear() {
	e.Lock()
	defer e.Unlock()
	e.sources = map[string]*source{}
}

// edgeRateLimit is the first gate. Calls refused in a mitigation window are not counted again.
func edgeRateLimit(c *call) *reply {
	left := c.s.edge.admit(c)
	if left < 0 {
		return nil
	}
	return c.tooMany(left)
}

// admit returns how long the address stays refused, or a negative time if the call passes.
func (e *edge) admit(c *call) time.Duration {
	e.Lock()
	defer e.Unlock()
	v := e.sourceOf(c.r)
	isSend := c.at == Send
	if until := v.blockedUntil(c.sw.MitigationScope == "all", isSend); c.now.Before(until) {
		return until.Sub(c.now)
	}
	length := seconds(c.sw.WindowSeconds)
	countZone, countSend := c.sw.ZonePerMinute > 0, isSend && c.sw.SendPerMinute > 0
	if countZone && v.zone.full(c.now, c.sw.ZonePerMinute, length) {
		return v.trip(c, zoneRule)
	}
	if countSend && v.send.full(c.now, c.sw.SendPerMinute, length) {
		return v.trip(c, sendRule)
	}
	if countZone {
		v.zone.pass(c.now)
	}
	if countSend {
		v.send.pass(c.now)
	}
	return -1
}

func (e *edge) sourceOf(r *http.Request) *source {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	v := e.sources[host]
	if v == nil {
		v = &source{}
		e.sources[host] = v
	}
	return v
}

func (v *source) blockedUntil(allRules, isSend bool) time.Time {
	until := v.blocked[zoneRule]
	if (allRules || isSend) && v.blocked[sendRule].After(until) {
		until = v.blocked[sendRule]
	}
	return until
}

func (v *source) trip(c *call, rule int) time.Duration {
	left := seconds(c.sw.MitigationSeconds)
	v.blocked[rule] = c.now.Add(left)
	c.s.recorder.tripped()
	return left
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// originUp is the edge's own answer while it cannot reach what is behind it.
func originUp(c *call) *reply {
	status, err := strconv.Atoi(c.sw.OriginDown)
	if err != nil {
		return nil
	}
	const page = "<!DOCTYPE html><html><head><title>api.qflowhub.io | %d: Web server is down</title></head><body>Error code %d</body></html>"
	return textReply(status, "text/html; charset=UTF-8", fmt.Sprintf(page, status, status))
}
