package access

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"guestflow/cmd/guestflow/console/lang"
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

// pages are parsed once they are needed, for each language.
var pages = parseAll()

func parseAll() map[*lang.Language]func() *template.Template {
	all := map[*lang.Language]func() *template.Template{}
	for _, l := range lang.Languages {
		all[l] = sync.OnceValue(func() *template.Template { return parse(l) })
	}
	return all
}

func parse(l *lang.Language) *template.Template {
	all := template.New("").Funcs(template.FuncMap{"t": l.Text, "lang": func() string { return l.Name }})
	for _, name := range []string{"login.html", "refused.html"} {
		source, err := pageFiles.ReadFile(name)
		if err != nil {
			panic(err) // embedded
		}
		template.Must(all.New(name).Parse(l.Page(string(source))))
	}
	return all
}

// writePage writes a page in the language of the request. The client may be gone.
func (a *Access) writePage(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	l := lang.Pick(a.options.Language, r.Header.Get("Accept-Language"))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Vary", "Accept, Accept-Language")
	w.WriteHeader(status)
	_ = pages[l]().ExecuteTemplate(w, name, data)
}

// showLogin writes the login page with all configured logins.
func (a *Access) showLogin(w http.ResponseWriter, r *http.Request, status int, form loginForm) {
	form.Password = a.passwords != nil
	if a.provider != nil {
		form.OIDC = "/login/oidc?" + url.Values{"next": {form.Next}}.Encode()
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", challenge)
	}
	a.writePage(w, r, status, "login.html", form)
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
		a.writePage(w, r, status, "refused.html", struct{ Title, Why string }{http.StatusText(status), why})
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
