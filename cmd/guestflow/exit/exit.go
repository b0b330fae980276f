// Package exit holds the exit codes of guestflow, and decides which one an error ends a command with.
package exit

import (
	"context"
	"errors"
	"fmt"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/store"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
	"guestflow/importer/remote"
	"guestflow/qflow"
	"guestflow/tokencache"
)

// The exit codes are part of the interface: scripts and cron decide by them.
const (
	OK          = 0
	Error       = 1   // something unexpected; the message says what
	Usage       = 2   // a flag, a variable or the configuration file is wrong
	Input       = 3   // the file cannot be imported or fetched; nothing of it was taken
	Store       = 4   // Redis does not answer, or refuses: it is full, a replica, or down
	Unreachable = 5   // Qflow or its identity server does not answer
	Refused     = 6   // Qflow refuses: credentials, subscription key, event or template
	Attention   = 7   // the import is finished, and some rows need attention
	Declined    = 8   // the operator did not confirm, or cancelled the import
	Interrupted = 130 // by SIGINT or SIGTERM
)

// AttentionError ends a command whose import is finished with rows that need attention.
type AttentionError struct {
	Rows   int
	Import string
}

func (e *AttentionError) Error() string {
	return fmt.Sprintf("%s attention; see: guestflow report %s", plural.Of(e.Rows, "row needs", "rows need"), e.Import)
}

// SignInError ends a command that has shown its result, of an account that cannot sign in.
type SignInError struct{ operate.SignIn }

func (e *SignInError) Error() string { return e.SignIn.String() }

// classes are the errors that have a code of their own. The first that applies decides: an error may wrap several.
var classes = []struct {
	code int
	is   func(error) bool
}{
	{Usage, as[*config.UsageError]},
	{Usage, operate.IsRefused},
	{Input, as[*importer.FileError]},
	{Usage, as[*remote.SettingError]},
	{Input, as[*remote.Error]},
	{Input, as[*importer.RejectsError]},
	{Store, storeFails}, // before tokens: those are in Redis, too
	{Refused, as[*tokencache.AuthError]},
	{Unreachable, as[*tokencache.TroubleError]}, // an outage, a 429, a redirect
	{Refused, as[*tokencache.DeniedError]},
	{Unreachable, qflowUnreachable},
	{Refused, as[*qflow.Error]},
	{Refused, func(err error) bool { s, is := errors.AsType[*SignInError](err); return is && s.Refused }},
	{Unreachable, as[*SignInError]},
	{Attention, as[*AttentionError]},
	{Declined, is(terminal.ErrDeclined)},
	{Declined, is(importer.ErrCancelled)},
	{Usage, is(ledger.ErrNotFound)},
	{Usage, is(store.ErrMisconfigured)},
	{Interrupted, is(context.Canceled)},
}

// Code returns the exit code for an error.
func Code(err error) int {
	if err == nil {
		return OK
	}
	for _, c := range classes {
		if c.is(err) {
			return c.code
		}
	}
	return Error
}

func as[E error](err error) bool {
	_, is := errors.AsType[E](err)
	return is
}

func is(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

// storeFails reports whether Redis is the reason of an error.
func storeFails(err error) bool {
	_, refuses := store.Explain(err)
	return refuses || as[*tokencache.RedisError](err) || store.IsUnreachable(err) ||
		errors.Is(err, store.ErrUnfit) || errors.Is(err, importer.ErrUnconfirmed)
}

// qflowUnreachable reports whether a call got no answer that decides anything.
func qflowUnreachable(err error) bool {
	q, is := errors.AsType[*qflow.Error](err)
	if !is {
		return false
	}
	switch q.Outcome.Kind {
	case qflow.Transient, qflow.Ambiguous, qflow.RateLimited, qflow.NoToken:
		return true
	case qflow.Refused, qflow.GateClosed, qflow.Unauthorized, qflow.KeyRefused, qflow.Accepted:
	}
	return false
}

// Codes explains the exit codes, for the manual page.
var Codes = []struct {
	Code int
	Text string
}{
	{OK, "Done."},
	{Error, "Something unexpected; the message says what."},
	{Usage, "A flag, a variable, an id or the configuration file is wrong, or a thing cannot be done as things are."},
	{Input, "The file cannot be imported or fetched; nothing of it was taken."},
	{Store, "Redis does not answer."},
	{Unreachable, "Qflow or its identity server does not answer."},
	{Refused, "Qflow refuses: credentials, subscription key, event or template."},
	{Attention, "The import is finished, and some rows need attention: see guestflow report."},
	{Declined, "The operator did not confirm, or cancelled the import."},
	{Interrupted, "Ended by SIGINT or SIGTERM."},
}
