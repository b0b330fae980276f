package operate

import (
	"context"
	"fmt"
	"time"

	"guestflow/importer/plural"
	"guestflow/worker/budget"
)

// Clock formats a time inside a sentence, in the time zone of its reader.
type Clock func(time.Time) string

// localClock is the clock of this process, for what it prints itself. A page is read in another zone.
var localClock Clock = func(at time.Time) string { return at.Local().Format(time.TimeOnly) }

// PaceText is how much of its limits the fleet uses now.
func PaceText(s budget.State) string { return localClock.PaceText(s) }

// SlowdownText is what keeps an account's fleet from calling; "" if nothing does.
func SlowdownText(s budget.State) string { return localClock.SlowdownText(s) }

// PaceText is how much of its limits the fleet uses now.
func (c Clock) PaceText(s budget.State) string {
	share := fmt.Sprintf("%.0f %%", 100*s.Throttle)
	switch {
	case s.Paused > 0 && s.Throttle < 1:
		return fmt.Sprintf("paused until %s: Qflow returned 429; resumes at %s of the limits and recovers by itself",
			c(*s.PausedUntil), share)
	case s.Paused > 0:
		return fmt.Sprintf("paused until %s: Qflow returned 429", c(*s.PausedUntil))
	case s.Throttle < 1:
		return share + " of the limits, as Qflow returned 429; recovers by itself"
	}
	return "full"
}

// SlowdownText is what keeps an account's fleet from calling; "" if nothing does.
func (c Clock) SlowdownText(s budget.State) string {
	switch {
	case s.Paused > 0:
		return "all calls are " + c.PaceText(s)
	case s.CircuitOpen():
		return HealthText(s.Accounts[0])
	}
	return ""
}

// HealthText is how an account's calls fare.
func HealthText(h budget.RetryBudget) string {
	if h.CircuitOpen {
		return "slowed down: too many calls have failed; recovers as calls succeed"
	}
	return "normal (slows down after repeated failures)"
}

// SetLimits changes the limits of the address that this account calls from, for the whole fleet.
func (a *Account) SetLimits(ctx context.Context, who Actor, c budget.LimitChanges) error {
	for _, n := range []*int{c.API, c.Email} {
		if n != nil && *n < 0 {
			return refuse("a limit cannot be negative, such as %d; none is no limit", *n)
		}
	}
	return a.changeLimits(ctx, who, "limits set", func() error { return a.Budget.SetLimits(ctx, c) })
}

// ResetLimits restores the configured limits.
func (a *Account) ResetLimits(ctx context.Context, who Actor) error {
	return a.changeLimits(ctx, who, "limits reset", func() error { return a.Budget.ResetLimits(ctx) })
}

func (a *Account) changeLimits(ctx context.Context, who Actor, action string, change func() error) error {
	before, err := a.Budget.State(ctx)
	if err != nil {
		return err
	}
	return a.Audited(ctx, who, action, before.Egress, limitsText(before), func() (string, error) {
		if err := change(); err != nil {
			return "", err
		}
		after, err := a.Budget.State(ctx)
		if err == nil && limitsText(after) == limitsText(before) {
			err = errUnchanged
		}
		return limitsText(after), err
	})
}

func limitsText(s budget.State) string {
	return fmt.Sprintf("calls a minute: %s, emails a minute: %s", budget.LimitText(s.APILimit),
		budget.LimitText(s.EmailLimit))
}

// LiftedText says of an email limit that is lifted what that means; "" while there is one.
func LiftedText(s budget.State) string {
	switch {
	case s.EmailLimit > 0:
		return ""
	case s.APILimit > 0:
		return fmt.Sprintf("the limit of emails is lifted: up to %s a minute go out, as many as calls are allowed",
			plural.Of(s.APILimit, "email"))
	}
	return "the limits of calls and emails are lifted: emails go out as fast as Qflow takes them"
}
