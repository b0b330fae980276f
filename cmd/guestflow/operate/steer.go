package operate

import (
	"context"
	"errors"
	"fmt"

	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
)

// refusedError says that an action is not possible in the present state, and what is instead. Nothing was changed.
type refusedError struct{ Why string }

func (e *refusedError) Error() string { return e.Why }

func refuse(format string, args ...any) error { return &refusedError{fmt.Sprintf(format, args...)} }

// Refuse returns a refusal for a front end that finds it by itself.
func Refuse(why string) error { return refuse("%s", why) }

// IsRefused reports whether an error is a refusal.
func IsRefused(err error) bool {
	_, is := errors.AsType[*refusedError](err)
	return is
}

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

// Allowed returns why the verb is refused in the import's present state, or nil.
func (v Verb) Allowed(imp ledger.Import) error {
	switch {
	case v == Resume && imp.Stopped != ledger.StoppedPaused:
		return refuse("import %s is not paused", imp.ID)
	case v != Resume && imp.Stopped == ledger.StoppedCancelled:
		return refuse("import %s is cancelled for good; its file can be imported anew: guestflow import --again",
			imp.ID)
	case (v == Pause || v == Cancel) && imp.Done():
		return refuse("import %s is finished; there is nothing to %s", imp.ID, v)
	}
	return nil
}

// HasEffect reports whether the verb would change anything, for a page that offers it.
func (v Verb) HasEffect(imp ledger.Import) bool {
	switch {
	case v.Allowed(imp) != nil || v.Affected(imp) == 0, v == Pause && imp.Stopped == ledger.StoppedPaused:
		return false
	}
	return v != RetryUnknown || imp.Counts[ledger.Unknown] > 0
}

// Affected is how many rows the verb affects.
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

// Steer applies a verb and returns its result for how many rows, such as "20 rows wait". It refuses to affect more rows
// than the user has agreed to, since their number may have grown meanwhile.
func (a *Account) Steer(ctx context.Context, who Actor, v Verb, id string, agreed int) (result string, err error) {
	imp, err := a.Ledger.Import(ctx, id)
	if err != nil {
		return "", err
	}
	if err := v.Allowed(imp); err != nil {
		return "", err
	}
	if n := v.Affected(imp); n > agreed {
		return "", refuse("this affects %s now, and %d were confirmed; look again", rows(n), agreed)
	}
	err = a.Audited(ctx, who, string(v), id, stateText(imp), func() (string, error) {
		result, err = a.steer(ctx, v, imp)
		return result, err
	})
	return result, err
}

func (a *Account) steer(ctx context.Context, v Verb, imp ledger.Import) (result string, err error) {
	open := imp.Counts.Open()
	switch v {
	case Pause:
		err := a.Ledger.Pause(ctx, imp.ID)
		if err == nil && imp.Stopped == ledger.StoppedPaused {
			err = errUnchanged
		}
		return plural.Of(open, "row waits", "rows wait"), err
	case Resume:
		return plural.Of(open, "row goes on", "rows go on"), a.Importer.Resume(ctx, imp)
	case Cancel:
		ended, err := a.Ledger.Cancel(ctx, imp.ID)
		if err != nil {
			return "", err
		}
		return a.withGone(ctx, cancelled(ended), imp.ID, nil)
	case Retry, RetryUnknown:
		done, err := a.Importer.Retry(ctx, imp, v == RetryUnknown)
		if err == nil && done.Rows == 0 {
			err = errUnchanged
		}
		return plural.Of(done.Rows, "row is retried", "rows are retried") + correctedText(done.Corrected), err
	}
	return "", fmt.Errorf("unknown verb %q", v)
}

// correctedText says which rows are not retried, as their guests were imported since; "" without any.
func correctedText(left []importer.CorrectedRow) string {
	if len(left) == 0 {
		return ""
	}
	return fmt.Sprintf("; %s, as later imports have had their guests under other names or addresses (row %d: row %d of import %s); "+
		"if they are others, import rejects.csv of this import with --near-misses new",
		plural.Of(len(left), "row is not", "rows are not"), left[0].Row, left[0].As.Row, left[0].As.Import)
}

func cancelled(e ledger.CancelledRows) string {
	text := plural.Of(e.Queued, "queued row was", "queued rows were") + " cancelled"
	if e.New > 0 {
		text += "; " + plural.Of(e.New, "row was", "rows were") + " never queued"
	}
	return text
}

// stateText is an import's state in a few words.
func stateText(imp ledger.Import) string {
	switch {
	case imp.Stopped != "":
		return imp.Stopped + ", " + rows(imp.Counts.Open()) + " open"
	case imp.Done():
		return "finished, " + plural.Of(imp.Counts.Attention(), "row needs", "rows need") + " attention"
	}
	return "running, " + rows(imp.Counts.Open()) + " open"
}

func rows(n int) string { return plural.Of(n, "row", "rows") }
