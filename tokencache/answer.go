package tokencache

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"guestflow/tokencache/secret"
)

// answer is what a token request brought. Everything else in it (id_token, scope, ...) is ignored.
type answer struct {
	access   secret.Text
	refresh  secret.Text   // "" if the server sent none: the old one stays
	lifetime time.Duration // 0 if the server did not say, or nothing sensible
}

// readReply turns a reply into an answer, a refusal, or errNoReply. No text of the server gets into an error.
func readReply(resp *http.Response, body []byte) (answer, error) {
	if len(body) > maxReply {
		return answer{}, fmt.Errorf("%w: status %d with more than %d bytes", errNoReply, resp.StatusCode, maxReply)
	}
	body = jsonText(body)
	switch status := resp.StatusCode; {
	case status == http.StatusTooManyRequests:
		return answer{}, &BusyError{RetryAfter: retryAfter(resp.Header)}
	case status >= 200 && status <= 299:
		return readAnswer(status, body)
	case status >= 300 && status <= 399:
		return answer{}, fmt.Errorf("%w: status %d, a redirect; redirects are not followed, check the token URL",
			errNoReply, status)
	case status == http.StatusRequestTimeout || status == http.StatusTooEarly || status >= 500:
		return answer{}, fmt.Errorf("%w: status %d", errNoReply, status)
	default:
		return answer{}, refusal(status, body)
	}
}

// jsonText returns an answer as UTF-8 without what some servers write before it and is no JSON: byte order marks and
// blanks. One in UTF-16 may have no mark, but begins with an ASCII letter and a zero.
func jsonText(body []byte) []byte {
	if len(body) > 1 && body[0] == 0 {
		body = append([]byte{0xfe, 0xff}, body...)
	} else if len(body) > 1 && body[1] == 0 {
		body = append([]byte{0xff, 0xfe}, body...)
	}
	text, err := secret.Decode(body)
	if err != nil {
		return body // the JSON decoder says so
	}
	return []byte(strings.TrimLeftFunc(text, func(r rune) bool { return r == '\ufeff' || unicode.IsSpace(r) }))
}

func readAnswer(status int, body []byte) (answer, error) {
	var raw struct {
		Access  json.RawMessage `json:"access_token"`
		Refresh json.RawMessage `json:"refresh_token"`
		Expires json.RawMessage `json:"expires_in"`
		Type    json.RawMessage `json:"token_type"`
	}
	if err := json.Unmarshal(body, &raw); err != nil {
		// The decoder's error quotes characters of the body, which may be of a token.
		return answer{}, fmt.Errorf("%w: status %d, but no JSON object", errNoReply, status)
	}
	a := answer{access: plainText(raw.Access), refresh: plainText(raw.Refresh), lifetime: lifetime(raw.Expires)}
	if !a.access.Set() {
		if errorCode(body) != unknownCode { // some servers refuse with status 200
			return answer{}, refusal(status, body)
		}
		return answer{}, fmt.Errorf("%w: status %d without an access token", errNoReply, status)
	}
	if kind := plainText(raw.Type).Reveal(); kind != "" && !strings.EqualFold(kind, "bearer") {
		return answer{}, fmt.Errorf("%w: the token is not of type bearer", errNoReply)
	}
	return a, nil
}

// plainText takes a JSON string that can go into a header: anything else is as good as absent.
func plainText(raw json.RawMessage) secret.Text {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7f }) {
		return ""
	}
	return secret.Text(s)
}

// maxLifetime bounds nonsense; a token that really lives longer is renewed a little early.
const maxLifetime = 366 * 24 * time.Hour

// lifetime takes a number, or a number in a string. An odd value must not cost the answer, whose refresh token may be
// the only good one: it counts as absent.
func lifetime(raw json.RawMessage) time.Duration {
	s := strings.TrimSpace(strings.Trim(string(raw), `"`))
	secs, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(secs) || secs <= 0 {
		return 0
	}
	if secs > maxLifetime.Seconds() {
		return maxLifetime
	}
	return time.Duration(secs * float64(time.Second))
}

const unknownCode = "unknown"

// oauthCodes are the codes of RFC 6749 sections 4.1.2.1 and 5.2. Only these are repeated in errors and logs: a server
// may put anything there, even what it was sent.
var oauthCodes = []string{
	"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
	"access_denied", "invalid_target", "server_error", "temporarily_unavailable",
	"mfa_required", // of no RFC, and of several servers
}

func errorCode(body []byte) string {
	var raw struct {
		Error json.RawMessage `json:"error"`
	}
	if json.Unmarshal(body, &raw) != nil {
		return unknownCode
	}
	if code := plainText(raw.Error).Reveal(); slices.Contains(oauthCodes, code) {
		return code
	}
	return unknownCode
}

// descriptions are words in a refusal's description that say what the code leaves open. The description itself is
// repeated nowhere.
var descriptions = []struct {
	words *regexp.Regexp
	about Problem
}{
	{regexp.MustCompile(`(?i)\b(mfa|otp|totp|2fa|two[- ]?factor|second[- ]?factor|multi[- ]?factor)`),
		ProblemSecondFactor},
	{regexp.MustCompile(`(?i)\b(locked|lockout|too many (failed )?(attempts|logins))\b`), ProblemLocked},
}

// describedAs returns what a refusal's description speaks of, "" for nothing that is known.
func describedAs(body []byte) Problem {
	var raw struct {
		Description json.RawMessage `json:"error_description"`
	}
	if json.Unmarshal(body, &raw) != nil {
		return ""
	}
	text := plainText(raw.Description).Reveal()
	for _, d := range descriptions {
		if d.words.MatchString(text) {
			return d.about
		}
	}
	return ""
}

func refusal(status int, body []byte) error {
	code := errorCode(body)
	if code == "server_error" || code == "temporarily_unavailable" {
		return fmt.Errorf("%w: status %d, code %s", errNoReply, status, code)
	}
	denied := &DeniedError{Status: status, Code: code}
	switch code {
	case "mfa_required":
		denied.about = ProblemSecondFactor
	case "invalid_grant", "access_denied":
		denied.about = describedAs(body)
	}
	return denied
}

func retryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if secs, err := strconv.Atoi(v); err == nil && secs > 0 {
		return min(time.Duration(secs)*time.Second, time.Hour)
	}
	if at, err := http.ParseTime(v); err == nil {
		now, err := http.ParseTime(h.Get("Date")) // by the server's clock, where it sends one: this host's clock may be off
		if err != nil {
			now = time.Now()
		}
		return min(max(0, at.Sub(now)), time.Hour)
	}
	return 0
}
