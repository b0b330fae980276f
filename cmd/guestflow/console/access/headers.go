package access

import (
	"net/http"
)

// policy allows a page to load only what this console serves, to run no inline scripts, and to be framed by no other
// page.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// securityHeaders sets the headers of every response. Handlers may replace them: static files may be cached, and
// Asynqmon's page has a policy of its own.
func (a *Access) securityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY") // for browsers that do not know frame-ancestors
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		// without a login, pages of other sites must not embed ours
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("Cache-Control", "no-store")
		if a.options.TLS {
			// a year; neighbours below this name decide for themselves
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// AllowFrames lets a page show documents of this console in frames.
func AllowFrames(h http.Header) { h.Set("Content-Security-Policy", policy+"; frame-src 'self'") }

// AllowFraming lets a document stand in a frame of this console: in a sandbox, under a policy of its own.
func AllowFraming(h http.Header, own string) {
	h.Set("Content-Security-Policy", own+"; sandbox; frame-ancestors 'self'")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("X-DNS-Prefetch-Control", "off")
}
