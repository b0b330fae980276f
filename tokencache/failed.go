package tokencache

import (
	"context"
	"errors"
)

// handleFailure decides what a request without an answer means, by grant and by what is known of it. Only certainty
// frees a refresh token: a reply that was lost, a timeout after the first byte or a 5xx leave it claimed or drop it.
func (c *Cache) handleFailure(ctx context.Context, st *claim, err error) (*plan, error) {
	var denied *DeniedError
	var busy *BusyError
	switch {
	case unsent(err): // the server cannot be reached, or we were frozen: then the claim is no longer ours
		c.rememberUnsent(st.nonce)
		return nil, c.pauseAfter(ctx, st, false, c.trouble(0), err)
	case st.plan.grant == GrantRefresh && !c.cfg.Endpoint.RefreshTokenStays:
		return c.lostRefresh(ctx, st, err)
	case errors.As(err, &busy):
		return nil, c.pauseAfter(ctx, st, false, c.trouble(busy.RetryAfter), err)
	case errors.As(err, &denied) && denied.Code == "invalid_grant" && st.plan.grant == GrantRefresh:
		return c.lostRefresh(ctx, st, err)
	case errors.As(err, &denied):
		return nil, c.pauseAfter(ctx, st, false, c.wrong(denied.reason()), err)
	}
	return nil, c.pauseAfter(ctx, st, false, c.trouble(0), err)
}

// lostRefresh handles a refresh token that was sent and brought no answer.
func (c *Cache) lostRefresh(ctx context.Context, st *claim, err error) (*plan, error) {
	if c.overtaken(ctx, st) {
		return nil, errAgain // another process has a newer pair; ours does not matter
	}
	var busy *BusyError
	if errors.As(err, &busy) {
		// Refused unread; all the same it is not sent again if there is another grant for after the pause.
		return nil, c.pauseAfter(ctx, st, c.replaceable(), c.trouble(busy.RetryAfter), err)
	}
	if c.replaceable() {
		c.cfg.Logger.Warn("refresh token is lost, go on with another grant", "account", c.cfg.Account,
			"generation", st.rec.gen, "grant", c.cfg.unattended(), "error", err)
		return &plan{grant: c.cfg.unattended(), from: st.nonce, drop: true, force: st.plan.force}, nil
	}
	var denied *DeniedError
	switch {
	case errors.As(err, &denied) && denied.refreshUntouched():
		return nil, c.pauseAfter(ctx, st, false, c.wrong(denied.reason()), err)
	case errors.As(err, &denied):
		_, _, _ = c.store.release(ctx, st.nonce, true, failure{reason: ReasonRefreshRefused})
		return nil, c.authError(ReasonRefreshRefused, 0, err)
	}
	// The claim stays. It is the mark that this token may be spent, and if a journal or a late answer turns up, it is
	// what that is committed by.
	return nil, c.authError(ReasonRefreshUncertain, 0, err)
}

// overtaken reports whether there is a newer generation by now.
func (c *Cache) overtaken(ctx context.Context, st *claim) bool {
	rec, err := c.store.read(context.WithoutCancel(ctx))
	return err == nil && rec.gen != st.rec.gen
}

// pauseAfter releases the claim, records the failure for the whole fleet, and returns it as the caller's error.
func (c *Cache) pauseAfter(ctx context.Context, st *claim, drop bool, f failure, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanup)
	defer cancel()
	pause, lost, rerr := c.store.release(ctx, st.nonce, drop, f)
	switch {
	case rerr != nil:
		err = errors.Join(err, rerr)
	case lost && f.class == classTrouble:
		return errAgain // another process took over while we were stuck
	}
	if f.class == classWrong {
		return c.authError(f.reason, pause, err)
	}
	return &TroubleError{Op: "get a token by grant " + string(st.plan.grant), RetryAfter: pause, Err: err}
}
