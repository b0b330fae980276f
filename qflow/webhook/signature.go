package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"guestflow/tokencache/secret"
)

// SignatureHeader carries "t=<unix>,v1=<64 hex>".
const SignatureHeader = "X-Qflow-Signature"

// Window is how far a signature's time may be from now. That it must not be older is Qflow's rule (docs/qflow-api.md
// section 6); that it must not be newer either bounds for how long a delivery can be replayed, and forgives a clock of
// ours that is behind.
const Window = 5 * time.Minute

const (
	// longestSignature and mostMACs bound what a header can make us do. A header of two versions has 211 characters.
	longestSignature = 1024
	mostMACs         = 4
)

// signature is a parsed header.
type signature struct {
	stamp string // as it came: it is part of what was signed
	at    time.Time
	macs  [][]byte // those of v1, the highest version known; of any further version nothing is known but that it may come
}

// parseSignature reads a header tolerantly: blanks, any order, unknown entries, several v1. It reports whether the
// header is of the form t=<unix>,v1=<hex>.
func parseSignature(header string) (s signature, ok bool) {
	if len(header) > longestSignature {
		return s, false
	}
	for entry := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(entry, "=")
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "t":
			unix, err := strconv.ParseInt(value, 10, 64)
			if err != nil || s.stamp != "" {
				return s, false
			}
			s.stamp, s.at = value, time.Unix(unix, 0)
		case "v1":
			mac, err := hex.DecodeString(value) // in either case
			if err != nil || len(mac) != sha256.Size || len(s.macs) == mostMACs {
				return s, false
			}
			s.macs = append(s.macs, mac)
		}
	}
	return s, s.stamp != "" && len(s.macs) > 0
}

func (s signature) fresh(now time.Time) bool {
	return s.at.After(now.Add(-Window-time.Second)) && s.at.Before(now.Add(Window+time.Second)) // t has whole seconds
}

// signedBy returns the one of the secrets that signed the body, or "". The time it takes does not depend on where a
// forgery goes wrong.
func (s signature) signedBy(body []byte, secrets []secret.Text) secret.Text {
	for _, one := range secrets {
		for _, key := range keysOf(one) {
			if s.matches(body, key) {
				return one
			}
		}
	}
	return ""
}

func (s signature) matches(body, key []byte) bool {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(s.stamp + "."))
	mac.Write(body)
	sum := mac.Sum(nil)
	return slices.ContainsFunc(s.macs, func(got []byte) bool { return hmac.Equal(got, sum) })
}

// keysOf returns the keys that a secret may stand for. It is unknown whether the key is the secret's text or the bytes
// that its 64 hex characters name (docs/qflow-api.md section 11, question 24); without the secret, neither can be
// guessed.
func keysOf(s secret.Text) [][]byte {
	if !s.Set() {
		return nil // an empty key would accept every sender
	}
	keys := [][]byte{[]byte(s.Reveal())}
	if raw, err := hex.DecodeString(s.Reveal()); err == nil && len(raw) >= sha256.Size {
		keys = append(keys, raw)
	}
	return keys
}
