package console

import (
	"errors"
	"net/http"

	"guestflow/importer/spool"
)

// decided makes a problem of an error that says why a decision is not possible.
func decided(err error) error {
	_, other := errors.AsType[*spool.OtherError](err)
	switch {
	case other:
		return &problem{http.StatusForbidden, "Another operator has to approve it", err.Error()}
	case errors.Is(err, spool.ErrChanged):
		return errChanged
	case errors.Is(err, spool.ErrNotWaiting), errors.Is(err, spool.ErrImporting):
		return &problem{http.StatusConflict, "This file no longer waits", "It is being imported, or was removed. See the imports."}
	}
	return err
}
