package access

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"guestflow/tokencache/secret"
)

const (
	loginBytes = 16 << 10            // a name, a password, and a long path to go on to
	loginTime  = 5 * time.Second     // they fit in one packet
	hashWait   = 5 * time.Second     // how long a login waits for others' hashes
	deviceLife = 90 * 24 * time.Hour // a browser that is used less often queues with strangers, and only while somebody guesses
)

// loginPage shows the form.
func (a *Access) loginPage(w http.ResponseWriter, r *http.Request) {
	next := localPath(r.URL.Query().Get("next"))
	if _, err := a.authenticate(r); err == nil {
		http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // localPath keeps to this console; the analysis does not know it
		return
	}
	if !a.canLogIn() {
		a.reject(w, r, errNotLoggedIn)
		return
	}
	a.showLogin(w, r, http.StatusOK, LoginPage{Next: next})
}

// login checks a name and a password.
func (a *Access) login(w http.ResponseWriter, r *http.Request) {
	if a.passwords == nil {
		a.refuse(w, r, http.StatusNotFound, "Nobody logs in with a password here.")
		return
	}
	if err := r.ParseForm(); err != nil {
		a.refuse(w, r, http.StatusBadRequest, "The form could not be read. Go back and try again.")
		return
	}
	page := LoginPage{Next: localPath(r.PostForm.Get("next")), Name: r.PostForm.Get("name")}
	keys := a.attemptsOf(r, page.Name)
	if wait := keys.book(a.now()); wait > 0 {
		a.warn(r, "logins are slowed down: too many wrong passwords")
		page.Error = fmt.Sprintf("Too many wrong passwords. Try again in %d seconds.", seconds(wait))
		w.Header().Set("Retry-After", strconv.Itoa(seconds(wait)))
		a.showLogin(w, r, http.StatusTooManyRequests, page)
		return
	}
	e, err := a.verify(r.Context(), page.Name, secret.Text(r.PostForm.Get("password")))
	if err != nil {
		keys.refund() // nothing was compared
		a.reject(w, r, err)
		return
	}
	if e == nil {
		a.log.Warn("a login was refused", "name", a.loggable(page.Name), "from", a.sourceAddress(r).String())
		page.Error = "Name or password is wrong."
		a.showLogin(w, r, http.StatusUnauthorized, page)
		return
	}
	keys.refund()
	a.startSession(w, r, session{Name: e.user.Name, Via: viaPassword, Proof: a.signer.proof(e.hash)}, page.Next)
}

// verify compares a password, a few at a time; nil is a wrong one.
func (a *Access) verify(ctx context.Context, name string, password secret.Text) (*entry, error) {
	ctx, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	select {
	case a.hashSlots <- struct{}{}:
		defer func() { <-a.hashSlots }()
	case <-ctx.Done():
		return nil, &refusal{http.StatusServiceUnavailable, "Many people are logging in. Try again in a few seconds."}
	}
	users, err := a.passwords.current()
	if err != nil {
		return nil, errPasswordFile
	}
	if len(password) > maxPassword {
		password = password[:maxPassword] + "+" // no password is that long, and it takes as long to see
	}
	if e, right := checkPassword(users, name, password); right {
		return &e, nil
	}
	return nil, nil
}

// loggable keeps what was typed out of the log unless it is somebody's name: people type passwords into the wrong field.
func (a *Access) loggable(name string) string {
	if users, err := a.passwords.current(); err == nil {
		if _, known := users[name]; known {
			return name
		}
	}
	return "(unknown)"
}

// startSession starts a session, or goes on with one that has an id, until it would have ended.
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
		a.log.Error("no session could begin", "name", s.Name, "error", err)
		a.refuse(w, r, http.StatusInternalServerError, "You could not be logged in. The reason is in the log.")
		return
	}
	if !renewed {
		a.log.Info("somebody logged in to the console", "name", s.Name, "via", s.Via, "from", a.sourceAddress(r).String())
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

func (a *Access) logout(w http.ResponseWriter, r *http.Request) {
	var s session
	if a.signer.get(r, sessionCookie, &s) {
		a.log.Info("somebody logged out of the console", "name", s.Name, "from", a.sourceAddress(r).String())
	}
	a.endSession(w, &s)
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// endSession ends a session, if it is one.
func (a *Access) endSession(w http.ResponseWriter, s *session) {
	if s.ID != "" {
		a.endedSessions.add(s.ID, s.Expires, a.now())
	}
	a.signer.clear(w, sessionCookie)
}

// loginAttempts are those of one login: by where it comes from and whose it is. No source is one that is not counted.
type loginAttempts struct {
	a            *Access
	source, name string
}

// attemptsOf gives a name tries of its own in a browser that knew its password once. So somebody who keeps guessing, from however
// many addresses or the same one, slows down only browsers that never did.
func (a *Access) attemptsOf(r *http.Request, name string) loginAttempts {
	t := loginAttempts{a, network(a.sourceAddress(r)), "name " + name}
	var d device
	if a.signer.get(r, deviceCookie, &d) && d.Name == name && a.now().Unix() < d.Expires {
		t.source, t.name = "", "device "+d.ID
	}
	return t
}

func (t loginAttempts) book(now time.Time) time.Duration {
	if t.source != "" {
		if wait := t.a.sourceLimiter.take(t.source, now); wait > 0 {
			return wait
		}
	}
	return t.a.nameLimiter.take(t.name, now)
}

func (t loginAttempts) refund() {
	if t.source != "" {
		t.a.sourceLimiter.refund(t.source)
	}
	t.a.nameLimiter.refund(t.name)
}

// network is what one party has of addresses: one of IPv4, 2^64 of IPv6.
func network(address netip.Addr) string {
	if address.Is6() {
		if wide, err := address.Prefix(64); err == nil {
			return wide.String()
		}
	}
	return address.String()
}

func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// loginURL leads to the login and back to here. After a form that was posted it leads back to the page that the form was on.
func loginURL(path string, r *http.Request) string {
	back := r.URL.RequestURI()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		back = "/"
		if from, err := url.Parse(r.Referer()); err == nil && from.Host == r.Host {
			back = from.RequestURI()
		}
	}
	return path + "?" + url.Values{"next": {localPath(back)}}.Encode()
}

// localPath gives a path of this console, or "/": an address elsewhere must not borrow our login page. Browsers read \ as / and
// leave out tabs and line ends, so //, /\ and /<tab>/ all lead to another host.
func localPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\") ||
		strings.ContainsFunc(next, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "/"
	}
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" || u.User != nil || u.Path == "/logout" ||
		u.Path == "/login" || strings.HasPrefix(u.Path, "/login/") || strings.HasPrefix(u.Path, "//") {
		return "/"
	}
	return next
}
