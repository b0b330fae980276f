package tokencache

import (
	"errors"
	"fmt"
	"time"
)

// plan is what to send next.
type plan struct {
	grant Grant
	from  string // the claim to take over, "" for a free generation
	drop  bool   // the refresh token in the record may be spent: remove it
	force bool   // in spite of a pause
	// recovers: the claim to take over is of an owner who is gone.
	recovers bool
}

// mayTry returns an error unless an attempt may be made now: the fleet pauses together after a failure, and does not
// renew in circles for an API that refuses every token.
func (c *Cache) mayTry(rec *record, w why) error {
	if w == whyAsked {
		return nil
	}
	if pause := rec.pause(); pause > 0 {
		if rec.pauseClass == classWrong {
			return c.authError(rec.pauseReason, pause, errPaused)
		}
		return &TroubleError{Op: "get a token", RetryAfter: pause, Err: errPaused}
	}
	if w == whyRefused && !c.diedEarly(rec) {
		age := time.Duration(rec.now-rec.got) * time.Millisecond // below 0 where Redis' clock has gone back
		if pause := refusalPause(rec.refusals, c.worked(rec)) - age; pause > 0 && age >= 0 {
			err := fmt.Errorf("the API has refused %d new tokens in a row", rec.refusals)
			if !c.worked(rec) {
				err = fmt.Errorf("%w: %d in a row", ErrEveryTokenRefused, rec.refusals)
			}
			return &TroubleError{Op: "renew a refused token", RetryAfter: pause, Err: err}
		}
	}
	return nil
}

// refusalPause is how old a token must be before its refusal renews it, unless it died early. One renewal because of a
// refusal is normal (a token was revoked) and so may be a second; an API that refuses all tokens means something else,
// and renewing for each refusal would hammer the identity server: 2 s, 4 s, 8 s ... up to 5 min.
func refusalPause(refusals int, worked bool) time.Duration {
	limit := 5 * time.Minute
	switch {
	case refusals < 2:
		return 0
	case worked: // and for other calls it still may
		limit = shortestLife
	}
	return min(limit, time.Second<<min(refusals-1, 10))
}

// choose decides what to send; errWait while another process renews. The rule that matters: under a claim that is not
// ours, the refresh token may be on its way or spent, so it is never sent; a new pair comes by another grant.
func (c *Cache) choose(rec *record, w why) (plan, error) {
	p := plan{force: w == whyAsked}
	if rec.claim != "" {
		if !c.stale(rec) {
			return p, errWait
		}
		p.from, p.recovers = rec.claim, true
	}
	if rec.refresh != "" && (p.from == "" && !c.doubtful(rec) || c.cfg.Endpoint.RefreshTokenStays) {
		p.grant = GrantRefresh
		return p, nil
	}
	if p.grant = c.cfg.unattended(); p.grant != "" {
		p.drop = rec.refresh != ""
		return p, nil
	}
	switch {
	case rec.claim != "" && rec.refresh != "":
		return p, c.authError(ReasonRefreshUncertain, 0, nil)
	case rec.dead != "":
		return p, c.authError(rec.dead, 0, nil)
	}
	return p, c.authError(ReasonNoCredentials, 0, nil)
}

// doubtful reports whether the refresh token may have been sent under a claim that Redis has lost. With nothing to
// replace it, what this process has seen decides alone; see vouch.
func (c *Cache) doubtful(rec *record) bool { return rec.restarted() && c.replaceable() }

// spends reports whether a plan sends a refresh token that is good for one time only.
func (c *Cache) spends(p plan) bool {
	return p.grant == GrantRefresh && !c.cfg.Endpoint.RefreshTokenStays
}

// stale reports whether a claim's owner counts as gone. A claim from the future is from before a failover to a machine
// whose clock is behind; it is not waited until that has caught up.
func (c *Cache) stale(rec *record) bool {
	age := rec.claimAge()
	return age >= c.cfg.Timing.Stale || age < -c.cfg.Timing.Stale
}

func (c *Cache) authError(r Reason, retry time.Duration, err error) error {
	return &AuthError{Account: c.cfg.Account, Reason: r, RetryAfter: retry, Err: err}
}

// The classes of failures, each with its schedule of pauses.
const (
	classWrong   = "wrong"
	classTrouble = "trouble"
)

func (c *Cache) wrong(r Reason) failure {
	return failure{class: classWrong, reason: r, schedule: c.cfg.Timing.Wrong}
}

func (c *Cache) trouble(atLeast time.Duration) failure {
	return failure{class: classTrouble, atLeast: atLeast, schedule: c.cfg.Timing.Trouble}
}

// retryIn is when to try again after an error: when the fleet does, or else after the given time.
func retryIn(err error, otherwise time.Duration) time.Duration {
	var auth *AuthError
	var trouble *TroubleError
	switch {
	case errors.As(err, &auth) && auth.RetryAfter > 0:
		return auth.RetryAfter
	case errors.As(err, &trouble) && trouble.RetryAfter > 0:
		return trouble.RetryAfter
	}
	return max(otherwise, 50*time.Millisecond)
}

// replaceable reports whether a refresh token can be dropped without a person having to act.
func (c *Cache) replaceable() bool { return c.cfg.unattended() != "" }

// refreshUntouched reports whether a refusal proves that the refresh token was not looked at. Even then it is sent
// again only where nothing could replace it: strictly at most once is better wherever it costs nothing.
func (e *DeniedError) refreshUntouched() bool {
	return e.Code != "invalid_grant" && (e.Code != unknownCode || e.Status != 400)
}
