// Package secret is a string that does not print itself: passwords, keys and tokens of guestflow are of this type, so
// that a careless %v, a log attribute or a JSON dump shows a placeholder. The one way to the value is Reveal, which is
// easy to search for. It does not wipe memory: a process that can be read has lost already.
package secret

import (
	"fmt"
	"log/slog"
)

// Hidden is what a secret prints as.
const Hidden = "[hidden]"

// Text is a secret string. The zero value means "none" and prints as nothing.
type Text string

// Reveal returns the value itself, for the one place that must send it.
func (t Text) Reveal() string { return string(t) }

// Set reports whether there is a secret.
func (t Text) Set() bool { return t != "" }

func (t Text) String() string {
	if t == "" {
		return ""
	}
	return Hidden
}

// Format covers every verb: %q, %x and %#v would otherwise print the underlying string.
func (t Text) Format(s fmt.State, _ rune) { _, _ = fmt.Fprint(s, t.String()) }

// LogValue hides the secret from slog.
func (t Text) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalText hides the secret from JSON, YAML and the like.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads the value as it stands, so that configuration files and flags can hold it.
func (t *Text) UnmarshalText(b []byte) error { *t = Text(b); return nil }
