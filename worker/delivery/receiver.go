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

	"guestflow/importer/ledger"
	"guestflow/qflow/webhook"
	"guestflow/tokencache/secret"
)

// Result is what became of an accepted event: a metric's label, hence a closed set. Those of the ledger are its own.
type Result string

// The fates that the ledger does not know.
const (
	Tested     Result = "tested"     // comms.test
	Ignored    Result = "ignored"    // of a kind that says nothing of an email
	Foreign    Result = "foreign"    // about an email that is none of ours
	Unreadable Result = "unreadable" // signed, and not to be understood
)

// Results lists all that an accepted event can have.
func Results() []Result {
	return []Result{
		Result(ledger.StateChanged), Result(ledger.Recorded), Result(ledger.CallInFlight), Result(ledger.KnownEvent), Result(ledger.DuplicateDelivery), Result(ledger.RowNotFound),
		Tested, Ignored, Foreign, Unreadable,
	}
}

// Observer gets the events that metrics are made of. Either field may be nil. The functions must not block.
type Observer struct {
	// Accepted is called for every request that got its 200.
	Accepted func(kind webhook.Kind, fate Result)
	// Refused is called for every other one.
	Refused func(why webhook.Refusal)
}

// Receiver takes the deliveries of one account. It is safe for concurrent use.
type Receiver struct {
	books    *ledger.Ledger
	secrets  *Secrets
	log      *slog.Logger
	observer Observer
	heard    atomic.Int64 // when Redis was last told that something came, in nanoseconds
}

// New gives the desk of the account whose books these are.
func New(books *ledger.Ledger, secrets *Secrets, log *slog.Logger, observer Observer) *Receiver {
	return &Receiver{books: books, secrets: secrets, log: log, observer: observer}
}

// Handler answers Qflow; mount it where the registered URL points.
func (d *Receiver) Handler() http.Handler {
	return webhook.NewHandler(webhook.Config{Secrets: d.secrets.Current, Record: d.take, Refused: d.observer.Refused,
		Log: d.log})
}

// desks answer at one address.
type desks []*Receiver

// SharedHandler answers for several accounts at one address: the signature says whose a delivery is. So what is
// registered while there is one account stays right when a second one comes. A forgery costs the secrets of all
// accounts, a few dozen microseconds each, and their looks at Redis, each as rare as ever; refused is called for it,
// and no account's Observer, for it is nobody's.
func SharedHandler(of []*Receiver, refused func(webhook.Refusal), log *slog.Logger) http.Handler {
	all := desks(of)
	return webhook.NewHandler(webhook.Config{Secrets: all.secrets, Record: all.take, Refused: refused, Log: log})
}

// secrets are those of all. Where one account's cannot be read, the others' still count.
func (all desks) secrets(ctx context.Context, fresh bool) (list []secret.Text, err error) {
	for _, d := range all {
		of, trouble := d.secrets.Current(ctx, fresh)
		list, err = append(list, of...), errors.Join(err, trouble)
	}
	return list, err
}

func (all desks) take(ctx context.Context, from webhook.Delivery) error {
	for _, d := range all {
		if of, err := d.secrets.Current(ctx, false); err == nil && slices.Contains(of, from.Secret) {
			return d.take(ctx, from)
		}
	}
	return errChanged
}

// errChanged has Qflow come again: what signed it is no longer good, or cannot be looked up this moment.
var errChanged = errors.New("the secret that signed this event has changed meanwhile; it has to come again")

// takeIn bounds the work for one event. Qflow waits for the answer, nobody knows for how long.
const takeIn = 4 * time.Second

// take writes one delivery down. After an error Qflow is asked to come again.
func (d *Receiver) take(ctx context.Context, from webhook.Delivery) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeIn) // Qflow hanging up is no reason to forget
	defer cancel()
	fate, err := d.place(ctx, from)
	if err != nil {
		return err
	}
	if d.observer.Accepted != nil {
		d.observer.Accepted(from.Event.Kind, fate)
	}
	return d.noteHeard(ctx)
}

func (d *Receiver) place(ctx context.Context, from webhook.Delivery) (Result, error) {
	e := from.Event
	switch {
	case !from.Readable:
		return Unreadable, nil
	case e.Kind == webhook.Test:
		return Tested, d.secrets.tested(ctx)
	case e.Kind == webhook.Other:
		return Ignored, nil
	}
	row, ours, err := d.find(ctx, e)
	if err != nil || !ours {
		return Foreign, err
	}
	told, err := d.books.Deliver(ctx, row, ledger.EmailEvent{Kind: e.Kind, Invitation: e.Invitation, At: happened(e),
		Delivery: named(from)})
	if err != nil {
		return "", err
	}
	if told.Finished {
		d.log.Info("import finished", "import", row.Import)
	}
	return Result(told.Effect), nil
}

// find gives the row that an event is about.
func (d *Receiver) find(ctx context.Context, e webhook.Event) (ledger.Owner, bool, error) {
	if row, ours := ledger.ParseCorrelationID(d.books.Account(), e.CorrelationID); ours {
		return row, true, nil
	}
	return d.books.EmailOwner(ctx, e.Event, e.Attendee, e.Template)
}

// happened is now where Qflow does not say when.
func happened(e webhook.Event) time.Time {
	if e.At.IsZero() {
		return time.Now()
	}
	return e.At
}

// named tells a delivery from others by its id and its body. The id alone is not signed: with it, whoever saw one
// delivery could have another one taken for a repeat.
func named(from webhook.Delivery) string {
	if from.ID == "" {
		return fmt.Sprintf("%x", sha256.Sum256(from.Body))
	}
	return fmt.Sprintf("%s:%x", from.ID, sha256.Sum256(from.Body))
}

// hearEvery is how exact it is kept when Qflow was last heard: enough for "two minutes ago".
const hearEvery = 10 * time.Second

// noteHeard keeps when something last came, for whoever wonders whether the webhook works.
func (d *Receiver) noteHeard(ctx context.Context) error {
	now, last := time.Now().UnixNano(), d.heard.Load()
	if since := time.Duration(now - last); since.Abs() < hearEvery || !d.heard.CompareAndSwap(last, now) {
		return nil
	}
	return d.secrets.heard(ctx, time.Unix(0, now))
}
