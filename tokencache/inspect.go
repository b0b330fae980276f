package tokencache

import (
	"context"
	"fmt"
	"time"
)

// Info is what an operator may know of the tokens of an account. It holds no secret.
type Info struct {
	Account     string `json:"account"`
	Fingerprint string `json:"fingerprint"` // of token URL, client id and user name
	Generation  uint64 `json:"generation"`
	// State is "none", "fresh", "expired", "renewing", or "abandoned" (a claim whose owner is gone).
	State           string    `json:"state"`
	ObtainedAt      time.Time `json:"obtained_at,omitzero"`
	ExpiresAt       time.Time `json:"expires_at,omitzero"`
	Grant           Grant     `json:"grant,omitempty"` // the way it was got
	By              string    `json:"by,omitempty"`
	HasRefreshToken bool      `json:"has_refresh_token"`
	// RefreshLost says why there is none any more.
	RefreshLost Reason    `json:"refresh_lost,omitempty"`
	KeyID       string    `json:"key_id,omitempty"` // the sealing key
	KeyKnown    bool      `json:"key_known"`
	ClaimedBy   string    `json:"claimed_by,omitempty"`
	ClaimedAt   time.Time `json:"claimed_at,omitzero"`
	PausedUntil time.Time `json:"paused_until,omitzero"`
	PauseReason Reason    `json:"pause_reason,omitempty"`
	SignIn      *SignIn   `json:"sign_in,omitempty"`  // the failure that stands
	Refusals    int       `json:"refusals,omitempty"` // new tokens in a row that the API refused
	// RenewedAfter is when the next refusal renews a token again, if Refusals keep it from that.
	RenewedAfter time.Time `json:"renewed_after,omitzero"`
	// RealLife is how long tokens live if that is less than the identity server says.
	RealLife time.Duration `json:"real_life_ns,omitempty"`
	Now      time.Time     `json:"now"` // Redis' clock, as are all times here
}

// Inspect reads the record without opening anything in it.
func (c *Cache) Inspect(ctx context.Context) (Info, error) {
	rec, err := c.store.read(ctx)
	if err != nil {
		return Info{}, &TroubleError{Op: "inspect tokens", Err: err}
	}
	info := Info{
		Account: c.cfg.Account, Fingerprint: c.store.fp, Generation: rec.gen, State: c.stateOf(&rec),
		ObtainedAt: at(rec.got), ExpiresAt: at(rec.exp), Grant: rec.grant, By: rec.by,
		HasRefreshToken: rec.refresh != "", RefreshLost: rec.dead, KeyID: keyOf(rec.access),
		ClaimedBy: rec.claimBy, ClaimedAt: at(rec.claimAt), Refusals: rec.refusals, Now: at(rec.now),
		SignIn: c.signIn(&rec),
	}
	for _, id := range c.cfg.Keys.ids() {
		info.KeyKnown = info.KeyKnown || id == info.KeyID
	}
	if rec.Early >= earlyFrom {
		info.RealLife = rec.real(maxLifetime)
	}
	if after := at(rec.got).Add(refusalPause(rec.refusals, rec.worked)); rec.access != "" && after.After(info.Now) {
		info.RenewedAfter = after
	}
	if rec.pause() > 0 {
		info.PausedUntil, info.PauseReason = at(rec.pauseUntil), rec.pauseReason
	}
	return info, nil
}

func (c *Cache) stateOf(rec *record) string {
	switch {
	case rec.claim != "" && c.stale(rec):
		return "abandoned"
	case rec.claim != "":
		return "renewing"
	case rec.access == "":
		return "none"
	case rec.left() <= 0:
		return "expired"
	}
	return "fresh"
}

// Trouble says what keeps the fleet from a token, or from a new one, and what to do; "" when nothing does.
func (i Info) Trouble() string {
	wait := func(until time.Time) time.Duration { return max(time.Second, until.Sub(i.Now).Round(time.Second)) }
	switch {
	case i.SignIn != nil && !i.PausedUntil.IsZero():
		return fmt.Sprintf("%s; the next attempt by itself is in %s", i.SignIn, wait(i.PausedUntil))
	case i.SignIn != nil:
		return i.SignIn.String()
	case !i.PausedUntil.IsZero() && i.PauseReason != "":
		return fmt.Sprintf("no new token for %s (%s): %s", wait(i.PausedUntil), i.PauseReason,
			adviceFor(i.PauseReason, i.Account))
	case !i.PausedUntil.IsZero():
		return fmt.Sprintf("the identity server does not answer as it should; it is asked again in %s", wait(i.PausedUntil))
	case !i.RenewedAfter.IsZero():
		return fmt.Sprintf("Qflow has refused %d new tokens in a row; it gets another in %s. Check the subscription key "+
			"and the user's rights, or try now: guestflow token renew --account %s", i.Refusals, wait(i.RenewedAfter), i.Account)
	case (i.State == "none" || i.State == "expired") && i.RefreshLost != "":
		return fmt.Sprintf("there is no token (%s): %s", i.RefreshLost, adviceFor(i.RefreshLost, i.Account))
	}
	return ""
}

// Note says what is worth knowing though nothing stands still; "" when nothing is.
func (i Info) Note() string {
	if i.RealLife == 0 {
		return ""
	}
	return fmt.Sprintf("tokens are refused after %s, sooner than the identity server says; they are renewed before that",
		i.RealLife.Round(time.Second))
}

func at(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
