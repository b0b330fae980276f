package main

import (
	"context"
	"errors"

	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/store"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/remote"
	"guestflow/qflow"
	"guestflow/tokencache"
)

// The exit codes are part of the interface: scripts and cron decide by them.
const (
	exitOK          = 0
	exitError       = 1   // something unexpected; the message says what
	exitUsage       = 2   // a flag, a variable or the configuration file is wrong
	exitInput       = 3   // the file cannot be imported or fetched; nothing of it was taken
	exitStore       = 4   // Redis does not answer, or refuses: it is full, a replica, or down
	exitUnreachable = 5   // Qflow or its identity server does not answer
	exitRefused     = 6   // Qflow refuses: credentials, subscription key, event or template
	exitAttention   = 7   // the import ended, and some rows want a person
	exitDeclined    = 8   // the operator did not say yes, or cancelled the import
	exitInterrupted = 130 // by SIGINT or SIGTERM
)

// usageError is a mistake in what was typed or configured.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

var (
	errAttention = errors.New("some rows want a person")
	errDeclined  = errors.New("this was not done, for nobody said yes") // whatever the command, and whatever it has done before
)

// exitCode turns an error into the code for it.
func exitCode(err error) int {
	if err == nil {
		return exitOK
	}
	if _, is := errors.AsType[*usageError](err); is {
		return exitUsage
	}
	if operate.IsRefused(err) {
		return exitUsage
	}
	if _, is := errors.AsType[*importer.FileError](err); is {
		return exitInput
	}
	if _, is := errors.AsType[*remote.SettingError](err); is {
		return exitUsage
	}
	if _, is := errors.AsType[*remote.Error](err); is {
		return exitInput
	}
	if _, is := errors.AsType[*importer.RejectsError](err); is {
		return exitInput
	}
	if storeFails(err) { // also where a token was wanted of it
		return exitStore
	}
	if code := tokenExit(err); code != exitOK {
		return code
	}
	if q, is := errors.AsType[*qflow.Error](err); is {
		return qflowExit(q.Outcome)
	}
	switch {
	case errors.Is(err, errAttention):
		return exitAttention
	case errors.Is(err, errDeclined), errors.Is(err, importer.ErrCancelled):
		return exitDeclined
	case errors.Is(err, ledger.ErrNotFound), errors.Is(err, store.ErrMisconfigured):
		return exitUsage
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitError
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
		return exitRefused
	case trouble:
		return exitUnreachable
	case denied:
		return exitRefused
	}
	return exitOK
}

func qflowExit(out qflow.Outcome) int {
	switch out.Kind {
	case qflow.Transient, qflow.Ambiguous, qflow.RateLimited, qflow.NoToken:
		return exitUnreachable
	case qflow.Refused, qflow.GateClosed, qflow.Unauthorized, qflow.KeyRefused, qflow.Accepted:
	}
	return exitRefused
}
