package access

import (
	"net/http"
	"strings"
)

// defaultPolicy lets a page load only what this console serves, run nothing that stands in the page, and be framed by nobody.
const defaultPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// securityHeaders sets the headers of every response. Handlers may replace them: files that do not change may be cached.
func (a *Access) securityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", a.policy(r.URL.Path))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY") // for browsers that do not know frame-ancestors
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin") // with no login, pages elsewhere must not embed what is ours
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("Cache-Control", "no-store")
		if a.options.TLS {
			h.Set("Strict-Transport-Security", "max-age=31536000") // a year; neighbours below this name decide for themselves
		}
		next.ServeHTTP(w, r)
	})
}

// policy is that of the longest prefix.
func (a *Access) policy(path string) string {
	found, best := defaultPolicy, ""
	for prefix, policy := range a.options.Policies {
		if strings.HasPrefix(path, prefix) && len(prefix) > len(best) {
			found, best = policy, prefix
		}
	}
	return found
}
