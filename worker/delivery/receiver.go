package delivery

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"guestflow/importer/emailevent"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/suppression"
	"guestflow/qflow/webhook"
	"guestflow/tokencache/secret"
)

// Result is what became of an accepted event: a metric's label, hence a closed set. Those of the ledger are its own.
type Result string

// The results beside the ledger's.
const (
	Tested     Result = "tested"     // comms.test
	Ignored    Result = "ignored"    // of a kind that is not about an email
	Foreign    Result = "foreign"    // about an email that guestflow did not send
	Unreadable Result = "unreadable" // signed, but not understood
)

// Results lists every result that an accepted event can have.
func Results() []Result {
	return []Result{
		Result(emailevent.StateChanged), Result(emailevent.Recorded), Result(emailevent.CallInFlight),
		Result(emailevent.KnownEvent),
		Result(emailevent.DuplicateDelivery), Result(emailevent.RowNotFound),
		Tested, Ignored, Foreign, Unreadable,
	}
}

// Observer gets the events that metrics are made of. Either field may be nil. The functions must not block.
type Observer struct {
	// Accepted is called for every request that got its 200.
	Accepted func(kind webhook.Kind, result Result)
	// Refused is called for every other request.
	Refused func(why webhook.Refusal)
}

// Receiver records the deliveries of one account. It is safe for concurrent use.
type Receiver struct {
	ledger     *ledger.Ledger
	suppressed *suppression.Set
	secrets    *Secrets
	log        *slog.Logger
	observer   Observer
	notedAt    atomic.Int64 // when a delivery was last noted in Redis, in nanoseconds
}

// New returns the receiver of the ledger's account.
func New(l *ledger.Ledger, secrets *Secrets, log *slog.Logger, observer Observer) *Receiver {
	return &Receiver{ledger: l, suppressed: suppression.For(l), secrets: secrets, log: log, observer: observer}
}

// Handler returns what answers Qflow; mount it where the registered URL points.
func (r *Receiver) Handler() http.Handler {
	return webhook.NewHandler(webhook.Config{
		Secrets: r.secrets.Current, Record: r.record, Refused: r.observer.Refused, Log: r.log,
	})
}

// receivers answer at one address.
type receivers []*Receiver

// SharedHandler answers for several accounts at one address: the signature says whose a delivery is. So what is
// registered while there is one account stays right when a second one comes. A forgery costs the secrets of all
// accounts, a few dozen microseconds each, and their reads from Redis, each as rare as ever; refused is called for it
// instead of an Observer, since it belongs to no account.
func SharedHandler(of []*Receiver, refused func(webhook.Refusal), log *slog.Logger) http.Handler {
	all := receivers(of)
	return webhook.NewHandler(webhook.Config{Secrets: all.secrets, Record: all.record, Refused: refused, Log: log})
}

// secrets returns those of all accounts. Where one account's cannot be read, the others' still count.
func (all receivers) secrets(ctx context.Context, fresh bool) (list []secret.Text, err error) {
	for _, r := range all {
		of, readErr := r.secrets.Current(ctx, fresh)
		list, err = append(list, of...), errors.Join(err, readErr)
	}
	return list, err
}

// record passes a delivery to the account whose secret has signed it.
func (all receivers) record(ctx context.Context, d webhook.Delivery) error {
	for _, r := range all {
		if of, err := r.secrets.Current(ctx, false); err == nil && slices.Contains(of, d.Secret) {
			return r.record(ctx, d)
		}
	}
	return errSecretChanged
}

// errSecretChanged has Qflow repeat a delivery: the secret that signed it is no longer valid, or cannot be read now.
var errSecretChanged = errors.New("the secret that signed this event has changed meanwhile; Qflow must repeat it")

// recordWithin bounds the work for one event. Qflow waits for the answer, for a time that is not documented.
const recordWithin = 4 * time.Second

// record writes one delivery down. After an error Qflow is asked to repeat it.
func (r *Receiver) record(ctx context.Context, d webhook.Delivery) error {
	// Qflow may hang up, and the event still counts.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	result, err := r.apply(ctx, d)
	if err != nil {
		return err
	}
	if r.observer.Accepted != nil {
		r.observer.Accepted(d.Event.Kind, result)
	}
	return r.noteDelivery(ctx)
}

func (r *Receiver) apply(ctx context.Context, d webhook.Delivery) (Result, error) {
	switch e := d.Event; {
	case !d.Readable:
		return Unreadable, nil
	case e.Kind == webhook.Test:
		return Tested, r.secrets.countTest(ctx)
	case e.Kind == webhook.Other:
		return Ignored, nil
	}
	row, ours, err := r.findRow(ctx, d.Event)
	if err == nil {
		err = r.suppress(ctx, d.Event, row, ours)
	}
	if err != nil || !ours {
		return Foreign, err
	}
	delivered, err := emailevent.For(r.ledger).Record(ctx, row, emailevent.Event{
		Kind: d.Event.Kind, Invitation: d.Event.Invitation, At: eventTime(d.Event), Delivery: deliveryKey(d),
	})
	if err != nil {
		return "", err
	}
	if delivered.Finished {
		r.log.Info("import finished", "import", row.Import)
	}
	return Result(delivered.Effect), nil
}

// findRow returns the row that an event is about, and whether there is one.
func (r *Receiver) findRow(ctx context.Context, e webhook.Event) (ledger.Owner, bool, error) {
	if row, ours := ledger.ParseCorrelationID(r.ledger.Account(), e.CorrelationID); ours {
		return row, true, nil
	}
	return guestindex.For(r.ledger).EmailOwner(ctx, e.Event, e.Attendee, e.Template)
}

// eventTime is now where Qflow does not say when.
func eventTime(e webhook.Event) time.Time {
	if e.At.IsZero() {
		return time.Now()
	}
	return e.At
}

// deliveryKey distinguishes deliveries by id and body. The id alone is not signed: an attacker who saw one delivery
// could have another one taken for its repetition.
func deliveryKey(d webhook.Delivery) string {
	if d.ID == "" {
		return fmt.Sprintf("%x", sha256.Sum256(d.Body))
	}
	return fmt.Sprintf("%s:%x", d.ID, sha256.Sum256(d.Body))
}

// noteEvery is how exact the time of the last delivery is kept: enough for "two minutes ago".
const noteEvery = 10 * time.Second

// noteDelivery keeps when the last delivery came, which shows that the webhook works.
func (r *Receiver) noteDelivery(ctx context.Context) error {
	now, last := time.Now().UnixNano(), r.notedAt.Load()
	if since := time.Duration(now - last); since.Abs() < noteEvery || !r.notedAt.CompareAndSwap(last, now) {
		return nil
	}
	return r.secrets.noteDelivery(ctx, time.Unix(0, now))
}
