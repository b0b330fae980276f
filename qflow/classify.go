package qflow

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// classify turns a response into an Outcome: the one function that knows Qflow's status codes (fact sheet section 7). Three
// 403s and two 401s differ only in their bodies, and nobody knows the body's key for the code, so several are tried.
func classify(r reply) Outcome {
	out := Outcome{Status: r.status}
	if r.status >= 200 && r.status < 300 {
		return out
	}
	out.Code, out.Text = errorCode(r.body), shorten(message(r.body))
	switch {
	case r.status == http.StatusUnauthorized && mentions(r.body, "subscription key"):
		out.Kind, out.Code = KeyRefused, "subscription_key"
	case r.status == http.StatusUnauthorized:
		out.Kind = Unauthorized
	case r.status == http.StatusForbidden:
		out.Kind, out.Gate = GateClosed, gateOf(out.Code, r.body)
	case r.status == http.StatusTooManyRequests:
		out.Kind, out.Wait = RateLimited, retryAfter(r.header.Get("Retry-After"), time.Now())
	case r.status >= 300 && r.status < 400:
		out.Kind, out.Text = Transient, "redirected: is the API address right?"
	case r.status == http.StatusRequestTimeout, r.status == http.StatusTooEarly, r.status >= 500:
		out.Kind = Ambiguous
	default:
		out.Kind = Refused
	}
	return out
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
	return strings.Contains(strings.ToLower(string(body)), word)
}

// errorCode looks where an error code may sit: error, code or errorCode, as a string or in an object below.
func errorCode(body []byte) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return ""
	}
	for _, key := range []string{"error", "code", "errorCode"} {
		for name, raw := range fields {
			if !strings.EqualFold(name, key) {
				continue
			}
			var s string
			if json.Unmarshal(raw, &s) == nil && isCode(s) {
				return s
			}
			if nested := errorCode(raw); nested != "" {
				return nested
			}
		}
	}
	return ""
}

// isCode keeps sentences out of a field that becomes a metric's label and a reason code.
func isCode(s string) bool {
	return s != "" && len(s) <= 64 && !strings.ContainsAny(s, " \t\n@<")
}

// message finds the human part of an error body, or gives the whole body where there is none.
func message(body []byte) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return string(body)
	}
	found := map[string]string{}
	for name, raw := range fields {
		var s string
		if json.Unmarshal(raw, &s) != nil && strings.HasPrefix(string(raw), "{") {
			s = message(raw)
		}
		found[strings.ToLower(name)] = s
	}
	for _, name := range []string{"message", "error_description", "title", "detail", "error"} {
		if found[name] != "" {
			return strings.TrimSpace(found["reason"] + " " + found[name])
		}
	}
	return found["reason"]
}

var (
	addresses = regexp.MustCompile(`[^\s"'<>(),;:]+@[^\s"'<>(),;:]+`)
	markup    = regexp.MustCompile(`(?s)<(script|style).*?</(script|style)>|<[^>]*>`)
	spaces    = regexp.MustCompile(`[\s\x00-\x1f]+`)
)

// shorten makes one line of at most 200 characters without markup and without email addresses: it goes to ledgers, logs
// and pages, where a guest's address has no place.
func shorten(s string) string {
	s = s[:min(len(s), 4096)]
	s = markup.ReplaceAllString(s, " ")
	s = addresses.ReplaceAllString(s, "[address]")
	s = strings.TrimSpace(spaces.ReplaceAllString(strings.ToValidUTF8(s, "?"), " "))
	if r := []rune(s); len(r) > 200 {
		s = string(r[:199]) + "…"
	}
	return s
}

// maxWait keeps a broken header from stopping the fleet for a year.
const maxWait = time.Hour

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
