package console

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"guestflow/importer"
)

const (
	// renderInterval is how often a living page is drawn anew.
	renderInterval = time.Second

	// keepAliveInterval is how often something is sent although nothing has changed: proxies cut connections that are silent.
	keepAliveInterval = 20 * time.Second

	// maxStreamsPerUser and allStreams are how many there are at a time, of one user and of all: more than people look at. Pages that are
	// in the background have none.
	maxStreamsPerUser, maxStreams = 64, 384
)

// hub draws the living part of each open page once a second, however many look at it, and sends it when it has changed.
type hub struct {
	log *slog.Logger

	mu         sync.Mutex
	topics     map[string]*topic
	streams    map[string]int // by user
	allStreams int
}

func newHub(log *slog.Logger) *hub {
	return &hub{log: log, topics: map[string]*topic{}, streams: map[string]int{}}
}

// topic is those who look at the same page with the same rights.
type topic struct {
	subscribers map[chan []byte]bool
	stop        context.CancelFunc
	last        []byte
}

// renderFunc makes a picture, and tells whether it is the last one.
type renderFunc func(context.Context) (picture []byte, last bool, err error)

// subscribe gives what is drawn from now on, or nil if the user has as many streams as may be. draw is used for all who join the room.
func (h *hub) subscribe(user, key string, draw renderFunc) (pictures <-chan []byte, leave func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.streams[user] >= maxStreamsPerUser || h.allStreams >= maxStreams {
		return nil, nil
	}
	h.streams[user]++
	h.allStreams++
	r := h.topics[key]
	if r == nil {
		ctx, stop := context.WithCancel(context.Background())
		r = &topic{subscribers: map[chan []byte]bool{}, stop: stop}
		h.topics[key] = r
		go h.run(ctx, key, r, draw)
	}
	seat := make(chan []byte, 1)
	r.subscribers[seat] = true
	if r.last != nil {
		seat <- r.last
	}
	return seat, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.allStreams--
		if h.streams[user]--; h.streams[user] == 0 {
			delete(h.streams, user)
		}
		if delete(r.subscribers, seat); len(r.subscribers) == 0 {
			h.dropTopic(key, r)
		}
	}
}

// run draws until nobody looks any more, until there is no more to come, or until it cannot: then the streams end, the pages say
// that they are old, and their browsers come back by themselves. One picture that leads to a panic is only left out: this process
// has workers.
func (h *hub) run(ctx context.Context, key string, r *topic, draw renderFunc) {
	tick := time.NewTicker(renderInterval)
	defer tick.Stop()
	faulty := false
	for {
		picture, last, err := recoverPanic(ctx, draw)
		mistake, is := errors.AsType[*importer.Mistake](err)
		switch {
		case is && !faulty: // and not again each second
			h.log.Error("a living page cannot be drawn, and stays as it is until it can be", "page", key, "error", mistake.What, "stack", string(mistake.Stack))
		case err != nil && !is:
			h.closeTopic(key, r)
			return
		}
		if faulty = is; !is && !bytes.Equal(picture, r.last) {
			h.publish(r, picture)
		}
		if last { // those who have not fetched it yet still do
			h.closeTopic(key, r)
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// recoverPanic makes an error of a panic.
func recoverPanic(ctx context.Context, draw renderFunc) (picture []byte, last bool, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = importer.Caught(v)
		}
	}()
	return draw(ctx)
}

// closeTopic sends everybody away.
func (h *hub) closeTopic(key string, r *topic) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for seat := range r.subscribers {
		close(seat)
		delete(r.subscribers, seat)
	}
	h.dropTopic(key, r)
}

func (h *hub) dropTopic(key string, r *topic) {
	r.stop()
	if h.topics[key] == r {
		delete(h.topics, key)
	}
}

// publish gives everybody the newest picture; one that has not been fetched yet is outdated.
func (h *hub) publish(r *topic, picture []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r.last = picture
	for seat := range r.subscribers {
		select {
		case <-seat:
		default:
		}
		seat <- picture
	}
}

// stream answers with the living part of a page, again and again.
func (s *Site) stream(w http.ResponseWriter, r *request, v view) {
	p, err := v(r.Context(), r)
	if err != nil || !p.Live {
		http.Error(w, "There is nothing to follow here.", http.StatusNotFound)
		return
	}
	key := fmt.Sprintf("%s %v %v", r.URL.Path, r.User.Operator, r.User.Guests) // no page that lives depends on a query
	draw := func(ctx context.Context) ([]byte, bool, error) {
		p, err := v(ctx, r)
		if err != nil {
			return nil, false, err
		}
		var b bytes.Buffer
		err = s.renderLive(ctx, &b, r, p)
		return b.Bytes(), p.Final, err
	}
	pictures, leave := s.hub.subscribe(r.User.Name, key, draw)
	if pictures == nil {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "Too many pages are open. Close some of them; this one is as it was when it was loaded.", http.StatusTooManyRequests)
		return
	}
	defer leave()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(w)
	quiet, session := time.NewTicker(keepAliveInterval), time.NewTicker(renderInterval)
	defer quiet.Stop()
	defer session.Stop()
	for {
		message := ""
		select {
		case <-r.Context().Done():
			return
		case picture, more := <-pictures:
			if !more {
				return
			}
			message = sseEvent(picture)
		case <-quiet.C:
			message = ": still here\n\n"
		case <-session.C:
		}
		if !s.guard.StillAllowed(r.Request) { // it ends with its session
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

// lineEnds are what ends a line of a stream of events. A cell may hold each of them.
var lineEnds = strings.NewReplacer("\r\n", "\ndata: ", "\r", "\ndata: ", "\n", "\ndata: ")

// sseEvent writes a picture as one event. It arrives with \n for every end of a line, which is what a browser makes of them in a page too.
func sseEvent(picture []byte) string {
	return "data: " + lineEnds.Replace(strings.TrimSpace(string(picture))) + "\n\n"
}
