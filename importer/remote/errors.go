package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
	"golang.org/x/crypto/ssh/knownhosts"
)

// SettingError is a source that is configured wrongly. It never holds a secret.
type SettingError struct {
	Source, Problem, Advice string
}

func (e *SettingError) Error() string {
	return fmt.Sprintf("source %s: %s; %s", e.Source, e.Problem, e.Advice)
}

// Kind is the class of an error, by which callers decide.
type Kind string

const (
	NotFound    Kind = "not found"
	Denied      Kind = "denied"      // nothing will change by itself
	Unreachable Kind = "unreachable" // worth another try, as Changed and Other are
	Changed     Kind = "changed"     // while it was fetched
	TooLarge    Kind = "too large"
	Other       Kind = "failed"
)

// Error is an operation on a source or file that failed.
type Error struct {
	Op     string // list, fetch, move, delete, connect
	What   string // the source or file, fit to be shown
	Kind   Kind
	Advice string
	Cause  error
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s %s: %s (%v); %s", e.Op, e.What, e.Kind, e.Cause, e.Advice)
}

func (e *Error) Unwrap() error { return e.Cause }

// statusError is an answer of a web server that is not the file.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("%d %s", int(e), http.StatusText(int(e))) }

var (
	errTooLarge   = errors.New("more bytes than allowed")
	errChanged    = errors.New("it has changed since it was listed")
	errUnknownKey = errors.New("this host's key is not among the known ones")
	errOtherKey   = errors.New("this host shows another key than the known one")
	errRefused    = errors.New("the server accepts neither the key nor the password")
	errElsewhere  = errors.New("it redirects to another host, which must not see the credentials")
	errPlain      = errors.New("it redirects to an address without encryption")
)

// fail returns an error with its kind and advice.
func (s *Source) fail(op, name string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if _, is := errors.AsType[*folderError](err); is {
		return fmt.Errorf("write a file of %s: %w", s, err)
	}
	if _, is := errors.AsType[*SettingError](err); is {
		return err
	}
	what := s.String()
	if name != "" && !s.web() {
		what = strings.TrimSuffix(what, "/") + "/" + name
	}
	kind := classify(err)
	return &Error{Op: op, What: what, Kind: kind, Advice: s.advice(kind, err), Cause: plain(err)}
}

// classify is the one function that knows the clients' errors.
func classify(err error) Kind {
	if status := statusOf(err); status != 0 {
		return byStatus(status)
	}
	_, network := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, errTooLarge):
		return TooLarge
	case errors.Is(err, errChanged), errors.Is(err, errWritten):
		return Changed
	case errors.Is(err, fs.ErrNotExist):
		return NotFound
	case errors.Is(err, fs.ErrPermission), errors.Is(err, errUnknownKey), errors.Is(err, errOtherKey),
		errors.Is(err, errRefused), errors.Is(err, errElsewhere), errors.Is(err, errPlain):
		return Denied
	case network, errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, context.DeadlineExceeded):
		return Unreachable
	}
	return Other
}

func statusOf(err error) int {
	if web, is := errors.AsType[statusError](err); is {
		return int(web)
	}
	if s3, is := errors.AsType[minio.ErrorResponse](err); is {
		return s3.StatusCode
	}
	return 0
}

func byStatus(status int) Kind {
	switch {
	case status == http.StatusNotFound, status == http.StatusGone:
		return NotFound
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return Denied
	case status == http.StatusPreconditionFailed:
		return Changed
	case status == http.StatusTooManyRequests, status >= 500:
		return Unreachable
	}
	return Other
}

// plain removes addresses from an error, since they may have a query.
func plain(err error) error {
	if request, is := errors.AsType[*url.Error](err); is {
		return request.Err
	}
	return err
}

func (s *Source) advice(kind Kind, err error) string {
	switch {
	case errors.Is(err, errUnknownKey):
		return "ask the server's owner for its key and add it to " + s.options.KnownHosts
	case errors.Is(err, errOtherKey):
		return "the connection may be intercepted; ask the server's owner, and correct " + s.options.KnownHosts + " only then"
	case errors.Is(err, errElsewhere), errors.Is(err, errPlain):
		return "configure the address that it redirects to, if that is to be trusted"
	}
	switch kind {
	case NotFound:
		return "check bucket, folder and name; they are case-sensitive"
	case Denied:
		return "check the credentials, and whether they may list and read here (and delete, to move or delete files)"
	case Unreachable:
		return "it is retried; check the name of the host, the network and its firewall"
	case Changed:
		return "it is retried, as it is being written"
	case TooLarge:
		return fmt.Sprintf("a guest list has at most %d bytes here; raise the limit if this is one", s.options.MaxBytes)
	case Other:
	}
	return "it is retried"
}

// hostKey returns our error for one of knownhosts.
func hostKey(err error) error {
	key, is := errors.AsType[*knownhosts.KeyError](err)
	switch {
	case !is:
		return err
	case len(key.Want) == 0:
		return errUnknownKey
	}
	return errOtherKey
}
