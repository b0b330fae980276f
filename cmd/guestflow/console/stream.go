package console

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// keepAliveInterval is how often something is sent although nothing has changed: proxies cut silent connections.
const keepAliveInterval = 20 * time.Second

// stream answers with the live part of a page, as server-sent events.
func (s *Site) stream(w http.ResponseWriter, r *request, v view) {
	p, err := v(r.Context(), r)
	if err != nil || !p.Live {
		http.Error(w, "This page has no stream.", http.StatusNotFound)
		return
	}
	// no live page depends on a query
	key := fmt.Sprintf("%s %v %v %s", r.URL.Path, r.User.Operator, r.User.Guests, s.language(r).Name)
	frames, leave := s.hub.subscribe(r.User.Name, key, s.frames(r, v))
	if frames == nil {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "Too many pages are open. Close some of them; this one is not updated.",
			http.StatusTooManyRequests)
		return
	}
	defer leave()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	s.send(w, r, frames)
}

// frames renders the live part of a view.
func (s *Site) frames(r *request, v view) renderFunc {
	return func(ctx context.Context) ([]byte, bool, error) {
		p, err := v(ctx, r)
		if err != nil {
			return nil, false, err
		}
		var b bytes.Buffer
		err = s.renderLive(ctx, &b, r, p)
		return b.Bytes(), p.Final, err
	}
}

// send writes frames until the stream, the request or the session ends.
func (s *Site) send(w http.ResponseWriter, r *request, frames <-chan []byte) {
	out := http.NewResponseController(w)
	keepAlive, session := time.NewTicker(keepAliveInterval), time.NewTicker(renderInterval)
	defer keepAlive.Stop()
	defer session.Stop()
	for {
		message := ""
		select {
		case <-r.Context().Done():
			return
		case frame, more := <-frames:
			if !more {
				return
			}
			message = sseEvent(frame)
		case <-keepAlive.C:
			message = ": keep-alive\n\n"
		case <-session.C:
		}
		if !s.guard.StillAllowed(r.Request) {
			return
		}
		if message == "" {
			continue
		}
		if _, err := w.Write([]byte(message)); err != nil {
			return
		}
		if err := out.Flush(); err != nil {
			return
		}
	}
}

// lineEnds are what ends a line of an event stream. A cell may hold each of them.
var lineEnds = strings.NewReplacer("\r\n", "\ndata: ", "\r", "\ndata: ", "\n", "\ndata: ")

// sseEvent encodes a frame as one event. Every end of a line arrives as \n, which is what a browser makes of it in a
// page too.
func sseEvent(frame []byte) string {
	return "data: " + lineEnds.Replace(strings.TrimSpace(string(frame))) + "\n\n"
}
