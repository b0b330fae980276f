package tokencache

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Problem is why signing in failed. It is a closed list: the key of the operator's text, a field of JSON and a metric
// label.
type Problem string

// The problems. Up to ProblemRequest the identity server has refused what it was sent.
const (
	ProblemClient       Problem = "client"        // the client's id or secret
	ProblemPassword     Problem = "password"      // the user's name or password
	ProblemPIN          Problem = "pin"           // the same, with the PIN in front of the name
	ProblemSecondFactor Problem = "second_factor" // it wants a person
	ProblemLocked       Problem = "locked"        // the user is locked
	ProblemRefreshToken Problem = "refresh_token"
	ProblemRequest      Problem = "request" // scope, grant type, or a missing field

	// ProblemRefreshUncertain: the answer to the refresh token is lost, and it is not sent again.
	ProblemRefreshUncertain Problem = "refresh_uncertain"
	ProblemNoCredentials    Problem = "no_credentials" // nothing is configured, and no login was made

	ProblemUnreachable Problem = "unreachable"
	ProblemUnclear     Problem = "no_answer" // it failed, or it is no identity server
	ProblemBusy        Problem = "busy"      // 429
)

// SignIn is a failure to sign in that stands: the next success removes it. It holds no secret, and no word of the
// identity server but codes that are known.
type SignIn struct {
	Account  string    `json:"account"`
	Problem  Problem   `json:"problem"`
	Code     string    `json:"code,omitempty"` // RFC 6749 section 5.2
	Since    time.Time `json:"since"`          // the first failure after the last success
	Last     time.Time `json:"last"`
	Failures int       `json:"failures"`
	NextTry  time.Time `json:"next_try,omitzero"` // by itself
}

// Refused reports whether waiting does not help: the server refused, or there is nothing to sign in with.
func (s SignIn) Refused() bool {
	return s.Problem != ProblemUnreachable && s.Problem != ProblemUnclear && s.Problem != ProblemBusy
}

// Text says what happened.
func (s SignIn) Text() string {
	text := signInTexts[s.Problem].text
	if text == "" { // of a later version
		text = "the identity server brought no token"
	}
	if s.Code != "" {
		text += " (" + s.Code + ")"
	}
	return text
}

// ToDo is what an operator is to do next, with the account's command.
func (s SignIn) ToDo() string {
	do := signInTexts[s.Problem].do
	if do == "" {
		do = "run: guestflow doctor --account ACCOUNT"
	}
	return strings.ReplaceAll(do, "ACCOUNT", s.Account)
}

// tryNow is the command after a setting was corrected. Running processes read their settings when they start.
const tryNow = ", restart guestflow run, or try it at once with: guestflow token renew --account ACCOUNT"

const logInOr = "sign in with: guestflow token login --account ACCOUNT; or configure password_file"

var signInTexts = map[Problem]struct{ text, do string }{
	ProblemClient: {"the identity server refuses the client secret, or the client id",
		"correct client_secret_file and client_id of the account" + tryNow},
	ProblemPassword: {"the identity server refuses the user name or password",
		"correct username and password_file of the account" + tryNow},
	ProblemPIN: {"the identity server refuses the PIN, user name or password, which it checks as one",
		"correct enterprise_pin_file, username and password_file of the account; without an enterprise account there is " +
			"no PIN" + tryNow},
	ProblemSecondFactor: {"the identity server wants a second factor, which no password brings",
		"sign in with: guestflow token login --account ACCOUNT"},
	ProblemLocked: {"the identity server has locked the user, as it does after wrong passwords",
		"have the user unlocked at Qflow and check password_file; then: guestflow token renew --account ACCOUNT"},
	ProblemRefreshToken: {"the identity server refuses the refresh token: it is used up, expired or revoked", logInOr},
	ProblemRequest: {"the identity server refuses the request as such: its scope, grant or fields",
		"check scope, grant, identity_url and identity_dialect of the account" + tryNow},
	ProblemRefreshUncertain: {"the answer to the refresh token is lost, and it is never sent twice", logInOr},
	ProblemNoCredentials:    {"no password is configured and no login was made", logInOr},
	ProblemUnreachable: {"the identity server cannot be reached; it has refused nothing",
		"check identity_url and the network; it is tried again by itself"},
	ProblemUnclear: {"the identity server gives no usable answer; it has refused nothing",
		"check that identity_url is its token endpoint and that it runs; it is tried again by itself"},
	ProblemBusy: {"the identity server asks for fewer requests (429)", "wait: it is tried again by itself"},
}

// problemOf returns what an attempt came to, "" for what says nothing about signing in: Redis, this host, another
// process.
func problemOf(err error) (p Problem, code string) {
	denied, isDenied := errors.AsType[*DeniedError](err)
	auth, isAuth := errors.AsType[*AuthError](err)
	_, busy := errors.AsType[*BusyError](err)
	switch {
	case isAuth && auth.Reason == ReasonRefreshRefused:
		return ProblemRefreshToken, ""
	case isAuth && auth.Reason == ReasonRefreshUncertain:
		return ProblemRefreshUncertain, ""
	case isAuth && auth.Reason == ReasonNoCredentials:
		return ProblemNoCredentials, ""
	case isDenied:
		return denied.part, knownCode(denied.Code)
	case busy:
		return ProblemBusy, ""
	case errors.Is(err, errUnreachable):
		return ProblemUnreachable, ""
	case errors.Is(err, errNoReply):
		return ProblemUnclear, ""
	}
	return "", ""
}

func knownCode(code string) string {
	if code == unknownCode {
		return ""
	}
	return code
}

// refusedPart returns which part of what was sent the server refused.
func (e *DeniedError) refusedPart(sent Credentials) Problem {
	switch {
	case e.about != "":
		return e.about
	case e.Code == "invalid_client", e.Code == unknownCode && e.Status == 401:
		return ProblemClient
	case e.Code != "invalid_grant" && e.Code != "access_denied":
		return ProblemRequest
	case e.grant == GrantRefresh:
		return ProblemRefreshToken
	case e.grant == GrantClientCredentials:
		return ProblemClient
	case sent.EnterprisePIN.Set():
		return ProblemPIN
	}
	return ProblemPassword
}

// noteFailure records for the fleet that signing in failed, unless another process has succeeded meanwhile. That it
// cannot be recorded is no second error: what could not be done is the first one.
func (c *Cache) noteFailure(ctx context.Context, rec *record, err error) {
	p, code := problemOf(err)
	if p == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanup)
	defer cancel()
	if err := c.store.noteFailure(ctx, rec.gen, p, code); err != nil {
		c.cfg.Logger.Debug("a failed sign-in is not recorded", "account", c.cfg.Account, "error", err)
	}
}

// signIn returns the failure that the record holds.
func (c *Cache) signIn(rec *record) *SignIn {
	if rec.problem == "" {
		return nil
	}
	s := &SignIn{Account: c.cfg.Account, Problem: rec.problem, Code: rec.problemCode, Since: at(rec.failedFrom),
		Last: at(rec.failedAt), Failures: rec.failures}
	if rec.pause() > 0 {
		s.NextTry = at(rec.pauseUntil)
	}
	return s
}

// String is the failure in a sentence, with what to do.
func (s SignIn) String() string {
	return fmt.Sprintf("sign-in of account %s fails: %s; %s", s.Account, s.Text(), s.ToDo())
}
