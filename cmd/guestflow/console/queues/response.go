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

// response is Asynqmon's response, buffered so that it can be changed before it is sent.
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

// Header, WriteHeader and Write implement http.ResponseWriter.
func (a *response) Header() http.Header { return a.header }

func (a *response) WriteHeader(code int) { a.code = code }

func (a *response) Write(b []byte) (int, error) { return a.body.Write(b) }

func (a *response) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.code)
	_, _ = w.Write(a.body.Bytes()) // the client is gone
}

// isPage reports whether it is Asynqmon's one page, which also answers unknown paths.
func (a *response) isPage() bool { return bytes.HasPrefix(a.body.Bytes(), []byte("<!doctype html>")) }

// policy allows the inline scripts of Asynqmon's page, by a nonce of this one response: it has two of its own, and
// creates style sheets, to which it adds the nonce that it finds in a meta element.
const policy = "default-src 'none'; script-src 'self' 'nonce-%[1]s'; style-src 'self' 'nonce-%[1]s'; img-src 'self' " +
	"data:; font-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

// outside are the elements that would load fonts from Google, and a manifest, which browsers request without cookies
// and would get the login page for.
var outside = regexp.MustCompile(`<link rel="(?:stylesheet|manifest)"[^>]*>`)

// back is a link to the console.
const back = `<style nonce=%[1]q>.guestflow{position:fixed;right:1rem;bottom:.75rem;z-index:2000;padding:.4rem .9rem;border-radius:1rem;` +
	`background:#1f3a5f;color:#fff;font:14px system-ui,sans-serif;text-decoration:none}</style><a class="guestflow" href="/">Back to guestflow</a></body>`

// embed makes Asynqmon's page a page of the console.
func (a *response) embed() {
	nonce := rand.Text()
	page := outside.ReplaceAll(a.body.Bytes(), nil)
	page = bytes.ReplaceAll(page, []byte("<script"), fmt.Appendf(nil, "<script nonce=%q", nonce))
	page = bytes.Replace(page, []byte("</head>"), fmt.Appendf(nil, `<meta property="csp-nonce" content=%q></head>`,
		nonce), 1)
	page = bytes.Replace(page, []byte("</body>"), fmt.Appendf(nil, back, nonce), 1)
	a.body.Reset()
	a.body.Write(page)
	a.header.Set("Content-Security-Policy", fmt.Sprintf(policy, nonce))
	a.header.Set("Content-Type", "text/html; charset=utf-8")
}

// redactedError replaces a task's last error.
const redactedError = "There was an error. It may quote a guest, so it is shown only with the right to see guests' " +
	"data."

// redact removes the errors of tasks, unless the user may see guests' data: Qflow's text may quote a name.
func (a *response) redact(user access.User) {
	if a.code >= http.StatusMultipleChoices {
		return // an error of Asynq's
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
		a.body.WriteString("Asynqmon's response cannot be read, so it is not shown.")
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
