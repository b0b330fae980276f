package qflow

import (
	"bytes"
	"encoding/json"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// classify turns a response into an Outcome: the one function that knows Qflow's status codes (docs/qflow-api.md
// section 7). Three 403s and two 401s differ only in their bodies, and the body's key for the code is unknown, so
// several are tried.
func classify(r reply) Outcome {
	out := Outcome{Status: r.status}
	if r.status >= 200 && r.status < 300 {
		out.Kind = Accepted
		return out
	}
	out.Code, out.Text = codeOf(r.body), shorten(message(r.body))
	switch {
	case r.status == http.StatusUnauthorized && mentions(r.body, "subscription key"):
		out.Kind, out.Code = KeyRefused, "subscription_key"
	case r.status == http.StatusUnauthorized:
		out.Kind = Unauthorized
	case r.status == http.StatusForbidden:
		out.Kind, out.Gate = GateClosed, gateOf(out.Code, r.body)
	case r.status == http.StatusTooManyRequests:
		out.Kind, out.Wait = RateLimited, retryAfter(r.header.Get("Retry-After"), dated(r.header))
	case r.status >= 300 && r.status < 400:
		out.Kind, out.Text = Transient, "redirected: is the API address right?"
	case slices.Contains(beforeOrigin, r.status):
		out.Kind, out.Text = Transient, "Qflow's gateway could not be reached by the network in front of it"
	case r.status == http.StatusRequestTimeout, r.status == http.StatusTooEarly, r.status >= 500:
		out.Kind = Ambiguous
	default:
		out.Kind = Refused
	}
	return out
}

// beforeOrigin are answers that Cloudflare gives when it could not hand a request on: the origin refused the connection
// (521), cannot be reached (523), failed the TLS handshake (525) or showed a bad certificate (526). So nothing was
// done. After 520, 522 and 524 something may have been.
var beforeOrigin = []int{521, 523, 525, 526}

// statusOf is the status with which Qflow documents a code (docs/qflow-api.md section 7).
var statusOf = map[string]int{
	"trust_required": http.StatusForbidden, "comms_api_not_enabled": http.StatusForbidden,
	"rate_limit":                       http.StatusTooManyRequests,
	"previous_send_permanently_failed": http.StatusUnprocessableEntity,
	"spam_check_failed":                http.StatusUnprocessableEntity,
}

// errorIn returns the error in the body of a 2xx. One of Qflow's own codes means the same as with its own status; any
// other error is Ambiguous, since the call may have been processed all the same. The zero value means that there is
// none.
func errorIn(r reply) Outcome {
	if namesNoError(r.body) {
		return Outcome{}
	}
	return errorInFields(r)
}

func errorInFields(r reply) Outcome {
	fields := fieldsOf(r.body)
	code := errorCode(r.body)
	if code == "" && !present(fields["error"]) {
		return Outcome{}
	}
	status, known := statusOf[strings.ToLower(code)]
	if !known {
		return Outcome{Kind: Ambiguous, Status: r.status, Code: code, Text: shorten(message(r.body))}
	}
	out := classify(reply{status: status, header: r.header, body: r.body})
	out.Status = r.status
	return out
}

// namesNoError reports whether a body certainly has no field in which errorIn looks for an error. It is asked of every
// record of a guest, where reading the fields would cost a fifth of a worker's time.
func namesNoError(body []byte) bool {
	if bytes.IndexByte(body, '\\') >= 0 { // a name may be written in escapes
		return false
	}
	lower := bytes.ToLower(body)
	return !bytes.Contains(lower, []byte(`"error`)) && !bytes.Contains(lower, []byte(`"code"`))
}

func gateOf(code string, body []byte) Gate {
	switch {
	case code == "trust_required" || mentions(body, "trust_required"):
		return GateTrust
	case code == "comms_api_not_enabled" || mentions(body, "comms_api_not_enabled"):
		return GateComms
	}
	return GatePlan
}

func mentions(body []byte, word string) bool {
	return bytes.Contains(bytes.ToLower(body), []byte(word))
}

// knownCodes are those of docs/qflow-api.md section 7, which are looked for in the whole body where no key holds a
// code.
var knownCodes = []string{
	"trust_required", "comms_api_not_enabled", "previous_send_permanently_failed", "spam_check_failed",
	"sendgrid_create_failed",
	"domain_already_configured", "domain_not_verified", "rate_limit",
}

func codeOf(body []byte) string {
	if code := errorCode(body); code != "" {
		return code
	}
	for _, code := range knownCodes {
		if mentions(body, code) {
			return code
		}
	}
	return ""
}

// maxNesting is how deep an error may be nested in objects. No known body nests deeper.
const maxNesting = 4

// errorCode looks where an error code may be: error, code or errorCode, as a string or in a nested object.
func errorCode(body []byte) string { return errorCodeIn(body, maxNesting) }

func errorCodeIn(body []byte, depth int) string {
	if depth == 0 {
		return ""
	}
	fields := fieldsOf(body)
	for _, key := range []string{"error", "code", "errorcode"} {
		if fields[key] == nil {
			continue
		}
		var s string
		if json.Unmarshal(fields[key], &s) == nil && isCode(s) {
			return s
		}
		if nested := errorCodeIn(fields[key], depth-1); nested != "" {
			return nested
		}
	}
	return ""
}

// isCode keeps sentences and addresses out of a field that becomes a metric's label and a reason code.
func isCode(s string) bool { return codeShape.MatchString(s) }

var codeShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$`)

// message returns the readable part of an error body with its details, or the whole body where there is none.
func message(body []byte) string { return messageIn(body, maxNesting) }

func messageIn(body []byte, depth int) string {
	fields := fieldsOf(body)
	if len(fields) == 0 || depth == 0 {
		return string(body)
	}
	for _, name := range []string{"message", "error_description", "title", "detail", "error"} {
		if text := textOf(fields[name], depth-1); text != "" {
			return join(textOf(fields["reason"], depth-1), text, details(fields, name))
		}
	}
	return string(body)
}

// textOf returns a string, or the message of an object.
func textOf(raw json.RawMessage, depth int) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	if bytes.HasPrefix(raw, []byte("{")) {
		return messageIn(raw, depth)
	}
	return ""
}

// details returns what ASP.NET adds to a general sentence: which field is wrong, and why.
func details(fields map[string]json.RawMessage, but string) string {
	for _, name := range []string{"errors", "modelstate", "detail"} {
		if name != but && present(fields[name]) {
			return string(fields[name])
		}
	}
	return ""
}

func join(parts ...string) string { return strings.TrimSpace(strings.Join(parts, " ")) }

var (
	addresses = regexp.MustCompile(`[^\s"<>(),;:]*(@|\\u0040|%40)[^\s"<>(),;:]*`)
	markup    = regexp.MustCompile(`(?s)<(script|style).*?</(script|style)>|<[^>]*>`)
	spaces    = regexp.MustCompile(`[ \x00-\x1f\x{85}\x{a0}]+`)
)

// shorten returns one line of at most 200 characters without markup and without email addresses: it is stored, logged
// and shown, which a guest's address must not be.
func shorten(s string) string {
	if len(s) > 4096 { // whole words only: half an address would not be recognised
		s = s[:4096]
		s = s[:strings.LastIndexAny(s, " \t\n\",;")+1]
	}
	s = html.UnescapeString(markup.ReplaceAllString(s, " "))
	s = addresses.ReplaceAllString(s, "[address]")
	s = strings.TrimSpace(spaces.ReplaceAllString(strings.ToValidUTF8(s, "?"), " "))
	if r := []rune(s); len(r) > 200 {
		s = string(r[:199]) + "…"
	}
	return s
}

// maxWait keeps a broken header from stopping the fleet for a year.
const maxWait = time.Hour

// dated returns when Qflow answered, by its own clock if the answer has a date: times in the answer are by that clock,
// and this host's may be wrong.
func dated(h http.Header) time.Time {
	if at, err := http.ParseTime(h.Get("Date")); err == nil {
		return at
	}
	return time.Now()
}

// retryAfter reads seconds or an HTTP date (RFC 9110 section 10.2.3); 0 means "not said" or not readable.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseInt(strings.TrimSpace(value), 10, 32); err == nil {
		return min(max(time.Duration(seconds)*time.Second, 0), maxWait)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), maxWait)
	}
	return 0
}
