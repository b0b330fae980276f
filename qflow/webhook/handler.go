package webhook

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"guestflow/tokencache/secret"
)

const (
	// IDHeader names a delivery, for telling it from its repeats. It is not signed.
	IDHeader = "X-Qflow-Webhook-Id"
	// EventHeader names the event. It is not signed either.
	EventHeader = "X-Qflow-Event"

	// maxBody bounds a body. An event has a few hundred bytes.
	maxBody = 64 << 10

	// readIn is how long a body may take to arrive. Those of Qflow come with their headers.
	readIn = 3 * time.Second

	// crowd is how many requests are worked on at once, 8 MiB of bodies at most. Qflow tries again who comes later.
	crowd = 128
)

// Refusal is why a request was not taken: a metric's label, hence a closed set.
type Refusal string

// The refusals.
const (
	RefusedMethod    Refusal = "method"
	RefusedCrowded   Refusal = "crowded"
	RefusedMalformed Refusal = "malformed_signature"
	RefusedStale     Refusal = "stale"
	RefusedTooLarge  Refusal = "too_large"
	RefusedBroken    Refusal = "broken_body" // it did not arrive as a whole
	RefusedNoSecret  Refusal = "no_secret"   // no webhook is registered
	RefusedWrong     Refusal = "wrong_signature"
	RefusedUntaken   Refusal = "not_recorded" // Redis is away: Qflow is to come again
)

// Refusals lists them.
func Refusals() []Refusal {
	return []Refusal{
		RefusedMethod, RefusedCrowded, RefusedMalformed, RefusedStale, RefusedTooLarge, RefusedBroken, RefusedNoSecret, RefusedWrong,
		RefusedUntaken,
	}
}

// Delivery is a request whose signature is right.
type Delivery struct {
	ID       string      // of the delivery, as its header says
	By       secret.Text // of Config.Secrets, the one that signed it: it says whose it is where there are those of several webhooks
	Body     []byte
	Event    Event
	Readable bool // false: the body is no JSON object, and nothing is known of the event
}

// Config is what a handler needs.
type Config struct {
	// Secrets gives those that may have signed a request. It is called for every request with a well-shaped header, so it must
	// answer from memory; with fresh, a signature has just not matched and the answer may be old. No secret means that no
	// webhook is registered; an error, that there may be others than those that came with it.
	Secrets func(ctx context.Context, fresh bool) ([]secret.Text, error)
	// Take writes an event down. After an error Qflow is asked to deliver it again.
	Take func(ctx context.Context, d Delivery) error
	// Refused counts; nil is nobody.
	Refused func(Refusal)
	Log     *slog.Logger
	Now     func() time.Time // nil is time.Now
}

// Handler answers Qflow's deliveries: 200 for what is written down, 401 for what is not signed rightly, 413 and 405, and 503
// for what should come again.
type Handler struct {
	Config
	readers readers
	room    chan struct{}
	tally   tally
}

// NewHandler gives the handler of one account's webhook. It counts requests by their RemoteAddr: behind a reverse proxy it wants
// the address before that.
func NewHandler(c Config) *Handler {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Refused == nil {
		c.Refused = func(Refusal) {}
	}
	return &Handler{Config: c, room: make(chan struct{}, crowd)}
}

// statuses are the answers to refusals.
var statuses = map[Refusal]int{
	RefusedMethod: http.StatusMethodNotAllowed, RefusedCrowded: http.StatusServiceUnavailable, RefusedMalformed: http.StatusUnauthorized,
	RefusedStale: http.StatusUnauthorized, RefusedTooLarge: http.StatusRequestEntityTooLarge, RefusedBroken: http.StatusBadRequest,
	RefusedNoSecret: http.StatusUnauthorized, RefusedWrong: http.StatusUnauthorized, RefusedUntaken: http.StatusServiceUnavailable,
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	why, err := h.receive(w, r)
	if why == "" {
		w.WriteHeader(http.StatusOK)
		return
	}
	h.Refused(why)
	h.tally.add(why, err, h.Now(), h.Log)
	status := statuses[why]
	switch status {
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodPost)
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "5")
	}
	w.WriteHeader(status)
}

// receive takes one request, or says why not. The error is trouble of ours, for the log.
func (h *Handler) receive(w http.ResponseWriter, r *http.Request) (Refusal, error) {
	if r.Method != http.MethodPost {
		return RefusedMethod, nil
	}
	signed, err := parseSignature(r.Header.Get(SignatureHeader))
	switch {
	case err != nil:
		return RefusedMalformed, nil
	case !signed.fresh(h.Now()):
		return RefusedStale, nil
	case r.ContentLength > maxBody:
		return RefusedTooLarge, nil
	}
	body, why := h.read(w, r)
	if why != "" {
		return why, nil
	}
	select { // only now: who sends nothing must not keep out who has sent all
	case h.room <- struct{}{}:
		defer func() { <-h.room }()
	default:
		return RefusedCrowded, nil
	}
	by, why, err := h.check(r.Context(), signed, body)
	if why != "" {
		return why, err
	}
	d := Delivery{ID: r.Header.Get(IDHeader), By: by, Body: body}
	d.Event, err = Parse(body, r.Header.Get(EventHeader))
	d.Readable = err == nil
	if err := h.Take(r.Context(), d); err != nil {
		return RefusedUntaken, err
	}
	return "", nil
}

func (h *Handler) read(w http.ResponseWriter, r *http.Request) ([]byte, Refusal) {
	source := network(r.RemoteAddr)
	if !h.readers.enter(source) {
		return nil, RefusedCrowded
	}
	defer h.readers.leave(source)
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(readIn)) // where it is not supported, the server's own holds
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil {
		_ = control.SetReadDeadline(time.Time{}) // it would end the request's context, too
	}
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, RefusedTooLarge
	}
	if err != nil {
		return nil, RefusedBroken
	}
	return body, ""
}

// check compares the signature with the secrets as they are known here and, if it is none of theirs, as they may have become.
func (h *Handler) check(ctx context.Context, signed signature, body []byte) (by secret.Text, why Refusal, err error) {
	why = RefusedWrong
	for _, fresh := range []bool{false, true} {
		secrets, err := h.Secrets(ctx, fresh)
		if by := signed.by(body, secrets); by.Set() {
			return by, "", nil
		}
		if err != nil {
			return "", RefusedUntaken, err
		}
		if len(secrets) == 0 {
			why = RefusedNoSecret
		}
	}
	return "", why, nil
}
