package operate

import (
	"context"
	"errors"
	"fmt"
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
		return refuse("import %s is cancelled; import its file anew with --again", imp.ID)
	case v == Pause && imp.Stopped == ledger.StoppedPaused:
		return refuse("import %s is paused already", imp.ID)
	case (v == Pause || v == Cancel) && imp.Done():
		return refuse("import %s is over; there is nothing to %s", imp.ID, v)
	case (v == Retry || v == RetryUnknown) && v.Touches(imp) == 0:
		return refuse("import %s has no row that could be tried again", imp.ID)
	}
	return nil
}

// Touches is how many rows it concerns.
func (v Verb) Touches(imp ledger.Import) int {
	switch v {
	case Pause, Resume, Cancel:
		return imp.Counts.Open()
	case Retry:
		return imp.Counts[ledger.Refused] + imp.Counts[ledger.Exhausted]
	case RetryUnknown:
		return Retry.Touches(imp) + imp.Counts[ledger.Unknown]
	}
	return 0
}

// Steer does it, and gives the number of rows that it concerned.
func (a *Account) Steer(ctx context.Context, who Person, v Verb, id string) (n int, err error) {
	imp, err := a.Ledger.Import(ctx, id)
	if err != nil {
		return 0, err
	}
	if err := v.Allowed(imp); err != nil {
		return 0, err
	}
	err = a.act(ctx, who, string(v), id, condition(imp), func() (string, error) {
		n, err = a.steer(ctx, v, imp)
		return rows(n) + " " + map[Verb]string{Pause: "wait", Resume: "go on", Cancel: "cancelled", Retry: "tried again", RetryUnknown: "tried again"}[v], err
	})
	return n, err
}

func (a *Account) steer(ctx context.Context, v Verb, imp ledger.Import) (int, error) {
	switch v {
	case Pause:
		return imp.Counts.Open(), a.Ledger.Pause(ctx, imp.ID)
	case Resume:
		return imp.Counts.Open(), a.Importer.Resume(ctx, imp)
	case Cancel:
		return a.Ledger.Cancel(ctx, imp.ID)
	case Retry:
		return a.Importer.Retry(ctx, imp, false)
	case RetryUnknown:
		return a.Importer.Retry(ctx, imp, true)
	}
	return 0, fmt.Errorf("nobody knows how to %s", v)
}

// condition is how an import is, in a few words.
func condition(imp ledger.Import) string {
	switch {
	case imp.Stopped != "":
		return imp.Stopped + ", " + rows(imp.Counts.Open()) + " open"
	case imp.Done():
		return "over, " + rows(imp.Counts.Attention()) + " want a person"
	}
	return "running, " + rows(imp.Counts.Open()) + " open"
}

func rows(n int) string {
	if n == 1 {
		return "1 row"
	}
	return strconv.Itoa(n) + " rows"
}

// Probe makes the next probe of a closed gate due at once. An open gate is refused.
func (a *Account) Probe(ctx context.Context, who Person, g qflow.Gate) error {
	return a.gate(ctx, who, "probe now", g, "probe due", a.Gates.ProbeNow)
}

// OpenGate takes a gate for open: what waits goes out, and closes it again if Qflow still refuses.
func (a *Account) OpenGate(ctx context.Context, who Person, g qflow.Gate) error {
	return a.gate(ctx, who, "open gate", g, "open", a.Gates.Open)
}

func (a *Account) gate(ctx context.Context, who Person, what string, g qflow.Gate, after string, do func(context.Context, qflow.Gate) (bool, error)) error {
	return a.act(ctx, who, what, string(g), "closed", func() (string, error) {
		closed, err := do(ctx, g)
		if err == nil && !closed {
			err = refuse("the %s gate is open already", g)
		}
		return after, err
	})
}

// SetLimits changes limits of the address that this account calls from, for the whole fleet.
func (a *Account) SetLimits(ctx context.Context, who Person, c budget.Changes) error {
	for _, n := range []*int{c.Zone, c.Send} {
		if n != nil && *n < 0 {
			return refuse("a limit of %d calls a minute is none; 0 is no limit", *n)
		}
	}
	return a.limits(ctx, who, "limits set", func() error { return a.Budget.SetLimits(ctx, c) })
}

// ResetLimits goes back to the configured ones.
func (a *Account) ResetLimits(ctx context.Context, who Person) error {
	return a.limits(ctx, who, "limits reset", func() error { return a.Budget.ResetLimits(ctx) })
}

func (a *Account) limits(ctx context.Context, who Person, what string, do func() error) error {
	before, err := a.Budget.State(ctx)
	if err != nil {
		return err
	}
	return a.act(ctx, who, what, before.Egress, inWords(before), func() (string, error) {
		if err := do(); err != nil {
			return "", err
		}
		after, err := a.Budget.State(ctx)
		return inWords(after), err
	})
}

func inWords(s budget.State) string {
	return fmt.Sprintf("%d calls, %d emails a minute", s.Zone, s.Send)
}

// IsRefused tells whether nothing was done because it cannot be done as things are.
func IsRefused(err error) bool {
	_, is := errors.AsType[*RefusedError](err)
	return is
}
