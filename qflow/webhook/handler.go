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
	// IDHeader names a delivery; a repeat has the same one. It is not signed.
	IDHeader = "X-Qflow-Webhook-Id"
	// EventHeader names the event. It is not signed either.
	EventHeader = "X-Qflow-Event"

	// maxBody bounds a body. An event has a few hundred bytes.
	maxBody = 64 << 10

	// readTimeout is how long a body may take to arrive. Those of Qflow come with their headers.
	readTimeout = 3 * time.Second

	// maxConcurrent is how many requests are processed at once, 8 MiB of bodies at most. Qflow repeats those that are
	// refused.
	maxConcurrent = 128
)

// Refusal is why a request was refused: a metric's label, hence a closed set.
type Refusal string

// The refusals.
const (
	RefusedMethod      Refusal = "method"
	RefusedBusy        Refusal = "crowded"
	RefusedMalformed   Refusal = "malformed_signature"
	RefusedStale       Refusal = "stale"
	RefusedTooLarge    Refusal = "too_large"
	RefusedBroken      Refusal = "broken_body" // it did not arrive as a whole
	RefusedNoSecret    Refusal = "no_secret"   // no webhook is registered
	RefusedWrong       Refusal = "wrong_signature"
	RefusedNotRecorded Refusal = "not_recorded" // Redis cannot be reached: Qflow should deliver it again
)

// Refusals lists them.
func Refusals() []Refusal {
	return []Refusal{
		RefusedMethod, RefusedBusy, RefusedMalformed, RefusedStale, RefusedTooLarge, RefusedBroken, RefusedNoSecret,
		RefusedWrong,
		RefusedNotRecorded,
	}
}

// Delivery is a request that is correctly signed.
type Delivery struct {
	ID       string      // of the delivery, as its header says
	Secret   secret.Text // the one of Config.Secrets that signed it; with several webhooks it identifies the one
	Body     []byte
	Event    Event
	Readable bool // false: the body is not a JSON object, and Event is empty
}

// Config configures a Handler.
type Config struct {
	// Secrets returns the secrets that may have signed a request. It is called for every request with a well-formed
	// header, so it must answer from memory; fresh is set when a signature did not match and the last answer may be
	// outdated. No secret means that no webhook is registered; an error, that there may be further ones.
	Secrets func(ctx context.Context, fresh bool) ([]secret.Text, error)
	// Record stores an event. After an error Qflow is asked to deliver it again.
	Record func(ctx context.Context, d Delivery) error
	// Refused is called for each refused request; nil does nothing.
	Refused func(Refusal)
	Log     *slog.Logger
	Now     func() time.Time // nil is time.Now
}

// Handler answers Qflow's deliveries: 200 for what is recorded, 401 for what is not correctly signed, 413 and 405, and
// 503 for what Qflow should deliver again.
type Handler struct {
	Config
	readers readers
	slots   chan struct{} // one for each request that is processed
	tally   tally
}

// NewHandler returns the handler of one account's webhook. It limits requests by their RemoteAddr: behind a reverse
// proxy that has to be the address of the proxy's client.
func NewHandler(c Config) *Handler {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Refused == nil {
		c.Refused = func(Refusal) {}
	}
	return &Handler{Config: c, slots: make(chan struct{}, maxConcurrent)}
}

// statuses are the answers to refusals.
var statuses = map[Refusal]int{
	RefusedMethod: http.StatusMethodNotAllowed, RefusedBusy: http.StatusServiceUnavailable,
	RefusedMalformed: http.StatusUnauthorized,
	RefusedStale:     http.StatusUnauthorized, RefusedTooLarge: http.StatusRequestEntityTooLarge,
	RefusedBroken:   http.StatusBadRequest,
	RefusedNoSecret: http.StatusUnauthorized, RefusedWrong: http.StatusUnauthorized,
	RefusedNotRecorded: http.StatusServiceUnavailable,
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

// receive handles one request and returns why it was refused, if it was. The error is one of this side, for the log.
func (h *Handler) receive(w http.ResponseWriter, r *http.Request) (Refusal, error) {
	if r.Method != http.MethodPost {
		return RefusedMethod, nil
	}
	signed, ok := parseSignature(r.Header.Get(SignatureHeader))
	switch {
	case !ok:
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
	select { // only now, so that slow senders do not keep out complete requests
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	default:
		return RefusedBusy, nil
	}
	by, why, err := h.check(r.Context(), signed, body)
	if why != "" {
		return why, err
	}
	d := Delivery{ID: r.Header.Get(IDHeader), Secret: by, Body: body}
	d.Event, d.Readable = parseEvent(body, r.Header.Get(EventHeader))
	if err := h.Record(r.Context(), d); err != nil {
		return RefusedNotRecorded, err
	}
	return "", nil
}

func (h *Handler) read(w http.ResponseWriter, r *http.Request) ([]byte, Refusal) {
	source := network(r.RemoteAddr)
	if !h.readers.enter(source) {
		return nil, RefusedBusy
	}
	defer h.readers.leave(source)
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(readTimeout)) // where it is not supported, the server's own holds
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

// check compares the signature with the known secrets and, if none matches, with freshly read ones.
func (h *Handler) check(ctx context.Context, signed signature, body []byte) (by secret.Text, why Refusal, err error) {
	why = RefusedWrong
	for _, fresh := range []bool{false, true} {
		secrets, err := h.Secrets(ctx, fresh)
		if by := signed.signedBy(body, secrets); by.Set() {
			return by, "", nil
		}
		if err != nil {
			return "", RefusedNotRecorded, err
		}
		if len(secrets) == 0 {
			why = RefusedNoSecret
		}
	}
	return "", why, nil
}
