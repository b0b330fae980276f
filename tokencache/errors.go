package tokencache

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Reason says why there is no way to a token without a person. It is a closed list: the same word is the log field,
// the metric label and the key of the operator's text.
type Reason string

// The reasons of an AuthError.
const (
	// ReasonWrongCredentials: the identity server refused the user, the password or the client.
	ReasonWrongCredentials Reason = "wrong_credentials"
	// ReasonMisconfigured: it refused the request as such (scope, grant type, a missing field).
	ReasonMisconfigured Reason = "misconfigured"
	// ReasonRefreshRefused: the refresh token is used up, revoked or expired, and nothing is configured to replace it.
	ReasonRefreshRefused Reason = "refresh_refused"
	// ReasonRefreshUncertain: the refresh token was sent, or may have been, and the answer is lost. It is never sent
	// again.
	ReasonRefreshUncertain Reason = "refresh_uncertain"
	// ReasonNoCredentials: there never was a token, and no grant is configured that gets one without a person.
	ReasonNoCredentials Reason = "no_credentials"
	// ReasonNoJournal: the state folder cannot be written, and a crash would lose the only way to a token.
	ReasonNoJournal Reason = "no_journal"
	// ReasonSealedElsewhere: the tokens in Redis were sealed with a key that this process does not have.
	ReasonSealedElsewhere Reason = "sealed_elsewhere"
)

var advice = map[Reason]string{
	ReasonWrongCredentials: "correct the user name, password or client secret of the account; the next attempt is made " +
		"by itself, or now by: guestflow token renew --account ACCOUNT",
	ReasonMisconfigured: "check the token URL, client id, scope, grant and password of the account, then run: " +
		"guestflow token renew --account ACCOUNT",
	ReasonRefreshRefused:   "configure a password, or sign in by: guestflow token login --account ACCOUNT",
	ReasonRefreshUncertain: "configure a password, or sign in by: guestflow token login --account ACCOUNT",
	ReasonNoCredentials:    "configure a password, or sign in by: guestflow token login --account ACCOUNT",
	ReasonNoJournal:        "make the folder of --state-dir writable for guestflow, or configure a password",
	ReasonSealedElsewhere:  "give every host the same sealing key, or start over by: guestflow token forget --account ACCOUNT",
}

// ErrEveryTokenRefused says that the API has refused several new tokens in a row, none of which has ever worked: it is
// not the token. Others are still asked for, more and more rarely.
var ErrEveryTokenRefused = errors.New("the API refuses every new token")

// AuthError means that waiting does not help: a person has to act. The worker closes its auth gate on it.
type AuthError struct {
	Account string
	Reason  Reason
	// RetryAfter is when the fleet will try again by itself; 0 if it will not.
	RetryAfter time.Duration
	Err        error
}

func (e *AuthError) Error() string {
	text := fmt.Sprintf("no way to a token for account %q: %s", e.Account, e.Reason)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *AuthError) Unwrap() error { return e.Err }

// Advice is what an operator is to do next.
func (e *AuthError) Advice() string {
	if denied, is := errors.AsType[*DeniedError](e.Err); is && denied.part != "" {
		return SignIn{Account: e.Account, Problem: denied.part}.ToDo()
	}
	return adviceFor(e.Reason, e.Account)
}

// adviceFor is a reason's advice, with the commands for the account.
func adviceFor(r Reason, account string) string {
	return strings.ReplaceAll(advice[r], "ACCOUNT", account)
}

// TroubleError means that there is no token just now, and that a later try may succeed: Redis cannot be reached, the
// identity server is down or asks for patience.
type TroubleError struct {
	Op string
	// RetryAfter is the fleet's pause, 0 if none is set.
	RetryAfter time.Duration
	Err        error
}

func (e *TroubleError) Error() string {
	if e.Err == nil {
		return e.Op
	}
	return e.Op + ": " + e.Err.Error()
}

func (e *TroubleError) Unwrap() error { return e.Err }

// Temporary is true: the opposite of an AuthError.
func (e *TroubleError) Temporary() bool { return true }

// RedisError is trouble with Redis, and not with the identity server.
type RedisError struct {
	Op  string
	Err error
}

func (e *RedisError) Error() string { return e.Op + ": " + e.Err.Error() }

func (e *RedisError) Unwrap() error { return e.Err }

// ErrClosed is what a closed cache answers.
var ErrClosed = errors.New("token cache is closed")

// Errors inside the protocol; none of them reaches a caller bare.
var (
	errPaused      = errors.New("the fleet pauses after a failure")
	errUnreachable = errors.New("identity server cannot be reached, nothing was sent")
	errTooLate     = errors.New("too long since the claim, nothing was sent")
	errNoReply     = errors.New("no usable reply")
)

// DeniedError is the identity server's refusal in its own code (RFC 6749 section 5.2). It carries no text of the
// server, which might echo what was sent.
type DeniedError struct {
	Status int
	Code   string
	Hint   string // at a possible cause, or ""

	grant Grant   // that was refused
	about Problem // of which the server's description speaks, if it is known words
	part  Problem // that was refused
}

func (e *DeniedError) Error() string {
	if e.Status == 0 { // in a redirect of the browser
		return "identity server refused the login, code " + e.Code
	}
	text := fmt.Sprintf("identity server refused with status %d, code %s", e.Status, e.Code)
	if e.part != "" {
		text += ": " + signInTexts[e.part].text
	}
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	return text
}

func (e *DeniedError) reason() Reason {
	switch e.Code {
	case "invalid_grant", "invalid_client", "unauthorized_client", "access_denied", "mfa_required":
		return ReasonWrongCredentials
	}
	if e.Status == 401 {
		return ReasonWrongCredentials
	}
	return ReasonMisconfigured
}

// BusyError is a 429: the request was refused unread.
type BusyError struct{ RetryAfter time.Duration }

func (e *BusyError) Error() string { return "identity server asks for fewer requests (429)" }
