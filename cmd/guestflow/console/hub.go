package console

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"guestflow/importer/table"
)

const (
	// renderInterval is how often a live page is rendered.
	renderInterval = time.Second

	// maxStreamsPerUser and maxStreams bound the open streams: more than people look at. Pages in the background have
	// none.
	maxStreamsPerUser, maxStreams = 64, 384
)

// hub renders the live part of each open page once a second, for all its subscribers together, and publishes it if it
// has changed.
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

// topic is the live part of one page, as users with the same rights see it.
type topic struct {
	subscribers map[chan []byte]bool
	stop        context.CancelFunc
	last        []byte
}

// renderFunc renders a frame, and reports whether it is the final one.
type renderFunc func(context.Context) (frame []byte, final bool, err error)

// subscribe returns the frames of a topic from now on, or nil if the user has too many streams. The render function of
// the first subscriber is used for all.
func (h *hub) subscribe(user, key string, render renderFunc) (frames <-chan []byte, leave func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.streams[user] >= maxStreamsPerUser || h.allStreams >= maxStreams {
		return nil, nil
	}
	h.streams[user]++
	h.allStreams++
	t := h.topics[key]
	if t == nil {
		ctx, stop := context.WithCancel(context.Background())
		t = &topic{subscribers: map[chan []byte]bool{}, stop: stop}
		h.topics[key] = t
		go h.run(ctx, key, t, render)
	}
	subscriber := make(chan []byte, 1)
	t.subscribers[subscriber] = true
	if t.last != nil {
		subscriber <- t.last
	}
	return subscriber, func() { h.unsubscribe(user, key, t, subscriber) }
}

func (h *hub) unsubscribe(user, key string, t *topic, subscriber chan []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.allStreams--
	if h.streams[user]--; h.streams[user] == 0 {
		delete(h.streams, user)
	}
	if delete(t.subscribers, subscriber); len(t.subscribers) == 0 {
		h.dropTopic(key, t)
	}
}

// run renders frames until the last subscriber leaves, the frame is final, or rendering fails: then the streams end,
// the pages are marked as outdated, and their browsers reconnect by themselves. A frame that panics is only skipped:
// this process has workers.
func (h *hub) run(ctx context.Context, key string, t *topic, render renderFunc) {
	tick := time.NewTicker(renderInterval)
	defer tick.Stop()
	panicked := false
	for {
		frame, final, err := recoverPanic(ctx, render)
		mistake, is := errors.AsType[*table.PanicError](err)
		switch {
		case is && !panicked: // and not each second
			h.log.Error("a live page cannot be rendered, and stays as it is until it can be",
				"page", key, "error", mistake.What, "stack", string(mistake.Stack))
		case err != nil && !is:
			h.closeTopic(key, t)
			return
		}
		if panicked = is; !is && !bytes.Equal(frame, t.last) {
			h.publish(t, frame)
		}
		if final { // subscribers still receive a frame that is in their channel
			h.closeTopic(key, t)
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// recoverPanic returns a panic as an error.
func recoverPanic(ctx context.Context, render renderFunc) (frame []byte, final bool, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = table.Recovered(v)
		}
	}()
	return render(ctx)
}

// closeTopic ends the streams of a topic.
func (h *hub) closeTopic(key string, t *topic) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for subscriber := range t.subscribers {
		close(subscriber)
		delete(t.subscribers, subscriber)
	}
	h.dropTopic(key, t)
}

func (h *hub) dropTopic(key string, t *topic) {
	t.stop()
	if h.topics[key] == t {
		delete(h.topics, key)
	}
}

// publish sends a frame to all subscribers, in place of one that was not received yet.
func (h *hub) publish(t *topic, frame []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t.last = frame
	for subscriber := range t.subscribers {
		select {
		case <-subscriber:
		default:
		}
		subscriber <- frame
	}
}
