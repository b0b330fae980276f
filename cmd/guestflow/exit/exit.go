// Package exit holds the exit codes of guestflow, and decides which one an error ends a command with.
package exit

import (
	"context"
	"errors"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/store"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer"
	"guestflow/importer/ledger"
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
	Attention   = 7   // the import ended, and some rows want a person
	Declined    = 8   // the operator did not say yes, or cancelled the import
	Interrupted = 130 // by SIGINT or SIGTERM
)

// ErrAttention ends a command whose import has rows that need attention.
var ErrAttention = errors.New("some rows want a person")

// Code turns an error into the code for it.
func Code(err error) int {
	if err == nil {
		return OK
	}
	if _, is := errors.AsType[*config.UsageError](err); is {
		return Usage
	}
	if operate.IsRefused(err) {
		return Usage
	}
	if _, is := errors.AsType[*importer.FileError](err); is {
		return Input
	}
	if _, is := errors.AsType[*remote.SettingError](err); is {
		return Usage
	}
	if _, is := errors.AsType[*remote.Error](err); is {
		return Input
	}
	if _, is := errors.AsType[*importer.RejectsError](err); is {
		return Input
	}
	if storeFails(err) { // also where a token was wanted of it
		return Store
	}
	if code := tokenExit(err); code != OK {
		return code
	}
	if q, is := errors.AsType[*qflow.Error](err); is {
		return qflowExit(q.Outcome)
	}
	switch {
	case errors.Is(err, ErrAttention):
		return Attention
	case errors.Is(err, terminal.ErrDeclined), errors.Is(err, importer.ErrCancelled):
		return Declined
	case errors.Is(err, ledger.ErrNotFound), errors.Is(err, store.ErrMisconfigured):
		return Usage
	case errors.Is(err, context.Canceled):
		return Interrupted
	}
	return Error
}

// storeFails reports whether Redis is the trouble, whoever asked it.
func storeFails(err error) bool {
	_, refuses := store.Explain(err)
	_, tokens := errors.AsType[*tokencache.RedisError](err)
	return refuses || tokens || store.IsUnreachable(err) || errors.Is(err, store.ErrUnfit) || errors.Is(err, importer.ErrUnconfirmed)
}

// tokenExit is for an identity server that refuses, or that gives no answer of use (an outage, a 429, a redirect).
func tokenExit(err error) int {
	_, hopeless := errors.AsType[*tokencache.AuthError](err)
	_, denied := errors.AsType[*tokencache.DeniedError](err)
	_, trouble := errors.AsType[*tokencache.TroubleError](err)
	switch {
	case hopeless:
		return Refused
	case trouble:
		return Unreachable
	case denied:
		return Refused
	}
	return OK
}

func qflowExit(out qflow.Outcome) int {
	switch out.Kind {
	case qflow.Transient, qflow.Ambiguous, qflow.RateLimited, qflow.NoToken:
		return Unreachable
	case qflow.Refused, qflow.GateClosed, qflow.Unauthorized, qflow.KeyRefused, qflow.Accepted:
	}
	return Refused
}

// Codes says what the exit codes mean, for the manual page.
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
	{Attention, "The import ended, and some rows want a person: see guestflow report."},
	{Declined, "The operator did not say yes, or cancelled the import."},
	{Interrupted, "Ended by SIGINT or SIGTERM."},
}
