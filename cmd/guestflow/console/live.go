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
		go h.keep(ctx, r, draw)
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
			r.stop()
			delete(h.rooms, key)
		}
	}
}

// keep draws until nobody looks any more. What cannot be drawn is tried again: Redis comes back.
func (h *hub) keep(ctx context.Context, r *room, draw func(context.Context) ([]byte, error)) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if picture, err := draw(ctx); err == nil && !bytes.Equal(picture, r.last) {
			h.send(r, picture)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
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
	key := fmt.Sprintf("%s %v %v", r.URL.RequestURI(), r.User.Operator, r.User.Guests)
	draw := func(ctx context.Context) ([]byte, error) {
		p, err := v(ctx, r)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		err = s.renderLive(&b, r, p)
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
		case picture := <-pictures:
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
