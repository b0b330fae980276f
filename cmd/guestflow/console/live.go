package console

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	// lookEvery is how often a living page is drawn anew.
	lookEvery = time.Second

	// sayEvery is how often something is sent although nothing has changed: proxies cut connections that are silent.
	sayEvery = 20 * time.Second
)

// hub draws the living part of each open page once a second, however many look at it, and sends it when it has changed.
type hub struct {
	mu    sync.Mutex
	rooms map[string]*room
}

func newHub() *hub { return &hub{rooms: map[string]*room{}} }

// room is those who look at the same page with the same rights.
type room struct {
	seats map[chan []byte]bool
	stop  context.CancelFunc
	last  []byte
}

// join gives what is drawn from now on. draw is used for all who join the room.
func (h *hub) join(key string, draw func(context.Context) ([]byte, error)) (pictures <-chan []byte, leave func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
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
		if delete(r.seats, seat); len(r.seats) == 0 {
			h.close(key, r)
		}
	}
}

// keep draws until nobody looks any more, or until it cannot: then the streams end, the pages say that they are old, and their
// browsers come back by themselves.
func (h *hub) keep(ctx context.Context, key string, r *room, draw func(context.Context) ([]byte, error)) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		picture, err := draw(ctx)
		if err != nil {
			h.end(key, r)
			return
		}
		if !bytes.Equal(picture, r.last) {
			h.send(r, picture)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
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
	draw := func(ctx context.Context) ([]byte, error) {
		p, err := v(ctx, r)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		err = s.renderLive(ctx, &b, r, p)
		return b.Bytes(), err
	}
	pictures, leave := s.hub.join(key, draw)
	defer leave()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(w)
	quiet := time.NewTicker(sayEvery)
	defer quiet.Stop()
	for {
		message := ": still here\n\n"
		select {
		case <-r.Context().Done():
			return
		case picture, more := <-pictures:
			if !more {
				return
			}
			message = "data: " + strings.ReplaceAll(strings.TrimSpace(string(picture)), "\n", "\ndata: ") + "\n\n"
		case <-quiet.C:
		}
		if !s.guard.Still(r.Request) { // the stream outlives sessions
			return
		}
		if _, err := w.Write([]byte(message)); err != nil {
			return
		}
		if err := out.Flush(); err != nil {
			return
		}
	}
}
