package operate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"guestflow/importer/ledger"
	"guestflow/qflow"
	"guestflow/worker/budget"
)

// RefusedError says that something cannot be done as things are, and what could be done instead. Nothing was changed.
type RefusedError struct{ Why string }

func (e *RefusedError) Error() string { return e.Why }

func refuse(format string, args ...any) error { return &RefusedError{fmt.Sprintf(format, args...)} }

// Verb is a way to steer an import.
type Verb string

// The verbs. RetryUnknown also sends again what may have been sent already.
const (
	Pause        Verb = "pause"
	Resume       Verb = "resume"
	Cancel       Verb = "cancel"
	Retry        Verb = "retry"
	RetryUnknown Verb = "retry --unknown"
)

// Verbs lists them.
func Verbs() []Verb { return []Verb{Pause, Resume, Cancel, Retry, RetryUnknown} }

// Allowed says why an import cannot be steered so as it is now, or nil.
func (v Verb) Allowed(imp ledger.Import) error {
	switch {
	case v == Resume && imp.Stopped != ledger.StoppedPaused:
		return refuse("import %s is not paused", imp.ID)
	case v != Resume && imp.Stopped == ledger.StoppedCancelled:
		return refuse("import %s is cancelled for good; its file can be imported anew: guestflow import --again", imp.ID)
	case (v == Pause || v == Cancel) && imp.Done():
		return refuse("import %s is over; there is nothing to %s", imp.ID, v)
	}
	return nil
}

// HasEffect tells whether it would change anything, for a page that offers it.
func (v Verb) HasEffect(imp ledger.Import) bool {
	switch {
	case v.Allowed(imp) != nil || v.Affected(imp) == 0, v == Pause && imp.Stopped == ledger.StoppedPaused:
		return false
	}
	return v != RetryUnknown || imp.Counts[ledger.Unknown] > 0
}

// Affected is how many rows it concerns.
func (v Verb) Affected(imp ledger.Import) int {
	switch v {
	case Pause, Resume, Cancel:
		return imp.Counts.Open()
	case Retry:
		return imp.Counts[ledger.Refused] + imp.Counts[ledger.Exhausted]
	case RetryUnknown:
		return Retry.Affected(imp) + imp.Counts[ledger.Unknown]
	}
	return 0
}

// Steer does it, and says what became of which rows, such as "20 rows wait". It refuses to concern more rows than the person
// has agreed to, since they may have become more meanwhile.
func (a *Account) Steer(ctx context.Context, who Actor, v Verb, id string, agreed int) (story string, err error) {
	imp, err := a.Ledger.Import(ctx, id)
	if err != nil {
		return "", err
	}
	if err := v.Allowed(imp); err != nil {
		return "", err
	}
	if n := v.Affected(imp); n > agreed {
		return "", refuse("it would concern %s now, and not %d as was said; look again", rows(n), agreed)
	}
	err = a.Audited(ctx, who, string(v), id, stateText(imp), func() (string, error) {
		story, err = a.steer(ctx, v, imp)
		return story, err
	})
	return story, err
}

func (a *Account) steer(ctx context.Context, v Verb, imp ledger.Import) (story string, err error) {
	open := imp.Counts.Open()
	switch v {
	case Pause:
		err := a.Ledger.Pause(ctx, imp.ID)
		if err == nil && imp.Stopped == ledger.StoppedPaused {
			err = errUnchanged
		}
		return count(open, "row waits", "rows wait"), err
	case Resume:
		return count(open, "row goes on", "rows go on"), a.Importer.Resume(ctx, imp)
	case Cancel:
		ended, err := a.Ledger.Cancel(ctx, imp.ID)
		return cancelled(ended), err
	case Retry, RetryUnknown:
		n, err := a.Importer.Retry(ctx, imp, v == RetryUnknown)
		if err == nil && n == 0 {
			err = errUnchanged
		}
		return count(n, "row is tried again", "rows are tried again"), err
	}
	return "", fmt.Errorf("nobody knows how to %s", v)
}

func cancelled(e ledger.CancelledRows) string {
	text := fmt.Sprintf("%d rows had been queued and are cancelled", e.Queued)
	if e.New > 0 {
		text += fmt.Sprintf("; the other %d were never queued", e.New)
	}
	return text
}

// stateText is how an import is, in a few words.
func stateText(imp ledger.Import) string {
	switch {
	case imp.Stopped != "":
		return imp.Stopped + ", " + rows(imp.Counts.Open()) + " open"
	case imp.Done():
		return "over, " + rows(imp.Counts.Attention()) + " want a person"
	}
	return "running, " + rows(imp.Counts.Open()) + " open"
}

func rows(n int) string { return count(n, "row", "rows") }

func count(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + more
}

// Probe makes the next probe of a closed gate due at once. An open gate is refused.
func (a *Account) Probe(ctx context.Context, who Actor, g qflow.Gate) error {
	return a.changeGate(ctx, who, "probe now", g, "probe due", a.Gates.ProbeNow)
}

// OpenGate takes a gate for open: what waits goes out, and closes it again if Qflow still refuses.
func (a *Account) OpenGate(ctx context.Context, who Actor, g qflow.Gate) error {
	return a.changeGate(ctx, who, "open gate", g, "open", a.Gates.Open)
}

func (a *Account) changeGate(ctx context.Context, who Actor, what string, g qflow.Gate, after string, do func(context.Context, qflow.Gate) (bool, error)) error {
	if !slices.Contains(qflow.Gates, g) {
		return refuse("there is no gate %q", g)
	}
	closed, err := do(ctx, g)
	before := "closed"
	switch {
	case err != nil:
		before, after = "", "" // nobody knows
	case !closed:
		return refuse("the %s gate is open already", g)
	}
	return a.Audited(ctx, who, what, string(g), before, func() (string, error) { return after, err })
}

// SetLimits changes limits of the address that this account calls from, for the whole fleet.
func (a *Account) SetLimits(ctx context.Context, who Actor, c budget.LimitChanges) error {
	for _, n := range []*int{c.API, c.Email} {
		if n != nil && *n < 0 {
			return refuse("a limit of %d calls a minute is none; 0 is no limit", *n)
		}
	}
	return a.changeLimits(ctx, who, "limits set", func() error { return a.Budget.SetLimits(ctx, c) })
}

// ResetLimits goes back to the configured ones.
func (a *Account) ResetLimits(ctx context.Context, who Actor) error {
	return a.changeLimits(ctx, who, "limits reset", func() error { return a.Budget.ResetLimits(ctx) })
}

func (a *Account) changeLimits(ctx context.Context, who Actor, what string, do func() error) error {
	before, err := a.Budget.State(ctx)
	if err != nil {
		return err
	}
	return a.Audited(ctx, who, what, before.Egress, limitsText(before), func() (string, error) {
		if err := do(); err != nil {
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
	return fmt.Sprintf("%d calls, %d emails a minute", s.APILimit, s.EmailLimit)
}

// IsRefused tells whether nothing was done because it cannot be done as things are.
func IsRefused(err error) bool {
	_, is := errors.AsType[*RefusedError](err)
	return is
}
