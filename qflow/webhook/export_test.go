package webhook

import (
	"time"

	"guestflow/tokencache/secret"
)

// ParseEvent is the reader of bodies, for tests and the fuzzer.
var ParseEvent = parseEvent

// Verify checks the signature of a body, over the bytes exactly as they were received, against the secrets that may
// have signed it. It returns "" when one of them did.
func Verify(secrets []secret.Text, header string, body []byte, now time.Time) Refusal {
	s, ok := parseSignature(header)
	switch {
	case !ok:
		return RefusedMalformed
	case !s.fresh(now):
		return RefusedStale
	case !s.signedBy(body, secrets).Set():
		return RefusedWrong
	}
	return ""
}
