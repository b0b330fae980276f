package access

import (
	"net/http"
	"time"
)

const (
	elsewhereCookie = "guestflow_elsewhere" // a login of an account elsewhere
	elsewhereLife   = 10 * time.Minute      // a second factor may have to be found
)

// SetLoginElsewhere stores what a login elsewhere needs when the browser comes back: that of an account at Qflow, which
// is no login here. It is signed, and readable by its user.
func (a *Access) SetLoginElsewhere(w http.ResponseWriter, v any) error {
	return a.signer.set(w, elsewhereCookie, v, elsewhereLife)
}

// PopLoginElsewhere reads it, and removes it; false if there is none.
func (a *Access) PopLoginElsewhere(w http.ResponseWriter, r *http.Request, into any) bool {
	found := a.signer.get(r, elsewhereCookie, into)
	a.signer.clear(w, elsewhereCookie)
	return found
}
