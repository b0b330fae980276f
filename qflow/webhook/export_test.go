package webhook

import (
	"time"

	"guestflow/tokencache/secret"
)

// Verify checks the signature of a body, over the bytes exactly as they were received, against the secrets that may have
// signed it. The error is ErrMalformed, ErrStale or ErrWrong.
func Verify(secrets []secret.Text, header string, body []byte, now time.Time) error {
	s, err := parseSignature(header)
	switch {
	case err != nil:
		return err
	case !s.fresh(now):
		return ErrStale
	case !s.by(body, secrets).Set():
		return ErrWrong
	}
	return nil
}
