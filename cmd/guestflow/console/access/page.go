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

// loginForm is the data of the login page.
type loginForm struct {
	Next     string // local path after the login
	Name     string // entered before
	Error    string // why the last attempt was refused, in a sentence
	Password bool   // ask for name and password
	OIDC     string // link to the identity provider; "" without
}

//go:embed login.html refused.html
var pageFiles embed.FS

var pages = template.Must(template.ParseFS(pageFiles, "*.html"))

// showLogin writes the login page with all configured logins.
func (a *Access) showLogin(w http.ResponseWriter, status int, form loginForm) {
	form.Password = a.passwords != nil
	if a.provider != nil {
		form.OIDC = "/login/oidc?" + url.Values{"next": {form.Next}}.Encode()
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", challenge)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = pages.ExecuteTemplate(w, "login.html", form) // the client is gone
}

// challenge is required with a 401 (RFC 9110 section 11.6.1). No browser knows the scheme, so none shows its own
// password dialog.
const challenge = `Cookie realm="guestflow"`

// refuse writes a refusal, in the format that the client accepts.
func (a *Access) refuse(w http.ResponseWriter, r *http.Request, status int, why string) {
	if ofAPI(r) {
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Bearer realm="guestflow"`)
		}
		(&Problem{Title: http.StatusText(status), Status: status, Detail: why}).Write(w)
		return
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", challenge)
	}
	accept := r.Header.Get("Accept")
	switch {
	case strings.Contains(accept, "text/html"):
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		// the client is gone
		_ = pages.ExecuteTemplate(w, "refused.html", struct{ Title, Why string }{http.StatusText(status), why})
	case strings.Contains(accept, "application/json"):
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": why}) // same
	default: // an event stream too: with another status than 200 the browser does not reconnect
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		fmt.Fprintln(w, why)
	}
}

// wantsPage reports whether a browser asks for a page, and not a script on one.
func wantsPage(r *http.Request) bool {
	mode := r.Header.Get("Sec-Fetch-Mode")
	return strings.Contains(r.Header.Get("Accept"), "text/html") && (mode == "" || mode == "navigate")
}
