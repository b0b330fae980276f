package operate

import (
	"errors"
	"fmt"
	"time"

	"guestflow/cmd/guestflow/store"
	"guestflow/qflow"
	"guestflow/tokencache"
	"guestflow/worker/gate"
)

// Describe returns an error as a sentence that says what to do. The errors of our own packages do so themselves.
func Describe(err error) string {
	if name, is := errors.AsType[*nameError](err); is {
		return name.text(Describe(name.cause))
	}
	if auth, is := errors.AsType[*tokencache.AuthError](err); is {
		return auth.Error() + "; " + auth.Advice()
	}
	if text, is := store.Explain(err); is {
		return text
	}
	if redis, is := errors.AsType[*tokencache.RedisError](err); is {
		return redis.Error() + "; check GUESTFLOW_REDIS_URL and that the server runs"
	}
	if trouble, is := errors.AsType[*tokencache.TroubleError](err); is {
		return noTokenText(trouble)
	}
	q, is := errors.AsType[*qflow.Error](err)
	if !is {
		return err.Error()
	}
	switch q.Outcome.Kind {
	case qflow.KeyRefused:
		return "Qflow refuses the subscription key; check GUESTFLOW_SUBSCRIPTION_KEY against the welcome email"
	case qflow.Unauthorized:
		return "Qflow refuses a fresh token; check GUESTFLOW_SUBSCRIPTION_KEY and the user's rights"
	case qflow.NoToken:
		return fmt.Sprintf("no token from the identity server: %v; check GUESTFLOW_API_URL and "+
			"GUESTFLOW_IDENTITY_URL, and that they can be reached", q.Outcome.Cause)
	case qflow.Transient, qflow.Ambiguous:
		return fmt.Sprintf("%v; check GUESTFLOW_API_URL and that Qflow can be reached", err)
	case qflow.GateClosed:
		return fmt.Sprintf("%v: %s", err, gate.Meaning(q.Outcome.Gate))
	case qflow.Accepted, qflow.Refused, qflow.RateLimited:
	}
	return err.Error()
}

// noTokenText is about an identity server without a usable answer.
func noTokenText(e *tokencache.TroubleError) string {
	text := fmt.Sprintf("no token from the identity server: %v; check GUESTFLOW_API_URL and GUESTFLOW_IDENTITY_URL, "+
		"and that they can be reached", e)
	if e.RetryAfter > 0 {
		text += fmt.Sprintf(". It is asked again in %s at the earliest", e.RetryAfter.Round(time.Second))
	}
	return text
}
