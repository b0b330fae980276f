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
	// lookEvery is how often a living page is drawn anew.
	lookEvery = time.Second

	// sayEvery is how often something is sent although nothing has changed: proxies cut connections that are silent.
	sayEvery = 20 * time.Second

	// ownStreams and allStreams are how many there are at a time, of one user and of all: more than people look at. Pages that are
	// in the background have none.
	ownStreams, allStreams = 64, 384
)

// hub draws the living part of each open page once a second, however many look at it, and sends it when it has changed.
type hub struct {
	log *slog.Logger

	mu    sync.Mutex
	rooms map[string]*room
	seats map[string]int // by user
	all   int
}

func newHub(log *slog.Logger) *hub {
	return &hub{log: log, rooms: map[string]*room{}, seats: map[string]int{}}
}

// room is those who look at the same page with the same rights.
type room struct {
	seats map[chan []byte]bool
	stop  context.CancelFunc
	last  []byte
}

// drawing makes a picture, and tells whether it is the last one.
type drawing func(context.Context) (picture []byte, last bool, err error)

// join gives what is drawn from now on, or nil if the user has as many streams as may be. draw is used for all who join the room.
func (h *hub) join(user, key string, draw drawing) (pictures <-chan []byte, leave func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.seats[user] >= ownStreams || h.all >= allStreams {
		return nil, nil
	}
	h.seats[user]++
	h.all++
	r := h.rooms[key]
	if r == nil {
		ctx, stop := context.WithCancel(context.Background())
		r = &room{seats: map[chan []byte]bool{}, stop: stop}
		h.rooms[key] = r
		go h.keep(ctx, key, r, draw)
	}
	seat := make(chan []byte, 1)
	r.seats[seat] = true
	if r.last != nil {
		seat <- r.last
	}
	return seat, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.all--
		if h.seats[user]--; h.seats[user] == 0 {
			delete(h.seats, user)
		}
		if delete(r.seats, seat); len(r.seats) == 0 {
			h.close(key, r)
		}
	}
}

// keep draws until nobody looks any more, until there is no more to come, or until it cannot: then the streams end, the pages say
// that they are old, and their browsers come back by themselves. One picture that leads to a panic is only left out: this process
// has workers.
func (h *hub) keep(ctx context.Context, key string, r *room, draw drawing) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	faulty := false
	for {
		picture, last, err := guarded(ctx, draw)
		mistake, is := errors.AsType[*importer.Mistake](err)
		switch {
		case is && !faulty: // and not again each second
			h.log.Error("a living page cannot be drawn, and stays as it is until it can be", "page", key, "error", mistake.What, "stack", string(mistake.Stack))
		case err != nil && !is:
			h.end(key, r)
			return
		}
		if faulty = is; !is && !bytes.Equal(picture, r.last) {
			h.send(r, picture)
		}
		if last { // those who have not fetched it yet still do
			h.end(key, r)
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// guarded makes an error of a panic.
func guarded(ctx context.Context, draw drawing) (picture []byte, last bool, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = importer.Caught(v)
		}
	}()
	return draw(ctx)
}

// end sends everybody away.
func (h *hub) end(key string, r *room) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for seat := range r.seats {
		close(seat)
		delete(r.seats, seat)
	}
	h.close(key, r)
}

func (h *hub) close(key string, r *room) {
	r.stop()
	if h.rooms[key] == r {
		delete(h.rooms, key)
	}
}

// send gives everybody the newest picture; one that has not been fetched yet is outdated.
func (h *hub) send(r *room, picture []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r.last = picture
	for seat := range r.seats {
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
		return b.Bytes(), p.Over, err
	}
	pictures, leave := s.hub.join(r.User.Name, key, draw)
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
	quiet, session := time.NewTicker(sayEvery), time.NewTicker(lookEvery)
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
			message = event(picture)
		case <-quiet.C:
			message = ": still here\n\n"
		case <-session.C:
		}
		if !s.guard.Still(r.Request) { // it ends with its session
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

// event writes a picture as one event. It arrives with \n for every end of a line, which is what a browser makes of them in a page too.
func event(picture []byte) string {
	return "data: " + lineEnds.Replace(strings.TrimSpace(string(picture))) + "\n\n"
}
