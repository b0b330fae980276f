package queues

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"

	"guestflow/cmd/guestflow/console/access"
)

// response is what Asynqmon says, held until it is known to be fit to leave.
type response struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func capture(monitor http.Handler, r *http.Request) *response {
	a := &response{header: http.Header{}, code: http.StatusOK}
	monitor.ServeHTTP(a, r)
	return a
}

// Header, WriteHeader and Write are an http.ResponseWriter's.
func (a *response) Header() http.Header { return a.header }

func (a *response) WriteHeader(code int) { a.code = code }

func (a *response) Write(b []byte) (int, error) { return a.body.Write(b) }

func (a *response) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.code)
	_, _ = w.Write(a.body.Bytes()) // whoever asked has gone
}

// isPage tells Asynqmon's one page, which it also answers with where it knows nothing better.
func (a *response) isPage() bool { return bytes.HasPrefix(a.body.Bytes(), []byte("<!doctype html>")) }

// policy lets Asynqmon's page run what stands in it, by a number that is good for this one answer: it has two scripts of its own,
// and makes its style sheets as it goes, to which it gives the number that it finds in a meta element.
const policy = "default-src 'none'; script-src 'self' 'nonce-%[1]s'; style-src 'self' 'nonce-%[1]s'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

// outside is what the page would load from elsewhere, letters from Google, and what a browser asks for without saying who it is,
// which would be the login page.
var outside = regexp.MustCompile(`<link rel="(?:stylesheet|manifest)"[^>]*>`)

// back leads to the console, from where Asynqmon has its own links.
const back = `<style nonce=%[1]q>.guestflow{position:fixed;right:1rem;bottom:.75rem;z-index:2000;padding:.4rem .9rem;border-radius:1rem;` +
	`background:#1f3a5f;color:#fff;font:14px system-ui,sans-serif;text-decoration:none}</style><a class="guestflow" href="/">Back to guestflow</a></body>`

// embed makes Asynqmon's page one of the console.
func (a *response) embed() {
	nonce := rand.Text()
	page := outside.ReplaceAll(a.body.Bytes(), nil)
	page = bytes.ReplaceAll(page, []byte("<script"), fmt.Appendf(nil, "<script nonce=%q", nonce))
	page = bytes.Replace(page, []byte("</head>"), fmt.Appendf(nil, `<meta property="csp-nonce" content=%q></head>`, nonce), 1)
	page = bytes.Replace(page, []byte("</body>"), fmt.Appendf(nil, back, nonce), 1)
	a.body.Reset()
	a.body.Write(page)
	a.header.Set("Content-Security-Policy", fmt.Sprintf(policy, nonce))
	a.header.Set("Content-Type", "text/html; charset=utf-8")
}

// redactedError stands where a task's last error was.
const redactedError = "There was an error. It may quote a guest, so it is shown to those who may see guests' data."

// redact takes the errors of tasks out for those who may not see guests' data: Qflow's words may quote a name.
func (a *response) redact(user access.User) {
	if a.code >= http.StatusMultipleChoices {
		return // a sentence of Asynq's
	}
	a.header.Set("Content-Type", "application/json")
	if user.Guests {
		return
	}
	read := json.NewDecoder(&a.body)
	read.UseNumber()
	var all any
	err := read.Decode(&all)
	a.body.Reset()
	if err == nil {
		err = json.NewEncoder(&a.body).Encode(withoutErrors(all))
	}
	if err != nil {
		a.code = http.StatusInternalServerError
		a.header.Set("Content-Type", "text/plain; charset=utf-8")
		a.body.WriteString("Asynqmon's answer cannot be read, so nobody knows whether it may be shown.")
	}
}

func withoutErrors(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = withoutErrors(v[i])
		}
	case map[string]any:
		for key, value := range v {
			if v[key] = withoutErrors(value); key == "error_message" && value != "" {
				v[key] = redactedError
			}
		}
	}
	return v
}
