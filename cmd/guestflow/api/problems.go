package api

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"

	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/qflow"
)

var (
	errNoPath = &access.Problem{Title: "Not found", Status: http.StatusNotFound,
		Detail: "There is nothing at this path for this method; GET " + Path + "/openapi.yaml says what there is."}
	errNoImport = &access.Problem{Title: "Import not found", Status: http.StatusNotFound,
		Detail: "It may be of another account, or older than imports are kept."}
	errNoReport = &access.Problem{Title: "Report not found", Status: http.StatusNotFound,
		Detail: "The imported file is gone; files are kept for some days only, since they hold guests' data."}
	errOperator = &access.Problem{Title: "Not allowed", Status: http.StatusForbidden,
		Detail: "This API token may change nothing. Make one with: guestflow api-token add NAME --operator"}
	errGuests = &access.Problem{Title: "Not allowed", Status: http.StatusForbidden,
		Detail: "This API token may not see guests' data. Make one with: guestflow api-token add NAME --guests"}
)

// wrong is a parameter that cannot be used.
func wrong(parameter, detail string) error {
	return &access.Problem{Title: "Wrong parameter", Status: http.StatusBadRequest, Parameter: parameter, Detail: detail}
}

// writeError answers an error, and logs what only the administrator of this process can mend.
func (a *API) writeError(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(err)
	if p.Status == http.StatusInternalServerError && r.Context().Err() == nil {
		a.log.Error("a request of the API failed", "path", r.URL.Path, "error", err)
	}
	if p.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	if limited, is := errors.AsType[*access.RateLimitError](err); is {
		limited.SetRetryAfter(w)
	}
	p.Write(w)
}

func problemOf(err error) *access.Problem {
	if p, is := errors.AsType[*access.Problem](err); is {
		return p
	}
	if f, is := errors.AsType[*importer.FileError](err); is {
		return &access.Problem{Title: "The list cannot be imported as it is", Status: http.StatusUnprocessableEntity,
			Detail: f.Problem + "; " + f.Advice, Line: f.Line, NeedsAnswer: f.NeedsAnswer}
	}
	if f, is := errors.AsType[*importer.RejectsError](err); is {
		return &access.Problem{Title: "Too many rows are rejected", Status: http.StatusUnprocessableEntity,
			Detail: f.Problem() + "; " + f.Advice(), Line: f.First.Line, NeedsAnswer: true}
	}
	if limited, is := errors.AsType[*access.RateLimitError](err); is {
		return &access.Problem{Title: "Too many requests", Status: http.StatusTooManyRequests, Detail: limited.Error()}
	}
	return troubleOf(err)
}

// troubleOf is the answer to an error that is about the state here, or a server's.
func troubleOf(err error) *access.Problem {
	q, ofQflow := errors.AsType[*qflow.Error](err)
	_, network := errors.AsType[net.Error](err)
	switch {
	case ofQflow && q.Outcome.Kind == qflow.Refused:
		return &access.Problem{Title: "Qflow refuses it", Status: http.StatusUnprocessableEntity,
			Detail: operate.Describe(err)}
	case ofQflow:
		return &access.Problem{Title: "Qflow cannot be asked", Status: http.StatusServiceUnavailable,
			Detail: operate.Describe(err)}
	case errors.Is(err, ledger.ErrNotFound):
		return errNoImport
	case errors.Is(err, os.ErrNotExist):
		return errNoReport
	case operate.IsRefused(err):
		return &access.Problem{Title: "Not possible now", Status: http.StatusConflict, Detail: err.Error()}
	case network, errors.Is(err, context.DeadlineExceeded):
		return &access.Problem{Title: "Not possible now", Status: http.StatusServiceUnavailable,
			Detail: "Redis or Qflow does not answer. Try again in a few seconds."}
	}
	return &access.Problem{Title: "Internal error", Status: http.StatusInternalServerError,
		Detail: "The log of this process has the details."}
}
