package access

import (
	"crypto/rand"
	"net/http"
	"sync"
	"time"
)

// The names of the cookies.
const (
	sessionCookie = "guestflow_session"
	deviceCookie  = "guestflow_device" // a browser in which a name has logged in before
	flowCookie    = "guestflow_oidc"   // a login in progress at the identity provider
)

// session is the content of the session cookie. It identifies the user; the rights are looked up at every request.
type session struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Via     string   `json:"via"`              // password or oidc
	Groups  []string `json:"groups,omitempty"` // those that Options.OIDC names
	Proof   string   `json:"proof,omitempty"`  // of the password's hash: a new password ends sessions
	Issued  int64    `json:"iat"`
	Expires int64    `json:"exp"` // seconds since 1970
}

const (
	viaPassword = "password"
	viaOIDC     = "oidc"
)

// device is a browser in which the password of a name was entered once. It has login attempts of its own, so that
// guessing elsewhere does not lock the user out (OWASP's "device cookies").
type device struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Expires int64  `json:"exp"`
}

// expiringSet holds ids until they expire, in this process: a stolen cookie that is used with another process, or after
// a restart with the same key, stays valid until it expires or the password changes.
type expiringSet struct {
	mu    sync.Mutex
	until map[string]int64 // seconds since 1970
}

// maxExpiring bounds the memory, at 100 bytes an id. Each needs a login, which is rate-limited.
const maxExpiring = 10_000

// add adds an id, and reports whether it is new.
func (i *expiringSet) add(id string, until int64, now time.Time) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if _, found := i.until[id]; found {
		return false
	}
	if i.until == nil {
		i.until = map[string]int64{}
	}
	for known, end := range i.until {
		if end < now.Unix() || len(i.until) >= maxExpiring {
			delete(i.until, known)
		}
	}
	i.until[id] = until
	return true
}

func (i *expiringSet) has(id string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	_, found := i.until[id]
	return found
}

// session returns the session of a request, if it is valid.
func (a *Access) session(r *http.Request) (s session, is bool) {
	is = a.signer.get(r, sessionCookie, &s)
	left := time.Unix(s.Expires, 0).Sub(a.now())
	return s, is && left > 0 && left <= a.options.SessionLength+clockTolerance && !a.endedSessions.has(s.ID)
}

// clockTolerance is how much longer than configured a session may last. Beyond that, the clock that started it was
// ahead, by which it could be valid for years. It allows for hosts that differ, and for a change of the clock by an
// hour.
const clockTolerance = time.Hour

// older reports whether the groups that the identity provider has sent are older than that.
func (a *Access) older(s session, than time.Duration) bool {
	return s.Via == viaOIDC && a.now().Sub(time.Unix(s.Issued, 0)) > than
}

// startSession starts a session, or renews one that has an id, without extending it.
func (a *Access) startSession(w http.ResponseWriter, r *http.Request, s session, next string) {
	renewed := s.ID != ""
	if s.Issued = a.now().Unix(); !renewed {
		s.ID, s.Expires = rand.Text(), a.now().Add(a.options.SessionLength).Unix()
	}
	err := a.signer.set(w, sessionCookie, s, time.Unix(s.Expires, 0).Sub(a.now()))
	if err == nil && s.Via == viaPassword {
		d := device{ID: rand.Text(), Name: s.Name, Expires: a.now().Add(deviceLife).Unix()}
		err = a.signer.set(w, deviceCookie, d, deviceLife)
	}
	if err != nil {
		a.log.Error("a session could not be started", "name", s.Name, "error", err)
		a.refuse(w, r, http.StatusInternalServerError, "The login failed. The reason is in the log.")
		return
	}
	if !renewed {
		a.log.Info("a user logged in to the console", "name", s.Name, "via", s.Via, "from", a.sourceAddress(r).String())
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

func (a *Access) logout(w http.ResponseWriter, r *http.Request) {
	var s session
	if a.signer.get(r, sessionCookie, &s) {
		a.log.Info("a user logged out of the console", "name", s.Name, "from", a.sourceAddress(r).String())
	}
	a.endSession(w, &s)
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// endSession ends a session, if there is one.
func (a *Access) endSession(w http.ResponseWriter, s *session) {
	if s.ID != "" {
		a.endedSessions.add(s.ID, s.Expires, a.now())
	}
	a.signer.clear(w, sessionCookie)
}

// CanLogOut reports whether a logout button makes sense: not without a login, nor if a proxy authenticates the user.
func (a *Access) CanLogOut(r *http.Request) bool {
	return a.canLogIn() && a.signer.get(r, sessionCookie, &session{})
}
