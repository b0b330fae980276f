package qflow

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Kind is what an answer means for the caller. The set is closed: the worker's decision table has a line for each. The
// zero value is no answer at all.
type Kind uint8

const (
	// Accepted: done. For a send this means that the email is queued, not that it has arrived.
	Accepted Kind = iota + 1
	// Refused: permanently; the same request would be refused again. Code and Text say why.
	Refused
	// GateClosed: the account may not do this now; Gate says which gate. The same request may pass later.
	GateClosed
	// Unauthorized: the access token was not accepted; TokenSource.Refused was called.
	Unauthorized
	// KeyRefused: the gateway did not accept the subscription key. No retry helps.
	KeyRefused
	// RateLimited: not processed; Wait is how long to pause, 0 if Qflow did not say.
	RateLimited
	// Transient: certainly not processed (no connection, no byte sent).
	Transient
	// Ambiguous: it may have been processed (lost reply, 5xx, an answer that is not Qflow's).
	Ambiguous
	// NoToken: there was no access token to call with, so nothing was done. Cause says why.
	NoToken
)

var kindNames = [...]string{
	"not_called", "accepted", "refused", "gate_closed", "unauthorized", "key_refused", "rate_limited", "transient",
	"ambiguous", "no_token",
}

func (k Kind) String() string { return kindNames[k] }

// Outcome is the result of one call.
type Outcome struct {
	Kind   Kind
	Gate   Gate          // GateClosed: which
	Status int           // HTTP status; 0 when there was no answer
	Code   string        // Qflow's own error code, where one was found
	Text   string        // what Qflow said, one short line without addresses
	Wait   time.Duration // RateLimited: how long Qflow asked for
	Record Record        // CreateGuest, Accepted: what the guest was made with
	Cause  error         // a network or token error
}

// Err returns nil for Accepted, else an error that says what happened. It contains no secret and no guest's address.
func (o Outcome) Err() error {
	if o.Kind == Accepted {
		return nil
	}
	return &Error{o}
}

// Reason is the short text for ledgers and logs: a code, and what Qflow said.
func (o Outcome) Reason() (code, text string) {
	switch {
	case o.Code != "":
		return o.Code, o.Text
	case o.Status != 0 && o.Cause == nil:
		return fmt.Sprintf("http_%d", o.Status), o.Text
	case o.Cause != nil:
		return o.Kind.String(), shorten(o.Cause.Error())
	}
	return o.Kind.String(), o.Text
}

// Error is an Outcome as an error, for callers that only pass it on.
type Error struct{ Outcome Outcome }

func (e *Error) Error() string {
	code, text := e.Outcome.Reason()
	if text == "" {
		return fmt.Sprintf("qflow: %s (%s)", e.Outcome.Kind, code)
	}
	return fmt.Sprintf("qflow: %s (%s): %s", e.Outcome.Kind, code, text)
}

func (e *Error) Unwrap() error { return e.Outcome.Cause }

// failed classifies a request without an answer. It removes the URL from the error, since that may contain a query.
func failed(sent bool, err error) Outcome {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no answer in time: %w", err)
	}
	if sent {
		return Outcome{Kind: Ambiguous, Cause: err}
	}
	return Outcome{Kind: Transient, Cause: err}
}
