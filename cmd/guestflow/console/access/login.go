package access

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"guestflow/tokencache/secret"
)

const (
	loginBytes = 16 << 10        // a name, a password, and a long path
	loginTime  = 5 * time.Second // they fit in one packet
	hashWait   = 5 * time.Second // how long a login waits for the hashing of others
	// a browser that is used less often shares the attempts of unknown ones, which matters only during guessing
	deviceLife = 90 * 24 * time.Hour
)

// loginPage shows the login form.
func (a *Access) loginPage(w http.ResponseWriter, r *http.Request) {
	next := localPath(r.URL.Query().Get("next"))
	if _, err := a.authenticate(r); err == nil {
		http.Redirect(w, r, next, http.StatusSeeOther) // localPath stays within this console, which the analysis cannot know
		return
	}
	if !a.canLogIn() {
		a.reject(w, r, errNotLoggedIn)
		return
	}
	a.showLogin(w, r, http.StatusOK, loginForm{Next: next})
}

// login checks a name and a password.
func (a *Access) login(w http.ResponseWriter, r *http.Request) {
	if a.passwords == nil {
		a.refuse(w, r, http.StatusNotFound, "There is no login with a password here.")
		return
	}
	if err := r.ParseForm(); err != nil {
		a.refuse(w, r, http.StatusBadRequest, "The form could not be read. Go back and try again.")
		return
	}
	form := loginForm{Next: localPath(r.PostForm.Get("next")), Name: r.PostForm.Get("name")}
	attempts := a.attemptsOf(r, form.Name)
	if wait := attempts.book(a.now()); wait > 0 {
		a.warn(r, "too many wrong passwords")
		form.Error = fmt.Sprintf("Too many wrong passwords. Try again in %d seconds.", seconds(wait))
		w.Header().Set("Retry-After", strconv.Itoa(seconds(wait)))
		a.showLogin(w, r, http.StatusTooManyRequests, form)
		return
	}
	e, err := a.verify(r.Context(), form.Name, secret.Text(r.PostForm.Get("password")))
	if err != nil {
		attempts.refund() // nothing was compared
		a.reject(w, r, err)
		return
	}
	if e == nil {
		a.log.Warn("a login was refused", "name", a.loggable(form.Name), "from", a.sourceAddress(r).String())
		form.Error = "Name or password is wrong."
		a.showLogin(w, r, http.StatusUnauthorized, form)
		return
	}
	attempts.refund()
	a.startSession(w, r, session{Name: e.user.Name, Via: viaPassword, Proof: a.signer.proof(e.hash)}, form.Next)
}

// verify checks a password, a few at a time; nil is a wrong one.
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
		password = password[:maxPassword] + "+" // no password is that long, and the check takes as long
	}
	if e, right := checkPassword(users, name, password); right {
		return &e, nil
	}
	return nil, nil
}

// loggable returns what was entered as a name only if it is a user's: people enter passwords in the wrong field.
func (a *Access) loggable(name string) string {
	if users, err := a.passwords.current(); err == nil {
		if _, known := users[name]; known {
			return name
		}
	}
	return "(unknown)"
}

// loginAttempts are the limits of one login: by its source, and by its name or device. A source "" is not limited.
type loginAttempts struct {
	a            *Access
	source, name string
}

// attemptsOf returns the limits of a login. A browser in which the name has logged in before has its own, so that
// guessing, from any number of addresses, slows down only other browsers.
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

// loginURL is the URL of the login that redirects back to here; after a posted form, to the page with the form.
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

// localPath returns a path of this console, or "/": our login page must not redirect to other sites. Browsers read \ as
// / and ignore tabs and line ends, so //, /\ and /<tab>/ all lead to another host.
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
