package access

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
)

// LoginPage is what a login page shows.
type LoginPage struct {
	Next     string // local path to go on to; send it back as the form's field "next"
	Name     string // typed before
	Error    string // why the last try was refused; a sentence for people
	Password bool   // show name and password, posted to /login as "name" and "password"
	OIDC     string // link to the identity provider, if there is one
}

//go:embed login.html refused.html
var pageFiles embed.FS

var pages = template.Must(template.ParseFS(pageFiles, "*.html"))

// showLogin shows the login with all ways in.
func (a *Access) showLogin(w http.ResponseWriter, r *http.Request, status int, page LoginPage) {
	page.Password = a.passwords != nil
	if a.provider != nil {
		page.OIDC = "/login/oidc?" + url.Values{"next": {page.Next}}.Encode()
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", challenge)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if a.options.Login != nil {
		a.options.Login(w, r, page)
		return
	}
	_ = pages.ExecuteTemplate(w, "login.html", page) // the reader is gone
}

// challenge belongs to a 401 (RFC 9110 section 11.6.1). No browser knows the scheme, so none shows a box for a password.
const challenge = `Cookie realm="guestflow"`

// refuse says no, in the form that was asked for.
func (a *Access) refuse(w http.ResponseWriter, r *http.Request, status int, why string) {
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", challenge)
	}
	accept := r.Header.Get("Accept")
	switch {
	case strings.Contains(accept, "text/html") && a.options.Refuse != nil:
		a.options.Refuse(w, r, status, why)
	case strings.Contains(accept, "text/html"):
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_ = pages.ExecuteTemplate(w, "refused.html", struct{ Title, Why string }{http.StatusText(status), why}) // the reader is gone
	case strings.Contains(accept, "application/json"):
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": why}) // same
	default: // an event stream too: with any other status than 200 the browser does not come back by itself
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		fmt.Fprintln(w, why)
	}
}

// wantsPage tells whether a person's browser asks for a page, and not a script of one.
func wantsPage(r *http.Request) bool {
	mode := r.Header.Get("Sec-Fetch-Mode")
	return strings.Contains(r.Header.Get("Accept"), "text/html") && (mode == "" || mode == "navigate")
}
